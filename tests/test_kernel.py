"""The trusted kernel accepts proofs and nothing else: one test for each way to cheat."""

from __future__ import annotations

import ast
import copy
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import kernel
from theory.kernel import Rejected, check

ONE: list[Any] = [["1", {}]]


def hypothesis(name: str, polynomial: list[Any], relation: str = ">=") -> dict[str, Any]:
    return {"name": name, "polynomial": polynomial, "relation": relation}


def var(name: str, exponent: int = 1) -> list[Any]:
    return [["1", {name: exponent}]]


def product(coefficient: str, **powers: int) -> dict[str, Any]:
    return {"coefficient": coefficient, "powers": powers}


def proof(terms: list[Any], sigma: Any = None, **more: Any) -> dict[str, Any]:
    sigma = [product("1")] if sigma is None else sigma
    return {"sigma": sigma, "terms": terms, "multipliers": {}, "squares": {}, **more}


def fixed(goal: list[Any], relation: str, *hypotheses: Any) -> dict[str, Any]:
    return {
        "kind": "fixed",
        "variables": ["x", "y"],
        "hypotheses": list(hypotheses),
        "goal": {"polynomial": goal, "relation": relation},
    }


X, Y = hypothesis("X", var("x"), ">"), hypothesis("Y", var("y"), ">=")
XY = [["1", {"x": 1, "y": 1}]]


def rejected(obligation: Any, certificate: Any) -> str:
    with pytest.raises(Rejected) as caught:
        check(obligation, certificate)
    return caught.value.reason


# --- fixed obligations


def test_a_product_of_hypotheses_is_accepted() -> None:
    """Fails if the kernel rejects x > 0, y >= 0 => x y >= 0."""
    check(fixed(XY, ">=", X, Y), proof([product("1", X=1, Y=1)]))


def test_a_strict_goal_needs_strict_hypotheses_only() -> None:
    """Fails if x > 0, y >= 0 were to give x y > 0."""
    assert "strict" in rejected(fixed(XY, ">", X, Y), proof([product("1", X=1, Y=1)]))


def test_strictness_cannot_come_from_a_term_with_coefficient_zero() -> None:
    vacuous = proof([product("1", Y=1), product("0")])
    check(fixed(var("y"), ">=", Y), vacuous)
    assert "strict" in rejected(fixed(var("y"), ">", Y), vacuous)


def test_strictness_cannot_come_from_a_square() -> None:
    squares = {"s": var("x")}
    certificate = proof([product("1", s=1)], squares=squares)
    check(fixed(var("x", 2), ">="), certificate)
    rejected(fixed(var("x", 2), ">"), certificate)


@pytest.mark.parametrize("sigma", [[], [product("0")], [product("-1")], [product("1", Y=1)]])
def test_sigma_must_be_positive(sigma: list[Any]) -> None:
    """Fails if a goal could be multiplied by zero, a negative number or something that vanishes."""
    assert "sigma" in rejected(fixed(var("x"), ">=", X, Y), proof([], sigma))


def test_sigma_may_not_use_squares() -> None:
    """x^2 * (-1) = -x^2 would be no contradiction at x = 0."""
    certificate = proof([], [product("1", s=1)], squares={"s": [["0", {}]]})
    assert "sigma" in rejected(fixed([["-1", {}]], ">="), certificate)


def test_negative_coefficients_are_rejected() -> None:
    goal = [["-1", {"x": 1}]]
    assert "negative" in rejected(fixed(goal, ">=", X), proof([product("-1", X=1)]))


def test_multipliers_are_for_equalities_only() -> None:
    """Fails if -x >= 0 could be derived from x > 0 with the multiplier -1."""
    cheat = proof([], multipliers={"X": [["-1", {}]]})
    assert "equality" in rejected(fixed([["-1", {"x": 1}]], ">=", X), cheat)


def test_multipliers_of_equalities_may_have_any_sign() -> None:
    same = hypothesis("same", [["1", {"x": 1}], ["-1", {"y": 1}]], "=")
    goal = [["1", {"y": 2}], ["-1", {"x": 1, "y": 1}]]
    check(fixed(goal, "=", same), proof([], multipliers={"same": [["-1", {"y": 1}]]}))


def test_equalities_are_not_terms() -> None:
    same = hypothesis("same", [["1", {"x": 1}]], "=")
    assert "called" in rejected(fixed(var("x"), ">=", same), proof([product("1", same=1)]))


