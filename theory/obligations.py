"""From sentences to data: what exactly must a certificate prove so that a statement follows.

Denominators are cleared soundly: every factor of a denominator becomes an obligation of its own
(it is positive), after which a quotient has the sign of its numerator. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from theory import kernel
from theory.definedness import Known, divisors
from theory.language import (
    BULK,
    DOMINANT,
    VOCABULARY,
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Initially,
    Next,
    NextHolds,
    With,
    unfold,
)
from theory.lowest_terms import lowest_terms
from theory.polynomials import to_polynomial
from theory.proof import Certificates, NotAccepted, is_permanent, sentences
from theory.vocabulary import g2, lam, lambda_1, lambda_d, lambda_k, lambda_k1, s2

MOST_REWRITES = 50
RELATIONS = {sympy.StrictGreaterThan: ">", sympy.GreaterThan: ">=", sympy.Equality: "="}
COUNTS = {"k": DOMINANT, "M": BULK}
SUFFIX = {DOMINANT: "_i", BULK: "_j"}
ORDERED = (lambda_1 >= lambda_k, lambda_k >= lambda_k1, lambda_k1 >= lambda_d)
ABOUT_MODES = {
    DOMINANT: (lam >= lambda_k, lambda_1 >= lam, g2 >= 0, s2 >= 0),
    BULK: (lam >= lambda_d, lambda_k1 >= lam, g2 >= 0, s2 >= 0),
}
QUANTIFIERS: dict[type, tuple[str, ...]] = {
    ForAllModes: (DOMINANT, BULK),
    ForDominantModes: (DOMINANT,),
    ForBulkModes: (BULK,),
}


def certified(reason: str, obligations: list[dict[str, Any]], certificates: Certificates) -> None:
    """Raise NotAccepted unless the kernel accepts a stored certificate for every obligation."""
    stored = certificates.get(reason, [])
    if len(stored) != len(obligations):
        raise NotAccepted(f"{len(obligations)} certificates needed, {len(stored)} stored")
    for number, (obligation, certificate) in enumerate(zip(obligations, stored, strict=True)):
        try:
            kernel.check(obligation, certificate)
        except kernel.Rejected as problem:
            raise NotAccepted(f"certificate {number}: {problem.reason}") from None


@dataclass(frozen=True)
class Cleared:
    """A relation `value > 0` (or >= 0, = 0), valid where all `factors` are positive."""

    value: Any
    relation: str
    factors: tuple[Any, ...]


@dataclass(frozen=True)
class Clearing:
    """Turns relations into polynomial ones, using equations as rewriting rules."""

    rules: dict[Any, Any]
    keep: frozenset[Any]

    def relation(self, relation: Any, positive: Iterable[Any] = ()) -> Cleared:
        """The relation without denominators. `positive`: polynomials known to be positive."""
        return cleared(relation, tuple(self.rules.items()), self.keep, tuple(positive))


@cache
def cleared(
    relation: Any,
    rules: tuple[tuple[Any, Any], ...],
    keep: frozenset[Any],
    positive: tuple[Any, ...],
) -> Cleared:
    """A relation without denominators, by `rules` and the definitions of words not in `keep`."""
    if isinstance(relation, (sympy.StrictLessThan, sympy.LessThan)):
        relation = relation.reversed
    if type(relation) not in RELATIONS or relation.has(With, Initially):
        raise NotAccepted(f"{relation} is not a relation that certificates speak about")
    difference = put_in_all(relation.lhs - relation.rhs, rules, keep)
    numerator, denominator, powers = quotient(difference)
    sign, factors = denominator, []
    for factor, exponent in powers:
        negated = any(sympy.expand(factor + known) == 0 for known in positive)
        factors.append(sympy.expand(-factor) if negated else factor)
        sign *= (-1) ** exponent if negated else 1
    return Cleared(sympy.expand(sign * numerator), RELATIONS[type(relation)], tuple(factors))


@cache
def put_in_all(expression: Any, rules: tuple[tuple[Any, Any], ...], keep: frozenset[Any]) -> Any:
    """The expression with definitions, mode formulas and named equations put in."""
    for _ in range(MOST_REWRITES):
        before = expression
        expression = unfold_except(expression, keep).xreplace(dict(rules))
        if expression == before:
            return expression
    raise NotAccepted("the named equations rewrite each other in a circle")


@cache
def quotient(expression: Any) -> tuple[Any, Any, tuple[tuple[Any, int], ...]]:
    """Numerator, sign of the constant in the denominator, and the denominator's factors."""
    if expression.is_polynomial():
        return sympy.expand(expression), sympy.Integer(1), ()
    numerator, denominator = lowest_terms(expression)
    coefficient, powers = sympy.factor_list(denominator)
    return numerator, sympy.sign(coefficient), tuple(powers)


