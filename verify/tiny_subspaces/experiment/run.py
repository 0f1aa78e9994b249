"""Compute the units that are missing, here or in a pool of processes, and keep each at once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import BrokenExecutor, as_completed
from contextlib import closing
from pathlib import Path

from verify.adapters import require_torch
from verify.errors import InputError, Interrupted
from verify.tiny_subspaces.experiment.store import Store
from verify.tiny_subspaces.network.results import Result
from verify.tiny_subspaces.network.units import Unit
from verify.workers import pool

Progress = Callable[[Unit, bool], None]


def run(
    units: dict[Unit, str], folder: Path, jobs: int, progress: Progress = lambda unit, new: None
) -> dict[Unit, Result]:
    """The results of all units, from the folder where they are kept there.

    `progress(unit, new)` is called for every unit, with `new` false for those that were kept.
    Raises InputError if PyTorch is missing or the folder cannot be written, and Interrupted on
    Ctrl-C; what is finished is kept either way.
    """
    require_torch()
    store = Store.opened(folder)
    results: dict[Unit, Result] = {}
    for unit in units:
        kept = store.read(unit)
        if kept is not None:
            results[unit] = kept
            progress(unit, False)
    missing = {unit: name for unit, name in units.items() if unit not in results}
    try:
        with closing(_computed(missing, jobs)) as finished:
            for unit, found in finished:
                store.write(unit, units[unit], found)
                results[unit] = found
                progress(unit, True)
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted: {len(results)} of {len(units)} units are kept; the same command goes on "
            f"from {folder}"
        ) from None
    except BrokenExecutor:
        raise InputError(
            f"a worker process was killed; {len(results)} of {len(units)} units are kept in "
            f"{folder}: run the same command again, with fewer --jobs if memory is short"
        ) from None
    return results


def _computed(units: dict[Unit, str], jobs: int) -> Generator[tuple[Unit, Result], None, None]:
    """Units with their results, each as soon as it is known."""
    with pool(min(jobs, len(units))) as executor:
        if executor is None:
            for unit, name in units.items():
                yield unit, named(name, unit)
            return
        futures = {executor.submit(named, name, unit): unit for unit, name in units.items()}
        for future in as_completed(futures):
            yield futures[future], future.result()


def named(name: str, unit: Unit) -> Result:
    """Compute one unit; bad luck with the numbers is told with the unit's name."""
    try:
        return compute(unit)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def compute(unit: Unit) -> Result:
    """Compute one unit; PyTorch is imported where it is computed."""
    from verify.tiny_subspaces.network.compute import compute as computed

    return computed(unit)
