"""Effective learning rates of literal steps on quadratics whose eigenbasis is not the axes."""

from __future__ import annotations

import random
from fractions import Fraction

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome

Vector = list[Fraction]
INSTANCES = 40


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


@check("TS-24", "exact", "literal steps in rotated bases")
def rotated_bases(settings: Settings) -> Outcome:
    """Fails when a literal step has other rates than eta or 0, in any number of dimensions."""
    source = random.Random(settings.stream("TS-24", "rotated"))
    for _ in range(INSTANCES):
        k, bulk = source.randint(1, 5), source.randint(1, 5)
        axis = [Fraction(source.randint(-5, 5)) for _ in range(k + bulk)]
        axis[0] = Fraction(1) if not any(axis) else axis[0]
        gradient = [Fraction(source.randint(-9, 9), source.randint(1, 5)) for _ in axis]
        eta = Fraction(source.randint(1, 9), source.randint(1, 9))
        dominant, flat = blocks_of(gradient, axis, k)
        if not dot(dominant, dominant) or not dot(flat, flat):
            continue
        expected = {"gradient descent": (eta, eta), "dominant": (eta, 0), "bulk": (0, eta)}
        directions = {"gradient descent": gradient, "dominant": dominant, "bulk": flat}
        for name, direction in directions.items():
            move = [-eta * x for x in direction]
            rates = tuple(-dot(move, part) / dot(part, part) for part in (dominant, flat))
            if rates != expected[name]:
                raise Failed(f"{name} has the rates {rates}, with eta = {eta}, k = {k}")
    return Outcome(f"rates of literal steps on {INSTANCES} quadratics in up to 10 dimensions")