def test_an_equality_does_not_follow_from_one_inequality() -> None:
    assert "equalities" in rejected(fixed(var("y"), "=", Y), proof([product("1", Y=1)]))


def test_an_equality_follows_from_two_inequalities() -> None:
    low, high = hypothesis("low", var("x")), hypothesis("high", [["-1", {"x": 1}]])
    both = {"not negative": proof([product("1", low=1)]),
            "not positive": proof([product("1", high=1)])}  # fmt: skip
    check(fixed(var("x"), "=", low, high), {"proofs": both})
    rejected(fixed(var("x"), "=", low), {"proofs": both})
    rejected(fixed(var("x"), ">", low, high), {"proofs": both})
    rejected(fixed(var("x"), "=", low, high), {"proofs": {"not negative": both["not negative"]}})


def test_a_square_cannot_redefine_a_hypothesis() -> None:
    cheat = proof([product("1", X=1)], squares={"X": var("x")})
    assert "name" in rejected(fixed(var("x", 2), ">=", X), cheat)


def test_two_hypotheses_cannot_share_a_name() -> None:
    assert "twice" in rejected(fixed(var("x"), ">", X, X), proof([product("1", X=1)]))


def test_every_variable_is_declared() -> None:
    assert "unknown variable" in rejected(fixed(var("z"), ">="), proof([]))


# --- sums over lists


def summed(**changes: Any) -> dict[str, Any]:
    """sum_i sum_j (x_i - y_j) >= 0 because every x_i - y_j is: M sum_i x_i - k sum_j y_j >= 0."""
    obligation = {
        "kind": "pair",
        "lists": [
            {"variables": ["x"], "sums": {"X": {"x": 1}, "k": {}}},
            {"variables": ["y"], "sums": {"Y": {"y": 1}, "M": {}}},
        ],
        "parameters": ["t"],
        "hypotheses": [hypothesis("order", [["1", {"x": 1}], ["-1", {"y": 1}]], ">")],
        "nonempty": True,
        "term": [["1", {"x": 1}], ["-1", {"y": 1}]],
        "goal": {"polynomial": [["1", {"M": 1, "X": 1}], ["-1", {"Y": 1, "k": 1}]],
                 "relation": ">"},
    }  # fmt: skip
    return {**copy.deepcopy(obligation), **changes}


PAIR_PROOF = {"proofs": {"term": proof([product("1", order=1)])}}


def test_a_double_sum_is_accepted() -> None:
    check(summed(), PAIR_PROOF)


def test_an_empty_double_sum_is_not_positive() -> None:
    assert "empty" in rejected(summed(nonempty=False), PAIR_PROOF)
    for almost in (1, "yes", None):
        assert "nonempty" in rejected(summed(nonempty=almost), PAIR_PROOF)
    weak = summed(nonempty=False)
    weak["goal"]["relation"] = ">="
    check(weak, PAIR_PROOF)


def test_the_length_of_a_list_is_a_sum_like_any_other() -> None:
    """Fails if sum_ij x_i could be read as sum_i x_i, forgetting the number of j."""
    obligation = summed()
    obligation["goal"]["polynomial"] = [["1", {"X": 1}], ["-1", {"Y": 1}]]
    assert "not the sum" in rejected(obligation, PAIR_PROOF)
    obligation = summed()
    del obligation["lists"][1]["sums"]["M"]
    obligation["goal"]["polynomial"] = [["1", {"X": 1}], ["-1", {"Y": 1, "k": 1}]]
    assert "no sum" in rejected(obligation, PAIR_PROOF)


def test_lists_cannot_share_variables() -> None:
    """Fails if sum_ij x_i x_j could be confused with sum_i x_i^2."""
    obligation = summed()
    obligation["lists"][1]["variables"] = ["x"]
    obligation["lists"][1]["sums"] = {"Y": {"x": 1}, "M": {}}
    assert "share" in rejected(obligation, PAIR_PROOF)


@pytest.mark.parametrize("name", ["X", "x", "t"])
def test_a_name_stands_for_one_thing(name: str) -> None:
    """Fails if a sum could also be a parameter, a mode variable, or the sum of the other list."""
    obligation = summed()
    obligation["lists"][1]["sums"] = {name: {"y": 1}, "M": {}}
    assert "twice" in rejected(obligation, PAIR_PROOF)


def test_one_monomial_has_one_sum() -> None:
    obligation = summed()
    obligation["lists"][0]["sums"]["X2"] = {"x": 1}
    assert "same monomial" in rejected(obligation, PAIR_PROOF)