def unfold_except(expression: Any, keep: frozenset[Any]) -> Any:
    """Definitions and mode formulas put in, except those of the words to keep."""
    masks = {s: sympy.Dummy(f"kept {s.name}", real=True) for s in keep}
    expression = expression.xreplace(masks)
    while True:
        formulas = {
            s: VOCABULARY[s.name].formula
            for s in expression.free_symbols
            if s not in masks.values()
            and s.name in VOCABULARY
            and VOCABULARY[s.name].kind in ("defined", "mode")
            and VOCABULARY[s.name].formula is not None
        }
        if not formulas:
            return unfold(expression).xreplace({mask: s for s, mask in masks.items()})
        expression = expression.xreplace(formulas).xreplace(masks)


def cases(statement: Any) -> list[tuple[tuple[Boolean, ...], Boolean]]:
    """The statement as implications from relations to one relation."""
    if isinstance(statement, sympy.And):
        return [case for part in statement.args for case in cases(part)]
    if isinstance(statement, sympy.Implies):
        premise, conclusion = statement.args
        return [((*sentences(premise), *more), goal) for more, goal in cases(conclusion)]
    if isinstance(statement, sympy.Equivalent):
        left, right = two_sides(statement)
        return [
            case
            for a, b in ((left, right), (right, left))
            for case in cases(sympy.Implies(a, b, evaluate=False))
        ]
    if isinstance(statement, sympy.Equality) and isinstance(statement.lhs, sympy.sign):
        x, y = statement.lhs.args[0], statement.rhs
        if isinstance(y, sympy.sign):
            (y,) = y.args
            zero = sympy.Eq(y, 0, evaluate=False)
            return [
                ((sympy.Gt(y, 0, evaluate=False),), sympy.Gt(x, 0, evaluate=False)),
                ((zero,), sympy.Ge(x, 0, evaluate=False)),
                ((zero,), sympy.Le(x, 0, evaluate=False)),
                ((sympy.Lt(y, 0, evaluate=False),), sympy.Lt(x, 0, evaluate=False)),
            ]
    if isinstance(statement, sympy.Equality):
        x, y = statement.args
        return [((), sympy.Ge(x, y, evaluate=False)), ((), sympy.Le(x, y, evaluate=False))]
    return [((), statement)]


def two_sides(statement: Any) -> tuple[Any, Any]:
    """Both sides of an equivalence. Raises NotAccepted for one of more than two sentences."""
    if len(statement.args) != 2:
        raise NotAccepted("an equivalence has two sides")
    left, right = statement.args
    return left, right


def fixed(facts: list[Any], statement: Any, keep: frozenset[Any]) -> list[dict[str, Any]]:
    """What proves each case of the statement, and that the statement never divides by zero.

    A case needs an obligation for every factor of a denominator and one for its goal.
    """
    obligations = []
    for premises, goal in cases(statement):
        obligations += _fixed(detached([*facts, *premises]), goal, keep)
    for known, divisor in unexplained(facts, statement, keep):
        nonzero = sympy.Gt(divisor**2, 0, evaluate=False)
        obligations += [o for o in _fixed(known, nonzero, keep) if o not in obligations]
    return obligations


