"""A run of SGD with constant noise in float64, for many directions; it notices lost digits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verify.moments import Doubles, float_moments
from verify.state import Run
from verify.thresholds import scaled

# Relative error of each of the sums below: sums and products of nonnegative doubles.
SUM_ERROR = 1e-13
LARGEST_CANCELLATION = 1000


class FloatRun:
    """Alignment, critical step and direction of change of a run at any single time, vectorised."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.warnings: list[str] = []
        self.open_directions: list[int] = []
        self.lost_steps: list[int] = []
        eigenvalues, gradient, variances, power, _ = scaled(run.start)
        self.eigenvalues = eigenvalues
        self.unit = 2.0**power
        self.k = run.start.k
        self.step_size = run.step_size * Fraction(2) ** power
        self.moments = float_moments(eigenvalues, gradient * gradient, variances, self.step_size)
        self.noise_squared = eigenvalues * eigenvalues * variances
        # Eigenvalues relative to the first of the bulk, so that p and Delta s do not cancel.
        self.distance = eigenvalues - eigenvalues[self.k]
        self.distance_squared = self.distance * (eigenvalues + eigenvalues[self.k])

    def _blocks(self, values: Doubles) -> tuple[float, float]:
        return float(np.sum(values[: self.k])), float(np.sum(values[self.k :]))

    def point(self, t: int) -> tuple[float | None, float | None]:
        """(alignment, critical step size) at time t; None where there is none."""
        shift = self.moments.largest_exponent(t)
        second = self.moments.at(t, shift)
        dominant, bulk = self._blocks(second)
        noise = [x * np.exp(-shift) for x in self._blocks(self.noise_squared)]
        if dominant + bulk == 0:
            return None, None
        alignment = dominant / (dominant + bulk)
        if dominant == 0 or bulk == 0:
            return alignment, 0.0 if dominant == 0 and noise[0] > 0 else None
        return alignment, self._critical(t, second, (dominant, bulk), (noise[0], noise[1]))

    def _critical(
        self, t: int, second: Doubles, energy: tuple[float, float], noise: tuple[float, float]
    ) -> float | None:
        above = self._blocks(self.distance * second)
        squares = self._blocks(self.distance_squared * second)
        # Bulk distances are <= 0, so both differences are sums of nonnegative numbers.
        p = above[0] / energy[0] - above[1] / energy[1]
        gain = squares[0] / energy[0] - squares[1] / energy[1] + noise[0] / energy[0]
        loss = noise[1] / energy[1]
        if abs(gain - loss) * LARGEST_CANCELLATION < gain + loss:
            self.lost_steps.append(t)
        if gain <= loss:
            return None
        return 2 * p / (gain - loss) / self.unit

    def direction(self, t: int) -> int:
        """Sign of the change of alignment from t to t + 1; 0 also when rounding leaves it open."""
        shift = self.moments.largest_exponent(t)
        dominant, bulk = self._blocks(self.moments.at(t, shift))
        rise, fall = self.moments.change_at(t, shift)
        rises, falls = self._blocks(rise), self._blocks(fall)
        up = rises[0] * bulk + falls[1] * dominant
        down = falls[0] * bulk + rises[1] * dominant
        if abs(up - down) > SUM_ERROR * (up + down):
            return 1 if up > down else -1
        if up + down > 0:
            self.open_directions.append(t)
        return 0

    def all_above(self) -> bool:
        """H3: every direction starts at or above its stationary level, and there is one."""
        rates = self.moments.log_rate[self.eigenvalues > 0]
        gap = self.moments.initial - self.moments.limit
        return bool(np.all(rates < 0) and np.all(gap >= -SUM_ERROR * self.moments.limit))

    def limit(self) -> float | None:
        """The alignment as t grows: the share of the fastest growing terms; None for zero."""
        moments = self.moments
        size = np.abs(moments.initial - moments.limit)
        rates = np.where((size > 0) & (self.eigenvalues > 0), moments.log_rate, -np.inf)
        fastest = float(np.max(rates))
        leading = np.where(rates == fastest, size, 0.0)
        if fastest <= 0 and np.any(moments.growth > 0):
            leading = moments.growth
        elif fastest <= 0 and np.any(moments.limit > 0):
            leading = moments.limit + (leading if fastest == 0 else 0.0)
        dominant, bulk = self._blocks(leading)
        return dominant / (dominant + bulk) if dominant + bulk > 0 else None