def test_a_sum_does_not_mix_the_lists() -> None:
    obligation = summed()
    obligation["lists"][0]["sums"]["X"] = {"x": 1, "y": 1}
    assert "unknown variable" in rejected(obligation, PAIR_PROOF)


def test_parameters_are_not_summed() -> None:
    """sum_i t x_i = t X; it is not T X for some sum T."""
    obligation = {
        **summed(kind="linear", term=[["1", {"t": 1, "x": 1}]]),
        "lists": [{"variables": ["x"], "sums": {"X": {"x": 1}}}],
        "hypotheses": [hypothesis("x", var("x")), hypothesis("t", var("t"))],
        "goal": {"polynomial": [["1", {"t": 1, "X": 1}]], "relation": ">="},
    }
    good = {"proofs": {"term": proof([product("1", x=1, t=1)])}}
    check(obligation, good)
    obligation["lists"][0]["sums"]["T"] = {"t": 1}
    assert "unknown variable" in rejected(obligation, good)


def test_sums_cannot_be_used_inside_the_term() -> None:
    obligation = summed(term=[["1", {"X": 1}]])
    assert "unknown variable" in rejected(obligation, PAIR_PROOF)


@pytest.mark.parametrize("kind", ["linear", "pair"])
def test_the_number_of_lists_is_fixed(kind: str) -> None:
    lists = summed()["lists"]
    wrong = lists if kind == "linear" else lists[:1]
    assert "list(s)" in rejected(summed(kind=kind, lists=wrong), PAIR_PROOF)


# --- induction


def fold(**changes: Any) -> dict[str, Any]:
    """Every x >= p gives sum x >= p * length, by induction."""
    obligation = {
        "kind": "fold",
        "variables": ["x"],
        "parameters": ["p"],
        "hypotheses": [
            hypothesis("above", [["1", {"x": 1}], ["-1", {"p": 1}]]),
            hypothesis("p", var("p"), ">"),
        ],
        "accumulators": {"X": var("x"), "n": ONE},
        "base": "empty",
        "invariants": [
            {"polynomial": [["1", {"X": 1}], ["-1", {"n": 1, "p": 1}]], "relation": ">="}
        ],
    }
    return {**copy.deepcopy(obligation), **changes}


STEP = proof([{"coefficient": "1", "powers": {"invariant 0": 1}}, product("1", above=1)])
FOLD_PROOF = {"proofs": {"base 0": proof([]), "step 0": STEP}}


def test_induction_is_accepted() -> None:
    check(fold(), FOLD_PROOF)


@pytest.mark.parametrize("missing", ["base 0", "step 0"])
def test_induction_needs_base_and_step(missing: str) -> None:
    proofs = {name: p for name, p in FOLD_PROOF["proofs"].items() if name != missing}
    assert "proofs needed" in rejected(fold(), {"proofs": proofs})


def test_a_false_start_is_found() -> None:
    """X - n p >= 1 is inductive, but false of the empty list."""
    invariant = [["1", {"X": 1}], ["-1", {"n": 1, "p": 1}], ["-1", {}]]
    obligation = fold(invariants=[{"polynomial": invariant, "relation": ">="}])
    assert "identity" in rejected(obligation, FOLD_PROOF)


def test_the_empty_base_knows_nothing_about_modes() -> None:
    """Fails if "x >= p > 0" could be used where there is no x, to show that 0 > 0."""
    obligation = fold(
        hypotheses=[hypothesis("x", var("x"), ">"), hypothesis("no", [["-1", {"x": 1}]], ">")],
        invariants=[{"polynomial": [["1", {"X": 1}], ["-1", {"n": 1}]], "relation": ">"}],
    )
    absurd = proof([product("1", x=1), product("1", no=1)])  # 0 = x - x, both positive
    step = proof([{"coefficient": "1", "powers": {"invariant 0": 1}}], multipliers={})
    assert "no inequality" in rejected(obligation, {"proofs": {"base 0": absurd, "step 0": step}})


def test_strict_invariants_start_from_the_first_mode() -> None:
    positive = {
        "hypotheses": [hypothesis("x", var("x"), ">")],
        "accumulators": {"X": var("x")},
        "parameters": [],
        "invariants": [{"polynomial": var("X"), "relation": ">"}],
    }
    first = proof([product("1", x=1)])
    more = proof([{"coefficient": "1", "powers": {"invariant 0": 1}}, product("1", x=1)])
    certificate = {"proofs": {"base 0": first, "step 0": more}}
    check(fold(**positive, base="first"), certificate)
    rejected(fold(**positive), certificate)
    assert "base" in rejected(fold(**positive, base="later"), certificate)
    rejected(fold(**positive), {"proofs": {"base 0": proof([]), "step 0": more}})


