"""A run of SGD with constant noise in rationals and Arb balls: every digit it gives is right."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from verify.enclosure import _ball, _fraction, precision
from verify.moments import SecondMoment, second_moment
from verify.state import Run
from verify.state_values import rationals
from verify.turns import ExponentialSum

MOST_PAIRS = 4000
MOST_BITS = 2**13


class PreciseRun:
    """Alignment, critical step and direction of change of a run at any single time.

    Directions with equal eigenvalues are merged: moments add. Cost of one time: proportional to the
    number of different eigenvalues, and to log t. Values below 10^-9999 are given as 0.
    """

    def __init__(self, run: Run, digits: int) -> None:
        self.run = run
        self.digits = digits
        self.warnings: list[str] = []
        start = run.start
        blocks = []
        for part in (slice(None, start.k), slice(start.k, None)):
            merged: dict[Fraction, tuple[Fraction, Fraction]] = {}
            rows = zip(
                rationals(start.eigenvalues)[part],
                rationals(start.gradient)[part],
                rationals(start.noise_variance)[part],
                strict=True,
            )
            for eigenvalue, g, variance in rows:
                energy, noise = merged.get(eigenvalue, (Fraction(0), Fraction(0)))
                merged[eigenvalue] = energy + g * g, noise + variance
            blocks.append(merged)
        self.modes: list[list[SecondMoment]] = [
            [
                second_moment(eigenvalue, energy, variance, run.step_size)
                for eigenvalue, (energy, variance) in merged.items()
                if eigenvalue
            ]
            for merged in blocks
        ]
        self.noise_squared = [
            sum((lam * lam * v for lam, (_, v) in merged.items()), Fraction(0)) for merged in blocks
        ]
        self._balls: dict[int, Any] = {}

    def _at(self, bits: int) -> Any:
        """Per block, per direction: eigenvalue, level, excess, rate, rate - 1, growth as balls."""
        if bits not in self._balls:
            self._balls[bits] = [
                [
                    tuple(
                        map(_ball, (m.eigenvalue, m.level, m.excess, m.rate, m.rate - 1, m.growth))
                    )
                    for m in block
                ]
                for block in self.modes
            ]
        return self._balls[bits]

    def _vanishes(self, block: int, t: int) -> bool:
        """Whether E g(t)^2 = 0 in the whole block."""
        if t == 0:
            return all(m.level + m.excess == 0 for m in self.modes[block])
        return all(
            m.level == 0 and m.growth == 0 and (m.excess == 0 or m.rate == 0)
            for m in self.modes[block]
        )

    def point(self, t: int) -> tuple[Fraction | None, Fraction | None]:
        """(alignment, critical step size) at time t; None where there is none."""
        empty = self._vanishes(0, t), self._vanishes(1, t)
        if all(empty):
            return None, None
        if any(empty):
            dominant_noise = empty[0] and self.noise_squared[0] > 0
            return Fraction(int(empty[1])), Fraction(0) if dominant_noise else None
        needed = int(3.33 * self.digits) + 8
        bits = needed + 32
        while True:
            with precision(bits):
                (d, m1_d, m2_d), (b, m1_b, m2_b) = (self._sums(i, t, bits) for i in (0, 1))
                alignment = d / (d + b)
                noise = [_ball(x) for x in self.noise_squared]
                p = m1_d * b - d * m1_b
                q = (m2_d + noise[0]) * b - d * (m2_b + noise[1])
                last = bits > MOST_BITS
                accurate = alignment.rel_accuracy_bits() >= needed
                if accurate and (q < 0 or last):
                    return _middle(alignment), None
                critical = 2 * p / q
                if accurate and q > 0 and critical.rel_accuracy_bits() >= needed:
                    return _middle(alignment), _middle(critical)
                if last:
                    self.warnings.append(f"alignment at t = {t} lost digits")
                    return _middle(alignment), None
            bits *= 2

    def _sums(self, block: int, t: int, bits: int) -> tuple[Any, Any, Any]:
        energy = curvature = square = _ball(Fraction(0))
        for eigenvalue, level, excess, rate, _, growth in self._at(bits)[block]:
            value = level + excess * rate**t + growth * t
            weighted = eigenvalue * value
            energy = energy + value
            curvature = curvature + weighted
            square = square + eigenvalue * weighted
        return energy, curvature, square

    @cached_property
    def series(self) -> ExponentialSum | None:
        """S_t = E D_{t+1} E B_t - E D_t E B_{t+1} for t >= 1 as an exponential sum, if short."""
        pairs = (len(self.modes[0]) + 1) * (len(self.modes[1]) + 1)
        if pairs > MOST_PAIRS or any(m.growth for block in self.modes for m in block):
            return None
        dominant, bulk = (_terms(block) for block in self.modes)
        return ExponentialSum.of(
            (a * b, x * y * (a - b)) for a, x in dominant.items() for b, y in bulk.items()
        )

    def direction(self, t: int) -> int:
        """Sign of S_t, which is that of the change of alignment from t to t + 1."""
        if t == 0:
            values = [
                [sum((m.exact(s) for m in b), Fraction(0)) for b in self.modes] for s in (0, 1)
            ]
            change = values[1][0] * values[0][1] - values[0][0] * values[1][1]
            return (change > 0) - (change < 0)
        if self.series is not None:
            return self.series.sign(t)
        bits = 64
        while bits <= MOST_BITS:
            with precision(bits):
                (d, d_change), (b, b_change) = (self._changes(i, t, bits) for i in (0, 1))
                change = d_change * b - d * b_change
                if change > 0 or change < 0 or change.is_zero():
                    return int(change > 0) - int(change < 0)
            bits *= 2
        return 0

    def _changes(self, block: int, t: int, bits: int) -> tuple[Any, Any]:
        energy = change = _ball(Fraction(0))
        for _, level, excess, rate, drop, growth in self._at(bits)[block]:
            moving = excess * rate**t
            energy = energy + level + moving + growth * t
            change = change + drop * moving + growth
        return energy, change

    def all_above(self) -> bool:
        """H3: every eigenspace starts at or above its stationary level, and there is one."""
        stable = all(m.rate < 1 for block in self.modes for m in block)
        return stable and all(m.excess >= 0 for block in self.modes for m in block)

    def limit(self) -> Fraction | None:
        """The alignment as t grows: the share of the fastest growing terms; None for zero."""
        sizes = [_sizes(block) for block in self.modes]
        fastest = max((key for size in sizes for key in size), default=None)
        if fastest is None:
            return None
        dominant, bulk = (size.get(fastest, Fraction(0)) for size in sizes)
        return dominant / (dominant + bulk)


def _terms(block: Sequence[SecondMoment]) -> dict[Fraction, Fraction]:
    """The coefficients by base; the constant has base 1."""
    terms: dict[Fraction, Fraction] = {}
    for m in block:
        for base, coefficient in ((Fraction(1), m.level), (m.rate, m.excess)):
            terms[base] = terms.get(base, Fraction(0)) + coefficient
    return terms


def _sizes(block: Sequence[SecondMoment]) -> dict[tuple[Fraction, int], Fraction]:
    """Coefficients by kind of growth, (base, power of t), without those that are zero."""
    sizes: dict[tuple[Fraction, int], Fraction] = {}
    for m in block:
        terms = (((Fraction(1), 0), m.level), ((Fraction(1), 1), m.growth), ((m.rate, 0), m.excess))
        for key, coefficient in terms:
            if coefficient and key[0]:
                sizes[key] = sizes.get(key, Fraction(0)) + coefficient
    return {key: total for key, total in sizes.items() if total}


def _middle(ball: Any) -> Fraction:
    mantissa, exponent = ball.mid().man_exp()
    smallest = -33_219 - mantissa.bit_length()
    return _fraction(ball.mid()) if exponent > smallest else Fraction(0)
