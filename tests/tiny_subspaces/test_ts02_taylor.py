"""TS-2 as prose: how far the quadratic approximation of a loss can be off."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.builds(Fraction, st.integers(-9, 9), st.integers(1, 5))


def value(coefficients, x):
    """A polynomial from its coefficients, constant first."""
    return sum(c * x**n for n, c in enumerate(coefficients))


def derivative(coefficients):
    """The coefficients of the derivative."""
    return [n * c for n, c in enumerate(coefficients)][1:]


def error(loss, x, move):
    """What the quadratic Taylor approximation misses."""
    slope, second = derivative(loss), derivative(derivative(loss))
    model = value(slope, x) * move + value(second, x) * move**2 / 2
    return value(loss, x + move) - value(loss, x) - model


@settings(max_examples=80)
@given(loss=st.lists(NUMBERS, min_size=3, max_size=3), x=NUMBERS, move=NUMBERS)
def test_nothing_is_missed_on_a_parabola(loss, x, move) -> None:
    """Fails when the approximation of a quadratic is not exact."""
    assert error(loss, x, move) == 0


@settings(max_examples=80)
@given(loss=st.lists(NUMBERS, min_size=6, max_size=6), x=NUMBERS, move=NUMBERS)
def test_the_third_derivative_bounds_what_is_missed(loss, x, move) -> None:
    """Fails when a polynomial of degree five is further off than M |move|^3/6.

    M is the sum of the absolute terms of the third derivative on the way: not the smallest bound.
    """
    third = derivative(derivative(derivative(loss)))
    reach = abs(x) + abs(move)
    most = sum(abs(c) * reach**n for n, c in enumerate(third))
    assert abs(error(loss, x, move)) <= most * abs(move) ** 3 / 6


def test_a_cubic_reaches_the_bound() -> None:
    """Fails when x^3/6 from 1 to 2 is off by anything but 1/6."""
    assert error([0, 0, 0, Fraction(1, 6)], Fraction(1), Fraction(1)) == Fraction(1, 6)
