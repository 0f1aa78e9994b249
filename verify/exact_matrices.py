"""Symmetric matrices of exact rationals with a prescribed spectrum, and their projectors.

The orthogonal basis is a Cayley transform (I - A)(I + A)^-1 of a skew matrix A, so that nothing is
rounded. Source: our formalisation; Cayley 1846.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import flint

Matrix = Any  # flint.fmpq_mat; a vector is a matrix with one column


def matrix(rows: Sequence[Sequence[Fraction | int]]) -> Matrix:
    """A matrix from its rows."""
    entries = [_exact(x) for row in rows for x in row]
    return flint.fmpq_mat(len(rows), len(rows[0]), entries)


def vector(entries: Iterable[Fraction | int]) -> Matrix:
    """A column."""
    return matrix([[x] for x in entries])


def diagonal(entries: Sequence[Fraction | int]) -> Matrix:
    """A diagonal matrix."""
    return matrix(
        [[x if i == j else 0 for j in range(len(entries))] for i, x in enumerate(entries)]
    )


def identity(size: int) -> Matrix:
    """The identity matrix."""
    return diagonal([1] * size)


def number(x: Any) -> Fraction:
    """An entry, or a 1 x 1 matrix, as a Fraction."""
    entry = x if isinstance(x, flint.fmpq) else x[0, 0]
    return Fraction(int(entry.p), int(entry.q))


def scaled(factor: Fraction, m: Matrix) -> Matrix:
    """The matrix times a number."""
    return m * _exact(factor)


def dot(u: Matrix, v: Matrix) -> Fraction:
    """The inner product of two columns."""
    return number(u.transpose() * v)


def trace(m: Matrix) -> Fraction:
    """The sum of the diagonal."""
    return sum((number(m[i, i]) for i in range(m.nrows())), Fraction(0))


def random_basis(size: int, source: random.Random) -> Matrix:
    """An orthogonal matrix; its columns are the basis. Every size from 1 on."""
    rows = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i):
            rows[i][j] = Fraction(source.randint(-3, 3), source.randint(1, 3))
            rows[j][i] = -rows[i][j]
    skew = matrix(rows)
    return (identity(size) - skew) * (identity(size) + skew).inv()


def with_spectrum(eigenvalues: Sequence[Fraction | int], basis: Matrix) -> Matrix:
    """The symmetric matrix with these eigenvalues, the columns of the basis as eigenvectors."""
    return basis * diagonal(eigenvalues) * basis.transpose()


def projector(basis: Matrix, columns: Iterable[int]) -> Matrix:
    """The sum of u u^T over these columns of the basis (Definition 2)."""
    kept = set(columns)
    return with_spectrum([int(i in kept) for i in range(basis.ncols())], basis)


def random_vector(size: int, source: random.Random) -> Matrix:
    """A vector of small rationals, not zero."""
    entries = [Fraction(source.randint(-5, 5), source.randint(1, 4)) for _ in range(size)]
    return vector(entries if any(entries) else [Fraction(1)] * size)


def _exact(x: Fraction | int) -> Any:
    return flint.fmpq(x.numerator, x.denominator)
