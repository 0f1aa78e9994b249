"""The data set of a sweep: a folder with a manifest and one NPZ file per finished chunk.

Every file appears whole or not at all, so a sweep may be killed at any moment: what is there is
finished, and what is not there is computed when the sweep is started again.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from verify.errors import InputError
from verify.files import write_atomically
from verify.moments import Doubles
from verify.sweep_grid import Grid

MANIFEST = "manifest.json"
LOCK = ".lock"


@dataclass(frozen=True)
class Store:
    """The folder of one sweep."""

    folder: Path
    grid: Grid

    def path(self, chunk: int) -> Path:
        """Where a chunk is kept."""
        return self.folder / f"chunk-{chunk:06d}.npz"

    def size(self, chunk: int) -> int:
        """Number of points of a chunk (the last one may be shorter)."""
        return min(self.grid.chunk, self.grid.points - chunk * self.grid.chunk)

    def missing(self) -> list[int]:
        """The chunks that are not finished."""
        return [i for i in range(self.grid.chunks) if self.read(i) is None]

    def read(self, chunk: int) -> dict[str, Doubles] | None:
        """The columns of a chunk; None when it is not there, or not whole."""
        try:
            content = io.BytesIO(self.path(chunk).read_bytes())
            with np.load(content, allow_pickle=False) as file:
                columns = {name: file[name] for name in self.grid.question.columns}
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            return None
        rows = self.size(chunk)
        return columns if all(len(x) == rows for x in columns.values()) else None

    def write(self, chunk: int, columns: Mapping[str, Doubles]) -> None:
        """Keep a finished chunk, or raise InputError and keep all chunks before it."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **columns)
        write_atomically(self.path(chunk), buffer.getvalue())

    def columns(self) -> dict[str, Doubles]:
        """Every column in the shape of the grid; nan where chunks are missing."""
        question = self.grid.question
        widths = dict.fromkeys(question.columns, ()) | {"alignment": (len(question.times),)}
        table = {
            name: np.full((self.grid.points, *widths[name]), np.nan) for name in question.columns
        }
        for chunk in range(self.grid.chunks):
            found = self.read(chunk)
            first = chunk * self.grid.chunk
            for name, values in (found or {}).items():
                table[name][first : first + len(values)] = values
        return {
            name: values.reshape(*self.grid.shape, *widths[name]) for name, values in table.items()
        }


@contextmanager
def opened(folder: Path, grid: Grid) -> Iterator[Store]:
    """The data set of this grid, created or resumed, for one writer at a time.

    Raises InputError when the folder cannot be written, belongs to another grid, holds something
    else, or another sweep is writing to it.
    """
    _create(folder)
    _refuse_others(folder)
    with _locked(folder):
        manifest = _manifest(folder)
        if manifest is None:
            content = {"sha256": grid.digest, "title": grid.title, **grid.to_json()}
            write_atomically(folder / MANIFEST, json.dumps(content, indent=1) + "\n")
        elif manifest.get("sha256") != grid.digest:
            raise InputError(
                f"{folder} belongs to a different grid ({_difference(manifest, grid)}); "
                "choose another folder, or restore the grid file"
            )
        for leftover in folder.glob(".*.npz.*"):
            leftover.unlink(missing_ok=True)
        yield Store(folder, grid)


def _create(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}; choose another place") from None


def _refuse_others(folder: Path) -> None:
    """Raise InputError for a folder that is not empty and no data set; nothing is written then."""
    names = [p.name for p in folder.iterdir() if p.name != LOCK]
    others = [name for name in names if not name.startswith(f".{MANIFEST}.")]
    if others and MANIFEST not in others:
        raise InputError(f"{folder} holds other files; choose an empty or a new folder")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of the folder; the system releases it however the process ends."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}; choose another place") from None
    try:
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"another sweep is writing to {folder}; wait for it") from None
            except OSError:  # a network file system without locks
                pass
        yield
    finally:
        os.close(handle)


def _manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InputError(f"{path} is not the manifest of a sweep; choose another folder")
    return content


def _difference(manifest: Mapping[str, Any], grid: Grid) -> str:
    """The first thing in which two grids differ, in a few words."""
    mine = grid.to_json()
    for part in ("axes", "fixed", "question"):
        old, new = manifest.get(part), json.loads(json.dumps(mine[part]))
        if isinstance(old, dict) and old != new:
            names = [k for k in {**old, **new} if old.get(k) != new.get(k)]
            return f"{names[0]} is another" if names else "its axes are in another order"
    return "its chunk size or format is another"
