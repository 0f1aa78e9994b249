"""Maps alignment regimes over a parameter grid, chunk by chunk, on any executor, resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from verify.errors import InputError
from verify.moments import Doubles
from verify.sweep_grid import PARAMETERS, UNSURE, WHOLE, Grid
from verify.sweep_point import REGIMES, compute_chunk
from verify.sweep_store import Store, opened

IN_FLIGHT = 1024

Finished = tuple[int, dict[str, Doubles]]
Progress = Callable[[Iterable[Finished], int, int], Iterable[Finished]]


@dataclass(frozen=True)
class Sweep:
    """The answers over a grid: `columns` by name, each in the shape of the grid.

    The column `alignment` has one more axis, the `times`. nan means that a value does not exist;
    `computed` of `grid.chunks` chunks were computed by this call, the others were found finished.
    """

    grid: Grid
    columns: dict[str, Doubles]
    computed: int

    def to_json(self) -> dict[str, Any]:
        """A summary as plain JSON values: sizes, shares of the regimes, range of each column."""
        out: dict[str, Any] = {
            "points": self.grid.points,
            "chunks": self.grid.chunks,
            "chunks_computed": self.computed,
            "axes": {
                axis.name: {
                    "from": _plain(axis.name, axis.values[0]),
                    "to": _plain(axis.name, axis.values[-1]),
                    "points": n,
                }
                for axis, n in zip(self.grid.axes, self.grid.shape, strict=True)
            },
            "fixed": {name: _plain(name, value) for name, value in self.grid.fixed},
            "unsure_points": int(np.sum(self.columns[UNSURE])),
            "columns": {name: _range(name, values) for name, values in self.columns.items()},
        }
        if "regime" in self.columns:
            codes = self.columns["regime"]
            counts = {name: int(np.sum(codes == i)) for i, name in enumerate(REGIMES)}
            out["regimes"] = {name: count for name, count in counts.items() if count}
        return out


def _range(name: str, values: Doubles) -> dict[str, float | int | None]:
    known = values[~np.isnan(values)]
    ends = (float(known.min()), float(known.max())) if known.size else (None, None)
    low, high = (None if end is None else _plain(name, end) for end in ends)
    return {"defined": int(known.size), "min": low, "max": high}


def _plain(name: str, value: float) -> float | int:
    """A value as JSON: whole numbers without a point where only they make sense."""
    whole = PARAMETERS[name][2] if name in PARAMETERS else name in (*WHOLE, UNSURE)
    return int(value) if whole else value


def sweep(
    grid: Grid,
    folder: str | Path,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Every observable of the grid at every point, kept in the folder as it is computed.

    Chunks that are finished are not computed again; the bits do not depend on the executor (any
    `concurrent.futures.Executor`, or this process). `progress(chunks, done, total)` may wrap the
    finished chunks. Raises InputError when the folder cannot be written or belongs to another grid,
    or when the executor loses its workers; finished chunks are kept.
    """
    with opened(Path(folder), grid) as store:
        missing = store.missing()
        done = grid.chunks - len(missing)
        finished: Iterable[Finished] = _finished(grid, missing, executor)
        with _explained(store):
            for chunk, columns in progress(finished, done, grid.chunks) if progress else finished:
                store.write(chunk, columns)
        return Sweep(grid, store.columns(), len(missing))


def _finished(grid: Grid, chunks: list[int], executor: Executor | None) -> Iterator[Finished]:
    """Chunks with their columns, each as soon as it is known."""
    if executor is None:
        for number in chunks:
            yield number, compute_chunk(grid.question, grid.rows(number))
        return
    waiting: dict[Future[dict[str, Doubles]], int] = {}
    following = iter(chunks)
    try:
        while True:
            while len(waiting) < IN_FLIGHT and (chunk := next(following, None)) is not None:
                future = executor.submit(compute_chunk, grid.question, grid.rows(chunk))
                waiting[future] = chunk
            if not waiting:
                return
            for future in wait_for(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def _explained(store: Store) -> Iterator[None]:
    """Say what is kept when the disk or the executor fails."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{error}; {_kept(store)}") from None
    except ModuleNotFoundError as error:
        raise InputError(
            f"the workers cannot import {error.name}; install the same gradalign there; "
            f"{_kept(store)}"
        ) from None
    except (BrokenExecutor, CancelledError, OSError) as error:
        raise InputError(
            f"the executor lost its workers ({_named(error)}); {_kept(store)}"
        ) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "distributed":
            raise
        raise InputError(
            f"the executor lost its workers ({_named(error)}); {_kept(store)}"
        ) from None


def _named(error: BaseException) -> str:
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first[:100]}" if first else type(error).__name__


def _kept(store: Store) -> str:
    total = store.grid.chunks
    kept = total - len(store.missing())
    return f"{kept} of {total} chunks are kept in {store.folder}: run it again to go on"
