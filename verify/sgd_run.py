"""One minibatch SGD run on a least-squares problem: its settings, their checks, its states."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError
from verify.least_squares import LeastSquares, largest_gap

FloatArray = NDArray[np.float64]

MOST_STEPS, MOST_BATCH = 10**6, 10**7
"""Every step is kept for the report, and every batch is drawn at once."""

DIVERGED = 1e60
"""A coordinate beyond this stops the run; energies (4th powers) must stay finite."""


@dataclass(frozen=True)
class Settings:
    """Everything that determines a run on a given problem."""

    k: int
    batch_size: int
    step_size: float
    steps: int
    replacement: bool
    seed: int
    initial_scale: float


def choose_settings(
    problem: LeastSquares,
    *,
    k: int | None = None,
    batch_size: int | None = None,
    step_size: float | None = None,
    steps: int = 300,
    replacement: bool = False,
    seed: int = 0,
    initial_scale: float = 1.0,
) -> Settings:
    """Fill in the defaults and check every setting.

    `k` defaults to the largest spectral gap, `batch_size` to 32 (a quarter of the samples if there
    are fewer than 128), `step_size` to `auto_step_size`. Raises `InputError`.
    """
    k = largest_gap(problem.eigenvalues) if k is None else k
    _require(1 <= k < problem.d, f"k = {k}: it must lie in 1..{problem.d - 1}, as d = {problem.d}")
    upper, lower = (float(value) for value in problem.eigenvalues[k - 1 : k + 1])
    _require(
        upper - lower > 1e-10 * float(problem.eigenvalues[0]),
        f"no spectral gap at k = {k}: eigenvalues {k} and {k + 1} are both {upper:.6g}; "
        "choose another k",
    )
    batch_size = max(1, min(32, problem.samples // 4)) if batch_size is None else batch_size
    _require(batch_size >= 1, f"batch size {batch_size}: it must be at least 1")
    _require(batch_size <= MOST_BATCH, f"batch size {batch_size}: the most is {MOST_BATCH}")
    _require(
        replacement or batch_size <= problem.samples,
        f"batch size {batch_size} exceeds the {problem.samples} samples; "
        "take a smaller batch or draw with replacement",
    )
    step_size = auto_step_size(problem, k, batch_size) if step_size is None else step_size
    _require(
        math.isfinite(step_size) and step_size > 0,
        f"step size {step_size}: it must be a positive finite number",
    )
    _require(steps >= 1, f"steps = {steps}: at least one step is needed")
    _require(steps <= MOST_STEPS, f"steps = {steps}: the most is {MOST_STEPS}")
    _require(seed >= 0, f"seed {seed}: it must not be negative")
    _require(
        math.isfinite(initial_scale) and initial_scale >= 0,
        f"initial scale {initial_scale}: it must be a finite number that is not negative",
    )
    return Settings(k, batch_size, step_size, steps, replacement, seed, initial_scale)


def auto_step_size(problem: LeastSquares, k: int, batch_size: int) -> float:
    """Half of the smaller of 2/(lambda_1 + lambda_{k+1}) and the step size stable under the noise.

    Below the first number alignment can fall first and rise later (SA-9); below the second the run
    contracts towards the minimiser.
    """
    eigenvalues = problem.eigenvalues
    turning = 2 / float(eigenvalues[0] + eigenvalues[k])
    return min(turning, problem.stable_step_size(batch_size)) / 2


def visited_states(problem: LeastSquares, settings: Settings) -> Iterator[FloatArray]:
    """The states x_0, x_1, ..., each of shape (p,), before every one of the steps.

    The run starts at independent normal coordinates of standard deviation `initial_scale`; every
    step draws a fresh uniform minibatch, so its noise is unbiased given the state.
    """
    rng = stream(settings.seed, "sgd", problem.name)
    x: FloatArray = np.asarray(rng.standard_normal(problem.features.shape[1]))
    x = x * settings.initial_scale
    for t in range(settings.steps):
        _require(
            bool(np.all(np.abs(x) < DIVERGED)),
            f"SGD diverged after {t} steps at step size {settings.step_size:.6g}; "
            "take a smaller step size or a larger batch",
        )
        yield x
        batch = rng.choice(problem.samples, settings.batch_size, replace=settings.replacement)
        rows = problem.features[batch]
        gradient = (rows @ x - problem.targets[batch]) @ rows / settings.batch_size
        x = x - settings.step_size * gradient


def stream(seed: int, *words: str) -> np.random.Generator:
    """A random stream keyed by its content, independent of the order in which streams are made."""
    digest = hashlib.sha256("/".join(words).encode()).digest()
    key = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
    return np.random.default_rng(np.random.SeedSequence([seed, *key]))


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise InputError(message)
