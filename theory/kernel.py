"""The trusted kernel: `check` accepts a certificate only if it proves its obligation. Nothing else.

Everything is plain JSON data and exact rational arithmetic; only the standard library is used.
A *polynomial* is a list of `[coefficient, monomial]`, for example x^2 y / 2 - 3 is
`[["1/2", {"x": 2, "y": 1}], ["-3", {}]]`. A *relation* (`">"`, `">="`, `"="`) compares with zero.
All variables are universally quantified reals.

Obligations (keys are exact: unknown or missing ones are rejected)
    fixed        {"kind": "fixed", "variables": [name...],
                  "hypotheses": [{"name", "polynomial", "relation"}...],
                  "goal": {"polynomial", "relation"}}
    linear/pair  {"kind": "linear" | "pair",
                  "lists": [{"variables": [...], "sums": {name: monomial}}...],
                  "parameters": [...], "hypotheses": [...], "nonempty": bool,
                  "term": polynomial, "goal": {"polynomial", "relation"}}
                 one (linear) or two (pair) lists of modes of any length; `goal` is about the sums
                 over the lists and the parameters. The sum of the monomial `{}` is the length.
                 For "F >= c U V", put term - c u(i) v(j) and F - c U V.
    fold         {"kind": "fold", "variables": [...], "parameters": [...], "hypotheses": [...],
                  "accumulators": {name: polynomial}, "base": "empty" | "first",
                  "invariants": [{"polynomial", "relation"}...]}
                 what one mode adds to each accumulator; the invariants hold for every list of modes
                 (every non-empty list, when the base is "first").
Certificates
    fixed        {"sigma": [{"coefficient", "powers": {hypothesis: exponent}}...],
                  "terms": [{"coefficient", "powers": {hypothesis or square: exponent}}...],
                  "multipliers": {equality: polynomial}, "squares": {name: polynomial}}
    others       {"proofs": {goal name: fixed certificate}}, one for each entry of `reduce`;
                 also a fixed "=", by the names "not negative" and "not positive".

Source: Handelman-type products (Handelman 1988; Krivine, Stengle) and induction; our formalisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

Monomial = tuple[tuple[str, int], ...]  # sorted by variable, exponents >= 1
Polynomial = dict[Monomial, Fraction]  # no zero coefficients
RELATIONS = (">", ">=", "=")
LARGEST_EXPONENT = 64
NUMBER = re.compile(r"-?[0-9]{1,1000}(/[0-9]{1,1000})?")


class Rejected(Exception):
    """The certificate proves nothing; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(obligation: Mapping[str, Any], certificate: Mapping[str, Any]) -> None:
    """Return if the certificate proves the obligation, raise `Rejected` otherwise."""
    goals = reduce(obligation)
    if obligation["kind"] == "fixed" and "proofs" not in _object(certificate, "certificate"):
        _check_fixed(goals["goal"], certificate)
        return
    if obligation["kind"] == "fixed":
        goals = _both_signs(obligation)
    proofs = _object(_keys(certificate, "certificate", "proofs")["proofs"], "proofs")
    _demand(set(proofs) == set(goals), f"proofs needed: {sorted(goals)}, given: {sorted(proofs)}")
    for name, goal in goals.items():
        _check_fixed(goal, proofs[name])


