"""Which way the alignment moves in one minibatch step, decided without any formula of the theory.

From a state x every minibatch is literally stepped: x+ = x - eta (mean gradient of the batch), the
full gradient at x+ is split into its dominant and bulk energy D+, B+, and the change is

    Z = D+ B - D B+,      sign E[Z] = sign(E D+ / (E D+ + E B+) - D / (D + B)).

The mean of Z is found by running through all minibatches, or its sign is decided by betting on
shuffled passes over the data. Neither uses eigenvalues, a noise covariance or a critical step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.betting import sign_of_mean
from verify.least_squares import LeastSquares

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

ENUMERATION_LIMIT = 20_000
"""Batches of more than one sample are enumerated up to this many."""

CHUNK_NUMBERS = 1_000_000
"""Per-sample gradient entries gathered at once when resampling (8 MB)."""


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


@dataclass(frozen=True)
class MinibatchStep:
    """One SGD step from the state x (p,), with every possible minibatch."""

    problem: LeastSquares
    k: int
    x: FloatArray
    step_size: float
    batch_size: int
    replacement: bool

    def energies(self, batch_gradients: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Dominant and bulk energy of the full gradient after stepping along each row (m, p)."""
        moved = self.x - self.step_size * batch_gradients
        linear = self.problem.features.T @ self.problem.targets / self.problem.samples
        full = self.problem.in_eigenbasis(moved @ self.problem.hessian - linear)
        return np.sum(full[:, : self.k] ** 2, axis=1), np.sum(full[:, self.k :] ** 2, axis=1)

    def rounding(self, largest_next: float, energy: float) -> float:
        """A bound on the rounding error of one computed Z (forward error analysis)."""
        features, targets = self.problem.features, self.problem.targets
        samples, width = features.shape
        unit = float(np.finfo(float).eps) / 2
        trace = float(np.sum(features**2)) / samples
        norms = np.sqrt(np.sum(features**2, axis=1))
        length = float(np.linalg.norm(self.x))
        farthest = float(np.max(norms * (norms * length + np.abs(targets))))
        linear = math.sqrt(trace * float(np.mean(targets**2)))
        size = trace * (length + self.step_size * farthest) + linear
        error = 2 * (samples + 4 * width + 16) * unit * size
        now, later = math.sqrt(energy), math.sqrt(largest_next)
        return 4 * (error * now * later * (now + later) + error**2 * (now + later + error) ** 2)


def decide_direction(
    step: MinibatchStep,
    rng: np.random.Generator,
    *,
    error_probability: float,
    max_draws: int,
) -> Direction:
    """Decide the direction of change at one state, or report it undecided.

    Enumerates all minibatches when the batch is one sample or there are at most
    `ENUMERATION_LIMIT` of them; otherwise resamples, at most `max_draws` draws.
    """
    gradients = step.problem.sample_gradients(step.x)
    stay = _energies_now(step)
    singles = step.energies(gradients)
    change = Change(step, gradients, stay, singles)
    batches, weights = _all_batches(step)
    if batches is not None:
        return Direction(change.sign_over(batches, weights), "enumerated", len(batches), 0.0)
    draw: Callable[[int], FloatArray]
    if step.replacement:
        low, high = change.range_of_batch()
        per_draw, draw = step.batch_size, lambda n: change.independent_batches(n, rng)
    else:
        low, high = change.range_of_pass()
        per_draw, draw = step.problem.samples, lambda n: change.shuffled_passes(n, rng)
    chunk = max(1, CHUNK_NUMBERS // (per_draw * step.problem.features.shape[1]))
    decision = sign_of_mean(
        draw,
        low=low - change.slack,
        high=high + change.slack,
        slack=change.slack,
        error_probability=error_probability,
        max_draws=max_draws,
        chunk=chunk,
    )
    method = "resampled" if decision.draws else "bounded"
    return Direction(decision.sign, method, decision.draws, decision.error_probability)
