"""Bounds, over an interval of times, on the direction in which the alignment of a float run moves.

D_t = level + r^t d(t), with r the slowest rate of the block: d is a sum of excess (rate/r)^t, whose
parts with positive and with negative excess fall with t, and so are the parts of the change D_{t+1}
- D_t = r^t x(t). The ends of an interval bound them on all of it, and with them the sign of
S = (D_{t+1} - D_t) B_t - D_t (B_{t+1} - B_t), once the common power of t is divided out. Stable
runs only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from verify.moments import Doubles, FloatMoments

# Bounds the relative error of every sum of nonnegative doubles below.
SUM_ERROR = 1e-13
# Bounds the relative error of every log rate; over t steps it is multiplied by t.
RATE_ERROR = 1e-15

Interval = tuple[float, float]


class _Block:
    """One block: its level, the log of its slowest rate, and bounds on d(t) and x(t)."""

    def __init__(self, moments: FloatMoments) -> None:
        self.level = float(np.sum(moments.limit))
        active = (moments.initial + moments.limit > 0) & np.isfinite(moments.log_rate)
        log_rate = moments.log_rate[active]
        initial, limit = moments.initial[active], moments.limit[active]
        self.slowest = float(np.max(log_rate, initial=-np.inf)) if active.any() else 0.0
        self.relative = log_rate - self.slowest
        self.uncertainty = RATE_ERROR * (np.abs(log_rate) + abs(self.slowest))
        error = SUM_ERROR * (initial + limit)
        above, below = np.maximum(initial - limit, 0.0), np.maximum(limit - initial, 0.0)
        falling = -np.expm1(log_rate)
        sums = np.stack([above, below, above * falling, below * falling])
        errors = np.stack([error, error, error * falling, error * falling])
        self.weights = np.stack([sums + errors, np.maximum(sums - errors, 0.0)])
        self.sums = lru_cache(maxsize=64)(self._sums)

    def _sums(self, t: int) -> Doubles:
        """Upper and lower bounds (rows) of the four sums at one time."""
        upper = self.weights[0] @ np.exp(t * (self.relative + self.uncertainty))
        lower = self.weights[1] @ np.exp(t * (self.relative - self.uncertainty))
        return np.stack([upper, lower])

    def change(self, start: int, end: int) -> Interval:
        """Bounds on x(t) over start..end."""
        first, last = self.sums(start)[0], self.sums(end)[1]
        return last[3] - first[2], first[3] - last[2]

    def energy(self, start: int, end: int) -> Interval:
        """Bounds over start..end on D_t, or on d(t) when the level is zero."""
        first, last = self.sums(start)[0], self.sums(end)[1]
        if self.level == 0:
            return max(last[0] - first[1], 0.0), first[0] - last[1]
        early = float(np.exp(start * self.slowest * (1 - RATE_ERROR)))
        late = float(np.exp(end * self.slowest * (1 + RATE_ERROR)))
        margin = SUM_ERROR * self.level
        low = self.level - margin + late * last[0] - early * first[1]
        return max(low, 0.0), self.level + margin + early * first[0] - late * last[1]


class DirectionBounds:
    """The direction of a stable run of two blocks (dominant, bulk) over intervals of times."""

    def __init__(self, blocks: Sequence[FloatMoments]) -> None:
        self.dominant, self.bulk = (_Block(block) for block in blocks)
        slopes = [
            block.slowest + (other.slowest if other.level == 0 else 0.0)
            for block, other in ((self.dominant, self.bulk), (self.bulk, self.dominant))
        ]
        self.slopes = [slope - max(slopes) for slope in slopes]
        self.slope_error = 2 * RATE_ERROR * (abs(slopes[0]) + abs(slopes[1]))

    def sign(self, start: int, end: int) -> int | None:
        """The sign of the change of alignment at every time of start..end, or None: undecided."""
        pairs = (self.dominant, self.bulk), (self.bulk, self.dominant)
        terms = []
        for (block, other), slope in zip(pairs, self.slopes, strict=True):
            error = self.slope_error if slope < 0 else 0.0
            powers = np.exp((slope + error) * start), np.exp((slope - error) * end)
            bounds = block.change(start, end), other.energy(start, end)
            terms.append(_product(*bounds, (float(powers[1]), float(powers[0]))))
        if terms[0][0] > terms[1][1]:
            return 1
        if terms[0][1] < terms[1][0]:
            return -1
        return None


def _product(change: Interval, energy: Interval, power: Interval) -> Interval:
    """Bounds on the product, for energy and power >= 0."""
    corners = [x * y * z for x in change for y in energy for z in power]
    low, high = float(min(corners)), float(max(corners))
    return low - SUM_ERROR * abs(low), high + SUM_ERROR * abs(high)