def test_the_induction_hypothesis_cannot_be_given() -> None:
    """Fails if a hypothesis could pass for the invariant of the list so far."""
    fake = [*fold()["hypotheses"], hypothesis("invariant 0", ONE, ">")]
    assert "twice" in rejected(fold(hypotheses=fake), FOLD_PROOF)


@pytest.mark.parametrize("change", [{"parameters": ["p", "X"]}, {"variables": ["x", "n"]}])
def test_accumulators_have_names_of_their_own(change: dict[str, Any]) -> None:
    assert "twice" in rejected(fold(**change), FOLD_PROOF)


def test_contributions_do_not_depend_on_accumulators() -> None:
    growing = fold(accumulators={"X": var("X"), "n": ONE})
    assert "unknown variable" in rejected(growing, FOLD_PROOF)


def test_some_invariant_is_claimed() -> None:
    assert "no invariant" in rejected(fold(invariants=[]), {"proofs": {}})


# --- data and arithmetic


def test_obligations_survive_json() -> None:
    for obligation, certificate in ((summed(), PAIR_PROOF), (fold(), FOLD_PROOF)):
        check(json.loads(json.dumps(obligation)), json.loads(json.dumps(certificate)))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


def places(data: Any) -> list[tuple[Any, ...]]:
    if isinstance(data, dict):
        entries = list(data.items())
    else:
        entries = list(enumerate(data)) if isinstance(data, list) else []
    return [(), *((key, *rest) for key, inner in entries for rest in places(inner))]


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    result = copy.copy(data)
    result[path[0]] = replaced(data[path[0]], path[1:], value)
    return result


@given(st.data())
def test_junk_anywhere_is_rejected_and_never_crashes(draw: st.DataObject) -> None:
    """Fails on any exception but `Rejected`."""
    pairs = [(summed(), PAIR_PROOF), (fold(), FOLD_PROOF),
             (fixed(XY, ">=", X, Y), proof([product("1", X=1, Y=1)]))]  # fmt: skip
    whole = draw.draw(st.sampled_from(pairs))
    path = draw.draw(st.sampled_from(places(list(whole))[1:]))
    obligation, certificate = replaced(list(whole), path, draw.draw(JUNK))
    try:
        check(obligation, certificate)
    except Rejected:
        return


POLYNOMIALS = st.lists(
    st.tuples(
        st.fractions(max_denominator=9).map(str),
        st.dictionaries(st.sampled_from("xy"), st.integers(1, 4)),
    ),
    max_size=4,
)


def value(polynomial: kernel.Polynomial, **point: Fraction) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        for name, exponent in monomial:
            coefficient *= point[name] ** exponent
        total += coefficient
    return total


@given(POLYNOMIALS, POLYNOMIALS, st.fractions(), st.fractions(), st.integers(0, 4))
def test_arithmetic_agrees_with_evaluation(
    a: Any, b: Any, x: Fraction, y: Fraction, n: int
) -> None:
    """Fails if a sum, product, power or substitution is not what it is called."""
    p, q = kernel.read(a, "xy"), kernel.read(b, "xy")
    at_p, at_q = value(p, x=x, y=y), value(q, x=x, y=y)
    assert value(kernel.plus(p, q), x=x, y=y) == at_p + at_q
    assert value(kernel.times(p, q), x=x, y=y) == at_p * at_q
    assert value(kernel.power(p, n), x=x, y=y) == at_p**n
    assert value(kernel.substitute(p, {"x": q}), x=x, y=y) == value(p, x=at_q, y=y)
    assert kernel.read(kernel.write(p), "xy") == p


def test_substitution_is_simultaneous() -> None:
    swapped = kernel.substitute(
        kernel.read([["1", {"x": 2, "y": 1}]], "xy"),
        {"x": kernel.read(var("y"), "xy"), "y": kernel.read(var("x"), "xy")},
    )
    assert swapped == kernel.read([["1", {"x": 1, "y": 2}]], "xy")


def test_the_kernel_uses_only_the_standard_library() -> None:
    tree = ast.parse(Path(kernel.__file__).read_text(encoding="utf-8"))
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {str(m).split(".")[0] for m in modules} <= sys.stdlib_module_names
