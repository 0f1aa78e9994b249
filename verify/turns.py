"""Where an exponential sum changes sign, found without looking at every time.

S(t) = sum c_b b^t with rational coefficients and positive bases, on whole numbers t. Intervals are
bisected until, with the largest term divided out, bounds on each term decide the sign; a single
time that is still open is decided by Arb balls of growing precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verify.enclosure import precision

MOST_BITS = 2**14
EXACT_LENGTH = 10**6
ROUNDING = 1e-15


@dataclass(frozen=True)
class ExponentialSum:
    """sum of coefficient base^t, bases distinct, positive and descending, no coefficient zero."""

    terms: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def of(cls, terms: Iterable[tuple[Fraction, Fraction]]) -> ExponentialSum:
        """From (base, coefficient) pairs; equal bases are merged, base 0 is dropped (t >= 1)."""
        merged: dict[Fraction, Fraction] = {}
        for base, coefficient in terms:
            if base and coefficient:
                merged[base] = merged.get(base, Fraction(0)) + coefficient
        return cls(tuple(sorted(((b, c) for b, c in merged.items() if c), reverse=True)))

    def sign(self, t: int) -> int:
        """Sign of S(t); 0 only when it is zero, or zero to 16384 bits."""
        import flint

        if not self.terms:
            return 0
        bits = 64
        while bits <= MOST_BITS:
            with precision(bits):
                value = sum((_ball(c) * _ball(b) ** t for b, c in self.terms), flint.arb(0))
                if value > 0:
                    return 1
                if value < 0:
                    return -1
            bits *= 2
            if bits > 1024 and t * self._length < EXACT_LENGTH:
                exact = sum((c * b**t for b, c in self.terms), Fraction(0))
                return (exact > 0) - (exact < 0)
        return 0

    @property
    def _length(self) -> int:
        return sum(b.numerator.bit_length() + b.denominator.bit_length() for b, _ in self.terms)

    def signs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """(start, sign) of intervals that cover first..last in order; equal signs may repeat."""
        if not self.terms:
            yield first, 0
            return
        yield from bisected(first, last, _Bounds(self).sign, self.sign)


def bisected(
    first: int,
    last: int,
    on_interval: Callable[[int, int], int | None],
    at: Callable[[int], int],
) -> Iterator[tuple[int, int]]:
    """(start, sign) of intervals that cover first..last, 1 <= first, in order.

    Intervals begin as octaves and are halved until `on_interval` knows their sign; single times are
    decided by `at`.
    """
    stack = []
    start = first
    while start <= last:
        end = min(last, 2 * start)
        stack.append((start, end))
        start = end + 1
    stack.reverse()
    while stack:
        start, end = stack.pop()
        found = on_interval(start, end) if end > start else at(start)
        if found is None:
            middle = (start + end) // 2
            stack += [(middle + 1, end), (start, middle)]
        else:
            yield start, found


class _Bounds:
    """Float bounds on S over an interval, with every rounding error allowed for."""

    def __init__(self, series: ExponentialSum) -> None:
        self.signs = np.array([1.0 if c > 0 else -1.0 for _, c in series.terms])
        with precision(128):
            self.weights = np.array([float(_ball(abs(c)).log()) for _, c in series.terms])
            self.logs = np.array([float(_ball(b).log()) for b, _ in series.terms])

    def sign(self, start: int, end: int) -> int | None:
        """The sign on the whole of start..end, or None when the bounds leave it open."""
        middle = self.weights + self.logs * (0.5 * (start + end))
        top = int(np.argmax(middle))
        slopes = self.logs - self.logs[top]
        weights = self.weights - self.weights[top]
        magnitude = np.abs(self.weights) + abs(self.weights[top])
        magnitude = magnitude + end * (np.abs(self.logs) + abs(self.logs[top]))
        slack = ROUNDING * (magnitude + 1)
        with np.errstate(over="ignore"):
            at_ends = weights + slopes * start, weights + slopes * end
            lowest = np.exp(np.minimum(*at_ends) - slack)
            highest = np.exp(np.maximum(*at_ends) + slack)
        positive = self.signs > 0
        margin = 1 + ROUNDING * len(self.logs)
        if lowest[positive].sum() > margin * highest[~positive].sum():
            return 1
        if lowest[~positive].sum() > margin * highest[positive].sum():
            return -1
        return None


def turning_times(signs: Iterable[tuple[int, int]]) -> list[int]:
    """Times at which a sequence turns, from (start, sign of the next change) in order.

    A turn is the first time at which the direction is no longer what it was, if the next non-zero
    direction is the opposite one: the first extremum (SA-9).
    """
    turns = []
    direction = 0
    left = None
    for start, sign in signs:
        if sign == direction:
            left = None
        elif sign == 0:
            left = start if left is None else left
        else:
            if direction:
                turns.append(start if left is None else left)
            direction, left = sign, None
    return turns


def first_not_falling(sign: Callable[[int], int], last: int) -> int:
    """min {t : S(t) >= 0} up to last, for signs known to be -...-, 0...0, +...+; else last + 1."""
    low, high = 0, last + 1
    while low < high:
        middle = (low + high) // 2
        if sign(middle) >= 0:
            high = middle
        else:
            low = middle + 1
    return low


def _ball(value: Fraction) -> Any:
    import flint

    return flint.arb(flint.fmpq(value.numerator, value.denominator))
