"""Rates of flat modes under momentum: printed values, and where the roots are not real."""

from __future__ import annotations

from fractions import Fraction

import mpmath

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.tiny_subspaces.words_momentum import mode_rate

DIGITS = 60
PRINTED = {"1/20": "0.104986111218276810", "1/5": "0.132423493278687371"}  # lambda -> E


@check("TS-25", "exact", "printed limits")
def printed_limits(settings: Settings) -> Outcome:
    """Fails when the run with eta = 1/100, beta = 9/10 settles at another rate than printed.

    The gap to the limit shrinks by the ratio of the roots in every step: 4000 steps leave less
    than 1e-40 of it, and 60 digits are carried.
    """
    with mpmath.workdps(DIGITS):
        for curvature, printed in PRINTED.items():
            mode = mpmath.mpf(Fraction(curvature).numerator) / Fraction(curvature).denominator
            one = mpmath.mpf(1)
            rate = mode_rate(mode, one * 9 / 10, one / 100, one, 4000)
            low, high = rounding_interval(printed)
            if not _number(low) <= rate <= _number(high):
                raise Failed(f"lambda = {curvature}: the rate settles at {rate}, not {printed}")
    return Outcome(f"{len(PRINTED)} printed limits agree")


def _number(x: Fraction) -> mpmath.mpf:
    return mpmath.mpf(x.numerator) / x.denominator


@check("TS-25", "mutant", "beyond the root condition")
def beyond_the_roots(settings: Settings) -> Outcome:
    """Fails when the rate of the mode lambda = 1 keeps above eta: its roots are complex."""
    rate = mode_rate(Fraction(1), Fraction(9, 10), Fraction(1, 100), Fraction(1), 24)
    low, high = rounding_interval("-1.596")
    if not low <= rate <= high:
        raise Failed(f"e_24 is {float(rate):.6g}, printed -1.596")
    return Outcome("eta = 1/100, beta = 9/10, lambda = 1: e_24 = -1.596")
