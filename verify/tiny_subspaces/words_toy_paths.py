"""Words about single paths of the toy quadratic: means of the random share of the gradient."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from verify.balls import Undefined
from verify.instances import InstanceWorld
from verify.meaning import means
from verify.tiny_subspaces.words_toy import Point, ends, step


def share(world: InstanceWorld, point: Point) -> Fraction:
    """chi_1^2, the dominant share of the squared gradient at a point."""
    dominant, bulk = (world["sharp"] * point[0]) ** 2, (world["flat"] * point[1]) ** 2
    if not dominant + bulk:
        raise Undefined("the gradient is zero")
    return dominant / (dominant + bulk)


@means("mean_share_next")
def _mean_share_next(world: InstanceWorld) -> Fraction:
    return sum((w * share(world, p) for w, p in ends(world) if w), Fraction(0))


def _moved(index: int, world: InstanceWorld) -> Fraction:
    return step(world, (world["path_x"], world["path_y"]), world["sample"])[index]


means("path_x_next")(partial(_moved, 0))
means("path_y_next")(partial(_moved, 1))
