"""Wrong certificates on purpose: the kernel must reject every one of them.

`corruptions(obligation, certificate)` takes a valid pair and yields pairs that are wrong. Three
families: the identity no longer holds (confirmed here by evaluating both sides at a rational point,
without the kernel's algebra); the identity still holds but a rule that makes it a proof is broken;
the data is malformed. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

from theory import kernel

Data = dict[str, Any]
FACTORS = ("101/100", "99/100", "-1", "2", "1/2", "0")
NOT_NUMBERS: tuple[Any, ...] = (
    "",
    "x",
    "1.0",
    "1e0",
    "nan",
    "inf",
    "1/0",
    " 1",
    "+1",
    "1_0",
    "١",
    None,
    1,
    1.5,
    [],
)
NOT_EXPONENTS: tuple[Any, ...] = (0, -1, 1.0, "1", True, None, 10**9)
POINTS = (Fraction(1, 7), Fraction(3, 5))


@dataclass(frozen=True)
class Corruption:
    """A changed pair and what was done to it; `is_wrong` makes sure that the change did harm."""

    what: str
    obligation: Data
    certificate: Data
    is_wrong: Callable[[], bool] = lambda: True


def corruptions(
    obligation: Mapping[str, Any], certificate: Mapping[str, Any], most: int | None = None
) -> list[Corruption]:
    """Corruptions of a valid pair: all, or `most` of them, spread over the ways to corrupt it.

    What would break this: one that the kernel accepts. Raises `theory.kernel.Rejected` if the pair
    is not valid to begin with.
    """
    kernel.check(obligation, certificate)
    changed = list(_all(dict(obligation), dict(certificate)))
    stride = max(1, len(changed) // most) if most else 1
    spread = (one for start in range(stride) for one in changed[start::stride])
    return list(islice((one for one in spread if one.is_wrong()), most))


def accepted(obligation: Mapping[str, Any], certificate: Mapping[str, Any]) -> list[str]:
    """What was done in the corruptions that the kernel accepts (there should be none)."""
    survivors = []
    for corruption in corruptions(obligation, certificate):
        try:
            kernel.check(corruption.obligation, corruption.certificate)
        except kernel.Rejected:
            continue
        survivors.append(corruption.what)
    return survivors


def _all(obligation: Data, certificate: Data) -> Iterator[Corruption]:
    for name, goal, proof in _proofs(obligation, certificate):

        def place(new: Any, name: str = name) -> Data:
            return new if not name else {"proofs": {**certificate["proofs"], name: new}}

        for what, new in _changed_identity(proof):
            fails = partial(_breaks, goal, new)
            yield Corruption(f"{name} {what}", obligation, place(new), fails)
        for what, new in [*_broken_rules(goal, proof), *_malformed(proof)]:
            yield Corruption(f"{name} {what}", obligation, place(new))
    for what, wrong in _other_obligations(obligation):
        yield Corruption(what, wrong, certificate, partial(_fails, wrong, certificate))
    yield from _broken_schema(obligation, certificate)


def _proofs(obligation: Data, certificate: Data) -> Iterator[tuple[str, Data, Data]]:
    goals = kernel.reduce(obligation)
    if "proofs" not in certificate:
        yield "", goals["goal"], certificate
    elif obligation["kind"] != "fixed":
        for name, goal in goals.items():
            yield name, goal, certificate["proofs"][name]
    else:
        for name, sign in (("not negative", 1), ("not positive", -1)):
            polynomial = [[str(sign * Fraction(c)), m] for c, m in obligation["goal"]["polynomial"]]
            goal = {**obligation, "goal": {"polynomial": polynomial, "relation": ">="}}
            yield name, goal, certificate["proofs"][name]


# --- the identity, evaluated without the kernel


def identity_holds(goal: Data, proof: Data) -> bool:
    """Whether sigma * goal = terms + multipliers at some rational points. False: surely wrong."""
    return all(_difference(goal, proof, start) == 0 for start in POINTS)


def _breaks(goal: Data, proof: Data) -> bool:
    return not identity_holds(goal, proof)


def _difference(goal: Data, proof: Data, start: Fraction) -> Fraction:
    point = {v: start + Fraction(i * i + 2, i + 3) for i, v in enumerate(goal["variables"])}
    known = {h["name"]: _value(h["polynomial"], point) for h in goal["hypotheses"]}
    known |= {n: _value(p, point) ** 2 for n, p in proof["squares"].items()}
    left = _combined(proof["sigma"], known) * _value(goal["goal"]["polynomial"], point)
    right = _combined(proof["terms"], known)
    right += sum(_value(m, point) * known[n] for n, m in proof["multipliers"].items())
    return left - right


def _value(polynomial: list[Any], point: Mapping[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for coefficient, monomial in polynomial:
        term = Fraction(coefficient)
        for variable, exponent in monomial.items():
            term *= point[variable] ** exponent
        total += term
    return total


def _combined(products: list[Any], known: Mapping[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for one in products:
        term = Fraction(one["coefficient"])
        for name, exponent in one["powers"].items():
            term *= known[name] ** exponent
        total += term
    return total


def _fails(obligation: Data, certificate: Data) -> bool:
    """Whether the obligation is malformed or an identity fails, so that it is surely not proved."""
    try:
        return not all(identity_holds(g, p) for _, g, p in _proofs(obligation, certificate))
    except (kernel.Rejected, KeyError):
        return True


# --- family 1: another identity


def _changed_identity(proof: Data) -> Iterator[tuple[str, Data]]:
    names = sorted({n for part in ("sigma", "terms") for one in proof[part] for n in one["powers"]})
    for part in ("sigma", "terms"):
        for i, one in enumerate(proof[part]):
            for factor in FACTORS:
                value = str(Fraction(one["coefficient"]) * Fraction(factor))
                yield (f"{part} {i}: coefficient times {factor}",
                       _set(proof, value, part, i, "coefficient"))  # fmt: skip
            for shift in ("1", "-1", "1/1000"):
                value = str(Fraction(one["coefficient"]) + Fraction(shift))
                yield (f"{part} {i}: coefficient plus {shift}",
                       _set(proof, value, part, i, "coefficient"))  # fmt: skip
            yield f"{part} {i}: dropped", _set(proof, _without(proof[part], i), part)
            yield f"{part} {i}: doubled", _set(proof, [*proof[part], one], part)
            for name, exponent in one["powers"].items():
                for other in (exponent + 1, exponent + 2, exponent - 1):
                    powers = {**one["powers"], name: other}
                    powers = {n: e for n, e in powers.items() if e}
                    yield (f"{part} {i}: {name} to the power {other}",
                           _set(proof, powers, part, i, "powers"))  # fmt: skip
                for other_name in names:
                    if other_name not in one["powers"]:
                        powers = {other_name if n == name else n: e
                                  for n, e in one["powers"].items()}  # fmt: skip
                        yield (f"{part} {i}: {other_name} instead of {name}",
                               _set(proof, powers, part, i, "powers"))  # fmt: skip
            for name in names:
                powers = {**one["powers"], name: one["powers"].get(name, 0) + 1}
                yield f"{part} {i}: times {name}", _set(proof, powers, part, i, "powers")
        extra = {"coefficient": "1", "powers": {}}
        yield f"{part}: one more term", _set(proof, [*proof[part], extra], part)
    for part in ("multipliers", "squares"):
        for name, polynomial in proof[part].items():
            for what, other in _other_polynomials(polynomial):
                yield f"{part} {name}: {what}", _set(proof, other, part, name)
    for name in proof["multipliers"]:
        rest = {n: m for n, m in proof["multipliers"].items() if n != name}
        yield f"multiplier of {name}: dropped", _set(proof, rest, "multipliers")


def _other_polynomials(polynomial: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Polynomials that differ from the given one in one place."""
    for i, (coefficient, monomial) in enumerate(polynomial):
        for factor in FACTORS:
            changed = [str(Fraction(coefficient) * Fraction(factor)), monomial]
            yield f"coefficient {i} times {factor}", _put(polynomial, i, changed)
        for variable, exponent in monomial.items():
            raised = {**monomial, variable: exponent + 1}
            yield f"{variable} raised in {i}", _put(polynomial, i, [coefficient, raised])
            lowered = {v: e for v, e in monomial.items() if v != variable}
            yield f"{variable} missing in {i}", _put(polynomial, i, [coefficient, lowered])
        yield f"term {i} dropped", _without(polynomial, i)
    yield "plus one", [*polynomial, ["1", {}]]
    yield "minus 1/1000", [*polynomial, ["-1/1000", {}]]


