"""SAM run literally in the plane; long runs in three dimensions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import flint

from verify.balls import Undefined
from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld
from verify.meaning import means
from verify.tiny_subspaces.words_sam import Vector, sam_gradient_at, sam_step

ALONG, PLANE = "along", "plane"
BITS, LONG, SMALL = 2048, 300, flint.arb("1e-12")
RUNS, SETTLING, STEP_SIZE, RADIUS = 300, 4000, 0.01, 0.1
SEPARATED, ALIGNED, NEAR = 0.98, 0.999, 0.001
EVERYTHING, X_PART, Y_PART = (1, 1), (1, 0), (0, 1)


def point(world: InstanceWorld, side: int, start: str) -> Vector:
    """(x, 0), (-x, 0) or (x, y)."""
    return (side * world["position"], world["other_position"] if start == PLANE else Fraction(0))


def coordinate(
    axis: int, start: str, side: int = 1, keeps: tuple[int, int] = EVERYTHING
) -> Callable[[InstanceWorld], Fraction]:
    """A coordinate after one literal step; `keeps` says which parts of the step are made."""

    def value(world: InstanceWorld) -> Fraction:
        curvatures = (world["curvature"], world["other_curvature"])
        if 0 in curvatures:
            raise Undefined("without curvature there is no gradient")
        at = point(world, side, start)
        g = sam_gradient_at(curvatures, at, world["radius"])
        return at[axis] - world["eta"] * keeps[axis] * g[axis]

    return value


means("sam_next")(coordinate(0, ALONG))
means("sam_mirror")(coordinate(0, ALONG, side=-1))
means("sam_y_next")(coordinate(1, PLANE))
means("dom_sam_x")(coordinate(0, PLANE, keeps=X_PART))
means("dom_sam_y")(coordinate(1, PLANE, keeps=X_PART))
means("bulk_sam_x")(coordinate(0, PLANE, keeps=Y_PART))
means("bulk_sam_y")(coordinate(1, PLANE, keeps=Y_PART))


def amplitude_of(curvature: Fraction, eta: Fraction, radius: Fraction) -> Fraction:
    """Where a literal step that changes sign ends at minus its start: linear interpolation.

    The sum of a positive start and its end is linear in the start; extrapolated to 0. Raises
    Undefined where there is no such place.
    """
    far = abs(radius) + 1
    sums = [start + _crossing(curvature, start, eta, radius) for start in (far, 2 * far)]
    slope = (sums[1] - sums[0]) / far
    if not slope:
        raise Undefined("no cycle: every start is reflected alike")
    return far - sums[0] / slope


def _crossing(curvature: Fraction, start: Fraction, eta: Fraction, radius: Fraction) -> Fraction:
    return sam_step((curvature,), (start,), eta, radius)[0]


def moved(world: InstanceWorld, at: Fraction, direction: tuple[int, int]) -> tuple[Any, Any]:
    """One SAM step from (at, 0) + z direction, as power series in z up to first order."""
    curvatures = [rational(world[name]) for name in ("curvature", "other_curvature")]
    if not (curvatures[0] and at):
        raise Undefined("SAM has no direction at a stationary point")
    start = [
        flint.fmpq_series([rational(x), d], prec=2)
        for x, d in zip((at, Fraction(0)), direction, strict=True)
    ]
    eta, rho = rational(world["eta"]), rational(world["radius"])
    g = [c * x for c, x in zip(curvatures, start, strict=True)]
    unit = abs(g[0][0])
    length = unit * ((g[0] ** 2 + g[1] ** 2) / unit**2).sqrt()
    x, y = (
        x - eta * c * (x + rho * s / length) for x, s, c in zip(start, g, curvatures, strict=True)
    )
    return x, y


def rational(x: Fraction) -> Any:
    """A fraction of the arithmetic library."""
    return flint.fmpq(x.numerator, x.denominator)


def _slope(axis: int) -> Callable[[InstanceWorld], Fraction]:
    def value(world: InstanceWorld) -> Fraction:
        at = amplitude_of(world["curvature"], world["eta"], world["radius"])
        direction = (1, 0) if axis == 0 else (0, 1)
        slope = moved(world, at, direction)[axis][1]
        return Fraction(int(slope.p), int(slope.q))

    return value


means("own_multiplier")(_slope(0))
means("multiplier")(_slope(1))


STARTS = ("1", "1/100", "7", "-3")
STEPS = 60


@check("TS-23", "exact", "one direction, run literally")
def one_direction(settings: Settings) -> Outcome:
    """Fails when a literal run does not alternate in the end, or its size does not approach x*."""
    ran = 0
    for start, h in product(STARTS, ("1/10", "1/2", "1", "19/10")):
        curvature, radius = Fraction(3), Fraction(2, 13)
        eta = Fraction(h) / curvature
        limit = amplitude_of(curvature, eta, radius)
        x: Vector = (Fraction(start),)
        seen: list[Fraction] = []
        for _ in range(STEPS):
            x = sam_step((curvature,), x, eta, radius)
            seen.append(x[0])
            if not x[0]:
                raise Failed(f"from {start} with h = {h} the run hits the minimum")
        turned = [a * b < 0 for a, b in pairwise(seen)]
        if not all(turned[turned.index(True) :]):
            raise Failed(f"from {start} with h = {h} the sign stops alternating")
        distances = [abs(abs(a) - limit) for a in seen[turned.index(True) :]]
        if any(b > a or (a and b == a) for a, b in pairwise(distances)):
            raise Failed(f"from {start} with h = {h} the run moves away from its cycle")
        ran += 1
    return Outcome(f"{ran} runs of {STEPS} steps end in the cycle")


@check("TS-23", "exact", "runs near the top cycle")
def near_the_top_cycle(settings: Settings) -> Outcome:
    """Fails unless updates align with the sharpest direction while the loss stays near its cycle's.

    Enclosures; three directions, eta lambda_1 = 1, and a run that starts near no cycle.
    """
    with precision(BITS):
        curvatures = [flint.arb(c) for c in (100, 60, 20)]
        eta, radius = flint.arb("0.01"), flint.arb("0.1")
        x = [flint.arb(c) for c in (1, 1, 1)]
        for _ in range(LONG):
            before, x = x, step_of_balls(curvatures, x, eta, radius)
        update = [(a - b) ** 2 for a, b in zip(x, before, strict=True)]
        missing = 1 - update[0] / sum(update[1:], update[0])
        amplitude = amplitude_of(Fraction(100), Fraction(1, 100), Fraction(1, 10))
        loss = sum((c * a**2 / 2 for c, a in zip(curvatures, x, strict=True)), flint.arb(0))
        floor = 50 * flint.arb(rational(amplitude)) ** 2
        if not (missing < SMALL and abs(loss - floor) < SMALL and floor > 0):
            raise Failed(f"after {LONG} steps: 1 - chi^2 = {missing}, loss {loss}, cycle {floor}")
    return Outcome(f"after {LONG} steps 1 - chi^2 and the loss above the cycle's are below 1e-12")


def step_of_balls(curvatures: list[Any], x: list[Any], eta: Any, radius: Any) -> list[Any]:
    """One SAM step, enclosed."""
    g = [c * a for c, a in zip(curvatures, x, strict=True)]
    length = sum((s**2 for s in g), flint.arb(0)).sqrt()
    return [
        a - eta * c * (a + radius * s / length) for a, c, s in zip(x, curvatures, g, strict=True)
    ]


@check("TS-23", "property", "random starts end in the top cycle", tier="full")
def random_starts(settings: Settings) -> Outcome:
    """Fails when a run in three dimensions from a random start does not end in the top cycle.

    No proof: an observation in 300 of 300 runs. Curvatures are uniform in [5, 195], the largest two
    at least 2 per cent apart (otherwise convergence takes longer than the run).
    """
    source = random.Random(settings.stream("TS-23", "random starts"))
    for number in range(RUNS):
        while True:
            curvatures = sorted((source.uniform(5, 195) for _ in range(3)), reverse=True)
            if curvatures[1] < SEPARATED * curvatures[0]:
                break
        x = [source.gauss(0, 1) for _ in range(3)]
        for _ in range(SETTLING):
            before, x = x, _step(curvatures, x)
        update = [(a - b) ** 2 for a, b in zip(x, before, strict=True)]
        h = STEP_SIZE * curvatures[0]
        amplitude = h * RADIUS / (2 - h)
        if update[0] < ALIGNED * sum(update) or abs(abs(x[0]) - amplitude) > NEAR * amplitude:
            raise Failed(f"run {number}, curvatures {curvatures}: ends at {x}")
    return Outcome(f"{RUNS} of {RUNS} random starts end in the cycle of the sharpest direction")


def _step(curvatures: list[float], x: list[float]) -> list[float]:
    g = [c * a for c, a in zip(curvatures, x, strict=True)]
    length = math.hypot(*g)
    return [
        a - STEP_SIZE * c * (a + RADIUS * s / length)
        for a, c, s in zip(x, curvatures, g, strict=True)
    ]
