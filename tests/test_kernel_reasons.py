"""What the kernel says when it rejects: what is wrong, and where."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from theory import kernel
from theory.kernel import Rejected

ONE: list[Any] = [["1", {}]]
X, Y, P = ([["1", {name: 1}]] for name in "xyp")
FIXED = {
    "kind": "fixed",
    "variables": ["x", "y"],
    "hypotheses": [
        {"name": "x > 0", "polynomial": X, "relation": ">"},
        {"name": "y >= 0", "polynomial": Y, "relation": ">="},
        {"name": "y = 0", "polynomial": Y, "relation": "="},
    ],
    "goal": {"polynomial": [["1", {"x": 1, "y": 1}]], "relation": ">="},
}
LINEAR = {
    "kind": "linear",
    "lists": [{"variables": ["x"], "sums": {"X": {"x": 1}}}],
    "parameters": ["p"],
    "hypotheses": [{"name": "x > 0", "polynomial": X, "relation": ">"}],
    "nonempty": True,
    "term": X,
    "goal": {"polynomial": [["1", {"X": 1}]], "relation": ">"},
}
FOLD = {
    "kind": "fold",
    "variables": ["x"],
    "parameters": ["p"],
    "hypotheses": [{"name": "x > 0", "polynomial": X, "relation": ">"}],
    "accumulators": {"X": X},
    "base": "empty",
    "invariants": [{"polynomial": [["1", {"X": 1}]], "relation": ">="}],
}


def proof(*terms: dict[str, Any]) -> dict[str, Any]:
    return {
        "sigma": [{"coefficient": "1", "powers": {}}],
        "terms": list(terms),
        "multipliers": {},
        "squares": {},
    }


BY_X = {"coefficient": "1", "powers": {"x > 0": 1}}
STEP = proof({"coefficient": "1", "powers": {"invariant 0": 1}}, BY_X)
PAIRS = {
    "fixed": (FIXED, proof({"coefficient": "1", "powers": {"x > 0": 1, "y >= 0": 1}})),
    "linear": (LINEAR, {"proofs": {"term": proof(BY_X)}}),
    "fold": (FOLD, {"proofs": {"base 0": proof(), "step 0": STEP}}),
}
CERTIFICATE_KEYS = "('sigma', 'terms', 'multipliers', 'squares')"
GONE = "missing"
WRONG: list[tuple[str, str, tuple[Any, ...], Any, str]] = [
    # kind, obligation (o) or certificate (c), place, what is put there, reason
    ("fixed", "o", ("kind",), "flat", "unknown kind of obligation 'flat'"),
    ("fixed", "o", ("goal",), GONE,
     "obligation: expected the keys ('kind', 'variables', 'hypotheses', 'goal')"),
    ("fixed", "o", ("variables",), 1, "variables: expected a list"),
    ("fixed", "o", ("variables",), ["x", "y", ""], "variables: expected names"),
    ("fixed", "o", ("variables",), ["x", "y", "x"], "variables: a name occurs twice"),
    ("fixed", "o", ("variables",), ["x"], "unknown variable in ['y']"),
    ("fixed", "o", ("hypotheses",), 1, "hypotheses: expected a list"),
    ("fixed", "o", ("hypotheses", 0, "name"), 1, "hypotheses: expected names"),
    ("fixed", "o", ("hypotheses", 0, "name"), "y = 0", "hypotheses: a name occurs twice"),
    ("fixed", "o", ("hypotheses", 0), 1, "statement: expected an object"),
    ("fixed", "o", ("hypotheses", 0, "relation"), GONE,
     "statement: expected the keys ('polynomial', 'relation', 'name')"),
    ("fixed", "o", ("goal", "relation"), "<", "unknown relation '<'"),
    ("fixed", "o", ("goal", "polynomial"), 1, "polynomial: expected a list"),
    ("fixed", "o", ("goal", "polynomial", 0), 1, "monomial: expected a list"),
    ("fixed", "o", ("goal", "polynomial", 0), ["1"], "expected [coefficient, monomial]"),
    ("fixed", "o", ("goal", "polynomial", 0, 0), "x", "not a number: 'x'"),
    ("fixed", "o", ("goal", "polynomial", 0, 0), "1/00", "zero denominator: '1/00'"),
    ("fixed", "o", ("goal", "polynomial", 0, 1), 1, "exponents: expected an object"),
    ("fixed", "o", ("goal", "polynomial", 0, 1), {"x": 65}, "bad exponent"),
    ("fixed", "o", ("goal", "relation"), ">",
     "a strict goal needs a term of strict hypotheses only"),
    ("fixed", "o", ("goal", "relation"), "=", "an equality must follow from equalities alone"),
    ("fixed", "o", ("goal", "polynomial"), ONE, "the identity does not hold"),
    ("fixed", "c", (), 1, "certificate: expected an object"),
    ("fixed", "c", (), {"proofs": {}}, "only an equality is proved by two inequalities"),
    ("fixed", "c", ("sigma",), GONE, f"certificate: expected the keys {CERTIFICATE_KEYS}"),
    ("fixed", "c", ("sigma",), 1, "sigma: expected a list"),
    ("fixed", "c", ("sigma",), [], "sigma is zero"),
    ("fixed", "c", ("sigma", 0), 1, "sigma: expected an object"),
    ("fixed", "c", ("sigma", 0, "powers"), GONE,
     "sigma: expected the keys ('coefficient', 'powers')"),
    ("fixed", "c", ("sigma", 0, "coefficient"), "0", "sigma needs positive coefficients"),
    ("fixed", "c", ("sigma", 0, "powers"), {"y >= 0": 1}, "sigma may only use strict hypotheses"),
    ("fixed", "c", ("terms",), 1, "terms: expected a list"),
    ("fixed", "c", ("terms", 0), 1, "terms: expected an object"),
    ("fixed", "c", ("terms", 0, "coefficient"), "-1", "a term has a negative coefficient"),
    ("fixed", "c", ("terms", 0, "powers"), {"z": 1}, "no inequality or square is called 'z'"),
    ("fixed", "c", ("multipliers",), 1, "multipliers: expected an object"),
    ("fixed", "c", ("multipliers",), {"x > 0": ONE}, "'x > 0' is not an equality"),
    ("fixed", "c", ("squares",), 1, "squares: expected an object"),
    ("fixed", "c", ("squares",), {"x > 0": X}, "square 'x > 0' has the name of a hypothesis"),
    ("linear", "o", ("term",), GONE,
     "obligation: expected the keys ('kind', 'lists', 'parameters', 'hypotheses', 'nonempty', "
     "'term', 'goal')"),
    ("linear", "o", ("nonempty",), 1, "nonempty must be true or false"),
    ("linear", "o", ("nonempty",), False, "an empty sum is zero, not positive"),
    ("linear", "o", ("lists",), 1, "lists: expected a list"),
    ("linear", "o", ("lists",), [], "a linear obligation has 1 list(s)"),
    ("linear", "o", ("lists", 0, "sums"), GONE, "list: expected the keys ('variables', 'sums')"),
    ("linear", "o", ("lists", 0, "variables"), 1, "variables: expected a list"),
    ("linear", "o", ("lists", 0, "sums"), 1, "sums: expected an object"),
    ("linear", "o", ("lists", 0, "sums"), {}, "no sum of list 0 for the monomial {'x': 1}"),
    ("linear", "o", ("lists", 0, "sums", "again"), {"x": 1}, "two sums have the same monomial"),
    ("linear", "o", ("parameters",), 1, "parameters: expected a list"),
    ("linear", "o", ("parameters",), ["X"],
     "names of variables, parameters and sums: a name occurs twice"),
    ("linear", "o", ("goal", "polynomial"), P, "the goal is not the sum of the term"),
    ("linear", "c", (), 1, "certificate: expected an object"),
    ("linear", "c", ("more",), {}, "certificate: expected the keys ('proofs',)"),
    ("linear", "c", ("proofs",), 1, "proofs: expected an object"),
    ("linear", "c", ("proofs",), {"x": {}}, "proofs needed: ['term'], given: ['x']"),
    ("fold", "o", ("base",), GONE,
     "obligation: expected the keys ('kind', 'variables', 'parameters', 'hypotheses', "
     "'accumulators', 'base', 'invariants')"),
    ("fold", "o", ("variables",), 1, "variables: expected a list"),
    ("fold", "o", ("parameters",), 1, "parameters: expected a list"),
    ("fold", "o", ("parameters",), ["X"], "names: a name occurs twice"),
    ("fold", "o", ("accumulators",), 1, "accumulators: expected an object"),
    ("fold", "o", ("hypotheses",), 1, "hypotheses: expected a list"),
    ("fold", "o", ("base",), "last", "base must be 'empty' or 'first'"),
    ("fold", "o", ("invariants",), 1, "invariants: expected a list"),
    ("fold", "o", ("invariants",), [], "no invariant"),
]  # fmt: skip


def put(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of the data with another value at a place, or without what is there."""
    if not place:
        return value
    changed = copy.deepcopy(data)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if value == GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


