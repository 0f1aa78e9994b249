"""TS-28: Hessians of linear models by exact differences, and the spectrum of the digits."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.exact_matrices import (
    Matrix,
    dot,
    identity,
    matrix,
    number,
    scaled,
    vector,
)
from verify.examples import rounding_interval
from verify.real_roots import bracketed, eigenvalues_above

INSTANCES = {"fast": 8, "full": 60}
PRINTED = {"as they are": "16.01", "centred": "1.06"}
NARROW = Fraction(1, 10**8)  # relative width of the brackets around the eigenvalues
Loss = Callable[[list[Fraction]], Fraction]


def hessian_by_differences(loss: Loss, size: int) -> Matrix:
    """The Hessian of a quadratic, from its values at 0, e_i and e_i + e_j: nothing is rounded."""

    def at(*places: int) -> Fraction:
        point = [Fraction(0)] * size
        for i in places:
            point[i] += 1
        return loss(point)

    return matrix([[at(i, j) - at(i) - at(j) + at() for j in range(size)] for i in range(size)])


def squared_loss(
    x: list[list[Fraction]], y: list[list[Fraction]], half: int = 2
) -> Callable[[list[Fraction]], Fraction]:
    """|XW - Y|^2/(half n) as a function of the columns of W, one after the other."""
    n, d, k = len(x), len(x[0]), len(y[0])

    def loss(weights: list[Fraction]) -> Fraction:
        total = Fraction(0)
        for row, labels in zip(x, y, strict=True):
            for c in range(k):
                output = sum((row[i] * weights[c * d + i] for i in range(d)), Fraction(0))
                total += (output - labels[c]) ** 2
        return total / (half * n)

    return loss


def random_problem(
    source: random.Random,
) -> tuple[list[list[Fraction]], list[list[Fraction]], Matrix, int]:
    """Features, one-hot labels, X^T X/n and the number of classes."""
    n, d, k = source.randint(2, 4), source.randint(1, 3), source.randint(2, 3)
    x = [[Fraction(source.randint(-4, 6), 2) for _ in range(d)] for _ in range(n)]
    labels = [source.randrange(k) for _ in range(n)]
    y = [[Fraction(int(c == label)) for c in range(k)] for label in labels]
    features = matrix(x)
    return x, y, scaled(Fraction(1, n), features.transpose() * features), k


def blocks_of(square: Matrix, k: int) -> Matrix:
    """I_k (x) A."""
    d = square.nrows()
    entries = [
        [number(square[i % d, j % d]) if i // d == j // d else Fraction(0) for j in range(k * d)]
        for i in range(k * d)
    ]
    return matrix(entries)


@check("TS-28", "symbolic", "two samples, two features, two classes")
def general_small_case(settings: Settings) -> Outcome:
    """Fails when the Hessian in all entries of X, Y and W is not I (x) X^T X/n."""
    x, y, w = (sympy.Matrix(2, 2, sympy.symbols(f"{name}1:5", real=True)) for name in "xyw")
    residual = x * w - y
    loss = sum(entry**2 for entry in residual) / 4
    variables = [w[i, c] for c in range(2) for i in range(2)]
    expected = sympy.kronecker_product(sympy.eye(2), x.T * x / 2)
    if (sympy.hessian(loss, variables) - expected).expand() != sympy.zeros(4):
        raise Failed("the Hessian is another matrix")
    return Outcome("an identity in 12 variables")


@check("TS-28", "exact", "Hessian of the linear model")
def hessians(settings: Settings) -> Outcome:
    """Fails when exact second differences of the loss are not I (x) X^T X/n."""
    source = random.Random(settings.stream("TS-28", "hessians"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        x, y, square, k = random_problem(source)
        found = hessian_by_differences(squared_loss(x, y), k * len(x[0]))
        if found != blocks_of(square, k):
            raise Failed(f"the Hessian is {found} for X = {x}")
    return Outcome(f"{count} data sets")


@check("TS-28", "exact", "k-fold eigenvalues")
def multiplicities(settings: Settings) -> Outcome:
    """Fails when the characteristic polynomial of the Hessian is not the k-th power of that of
    X^T X/n, or at some number it has not k times as many eigenvalues above."""
    source = random.Random(settings.stream("TS-28", "multiplicities"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        x, y, square, k = random_problem(source)
        hessian = hessian_by_differences(squared_loss(x, y), k * len(x[0]))
        whole, one = hessian.charpoly(), square.charpoly()
        if whole != one**k:
            raise Failed(f"not a {k}-th power for X = {x}")
        for n in range(0, 40, 3):
            level = Fraction(n, 4)
            if eigenvalues_above(whole, level) != k * eigenvalues_above(one, level):
                raise Failed(f"another number of eigenvalues above {level} for X = {x}")
    return Outcome(f"{count} spectra")


@check("TS-28", "exact", "mean and centred spectrum")
def rank_one(settings: Settings) -> Outcome:
    """Fails when X^T X/n is not C + m m^T, mu_1 < |m|^2, or mu_2 is above the largest of C."""
    source = random.Random(settings.stream("TS-28", "means"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        n, d = source.randint(3, 6), source.randint(2, 4)
        rows = [vector([Fraction(source.randint(-3, 8), 2) for _ in range(d)]) for _ in range(n)]
        mean = scaled(Fraction(1, n), sum(rows[1:], rows[0]))
        square = scaled(Fraction(1, n), sum((r * r.transpose() for r in rows), identity(d) * 0))
        spread = scaled(
            Fraction(1, n),
            sum(((r - mean) * (r - mean).transpose() for r in rows), identity(d) * 0),
        )
        if square != spread + mean * mean.transpose():
            raise Failed("the second moment is not covariance plus mean")
        length = dot(mean, mean)
        # The Rayleigh quotient of the mean: mu_1 is at least m^T A m/|m|^2 >= |m|^2.
        if dot(mean, square * mean) < length**2:
            raise Failed("mu_1 may be below |m|^2")
        for level in (Fraction(j, 4) for j in range(0, 60, 4)):
            above = eigenvalues_above(square.charpoly(), level)
            if above > eigenvalues_above(spread.charpoly(), level) + 1:
                raise Failed(f"mu_2 is above {level} and the largest of C is not")
    return Outcome(f"{count} data sets")


def digits(centred: bool) -> Any:
    """The integer matrix 1000 X^T X of the first 1000 digits (pixels 0 to 16), or 1000^2 C."""
    from sklearn.datasets import load_digits

    pixels = load_digits().data[:1000].astype(int)
    total, n = pixels.sum(axis=0), len(pixels)
    square = n * pixels.T @ pixels
    if centred:
        square = square - np.outer(total, total)
    return flint.fmpz_mat(square.tolist())


@check("TS-28", "exact", "gap ratio of the digits")
def gap_of_the_digits(settings: Settings) -> Outcome:
    """Fails when mu_1/mu_2 of 1000 digits, as they are or centred, is not printed like this.

    The eigenvalues are bracketed exactly; rounding enters the guesses only.
    """
    seen = []
    for name, printed in PRINTED.items():
        low, high = gap_ratio(digits(name == "centred"))
        smallest, largest = rounding_interval(printed)
        if not smallest <= low <= high <= largest:
            raise Failed(f"{name}: the ratio is between {float(low)} and {float(high)}")
        seen.append(f"{name} {float(low):.5f}")
    return Outcome(", ".join(seen))


def gap_ratio(square: Any) -> tuple[Fraction, Fraction]:
    """Bounds of the ratio of the two largest eigenvalues of an integer matrix. Raises Failed."""
    polynomial = flint.fmpq_poly(square.charpoly())
    guesses = np.linalg.eigvalsh(np.array(square.tolist(), dtype=float))[::-1][:2]
    brackets = []
    for index, guess in enumerate(guesses, start=1):
        value = Fraction(float(guess))
        low, high = value * (1 - NARROW), value * (1 + NARROW)
        if not bracketed(polynomial, index, low, high):
            raise Failed(f"eigenvalue {index} is not near {guess}")
        brackets.append((low, high))
    return brackets[0][0] / brackets[1][1], brackets[0][1] / brackets[1][0]


@check("TS-28", "mutant", "centred data keep the gap")
def centring_removes_the_gap(settings: Settings) -> Outcome:
    """Fails unless centring the digits moves the ratio from above 16 to below 1.1."""
    before, after = gap_ratio(digits(False)), gap_ratio(digits(True))
    if not (before[0] > 16 and after[1] < Fraction(11, 10)):
        raise Failed(f"the ratios are {before} and {after}")
    return Outcome(f"from {float(before[0]):.3f} to {float(after[0]):.3f}")


@check("TS-28", "mutant", "n instead of 2n in the loss")
def twice_the_loss(settings: Settings) -> Outcome:
    """Fails unless the loss without the half has another Hessian."""
    x, y, square, k = random_problem(random.Random(settings.stream("TS-28", "twice")))
    if hessian_by_differences(squared_loss(x, y, half=1), k * len(x[0])) == blocks_of(square, k):
        raise Failed("the factor of the loss does not matter")
    return Outcome("twice the loss has twice the Hessian")


@check("TS-28", "mutant", "cross-entropy has k-fold eigenvalues too")
def cross_entropy(settings: Settings) -> Outcome:
    """Fails unless two samples with class probabilities (1/2, 1/3, 1/6) and (1/5, 1/5, 3/5) give a
    cross-entropy Hessian whose nonzero eigenvalues are all simple.

    For linearly independent features every choice of probabilities occurs at some W.
    """
    features = (vector([2, 1]), vector([1, 3]))
    chances = (("1/2", "1/3", "1/6"), ("1/5", "1/5", "3/5"))
    hessian = identity(6) * 0
    for x, ps in zip(features, chances, strict=True):
        p = [Fraction(c) for c in ps]
        square = x * x.transpose()
        rows = [
            [
                ((p[a] if a == b else 0) - p[a] * p[b]) * number(square[i, j])
                for b in range(3)
                for j in range(2)
            ]
            for a in range(3)
            for i in range(2)
        ]
        hessian += scaled(Fraction(1, 2), matrix(rows))
    polynomial = hessian.charpoly()
    repeated = polynomial.gcd(polynomial.derivative())
    if repeated.degree() != 1 or repeated.coeffs()[0] != 0:
        raise Failed(f"repeated eigenvalues: the roots of {repeated}")
    return Outcome("6 parameters, 3 classes: four simple eigenvalues, and 0 twice")


@check("TS-28", "mutant", "networks have exactly k outliers")
def network_without_outliers(settings: Settings) -> Outcome:
    """Fails unless v tanh(u x) with two outputs has one positive eigenvalue at u = v = 0.

    There f = v u x to second order, so that L = sum of (v_c u x - y_c)^2/(2n) has the Hessian with
    entries -mean(x y_c) between u and v_c, and 0 elsewhere.
    """
    u, first, second, x, y, other = sympy.symbols("u v1 v2 x y1 y2", real=True)
    outputs = ((first, y), (second, other))
    loss = sum((v * sympy.tanh(u * x) - label) ** 2 for v, label in outputs) / 2
    samples = (
        {x: 1, y: 1, other: 0},
        {x: 2, y: 0, other: 1},
    )
    mean = sum((loss.subs(sample) for sample in samples), sympy.Integer(0)) / len(samples)
    origin = {u: 0, first: 0, second: 0}
    found = sympy.hessian(mean, (u, first, second)).subs(origin)
    entries = [[Fraction(int(e.p), int(e.q)) for e in found.row(i)] for i in range(3)]
    positive = eigenvalues_above(matrix(entries).charpoly(), Fraction(0))
    if positive != 1:
        raise Failed(f"{positive} positive eigenvalues: {entries}")
    return Outcome("two outputs, one positive eigenvalue")
