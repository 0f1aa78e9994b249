"""From a Hessian and a covariance matrix to numbers in the eigenbasis, with the loss stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verify.errors import InputError
from verify.state_values import Doubles, Matrix, Rationals, Vector, doubles

PRECISE_DIRECTIONS = 24
EXACT_COVARIANCE = 64


@dataclass(frozen=True)
class Eigenbasis:
    """Eigenvalues (descending), gradient and covariance in the eigenbasis, and what was lost."""

    eigenvalues: Vector
    gradient: Vector
    covariance: Matrix | None
    resolution: Fraction
    relative_error: Fraction
    precise: bool
    warnings: tuple[str, ...] = ()


def symmetric(values: Matrix, where: str, exact: bool) -> Matrix:
    """The matrix, symmetrised when doubles differ by rounding only. Raises InputError otherwise."""
    rounded = _rounded(values, where)
    scale = float(np.max(np.abs(rounded), initial=0.0))
    allowed = 0.0 if exact else len(values) * np.finfo(float).eps * scale
    difference = np.abs(rounded - rounded.T)
    i, j = np.unravel_index(int(np.argmax(difference)), difference.shape)
    if difference[i, j] > allowed or (exact and not _exactly_symmetric(values)):
        raise InputError(
            f"{where} is not symmetric: entries [{i}][{j}] and [{j}][{i}] differ by "
            f"{difference[i, j]:.3g}; give (H + H^T)/2"
        )
    if isinstance(values, np.ndarray):
        return (values + values.T) / 2
    size = range(len(values))
    return tuple(tuple((values[i][j] + values[j][i]) / 2 for j in size) for i in size)


def _exactly_symmetric(values: Matrix) -> bool:
    size = range(len(values))
    return all(values[i][j] == values[j][i] for i in size for j in range(i))


def checked_covariance(values: Matrix, exact: bool) -> tuple[Vector, Matrix | None]:
    """The variances, and the matrix unless it is diagonal.

    Raises InputError unless symmetric and positive semidefinite: decided exactly for exact input of
    at most 64 directions, and up to rounding otherwise.
    """
    values = symmetric(values, "noise_covariance", exact)
    size = len(values)
    if isinstance(values, np.ndarray):
        variances: Vector = np.diagonal(values).copy()
        diagonal = _is_diagonal(values)
    else:
        variances = tuple(values[i][i] for i in range(size))
        diagonal = _is_diagonal(values)
    negative = [i for i, x in enumerate(variances) if x < 0]
    if negative:
        i = negative[0]
        raise InputError(f"noise_covariance[{i}][{i}] is negative; a variance is at least 0")
    if diagonal:
        return variances, None
    if not _positive_semidefinite(values, exact):
        raise InputError(
            "noise_covariance has a negative eigenvalue; a covariance is positive semidefinite: "
            "check its off-diagonal entries"
        )
    return variances, values


def _positive_semidefinite(values: Matrix, exact: bool) -> bool:
    if exact and len(values) <= EXACT_COVARIANCE and isinstance(values, tuple):
        return _eliminates(values)
    rounded = _rounded(values, "noise_covariance")
    scale = float(np.max(np.abs(rounded)))
    smallest = float(np.linalg.eigvalsh(rounded / scale)[0])
    return smallest >= -len(values) * float(np.finfo(float).eps)


def _eliminates(values: Sequence[Rationals]) -> bool:
    """Symmetric elimination in rationals: PSD iff no pivot is negative or zero beside non-zeros."""
    rows = [list(row) for row in values]
    while rows:
        pivot, *rest = rows[0]
        if pivot < 0 or (pivot == 0 and any(rest)):
            return False
        if pivot == 0:
            rows = [row[1:] for row in rows[1:]]
        else:
            rows = [
                [x - row[0] * y / pivot for x, y in zip(row[1:], rest, strict=True)]
                for row in rows[1:]
            ]
    return True


def to_eigenbasis(
    hessian: Matrix,
    gradient: Vector,
    covariance: Matrix | None,
    *,
    key: str,
    exact: bool,
    digits: int,
) -> Eigenbasis:
    """Rotate to the eigenbasis: exactly for a diagonal Hessian, in `digits` digits for at most 24
    directions, else in doubles with a warning when small eigenvalues lose digits.
    """
    size = len(hessian)
    if _is_diagonal(hessian):
        return _permuted(hessian, gradient, covariance, key)
    if size <= PRECISE_DIRECTIONS:
        return _rotated_precisely(hessian, gradient, covariance, key, exact, max(60, digits))
    return _rotated_in_doubles(hessian, gradient, covariance, key, exact)


def _is_diagonal(values: Matrix) -> bool:
    if isinstance(values, np.ndarray):
        return int(np.count_nonzero(values)) == int(np.count_nonzero(np.diagonal(values)))
    return not any(x for i, row in enumerate(values) for j, x in enumerate(row) if i != j)


def _permuted(hessian: Matrix, gradient: Vector, covariance: Matrix | None, key: str) -> Eigenbasis:
    diagonal = [hessian[i][i] for i in range(len(hessian))]
    order = sorted(range(len(diagonal)), key=lambda i: -diagonal[i])
    for i in order:
        if diagonal[i] == 0 and gradient[i] != 0:
            raise InputError(_outside(key))
    rotated: Matrix | None = None
    if isinstance(covariance, np.ndarray):
        rotated = covariance[np.ix_(order, order)]
    elif covariance is not None:
        rotated = tuple(tuple(covariance[i][j] for j in order) for i in order)
    return Eigenbasis(
        tuple(Fraction(diagonal[i]) for i in order),
        tuple(Fraction(gradient[i]) for i in order),
        rotated,
        Fraction(0),
        Fraction(0),
        precise=True,
    )


def _rotated_precisely(
    hessian: Matrix, gradient: Vector, covariance: Matrix | None, key: str, exact: bool, digits: int
) -> Eigenbasis:
    import mpmath

    context = mpmath.MPContext()
    context.dps = digits

    def precise(rows: Any) -> Any:
        return context.matrix([[_precise(context, x) for x in row] for row in rows])

    values, vectors = context.eigsy(precise(hessian))
    size = len(hessian)
    order = sorted(range(size), key=lambda i: -values[i])
    vectors = context.matrix([[vectors[i, j] for j in order] for i in range(size)])
    loss = Fraction(10) ** (15 - digits)
    eigenvalues = [_rational(values[i]) for i in order]
    largest = max(abs(x) for x in eigenvalues)
    unit = loss if exact else Fraction(size * np.finfo(float).eps)
    eigenvalues = [x if abs(x) > unit * largest else Fraction(0) for x in eigenvalues]
    rotated = vectors.T * precise([[x] for x in gradient])
    components = [_rational(rotated[i]) for i in range(size)]
    matrix: Matrix | None = None
    if covariance is not None:
        product = vectors.T * precise(covariance) * vectors
        matrix = tuple(
            tuple(_rational((product[i, j] + product[j, i]) / 2) for j in range(size))
            for i in range(size)
        )
    return Eigenbasis(
        tuple(eigenvalues),
        _without_null_part(eigenvalues, components, unit, key),
        matrix,
        unit * largest,
        loss,
        precise=True,
    )


def _without_null_part(
    eigenvalues: Sequence[Fraction], components: Sequence[Fraction], unit: Fraction, key: str
) -> Rationals:
    largest = max(abs(x) for x in components)
    for value, component in zip(eigenvalues, components, strict=True):
        if value == 0 and abs(component) > 64 * unit * largest:
            raise InputError(_outside(key))
    return tuple(x if v else Fraction(0) for v, x in zip(eigenvalues, components, strict=True))


def _outside(key: str) -> str:
    return f"{key} has a part in the null space of hessian; a gradient H x has none: remove it"


def _precise(context: Any, value: Any) -> Any:
    exact = Fraction(value)
    return context.mpf(exact.numerator) / exact.denominator


def _rational(value: Any) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    scale = Fraction(2) ** int(exponent)
    return scale * int(mantissa) * (-1 if sign else 1)


def _rotated_in_doubles(
    hessian: Matrix, gradient: Vector, covariance: Matrix | None, key: str, exact: bool
) -> Eigenbasis:
    rounded = _rounded(hessian, "hessian")
    values, vectors = np.linalg.eigh(rounded)
    values, vectors = values[::-1].copy(), vectors[:, ::-1]
    size = len(values)
    unit = size * np.finfo(float).eps
    largest = float(np.max(np.abs(values)))
    values[np.abs(values) <= unit * largest] = 0.0
    components = vectors.T @ doubles(gradient, key)
    null = values == 0
    if np.any(np.abs(components[null]) > 64 * unit * np.max(np.abs(components), initial=0.0)):
        raise InputError(_outside(key))
    components[null] = 0.0
    matrix = None
    if covariance is not None:
        matrix = vectors.T @ _rounded(covariance, "noise_covariance") @ vectors
        matrix = (matrix + matrix.T) / 2
        np.fill_diagonal(matrix, np.maximum(np.diagonal(matrix), 0.0))
    lost = unit * largest / float(values[~null].min())
    warnings = (
        f"a Hessian of more than {PRECISE_DIRECTIONS} directions is decomposed in doubles: the "
        f"smallest eigenvalue has a relative error of about {lost:.0e}; give eigenvalues instead "
        "for more digits",
    )
    return Eigenbasis(
        values, components, matrix, Fraction(unit * largest), Fraction(unit), not exact, warnings
    )


def _rounded(values: Matrix, where: str) -> Doubles:
    if isinstance(values, np.ndarray):
        return values
    return np.array([doubles(row, where) for row in values])