@pytest.mark.parametrize("kind", PAIRS)
def test_the_pairs_are_valid(kind: str) -> None:
    kernel.check(*PAIRS[kind])


@pytest.mark.parametrize(("kind", "which", "place", "value", "reason"), WRONG)
def test_the_reason(kind: str, which: str, place: tuple[Any, ...], value: Any, reason: str) -> None:
    """Fails if the kernel accepts what is wrong, or blames something else for it."""
    obligation, certificate = PAIRS[kind]
    if which == "o":
        obligation = put(obligation, place, value)
    else:
        certificate = put(certificate, place, value)
    with pytest.raises(Rejected) as caught:
        kernel.check(obligation, certificate)
    assert caught.value.reason == str(caught.value) == reason


def test_lists_do_not_share_variables() -> None:
    pair = {**LINEAR, "kind": "pair", "lists": LINEAR["lists"] * 2}
    with pytest.raises(Rejected, match=r"^the lists share a variable$"):
        kernel.reduce(pair)


@pytest.mark.parametrize("kind", PAIRS)
def test_what_an_obligation_is_reduced_to_is_an_obligation(kind: str) -> None:
    """Fails if a reduced obligation could not be checked on its own."""
    obligation, certificate = PAIRS[kind]
    for name, goal in kernel.reduce(obligation).items():
        assert kernel.reduce(goal) == {"goal": goal}
        kernel.check(goal, certificate["proofs"][name] if kind != "fixed" else certificate)
