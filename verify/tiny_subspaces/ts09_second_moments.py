"""TS-9: moments of many steps against all sequences of samples; the noise of both draws."""

from __future__ import annotations

import random
from fractions import Fraction

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces.words_toy import MOVES, moments_after, moments_of, step
from verify.tiny_subspaces.words_toy_samples import SIGNS, gradient, noises

LONGEST = {"fast": 8, "full": 12}
POINTS = 30


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


@check("TS-9", "exact", "covariance at a point, both draws")
def covariance_at_points(settings: Settings) -> Outcome:
    """Fails if the draws at a point have another covariance than c^2 [[y^2, xy], [xy, x^2]], or a
    step does not go against the gradient that the differences of the sample's loss show."""
    source = random.Random(settings.stream("TS-9", "covariance"))
    for _ in range(POINTS):
        x, y = (Fraction(source.randint(-9, 9), source.randint(1, 5)) for _ in "xy")
        sharp, flat, c, eta = (Fraction(source.randint(1, 9), source.randint(1, 5)) for _ in "abcd")
        numbers = {"sharp": sharp, "flat": flat, "coupling": c, "eta": eta}
        moments = {"x2": x * x, "y2": y * y, "xy": x * y}
        world = InstanceWorld(instance("toy quadratic", **numbers, **moments))
        for sign in SIGNS:
            slope = gradient(world, (x, y), sign)
            if step(world, (x, y), sign) != (x - eta * slope[0], y - eta * slope[1]):
                raise Failed(f"at ({x}, {y}) sample {sign} moves against another gradient")
        found = moments_of(noises(world))
        if found != (c * c * y * y, c * c * x * x, c * c * x * y):
            raise Failed(f"at ({x}, {y}) with c = {c} the noise has the covariance {found}")
    return Outcome(f"{POINTS} points: the covariance of both draws")
