"""The toy quadratic run literally: both samples enumerated, every outcome of every step."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import flint

from verify.balls import OutOfScope
from verify.instances import InstanceWorld
from verify.meaning import exact_root, means

Point = tuple[Fraction, Fraction]
Moments = tuple[Fraction, Fraction, Fraction]  # E x^2, E y^2, E xy

MOVES = {  # method -> whether x moves, whether y moves, whether a sample is drawn
    "sgd": (1, 1, 1),
    "gd": (1, 1, 0),
    "dom": (1, 0, 1),
    "bulk": (0, 1, 1),
}
MOST_STEPS = 100_000


def step(world: InstanceWorld, point: Point, sign: int | Fraction, method: str = "sgd") -> Point:
    """One step of a method on the sample with this sign."""
    (x, y), eta = point, world["eta"]
    along_x, along_y, noisy = MOVES[method]
    c = noisy * sign * world["coupling"]
    return (
        x - along_x * eta * (world["sharp"] * x + c * y),
        y - along_y * eta * (world["flat"] * y + c * x),
    )


def start(world: InstanceWorld) -> list[tuple[Fraction, Point]]:
    """Equally likely points with the second moments of the instance.

    Two points (x, y) and (x, -y) do it where E x^2 and E y^2 have rational roots; other instances
    are out of scope.
    """
    x, y = exact_root(world["x2"]), exact_root(world["y2"])
    if x is None or y is None or abs(world["xy"]) > x * y:
        raise OutOfScope("the start needs rational roots and a possible mean product")
    same = (1 + world["xy"] / (x * y)) / 2 if x * y else Fraction(1)
    return [(same, (x, y)), (1 - same, (x, -y))]


def ends(world: InstanceWorld, method: str = "sgd") -> list[tuple[Fraction, Point]]:
    """Every point one step after the start, with its probability."""
    return [(w / 2, step(world, p, s, method)) for w, p in start(world) for s in (1, -1)]


def _mean_after_step(method: str, power_x: int, power_y: int, world: InstanceWorld) -> Fraction:
    found = ends(world, method)
    return sum((w * x**power_x * y**power_y for w, (x, y) in found), Fraction(0))


def moments_of(points: list[tuple[Fraction, Point]]) -> Moments:
    """The second moments of a finite law."""
    pairs = [(w * x * x, w * y * y, w * x * y) for w, (x, y) in points]
    first, second, third = (sum(column, Fraction(0)) for column in zip(*pairs, strict=True))
    return first, second, third


def transfer(world: InstanceWorld, method: str) -> flint.fmpq_mat:
    """What one step makes of second moments, found by stepping from three points.

    (1, 0) and (0, 1) have the moments (1, 0, 0) and (0, 1, 0); the point (1, 1) has all three.
    """
    half, one, zero = Fraction(1, 2), Fraction(1), Fraction(0)
    images = [
        moments_of([(half, step(world, p, s, method)) for s in (1, -1)])
        for p in ((one, zero), (zero, one), (one, one))
    ]
    third = tuple(c - a - b for a, b, c in zip(*images, strict=True))
    columns = (images[0], images[1], third)
    rows = [flint.fmpq(c[i].numerator, c[i].denominator) for i in range(3) for c in columns]
    return flint.fmpq_mat(3, 3, rows)


def moments_after(world: InstanceWorld, method: str, steps: int) -> Moments:
    """E x^2, E y^2, E xy after this many independent steps."""
    if not 0 <= steps <= MOST_STEPS:
        raise OutOfScope(f"moments are computed for at most {MOST_STEPS} steps")
    first = [world["x2"], world["y2"], world["xy"]]
    column = flint.fmpq_mat(3, 1, [flint.fmpq(m.numerator, m.denominator) for m in first])
    last = transfer(world, method) ** steps * column
    found = (Fraction(int(last[i, 0].p), int(last[i, 0].q)) for i in range(3))
    return next(found), next(found), next(found)


def _moment_after(method: str, index: int, world: InstanceWorld) -> Fraction:
    return moments_after(world, method, int(world["run_length"]))[index]


def _register(method: str, prefix: str) -> None:
    powers: dict[str, tuple[int, int]] = {"x2": (2, 0), "y2": (0, 2), "xy": (1, 1)}
    for index, (name, power) in enumerate(powers.items()):
        one: Callable[[InstanceWorld], Fraction] = partial(_mean_after_step, method, *power)
        many: Callable[[InstanceWorld], Fraction] = partial(_moment_after, method, index)
        means(f"{prefix}{name}_next")(one)
        means(f"{prefix}{name}_after")(many)


_register("sgd", "")
for _method in ("gd", "dom", "bulk"):
    _register(_method, f"{_method}_")


def _slope(index: int, curvature: str, world: InstanceWorld) -> Fraction:
    """Mean of a coordinate of the gradient of L times the move along it."""
    terms = (
        w / 2 * world[curvature] * p[index] * (step(world, p, s)[index] - p[index])
        for w, p in start(world)
        for s in (1, -1)
    )
    return sum(terms, Fraction(0))


def _bend(index: int, curvature: str, world: InstanceWorld) -> Fraction:
    """Half the curvature times the mean squared move along a coordinate."""
    terms = (
        w / 2 * world[curvature] / 2 * (step(world, p, s)[index] - p[index]) ** 2
        for w, p in start(world)
        for s in (1, -1)
    )
    return sum(terms, Fraction(0))


means("slope_x")(partial(_slope, 0, "sharp"))
means("slope_y")(partial(_slope, 1, "flat"))
means("bend_x")(partial(_bend, 0, "sharp"))
means("bend_y")(partial(_bend, 1, "flat"))
