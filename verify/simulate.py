"""Literal SGD on a quadratic: many replicas, any dimension, bits that depend on the seed alone.

x+ = x - eta (H x + xi) in the eigenbasis of H, with momentum, projected steps and schedules. Memory
does not grow with the number of steps, nor with the dimension beyond the arrays passed in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.errors import InputError
from verify.noise import (
    FAMILIES,
    AdditiveNoise,
    Array,
    FreshSamples,
    LeastSquares,
    Noise,
    TwoSample,
    _array,
)

UPDATES = {"full": (1.0, 1.0), "dominant": (1.0, 0.0), "bulk": (0.0, 1.0)}
GROUP = 64  # replicas of one call of the compiled loops; speed only, no bit depends on it
TILE = 128  # coordinates kept in cache from the first step to the last
SMALL = 2_000_000  # coordinate steps below which threads cost more than they bring

Seed = int | Sequence[int] | np.random.SeedSequence
Value = TypeVar("Value")


def _ratio(dominant: Array, bulk: Array) -> Array:
    """dominant / (dominant + bulk), nan where both are zero."""
    total = dominant + bulk
    ratio = np.full(total.shape, np.nan)
    np.divide(dominant, total, out=ratio, where=total > 0)
    return ratio


@dataclass(frozen=True, eq=False)
class Observables:
    """What was recorded, per replica, at the observed times (before the step of that number).

    All arrays have shape (replicas, times): `dominant_energy` D = sum of g_i^2 over the first k
    directions, `bulk_energy` B over the others, the two blocks' shares of the loss (None when not
    asked for); `positions` has shape (replicas, times, d) or is None. A diverged run holds inf/nan.
    """

    times: NDArray[np.int64]
    dominant_energy: Array
    bulk_energy: Array
    dominant_loss: Array | None = None
    bulk_loss: Array | None = None
    positions: Array | None = None

    @property
    def alignment(self) -> Array:
        """D / (D + B) of each replica, shape (replicas, times); nan where the gradient is zero."""
        return _ratio(self.dominant_energy, self.bulk_energy)

    @property
    def alignment_of_means(self) -> Array:
        """sum D / sum (D + B) over the replicas, shape (times,): estimates the papers' ratio."""
        return _ratio(self.dominant_energy.sum(axis=0), self.bulk_energy.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over replicas, shape (times,) each: constant memory in the number of replicas."""

    times: NDArray[np.int64]
    replicas: int
    dominant_energy: Array
    bulk_energy: Array
    dominant_energy_squared: Array
    bulk_energy_squared: Array


@dataclass(frozen=True, eq=False)
class _Job:
    """A checked problem, ready for the compiled loops."""

    curvature: Array
    k: int
    noise: Noise
    plan: Array
    start: Array
    times: NDArray[np.int64]
    slots: NDArray[np.int64]
    key: np.uint64
    losses: bool
    positions: bool
    prepared: tuple[Any, ...]


def simulate(
    eigenvalues: ArrayLike,
    k: int,
    noise: Noise,
    *,
    step_size: ArrayLike,
    steps: int,
    replicas: int,
    seed: Seed,
    start: ArrayLike | None = None,
    initial_gradient: ArrayLike | None = None,
    observe: ArrayLike | None = None,
    momentum: ArrayLike = 0.0,
    update: str | Sequence[str] = "full",
    noise_level: ArrayLike = 1.0,
    losses: bool = True,
    positions: bool = False,
    first_replica: int = 0,
    threads: int | None = None,
) -> Observables:
    """Run literal SGD steps and record the energies of both blocks.

    eigenvalues: shape (d,), descending; the first k directions are dominant.
    noise: `AdditiveNoise`, `LeastSquares`, `FreshSamples` or `TwoSample`.
    step_size, momentum, noise_level (a factor on the noise, 0 = off): one number or one per step.
    update: "full", "dominant" or "bulk" (a projected step), or one per step; see `piecewise`.
    start: x of shape (d,), or (replicas, d) for one per replica; or initial_gradient = H x instead.
    observe: times in 0 ... steps; every time when None. losses, positions: record these too.
    seed: an integer, integers, or a SeedSequence. first_replica: replica r of this call is number
    first_replica + r of an endless sequence, whose bits depend on (seed, r) alone.
    threads: at most this many; all available when None.

    With momentum beta the move is beta (last move) - eta (H x + xi), projected; a direction that a
    projection held still restarts at rest.
    Raises InputError. Source: our formalisation of the model of both papers.
    """
    job = _job(
        eigenvalues,
        k,
        noise,
        step_size=step_size,
        steps=steps,
        seed=seed,
        start=start,
        initial_gradient=initial_gradient,
        observe=observe,
        momentum=momentum,
        update=update,
        noise_level=noise_level,
        losses=losses,
        positions=positions,
    )
    if replicas < 1 or first_replica < 0:
        raise InputError(f"replicas={replicas}, first_replica={first_replica}: use >= 1 and >= 0")
    if len(job.start) not in (1, replicas):
        raise InputError(f"start has {len(job.start)} rows for {replicas} replicas; use one or all")
    return _run(job, replicas, first_replica, threads)


def simulate_sums(
    eigenvalues: ArrayLike,
    k: int,
    noise: Noise,
    *,
    replicas: int,
    chunk_size: int = 1024,
    first_replica: int = 0,
    **options: Any,
) -> Sums:
    """Sums of D, B and their squares over replicas; arguments as in `simulate`.

    The replicas are added one after the other, so chunk_size changes the memory and not the bits.
    """
    if replicas < 1 or chunk_size < 1:
        raise InputError(f"replicas={replicas}, chunk_size={chunk_size}: use at least 1")
    totals: Array | None = None
    options["losses"] = options["positions"] = False
    for offset in range(0, replicas, chunk_size):
        part = simulate(
            eigenvalues,
            k,
            noise,
            replicas=min(chunk_size, replicas - offset),
            first_replica=first_replica + offset,
            **options,
        )
        dominant, bulk = part.dominant_energy, part.bulk_energy
        rows = np.stack([dominant, bulk, dominant**2, bulk**2], axis=1)
        if totals is not None:
            rows = np.concatenate([totals[None], rows])
        totals = np.add.accumulate(rows, axis=0)[-1]
    assert totals is not None
    return Sums(part.times, replicas, totals[0], totals[1], totals[2], totals[3])


def piecewise(changes: Mapping[int, Value], steps: int) -> list[Value]:
    """A schedule of one value per step: each entry holds from its step on.

    `piecewise({0: "full", 100: "bulk"}, 300)` projects from step 100 on. Raises InputError.
    """
    if 0 not in changes:
        raise InputError("a schedule needs an entry for step 0")
    starts = sorted(changes)
    return [changes[max(s for s in starts if s <= t)] for t in range(steps)]


def _job(
    eigenvalues: ArrayLike,
    k: int,
    noise: Noise,
    *,
    step_size: ArrayLike,
    steps: int,
    seed: Seed,
    start: ArrayLike | None,
    initial_gradient: ArrayLike | None,
    observe: ArrayLike | None,
    momentum: ArrayLike,
    update: str | Sequence[str],
    noise_level: ArrayLike,
    losses: bool,
    positions: bool,
) -> _Job:
    curvature = _array("eigenvalues", eigenvalues, 1)
    d = len(curvature)
    if d < 1 or np.any(np.diff(curvature) > 0):
        raise InputError("eigenvalues must be a non-empty descending list; sort them")
    if not 0 <= k <= d:
        raise InputError(f"k={k} is not in 0 ... {d}")
    if not 0 <= steps < 2**32:
        raise InputError(f"steps={steps} is not in 0 ... 2^32 - 1")
    _check_noise(noise, curvature, k)
    if observe is None:
        times = np.arange(steps + 1, dtype=np.int64)
    else:
        times = np.unique(np.asarray(observe, dtype=np.int64))
    if times.size == 0 or times[0] < 0 or times[-1] > steps:
        raise InputError(f"observe needs times in 0 ... {steps}")
    slots = np.full(steps + 1, -1, dtype=np.int64)
    slots[times] = np.arange(times.size)
    return _Job(
        curvature=curvature,
        k=k,
        noise=noise,
        plan=_plan(steps, step_size, momentum, noise_level, update),
        start=_start(curvature, start, initial_gradient),
        times=times,
        slots=slots,
        key=_key(seed),
        losses=losses,
        positions=positions,
        prepared=_prepare(noise, d),
    )


def _prepare(noise: Noise, d: int) -> tuple[Any, ...]:
    """What the compiled loops need of the noise, besides the random words."""
    if isinstance(noise, AdditiveNoise):
        return noise.scale(d), noise.loadings(d), noise.parameters()
    if isinstance(noise, LeastSquares):
        return np.ascontiguousarray(noise.features), np.ascontiguousarray(noise.residuals)
    if isinstance(noise, FreshSamples):
        return (float(np.sqrt(noise.label_variance)),)
    return (float(noise.coupling),)


def _check_noise(noise: Noise, curvature: Array, k: int) -> None:
    d = len(curvature)
    if isinstance(noise, LeastSquares):
        if noise.features.shape[1] != d:
            raise InputError(f"the features have {noise.features.shape[1]} columns, not {d}")
        if not np.allclose(noise.eigenvalues, curvature, rtol=1e-9, atol=1e-12 * curvature[0]):
            raise InputError("eigenvalues differ from the data's; pass noise.eigenvalues")
    elif isinstance(noise, TwoSample) and (d != 2 or k != 1):
        raise InputError(f"the two-sample toy has two eigenvalues and k=1, not {d} and k={k}")
    elif isinstance(noise, FreshSamples) and np.any(curvature < 0):
        raise InputError("fresh samples z ~ N(0, H) need eigenvalues >= 0")


def _plan(
    steps: int,
    step_size: ArrayLike,
    momentum: ArrayLike,
    noise_level: ArrayLike,
    update: str | Sequence[str],
) -> Array:
    """Columns: step size, momentum, noise factor, dominant block moves, bulk block moves."""
    plan = np.empty((steps, 5))
    settings = {"step_size": step_size, "momentum": momentum, "noise_level": noise_level}
    for column, (name, value) in enumerate(settings.items()):
        series = np.asarray(value, dtype=np.float64)
        if series.shape not in ((), (steps,)) or not np.all(np.isfinite(series)):
            raise InputError(f"{name} must be one finite number or {steps} of them, one per step")
        plan[:, column] = series
    names = [update] * steps if isinstance(update, str) else list(update)
    unknown = set(names) - set(UPDATES)
    if unknown or len(names) != steps:
        raise InputError(f"update must be one of {list(UPDATES)}, or {steps} of them")
    plan[:, 3:] = np.reshape([UPDATES[name] for name in names], (steps, 2))
    return plan


def _start(curvature: Array, start: ArrayLike | None, initial_gradient: ArrayLike | None) -> Array:
    """Positions of shape (1 or replicas, d)."""
    if (start is None) == (initial_gradient is None):
        raise InputError("pass exactly one of start and initial_gradient")
    given = np.asarray(start if start is not None else initial_gradient, dtype=np.float64)
    rows = _array("the start", np.atleast_2d(given), 2)
    if rows.shape[1] != len(curvature):
        raise InputError(f"the start has {rows.shape[1]} entries for {len(curvature)} eigenvalues")
    if start is not None:
        return rows
    if np.any((curvature == 0) & (rows != 0)):
        raise InputError("initial_gradient is nonzero along an eigenvalue 0; pass start instead")
    return np.divide(rows, curvature, out=np.zeros_like(rows), where=curvature != 0)


def _key(seed: Seed) -> np.uint64:
    try:
        source = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    except (TypeError, ValueError):
        raise InputError(f"seed {seed!r} is not a non-negative integer or a list of them") from None
    return np.uint64(source.generate_state(1, np.uint64)[0])


def _tiles(k: int, d: int) -> NDArray[np.int64]:
    """(low, high, side) of each piece of a block of 128 coordinates, dominant pieces first."""
    pieces = []
    for side, (low, high) in enumerate(((0, k), (k, d))):
        edges = np.unique(np.concatenate([[low, high], np.arange(0, d, TILE)]))
        edges = edges[(edges >= low) & (edges <= high)]
        pieces.append(np.stack([edges[:-1], edges[1:], np.full(len(edges) - 1, side)], axis=1))
    return np.concatenate(pieces).astype(np.int64)


def available_threads() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(job: _Job, replicas: int, first: int, threads: int | None) -> Observables:
    d, n = len(job.curvature), len(job.times)
    lanes = min(GROUP, -(-replicas // 16) * 16)  # the loops advance 16 replicas together
    if isinstance(job.noise, LeastSquares):
        lanes = max(1, min(GROUP, replicas // 16))
    tiles = _tiles(job.k, d)
    pieces = np.array_split(tiles, min(len(tiles), 8))
    if not isinstance(job.noise, AdditiveNoise):
        pieces = [tiles]
    sums = np.zeros((4, n, replicas))
    places = np.zeros((replicas, n, d)) if job.positions else None

    def work(group: int) -> Iterator[Callable[[], tuple[int, Array, Array, Array]]]:
        """One call per chunk of coordinates; each returns its own sums."""
        count = min(lanes, replicas - group)
        width = count if isinstance(job.noise, LeastSquares) else lanes
        begin = job.start if len(job.start) == 1 else job.start[group : group + count]
        for piece in pieces:

            def call(piece: NDArray[np.int64] = piece) -> tuple[int, Array, Array, Array]:
                energy = np.zeros((2, n, width))
                loss = np.zeros((2, n if job.losses else 0, width))
                where = np.zeros((n, d, width) if job.positions else (0, 0, width))
                _compute(job, piece, begin, first + group, energy, loss, where)
                return group, energy, loss, where

            yield call

    calls = [call for group in range(0, replicas, lanes) for call in work(group)]
    size = replicas * d * max(len(job.plan), 1)
    workers = 1 if size < SMALL else min(threads or available_threads(), len(calls))
    for group, energy, loss, where in _ordered(calls, workers):
        count = min(lanes, replicas - group)
        # added in the order of the chunks, whoever finishes first
        sums[:2, :, group : group + count] += energy[:, :, :count]
        if job.losses:
            sums[2:, :, group : group + count] += loss[:, :, :count]
        if places is not None:
            places[group : group + count] += where[:, :, :count].transpose(2, 0, 1)
    values = np.ascontiguousarray(sums.transpose(0, 2, 1))
    return Observables(
        job.times,
        values[0],
        values[1],
        values[2] if job.losses else None,
        values[3] if job.losses else None,
        places,
    )


def _ordered(calls: list[Callable[[], Value]], workers: int) -> Iterator[Value]:
    """Results in the order of the calls, with at most a few results waiting."""
    if workers == 1:
        for call in calls:
            yield call()
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting = []
        for call in calls:
            waiting.append(pool.submit(call))
            if len(waiting) > 4 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _compute(
    job: _Job,
    tiles: NDArray[np.int64],
    start: Array,
    first: int,
    energy: Array,
    loss: Array,
    positions: Array,
) -> None:
    from verify import kernels

    noise, prepared = job.noise, job.prepared
    common: Any = (job.plan, job.slots, job.key, first, energy, loss, positions)
    if isinstance(noise, AdditiveNoise):
        scale, factor, parameters = prepared
        family = FAMILIES.index(noise.family)
        heavy = bool(np.any(job.plan[:, 1] != 0))
        kernels.run_additive(
            tiles, job.curvature, scale, factor, start, family, parameters, heavy, *common
        )
    elif isinstance(noise, LeastSquares):
        features, residuals = prepared
        batch, distinct = noise.batch_size, not noise.replacement
        kernels.run_minibatch(
            features, residuals, job.curvature, start, job.k, batch, distinct, *common
        )
    elif isinstance(noise, FreshSamples):
        kernels.run_fresh_samples(
            job.curvature, prepared[0], start, job.k, noise.batch_size, *common
        )
    else:
        kernels.run_two_sample(job.curvature, prepared[0], start, *common)
