"""How many corrupted certificates of a claim the kernel accepts: it must be none."""

from __future__ import annotations

from theory import registry
from theory.claim import Claim
from theory.proof import Proof
from verify.checks import Settings
from verify.corrupt import accepted, corruptions

SAMPLED = 2  # certificates of a claim that the fast tier corrupts


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
        first = settings.stream(claim.id, "corruption") % max(1, len(places))
        places = (places[first:] + places[:first])[:SAMPLED]
    tried, survived = 0, []
    prepared = {step.reason: step.obligations(proof) for step, _ in places}
    for step, number in places:
        obligation = prepared[step.reason][number]
        certificate = proof.certificates[step.reason][number]
        tried += len(corruptions(obligation, certificate))
        survived += [f"{step.reason}: {what}" for what in accepted(obligation, certificate)]
    return tried, survived