def unexplained(facts: list[Any], statement: Any, keep: frozenset[Any]) -> list[Any]:
    """Divisors that the facts do not visibly exclude from being zero, with what is known there.

    A premise is known where its conclusion is read; of a conjunction, the parts that divide less
    are known where the others are read (a conjunction with a false part is false).
    """
    if isinstance(statement, sympy.And):
        found, known = [], list(facts)
        for part in sorted(statement.args, key=lambda s: (len(divisors(s, keep)), str(s))):
            found += unexplained(known, part, keep)
            known += [part]
        return found
    if isinstance(statement, sympy.Implies):
        premise, conclusion = statement.args
        given = [*facts, *sentences(premise)]
        return unexplained(facts, premise, keep) + unexplained(given, conclusion, keep)
    if isinstance(statement, (Always, NextHolds)):
        lasting = [fact for fact in facts if is_permanent(fact)]
        return unexplained(lasting, statement.args[0], keep)
    if isinstance(statement, (sympy.Equivalent, sympy.Or, sympy.Not)):
        return [one for part in statement.args for one in unexplained(facts, part, keep)]
    always = [s for f in facts if isinstance(f, Always) for s in sentences(f.args[0])]
    known = detached([*facts, *always])
    if statement.has(Next):
        known += [s.func(*map(unfold, map(Next, s.args))) for s in always if s.is_Relational]
    signs = Known(known, lambda word: known_nonnegative(word, known))
    return [(known, d) for d in divisors(statement, keep) if not signs.is_nonzero(d)]


def detached(facts: list[Any]) -> list[Any]:
    """The facts, and what follows from implications (equivalences) whose premises are facts."""
    known = list(facts)
    growing = True
    while growing:
        growing = False
        for premise, conclusion in [rule for fact in known for rule in _rules(fact)]:
            new = [s for s in sentences(conclusion) if s not in known]
            if new and set(sentences(premise)) <= set(known):
                known, growing = [*known, *new], True
    return known


def _rules(fact: Any) -> list[Any]:
    """What a fact allows to conclude: pairs of a premise and a conclusion."""
    if isinstance(fact, sympy.Equivalent) and len(fact.args) == 2:
        return [fact.args, fact.args[::-1]]
    return [fact.args] if isinstance(fact, sympy.Implies) else []


def _fixed(facts: list[Any], goal: Any, keep: frozenset[Any]) -> list[dict[str, Any]]:
    rules, relations = split_equations(
        [f for f in facts if getattr(f, "is_Relational", False)], keep
    )
    clearing = Clearing(rules, keep)
    assumed = {name_of(r): clearing.relation(r) for r in [*relations, *ORDERED]}
    plain = {name: c for name, c in assumed.items() if not c.factors}
    positive = [c.value for c in plain.values() if c.relation == ">"]
    assumed = {name_of(r): clearing.relation(r, positive) for r in [*relations, *ORDERED]}
    target = clearing.relation(goal, positive)
    factors = [f for c in (*assumed.values(), target) for f in c.factors]
    usable = _usable_for_factors(plain, assumed, target)
    return [
        *(_obligation(usable[f], Cleared(f, ">", ()), facts) for f in dict.fromkeys(factors)),
        _obligation(assumed, target, facts),
    ]


def _usable_for_factors(
    plain: dict[str, Cleared], assumed: dict[str, Cleared], target: Cleared
) -> dict[Any, dict[str, Cleared]]:
    """For each factor of a denominator, facts that are meaningful before it is known positive.

    A fact may be used once all its own factors have obligations that rest on earlier facts only.
    """
    usable: dict[Any, dict[str, Cleared]] = {}
    ready = dict(plain)
    waiting = [(name, c) for name, c in assumed.items() if c.factors]
    for name, cleared in sorted(waiting, key=lambda item: len(item[1].factors)):
        for factor in cleared.factors:
            usable.setdefault(factor, dict(ready))
        ready[name] = cleared
    for factor in target.factors:
        usable.setdefault(factor, ready)
    return usable


@cache
def name_of(relation: Any) -> str:
    """What a hypothesis is called in an obligation."""
    return str(relation)


def is_defined(symbol: Any) -> bool:
    """Whether a word is an abbreviation, which disappears when definitions are put in."""
    word = VOCABULARY.get(symbol.name)
    return word is not None and word.kind == "defined"


