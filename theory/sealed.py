"""Certified steps that look at some words only through the facts they name.

Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from theory.cases import ROOT, branches, radicand_of, without_value
from theory.definedness import (
    Known,
    bases_of_divisions,
    divisors,
    factors,
    relations_read,
)
from theory.language import VOCABULARY, unfold
from theory.obligations import detached, fixed, known_nonnegative, unexplained
from theory.proof import Fact, NotAccepted, Proof, sentences
from theory.steps import Certified
from theory.vocabulary import threshold

c, u, v, root_in_unit_interval = sympy.symbols("contrast dominant_noise bulk_noise y", real=True)
y = root_in_unit_interval


def contrast_at(x: Any, contrast: Any, dominant: Any, bulk: Any) -> Any:
    """The quadratic whose root in [0, 1] `threshold(contrast, dominant, bulk)` is, at x."""
    return contrast * x * (1 - x) + dominant * (1 - x) - bulk * x


def sealed(sentence: Any, keep: tuple[Any, ...]) -> Any:
    """The sentence with the kept words as variables that have no definition.

    Words defined by kept words are unfolded first. Raises NotAccepted if a division disappears on
    the way: what a sentence divides by must stay visible.
    """
    hidden = {word: seal(word) for word in keep}
    sentence, divided = _opened(sentence, keep)
    sentence = sentence.xreplace(hidden)
    bases = [_opened(base, keep)[0].xreplace(hidden) for base in divided]
    needed = {f for base in bases for f in factors(unfold(base))}
    if not needed <= set(divisors(sentence)):
        raise NotAccepted(f"a division by {needed - set(divisors(sentence))} is no longer visible")
    return sentence


def _opened(expression: Any, keep: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    """The expression without words that are defined by kept ones, and what those divide by."""
    divided: list[Any] = []
    while True:
        formulas = {
            word: VOCABULARY[word.name].formula
            for word in expression.free_symbols - set(keep)
            if _looks_at(word, frozenset(keep))
        }
        if not formulas:
            return expression, divided
        for formula in formulas.values():
            divided += bases_of_divisions(formula)
        expression = expression.xreplace(formulas)


@cache
def _looks_at(symbol: Any, keep: frozenset[Any]) -> bool:
    """Whether the definition of a word, or of a word in it, contains a kept word."""
    word = VOCABULARY.get(symbol.name)
    if word is None or word.kind != "defined" or word.formula is None:
        return False
    inner = word.formula.free_symbols
    return bool(inner & keep) or any(_looks_at(s, keep) for s in inner)


def seal(word: Any) -> Any:
    """The variable that stands for a word."""
    return sympy.Symbol(f"[{word}]", real=True)


@dataclass(frozen=True)
class Sealed(Certified):
    """A `Certified` step to which the words in `keep` are plain variables.

    Sound because a certificate about all real values covers the values of the words.
    """

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        facts = [sealed(fact, self.keep) for fact in facts]
        return fixed(facts, sealed(self.statement, self.keep), frozenset())

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What the kept words divide by, unless a named fact says that it is not zero.

        The certificates see to the divisions outside the kept words.
        """
        keep = frozenset(self.keep)
        return hidden_divisors(proof.named(self), self.statement, lambda s: divisors(s, keep))


def hidden_divisors(
    facts: list[Fact], statement: Any, seen: Callable[[Any], Iterable[Any]]
) -> frozenset[Any]:
    """What a statement divides by, unseen by certificates, where no fact excludes that it is zero.

    A divisor of a fact is not zero, unless that fact's own list says that nobody knows; one of a
    premise is not zero where the conclusion is read. Signs come from facts with an empty list only:
    others might vouch for themselves.
    """
    parts = statement.args if isinstance(statement, sympy.Implies) else (statement,)
    premise: tuple[Any, ...] = ()
    unknown = frozenset[Any]().union(*(fact.divides_by for fact in facts))
    for part in parts:
        known = detached([*(s for f in facts for s in sentences(f.statement)), *premise])
        shown = {d for s in relations_read(known) for d in divisors(s)}
        unknown |= set(divisors(part)) - set(seen(part)) - shown
        premise = sentences(part)
    premise = sentences(parts[0]) if len(parts) > 1 else ()
    sure = _rational(
        [s for f in facts if not f.divides_by for s in sentences(f.statement)], premise
    )
    signs = Known(sure, lambda word: known_nonnegative(word, sure))
    return frozenset(d for d in unknown if not signs.is_nonzero(d))


