"""TS-6: projected runs with full noise covariances in rotated bases, and on single paths."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.exact_matrices import (
    Matrix,
    identity,
    number,
    projector,
    random_basis,
    random_vector,
    scaled,
    trace,
    vector,
    with_spectrum,
)
from verify.suspicious_alignment import words_projection  # noqa: F401  # registers meanings

INSTANCES = {"fast": 10, "full": 100}
STEPS = 12


def run(hessian: Matrix, second: Matrix, noise: Matrix, eta: Fraction, kept: Matrix) -> Matrix:
    """E x x^T after `STEPS` steps x - eta P (Hx + xi), from E x x^T and E xi xi^T."""
    keep = identity(hessian.nrows()) - scaled(eta, kept * hessian)
    spread = scaled(eta**2, kept * noise * kept)
    for _ in range(STEPS):
        second = keep * second * keep.transpose() + spread
    return second


@check("TS-6", "exact", "full covariance in rotated bases")
def full_covariance(settings: Settings) -> Outcome:
    """Fails when a projected run with correlated noise has another loss than the claim says."""
    source = random.Random(settings.stream("TS-6", "rotated"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        size = source.randint(2, 6)
        k = source.randint(1, size - 1)
        spectrum = sorted((Fraction(source.randint(1, 20), 5) for _ in range(size)), reverse=True)
        eta = 2 / spectrum[0] * Fraction(source.randint(1, 9), 10)
        basis = random_basis(size, source)
        hessian, block = with_spectrum(spectrum, basis), projector(basis, range(k))
        columns = [random_vector(size, source) for _ in range(size)]
        noise = sum((v * v.transpose() for v in columns), hessian * 0)
        second = settled(spectrum, basis, noise, eta, k, random_vector(size, source))
        before = trace(hessian * second) / 2
        everything = identity(size)
        losses = [
            trace(hessian * run(hessian, second, noise, eta, kept)) / 2
            for kept in (block, everything - block, everything)
        ]
        if losses[0] != before or losses[1] != losses[2]:
            raise Failed(f"losses {losses} from {before}, k = {k} of {size}, eta = {eta}")
        if losses[2] == before:
            raise Failed("the bulk does not move: the check cannot tell the runs apart")
    return Outcome(f"{count} quadratics in up to 6 dimensions, {STEPS} steps, full covariances")


def settled(
    spectrum: list[Fraction], basis: Matrix, noise: Matrix, eta: Fraction, k: int, point: Matrix
) -> Matrix:
    """E x x^T whose dominant diagonal one step reproduces; the rest is that of a fixed point.

    The dominant diagonal solves m = (1 - eta lambda)^2 m + eta^2 sigma^2. Only diagonal entries in
    the eigenbasis enter the loss, so off-diagonal ones may be anything.
    """
    variances = basis.transpose() * noise * basis
    point = basis.transpose() * point
    second = point * point.transpose()
    for i in range(k):
        kept = 1 - (1 - eta * spectrum[i]) ** 2
        level = eta**2 * number(variances[i, i]) / kept
        second[i, i] = vector([level])[0, 0]
    return basis * second * basis.transpose()


@check("TS-6", "mutant", "Dom-SGD stops on every path")
def not_on_every_path(settings: Settings) -> Outcome:
    """Fails unless Dom-SGD's loss differs between paths and agrees with the start in the mean."""
    start, ends = dominant_paths()
    mean = sum((loss for loss, _, _ in ends), Fraction(0)) / len(ends)
    if mean != start or all(loss == start for loss, _, _ in ends):
        raise Failed(f"mean {mean} from {start}, on {len(ends)} paths")
    return Outcome(f"{len({loss for loss, _, _ in ends})} different losses, mean {mean}")


@check("TS-6", "mutant", "Bulk-SGD equals SGD on every path")
def bulk_differs_on_paths(settings: Settings) -> Outcome:
    """Fails unless Bulk-SGD and SGD differ on some path and agree in the mean."""
    _, ends = dominant_paths()
    differing = sum(bulk != full for _, bulk, full in ends)
    means = [sum((end[i] for end in ends), Fraction(0)) / len(ends) for i in (1, 2)]
    if not differing or means[0] != means[1]:
        raise Failed(f"{differing} paths differ, means {means}")
    return Outcome(f"they differ on {differing} of {len(ends)} paths, both means are {means[0]}")


def dominant_paths() -> tuple[Fraction, list[tuple[Fraction, Fraction, Fraction]]]:
    """Mean loss at the switch, and the losses of Dom-SGD, Bulk-SGD and SGD on every path.

    lambda = 1 and 1/4, eta = 2/5, noise +-2 in each mode: the level of g_1^2 is 1. Three steps.
    """
    curvatures, eta, deviation = (Fraction(1), Fraction(1, 4)), Fraction(2, 5), Fraction(2)
    ends, starts = [], []
    for sign in (1, -1):
        start = (Fraction(sign), Fraction(3))
        starts.append(_loss(curvatures, start))
        for noises in product(product((1, -1), repeat=2), repeat=3):
            losses = []
            for moving in ((True, False), (False, True), (True, True)):
                x = start
                for noise in noises:
                    step = [
                        c * p + deviation * s for c, p, s in zip(curvatures, x, noise, strict=True)
                    ]
                    x = (x[0] - eta * step[0] * moving[0], x[1] - eta * step[1] * moving[1])
                losses.append(_loss(curvatures, x))
            ends.append((losses[0], losses[1], losses[2]))
    return sum(starts, Fraction(0)) / 2, ends


def _loss(curvatures: tuple[Fraction, Fraction], x: tuple[Fraction, Fraction]) -> Fraction:
    return (curvatures[0] * x[0] ** 2 + curvatures[1] * x[1] ** 2) / 2
