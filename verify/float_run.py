"""A run of SGD with constant noise in float64, for many directions; it notices lost digits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from verify.moments import Doubles, float_moments, second_moment
from verify.state import Run
from verify.thresholds import scaled

# Relative error of each of the sums below: sums and products of nonnegative doubles.
SUM_ERROR = 1e-13
LARGEST_CANCELLATION = 1000
# Relative error of e^x per unit of x, when x is a multiple of a rounded logarithm.
EXPONENT_ERROR = 1e-15
LARGEST_LOSS = 1e-11


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
        self.parts = slice(None, self.k), slice(self.k, None)
        self.block_moments = [self.moments.part(part) for part in self.parts]
        self.noise_squared = eigenvalues * eigenvalues * variances
        # Eigenvalues relative to the first of the bulk, so that p and Delta s do not cancel.
        self.distance = eigenvalues - eigenvalues[self.k]
        self.distance_squared = self.distance * (eigenvalues + eigenvalues[self.k])

    def _blocks(self, values: Doubles) -> tuple[float, float]:
        return float(np.sum(values[: self.k])), float(np.sum(values[self.k :]))

    def point(self, t: int) -> tuple[float | None, float | None]:
        """(alignment, critical step size) at time t; None where there is none."""
        seconds = [moments.at(t) for moments in self.block_moments]
        (dominant, bulk), shifts = zip(*((float(np.sum(m)), s) for m, s in seconds), strict=True)
        noise = self._blocks(self.noise_squared)
        if dominant == 0 and bulk == 0:
            return None, None
        if dominant == 0 or bulk == 0:
            return float(bulk == 0), 0.0 if dominant == 0 and noise[0] > 0 else None
        ratio = bulk / dominant * _exp(shifts[1] - shifts[0])
        means = [self._means(i, m) for i, (m, _) in enumerate(seconds)]
        per_energy = [
            x * _exp(-shift) / energy if x else 0.0
            for x, shift, energy in zip(noise, shifts, (dominant, bulk), strict=True)
        ]
        # Bulk distances are <= 0, so both differences are sums of nonnegative numbers.
        half_gain = means[0][0] - means[1][0]
        gain, loss = means[0][1] - means[1][1] + per_energy[0], per_energy[1]
        cancels = abs(gain - loss) * LARGEST_CANCELLATION < gain + loss
        if cancels or EXPONENT_ERROR * max(map(abs, shifts)) > LARGEST_LOSS:
            self.lost_steps.append(t)
        critical = 2 * half_gain / (gain - loss) / self.unit if gain > loss else None
        return 1 / (1 + ratio), critical

    def _means(self, block: int, second: Doubles) -> tuple[float, float]:
        """Means of lambda - lambda_{k+1} and of lambda^2 - lambda_{k+1}^2 under E g^2."""
        part, energy = self.parts[block], np.sum(second)
        return (
            float(np.sum(self.distance[part] * second) / energy),
            float(np.sum(self.distance_squared[part] * second) / energy),
        )

    def direction(self, t: int) -> int:
        """Sign of the change of alignment from t to t + 1; 0 also when rounding leaves it open."""
        energies, changes = [], []
        for moments in self.block_moments:
            second, shift = moments.at(t)
            energies.append((float(np.sum(second)), shift))
            rise, fall, shift = moments.change_at(t)
            changes.append((float(np.sum(rise)), float(np.sum(fall)), shift))
        (d, d_shift), (b, b_shift) = energies
        (d_rise, d_fall, d_scale), (b_rise, b_fall, b_scale) = changes
        # D' B - D B', each product with its own scale
        scales = d_scale + b_shift, d_shift + b_scale
        products = [d_rise + d_fall > 0 and b > 0, b_rise + b_fall > 0 and d > 0]
        largest = max((x for x, y in zip(scales, products, strict=True) if y), default=0.0)
        first = b * _exp(scales[0] - largest) if products[0] else 0.0
        second_factor = d * _exp(scales[1] - largest) if products[1] else 0.0
        up = d_rise * first + b_fall * second_factor
        down = d_fall * first + b_rise * second_factor
        exponents = sum(map(abs, (d_shift, b_shift, d_scale, b_scale)))
        if abs(up - down) > (SUM_ERROR + EXPONENT_ERROR * exponents) * (up + down):
            return 1 if up > down else -1
        if up + down > 0:
            self.open_directions.append(t)
        return 0

    @property
    def stable(self) -> bool:
        """Whether eta < 2/lambda_1."""
        return bool(np.all(self.moments.log_rate[self.eigenvalues > 0] < 0))

    def all_above(self) -> bool:
        """H3: every eigenspace starts at or above its stationary level, and there is one."""
        if not self.stable:
            return False
        # Inside an eigenspace the basis is free, so only the sum over it has a meaning.
        curved = int(np.count_nonzero(self.eigenvalues))
        first = np.flatnonzero(np.diff(self.eigenvalues[:curved], prepend=np.inf))
        initial, level = (
            np.add.reduceat(x[:curved], first) for x in (self.moments.initial, self.moments.limit)
        )
        margin = SUM_ERROR * (initial + level)
        if np.any(initial - level < -margin):
            return False
        last = [*first[1:], curved]
        close = np.flatnonzero((np.abs(initial - level) <= margin) & (margin > 0))
        return all(self._exactly_above(int(first[i]), int(last[i])) for i in close)

    def _exactly_above(self, first: int, last: int) -> bool:
        """H3 for the eigenspace of these directions, in rationals."""
        start = self.run.start
        energy = sum((Fraction(x) ** 2 for x in start.gradient[first:last]), Fraction(0))
        noise = sum((Fraction(x) for x in start.noise_variance[first:last]), Fraction(0))
        eigenvalue = Fraction(start.eigenvalues[first])
        return second_moment(eigenvalue, energy, noise, self.run.step_size).excess >= 0

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


def _exp(exponent: float) -> float:
    """e^exponent, 0 or infinity beyond the range of doubles."""
    return math.exp(exponent) if exponent < 700 else math.inf
