"""TS-9: moments of many steps against all sequences of samples."""

from __future__ import annotations

from fractions import Fraction

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces.words_toy import MOVES, moments_after, moments_of, step

LONGEST = {"fast": 8, "full": 12}


@check("TS-9", "exact", "all sequences of samples")
def all_sequences(settings: Settings) -> Outcome:
    """Fails if iterated moments differ from the mean over all 2^T equally likely sequences."""
    longest = LONGEST["fast" if settings.tier == "fast" else "full"]
    numbers = {"sharp": "3", "flat": "1/2", "eta": "1/3", "coupling": "2/5"}
    world = InstanceWorld(instance("toy quadratic", **numbers, x2="4", y2="9", xy="6"))
    for method in MOVES:
        points = [(Fraction(2), Fraction(3))]
        for steps in range(1, longest + 1):
            points = [step(world, p, sign, method) for p in points for sign in (1, -1)]
            weight = Fraction(1, len(points))
            if moments_of([(weight, p) for p in points]) != moments_after(world, method, steps):
                raise Failed(f"{method}: the moments after {steps} steps differ")
    return Outcome(f"{len(MOVES)} methods, every T up to {longest}: 2^T sequences each")
