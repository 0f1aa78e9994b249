"""How many corrupted certificates of a claim the kernel accepts: it must be none."""

from __future__ import annotations

from theory import registry
from theory.claim import Claim
from theory.proof import NotAccepted, Proof
from verify.checks import Settings
from verify.corrupt import accepted, corruptions

SAMPLED = 2  # certificates of a claim that the fast tier corrupts


def survivors(claim: Claim, settings: Settings) -> tuple[int, list[str]]:
    """How many corruptions were tried, and descriptions of those that were accepted."""
    proof = Proof(claim, registry.LIBRARY, registry.certificates(claim.id))
    pairs = []
    for step in claim.derivation:
        stored = proof.certificates.get(step.reason, [])
        pairs += [(step.reason, o, c) for o, c in zip(step.obligations(proof), stored, strict=True)]
        try:
            proof.establish(step)
        except NotAccepted:
            continue
    if settings.tier == "fast":
        first = settings.stream(claim.id, "corruption") % max(1, len(pairs))
        pairs = (pairs[first:] + pairs[:first])[:SAMPLED]
    tried, survived = 0, []
    for reason, obligation, certificate in pairs:
        tried += len(corruptions(obligation, certificate))
        survived += [f"{reason}: {what}" for what in accepted(obligation, certificate)]
    return tried, survived
