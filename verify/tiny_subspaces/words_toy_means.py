"""Means of SGD and positions of GD in the toy quadratic, by literal steps."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import flint

from verify.instances import InstanceWorld
from verify.meaning import gradient_atoms, means
from verify.tiny_subspaces.words_toy import Point, step


def mean_after_step(world: InstanceWorld, point: Point, method: str) -> Point:
    """The mean position after one step from a point: both samples count half."""
    ends = [step(world, point, sign, method) for sign in (1, -1)]
    return (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2


def mean_transfer(world: InstanceWorld, method: str) -> flint.fmpq_mat:
    """What one step makes of a mean position; a step is linear, so (1, 0) and (0, 1) say all."""
    one, zero = Fraction(1), Fraction(0)
    images = [mean_after_step(world, p, method) for p in ((one, zero), (zero, one))]
    rows = [flint.fmpq(c[i].numerator, c[i].denominator) for i in range(2) for c in images]
    return flint.fmpq_mat(2, 2, rows)


def mean_after(world: InstanceWorld, method: str) -> Point:
    """The mean position after all steps."""
    first = [world["mean_x"], world["mean_y"]]
    column = flint.fmpq_mat(2, 1, [flint.fmpq(m.numerator, m.denominator) for m in first])
    last = mean_transfer(world, method) ** int(world["run_length"]) * column
    found = [Fraction(int(last[i, 0].p), int(last[i, 0].q)) for i in range(2)]
    return found[0], found[1]


def _next(method: str, index: int, world: InstanceWorld) -> Fraction:
    return mean_after_step(world, (world["mean_x"], world["mean_y"]), method)[index]


def _after(method: str, index: int, world: InstanceWorld) -> Fraction:
    return mean_after(world, method)[index]


for _method, _prefix in (("sgd", ""), ("gd", "gd_")):
    for _index, _name in enumerate(("mean_x", "mean_y")):
        means(f"{_prefix}{_name}_next")(partial(_next, _method, _index))
        means(f"{_prefix}{_name}_after")(partial(_after, _method, _index))


def apart_after_step(world: InstanceWorld, apart: Fraction) -> Fraction:
    """Mean squared displacement after a step with noise of both signs, from atoms of it now."""
    eta, sharp, noise = world["eta"], world["sharp"], world["noise_size"]
    return sum(
        (
            w / 2 * (e - eta * (sharp * e + sign * noise)) ** 2
            for w, e in gradient_atoms(apart)
            for sign in (1, -1)
        ),
        Fraction(0),
    )


@means("apart_next")
def _apart_next(world: InstanceWorld) -> Fraction:
    return apart_after_step(world, world["apart"])


@means("apart_after")
def _apart_after(world: InstanceWorld) -> Fraction:
    apart = world["apart"]
    for _ in range(int(world["run_length"])):
        apart = apart_after_step(world, apart)
    return apart
