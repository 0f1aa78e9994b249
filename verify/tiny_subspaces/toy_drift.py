"""Bounds of the growth of log |theta| along paths of the toy quadratic, for every direction.

Let h be a function of the direction u, and g(u) = E[log |A u| + h(A u)] - h(u), A the matrix of a
random step. Then log |theta_t| + h - sum of g is a martingale with bounded increments, so that
log |theta_t| / t stays between the least and the largest g in the long run, almost surely.
The finder of h, a least-squares fit, is not trusted: g is enclosed for every direction.
Source: our formalisation.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from verify.balls import OutOfScope
from verify.enclosure import precision
from verify.instances import InstanceWorld
from verify.tiny_subspaces.words_toy import step

BITS = 96
ORDER = 6  # terms of the Taylor series of g on a cell of directions; the last encloses the rest
POINTS = 2048  # where h is fitted
SIGNS = (1, -1)


Matrix = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]


def matrices(world: InstanceWorld) -> list[Matrix]:
    """The step matrices of both samples, by columns: where a step takes (1, 0) and (0, 1)."""
    one, zero = Fraction(1), Fraction(0)
    return [(step(world, (one, zero), s), step(world, (zero, one), s)) for s in SIGNS]


def fitted(world: InstanceWorld, terms: int) -> list[float]:
    """Coefficients of cos(2 n phi), n = 1, 2, ..., in an h with nearly constant g. Not trusted."""
    phi = np.pi * (np.arange(POINTS) + 0.5) / POINTS
    n = np.arange(1, terms + 1)
    columns, growth = np.cos(2 * np.outer(phi, n)), np.zeros(POINTS)
    for first, second in matrices(world):
        pairs = zip(first, second, strict=True)
        x, y = (float(a) * np.cos(phi) + float(b) * np.sin(phi) for a, b in pairs)
        columns -= np.cos(2 * np.outer(np.arctan2(y, x), n)) / len(SIGNS)
        growth += np.log(np.hypot(x, y)) / len(SIGNS)
    system = np.hstack([np.ones((POINTS, 1)), columns])
    return [float(a) for a in np.linalg.lstsq(system, growth, rcond=None)[0][1:]]


def _number(x: Fraction) -> Any:
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def _h(coefficients: list[float], angle: Any) -> Any:
    """Sum of a_n cos(2 n phi)."""
    terms = (flint.arb(a) * (2 * n * angle).cos() for n, a in enumerate(coefficients, start=1))
    return sum(terms, 0 * angle)


def _drift(world: InstanceWorld, coefficients: list[float], phi: Any) -> Any:
    """The Taylor series of g about a direction, or about all directions in a ball."""
    angle = flint.arb_series([phi, 1], ORDER)
    u, v = angle.cos(), angle.sin()
    total = -_h(coefficients, angle)
    for first, second in matrices(world):
        x, y = (_number(a) * u + _number(b) * v for a, b in zip(first, second, strict=True))
        turned = ((u * y - v * x) / (u * x + v * y)).atan()  # the angle by which A turns
        total += ((x * x + y * y).log() / 2 + _h(coefficients, angle + turned)) / len(SIGNS)
    return total


def growth_bounds(world: InstanceWorld, terms: int, cells: int) -> tuple[Any, Any]:
    """Least and largest g over all directions, as Arb numbers on the safe sides.

    Directions u and -u are the same, and mirror images (x, -y) exchange the samples: angles from
    0 to pi/2 are enough. Raises OutOfScope unless the step matrices are positive definite.
    """
    for (xx, xy), (_, yy) in matrices(world):
        if not (xx > 0 and xx * yy > xy * xy):
            raise OutOfScope("a step must turn no direction by a right angle or more")
    coefficients = fitted(world, terms)
    low, high = flint.arb(1), flint.arb(-1)  # such starts only widen bounds
    cap, flint.ctx.cap = flint.ctx.cap, ORDER
    try:
        with precision(BITS):
            radius = flint.arb.pi() / (4 * cells)
            spread = flint.arb(0, radius.upper())
            for index in range(cells):
                centre = radius * (2 * index + 1)
                here = _drift(world, coefficients, centre)
                around = _drift(world, coefficients, centre + spread)
                value = around[ORDER - 1]  # encloses what the terms before it leave
                for k in reversed(range(ORDER - 1)):
                    value = here[k] + spread * value
                low, high = low.min(value.lower()), high.max(value.upper())
    finally:
        flint.ctx.cap = cap
    return low, high
