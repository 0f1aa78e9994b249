"""The sign of a mean, decided by betting: valid at every stopping time, for any bounded draws.

A gambler who believes that the mean is positive stakes a fixed share of the capital on every draw.
If the mean is not positive the capital is a non-negative supermartingale, so by Ville's inequality
it ever grows by a factor 2/alpha with probability at most alpha/2. A second gambler bets on the
other sign. Nothing is assumed about the distribution except its range, which every draw must obey.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify import ledger
from verify.errors import InputError

FloatArray = NDArray[np.float64]

RATES = 24
"""How many shares are played at once, each half of the one before; costs a factor 24 in capital."""

BOLDEST_SHARE = 0.99
"""Part of the capital that the boldest gambler can lose on one draw."""


class RangeError(RuntimeError):
    """A draw left the range it was promised to lie in: the bound is wrong, nothing was decided."""


@dataclass(frozen=True)
class SignDecision:
    """What was decided about the sign of a mean.

    `sign` is -1 or 1, or 0 for undecided; `draws` is how many draws were looked at;
    `error_probability` bounds the chance of a wrong strict sign (0 if the range alone decides).
    """

    sign: int
    draws: int
    error_probability: float


class Gambler:
    """Bets that the mean of draws, none below `lowest` < 0, is positive; `RATES` shares at once."""

    def __init__(self, lowest: float) -> None:
        shares = BOLDEST_SHARE * np.exp2(-np.arange(RATES, dtype=np.float64))
        self._rates: FloatArray = shares / abs(lowest)
        self._log_capital: FloatArray = np.zeros(RATES)

    def play(self, draws: FloatArray) -> FloatArray:
        """Logarithm of the mean capital after each of the draws, in their order."""
        gains = np.log1p(draws[:, None] * self._rates)
        capital = self._log_capital + np.cumsum(gains, axis=0)
        self._log_capital = capital[-1]
        richest = capital.max(axis=1)
        total = np.exp(capital - richest[:, None]).sum(axis=1)
        mean: FloatArray = richest + np.log(total / RATES)
        return mean


def sign_of_mean(
    draw: Callable[[int], tuple[FloatArray, FloatArray]],
    *,
    low: float,
    high: float,
    error_probability: float,
    max_draws: int,
    first_chunk: int = 64,
    largest_chunk: int = 4096,
) -> SignDecision:
    """Decide the sign of the mean of independent draws in [low, high], or say that it is undecided.

    `draw(n)` returns lower and upper bounds of the next n draws, two arrays of shape (n,), equal
    when the draws are exact: bets on a positive mean see the lower ones, bets on a negative mean
    the upper ones, so rounding cannot cause a wrong sign. Raises `RangeError` when a draw lies
    outside [low, high] and `InputError` for an empty range or an error probability outside (0, 1).
    Source: betting for bounded means (Waudby-Smith and Ramdas, 2024), with constant shares.
    """
    if not low <= high:
        raise InputError(f"empty range [{low}, {high}]: low must not exceed high")
    if not 0 < error_probability < 1:
        raise InputError(
            f"error_probability must lie strictly between 0 and 1: {error_probability}"
        )
    if low > 0 or high < 0:
        return SignDecision(1 if low > 0 else -1, 0, 0.0)
    narrowest = 1e-6 * (high - low) or 1.0  # widening a range keeps it valid
    ledger.record(error_probability, 0.0)  # whoever relies on an answer must design for it
    rising = Gambler(min(low, -narrowest))
    falling = Gambler(min(-high, -narrowest))
    target = math.log(2 / error_probability)
    seen, chunk = 0, first_chunk
    while seen < max_draws:
        lower, upper = draw(min(chunk, max_draws - seen))
        if not (np.all(upper >= low) and np.all(lower <= high)):
            raise RangeError(f"a draw left its range [{low}, {high}]")
        up = _first(rising.play(np.maximum(lower, low)) >= target)
        down = _first(falling.play(-np.minimum(upper, high)) >= target)
        if min(up, down) <= len(lower):
            return SignDecision(1 if up < down else -1, seen + min(up, down), error_probability)
        seen += len(lower)
        chunk = min(2 * chunk, largest_chunk)
    return SignDecision(0, seen, error_probability)


def _first(crossed: NDArray[np.bool_]) -> int:
    """How many draws it took to cross, or more than were played."""
    return int(np.argmax(crossed)) + 1 if crossed.any() else len(crossed) + 1