def split_equations(
    relations: Iterable[Any], keep: frozenset[Any]
) -> tuple[dict[Any, Any], list[Any]]:
    """Equations `word = expression` as rewriting rules, and the other relations."""
    rules: dict[Any, Any] = {}
    rest = []
    for relation in relations:
        if isinstance(relation, sympy.Equality) and (
            relation.lhs.is_Symbol
            and relation.lhs not in relation.rhs.free_symbols
            and (relation.lhs in keep or not is_defined(relation.lhs))
        ):
            rules[relation.lhs] = relation.rhs
        elif isinstance(relation, sympy.Equality) and not relation.lhs.free_symbols & set(rules):
            left = unfold(relation.lhs)
            if left.is_Symbol:
                rules[left] = relation.rhs
            else:
                rest.append(relation)
        else:
            rest.append(relation)
    return rules, rest


def _obligation(assumed: dict[str, Cleared], goal: Cleared, facts: list[Any]) -> dict[str, Any]:
    """A fixed obligation in the words that occur, with what their definitions add."""
    relevant = {n: (c.value, c.relation) for n, c in assumed.items() if c.value.free_symbols}
    words = {s for value, _ in relevant.values() for s in value.free_symbols}
    words |= goal.value.free_symbols
    for s in sorted(words, key=str):
        if known_nonnegative(s, facts):
            relevant.setdefault(f"{s} >= 0", (s, ">="))
    return {
        "kind": "fixed",
        "variables": sorted(map(str, words)),
        "hypotheses": _hypotheses(relevant),
        "goal": {"polynomial": data(goal.value), "relation": goal.relation},
    }


def _hypotheses(assumed: dict[str, tuple[Any, str]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "polynomial": data(value), "relation": relation}
        for name, (value, relation) in assumed.items()
    ]


GIVEN = ("parameter", "number", "computed")  # nonnegative in every model, if called so
SEMIDEFINITE = frozenset((lambda_d > 0, lambda_d >= 0))
NONNEGATIVE_FOR_ANY_SPECTRUM = frozenset(
    ("g2", "s2", "abs_g", "g2_next", "D_next", "B_next", "t", "turn_time", "rho_max", "rho_min")
)


def known_nonnegative(symbol: Any, facts: list[Any]) -> bool:
    """Whether a word cannot be negative, by its definition.

    Other words that the vocabulary calls nonnegative (an eigenvalue, a loss) are so only where H is
    positive semidefinite, which must be among the facts.
    """
    word = VOCABULARY.get(symbol.name)
    if word is None:
        return False
    semidefinite = not SEMIDEFINITE.isdisjoint(facts)
    if word.kind == "sum":
        return all(
            _factor_nonnegative(factor, exponent, facts)
            for factor, exponent in word.formula.as_powers_dict().items()
        )
    if not word.nonnegative:
        return False
    if semidefinite or word.kind in GIVEN or word.name in NONNEGATIVE_FOR_ANY_SPECTRUM:
        return True
    parts = word.formula.args if isinstance(word.formula, sympy.Add) else ()
    return bool(parts) and all(p.is_Symbol and known_nonnegative(p, facts) for p in parts)


def _factor_nonnegative(factor: Any, exponent: Any, facts: list[Any]) -> bool:
    if factor.is_Number:
        return bool(factor > 0)
    if exponent.is_Integer and exponent % 2 == 0:
        return True
    return bool(factor.is_Symbol) and known_nonnegative(factor, facts)


def data(polynomial: Any) -> list[Any]:
    """A SymPy polynomial as the kernel's data. Raises NotAccepted for anything else."""
    try:
        return to_polynomial(polynomial)
    except ValueError as problem:
        raise NotAccepted(str(problem)) from None


def about_modes(facts: list[Any], side: str) -> list[Any]:
    """Relations in mode words that hold for every mode of a side."""
    quantified = [
        s for f in facts if side in QUANTIFIERS.get(type(f), ()) for s in sentences(f.args[0])
    ]
    return [*ABOUT_MODES[side], *quantified]


