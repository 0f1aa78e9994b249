"""Printed numbers, compared with exact values by rounding the exact value to the printed digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import flint

from verify.balls import Irrational, enclosure
from verify.enclosure import precision
from verify.kinds import AnyModel, world_of
from verify.meaning import exact

BITS = 256  # far beyond what is printed


def disagreement(model: AnyModel, expression: Any, printed: str) -> str | None:
    """None if the value of the expression in the model is what is printed, else the value.

    An exact string ("4/11") must be the value; a decimal ("0.8685") must be the value rounded to
    the digits printed, half a unit either way.
    """
    world = world_of(model)
    try:
        value = exact(expression)(world)
    except Irrational:
        return _disagreement_of_ball(enclosure(expression, world, BITS), printed)
    if is_exact(printed):
        return None if value == Fraction(printed) else str(value)
    low, high = rounding_interval(printed)
    return None if low <= value <= high else f"{float(value):.12g}"


def is_exact(printed: str) -> bool:
    """Whether a printed number is meant exactly: an integer or a fraction."""
    return "." not in printed and "e" not in printed


def rounding_interval(printed: str) -> tuple[Fraction, Fraction]:
    """All numbers that are printed like this."""
    unit = Fraction(10) ** int(Decimal(printed).as_tuple().exponent) / 2
    return Fraction(Decimal(printed)) - unit, Fraction(Decimal(printed)) + unit


def _disagreement_of_ball(ball: Any, printed: str) -> str | None:
    low, high = rounding_interval(printed)
    with precision(BITS):
        inside = _arb(low) <= ball and ball <= _arb(high)
        return None if inside else str(ball)


def _arb(x: Fraction) -> Any:
    return flint.arb(flint.fmpq(x.numerator, x.denominator))