# --- family 2: an identity that proves nothing


def _broken_rules(goal: Data, proof: Data) -> Iterator[tuple[str, Data]]:
    relation = {h["name"]: h["relation"] for h in goal["hypotheses"]}
    everything = {
        "sigma": _scaled(proof["sigma"], -1),
        "terms": _scaled(proof["terms"], -1),
        "multipliers": {n: _times(m, -1) for n, m in proof["multipliers"].items()},
    }
    yield "both sides negated: sigma is negative", {**proof, **everything}
    nothing: Data = {"sigma": [], "terms": [], "multipliers": {}, "squares": {}}
    yield "zero equals zero", nothing
    zeros = {"sigma": _scaled(proof["sigma"], 0), "terms": _scaled(proof["terms"], 0)}
    yield "zero equals zero, spelled out", {**nothing, "squares": proof["squares"], **zeros}
    free = {v for v in goal["variables"] if v not in relation}
    for name in [n for n, r in relation.items() if r == ">="]:
        polynomial = next(h["polynomial"] for h in goal["hypotheses"] if h["name"] == name)
        times = {
            "sigma": _multiplied(proof["sigma"], name),
            "terms": _multiplied(proof["terms"], name),
            "multipliers": {n: _product(m, polynomial) for n, m in proof["multipliers"].items()},
        }
        yield f"both sides times {name}, which may vanish", {**proof, **times}
    for variable in sorted(free):
        square = {variable: [["1", {variable: 1}]]}
        times = {
            "sigma": _multiplied(proof["sigma"], variable),
            "terms": _multiplied(proof["terms"], variable),
            "multipliers": {
                n: [[c, {**m, variable: m.get(variable, 0) + 2}] for c, m in p]
                for n, p in proof["multipliers"].items()
            },
            "squares": {**proof["squares"], **square},
        }
        yield f"both sides times {variable} squared, which may vanish", {**proof, **times}
    for i, one in enumerate(proof["terms"]):
        split = [*proof["terms"], one, {**one, "coefficient": str(-Fraction(one["coefficient"]))}]
        yield f"terms {i}: added and subtracted again", {**proof, "terms": split}
        single = [n for n in one["powers"] if relation.get(n) in (">", ">=")]
        if len(one["powers"]) == 1 and single and one["powers"][single[0]] == 1:
            multipliers = {**proof["multipliers"], single[0]: [[one["coefficient"], {}]]}
            rest = _without(proof["terms"], i)
            yield (f"terms {i}: inequality {single[0]} used as an equality",
                   {**proof, "terms": rest, "multipliers": multipliers})  # fmt: skip
    for name, kind in relation.items():
        if kind == "=":
            continue
        shadow = {**proof["squares"], name: [["1", {}]]}
        yield f"a square called like the hypothesis {name}", {**proof, "squares": shadow}
        yield (f"a multiplier of the inequality {name}",
               {**proof, "multipliers": {**proof["multipliers"], name: []}})  # fmt: skip


