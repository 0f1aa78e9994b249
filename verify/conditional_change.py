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

from verify.betting import RangeError, sign_of_mean
from verify.least_squares import LeastSquares
from verify.minibatches import all_batches, number_of_batches, random_batches
from verify.rounding import GradientRounding, Interval, energy_interval
from verify.tails import squared_caps

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


@dataclass(frozen=True)
class Block:
    """Bounds of an energy: `least` and `most` always hold, above `cap` its mean excess is `cut`."""

    least: float
    cap: float
    cut: float
    most: float

    def cut_off(self, energy: Interval) -> Interval:
        """An enclosure, in the mean, of energies (m,). Raises `RangeError` if a bound is wrong."""
        if not (np.all(energy.upper >= self.least) and np.all(energy.lower <= self.most)):
            raise RangeError(f"an energy left its range [{self.least}, {self.most}]")
        lower, upper = (
            np.clip(side, self.least, self.cap) for side in (energy.lower, energy.upper)
        )
        return Interval(lower, upper + self.cut)

    def whole(self) -> Interval:
        """The range of `cut_off`."""
        return Interval(np.array([self.least]), np.array([self.cap + self.cut]))


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

    def block_bounds(self, batch_size: int, replacement: bool) -> tuple[Block, Block]:
        """What the mirrored D+ and B+ of a batch of that size can be.

        Both are convex in the batch gradient and symmetric about the full gradient. So they are at
        least those of the full-batch step, and at most the mean over the batch's single samples:
        over the b largest ones, or with replacement the largest. Caps are from `verify.tails`.
        """
        sizes = self._rounding.sample_sizes
        full = self._energies(self._gradient[None, :], np.array([sizes.mean()]))
        singles = self._mirrored(self._sample_gradients, sizes)
        moves = self.problem.in_eigenbasis(
            self.problem.gradient(self.x - self.step_size * self._sample_gradients)
        )
        caps, excess = squared_caps(moves - moves.mean(axis=0), batch_size)
        count = 1 if replacement else batch_size
        blocks = []
        for part, least, single in zip(
            (slice(None, self.k), slice(self.k, None)), full, singles, strict=True
        ):
            most = float(np.partition(single.upper, -count)[-count:].mean())
            cap = float(least.upper[0] + caps[part].sum())
            cut = float(excess[part].sum()) if cap < most else 0.0
            blocks.append(Block(float(least.lower[0]), min(cap, most), cut, most))
        return blocks[0], blocks[1]

    def change_range(self, dominant: Block, bulk: Block) -> tuple[float, float]:
        """The range of Z whose D+ and B+ were cut off by these blocks."""
        change = self.change(dominant.whole(), bulk.whole())
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
        change = step.change(dominant.cut_off(energies[0]), bulk.cut_off(energies[1]))
        return change.lower, change.upper

    dominant, bulk = step.block_bounds(batch_size, replacement)
    low, high = step.change_range(dominant, bulk)
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