def reduce(obligation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fixed obligations, by name, that together imply this one; `Rejected` if malformed."""
    kind = _object(obligation, "obligation").get("kind")
    if kind == "fixed":
        _keys(obligation, "obligation", "kind", "variables", "hypotheses", "goal")
        return {"goal": dict(obligation)}
    if kind in ("linear", "pair"):
        return _reduce_sum(obligation, lists=1 if kind == "linear" else 2)
    _demand(kind == "fold", f"unknown kind of obligation {kind!r}")
    return _reduce_fold(obligation)


def _both_signs(obligation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Two goals, goal >= 0 and -goal >= 0. Why sound: a real number that is both is zero."""
    hypotheses, variables = obligation["hypotheses"], _names(obligation["variables"], "variables")
    goal, relation = _statement(obligation["goal"], variables)
    _demand(relation == "=", "only an equality is proved by two inequalities")
    negated = times(goal, {(): Fraction(-1)})
    return {
        "not negative": _fixed(variables, hypotheses, write(goal), ">="),
        "not positive": _fixed(variables, hypotheses, write(negated), ">="),
    }


def _check_fixed(obligation: Mapping[str, Any], certificate: Mapping[str, Any]) -> None:
    """Accept sigma * goal = sum of terms + sum of multiplier * equality, if the signs are right.

    Why sound. Where the hypotheses hold, sigma > 0: it is a nonempty sum of positive multiples of
    products of positive polynomials (the empty product is 1). Each term is >= 0: a nonnegative
    multiple of a product of hypotheses > 0 or >= 0 and of squares. Each multiplier * equality is 0.
    So sigma * goal >= 0, and > 0 if one term is a positive multiple of a product of only strict
    hypotheses, and = 0 if there are no terms at all. Dividing by sigma > 0 gives the goal.
    """
    variables = _names(obligation["variables"], "variables")
    hypotheses = _hypotheses(obligation["hypotheses"], variables)
    goal, relation = _statement(obligation["goal"], variables)
    _keys(certificate, "certificate", "sigma", "terms", "multipliers", "squares")
    factors = {n: polynomial for n, (polynomial, r) in hypotheses.items() if r != "="}
    strict = {n for n, (_, r) in hypotheses.items() if r == ">"}
    for name, polynomial in _object(certificate["squares"], "squares").items():
        _demand(name not in hypotheses, f"square {name!r} has the name of a hypothesis")
        root = read(polynomial, variables)
        factors[name] = times(root, root)

    sigma: Polynomial = {}
    for coefficient, powers in _products(certificate["sigma"], "sigma"):
        _demand(set(powers) <= strict, "sigma may only use strict hypotheses")
        _demand(coefficient > 0, "sigma needs positive coefficients")
        sigma = plus(sigma, _product(coefficient, powers, factors))
    _demand(bool(certificate["sigma"]), "sigma is zero")

    total: Polynomial = {}
    positive = False
    terms = _products(certificate["terms"], "terms")
    for coefficient, powers in terms:
        _demand(coefficient >= 0, "a term has a negative coefficient")
        positive = positive or (coefficient > 0 and set(powers) <= strict)
        total = plus(total, _product(coefficient, powers, factors))
    for name, multiplier in _object(certificate["multipliers"], "multipliers").items():
        _demand(name in hypotheses and name not in factors, f"{name!r} is not an equality")
        total = plus(total, times(read(multiplier, variables), hypotheses[name][0]))

    _demand(relation != ">" or positive, "a strict goal needs a term of strict hypotheses only")
    _demand(relation != "=" or not terms, "an equality must follow from equalities alone")
    _demand(times(sigma, goal) == total, "the identity does not hold")


def _reduce_sum(obligation: Mapping[str, Any], lists: int) -> dict[str, dict[str, Any]]:
    """One goal: `term` has the wanted sign for all modes, one from each list.

    Why sound. The hypotheses are assumed of every mode (pair of modes) and of the parameters, so
    `term` has its sign for each of them and so has the sum of `term` over the list (all pairs).
    The sum is zero when a list is empty, so a strict sign needs lists declared nonempty. Each
    monomial of `term` is (part in one mode's variables) * ... * (part in parameters), and
    sum_ij u(i) v(j) = sum_i u(i) * sum_j v(j): replacing each part by its named sum gives exactly
    the summed polynomial, which must be the goal. No name may stand for two things.
    """
    _keys(obligation, "obligation", "kind", "lists", "parameters", "hypotheses", "nonempty", "term",
          "goal")  # fmt: skip
    _demand(type(obligation["nonempty"]) is bool, "nonempty must be true or false")
    given = _list(obligation["lists"], "lists")
    _demand(len(given) == lists, f"a {obligation['kind']} obligation has {lists} list(s)")
    owner: dict[str, int] = {}
    sums: list[dict[Monomial, str]] = []
    for index, one in enumerate(given):
        own = _names(_keys(one, "list", "variables", "sums")["variables"], "variables")
        table = {n: _monomial(m, own) for n, m in _object(one["sums"], "sums").items()}
        _demand(len(set(table.values())) == len(table), "two sums have the same monomial")
        sums.append({monomial: name for name, monomial in table.items()})
        _demand(not set(own) & set(owner), "the lists share a variable")
        owner.update(dict.fromkeys(own, index))
    parameters = _names(obligation["parameters"], "parameters")
    sum_names = [name for one in sums for name in one.values()]
    _names([*owner, *parameters, *sum_names], "names of variables, parameters and sums")
    variables = [*owner, *parameters]
    _hypotheses(obligation["hypotheses"], variables)

    summed: Polynomial = {}
    for monomial, coefficient in read(obligation["term"], variables).items():
        image: Polynomial = {tuple(p for p in monomial if p[0] not in owner): coefficient}
        for index, table_of_list in enumerate(sums):
            part = tuple(p for p in monomial if owner.get(p[0]) == index)
            _demand(part in table_of_list, f"no sum of list {index} for the monomial {dict(part)}")
            image = times(image, {((table_of_list[part], 1),): Fraction(1)})
        summed = plus(summed, image)
    goal, relation = _statement(obligation["goal"], [*parameters, *sum_names])
    _demand(summed == goal, "the goal is not the sum of the term")
    _demand(relation != ">" or obligation["nonempty"], "an empty sum is zero, not positive")
    return {"term": _fixed(variables, obligation["hypotheses"], obligation["term"], relation)}


def _reduce_fold(obligation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Induction over the list of modes; one base and one step goal for each invariant.

    Why sound. Base: the invariants hold of the empty list, where accumulators are 0 and only
    hypotheses about parameters may be used (there is no mode); or of a list of one arbitrary mode.
    Step: if they hold of a list with accumulators A (arbitrary reals) then, for one more mode that
    satisfies the hypotheses, they hold of A + contribution. Parameters stay the same throughout, so
    a parameter without hypotheses serves as "for all t".
    """
    _keys(obligation, "obligation", "kind", "variables", "parameters", "hypotheses", "accumulators",
          "base", "invariants")  # fmt: skip
    mode = _names(obligation["variables"], "variables")
    parameters = _names(obligation["parameters"], "parameters")
    adds = _object(obligation["accumulators"], "accumulators")
    everything = _names([*mode, *parameters, *adds], "names")
    contribution = {name: read(p, [*mode, *parameters]) for name, p in adds.items()}
    assumed = _list(obligation["hypotheses"], "hypotheses")
    parsed = _hypotheses(assumed, [*mode, *parameters])
    about_parameters = [
        h for h in assumed if not _variables_of(parsed[h["name"]][0]).intersection(mode)
    ]
    _demand(obligation["base"] in ("empty", "first"), "base must be 'empty' or 'first'")
    invariants = _list(obligation["invariants"], "invariants")
    _demand(bool(invariants), "no invariant")
    statements = [_statement(one, [*parameters, *adds]) for one in invariants]
    previous = [
        {"name": f"invariant {i}", "polynomial": write(polynomial), "relation": relation}
        for i, (polynomial, relation) in enumerate(statements)
    ]
    after = {n: plus({((n, 1),): Fraction(1)}, added) for n, added in contribution.items()}
    nothing: dict[str, Polynomial] = {name: {} for name in adds}
    goals = {}
    for i, (polynomial, relation) in enumerate(statements):
        if obligation["base"] == "empty":
            start = write(substitute(polynomial, nothing))
            goals[f"base {i}"] = _fixed(parameters, about_parameters, start, relation)
        else:
            start = write(substitute(polynomial, contribution))
            goals[f"base {i}"] = _fixed([*mode, *parameters], assumed, start, relation)
        grown = write(substitute(polynomial, after))
        goals[f"step {i}"] = _fixed(everything, [*assumed, *previous], grown, relation)
    return goals


# --- exact polynomials


def read(value: Any, variables: Iterable[str]) -> Polynomial:
    """Parse a polynomial; every variable must be one of `variables`."""
    result: Polynomial = {}
    for entry in _list(value, "polynomial"):
        _demand(len(_list(entry, "monomial")) == 2, "expected [coefficient, monomial]")
        result = plus(result, {_monomial(entry[1], variables): _number(entry[0])})
    return result


def write(polynomial: Polynomial) -> list[Any]:
    """The inverse of `read`, in sorted order."""
    return [[str(c), dict(monomial)] for monomial, c in sorted(polynomial.items())]


def plus(a: Polynomial, b: Polynomial) -> Polynomial:
    result = dict(a)
    for monomial, coefficient in b.items():
        result[monomial] = result.get(monomial, Fraction(0)) + coefficient
    return {monomial: c for monomial, c in result.items() if c != 0}


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for monomial, coefficient in a.items():
        for other, factor in b.items():
            exponents = dict(monomial)
            for variable, exponent in other:
                exponents[variable] = exponents.get(variable, 0) + exponent
            product = tuple(sorted(exponents.items()))
            result[product] = result.get(product, Fraction(0)) + coefficient * factor
    return {monomial: c for monomial, c in result.items() if c != 0}


def power(base: Polynomial, exponent: int) -> Polynomial:
    result: Polynomial = {(): Fraction(1)}
    for _ in range(exponent):
        result = times(result, base)
    return result


def substitute(polynomial: Polynomial, values: Mapping[str, Polynomial]) -> Polynomial:
    """Replace variables by polynomials, all at the same time."""
    result: Polynomial = {}
    for monomial, coefficient in polynomial.items():
        term: Polynomial = {(): coefficient}
        for variable, exponent in monomial:
            value = values.get(variable, {((variable, 1),): Fraction(1)})
            term = times(term, power(value, exponent))
        result = plus(result, term)
    return result


def _product(c: Fraction, powers: Mapping[str, int], of: Mapping[str, Polynomial]) -> Polynomial:
    result: Polynomial = {(): c} if c else {}
    for name, exponent in powers.items():
        _demand(name in of, f"no inequality or square is called {name!r}")
        result = times(result, power(of[name], exponent))
    return result


def _variables_of(polynomial: Polynomial) -> set[str]:
    return {variable for monomial in polynomial for variable, _ in monomial}


# --- reading data that nobody trusts


def _demand(condition: bool, reason: str) -> None:
    if not condition:
        raise Rejected(reason)


def _object(value: Any, what: str) -> Mapping[str, Any]:
    _demand(isinstance(value, Mapping) and all(type(k) is str for k in value),
            f"{what}: expected an object")  # fmt: skip
    return value  # type: ignore[no-any-return]


def _keys(value: Any, what: str, *keys: str) -> Mapping[str, Any]:
    _demand(set(_object(value, what)) == set(keys), f"{what}: expected the keys {keys}")
    return value  # type: ignore[no-any-return]


def _list(value: Any, what: str) -> list[Any] | tuple[Any, ...]:
    _demand(isinstance(value, list | tuple), f"{what}: expected a list")
    return value  # type: ignore[no-any-return]


def _names(value: Any, what: str) -> list[str]:
    names = list(_list(value, what))
    _demand(all(type(n) is str and n for n in names), f"{what}: expected names")
    _demand(len(set(names)) == len(names), f"{what}: a name occurs twice")
    return names


def _number(value: Any) -> Fraction:
    _demand(type(value) is str and NUMBER.fullmatch(value) is not None, f"not a number: {value!r}")
    _demand(not re.search("/0+$", value), f"zero denominator: {value!r}")
    return Fraction(value)


def _exponents(value: Any) -> dict[str, int]:
    exponents = dict(_object(value, "exponents"))
    for exponent in exponents.values():
        _demand(type(exponent) is int and 1 <= exponent <= LARGEST_EXPONENT, "bad exponent")
    return exponents


def _monomial(value: Any, variables: Iterable[str]) -> Monomial:
    exponents = _exponents(value)
    _demand(set(exponents) <= set(variables), f"unknown variable in {sorted(exponents)}")
    return tuple(sorted(exponents.items()))


def _statement(value: Any, variables: list[str], *more: str) -> tuple[Polynomial, str]:
    _keys(value, "statement", "polynomial", "relation", *more)
    _demand(value["relation"] in RELATIONS, f"unknown relation {value['relation']!r}")
    return read(value["polynomial"], variables), value["relation"]


def _hypotheses(value: Any, variables: list[str]) -> dict[str, tuple[Polynomial, str]]:
    parsed = [_statement(one, variables, "name") for one in _list(value, "hypotheses")]
    return dict(zip(_names([one["name"] for one in value], "hypotheses"), parsed, strict=True))


def _products(value: Any, what: str) -> list[tuple[Fraction, dict[str, int]]]:
    entries = [_keys(one, what, "coefficient", "powers") for one in _list(value, what)]
    return [(_number(one["coefficient"]), _exponents(one["powers"])) for one in entries]


def _fixed(variables: list[str], hypotheses: Any, goal: Any, relation: str) -> dict[str, Any]:
    return {"kind": "fixed", "variables": list(variables), "hypotheses": list(hypotheses),
            "goal": {"polynomial": goal, "relation": relation}}  # fmt: skip
