"""What the kernel reads is the polynomial that was meant, in one order only."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sympy
from sympy import Rational, pi, sqrt, symbols

from theory.polynomials import to_polynomial

x, y = symbols("x y", real=True)


@pytest.mark.parametrize(
    ("expression", "data"),
    [
        (0, []),
        (Rational(-7, 3), [["-7/3", {}]]),
        (x - x, []),
        (x, [["1", {"x": 1}]]),
        ((x - 1) * (x + 1), [["-1", {}], ["1", {"x": 2}]]),
        (y**2 * x / 2 - x**3 + y, [["1", {"y": 1}], ["1/2", {"x": 1, "y": 2}], ["-1", {"x": 3}]]),
        ((x**2 - y**2) / 3, [["-1/3", {"y": 2}], ["1/3", {"x": 2}]]),
    ],
    ids=str,
)
def test_a_polynomial_as_data(expression: Any, data: Any) -> None:
    """Fails when a coefficient, an exponent or the order of the terms is another."""
    assert to_polynomial(expression) == data


@pytest.mark.parametrize(
    "expression",
    [1 / x, sqrt(x), sqrt(2) * x, pi, x + 0.5, 0.5 * x**2, sympy.Float(2), sympy.Abs(x), x**y],
    ids=str,
)  # fmt: skip
def test_nothing_else_is_a_polynomial(expression: Any) -> None:
    """Fails when the kernel is given something that only looks like a rational polynomial."""
    told = f"not a polynomial with rational coefficients: {expression}"
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        to_polynomial(expression)


def test_two_variables_of_one_name_are_not_mixed_up() -> None:
    """Fails when two different numbers become one variable."""
    other = sympy.Symbol("x", positive=True)
    told = f"two different symbols have the same name in {x - other}"
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        to_polynomial(x - other)
