"""TS-5: literal steps in rotated bases with correlated noise, and blocks for which it fails."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.exact_matrices import (
    Matrix,
    dot,
    identity,
    matrix,
    number,
    projector,
    random_basis,
    random_vector,
    scaled,
    vector,
    with_spectrum,
)
from verify.suspicious_alignment import words_projection  # noqa: F401  # registers meanings

Point = tuple[Fraction, Fraction]
Loss = Callable[[Fraction, Fraction], Fraction]
INSTANCES = {"fast": 30, "full": 400}
PRINTED = (Fraction("-0.41625"), Fraction("-0.4275"))  # the full step, and both blocks' sum


def changes(
    hessian: Matrix, position: Matrix, noises: list[Matrix], eta: Fraction, block: Matrix
) -> tuple[Fraction, Fraction, Fraction]:
    """Mean loss change of the full step, of the step in the block, and of that in the rest.

    The noises are equally likely.
    """

    def loss(x: Matrix) -> Fraction:
        return dot(x, hessian * x) / 2

    whole = identity(hessian.nrows())
    means = []
    for kept in (whole, block, whole - block):
        steps = [kept * (hessian * position + xi) for xi in noises]
        ends = [loss(position - scaled(eta, step)) for step in steps]
        means.append(sum(ends, Fraction(0)) / len(ends) - loss(position))
    return means[0], means[1], means[2]


@check("TS-5", "exact", "literal steps in rotated bases")
def rotated_bases(settings: Settings) -> Outcome:
    """Fails when the changes do not add up, or are not the stated sums, for correlated noise."""
    source = random.Random(settings.stream("TS-5", "rotated"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        k, size = source.randint(1, 3), source.randint(4, 6)
        spectrum = sorted((Fraction(source.randint(1, 30), 7) for _ in range(size)), reverse=True)
        basis, position = random_basis(size, source), random_vector(size, source)
        hessian, block = with_spectrum(spectrum, basis), projector(basis, range(k))
        centred = [random_vector(size, source) for _ in range(3)]
        noises = [scaled(s, xi) for xi in centred for s in (Fraction(1), Fraction(-1))]
        eta = Fraction(source.randint(1, 9), source.randint(1, 30))
        full, dominant, bulk = changes(hessian, position, noises, eta, block)
        if full != dominant + bulk:
            raise Failed(f"{full} is not {dominant} + {bulk} with eta = {eta}, k = {k}")
        gradient = basis.transpose() * hessian * position
        coordinates = [basis.transpose() * xi for xi in noises]
        for change, modes in ((dominant, range(k)), (bulk, range(k, size))):
            energy, curvature = Fraction(0), Fraction(0)
            for i in modes:
                g = number(gradient[i, 0])
                squares = [number(xi[i, 0]) ** 2 for xi in coordinates]
                variance = sum(squares, Fraction(0)) / len(squares)
                energy += g**2
                curvature += spectrum[i] * (g**2 + variance)
            if change != -eta * energy + eta**2 / 2 * curvature:
                raise Failed(f"a block changes the loss by {change}")
    return Outcome(f"{count} literal steps in rotated bases, with correlated noise")


@check("TS-5", "mutant", "blocks that do not commute with the Hessian")
def blocks_that_do_not_commute(settings: Settings) -> Outcome:
    """Fails unless coordinate projectors break additivity for H = (1, 1/2; 1/2, 1)."""
    half = Fraction(1, 2)
    hessian, position = matrix([[1, half], [half, 1]]), vector([1, 1])
    first = matrix([[1, 0], [0, 0]])
    full, one, other = changes(hessian, position, [vector([0, 0])], Fraction(1, 10), first)
    if (full, one + other) != PRINTED:
        raise Failed(f"the changes are {full} and {one + other}, printed {PRINTED}")
    return Outcome(f"the full step changes the loss by {full}, the blocks by {one + other}")


@check("TS-5", "mutant", "losses that are not quadratic")
def losses_that_are_not_quadratic(settings: Settings) -> Outcome:
    """Fails unless the changes fail to add up for L = x^2 y^2, whose Hessian at (2, 1) is not
    diagonal, and for L = (2 x^2 + y^2)/2 + x^2 y, whose Hessian at (0, 1) is."""
    cases: tuple[tuple[Loss, Point, Point], ...] = (
        (lambda x, y: x**2 * y**2, (Fraction(4), Fraction(8)), (Fraction(2), Fraction(1))),
        (lambda x, y: x**2 + y**2 / 2 + x**2 * y, (Fraction(0), Fraction(1)),
         (Fraction(0), Fraction(1))),
    )  # fmt: skip
    seen = []
    eta, noise = Fraction(1, 10), Fraction(1)  # the noise is +-1 along x
    for loss, gradient, (x, y) in cases:
        full = one = other = Fraction(0)
        for sign in (1, -1):
            dx, dy = -eta * (gradient[0] + sign * noise), -eta * gradient[1]
            full += (loss(x + dx, y + dy) - loss(x, y)) / 2
            one += (loss(x + dx, y) - loss(x, y)) / 2
            other += (loss(x, y + dy) - loss(x, y)) / 2
        if full == one + other:
            raise Failed(f"the changes add up: {full}")
        seen.append(f"{full} against {one + other}")
    return Outcome("; ".join(seen))
