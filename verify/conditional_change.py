"""Which way one minibatch step moves the alignment, decided without any formula of the theory.

From a state x a minibatch is literally stepped, x+ = x - eta (mean gradient of the batch), the full
gradient at x+ is split into its dominant and bulk energy D+, B+, and the change is

    Z = D+ B - D B+,      sign E[Z] = sign(E D+ / (E D+ + E B+) - D / (D + B)).

The sign of the mean is found by running through all minibatches, or by betting on random ones. No
noise covariance and no critical step is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.betting import sign_of_mean
from verify.least_squares import LeastSquares
from verify.minibatches import (
    all_batches,
    independent_batches,
    number_of_batches,
    shuffled_passes,
)

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

ENUMERATION_LIMIT = 20_000
"""Batches of two and more samples are enumerated up to this many of them."""

CHUNK_NUMBERS = 1_000_000
"""Entries of per-sample gradients gathered at once (8 MB)."""


@dataclass(frozen=True)
class Direction:
    """The decided direction of the conditional expected change of alignment.

    `sign` is -1, 1, or 0 (undecided). `method` is "enumerated" (all minibatches), "bounded" (the
    range of Z excludes 0) or "resampled"; only the last has a positive `error_probability`.
    """

    sign: int
    method: str
    draws: int
    error_probability: float


class OneStep:
    """One SGD step with step size `step_size` from the state x (p,), for any minibatch."""

    def __init__(self, problem: LeastSquares, k: int, x: FloatArray, step_size: float) -> None:
        self.problem, self.k, self.x, self.step_size = problem, k, x, step_size
        self.sample_gradients = problem.sample_gradients(x)
        dominant, bulk = self._split(problem.gradient(x)[None, :])
        self.dominant, self.bulk = float(dominant[0]), float(bulk[0])
        self._single_dominant, self._single_bulk = self.energies(self.sample_gradients)
        self.rounding = self._rounding()

    def energies(self, batch_gradients: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D+ and B+ after stepping along each row of batch gradients (m, p)."""
        return self._split(self.problem.gradient(self.x - self.step_size * batch_gradients))

    def change(self, batches: IndexArray) -> FloatArray:
        """Z of every batch of indices (m, b), shape (m,)."""
        rows = max(1, CHUNK_NUMBERS // (batches.shape[1] * len(self.x)))
        changes = [
            self._change_along(self.sample_gradients[batches[start : start + rows]].mean(axis=1))
            for start in range(0, len(batches), rows)
        ]
        return np.concatenate(changes)

    def change_per_pass(self, passes: IndexArray) -> FloatArray:
        """Mean Z over the batches of every pass (m, batches, b), shape (m,)."""
        count, whole, batch_size = passes.shape
        per_batch = self.change(passes.reshape(count * whole, batch_size))
        mean: FloatArray = per_batch.reshape(count, whole).mean(axis=1)
        return mean

    def mean_over_samples(self) -> float:
        """E[Z] for a batch of one sample: every minibatch is enumerated."""
        return math.fsum(self._change_of(self._single_dominant, self._single_bulk)) / len(
            self._single_bulk
        )

    def range_of_batch(self) -> tuple[float, float]:
        """A range of Z for any batch whatsoever.

        D+ is convex in the batch gradient, which is a mean of per-sample gradients, so D+ of a
        batch is at most the largest D+ of a single sample; likewise B+.
        """
        return self._range(
            0.0, float(self._single_dominant.max()), 0.0, float(self._single_bulk.max())
        )

    def range_of_pass(self, batch_size: int) -> tuple[float, float]:
        """A range of the mean Z over one shuffled pass.

        By convexity the mean of D+ over the m batches of a pass is at most the mean of the
        single-sample D+ over the m b samples it uses, and at least D+ at their mean gradient;
        the same with the r left-over samples in the place of a batch bounds that from below.
        """
        used = self.problem.samples // batch_size * batch_size
        all_dominant, all_bulk = self._split(
            self.problem.gradient(self.x - self.step_size * self.problem.gradient(self.x))[None, :]
        )
        bounds: list[float] = []
        for single, full in ((self._single_dominant, all_dominant), (self._single_bulk, all_bulk)):
            total, largest, samples = float(single.sum()), float(single.max()), len(single)
            lowest = (samples * float(full[0]) - (samples - used) * largest) / used
            bounds += [max(0.0, lowest), min(largest, total / used)]
        return self._range(*bounds)

    def _split(self, gradients: FloatArray) -> tuple[FloatArray, FloatArray]:
        energies = self.problem.in_eigenbasis(gradients) ** 2
        return energies[:, : self.k].sum(axis=1), energies[:, self.k :].sum(axis=1)

    def _change_along(self, batch_gradients: FloatArray) -> FloatArray:
        return self._change_of(*self.energies(batch_gradients))

    def _change_of(self, dominant: FloatArray, bulk: FloatArray) -> FloatArray:
        return dominant * self.bulk - self.dominant * bulk

    def _range(
        self, dominant_low: float, dominant_high: float, bulk_low: float, bulk_high: float
    ) -> tuple[float, float]:
        low = dominant_low * self.bulk - self.dominant * bulk_high
        high = dominant_high * self.bulk - self.dominant * bulk_low
        return low - self.rounding, high + self.rounding

    def _rounding(self) -> float:
        """A bound on the rounding error of a computed Z (forward error analysis, worst case)."""
        features, targets = self.problem.features, self.problem.targets
        samples, width = features.shape
        norms = np.sqrt(np.sum(features**2, axis=1))
        length = float(np.linalg.norm(self.x))
        farthest = float(np.max(norms * (norms * length + np.abs(targets))))
        trace = float(np.sum(norms**2)) / samples
        linear = math.sqrt(trace * float(np.mean(targets**2)))
        size = trace * (length + self.step_size * farthest) + linear
        error = (samples + 4 * width + 16) * float(np.finfo(float).eps) * size
        now = math.sqrt(self.dominant + self.bulk)
        later = math.sqrt(float(np.max(self._single_dominant + self._single_bulk)))
        return 4 * error * (now + error) * (later + error) * (now + later + error)


def decide_direction(
    step: OneStep,
    batch_size: int,
    *,
    replacement: bool,
    rng: np.random.Generator,
    error_probability: float,
    max_draws: int,
) -> Direction:
    """Decide the direction of change for random batches of one size, or leave it undecided.

    All minibatches are enumerated when the batch is one sample or there are at most
    `ENUMERATION_LIMIT` of them. Otherwise one draw of the betting test is one batch (with
    replacement) or the mean over one shuffled pass (without), at most `max_draws` of them.
    """
    samples = step.problem.samples
    if batch_size == 1:
        return _enumerated(step.mean_over_samples(), step.rounding, samples)
    if number_of_batches(samples, batch_size, replacement) <= ENUMERATION_LIMIT:
        batches, probabilities = all_batches(samples, batch_size, replacement)
        mean = math.fsum(probabilities * step.change(batches))
        return _enumerated(mean, step.rounding, len(batches))

    def draw(count: int) -> FloatArray:
        if replacement:
            return step.change(independent_batches(samples, batch_size, count, rng))
        return step.change_per_pass(shuffled_passes(samples, batch_size, count, rng))

    low, high = step.range_of_batch() if replacement else step.range_of_pass(batch_size)
    numbers_per_draw = (batch_size if replacement else samples) * len(step.x)
    decision = sign_of_mean(
        draw,
        low=low,
        high=high,
        slack=step.rounding,
        error_probability=error_probability,
        max_draws=max_draws,
        chunk=max(1, CHUNK_NUMBERS // numbers_per_draw),
    )
    method = "resampled" if decision.draws else "bounded"
    return Direction(decision.sign, method, decision.draws, decision.error_probability)


def _enumerated(mean: float, rounding: float, batches: int) -> Direction:
    sign = 0 if abs(mean) <= rounding else int(math.copysign(1, mean))
    return Direction(sign, "enumerated", batches, 0.0)