def _rational(facts: list[Any], premise: Iterable[Any]) -> list[Any]:
    """Facts and premises, with what follows, that are no implications and have no cases."""
    known = detached([*facts, *premise])
    return [s for s in known if not isinstance(s, sympy.Implies) and _is_rational(s)]


def _is_rational(sentence: Any) -> bool:
    """Whether no word in the sentence is defined by cases: those are not looked into."""
    words = (VOCABULARY.get(s.name) for s in sentence.free_symbols)
    return not any(w and w.formula is not None and w.formula.has(sympy.Piecewise) for w in words)


@dataclass(frozen=True)
class OfThreshold(Sealed):
    """A fact about y = threshold(c, u, v), said of a word that is defined as a threshold.

    `general` is the fact in the variables c, u, v, y of this file and `signs` are its assumptions
    about c, u and v. The certificates show the fact case by case, as in `theory.cases.ByCases`, for
    all c, u, v with these signs, and show the signs of the expressions that the word puts for them,
    and that the statement does not divide by zero.
    The statement may be an implication, whose premise then holds throughout.
    """

    word: Any = None
    arguments: tuple[Any, ...] = ()
    general: Any = None
    signs: tuple[Any, ...] = ()
    strict: bool = False  # what stands under the root is positive

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        facts = [sealed(fact, self.keep) for fact in facts]
        last = meaningful(facts, sealed(self.statement, (*self.keep, self.word)))
        found: list[dict[str, Any]] = []
        statement = self.statement
        if isinstance(statement, sympy.Implies):
            premise, statement = statement.args
            facts += [sealed(part, self.keep) for part in sentences(premise)]
        if VOCABULARY[self.word.name].formula != threshold(*self.arguments):
            raise NotAccepted(f"{self.word} is not the threshold of {self.arguments}")
        put = dict(zip((c, u, v), self.arguments, strict=True))
        if self.general.xreplace({**put, y: self.word}) != statement:
            raise NotAccepted("the statement is not the general fact, said of the word")
        for sign in self.signs:
            found += fixed(facts, sealed(sign.xreplace(put), self.keep), frozenset())
        for value, conditions in branches(threshold(c, u, v)):
            found += self._case(value, conditions)
        return found + last

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What kept words divide by; the value of the word exists in every case."""
        found = super().divides_by(proof)
        return without_value(self.word, found, self.statement, proof.named(self))

    def _case(self, value: Any, conditions: list[Any]) -> list[dict[str, Any]]:
        """The general fact where the threshold is this value."""
        known, radicand = [*self.signs, *conditions], radicand_of(value)
        below = radicand > 0 if self.strict else radicand >= 0
        found = fixed(list(self.signs), below, frozenset())
        known += [ROOT > 0 if self.strict else ROOT >= 0, sympy.Eq(ROOT**2, radicand)]
        value = value.subs(sympy.sqrt(radicand), ROOT)
        positive = sympy.fraction(value)[1] > 0
        found += fixed(known, positive, frozenset())
        return found + fixed([*known, positive], self.general.xreplace({y: value}), frozenset())


def meaningful(facts: list[Any], statement: Any) -> list[dict[str, Any]]:
    """What shows that a statement does not divide by zero where the facts hold."""
    return [
        obligation
        for known, divisor in unexplained(facts, statement, frozenset())
        for obligation in fixed(known, sympy.Gt(divisor**2, 0, evaluate=False), frozenset())
    ]


def threshold_steps(
    word: Any,
    arguments: tuple[Any, ...],
    names: tuple[str, str],
    signs: tuple[Any, ...],
    premise: Any = sympy.true,
    *,
    given: tuple[str, ...],
    keep: tuple[Any, ...],
) -> tuple[OfThreshold, OfThreshold]:
    """Two steps: a threshold solves its equation, and lies in [0, 1] (strictly, with a premise)."""
    strict = premise != True  # noqa: E712  # SymPy's true
    solves = sympy.Eq(contrast_at(y, c, u, v), 0)
    within = sympy.And(y > 0, y < 1) if strict else sympy.And(y >= 0, y <= 1)
    put = dict(zip((c, u, v, y), (*arguments, word), strict=True))
    spread, total = c + u - v, c + u + v
    one, two = (
        OfThreshold(
            name,
            sympy.Implies(premise, general.xreplace(put)) if strict else general.xreplace(put),
            given=given,
            keep=keep,
            squares=(spread, ROOT - spread, ROOT - total),
            word=word,
            arguments=arguments,
            general=general,
            signs=signs,
            strict=strict,
        )
        for name, general in zip(names, (solves, within), strict=True)
    )
    return one, two
