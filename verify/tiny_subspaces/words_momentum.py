"""Heavy ball run literally: a mode that moves, and a gradient that is given."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TypeVar

import mpmath

from verify.balls import Undefined
from verify.instances import InstanceWorld
from verify.meaning import means

N = TypeVar("N", Fraction, mpmath.mpf)


def mode_rate(curvature: N, momentum: N, step_size: N, position: N, steps: int) -> N:
    """How far the mode moves after this many steps, over minus its gradient there.

    Exact for Fractions; other numbers keep their own precision. Raises Undefined where the
    gradient vanishes.
    """
    velocity = 0 * position
    for _ in range(steps):
        velocity = momentum * velocity + curvature * position
        position = position - step_size * velocity
    gradient = curvature * position
    if gradient == 0:
        raise Undefined("the gradient of the mode vanishes: it has no rate")
    moved = position - step_size * (momentum * velocity + gradient)
    return (position - moved) / gradient


@means("mode_rate")
def _mode_rate(world: InstanceWorld) -> Fraction:
    curvature, momentum = world.word("mode_curvature"), world.word("mode_momentum")
    steps = int(world["steps"])
    rate: Fraction = mode_rate(curvature, momentum, world["eta"], Fraction(1), steps)
    return rate


def block_rates(momentum: Fraction, step_size: Fraction, flip: int) -> Iterator[Fraction]:
    """The rates along a given gradient, multiplied by `flip` after every step."""
    velocity, gradient = Fraction(0), Fraction(1)
    while True:
        velocity = momentum * velocity + gradient
        yield step_size * velocity / gradient
        gradient *= flip


@means("mean_rate")
def _mean_rate(world: InstanceWorld) -> Fraction:
    count = int(world["steps"]) + 1
    return sum(islice(block_rates(world["beta"], world["eta"], 1), count), Fraction(0)) / count


@means("constant_rate")
def _constant_rate(world: InstanceWorld) -> Fraction:
    return _at(block_rates(world["beta"], world["eta"], 1), world)


@means("flipping_rate")
def _flipping_rate(world: InstanceWorld) -> Fraction:
    return _at(block_rates(world["beta"], world["eta"], -1), world)


def _at(rates: Iterator[Fraction], world: InstanceWorld) -> Fraction:
    return next(islice(rates, int(world["steps"]), None))
