"""What is known about the distribution of the draws behind a decision.

A law turns draws into evidence: `log_factors(excess, rates)` is, for each draw (minus the mean
under the null hypothesis) and each rate, the logarithm of a factor whose expectation is at most 1
whenever the true mean is not above the null. Products of such factors are non-negative
supermartingales.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.betting import RangeError
from verify.errors import InputError

Array = NDArray[np.float64]
BOLDEST = 0.9  # share of the largest admissible rate that is still used
LARGEST_TABLE = 2**20  # numbers held at once while summing over coordinates
DIVERGENT = 0.98  # the same for exponential factors, whose expectation explodes at the limit


class Law(Protocol):
    """The centred law of one draw, or a bound on it, seen from the side "the mean is larger"."""

    def __hash__(self) -> int:
        """Laws are cache keys: equal ones must behave alike."""

    @property
    def deviation(self) -> float:
        """Standard deviation of a draw, or a bound used for planning."""

    def mirrored(self) -> Law:
        """The law of minus the draw."""

    def largest_rate(self, null: float) -> float:
        """Rates must stay below this value when the null mean is `null`."""

    def log_factors(self, excess: Array, rates: Array) -> Array:
        """Log factors, shape (draws, rates), of draws minus the null mean."""

    def growth(self, excess: Array, rates: Array, null: float) -> Array:
        """Mean log factor of draws that average `excess` above the null, shape (excess, rates)."""

    def shrinkage(self, excess: float, rate: float, power: float, null: float) -> float:
        """Upper bound on ln E factor^(-power) at a true mean `excess` above the null.

        Minus infinity when the mean is impossible.
        """

    def check(self, draws: Array) -> None:
        """Raise RangeError when a draw contradicts the law."""


class _Exponential:
    """Factors exp(rate excess - psi(rate)), psi the cumulant function of the centred draw."""

    def psi(self, rates: Array) -> Array:
        raise NotImplementedError

    def log_factors(self, excess: Array, rates: Array) -> Array:
        return excess[:, None] * rates - self.psi(rates)

    def growth(self, excess: Array, rates: Array, null: float) -> Array:
        return self.log_factors(excess, rates)

    def shrinkage(self, excess: float, rate: float, power: float, null: float) -> float:
        ahead, back = self.psi(np.array([rate, -power * rate]))
        return float(-power * rate * excess + power * ahead + back)

    def check(self, draws: Array) -> None:
        if not np.all(np.isfinite(draws)):
            raise RangeError("a draw is not finite")


@dataclass(frozen=True, eq=False)
class GaussianForm(_Exponential):
    """Z = constant + sum_i w_i (b_i + s_i z_i)^2 with independent standard normal z_i.

    Energies and losses of SGD under Gaussian noise, and differences of them, are of this form.
    curvatures: a_i = w_i s_i^2. slopes: w_i b_i s_i. Both of shape (m,); the mean does not enter.
    """

    curvatures: Array
    slopes: Array

    @classmethod
    def of(cls, weights: ArrayLike, means: ArrayLike, deviations: ArrayLike) -> GaussianForm:
        """From w_i, b_i and s_i; each of shape (m,) or one number."""
        w, b, s = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (weights, means, deviations))
        )
        return cls(w * s * s, w * b * s)

    @classmethod
    def of_blocks(
        cls, weights: ArrayLike, means: ArrayLike, covariances: ArrayLike
    ) -> GaussianForm:
        """From sum_m u_m^T W_m u_m, u_m ~ N(mean_m, covariance_m) independent over m.

        Shapes (m, q, q), (m, q), (m, q, q). Two runs on common noise are blocks with q = 2.
        """
        w, b = np.asarray(weights, dtype=np.float64), np.asarray(means, dtype=np.float64)
        values, vectors = np.linalg.eigh(np.asarray(covariances, dtype=np.float64))
        root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
        curvatures, axes = np.linalg.eigh(np.swapaxes(root, 1, 2) @ w @ root)
        slopes = np.einsum("mji,mkj,mkl,ml->mi", axes, root, w, b)
        return cls(curvatures.ravel(), slopes.ravel())

    @property
    def deviation(self) -> float:
        return float(np.sqrt(np.sum(2 * self.curvatures**2 + 4 * self.slopes**2)))

    @functools.cached_property
    def _mirror(self) -> GaussianForm:
        return GaussianForm(-self.curvatures, -self.slopes)

    def mirrored(self) -> GaussianForm:
        return self._mirror

    def largest_rate(self, null: float) -> float:
        top = float(self.curvatures.max(initial=0.0))
        return DIVERGENT / (2 * top) if top > 0 else math.inf

    def psi(self, rates: Array) -> Array:
        result = np.empty(len(rates))
        size = max(1, LARGEST_TABLE // max(1, len(self.curvatures)))
        for begin in range(0, len(rates), size):
            result[begin : begin + size] = self._psi(rates[begin : begin + size, None])
        return result

    def _psi(self, rates: Array) -> Array:
        turn = 2 * rates * self.curvatures
        inside = turn < 1
        room = np.where(inside, 1 - turn, 1.0)
        logs = np.log1p(np.where(inside, -turn, 0.0))  # log(room) would cancel for small turns
        terms = -0.5 * (logs + turn) + 2 * (rates * self.slopes) ** 2 / room
        total: Array = np.where(inside, terms, np.inf).sum(axis=1)
        return total


@dataclass(frozen=True, eq=False)
class RademacherForm(_Exponential):
    """Z = constant + sum_i w_i (b_i + s_i e_i)^2 with independent signs e_i; slopes w_i b_i s_i."""

    slopes: Array

    @classmethod
    def of(cls, weights: ArrayLike, means: ArrayLike, deviations: ArrayLike) -> RademacherForm:
        """From w_i, b_i and s_i; each of shape (m,) or one number."""
        w, b, s = (np.asarray(v, dtype=np.float64) for v in (weights, means, deviations))
        return cls(np.atleast_1d(w * b * s))

    @property
    def deviation(self) -> float:
        return float(2 * np.sqrt(np.sum(self.slopes**2)))

    def mirrored(self) -> RademacherForm:
        return self

    def largest_rate(self, null: float) -> float:
        return math.inf

    def psi(self, rates: Array) -> Array:
        x = np.abs(2 * np.outer(rates, self.slopes))
        # ln cosh without overflow
        total: Array = np.sum(x + np.log1p(np.exp(-2 * x)) - math.log(2), axis=1)
        return total


@dataclass(frozen=True)
class Bounded:
    """Any law on [low, high]; `deviation` bounds the standard deviation, for planning only.

    The declared answers need the range alone, which is asserted on every draw; the stated miss
    probability also needs the deviation.
    """

    low: float
    high: float
    deviation: float

    def __post_init__(self) -> None:
        if not (self.low < self.high and self.deviation > 0):
            raise InputError(f"{self}: needs low < high and deviation > 0")

    def mirrored(self) -> Bounded:
        return Bounded(-self.high, -self.low, self.deviation)

    def largest_rate(self, null: float) -> float:
        return BOLDEST / (null - self.low) if null > self.low else math.inf

    def log_factors(self, excess: Array, rates: Array) -> Array:
        logs: Array = np.log1p(excess[:, None] * rates)
        return logs

    def growth(self, excess: Array, rates: Array, null: float) -> Array:
        # to second order, for planning: exact growth depends on the unknown law
        gain = np.maximum(1 + excess[:, None] * rates, 1e-3)
        expected: Array = np.log(gain) - 0.5 * (rates * self.deviation / gain) ** 2
        return expected

    def shrinkage(self, excess: float, rate: float, power: float, null: float) -> float:
        low, high, mean = self.low - null, self.high - null, excess
        if not low <= mean <= high:
            return -math.inf  # no law on this range has such a mean
        # (1+y)^-s is convex: the worst law with this mean sits on both ends of the range
        weight = (mean - low) / (high - low)
        ends = weight * (1 + rate * high) ** -power + (1 - weight) * (1 + rate * low) ** -power
        # (1+y)^-s <= 1 - s y + s(s+1)/2 y^2 (1 - worst)^(-s-2) by Taylor, as y >= -worst
        worst, square = max(-rate * low, 0.0), self.deviation**2 + mean**2
        curve = 0.5 * power * (power + 1) * rate**2 * square / (1 - worst) ** (power + 2)
        return math.log(min(ends, max(1 - power * rate * mean + curve, 1e-300)))

    def check(self, draws: Array) -> None:
        if not (np.all(draws >= self.low) and np.all(draws <= self.high)):
            raise RangeError(f"a draw left its range [{self.low}, {self.high}]")


@dataclass(frozen=True)
class Proportion(Bounded):
    """Draws that are 0 or 1 (or minus that): like `Bounded`, with costs known exactly."""

    @classmethod
    def near(cls, expected: float) -> Proportion:
        """0/1 draws whose mean is near `expected`."""
        if not 0 <= expected <= 1:
            raise InputError(f"a proportion lies in 0 ... 1, not at {expected}")
        return cls(0.0, 1.0, max(math.sqrt(expected * (1 - expected)), 1e-3))

    def mirrored(self) -> Proportion:
        return Proportion(-self.high, -self.low, self.deviation)

    def growth(self, excess: Array, rates: Array, null: float) -> Array:
        low, high = self.low - null, self.high - null
        weight = np.clip((excess[:, None] - low) / (high - low), 0.0, 1.0)
        mean: Array = weight * np.log1p(rates * high) + (1 - weight) * np.log1p(rates * low)
        return mean

    def check(self, draws: Array) -> None:
        if not np.all((draws == self.low) | (draws == self.high)):
            raise RangeError(f"a draw is neither {self.low} nor {self.high}")