def _scaled(products: list[Any], factor: int) -> list[Any]:
    return [{**p, "coefficient": str(factor * Fraction(p["coefficient"]))} for p in products]


def _multiplied(products: list[Any], name: str) -> list[Any]:
    return [{**p, "powers": {**p["powers"], name: p["powers"].get(name, 0) + 1}} for p in products]


def _times(polynomial: list[Any], factor: int) -> list[Any]:
    return [[str(factor * Fraction(c)), m] for c, m in polynomial]


def _product(a: list[Any], b: list[Any]) -> list[Any]:
    return [
        [str(Fraction(c) * Fraction(d)), {v: m.get(v, 0) + n.get(v, 0) for v in {**m, **n}}]
        for c, m in a
        for d, n in b
    ]


# --- family 3: data that is not a certificate


def _malformed(proof: Data) -> Iterator[tuple[str, Data]]:
    for key in proof:
        yield f"without {key}", {k: v for k, v in proof.items() if k != key}
        for wrong in (None, 1, "text"):
            yield f"{key} is {wrong!r}", {**proof, key: wrong}
    yield "an unknown key", {**proof, "trust me": True}
    for part in ("sigma", "terms"):
        for i, one in enumerate(proof[part]):
            for number in NOT_NUMBERS:
                yield (f"{part} {i}: coefficient {number!r}",
                       _set(proof, number, part, i, "coefficient"))  # fmt: skip
            for name in one["powers"]:
                for exponent in NOT_EXPONENTS:
                    yield (f"{part} {i}: exponent {exponent!r}",
                           _set(proof, exponent, part, i, "powers", name))  # fmt: skip
            unknown = {**one["powers"], "no such hypothesis": 1}
            yield f"{part} {i}: unknown hypothesis", _set(proof, unknown, part, i, "powers")
            yield f"{part} {i}: not an object", _set(proof, [one], part, i)


