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
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.betting import sign_of_mean
from verify.least_squares import LeastSquares
from verify.minibatches import all_batches, number_of_batches, random_batches

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
        self.gradient = problem.gradient(x)
        self.sample_gradients = problem.sample_gradients(x)
        dominant, bulk = self._split(self.gradient[None, :])
        self.dominant, self.bulk = float(dominant[0]), float(bulk[0])
        self.rounding = self._rounding()

    def energies(self, batch_gradients: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D+ and B+ after stepping along each row of batch gradients (m, p)."""
        return self._split(self.problem.gradient(self.x - self.step_size * batch_gradients))

    def mirrored_energies(self, batch_gradients: FloatArray) -> tuple[FloatArray, FloatArray]:
        """D+ and B+ averaged over each batch gradient and its mirror image."""
        dominant, bulk = self.energies(batch_gradients)
        mirror_dominant, mirror_bulk = self.energies(2 * self.gradient - batch_gradients)
        return (dominant + mirror_dominant) / 2, (bulk + mirror_bulk) / 2

    def change(self, batches: IndexArray) -> FloatArray:
        """Z of every batch of sample indices (m, b), shape (m,)."""
        return np.concatenate(
            [self._change(*self.energies(rows)) for rows in self._gradients(batches)]
        )

    def mirrored_change(self, batches: IndexArray) -> FloatArray:
        """Z averaged over every batch (m, b) and its mirror image, shape (m,)."""
        return np.concatenate(
            [self._change(*self.mirrored_energies(rows)) for rows in self._gradients(batches)]
        )

    def mirrored_range(self, batch_size: int, replacement: bool) -> tuple[float, float]:
        """A range of `mirrored_change` for any batch of that size.

        The mirrored D+ is convex in the batch gradient and symmetric about the full gradient. So
        it is at least D+ of the full-batch step, and at most the mean of the mirrored D+ of the
        batch's single samples: of the b largest ones, or with replacement of the largest.
        """
        full = self.energies(self.gradient[None, :])
        singles = self.mirrored_energies(self.sample_gradients)
        different = 1 if replacement else batch_size
        dominant_high, bulk_high = (float(np.sort(s)[-different:].mean()) for s in singles)
        dominant_low, bulk_low = (float(s[0]) for s in full)
        low = dominant_low * self.bulk - self.dominant * bulk_high
        high = dominant_high * self.bulk - self.dominant * bulk_low
        return low - 2 * self.rounding, high + 2 * self.rounding

    def _gradients(self, batches: IndexArray) -> list[FloatArray]:
        """Mean gradients of the batches, a memory-sized part at a time."""
        rows = max(1, CHUNK_NUMBERS // (batches.shape[1] * len(self.x)))
        starts = range(0, len(batches), rows)
        return [self.sample_gradients[batches[i : i + rows]].mean(axis=1) for i in starts]

    def _split(self, gradients: FloatArray) -> tuple[FloatArray, FloatArray]:
        energies = self.problem.in_eigenbasis(gradients) ** 2
        return energies[:, : self.k].sum(axis=1), energies[:, self.k :].sum(axis=1)

    def _change(self, dominant: FloatArray, bulk: FloatArray) -> FloatArray:
        return dominant * self.bulk - self.dominant * bulk

    def _rounding(self) -> float:
        """A bound on the rounding error of a computed Z (forward error analysis, worst case)."""
        features, targets = self.problem.features, self.problem.targets
        samples, width = features.shape
        norms = np.sqrt(np.sum(features**2, axis=1))
        length = float(np.linalg.norm(self.x))
        farthest = 3 * float(np.max(norms * (norms * length + np.abs(targets))))  # or its mirror
        trace = float(np.sum(norms**2)) / samples
        linear = math.sqrt(trace * float(np.mean(targets**2)))
        size = trace * (length + self.step_size * farthest) + linear
        error = (samples + 4 * width + 16) * float(np.finfo(float).eps) * size
        now = math.sqrt(self.dominant + self.bulk)
        later = now + self.step_size * float(self.problem.eigenvalues[0]) * farthest
        return 0.0 * error * (now + error) * (later + error) * (now + later + error)


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
    samples = step.problem.samples
    count = number_of_batches(samples, batch_size, replacement)
    if batch_size == 1 or count <= ENUMERATION_LIMIT:
        batches, probabilities = all_batches(samples, batch_size, replacement)
        mean = math.fsum(probabilities * step.change(batches))
        sign = 0 if abs(mean) <= step.rounding else int(math.copysign(1, mean))
        return Direction(sign, "enumerated", count, 0.0)

    def draw(number: int) -> FloatArray:
        return step.mirrored_change(random_batches(samples, batch_size, number, replacement, rng))

    low, high = step.mirrored_range(batch_size, replacement)
    decision = sign_of_mean(
        draw,
        low=low,
        high=high,
        slack=step.rounding,
        error_probability=error_probability,
        max_draws=max_draws,
        chunk=max(1, CHUNK_NUMBERS // (batch_size * len(step.x))),
    )
    method = "resampled" if decision.draws else "bounded"
    return Direction(decision.sign, method, decision.draws, decision.error_probability)
