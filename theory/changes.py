"""Steps about changed models: another alignment, other energies, other noise, another step size.

What `With(x, change, value)` is follows from what the change does to the summand of every block
sum. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from theory.definedness import divisors
from theory.language import BULK, DOMINANT, VOCABULARY, With, unfold
from theory.obligations import fixed, unfold_except
from theory.proof import Fact, NotAccepted, Proof, Step, sentences
from theory.sealed import Sealed, hidden_divisors, meaningful, sealed
from theory.steps import Certified, in_basic_mode_words, plain_steps
from theory.vocabulary import B, D, G, additive, eta, g2, s2

CONNECTIVES = (sympy.And, sympy.Implies, sympy.Equivalent)


@dataclass(frozen=True)
class Change:
    """A change of the model, the value given with it, and equations that hold in every model."""

    kind: str
    value: Any
    laws: Mapping[Any, Any]

    @property
    def legitimate(self) -> list[Any]:
        """What makes the changed model a model."""
        return {
            "scale": [self.value >= 0],
            "noise": [self.value >= 0],
            "alignment": [self.value > 0, self.value < 1],
            "step": [],
        }[self.kind]

    def rule(self, side: str | None) -> dict[Any, Any]:
        """What the change puts for parameters and for the words about a mode of this side."""
        value = self.value
        if self.kind == "alignment":
            share = {DOMINANT: value * G / D, BULK: (1 - value) * G / B}
            return {g2: unfold(share[str(side)]) * g2} if side else {}
        return {"scale": {g2: value * g2}, "noise": {s2: value * s2}, "step": {eta: value}}[
            self.kind
        ]

    def of(self, expression: Any, keep: frozenset[Any]) -> Any:
        """The value of an expression after the change, in words of the model before it.

        A kept word becomes a multiple of itself where the change only multiplies it, and a variable
        of its own otherwise; it is unchanged if no word of its definition changes.
        """
        before = None
        while expression != before:
            before = expression
            expression = unfold_except(expression, keep).xreplace(dict(self.laws))
        return expression.xreplace({s: self._symbol(s, keep) for s in expression.free_symbols})

    def _symbol(self, symbol: Any, keep: frozenset[Any]) -> Any:
        word = VOCABULARY.get(symbol.name)
        if word is None:
            return symbol
        if word.kind == "parameter":
            return unfold(self.rule(None).get(symbol, symbol))
        if word.kind == "sum":
            old = in_basic_mode_words(word.formula)
            factor = sympy.cancel(old.xreplace(self.rule(word.side)) / old)
            if any(_about_mode(s) for s in factor.free_symbols):
                raise NotAccepted(f"the change does not just multiply {symbol}")
            return factor * symbol
        if symbol not in keep:
            raise NotAccepted(f"nothing is known of {symbol} after the change")
        if word.formula is not None and all(
            self._symbol(s, frozenset([s])) == s for s in word.formula.free_symbols
        ):
            return symbol
        if word.formula is not None and not word.formula.has(sympy.Piecewise):
            old = unfold(word.formula)
            factor = sympy.cancel(self.of(old, frozenset()) / old)
            if factor.free_symbols <= sympy.sympify(self.value).free_symbols:
                return factor * symbol
        return sympy.Symbol(f"{symbol} with {self.kind} {self.value}", real=True)


def _about_mode(symbol: Any) -> bool:
    return symbol.name in VOCABULARY and VOCABULARY[symbol.name].kind == "mode"


def in_words(sentence: Any, facts: list[Fact], keep: frozenset[Any]) -> Any:
    """The sentence with every `With(...)` expressed in words of the unchanged model.

    Equations that rest on no assumption hold in the changed model too and may be used there.
    """
    laws = {
        e.lhs: e.rhs
        for fact in facts
        if not fact.rests_on
        for e in sentences(fact.statement)
        if isinstance(e, sympy.Equality) and e.lhs.is_Symbol
    }
    if sentence.has(With) and not any(additive in sentences(f.statement) for f in facts):
        raise NotAccepted("name the additive noise: other noise may change with the state")

    def put(expression: Any) -> Any:
        inner, kind, value = expression.args
        return Change(str(kind), value, laws).of(inner, keep)

    return _map_sides(sentence, lambda x: x.replace(lambda e: isinstance(e, With), put))


def _map_sides(sentence: Any, function: Callable[[Any], Any]) -> Any:
    """The sentence with a function applied to both sides of relations; x = x stays a relation."""
    if isinstance(sentence, CONNECTIVES):
        return sentence.func(*(_map_sides(part, function) for part in sentence.args))
    if not sentence.is_Relational or not sentence.has(With):
        return sentence
    return sentence.func(*map(function, sentence.args), evaluate=False)


def said_of(change: str, value: Any, sentence: Any) -> Any:
    """The same sentence, said of the model after the change."""
    if isinstance(sentence, CONNECTIVES):
        return sentence.func(*(said_of(change, value, part) for part in sentence.args))
    if sentence == additive:
        return sentence
    if not sentence.is_Relational:
        raise NotAccepted(f"{sentence} cannot be said of a changed model")
    sides = [x if x.is_number else With(x, change, value) for x in sentence.args]
    return sentence.func(*sides)


@dataclass(frozen=True)
class AfterChange(Sealed):
    """A `Sealed` step whose relations mention changed models, through `With`.

    Sound because a change acts on the summand of each block sum (needs noise that does not depend
    on the state: name the additive noise). Words in `keep` are multiples of themselves, or
    variables, after the change. A change of alignment needs D > 0 and B > 0.
    """

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        plain_steps(proof)
        facts, keep = proof.named(self), frozenset(self.keep)
        known = [in_words(s, facts, keep) for fact in facts for s in sentences(fact.statement)]
        known = [sealed(fact, self.keep) for fact in known]
        shaped = [D > 0, B > 0] if _moves_alignment(self.statement) else []
        goals = [*shaped, sealed(in_words(self.statement, facts, keep), self.keep)]
        return [one for goal in goals for one in fixed(known, goal, frozenset())]

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        facts = proof.named(self)
        statement = in_words(self.statement, facts, frozenset(self.keep))
        return hidden_divisors(facts, statement, lambda s: divisors(s, frozenset(self.keep)))


def _moves_alignment(statement: Any) -> bool:
    return any(str(e.args[1]) == "alignment" for e in statement.atoms(With))


@dataclass(frozen=True)
class Elsewhere(Certified):
    """A named fact, said of a changed model.

    Sound because the fact is established for every model that satisfies the assumptions it rests
    on: the obligations say that the changed model is a model and satisfies them too. The fact comes
    first in `given`.
    """

    change: str = "scale"
    value: Any = None

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = proof.named(self)
        plain_steps(proof)
        if facts[0].divides_by:
            raise NotAccepted(f"nobody has shown that {set(facts[0].divides_by)} is not zero")
        if self.statement != said_of(self.change, self.value, facts[0].statement):
            raise NotAccepted("not the first named fact, said of the changed model")
        if not any(additive in sentences(fact.statement) for fact in facts):
            raise NotAccepted("name the additive noise: other noise may change with the state")
        known = [s for fact in facts[1:] for s in sentences(fact.statement) if s != additive]
        known = [in_words(s, facts, frozenset()) for s in known]
        needed = list(Change(self.change, self.value, {}).legitimate)
        for name in sorted(facts[0].rests_on):
            assumption = proof.facts[name].statement
            if assumption != additive:
                there = said_of(self.change, self.value, assumption)
                needed.append(in_words(there, facts, frozenset()))
        found = [
            one
            for goal in needed
            if goal != True  # noqa: E712  # SymPy's true
            for one in fixed(known, goal, frozenset())
        ]
        number = sympy.Ge(self.value, self.value, evaluate=False)
        return found + meaningful(known, number)


def elsewhere(reason: str, fact: Step, change: str, value: Any, given: tuple[str, ...]) -> Step:
    """The step that says an earlier step's statement of the changed model."""
    statement = said_of(change, value, fact.statement)
    return Elsewhere(reason, statement, given=(fact.reason, *given), change=change, value=value)
