"""Numbers as the user wrote them: exact rationals in, correctly rounded decimals out."""

from __future__ import annotations

import math
import re
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
)
from fractions import Fraction
from typing import Any

from verify.errors import InputError

LONGEST_NUMBER = 1000
LARGEST_EXPONENT = 9999
MOST_DIGITS = 1000
DOUBLE_DIGITS = 17
LONGEST_FRACTION = 24  # characters
MOST_TOLD = 60  # digits that a sentence spends on telling numbers apart

Number = Fraction | float
JsonNumber = float | str

_FORM = re.compile(r"[+-]?(?:\d+/\d+|(?:\d+\.?\d*|\.\d+)(?:[eE](?P<exponent>[+-]?\d{1,9}))?)")


def parse_exact(text: str, where: str) -> Fraction:
    """The rational number written as "3", "1/3", "0.1" or "2.5e-3".

    Raises InputError when the text is anything else, too long, or divides by zero.
    """
    stripped = text.strip()
    if len(stripped) > LONGEST_NUMBER:
        raise InputError(f"{where} has {len(stripped)} characters; write at most {LONGEST_NUMBER}")
    match = _FORM.fullmatch(stripped) if stripped.isascii() else None
    if match is None:
        raise InputError(f'{where} is not a number: {shown(text)}; write it like "1/3" or "0.1"')
    if abs(int(match["exponent"] or 0)) > LARGEST_EXPONENT:
        raise InputError(
            f"{where} has exponent {match['exponent']}; the most is {LARGEST_EXPONENT}"
        )
    try:
        return Fraction(stripped)
    except ZeroDivisionError:
        raise InputError(f"{where} divides by zero: {shown(text)}") from None


def shown(value: Any) -> str:
    """A short, single-line picture of any value, for error messages."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def brief(value: Number, digits: int = 6) -> str:
    """The value to a few significant digits, whatever its size, for sentences and messages."""
    if fits_a_double(value):
        return f"{float(value):.{digits}g}"
    return decimal_text(value, digits)


def short_fraction(value: Fraction) -> str | None:
    """The number in lowest terms, None if that is long."""
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if bits > 4 * LONGEST_FRACTION:  # too long for sure, and Python may refuse to write it
        return None
    text = str(value)
    return text if len(text) <= LONGEST_FRACTION else None


def told_apart(*values: Number) -> list[str]:
    """The values as `brief` writes them, with as many more digits as show which of them differ."""
    different = len({Fraction(value) for value in values})
    told = [brief(value) for value in values]
    for digits in range(7, MOST_TOLD + 1):
        if len(set(told)) == different:
            break
        told = [
            brief(value, digits) if digits <= DOUBLE_DIGITS else decimal_text(value, digits)
            for value in values
        ]
    return told


def nearest_double(value: Number) -> float:
    """The value as a double; infinite beyond their range."""
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def decimal_text(value: Number, digits: int, rounding: str = ROUND_HALF_EVEN) -> str:
    """The value to `digits` significant digits, correctly rounded."""
    exact = Fraction(value)
    context = Context(prec=digits, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return str(context.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def json_number(value: Number | None, digits: int) -> JsonNumber | None:
    """The value for JSON: a number when a double holds it, a string of all digits when not.

    As on input, a JSON number is a double and a string is precise: strings appear for more than
    17 digits, and for values beyond the range of doubles.
    """
    if value is None:
        return None
    text = decimal_text(value, digits)
    return float(text) if digits <= DOUBLE_DIGITS and fits_a_double(value) else text


def json_interval(bounds: tuple[Number, Number], digits: int) -> list[JsonNumber]:
    """An interval for JSON, rounded outwards so that it stays an enclosure."""
    low, high = (Fraction(x) for x in bounds)
    if digits > DOUBLE_DIGITS or not (fits_a_double(low) and fits_a_double(high)):
        return [decimal_text(low, digits, ROUND_FLOOR), decimal_text(high, digits, ROUND_CEILING)]
    lowest = float(decimal_text(low, digits, ROUND_FLOOR))
    highest = float(decimal_text(high, digits, ROUND_CEILING))
    if lowest > low:
        lowest = math.nextafter(lowest, -math.inf)
    if highest < high:
        highest = math.nextafter(highest, math.inf)
    return [lowest, highest]


def fits_a_double(value: Number) -> bool:
    """Whether rounding the value to a double keeps all 53 bits (no overflow, no underflow)."""
    exact = abs(Fraction(value))
    return exact == 0 or Fraction(2) ** -1022 <= exact < Fraction(2) ** 1023


def as_given(value: Fraction, exact: bool) -> Number:
    """A result in the kind of number the input had: rational, or a double where one holds it."""
    return value if exact or not fits_a_double(value) else float(value)


def square_root(value: Fraction, digits: int) -> Fraction:
    """The square root: exact when rational, else with a relative error below 10^-digits."""
    roots = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if roots[0] ** 2 == value.numerator and roots[1] ** 2 == value.denominator:
        return Fraction(*roots)
    # value = n/d, so sqrt = sqrt(n d)/d; shift n d until its integer root has enough bits.
    product = value.numerator * value.denominator
    shift = max(0, 4 * digits + 8 - product.bit_length() // 2)
    return Fraction(math.isqrt(product << (2 * shift)), value.denominator << shift)


def checked_precision(precision: int) -> int:
    """The number of digits to print. Raises InputError outside 1..1000."""
    if not 1 <= precision <= MOST_DIGITS:
        raise InputError(f"precision is {precision}; choose between 1 and {MOST_DIGITS} digits")
    return precision
