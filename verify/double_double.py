"""Pairs of doubles that carry 31 digits, vectorised: enough to sum a million terms that cancel.

A number is (high, low) with |low| at most half a unit in the last place of high. The algorithms are
those of Dekker (1971) and Knuth; valid while no product overflows or underflows.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Pair = tuple[Doubles, Doubles]

_SPLITTER = 2.0**27 + 1.0


def pair(values: Doubles) -> Pair:
    """Doubles as pairs."""
    return values, np.zeros_like(values)


def product_of_doubles(a: Doubles, b: Doubles) -> Pair:
    """a b without rounding."""
    high = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
    return high, low


def multiply(a: Pair, b: Pair) -> Pair:
    """a b to 31 digits."""
    high, low = product_of_doubles(a[0], b[0])
    return _renormalised(high, low + (a[0] * b[1] + a[1] * b[0]))


def add(a: Pair, b: Pair) -> Pair:
    """a + b to 31 digits of the larger."""
    high, error = _sum_of_doubles(a[0], b[0])
    low, low_error = _sum_of_doubles(a[1], b[1])
    high, error = _renormalised(high, error + low)
    return _renormalised(high, error + low_error)


def total(a: Pair) -> Fraction:
    """The sum of all entries, added in pairs."""
    while a[0].size > 1:
        half = a[0].size // 2
        rest = a[0][2 * half :], a[1][2 * half :]
        a = add((a[0][:half], a[1][:half]), (a[0][half : 2 * half], a[1][half : 2 * half]))
        if rest[0].size:
            a = np.concatenate([a[0], rest[0]]), np.concatenate([a[1], rest[1]])
    if not a[0].size:
        return Fraction(0)
    return Fraction(float(a[0][0])) + Fraction(float(a[1][0]))


def _sum_of_doubles(a: Doubles, b: Doubles) -> Pair:
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


def _renormalised(high: Doubles, low: Doubles) -> Pair:
    total = high + low
    return total, low - (total - high)


def _split(a: Doubles) -> Pair:
    scaled = _SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high
