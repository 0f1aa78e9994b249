"""Lowest terms agree with SymPy's own, in value and in form."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.lowest_terms import NotRational, Quotients, lowest_terms

x, y, root = sympy.symbols("x y root", real=True)
LEAVES = st.sampled_from(
    [x, y, x + y, x - 2 * y, sympy.Integer(2), sympy.Rational(-3, 4), sympy.S.One, x**2 - y**2]
)


def grown(smaller: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    two = st.tuples(smaller, smaller)
    return st.one_of(
        two.map(lambda pair: pair[0] + pair[1]),
        two.map(lambda pair: pair[0] * pair[1]),
        st.tuples(smaller, st.sampled_from([-2, -1, 2])).map(lambda pair: pair[0] ** pair[1]),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=8)


@settings(max_examples=150)
@given(EXPRESSIONS)
def test_numerator_and_denominator_are_sympys(expression: sympy.Expr) -> None:
    """Fails if a factor stays, a sign moves, or a value changes: certificates fit one form only."""
    if expression.has(sympy.zoo, sympy.nan):
        return
    try:
        expected = sympy.fraction(sympy.cancel(sympy.together(expression)))
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            lowest_terms(expression)
        return
    assert lowest_terms(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        1 / ((x + y) ** 2 - x**2 - 2 * x * y - y**2),
        sympy.sqrt(x) + 1,
        sympy.log(x) / x,
        x ** sympy.Symbol("n"),
        sympy.Float(0.5) * x,
        sympy.Integer(3),
    ],
    ids=str,
)
def test_what_is_left_to_sympy(expression: sympy.Expr) -> None:
    """Fails if a zero denominator, a root or a floating-point number counts as rational."""
    with pytest.raises(NotRational):
        Quotients(expression.free_symbols).reduced(expression)


def test_roots_are_reduced_too() -> None:
    assert lowest_terms((x - sympy.sqrt(y) ** 2 * x) / x) == (1 - y, 1)
    assert lowest_terms(sympy.log(x) * (x + y) / (x * (x + y))) == (sympy.log(x), x)
