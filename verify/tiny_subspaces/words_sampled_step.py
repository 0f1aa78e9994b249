"""One sampled step made literally: every sample drawn, moved and projected."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify.balls import OutOfScope
from verify.instances import InstanceWorld
from verify.meaning import means

Vector = tuple[Fraction, Fraction]


def outcomes(world: InstanceWorld) -> list[tuple[Fraction, Vector]]:
    """Probability and gradient of every sample; OutOfScope if they are no probabilities."""
    weights = [world["weight_1"], world["weight_2"]]
    weights.append(1 - sum(weights, Fraction(0)))
    if min(weights) < 0:
        raise OutOfScope("probabilities are not negative")
    return [
        (w, (world[f"sample_{i}1"], world[f"sample_{i}2"])) for i, w in enumerate(weights, start=1)
    ]


def inner(u: Vector, v: Vector) -> Fraction:
    """The inner product."""
    return u[0] * v[0] + u[1] * v[1]


def dominant_part(world: InstanceWorld, v: Vector) -> Vector:
    """u u^T v."""
    c, s = world["cosine"], world["sine"]
    return c * c * v[0] + c * s * v[1], s * c * v[0] + s * s * v[1]


def bulk_part(world: InstanceWorld, v: Vector) -> Vector:
    """(I - u u^T) v."""
    part = dominant_part(world, v)
    return v[0] - part[0], v[1] - part[1]


def _correlation(project: Callable[[InstanceWorld, Vector], Vector]) -> Callable[..., Fraction]:
    def value(world: InstanceWorld) -> Fraction:
        total = Fraction(0)
        for weight, gradient in outcomes(world):
            direction = project(world, gradient)
            moved = (-world["eta"] * direction[0], -world["eta"] * direction[1])
            total += weight * inner((world["full_1"], world["full_2"]), moved)
        return total

    return value


means("expected_correlation")(_correlation(lambda world, v: v))
means("expected_dom_correlation")(_correlation(dominant_part))
means("expected_bulk_correlation")(_correlation(bulk_part))


@means("expected_second_order")
def _second_order(world: InstanceWorld) -> Fraction:
    rows = (
        (world["hessian_11"], world["hessian_12"]),
        (world["hessian_12"], world["hessian_22"]),
    )
    total = Fraction(0)
    for weight, gradient in outcomes(world):
        moved = (-world["eta"] * gradient[0], -world["eta"] * gradient[1])
        total += weight * inner(moved, (inner(rows[0], moved), inner(rows[1], moved))) / 2
    return total
