"""Literal SGD in exact rationals, run on all outcomes that matter: Monte Carlo without chance.

E D(T) and E B(T) are quadratic in the noises xi_l(t) when the noise is additive, so the average
over an orthogonal array of strength 2 (columns of a Sylvester-Hadamard matrix, signs +-1) equals
the expectation exactly. Full enumeration serves laws that depend on the state. Neither uses a
formula of a claim. Source: orthogonal arrays as in Rao (1947); our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product

Vector = tuple[Fraction, ...]


def signs(factors: int) -> Iterator[tuple[int, ...]]:
    """Rows of an orthogonal array of strength 2 with `factors` columns of +-1.

    Every pair of columns takes each pair of signs equally often; the number of rows is the smallest
    power of two above `factors`.
    """
    rows = 1
    while rows <= factors:
        rows *= 2
    for row in range(rows):
        yield tuple(1 - 2 * (bin(row & column).count("1") % 2) for column in range(1, factors + 1))


def literal_run(
    eigenvalues: Sequence[Fraction],
    start: Sequence[Fraction],
    step_size: Fraction,
    noises: Sequence[Sequence[Fraction]],
) -> Vector:
    """The gradient after x+ = x - eta (Hx + xi) for each noise vector in turn.

    `start` is the position x(0), `noises` one vector xi per step; exact in rationals.
    """
    x = list(start)
    for noise in noises:
        x = [
            value - step_size * (curvature * value + xi)
            for value, curvature, xi in zip(x, eigenvalues, noise, strict=True)
        ]
    return tuple(curvature * value for value, curvature in zip(x, eigenvalues, strict=True))


def expected_squares(
    eigenvalues: Sequence[Fraction],
    start: Sequence[Fraction],
    step_size: Fraction,
    deviations: Sequence[Fraction],
    steps: int,
) -> Vector:
    """E g_l(T)^2 by literal runs over an orthogonal array; noise xi_l = +- deviations_l."""
    size = len(eigenvalues)
    total = [Fraction(0)] * size
    rows = 0
    for row in signs(size * steps):
        rows += 1
        noises = [
            [s * deviation for s, deviation in zip(row[t * size :], deviations, strict=False)]
            for t in range(steps)
        ]
        for index, gradient in enumerate(literal_run(eigenvalues, start, step_size, noises)):
            total[index] += gradient * gradient
    return tuple(x / rows for x in total)


Law = Callable[[Vector], Sequence[tuple[Fraction, Vector]]]


def enumerated_squares(
    eigenvalues: Sequence[Fraction],
    start: Sequence[Fraction],
    step_size: Fraction,
    law: Law,
    steps: int,
) -> Vector:
    """E g_l(T)^2 by following every outcome of a noise law that may depend on the position."""
    worlds: list[tuple[Fraction, Vector]] = [(Fraction(1), tuple(start))]
    for _ in range(steps):
        worlds = [
            (weight * chance, _step(eigenvalues, x, step_size, noise))
            for weight, x in worlds
            for chance, noise in law(x)
        ]
    total = [Fraction(0)] * len(eigenvalues)
    for weight, x in worlds:
        for index, (value, curvature) in enumerate(zip(x, eigenvalues, strict=True)):
            total[index] += weight * (curvature * value) ** 2
    return tuple(total)


def _step(eigenvalues: Sequence[Fraction], x: Vector, step_size: Fraction, noise: Vector) -> Vector:
    return tuple(
        value - step_size * (curvature * value + xi)
        for value, curvature, xi in zip(x, eigenvalues, noise, strict=True)
    )


def independent_signs(deviations: Sequence[Fraction]) -> list[tuple[Fraction, Vector]]:
    """The law of independent xi_l = +- deviations_l, as atoms."""
    weight = Fraction(1, 2 ** len(deviations))
    return [
        (weight, tuple(s * d for s, d in zip(row, deviations, strict=True)))
        for row in product((1, -1), repeat=len(deviations))
    ]
