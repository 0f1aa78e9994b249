"""Effective learning rates of literal steps: rotated bases, a quartic, blocks that vanish."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, Symbol, diff, symbols

from verify.balls import Undefined
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome

Vector = list[Fraction]
INSTANCES = 40
ZERO = Fraction(0)
AS_DEFINED = (Fraction(1, 8), ZERO)  # rates of a dominant step with eta = 1/8


def dot(u: Vector, v: Vector) -> Fraction:
    """The inner product."""
    return sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0))


def reflected(v: Vector, axis: Vector) -> Vector:
    """v reflected in the hyperplane orthogonal to the axis: an exact orthogonal matrix."""
    factor = 2 * dot(v, axis) / dot(axis, axis)
    return [x - factor * a for x, a in zip(v, axis, strict=True)]


def blocks_of(v: Vector, axis: Vector, k: int) -> tuple[Vector, Vector]:
    """Dominant and bulk part of v, the eigenvectors being the reflected axes, the first k dominant.

    A reflection is its own inverse: coordinates, a part of them, and back.
    """
    coordinates = reflected(v, axis)
    zero = [Fraction(0)] * len(v)
    return (
        reflected(coordinates[:k] + zero[k:], axis),
        reflected(zero[:k] + coordinates[k:], axis),
    )


def effective_rates(
    move: Vector, blocks: tuple[Vector, Vector], empty: Fraction | None = None
) -> tuple[Fraction, Fraction]:
    """Dominant and bulk effective rate of a move, from Definition 4 with its sign repaired.

    Where a block of the gradient vanishes: `empty`, or Undefined if there is no such convention.
    """
    dominant, flat = (_rate(move, part, empty) for part in blocks)
    return dominant, flat


def _rate(move: Vector, part: Vector, empty: Fraction | None) -> Fraction:
    square = dot(part, part)
    if square:
        return -dot(move, part) / square
    if empty is None:
        raise Undefined("the block of the gradient vanishes: it has no rate")
    return empty


def against(direction: Vector, eta: Fraction) -> Vector:
    """The move of a step of size eta against this direction."""
    return [-eta * x for x in direction]


@check("TS-24", "exact", "literal steps in rotated bases")
def rotated_bases(settings: Settings) -> Outcome:
    """Fails when a literal step has other rates than eta or 0, in any number of dimensions, or
    when motion orthogonal to the gradient's blocks changes a rate."""
    source, tried = random.Random(settings.stream("TS-24", "rotated")), 0
    while tried < INSTANCES:
        k, bulk = source.randint(1, 5), source.randint(1, 5)
        axis = [Fraction(source.randint(-5, 5)) for _ in range(k + bulk)]
        axis[0] = Fraction(1) if not any(axis) else axis[0]
        gradient = [Fraction(source.randint(-9, 9), source.randint(1, 5)) for _ in axis]
        eta = Fraction(source.randint(1, 9), source.randint(1, 9))
        blocks = blocks_of(gradient, axis, k)
        if not all(any(block) for block in blocks):
            continue
        tried += 1
        expected = {"gradient descent": (eta, eta), "dominant": (eta, ZERO), "bulk": (ZERO, eta)}
        directions = {"gradient descent": gradient, "dominant": blocks[0], "bulk": blocks[1]}
        aside = orthogonal([Fraction(source.randint(-9, 9)) for _ in axis], blocks)
        for name, direction in directions.items():
            straight = against(direction, eta)
            bent = [a + b for a, b in zip(straight, aside, strict=True)]
            found = {effective_rates(move, blocks) for move in (straight, bent)}
            if found != {expected[name]}:
                raise Failed(f"{name} has the rates {found}, with eta = {eta}, k = {k}")
    return Outcome(f"rates of literal steps on {INSTANCES} quadratics in up to 10 dimensions")


def orthogonal(v: Vector, blocks: tuple[Vector, Vector]) -> Vector:
    """What is left of v without its components along the two blocks of the gradient."""
    for block in blocks:
        factor = dot(v, block) / dot(block, block)
        v = [x - factor * b for x, b in zip(v, block, strict=True)]
    return v