# --- other obligations, for which the certificate was not made


def _other_obligations(obligation: Data) -> Iterator[tuple[str, Data]]:
    for key in ("goal", "term", "polynomial"):
        if key in obligation:
            yield from _edited(obligation, (key,), obligation[key])
    for key in ("hypotheses", "invariants", "accumulators"):
        entries = obligation.get(key, ())
        for name in entries if isinstance(entries, dict) else range(len(entries)):
            yield from _edited(obligation, (key, name), entries[name])


def _edited(obligation: Data, path: tuple[Any, ...], entry: Any) -> Iterator[tuple[str, Data]]:
    where = " ".join(map(str, path))
    if isinstance(entry, dict):
        path, entry = (*path, "polynomial"), entry["polynomial"]
    for what, polynomial in _other_polynomials(entry):
        yield f"{where}: {what}", _set(obligation, polynomial, *path)


def _broken_schema(obligation: Data, certificate: Data) -> Iterator[Corruption]:
    for what, wrong in _broken_statements(obligation):
        yield Corruption(what, wrong, certificate)
    proofs = list(_proofs(obligation, certificate))
    for what, wrong in _relations(obligation, proofs):
        yield Corruption(what, wrong, certificate)
    if "proofs" not in certificate:
        return
    given = certificate["proofs"]
    for name in given:
        rest = {n: p for n, p in given.items() if n != name}
        yield Corruption(f"proof of {name} missing", obligation, {"proofs": rest})
        yield Corruption(f"proof of {name} misnamed", obligation, {"proofs": {**rest, "x": {}}})
        yield Corruption(f"bare proof of {name}", obligation, given[name])
    yield Corruption("one proof too many", obligation, {"proofs": {**given, "more": {}}})
    for a in given:
        for b in given:
            swapped = {"proofs": {**given, a: given[b], b: given[a]}}
            if a < b:
                what = f"proofs of {a} and {b} swapped"
                yield Corruption(what, obligation, swapped, partial(_fails, obligation, swapped))


