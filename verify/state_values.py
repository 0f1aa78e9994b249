"""One raw value of an input file, checked: a number, a whole number, a vector or a matrix.

What is exact: strings ("1/3", "0.1") and whole numbers. A JSON number with a point or an exponent,
and every floating-point array of an NPZ file, is the double it denotes and makes the input inexact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError
from verify.exact_numbers import parse_exact, shown

Rationals = tuple[Fraction, ...]
Doubles = NDArray[np.float64]
Vector = Rationals | Doubles
Matrix = tuple[Rationals, ...] | Doubles


def number(value: Any, where: str) -> tuple[Fraction, bool]:
    """The value as a rational, and whether it was given exactly."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.ndim > 0 or value.dtype.kind not in "iufU":
            raise InputError(f"{where} must be one number, not {_described(value)}")
        value = value.item()
    if isinstance(value, str):
        return parse_exact(value, where), True
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{where} must be a number, not {shown(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{where} is {value}; every number must be finite")
    return Fraction(value), isinstance(value, int)


def whole_number(value: Any, where: str) -> int:
    """The value as an integer."""
    found, _ = number(value, where)
    if found.denominator != 1:
        raise InputError(f"{where} must be a whole number, not {shown(value)}")
    return int(found)


def vector(value: Any, where: str, length: int | None = None) -> tuple[Vector, bool]:
    """The value as doubles (when it is all doubles) or rationals, and whether it is exact."""
    items = _items(value, where, 1)
    if length is not None and len(items) != length:
        raise InputError(f"{where} has {len(items)} entries but there are {length} eigenvalues")
    return _row(items, where)


def matrix(value: Any, where: str, size: int | None = None) -> tuple[Matrix, bool]:
    """The value as a square matrix of doubles or rationals, and whether it is exact."""
    rows = _items(value, where, 2)
    if size is not None and len(rows) != size:
        raise InputError(f"{where} has {len(rows)} rows but the state has {size} directions")
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "f":
        if rows.shape[0] != rows.shape[1]:
            raise InputError(f"{where} is {rows.shape[0]} x {rows.shape[1]}; it must be square")
        return _finite(rows, where), False
    found: list[Rationals] = []
    exact = True
    for i, raw in enumerate(rows):
        row, row_exact = _row(_items(raw, f"{where}[{i}]", 1), f"{where}[{i}]")
        if len(row) != len(rows):
            raise InputError(
                f"{where} is not square: it has {len(rows)} rows but row {i} has {len(row)}"
            )
        found.append(rationals(row))
        exact = exact and row_exact
    return tuple(found), exact


def rationals(values: Vector) -> Rationals:
    """The vector as rationals; every double is one."""
    if isinstance(values, tuple):
        return values
    return tuple(Fraction(x) for x in values.tolist())


def doubles(values: Sequence[Fraction] | Doubles, where: str) -> Doubles:
    """The vector rounded to doubles. Raises InputError when an entry is out of their range."""
    if isinstance(values, np.ndarray):
        return values
    try:
        return np.array([float(x) for x in values])
    except OverflowError:
        raise InputError(f"{where} has a number beyond 1.8e308; rescale the state") from None


def _items(value: Any, where: str, dimensions: int) -> Any:
    what = "list of numbers" if dimensions == 1 else "matrix (a list of rows)"
    if isinstance(value, np.ndarray):
        if value.ndim != dimensions or value.dtype.kind not in "iufU":
            raise InputError(f"{where} must be a {what}, not {_described(value)}")
        return value
    if not isinstance(value, (list, tuple)):
        raise InputError(f"{where} must be a {what}, not {shown(value)}")
    return value


def _row(items: Any, where: str) -> tuple[Vector, bool]:
    if isinstance(items, np.ndarray):
        if items.dtype.kind == "f":
            return _finite(items, where), False
        items = items.tolist()
    if set(map(type, items)) == {float}:
        return _finite(np.array(items), where), False
    found = [number(x, f"{where}[{i}]") for i, x in enumerate(items)]
    return tuple(x for x, _ in found), all(exact for _, exact in found)


def _finite(values: Any, where: str) -> Doubles:
    array: Doubles = np.ascontiguousarray(values, dtype=np.float64)
    finite = np.isfinite(array)
    if not finite.all():
        place = "][".join(str(int(i)) for i in np.argwhere(~finite)[0])
        bad = array[~finite][0]
        raise InputError(f"{where}[{place}] is {bad}; every number must be finite")
    return array


def _described(value: Any) -> str:
    return f"an array of shape {tuple(value.shape)} and type {value.dtype}"
