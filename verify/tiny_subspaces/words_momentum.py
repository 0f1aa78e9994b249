"""Heavy ball run literally: a mode that moves, and a gradient that is given."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import TypeVar

import mpmath

from verify.balls import Undefined
from verify.instances import InstanceWorld
from verify.meaning import means

N = TypeVar("N", Fraction, mpmath.mpf)


def mode_state(curvature: N, momentum: N, step_size: N, position: N, steps: int) -> tuple[N, N]:
    """Position and momentum of a mode after this many steps of heavy ball from this position."""
    velocity = 0 * position
    for _ in range(steps):
        velocity = momentum * velocity + curvature * position
        position = position - step_size * velocity
    return position, velocity


def mode_rate(curvature: N, momentum: N, step_size: N, position: N, steps: int) -> N:
    """How far the mode moves after this many steps, over minus its gradient there.

    Exact for Fractions; other numbers keep their own precision. Raises Undefined where the
    gradient vanishes.
    """
    last: tuple[N, N] = mode_state(curvature, momentum, step_size, position, steps)
    position, velocity = last
    gradient: N = curvature * position
    if gradient == 0:
        raise Undefined("the gradient of the mode vanishes: it has no rate")
    moved: N = position - step_size * (momentum * velocity + gradient)
    rate: N = (position - moved) / gradient
    return rate


def _rate(curvature: str, world: InstanceWorld) -> Fraction:
    bend, momentum = world.word(curvature), world.word("mode_momentum")
    rate: Fraction = mode_rate(bend, momentum, world["eta"], Fraction(1), int(world["steps"]))
    return rate


def _gradient(curvature: str, first: str, world: InstanceWorld) -> Fraction:
    """The gradient after the steps, where the mode starts with the first one."""
    bend: Fraction = world.word(curvature)
    if not bend:
        raise Undefined("without curvature there is no start with this gradient")
    momentum, steps = world.word("mode_momentum"), int(world["steps"])
    position: Fraction = mode_state(bend, momentum, world["eta"], world[first] / bend, steps)[0]
    return bend * position


for _name, _curvature, _first in (
    ("mode_rate", "mode_curvature", ""),
    ("second_rate", "second_curvature", ""),
    ("first_gradient", "mode_curvature", "first_start"),
    ("second_gradient", "second_curvature", "second_start"),
):
    means(_name)(partial(_gradient, _curvature, _first) if _first else partial(_rate, _curvature))


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
