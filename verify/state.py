"""The state a command analyses: read, validated, and brought to the eigenbasis.

A state of at most 2000 directions is kept in rationals, whatever it was given in (a double is a
rational), so that nothing cancels; a larger one in doubles, unless all of it is exact and it has at
most 20000 directions.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from verify.errors import InputError
from verify.exact_numbers import brief
from verify.state_files import read_mapping
from verify.state_values import (
    Matrix,
    Vector,
    doubles,
    matrix,
    number,
    rationals,
    vector,
    whole_number,
)

RATIONAL_DIRECTIONS = 2000
EXACT_DIRECTIONS = 20000
MOST_STEPS = 10**15

Kind = Literal["analyse", "trajectory"]
_SHARED = ("eigenvalues", "hessian", "k", "noise_variance", "noise_covariance", "step_size")
KEYS: dict[Kind, tuple[str, ...]] = {
    "analyse": (*_SHARED, "gradient"),
    "trajectory": (*_SHARED, "initial_gradient", "steps"),
}


@dataclass(frozen=True)
class State:
    """A gradient and a noise law in the eigenbasis of the Hessian.

    `eigenvalues` descending, `gradient` and `noise_variance` (the diagonal of the covariance), all
    of length d, are rationals or doubles; `noise_covariance` is the full d x d matrix when one was
    given and it is not diagonal. `exact` says that every number was given exactly, and
    `relative_error` bounds what bringing a Hessian to its eigenbasis lost (0 without one).
    Source: section 0 of the specification (our formalisation).
    """

    eigenvalues: Vector
    gradient: Vector
    noise_variance: Vector
    noise_covariance: Matrix | None
    k: int
    step_size: Fraction | None
    exact: bool
    relative_error: Fraction = Fraction(0)
    warnings: tuple[str, ...] = ()

    @property
    def d(self) -> int:
        """Number of directions."""
        return len(self.eigenvalues)


@dataclass(frozen=True)
class Run:
    """A state to start from, with constant noise, and the number of steps to take."""

    start: State
    step_size: Fraction
    steps: int


def read_state(source: str | Path, *, precision: int = 17) -> State:
    """The state in a JSON or NPZ file ("-": standard input). Raises InputError for bad input."""
    return state_from(read_mapping(source), precision=precision)


def read_run(source: str | Path, *, precision: int = 17) -> Run:
    """The run in a JSON or NPZ file ("-": standard input). Raises InputError for bad input."""
    return run_from(read_mapping(source), precision=precision)


def state_from(raw: Mapping[str, Any], *, precision: int = 17) -> State:
    """The state described by the keys of `gradalign analyse`. Raises InputError for bad input."""
    _check_keys(raw, "analyse")
    state = _state(raw, "gradient", precision)
    if not np.any(np.asarray(state.gradient) != 0):
        raise InputError("gradient is zero, so it has no alignment; give a state off the minimum")
    return state


def run_from(raw: Mapping[str, Any], *, precision: int = 17) -> Run:
    """The run described by the keys of `gradalign trajectory`. Raises InputError for bad input.

    A zero initial gradient is allowed when there is noise: alignment starts at the first step.
    """
    _check_keys(raw, "trajectory")
    _require(raw, "step_size", "a positive number")
    _require(raw, "steps", "how many steps to take")
    steps = whole_number(raw["steps"], "steps")
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"steps is {brief(Fraction(steps))}; choose between 1 and {MOST_STEPS}")
    state = _state(raw, "initial_gradient", precision)
    moving = np.asarray(state.eigenvalues) * np.asarray(state.noise_variance)
    if not np.any(np.asarray(state.gradient) != 0) and not np.any(moving != 0):
        raise InputError("initial_gradient is zero and there is no noise; alignment is undefined")
    assert state.step_size is not None
    return Run(state, state.step_size, steps)


def _check_keys(raw: Mapping[str, Any], kind: Kind) -> None:
    for key in raw:
        if key not in KEYS[kind]:
            close = difflib.get_close_matches(str(key), KEYS[kind], 1, 0.5)
            hint = f"did you mean {close[0]!r}?" if close else "use " + ", ".join(KEYS[kind])
            raise InputError(f"unknown key {str(key)[:40]!r} for {kind}; {hint}")


def _require(raw: Mapping[str, Any], key: str, what: str) -> None:
    if key not in raw:
        raise InputError(f"{key} is missing; add {what}")


def _state(raw: Mapping[str, Any], gradient_key: str, precision: int) -> State:
    if ("eigenvalues" in raw) == ("hessian" in raw):
        raise InputError("give either eigenvalues or hessian, and not both")
    if "noise_variance" in raw and "noise_covariance" in raw:
        raise InputError("give either noise_variance or noise_covariance, not both")
    _require(raw, "k", "the number of dominant directions")
    _require(raw, gradient_key, "the gradient as a list")
    if "noise_covariance" not in raw:
        _require(raw, "noise_variance", "a number, a list, or noise_covariance (0: no noise)")
    k = whole_number(raw["k"], "k")
    step_size, step_exact = _step_size(raw)
    state = (_from_eigenvalues if "eigenvalues" in raw else _from_hessian)(
        raw, gradient_key, k, step_size, precision
    )
    return _stored(state, step_exact)


def _step_size(raw: Mapping[str, Any]) -> tuple[Fraction | None, bool]:
    if "step_size" not in raw:
        return None, True
    value, exact = number(raw["step_size"], "step_size")
    if value <= 0:
        raise InputError(f"step_size is {brief(value)}; it must be positive")
    return value, exact


def _from_eigenvalues(
    raw: Mapping[str, Any], key: str, k: int, step_size: Fraction | None, precision: int
) -> State:
    eigenvalues, spectrum_exact = vector(raw["eigenvalues"], "eigenvalues")
    check_spectrum(eigenvalues, k)
    gradient, gradient_exact = vector(raw[key], key, len(eigenvalues))
    outside = np.flatnonzero((np.asarray(eigenvalues) == 0) & (np.asarray(gradient) != 0))
    if len(outside):
        raise InputError(
            f"{key}[{outside[0]}] is not zero but its eigenvalue is; a gradient H x has no part "
            "there: set it to 0"
        )
    variance, covariance, noise_exact = _noise(raw, len(eigenvalues))
    exact = spectrum_exact and gradient_exact and noise_exact
    return State(eigenvalues, gradient, variance, covariance, k, step_size, exact)


def _from_hessian(
    raw: Mapping[str, Any], key: str, k: int, step_size: Fraction | None, precision: int
) -> State:
    from verify.eigenbasis import symmetric, to_eigenbasis

    hessian, hessian_exact = matrix(raw["hessian"], "hessian")
    size = len(hessian)
    if size < 2:
        raise InputError(f"hessian is {size} x {size}; dominant and bulk need two directions")
    gradient, gradient_exact = vector(raw[key], key, size)
    variance, covariance, noise_exact = _noise(raw, size)
    basis = to_eigenbasis(
        symmetric(hessian, "hessian", hessian_exact),
        gradient,
        covariance
        if covariance is not None or "noise_covariance" not in raw
        else _diagonal(variance),
        key=key,
        exact=hessian_exact and gradient_exact and noise_exact,
        digits=2 * precision + 30,
    )
    check_spectrum(basis.eigenvalues, k, basis.resolution)
    rotated = basis.covariance
    if rotated is not None:
        variance = tuple(rotated[i][i] for i in range(size))
        if isinstance(rotated, np.ndarray):
            variance = np.diagonal(rotated).copy()
    return State(
        basis.eigenvalues,
        basis.gradient,
        variance,
        rotated,
        k,
        step_size,
        hessian_exact and gradient_exact and noise_exact and basis.precise,
        basis.relative_error,
        basis.warnings,
    )


def check_spectrum(eigenvalues: Vector, k: int, resolution: Fraction = Fraction(0)) -> None:
    """Raise InputError unless descending, nonnegative, 1 <= k < d, and with a gap after the k-th.

    `resolution` is the difference below which two eigenvalues count as equal.
    """
    d = len(eigenvalues)
    if d < 2:
        raise InputError(f"directions: {d}; dominant and bulk need at least two")
    values = np.asarray(eigenvalues)
    rising = np.flatnonzero(values[1:] > values[:-1])
    if len(rising):
        i = int(rising[0])
        raise InputError(f"eigenvalues[{i + 1}] is larger than eigenvalues[{i}]; sort descending")
    if values[-1] < 0:
        i = int(np.flatnonzero(values < 0)[0])
        raise InputError(
            f"eigenvalues[{i}] is {brief(values[i])}; a convex loss has no negative eigenvalue"
        )
    if not 1 <= k < d:
        raise InputError(f"k is {brief(Fraction(k))}; choose it between 1 and {d - 1} (d - 1)")
    if Fraction(eigenvalues[k - 1]) - Fraction(eigenvalues[k]) <= resolution:
        raise InputError(
            f"no spectral gap at k = {k}: eigenvalues {k} and {k + 1} (counted from 1) are equal; "
            "choose another k"
        )


def _diagonal(values: Vector) -> Matrix:
    if isinstance(values, np.ndarray):
        return np.diag(values)
    zero = Fraction(0)
    size = range(len(values))
    return tuple(tuple(values[i] if i == j else zero for j in size) for i in size)


def _noise(raw: Mapping[str, Any], size: int) -> tuple[Vector, Matrix | None, bool]:
    """The variances, the covariance unless it is diagonal, and whether they are exact."""
    if "noise_covariance" in raw:
        from verify.eigenbasis import checked_covariance

        covariance, exact = matrix(raw["noise_covariance"], "noise_covariance", size)
        diagonal, full = checked_covariance(covariance, exact)
        return diagonal, full, exact
    value = raw["noise_variance"]
    variances: Vector
    single = isinstance(value, (int, float, str)) or getattr(value, "ndim", None) == 0
    if single:
        common, exact = number(value, "noise_variance")
        variances = (common,) * size
        if size > EXACT_DIRECTIONS:
            variances = np.full(size, doubles((common,), "noise_variance")[0])
    else:
        variances, exact = vector(value, "noise_variance", size)
    negative = np.flatnonzero(np.asarray(variances) < 0)
    if len(negative):
        place = "" if single else f"[{negative[0]}]"
        raise InputError(f"noise_variance{place} is negative; a variance is at least 0")
    return variances, None, exact


def _stored(state: State, step_exact: bool) -> State:
    """The state in rationals or doubles, by its size and exactness."""
    exact = state.exact and step_exact
    if state.d <= RATIONAL_DIRECTIONS or (exact and state.d <= EXACT_DIRECTIONS):
        return replace(
            state,
            eigenvalues=rationals(state.eigenvalues),
            gradient=rationals(state.gradient),
            noise_variance=rationals(state.noise_variance),
            exact=exact,
        )
    warnings = state.warnings
    if exact:
        warnings = (*warnings, f"more than {EXACT_DIRECTIONS} directions: computed in doubles")
    return replace(
        state,
        eigenvalues=doubles(state.eigenvalues, "eigenvalues"),
        gradient=doubles(state.gradient, "gradient"),
        noise_variance=doubles(state.noise_variance, "noise_variance"),
        exact=False,
        warnings=warnings,
    )