def _broken_statements(obligation: Data) -> Iterator[tuple[str, Data]]:
    for key in obligation:
        yield f"obligation without {key}", {k: v for k, v in obligation.items() if k != key}
    yield "obligation with an unknown key", {**obligation, "hint": ""}
    for kind in ("fixed", "linear", "pair", "fold", "", None):
        if kind != obligation["kind"]:
            yield f"kind {kind!r}", {**obligation, "kind": kind}
    for i, hypothesis in enumerate(obligation["hypotheses"]):
        twice = [*obligation["hypotheses"], {**hypothesis, "relation": ">"}]
        yield f"hypothesis {i} named twice", {**obligation, "hypotheses": twice}
        for relation in ("<", "<=", "!=", "", None):
            yield (f"hypothesis {i} with relation {relation!r}",
                   _set(obligation, relation, "hypotheses", i, "relation"))  # fmt: skip
    goal = obligation.get("goal", {"polynomial": []})
    in_goal = {variable for _, monomial in goal["polynomial"] for variable in monomial}
    for i, one in enumerate(obligation.get("lists", ())):
        for name, monomial in one["sums"].items():
            if name not in in_goal:  # a sum that is never used does no harm
                continue
            parameter = [*obligation["parameters"], name]
            yield f"{name} is also a parameter", {**obligation, "parameters": parameter}
            rest = {n: m for n, m in one["sums"].items() if n != name}
            yield f"no sum {name}", _set(obligation, rest, "lists", i, "sums")
            doubled = {**one["sums"], f"{name} again": monomial}
            yield f"two names for {name}", _set(obligation, doubled, "lists", i, "sums")
            raised = {**monomial, one["variables"][0]: monomial.get(one["variables"][0], 0) + 1}
            yield f"another {name}", _set(obligation, raised, "lists", i, "sums", name)
        for variable in one["variables"]:
            for j in range(len(obligation["lists"])):
                if j != i:
                    captured = [*obligation["lists"][j]["variables"], variable]
                    yield (f"{variable} in both lists",
                           _set(obligation, captured, "lists", j, "variables"))  # fmt: skip
    if obligation["kind"] == "fold":
        for base in ("", None, "none", True):
            yield f"base {base!r}", {**obligation, "base": base}
        for name in obligation["accumulators"]:
            parameter = [*obligation["parameters"], name]
            yield f"accumulator {name} is also a parameter", {**obligation, "parameters": parameter}
        yield "no invariants", {**obligation, "invariants": []}
    if obligation.get("goal", {}).get("relation") == ">" and "nonempty" in obligation:
        yield "strict although lists may be empty", {**obligation, "nonempty": False}


def _relations(
    obligation: Data, proofs: list[tuple[str, Data, Data]]
) -> Iterator[tuple[str, Data]]:
    """Stronger goals and weaker hypotheses, where the proofs need more than is then left."""
    strict = {h["name"] for h in obligation["hypotheses"] if h["relation"] == ">"}

    def is_positive(proof: Data, positive: set[str]) -> bool:
        return any(set(t["powers"]) <= positive and t["coefficient"] != "0" for t in proof["terms"])

    relation = obligation["goal"]["relation"] if "goal" in obligation else None
    if relation == ">=" and not any(is_positive(proof, strict) for _, _, proof in proofs):
        wrong = _set(obligation, ">", "goal", "relation")
        yield "strict goal without a positive term", wrong
        if "nonempty" in obligation:
            yield "strict goal on nonempty lists", {**wrong, "nonempty": True}
    if relation in (">", ">=") and any(proof["terms"] for _, _, proof in proofs):
        yield "equality claimed", _set(obligation, "=", "goal", "relation")
    for i, hypothesis in enumerate(obligation["hypotheses"]):
        name = hypothesis["name"]
        for _, goal, proof in proofs:
            used = {n for part in ("sigma", "terms") for one in proof[part] for n in one["powers"]}
            needed = any(name in one["powers"] for one in proof["sigma"]) or (
                goal["goal"]["relation"] == ">" and not is_positive(proof, strict - {name})
            )
            if hypothesis["relation"] == ">" and needed:
                yield (f"{name} is no longer strict",
                       _set(obligation, ">=", "hypotheses", i, "relation"))  # fmt: skip
            if hypothesis["relation"] == "=" and proof["multipliers"].get(name):
                yield (f"{name} is no longer an equality",
                       _set(obligation, ">=", "hypotheses", i, "relation"))  # fmt: skip
            if name in used or proof["multipliers"].get(name):
                rest = _without(obligation["hypotheses"], i)
                yield f"{name} is no longer assumed", {**obligation, "hypotheses": rest}


# --- edited copies


def _set(data: Any, value: Any, *path: Any) -> Any:
    """The data with another value at the end of the path; what is not on the path is shared."""
    if not path:
        return value
    result = data.copy()
    result[path[0]] = _set(data[path[0]] if path[1:] else None, value, *path[1:])
    return result


def _without(entries: list[Any], index: int) -> list[Any]:
    return [*entries[:index], *entries[index + 1 :]]


def _put(entries: list[Any], index: int, value: Any) -> list[Any]:
    return [*entries[:index], value, *entries[index + 1 :]]