def quartic_step(projector_after: bool) -> tuple[Fraction, Fraction]:
    """Rates of a dominant step on L = x^4/4 + 5 y^2/2 from (2, 1) with eta = 1/8.

    The Hessian is diag(3 x^2, 5): x is the sharp axis before the step, which ends at x = 1, and y
    after it. Gradient and Hessian are derivatives of the loss.
    """
    x, y = symbols("x y")
    loss = x**4 / 4 + 5 * y**2 / 2
    eta, here = Fraction(1, 8), {x: 2, y: 1}

    def value(expression: Expr, place: Mapping[Symbol, Any]) -> Fraction:
        found = expression.subs(place)
        return Fraction(int(found.p), int(found.q))

    def blocks(place: Mapping[Symbol, Any]) -> tuple[Vector, Vector]:
        curvatures = [value(diff(loss, s, 2), place) for s in (x, y)]
        sharp = curvatures.index(max(curvatures))
        zero = Fraction(0)
        parts = [[g if i == axis else zero for i, g in enumerate(gradient)] for axis in (0, 1)]
        return parts[sharp], parts[1 - sharp]

    gradient = [value(diff(loss, s), here) for s in (x, y)]
    move = against(blocks(here)[0], eta)
    there = {
        s: here[s] + Rational(m.numerator, m.denominator) for s, m in zip((x, y), move, strict=True)
    }
    return effective_rates(move, blocks(there if projector_after else here))


@check("TS-24", "exact", "a dominant step where the sharp axis changes")
def where_the_axis_changes(settings: Settings) -> Outcome:
    """Fails when a dominant step on a quartic has other rates than (eta, 0) with P at theta_t."""
    if (found := quartic_step(projector_after=False)) != AS_DEFINED:
        raise Failed(f"the rates are {found}")
    return Outcome("L = x^4/4 + 5 y^2/2: the rates are (eta, 0)")


@check("TS-24", "mutant", "projector at the next parameters")
def projector_after_the_step(settings: Settings) -> Outcome:
    """Fails unless P at theta_{t+1} gives the dominant step of the same quartic other rates."""
    if (found := quartic_step(projector_after=True)) == AS_DEFINED:
        raise Failed("the projector after the step gives the same rates")
    return Outcome(f"L = x^4/4 + 5 y^2/2, eta = 1/8: the rates are {found[0]} and {found[1]}")


FLAT_ONLY = ([Fraction(0), Fraction(0)], [Fraction(0), Fraction(3)])  # blocks of a gradient (0, 3)
SHARP_ONLY = ([Fraction(4), Fraction(0)], [Fraction(0), Fraction(0)])
ETA = Fraction(1, 2)


@check("TS-24", "exact", "silent where a block vanishes")
def silent(settings: Settings) -> Outcome:
    """Fails when a rate is returned though the block of the gradient is zero."""
    for blocks in (FLAT_ONLY, SHARP_ONLY):
        with suppress(Undefined):
            found = effective_rates(against([Fraction(1), Fraction(1)], ETA), blocks)
            raise Failed(f"the rates are {found} for the blocks {blocks}")
    return Outcome("no rate without a gradient in the block")


@check("TS-24", "mutant", "a vanishing block has the rate 0")
def zero_by_convention(settings: Settings) -> Outcome:
    """Fails unless 0/0 := 0 takes the dominant rate eta away from gradient descent."""
    found = effective_rates(against(FLAT_ONLY[1], ETA), FLAT_ONLY, empty=Fraction(0))
    if found == (ETA, ETA):
        raise Failed("gradient descent keeps both rates")
    return Outcome(f"g = (0, 3), eta = 1/2: gradient descent has the rates {found[0]}, {found[1]}")


@check("TS-24", "mutant", "a vanishing block has the rate eta")
def step_size_by_convention(settings: Settings) -> Outcome:
    """Fails unless 0/0 := eta gives a dominant step a bulk rate."""
    found = effective_rates(against(SHARP_ONLY[0], ETA), SHARP_ONLY, empty=ETA)
    if found == (ETA, ZERO):
        raise Failed("dominant steps keep both rates")
    return Outcome(f"g = (4, 0), eta = 1/2: a dominant step has the rates {found[0]}, {found[1]}")
