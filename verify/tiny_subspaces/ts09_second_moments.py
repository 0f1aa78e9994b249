"""The toy quadratic run literally: both samples enumerated, every outcome of every step."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify.balls import OutOfScope
from verify.instances import InstanceWorld
from verify.meaning import exact_root, means

Point = tuple[Fraction, Fraction]


def step(world: InstanceWorld, point: Point, sign: int) -> Point:
    """One step of SGD on the sample with this sign."""
    (x, y), eta, c = point, world["eta"], sign * world["coupling"]
    return x - eta * (world["sharp"] * x + c * y), y - eta * (world["flat"] * y + c * x)


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


def _mean_after_step(power_x: int, power_y: int) -> Callable[[InstanceWorld], Fraction]:
    def value(world: InstanceWorld) -> Fraction:
        ends = [(w / 2, step(world, p, s)) for w, p in start(world) for s in (1, -1)]
        return sum((w * x**power_x * y**power_y for w, (x, y) in ends), Fraction(0))

    return value


means("x2_next")(_mean_after_step(2, 0))
means("y2_next")(_mean_after_step(0, 2))
means("xy_next")(_mean_after_step(1, 1))
