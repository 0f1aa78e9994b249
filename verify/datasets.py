"""Data sets for least squares: four by name, or a CSV or NPZ file; bad ones told in one line."""

from __future__ import annotations

import csv
import difflib
import io
import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError
from verify.least_squares import LeastSquares, Scaling

FloatArray = NDArray[np.float64]

BUILT_IN: dict[str, tuple[str, Scaling]] = {
    "digits": ("load_digits", "centre"),  # pixels share a unit; rare ones would become outliers
    "diabetes": ("load_diabetes", "standardise"),
    "breast-cancer": ("load_breast_cancer", "standardise"),
    "wine": ("load_wine", "standardise"),
}

CSV_SUFFIXES = (".csv", ".tsv", ".txt")


def load(data: str, target: str | None = None, scaling: Scaling | None = None) -> LeastSquares:
    """A least-squares problem from a built-in name (`BUILT_IN`) or the path of a CSV or NPZ file.

    `target` is the column name or 0-based index of a CSV, or the key of the target in an NPZ file
    (by default `y`, with the features under `X`). `scaling` overrides the default: "centre" for
    digits, "standardise" for everything else. Class labels are used as numbers. Raises
    `InputError`.
    """
    path = Path(data)
    if data in BUILT_IN:
        if target is not None:
            raise InputError(f"{data} brings its own target; leave out --target")
        loader, default = BUILT_IN[data]
        import sklearn.datasets

        features, targets = getattr(sklearn.datasets, loader)(return_X_y=True)
        return LeastSquares.from_data(
            data, features.astype(float), targets.astype(float), scaling or default
        )
    if not path.exists():
        raise InputError(_unknown(data))
    if path.is_dir():
        raise InputError(f"{str(data)!r} is a folder; give a .csv, .tsv, .txt or .npz file")
    if path.suffix.lower() in CSV_SUFFIXES:
        columns, targets = read_csv(path, target)
    elif path.suffix.lower() == ".npz":
        columns, targets = read_npz(path, target)
    else:
        raise InputError(f"{data}: not a known kind of file; give a .csv, .tsv, .txt or .npz file")
    return LeastSquares.from_data(path.name, columns, targets, scaling or "standardise")


def read_csv(path: Path, target: str | None) -> tuple[FloatArray, FloatArray]:
    """Features (N, p) and targets (N,) of a table of numbers with an optional header row."""
    rows = _csv_rows(path)
    header = None if all(_is_number(cell) for cell in rows[0]) else [c.strip() for c in rows[0]]
    width, first = len(rows[0]), 0 if header is None else 1
    names = header or [str(i) for i in range(width)]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise InputError(f"{path.name}: two columns are called {twice[:40]!r}; rename one")
    if len(rows) == first:
        raise InputError(f"{path.name}: a header but no rows of numbers")
    column = _target_column(path.name, target, names, header is not None)
    table = np.empty((len(rows) - first, width))
    for i, row in enumerate(rows[first:]):
        where = f"{path.name}: row {i + first + 1}"
        if len(row) != width:
            raise InputError(f"{where} has {len(row)} cells, but the first row has {width}")
        for j, cell in enumerate(row):
            table[i, j] = _cell(cell, f"{where}, column {names[j]!r}")
    return np.delete(table, column, axis=1), table[:, column]


def read_npz(path: Path, target: str | None) -> tuple[FloatArray, FloatArray]:
    """Features (N, p) and targets (N,) of an NPZ archive."""
    key = "y" if target is None else target
    arrays = _npz_arrays(path, {"X", key})
    if len({"X", key} & arrays.keys()) == 2:
        return _numbers(path, "X", arrays["X"]), _column(path, key, arrays[key])
    keys = list(arrays)
    listed = ", ".join(keys) or "none"
    raise InputError(
        f"{path.name}: needs the features under 'X' and the target under {key!r}; "
        f"it has {listed}; name the target with --target"
    )


def _npz_arrays(path: Path, wanted: set[str]) -> dict[str, NDArray[Any]]:
    """The wanted arrays, and every other key with an empty array."""
    broken = (EOFError, ValueError, KeyError, MemoryError, zipfile.BadZipFile, zlib.error)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {key: archive[key] if key in wanted else np.empty(0) for key in archive.files}
    except OSError as error:
        reason = error.strerror or "it may be truncated"
    except (*broken, AttributeError, TypeError):  # the last two: a bare array, not an archive
        reason = "it may be truncated, or hold text or objects"
    raise InputError(
        f"{path.name}: cannot be read as an NPZ file of numbers: {reason}; write it again with "
        "numpy.savez"
    )


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not a text file in UTF-8; save it as CSV UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    start = text.partition("\n")[0]
    delimiter = max(",;\t", key=start.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise InputError(f"{path.name}: not a CSV file: {error}") from None
    if not rows:
        raise InputError(f"{path.name}: the file is empty")
    return rows


def _target_column(name: str, target: str | None, names: list[str], header: bool) -> int:
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    kind = "columns" if header else "column numbers"
    if target is None:
        raise InputError(f"{name}: say which column is the target with --target; {kind}: {listed}")
    if target in names:
        return names.index(target)
    if target.removeprefix("-").isdecimal() and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    close = difflib.get_close_matches(target, names, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"{kind}: {listed}"
    raise InputError(f"{name}: no target column {target!r}; {hint}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return not cell.strip()
    return True


def _cell(cell: str, where: str) -> float:
    if not cell.strip():
        raise InputError(f"{where} is empty; fill or remove missing values")
    try:
        value = float(cell)
    except ValueError:
        shown = cell if len(cell) <= 40 else cell[:37] + "..."
        raise InputError(f"{where}: {shown!r} is not a number; encode or remove text") from None
    if not math.isfinite(value):
        raise InputError(f"{where} is {cell.strip()}; every value must be finite")
    return value


def _numbers(path: Path, key: str, array: NDArray[Any]) -> FloatArray:
    if array.dtype.kind not in "biuf":
        raise InputError(f"{path.name}: {key!r} has type {array.dtype}; it must hold real numbers")
    if key == "X" and array.ndim != 2:
        raise InputError(
            f"{path.name}: 'X' has shape {array.shape}; it must be (samples, features)"
        )
    return array.astype(np.float64)


def _column(path: Path, key: str, array: NDArray[Any]) -> FloatArray:
    column = _numbers(path, key, array)
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        raise InputError(f"{path.name}: {key!r} has shape {array.shape}; it must be (samples,)")
    return column


def _unknown(data: str) -> str:
    if Path(data).suffix or "/" in data:
        return f"no such file: {data}"
    close = difflib.get_close_matches(data.lower().replace("_", "-"), BUILT_IN, 1, 0.5)
    hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(BUILT_IN)}"
    return f"unknown data set {data!r}; {hint} (or give the path of a CSV or NPZ file)"
