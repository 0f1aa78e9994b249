"""The finder certifies the paper's inequalities but no false ones; its certificates have teeth."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import certificate_corpus as corpus
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from obligation_builders import fixed, from_polynomial, pair

from theory import kernel
from theory.polynomials import to_polynomial
from verify.certify import find
from verify.corrupt import accepted, corruptions

TRUE, FALSE = corpus.true_statements(), corpus.false_statements()
SOME = ("SA-3 falls below", "Cauchy-Schwarz", "SA-16 two-level, eta* < eta_dom", "SA-2 p")
x, y, z = sympy.symbols("x y z")


@cache
def certificates(name: str) -> list[Any]:
    return [find(obligation) for obligation in TRUE[name]]


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_certified(name: str) -> None:
    """Fails if the finder no longer proves a statement it used to prove."""
    for obligation, certificate in zip(TRUE[name], certificates(name), strict=True):
        assert certificate is not None
        kernel.check(obligation, certificate)


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_not_certified(name: str) -> None:
    """Fails if a false statement gets a certificate: then the kernel is unsound."""
    assert find(FALSE[name][-1]) is None


@pytest.mark.parametrize(
    "name", [n if n in SOME else pytest.param(n, marks=pytest.mark.full) for n in TRUE]
)
def test_corrupted_certificates_are_rejected(name: str) -> None:
    """Fails if the kernel accepts any wrong version, or if fewer than 100 were made."""
    for obligation, certificate in zip(TRUE[name], certificates(name), strict=True):
        assert len(corruptions(obligation, certificate)) >= 100
        assert accepted(obligation, certificate) == []


@pytest.mark.parametrize("name", SOME)
def test_the_search_is_deterministic(name: str) -> None:
    assert [find(obligation) for obligation in TRUE[name]] == certificates(name)


def sound_at(obligation: Mapping[str, Any], point: Mapping[str, Any]) -> bool:
    """Whether the goal holds at a point, or some hypothesis does not."""
    sides = {">": sympy.Gt, ">=": sympy.Ge, "=": sympy.Eq}

    def holds(statement: Mapping[str, Any]) -> bool:
        value = from_polynomial(statement["polynomial"])
        value = value.xreplace({s: point[s.name] for s in value.free_symbols})
        return bool(sides[statement["relation"]](value, 0))

    return holds(obligation["goal"]) or not all(map(holds, obligation["hypotheses"]))


SMALL = st.lists(
    st.tuples(
        st.integers(-3, 3).map(str),
        st.dictionaries(st.sampled_from("xy"), st.integers(1, 2), max_size=2),
    ).map(list),
    min_size=1,
    max_size=3,
)


@given(SMALL, SMALL, SMALL, st.sampled_from([">", ">=", "="]), st.data())
def test_whatever_is_certified_is_true(
    first: Any, second: Any, goal: Any, relation: str, data: st.DataObject
) -> None:
    """Fails if a random statement is certified and has a counterexample on a small grid."""
    obligation = {
        "kind": "fixed",
        "variables": ["x", "y"],
        "hypotheses": [
            {"name": "first", "polynomial": first, "relation": ">="},
            {"name": "second", "polynomial": second, "relation": data.draw(st.sampled_from(">="))},
        ],
        "goal": {"polynomial": goal, "relation": relation},
    }
    if find(obligation, degree=2) is not None:
        values = [sympy.Rational(n, 2) for n in range(-3, 4)]
        assert all(sound_at(obligation, {"x": a, "y": b}) for a in values for b in values)


def test_squares_can_be_suggested() -> None:
    (obligation,) = fixed({}, x**4 - 2 * x**2 * y + y**2 + z**2 >= 0)
    assert find(obligation, squares=[to_polynomial(x**2 - y), to_polynomial(z)]) is not None


def test_equalities_may_be_nonlinear() -> None:
    """x^2 = y cannot be solved for x, but y can be replaced; x^2 = y^2 needs multipliers."""
    (first,) = fixed({"e": sympy.Eq(x**2, y), "z": z > 0}, y * z >= 0)
    assert find(first) is not None
    (second,) = fixed({"e": sympy.Eq(x**2, y**2)}, sympy.Eq(x**4, y**4))
    assert find(second) is not None


def test_find_names_what_is_malformed() -> None:
    broken = copy.deepcopy(TRUE["SA-2 p"][0])
    broken["goal"]["polynomial"][0][0] = "7"
    with pytest.raises(kernel.Rejected, match="not the sum"):
        find(broken)


# --- the bridge from SymPy


def test_polynomials_survive_the_bridge() -> None:
    expression = x**2 * y / 3 - 5
    data = to_polynomial(expression)
    back = from_polynomial(data)
    assert sympy.expand(back.xreplace({s: sympy.Symbol(s.name) for s in back.free_symbols})
                        - expression) == 0  # fmt: skip
    assert to_polynomial(sympy.Integer(0)) == []


@pytest.mark.parametrize(
    "bad", [1 / x, sympy.sqrt(x), x * sympy.Float("0.5"), sympy.sin(x), sympy.pi, x**y]
)
def test_only_rational_polynomials_cross_the_bridge(bad: Any) -> None:
    with pytest.raises(ValueError, match="not a polynomial"):
        to_polynomial(bad)


def test_symbols_of_the_same_name_are_not_confused() -> None:
    with pytest.raises(ValueError, match="same name"):
        to_polynomial(x - sympy.Symbol("x", real=True))


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (x / y > 0, [("x*y", ">")]),
        (x / y >= 0, [("y**2", ">"), ("x*y", ">=")]),
        (sympy.Eq(x / y, 1), [("y**2", ">"), ("x - y", "=")]),
        (x / y**2 > 0, [("y**2", ">"), ("x", ">")]),
        (x / y < 0, [("-x*y", ">")]),
        ((x**2 - y**2) / (x - y) > 0, [("(x - y)**2", ">"), ("x + y", ">")]),
        (1 / (1 + 1 / x) > 0, [("x**2", ">"), ("x*(x + 1)", ">")]),
        (sympy.Ne(x, y), [("(x - y)**2", ">")]),
    ],
    ids=str,
)
def test_denominators_are_cleared_soundly(goal: Any, expected: list[tuple[str, str]]) -> None:
    """Fails if a denominator's sign is forgotten or its zeros are not asked about."""
    goals = [one["goal"] for one in fixed({}, goal)]
    assert [g["relation"] for g in goals] == [relation for _, relation in expected]
    for one, (text, _) in zip(goals, expected, strict=True):
        assert one["polynomial"] == to_polynomial(sympy.expand(sympy.parse_expr(text)))


def test_assumptions_of_symbols_are_not_used() -> None:
    positive = sympy.Symbol("p", positive=True)
    (obligation,) = fixed({}, positive > y)
    assert obligation["hypotheses"] == []
    with pytest.raises(ValueError, match="not a relation"):
        fixed({}, positive > 0)  # SymPy has already decided this one


def test_a_sum_over_two_lists_must_be_separable() -> None:
    with pytest.raises(ValueError, match="mixes"):
        pair(([x], [y]), {"S": x * y}, {}, x * y, z >= 0)
