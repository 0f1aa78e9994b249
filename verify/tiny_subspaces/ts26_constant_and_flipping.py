"""Momentum along a given gradient, run literally, against its closed forms at long times."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.tiny_subspaces.words_momentum import block_rates

LATE = 400


@check("TS-26", "exact", "limits approached")
def limits(settings: Settings) -> Outcome:
    """Fails when 400 literal steps end farther from the limits than 0.9^400 of them allows."""
    eta, beta = Fraction(1, 100), Fraction(9, 10)
    for flip, limit in ((1, eta / (1 - beta)), (-1, eta / (1 + beta))):
        rate = next(islice(block_rates(beta, eta, flip), LATE, None))
        if abs(rate - limit) > limit * beta**LATE:
            raise Failed(f"flip {flip}: after {LATE} steps the rate is {float(rate):.9g}")
    return Outcome(f"both limits approached within 0.9^{LATE} of them")
