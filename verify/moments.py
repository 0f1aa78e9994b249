"""E g(t)^2 along SGD with constant noise: step by step, and in closed form at any single time.

One step maps v = E g^2 to (1 - eta lambda)^2 v + eta^2 lambda^2 sigma^2, for each direction alone.
The closed form costs the same at every t up to the length of the numbers: E g(t)^2 = level +
excess rate^t + growth t, growth being non-zero only for eta lambda = 2. Rationals are exact,
mpmath and Arb give as many digits as asked, float64 gives 12 by a form in which nothing cancels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify import double_double as dd

Doubles = NDArray[np.float64]

HUGE_EXPONENT = 300.0


def step(
    second: Sequence[Any], eigenvalues: Sequence[Any], variances: Sequence[Any], step_size: Any
) -> list[Any]:
    """E g^2 after one more step, in whatever arithmetic the arguments are.

    `second` and `variances` hold E g^2 and the noise variance per direction (length d).
    Source: SA-1 (our formalisation).
    """
    following = []
    for v, eigenvalue, variance in zip(second, eigenvalues, variances, strict=True):
        kept = 1 - step_size * eigenvalue
        added = step_size * eigenvalue
        following.append(kept * kept * v + added * added * variance)
    return following


def recursion(
    second: Sequence[Any], eigenvalues: Sequence[Any], variances: Sequence[Any], step_size: Any
) -> Iterator[list[Any]]:
    """E g(0)^2, E g(1)^2, ... for ever, one `step` at a time."""
    current = list(second)
    while True:
        yield current
        current = step(current, eigenvalues, variances, step_size)


@dataclass(frozen=True)
class SecondMoment:
    """E g(t)^2 = level + excess rate^t + growth t of one direction, in rationals."""

    eigenvalue: Fraction
    level: Fraction
    excess: Fraction
    rate: Fraction
    growth: Fraction = Fraction(0)

    def exact(self, t: int) -> Fraction:
        """The value at time t as a rational (its length grows with t)."""
        return self.level + self.excess * self.rate**t + self.growth * t

    def arb(self, t: int, bits: int) -> Any:
        """The value at time t as an Arb ball computed with this many bits."""
        from verify.enclosure import precision

        with precision(bits):
            return evaluate(self, t, _ball)

    def mpmath(self, t: int, digits: int) -> Any:
        """The value at time t as an mpf with this many correct digits."""
        import mpmath

        context = mpmath.MPContext()

        def real(x: Fraction) -> Any:
            return context.mpf(x.numerator) / x.denominator

        context.dps = 2 * digits + 20
        while True:
            value = evaluate(self, t, real)
            largest = max(abs(real(x)) for x in (self.level, self.excess, self.growth * t))
            lost = 0 if largest == 0 or value == 0 else int(context.log10(largest / abs(value)))
            # rate^t amplifies rounding by t; both losses must leave the digits asked for
            if value == 0 and largest != 0 and context.dps < 10**5:
                context.dps *= 2
            elif context.dps < digits + 10 + lost + len(str(t)):
                context.dps = digits + 20 + lost + len(str(t))
            else:
                return value


def second_moment(
    eigenvalue: Fraction, initial: Fraction, variance: Fraction, step_size: Fraction
) -> SecondMoment:
    """The closed form of one direction from `initial` = E g(0)^2 and the noise variance.

    Source: section 0 of the specification, solved for the recursion of `step`.
    """
    factor = step_size * eigenvalue
    if factor == 0 or factor == 2:
        return SecondMoment(
            eigenvalue, initial, Fraction(0), Fraction(1), factor * factor * variance
        )
    level = factor * variance / (2 - factor)
    return SecondMoment(eigenvalue, level, initial - level, (1 - factor) ** 2)


def evaluate(moment: SecondMoment, t: int, convert: Any) -> Any:
    """The value at time t in the arithmetic that `convert` takes rationals to."""
    value = convert(moment.level)
    if moment.excess:
        value = value + convert(moment.excess) * convert(moment.rate) ** t
    return value + convert(moment.growth) * t if moment.growth else value


def _ball(value: Fraction) -> Any:
    import flint

    return flint.arb(flint.fmpq(value.numerator, value.denominator))


@dataclass(frozen=True)
class FloatMoments:
    """All directions in float64: E g(t)^2 with about 13 correct digits at any t.

    `log_rate` is log (1 - eta lambda)^2, `initial` E g(0)^2 and `limit` the stationary level
    (negative when eta lambda > 2, where it is only a coefficient); `growth` as in SecondMoment.
    """

    initial: Doubles
    limit: Doubles
    log_rate: Doubles
    growth: Doubles

    def part(self, chosen: slice) -> FloatMoments:
        """The same for some of the directions."""
        columns = (self.initial, self.limit, self.log_rate, self.growth)
        return FloatMoments(*(x[chosen] for x in columns))

    def at(self, t: int) -> tuple[Doubles, float]:
        """(m, s) with E g(t)^2 = m e^s; s keeps m in the range of doubles.

        Formed as initial rate^t + limit (1 - rate^t) + growth t, in which no term is negative.
        """
        used = (self.initial > 0) | (self.limit != 0) | (self.growth > 0)
        exponent = np.where(used, _times(t, self.log_rate), -np.inf)
        noisy = bool(self.limit.any() or self.growth.any())
        shift = _largest(exponent[self.initial > 0])
        if noisy:
            shift = max(0.0, _largest(exponent) - HUGE_EXPONENT)
        second: Doubles = self.initial * np.exp(exponent - shift)
        if noisy:
            huge = exponent > HUGE_EXPONENT
            grown = np.expm1(np.where(huge, 0.0, exponent)) * np.exp(-shift)
            grown = np.where(huge, np.exp(exponent - shift), grown)
            second = second - self.limit * grown + self.growth * (t * np.exp(-shift))
        return second, shift

    def change_at(self, t: int) -> tuple[Doubles, Doubles, float]:
        """(rise, fall, s): E g(t+1)^2 - E g(t)^2 = (rise - fall) e^s, both nonnegative.

        The change is (rate - 1) rate^t (initial - limit) + growth; the caller may cancel.
        """
        moving = (self.initial != self.limit) & (self.log_rate != 0)
        exponent = np.where(moving, _times(t, self.log_rate), -np.inf)
        shift = _largest(exponent)
        if self.growth.any():
            shift = max(shift, 0.0)
        weight = np.exp(exponent - shift) * np.expm1(self.log_rate)
        from_start = weight * self.initial
        from_noise = -weight * self.limit
        rise = np.maximum(from_start, 0.0) + np.maximum(from_noise, 0.0)
        fall = np.maximum(-from_start, 0.0) + np.maximum(-from_noise, 0.0)
        if self.growth.any():
            rise = rise + self.growth * np.exp(-shift)
        return rise, fall, shift


def _largest(exponents: Doubles) -> float:
    """The largest finite exponent, 0 when there is none."""
    largest = float(np.max(exponents, initial=-np.inf))
    return largest if np.isfinite(largest) else 0.0


def _times(t: int, log_rate: Doubles) -> Doubles:
    if t == 0:
        return np.zeros_like(log_rate)
    product: Doubles = t * log_rate
    return product


def float_moments(
    eigenvalues: Doubles, initial: Doubles, variances: Doubles, step_size: Fraction
) -> FloatMoments:
    """The closed form for all directions in float64 (arrays of length d).

    eta lambda and its distances to 1 and 2 are formed in pairs of doubles: near 1 the rate, and
    near 2 (the stability limit) the stationary level, would otherwise lose their digits.
    """
    high = float(step_size)
    low = float(step_size - Fraction(high))
    scale = np.full_like(eigenvalues, high), np.full_like(eigenvalues, low)
    factor = dd.multiply(scale, dd.pair(eigenvalues))
    ones = np.ones_like(eigenvalues)
    kept = dd.add(dd.pair(ones), (-factor[0], -factor[1]))
    to_limit = dd.add(dd.pair(2 * ones), (-factor[0], -factor[1]))
    marginal = (to_limit[0] == 0) | (factor[0] == 0)
    with np.errstate(divide="ignore"):
        near_one = np.abs(factor[0]) < 0.5
        correction = -factor[1] / np.where(near_one, 1 - factor[0], 1.0)
        small = np.log1p(np.where(near_one, -factor[0], 0.0)) + correction
        near_two = np.abs(to_limit[0]) < 0.5
        shift = np.log1p(np.where(near_two, -to_limit[0], 0.0))
        general = np.log(np.abs(np.where(near_one | near_two, 1.0, kept[0])))
        log_rate = 2 * np.where(near_one, small, np.where(near_two, shift, general))
    safe = np.where(marginal, 1.0, to_limit[0])
    limit = np.where(marginal, 0.0, factor[0] * variances / safe)
    growth = np.where(marginal, factor[0] ** 2 * variances, 0.0)
    return FloatMoments(initial, limit, np.where(marginal, 0.0, log_rate), growth)
