"""Which way one minibatch step moves the alignment, decided without any formula of the theory.

From a state x a minibatch is literally stepped, x+ = x - eta (mean gradient of the batch), the full
gradient at x+ is split into its dominant and bulk energy D+, B+, and the change is

    Z = D+ B - D B+,      sign E[Z] = sign(E D+ / (E D+ + E B+) - D / (D + B)).

The sign of the mean is found by running through all minibatches, or by betting on random ones. No
noise covariance and no critical step is used. A resampled batch is averaged with its mirror image
(the full gradient minus the batch's deviation): batches are unbiased and D+, B+ are quadratic, so
the mean stays the same while the noise linear in the deviation cancels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.betting import sign_of_mean
from verify.least_squares import LeastSquares
from verify.minibatches import all_batches, number_of_batches, random_batches
from verify.rounding import GradientRounding, Interval, energy_interval

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

ENUMERATION_LIMIT = 20_000
"""Batches of two and more samples are enumerated up to this many of them."""

CHUNK_NUMBERS = 500_000
"""Entries of the arrays that are made at once (4 MB)."""


@dataclass(frozen=True)
class Direction:
    """The decided direction of the conditional expected change of alignment.

    `sign` is -1, 1, or 0 (undecided). `method` is "enumerated" (all minibatches), "bounded" (the
    range of Z excludes 0) or "resampled"; only the last has a positive `error_probability`.
    `measured_change` is E D+ / (E D+ + E B+) - D / (D + B) with the means over the batches looked
    at (exact up to rounding when enumerated, else an estimate), None when there were none.
    """

    sign: int
    method: str
    draws: int
    error_probability: float
    measured_change: float | None


class OneStep:
    """One SGD step with step size `step_size` from the state x (p,), for any minibatch."""

    def __init__(self, problem: LeastSquares, k: int, x: FloatArray, step_size: float) -> None:
        self.problem, self.k, self.x, self.step_size = problem, k, x, step_size
        self._sample_gradients = problem.sample_gradients(x)
        self._rounding = GradientRounding(problem.features, problem.targets, x, step_size)
        self._gradient = problem.gradient(x)
        self._dominant, self._bulk = self._energies(np.zeros((1, len(x))), np.zeros(1))

    def energies(self, batches: IndexArray) -> tuple[Interval, Interval]:
        """D+ and B+ of every batch of sample indices (m, b), enclosed, each of shape (m,)."""
        return _joined([self._energies(*part) for part in self._batch_gradients(batches)])

    def mirrored_energies(self, batches: IndexArray) -> tuple[Interval, Interval]:
        """D+ and B+ averaged over every batch and its mirror image, enclosed, as `energies`."""
        return _joined([self._mirrored(*part) for part in self._batch_gradients(batches)])

    def change(self, dominant: Interval, bulk: Interval) -> Interval:
        """Z = D+ B - D B+ from D+ and B+."""
        return (dominant * self._bulk) - (self._dominant * bulk)

    def measured_change(self, dominant: float, bulk: float) -> float | None:
        """Alignment after the step minus alignment before it, from the means of D+ and B+."""
        before = np.array([self._dominant.middle()[0], self._bulk.middle()[0]])
        if before.sum() == 0 or dominant + bulk == 0:
            return None
        return dominant / (dominant + bulk) - float(before[0] / before.sum())

    def mirrored_range(self, batch_size: int, replacement: bool) -> tuple[float, float]:
        """A range of Z, averaged over a batch and its mirror image, for any batch of that size.

        The mirrored D+ is convex in the batch gradient and symmetric about the full gradient. So
        it is at least D+ of the full-batch step, and at most the mean of the mirrored D+ of the
        batch's single samples: of the b largest ones, or with replacement of the largest.
        """
        sizes = self._rounding.sample_sizes
        full = self._energies(self._gradient[None, :], np.array([sizes.mean()]))
        singles = self._mirrored(self._sample_gradients, sizes)
        count = 1 if replacement else batch_size
        largest = [np.partition(energy.upper, -count)[-count:].mean() for energy in singles]
        dominant, bulk = (
            Interval(least.lower, np.array([most]))
            for least, most in zip(full, largest, strict=True)
        )
        change = self.change(dominant, bulk)
        return float(change.lower[0]), float(change.upper[0])

    def _batch_gradients(self, batches: IndexArray) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Mean gradients of the batches and their sizes for rounding, a part at a time."""
        from scipy.sparse import csr_array

        batch_size, samples = batches.shape[1], self.problem.samples
        rows = max(1, CHUNK_NUMBERS // max(batch_size, len(self.x)))
        for start in range(0, len(batches), rows):
            part = batches[start : start + rows]
            shares = np.full(part.size, 1 / batch_size)
            ends = np.arange(0, part.size + 1, batch_size)
            mean = csr_array((shares, part.ravel(), ends), shape=(len(part), samples))
            yield mean @ self._sample_gradients, mean @ self._rounding.sample_sizes

    def _energies(
        self, batch_gradients: FloatArray, sizes: FloatArray
    ) -> tuple[Interval, Interval]:
        """D+ and B+ after stepping along each row of batch gradients (m, p)."""
        next_gradients = self.problem.gradient(self.x - self.step_size * batch_gradients)
        rows = self.problem.in_eigenbasis(next_gradients)
        error = self._rounding.after_step(sizes)
        return energy_interval(rows[:, : self.k], error), energy_interval(rows[:, self.k :], error)

    def _mirrored(
        self, batch_gradients: FloatArray, sizes: FloatArray
    ) -> tuple[Interval, Interval]:
        """D+ and B+ averaged over each batch gradient and its mirror image."""
        mirror_sizes = sizes + 2 * self._rounding.sample_sizes.mean()
        image = self._energies(2 * self._gradient - batch_gradients, mirror_sizes)
        direct = self._energies(batch_gradients, sizes)
        return direct[0].midway(image[0]), direct[1].midway(image[1])


def _joined(parts: list[tuple[Interval, Interval]]) -> tuple[Interval, Interval]:
    dominant, bulk = zip(*parts, strict=True)
    return Interval.joined(dominant), Interval.joined(bulk)


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
    `ENUMERATION_LIMIT` of them; otherwise at most `max_draws` random ones are drawn.
    """
    count = number_of_batches(step.problem.samples, batch_size, replacement)
    if batch_size == 1 or count <= ENUMERATION_LIMIT:
        return _enumerate(step, batch_size, replacement)
    totals = np.zeros(2)

    def draw(number: int) -> tuple[FloatArray, FloatArray]:
        batches = random_batches(step.problem.samples, batch_size, number, replacement, rng)
        energies = step.mirrored_energies(batches)
        totals[:] += [energy.middle().sum() for energy in energies]
        change = step.change(*energies)
        return change.lower, change.upper

    low, high = step.mirrored_range(batch_size, replacement)
    decision = sign_of_mean(
        draw, low=low, high=high, error_probability=error_probability, max_draws=max_draws
    )
    method = "resampled" if decision.draws else "bounded"
    measured = step.measured_change(float(totals[0]), float(totals[1]))
    return Direction(decision.sign, method, decision.draws, decision.error_probability, measured)


def _enumerate(step: OneStep, batch_size: int, replacement: bool) -> Direction:
    batches, probabilities = all_batches(step.problem.samples, batch_size, replacement)
    dominant, bulk = step.energies(batches)
    change = step.change(dominant, bulk)
    low = math.fsum(probabilities * change.lower)
    high = math.fsum(probabilities * change.upper)
    means = (math.fsum(probabilities * energy.middle()) for energy in (dominant, bulk))
    measured = step.measured_change(*means)
    return Direction(int(low > 0) - int(high < 0), "enumerated", len(batches), 0.0, measured)