def modewise(facts: list[Any], statement: Any, keep: frozenset[Any]) -> list[dict[str, Any]]:
    """The obligations of a statement about one arbitrary mode of each side it speaks about."""
    if type(statement) not in QUANTIFIERS:
        raise NotAccepted("the statement must quantify over modes")
    return [
        obligation
        for side in QUANTIFIERS[type(statement)]
        for obligation in fixed([*facts, *about_modes(facts, side)], statement.args[0], keep)
    ]


def summed(facts: list[Any], statement: Any, keep: frozenset[Any]) -> list[dict[str, Any]]:
    """A relation between sums as a relation that holds term by term."""
    rules, relations = split_equations(
        [f for f in facts if getattr(f, "is_Relational", False)], keep
    )
    mode_words = {sympy.Symbol(n, real=True) for n, w in VOCABULARY.items() if w.kind == "mode"}
    clearing = Clearing(rules, keep | mode_words)
    goal = clearing.relation(statement)
    if unexplained(facts, statement, keep | mode_words):
        raise NotAccepted("the statement may divide by zero")
    sums = [s for s in sorted(goal.value.free_symbols, key=str) if _side(s)]
    sides = [side for side in (DOMINANT, BULK) if side in map(_side, sums)]
    about = {
        f"{fact} ({side})": (side, clearing.relation(fact))
        for side in sides
        for fact in about_modes(facts, side)
    }
    about.update({str(fact): ("", clearing.relation(fact)) for fact in [*relations, *ORDERED]})
    factors = [*goal.factors, *(f for _, cleared in about.values() for f in cleared.factors)]
    if factors:
        raise NotAccepted(f"clear these denominators first: {factors}")
    return [_sum_obligation(goal, sums, sides, about)]


def _side(symbol: Any) -> str:
    """The block that a word sums over; empty if it is no sum. k and M are the sums of 1."""
    word = VOCABULARY.get(symbol.name)
    return COUNTS.get(symbol.name, (word and word.side) or "")


def _summand(symbol: Any) -> Any:
    summand = sympy.Integer(1) if symbol.name in COUNTS else VOCABULARY[symbol.name].formula
    return _on(summand, _side(symbol))


def _on(expression: Any, side: str) -> Any:
    """The expression with its mode words marked as belonging to one side (if there is one)."""
    if not side:
        return expression
    return expression.xreplace(
        {
            s: sympy.Symbol(s.name + SUFFIX[side], real=True)
            for s in expression.free_symbols
            if s.name in VOCABULARY and VOCABULARY[s.name].kind == "mode"
        }
    )


def _sum_obligation(
    goal: Cleared, sums: list[Any], sides: list[str], about: dict[str, tuple[str, Cleared]]
) -> dict[str, Any]:
    term = sympy.expand(goal.value.xreplace({s: _summand(s) for s in sums}))
    assumed = {name: (_on(c.value, side), c.relation) for name, (side, c) in about.items()}
    used = term.free_symbols | {s for value, _ in assumed.values() for s in value.free_symbols}
    mine = {side: {s for s in used if str(s).endswith(SUFFIX[side])} for side in sides}
    return {
        "kind": "pair" if len(sides) == 2 else "linear",
        "lists": [
            {
                "variables": sorted(map(str, mine[side])),
                "sums": {str(s): _exponents(_summand(s)) for s in sums if _side(s) == side},
            }
            for side in sides
        ],
        "parameters": sorted(str(s) for s in used - set().union(*mine.values())),
        "hypotheses": _hypotheses(assumed),
        "nonempty": True,
        "term": data(term),
        "goal": {"polynomial": data(goal.value), "relation": goal.relation},
    }


def _exponents(monomial: Any) -> dict[str, int]:
    powers = sympy.sympify(monomial).as_powers_dict()
    if any(s != 1 and not (s.is_Symbol and e.is_Integer and e > 0) for s, e in powers.items()):
        raise NotAccepted(f"the summand {monomial} is not a monomial")
    return {str(s): int(e) for s, e in powers.items() if s.is_Symbol}
