"""Rounding errors of computed gradients and energies, so that a decided sign is a true sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EPSILON = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Interval:
    """Arrays of lower and upper bounds; widened by every operation for its own rounding."""

    lower: FloatArray
    upper: FloatArray

    @classmethod
    def joined(cls, parts: Sequence[Interval]) -> Interval:
        """The parts one after the other."""
        lower, upper = [part.lower for part in parts], [part.upper for part in parts]
        return cls(np.concatenate(lower), np.concatenate(upper))

    def middle(self) -> FloatArray:
        """The midpoints."""
        middle: FloatArray = (self.lower + self.upper) / 2
        return middle

    def midway(self, other: Interval) -> Interval:
        """The mean of two quantities that are not negative."""
        return _widened((self.lower + other.lower) / 2, (self.upper + other.upper) / 2)

    def __mul__(self, other: Interval) -> Interval:
        """The product of two quantities that are not negative."""
        return _widened(self.lower * other.lower, self.upper * other.upper)

    def __sub__(self, other: Interval) -> Interval:
        """The difference."""
        return _widened(self.lower - other.upper, self.upper - other.lower)


def _widened(lower: FloatArray, upper: FloatArray) -> Interval:
    return Interval(lower - EPSILON * np.abs(lower), upper + EPSILON * np.abs(upper))


def energy_interval(coordinates: FloatArray, error: FloatArray) -> Interval:
    """Squared lengths of rows (m, n) whose computed coordinates are off by at most `error` (m,)."""
    length = np.sqrt(np.sum(coordinates**2, axis=1))
    slack = error + coordinates.shape[1] * EPSILON * length
    return Interval(np.maximum(length - slack, 0) ** 2, (length + slack) ** 2)


class GradientRounding:
    """How far the computed full gradient after an SGD step can be from the true one (in length).

    Standard worst-case analysis: a sum of n products is off by at most n units of rounding of the
    sum of their absolute values, and the absolute values are bounded by lengths. `sample_sizes`
    (N,) bounds the length of every per-sample gradient before cancellation.
    """

    def __init__(
        self, features: FloatArray, targets: FloatArray, x: FloatArray, step_size: float
    ) -> None:
        samples, width = features.shape
        lengths = np.sqrt(np.sum(features**2, axis=1))
        distance = float(np.linalg.norm(x))
        trace = float(np.mean(lengths**2))
        self.sample_sizes: FloatArray = lengths * (lengths * distance + np.abs(targets))
        self._unit = (samples + 4 * width + 16) * EPSILON
        self._fixed = trace * distance + float(np.sqrt(trace * np.mean(targets**2)))
        self._per_size = trace * step_size

    def after_step(self, sizes: FloatArray) -> FloatArray:
        """The bound after stepping along batch gradients of these sizes (m,)."""
        bound: FloatArray = self._unit * (self._fixed + self._per_size * sizes)
        return bound
