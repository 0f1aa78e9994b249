"""What sentences divide by, and what is known not to be zero: one rule at a time."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import And, Eq, Ge, Gt, Lt, Ne, log, sqrt

from theory.definedness import (
    Known,
    bases_of_divisions,
    divisors,
    divisors_in_sums,
    doubt,
    factors,
    has_value,
)
from theory.language import Always, ForAllModes, ForBulkModes, ForDominantModes
from theory.vocabulary import (
    C_D,
    B,
    D,
    G,
    a,
    c,
    eta,
    kappa,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    loss_B,
    s2,
    t,
)

x, y, z = sympy.symbols("x y z", real=True)
SPECTRUM = {lambda_1, lambda_k, lambda_k1, lam}


def known(*facts: Any, nonnegative: tuple[Any, ...] = (), defined: bool = False) -> Known:
    return Known(facts, lambda word: word in nonnegative, defined=defined)


# --- divisors


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (x + y, ()),
        (1 / x, (x,)),
        (1 / (x * y), (x, y)),
        (x / (x**2 - y**2), (x - y, x + y)),
        (1 / (1 / x + 1 / y), (x, x + y, y)),
        (Gt(x, 1 / y), (y,)),
        (And(Gt(x, 1 / y), Gt(1 / z, 0)), (y, z)),
        (a, (B + D,)),
        (kappa, (lambda_k1,)),
        (x**-3 + 2 / x, (x,)),
    ],
    ids=str,
)
def test_divisors(expression: Any, expected: tuple[Any, ...]) -> None:
    """Fails if a sentence divides by something that nobody is asked about."""
    assert set(divisors(expression)) == set(expected)
    assert len(divisors(expression)) == len(expected)


def test_kept_words_are_not_looked_into() -> None:
    assert divisors(1 / x + a, frozenset([a])) == (x,)
    assert divisors(kappa + a, frozenset([kappa])) == (B + D,)


def test_definitions_by_cases_have_a_value_or_not() -> None:
    """Fails if cases are looked into, or a word whose cases all fail counts as a number."""
    a_star = sympy.Symbol("a_star", real=True)
    assert divisors(a_star) == (has_value(a_star),)
    assert not known(Gt(a_star, 0)).is_nonzero(has_value(a_star))
    assert doubt(has_value(a_star)) == "uses a_star, which may have no value"
    assert doubt(x) == "divides by x, which may be zero"


@pytest.mark.parametrize(
    ("exponent", "divides"),
    [
        (2, False),
        (sympy.Rational(1, 2), False),
        (-1, True),
        (t, False),
        (2 * t + 3, False),
        (t - 1, True),
        (-t, True),
        (t * x, True),
        (x, True),
        (eta, True),
        (kappa, True),
        (D, False),
        (G, True),
    ],
    ids=str,
)
def test_exponents_that_may_be_negative_divide(exponent: Any, divides: bool) -> None:
    """Fails if x^(t-1) at t = 0 passes for a power that never divides."""
    assert bases_of_divisions(y**exponent) == ([y] if divides else [])


def test_divisors_of_the_summands() -> None:
    """Fails if a sum hides a division, or only one of two sums is looked into."""
    assert divisors_in_sums(Gt(D, B)) == ()
    assert divisors_in_sums(Gt(loss_B, B)) == (lam,)
    assert set(divisors_in_sums(Gt(C_D, loss_B))) == {*divisors(c), lam}
    assert divisors(c)
    assert lam not in divisors(c)


def test_factors_are_those_of_the_numerator() -> None:
    assert factors(3 * x * (x - y) ** 2 / z) == (x, x - y)
    assert factors(x / x) == ()


# --- what is known


@pytest.mark.parametrize(
    "fact",
    [Gt(x, y), Lt(x, y), Ne(x, y), Gt(2 * x, 2 * y), Gt((x - y) * z, 0), Gt(y, x)],
    ids=str,
)
def test_strict_relations_exclude_zero(fact: Any) -> None:
    assert known(fact).is_nonzero(x - y)
    assert known(fact).is_nonzero(y - x)
    assert not known(fact).is_nonzero(x + y)


@pytest.mark.parametrize("fact", [Ge(x, y), Eq(x, y), Gt(x, -y), sympy.Or(Gt(x, y), Gt(z, 0))])
def test_others_do_not(fact: Any) -> None:
    """Fails if a relation that allows equality, or one of two, counts as strict."""
    assert not known(fact).is_nonzero(x - y)


@pytest.mark.parametrize(
    "fact",
    [
        Always(Gt(x, 0)),
        And(Gt(x, 0), Gt(y, 0)),
        ForAllModes(Gt(x, 0)),
        Always(ForAllModes(And(Gt(y, 0), Gt(x, 0)))),
    ],
    ids=str,
)
def test_facts_are_looked_into(fact: Any) -> None:
    assert known(fact).is_nonzero(x)
    assert x in known(fact).positive


@pytest.mark.parametrize("one_block", [ForDominantModes, ForBulkModes])
def test_what_holds_of_one_block_is_not_known_of_all_modes(one_block: Any) -> None:
    """Fails if a fact about the modes of one block is used for those of the other."""
    assert not known(one_block(Gt(x, 0))).is_nonzero(x)


def test_logarithms_are_not_taken_of_zero() -> None:
    """Fails if log(0) counts as defined."""
    assert divisors(sympy.log(x / y)) == (x, y)


def test_definitions_are_unfolded() -> None:
    assert known(Gt(kappa, 1)).is_nonzero(lambda_k - lambda_k1)
    assert known(Gt(a, 0)).is_nonzero(D)


def test_only_what_exceeds_zero_is_positive() -> None:
    """Fails if a bound by something else, or an inequality of signs unknown, makes positive."""
    assert known(Gt(x, 0)).positive == {x}
    assert known(Lt(0, x, evaluate=False)).positive == {x}
    assert known(Gt(x, y)).positive == set()
    assert known(Ne(x, 0)).positive == set()
    assert known(Lt(x, 0)).positive == set()
    assert known(Gt(x * y, 0)).positive == set()


def test_the_smallest_eigenvalue_bounds_all_others() -> None:
    assert known(Gt(lambda_d, 0)).positive == SPECTRUM | {lambda_d}
    assert not known(Gt(lambda_k1, 0)).positive & (SPECTRUM - {lambda_k1})


def test_a_defined_fact_does_not_divide_by_zero() -> None:
    """Fails if the divisor of a fact is trusted although nobody showed that it means something."""
    assert known(Ge(1 / x, y), defined=True).is_nonzero(x)
    assert not known(Ge(1 / x, y)).is_nonzero(x)


def test_roots_and_cases_teach_nothing() -> None:
    """Fails if sqrt(x) - y > 0 counts as a polynomial that is not zero."""
    by_cases = sympy.Piecewise((x, Gt(x, 0)), (y, True))
    assert known(Gt(sqrt(x), y)).nonzero == set()
    assert known(Gt(by_cases, y)).nonzero == set()
    assert known(Gt(x**2, y)).nonzero == {x**2 - y}


def test_nonnegative_terms_with_a_positive_one() -> None:
    """Fails if a sum of terms that may all vanish, or of mixed signs, counts as nonzero."""
    one = known(Gt(x, 0), nonnegative=(y,))
    assert one.is_nonzero(x + y)
    assert one.is_nonzero(x**2 + 3 * x * y)
    assert one.is_nonzero(y + 1)
    assert not one.is_nonzero(x * y)
    assert not one.is_nonzero(y**2 + x * y)
    assert not one.is_nonzero(x - y)
    assert not one.is_nonzero(x + z)
    assert not one.is_nonzero(sqrt(y) + 1)


def test_numbers() -> None:
    assert known().is_nonzero(sympy.Integer(-2))
    assert not known().is_nonzero(sympy.Integer(0))


def test_a_logarithm_is_zero_at_one_only() -> None:
    assert known(Ne(x, 1)).is_nonzero(log(x))
    assert known(Gt(x, y), Gt(y, 0)).is_nonzero(log(x / y))
    assert not known(Gt(x, 0)).is_nonzero(log(x))


def test_mode_words_divide_too() -> None:
    assert divisors(s2 / lam + G) == (lam,)


def test_words_without_a_formula_divide_by_nothing() -> None:
    assert divisors_in_sums(Gt(eta * D, B)) == ()


def test_facts_are_not_taken_to_be_defined_unless_that_is_said() -> None:
    """Fails if the divisors of any fact count as nonzero."""
    assert not Known([Ge(1 / x, y)], lambda word: False).is_nonzero(x)
    both = known(Gt(z, 0), Ge(1 / x, y), Ge(1 / y, x), defined=True)
    assert both.nonzero == {x, y, z}


def test_the_order_of_the_words_does_not_matter() -> None:
    """Fails if exponents are read in another order than the words: x10 comes before x9 here."""
    x9, x10 = sympy.symbols("x9 x10", real=True)
    assert known(Gt(x10, 0), nonnegative=(x9,)).is_nonzero(x10 + x10 * x9)
    assert known(Gt(x9, 0), nonnegative=(x10,)).is_nonzero(x9 + x10 * x9)
