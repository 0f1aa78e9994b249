"""How many corrupted certificates of a claim the kernel accepts: it must be none."""

from __future__ import annotations

from theory import kernel, registry
from theory.claim import Claim
from theory.proof import Proof, Step
from verify.checks import Settings
from verify.corrupt import Corruption, corruptions

WAYS = 128  # corruptions that the fast tier tries, of one of the shorter certificates


def survivors(claim: Claim, settings: Settings) -> tuple[int, list[str]]:
    """How many corruptions were tried, and descriptions of those that were accepted."""
    proof = Proof(claim, registry.LIBRARY, registry.certificates(claim.id))
    proof.facts.update(registry.derivation(claim.id)[2])
    places = [
        (step, number)
        for step in claim.derivation
        for number in range(len(proof.certificates.get(step.reason, [])))
    ]
    if settings.tier == "fast":
        short = sorted(places, key=lambda place: _length(proof, *place))[: len(places) // 2 + 1]
        places = short[settings.stream(claim.id, "corruption") % len(short) :][:1]
    tried, survived = 0, []
    prepared = {step.reason: step.obligations(proof) for step, _ in places}
    for step, number in places:
        obligation = prepared[step.reason][number]
        certificate = proof.certificates[step.reason][number]
        wrong = corruptions(obligation, certificate, WAYS if settings.tier == "fast" else None)
        tried += len(wrong)
        survived += [f"{step.reason}: {one.what}" for one in wrong if passes(one)]
    return tried, survived


def _length(proof: Proof, step: Step, number: int) -> int:
    return len(str(proof.certificates[step.reason][number]))


def passes(wrong: Corruption) -> bool:
    """Whether the kernel accepts a corrupted pair."""
    try:
        kernel.check(wrong.obligation, wrong.certificate)
    except kernel.Rejected:
        return False
    return True
