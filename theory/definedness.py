"""What a sentence divides by, and what is known not to be zero.

A sentence that divides by zero is undefined, and an undefined part of a conclusion counts as
false. Cancelling hides divisors (x/x = 1), so they are collected before anything is simplified.
Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import sympy

from theory.language import (
    VOCABULARY,
    Always,
    ForAllModes,
    Next,
    With,
    unfold,
)
from theory.lowest_terms import lowest_terms

VALUE_OF = "value of "


@cache
def divisors(expression: Any, keep: frozenset[Any] = frozenset()) -> tuple[Any, ...]:
    """Irreducible factors of all that an expression or sentence divides by, definitions unfolded.

    Words in `keep` are not looked into. What is not zero now may be zero a step later or in a
    changed model: there, the divisor is another one. See `has_value` for definitions by cases.
    """
    expression, changed = elsewhere(expression)
    bases = bases_of_divisions(expression)
    found = [f for base in bases for f in factors(unfold(base.xreplace(changed)))]
    for model in changed.values():
        found += [With(d, *model.args[1:]) for d in divisors(model.args[0], keep)]
    for symbol in sorted(expression.free_symbols - keep, key=str):
        found += _divisors_of_word(symbol, keep)
    return tuple(dict.fromkeys(found))


def elsewhere(expression: Any) -> tuple[Any, dict[Any, Any]]:
    """The expression with `Next` pushed inwards and a variable for each `With(...)`, and those."""
    changed = {sympy.Dummy(real=True): e for e in sorted(expression.atoms(With), key=str)}
    expression = expression.xreplace({e: variable for variable, e in changed.items()})
    later = {e: unfold(e) for e in expression.atoms(Next)}
    return expression.xreplace(later), changed


def relations_read(facts: Iterable[Any]) -> list[Any]:
    """The relations that have a truth value wherever all the facts are true.

    A part of a disjunction, or the conclusion of an implication, need not have one.
    """
    found: list[Any] = []
    for fact in facts:
        if fact.is_Relational:
            found.append(fact)
        elif isinstance(fact, (sympy.And, Always, ForAllModes)):
            found += relations_read(fact.args)
        elif isinstance(fact, sympy.Equivalent):
            found += [part for part in fact.args if part.is_Relational]
    return found


def bases_of_divisions(expression: Any) -> list[Any]:
    """What must not be 0: bases of the visible powers, and what logarithms are taken of, in order.

    x^(n-1) divides by x where the count n is 0.
    """
    powers, logarithms = expression.atoms(sympy.Pow), expression.atoms(sympy.log)
    bases = [p.base for p in powers if not _never_negative(p.exp)]
    return sorted([*bases, *(logarithm.args[0] for logarithm in logarithms)], key=str)


def _never_negative(exponent: Any) -> bool:
    """Whether an exponent cannot be negative, by its form: numbers, counts, sums, products."""
    if exponent.is_Symbol:
        word = VOCABULARY.get(exponent.name)
        return word is not None and word.nonnegative and word.kind != "defined"
    if exponent.is_Add or exponent.is_Mul:
        return all(map(_never_negative, exponent.args))
    return bool(exponent.is_nonnegative)


@cache
def _divisors_of_word(symbol: Any, keep: frozenset[Any]) -> tuple[Any, ...]:
    word = VOCABULARY.get(symbol.name)
    if word is None or word.kind not in ("defined", "mode") or word.formula is None:
        return ()
    if word.formula.has(sympy.Piecewise):
        return (has_value(symbol),)
    return divisors(word.formula, keep)


def has_value(word: Any) -> Any:
    """What stands, among divisors, for the existence of a word that is defined by cases.

    No sign says that it is not zero: the steps about its cases do, and sentences that read it.
    """
    return sympy.Symbol(f"{VALUE_OF}{word}", real=True)


def doubt(divisor: Any) -> str:
    """What is wrong with a divisor that nobody has shown to be different from zero."""
    if str(divisor).startswith(VALUE_OF):
        return f"uses {str(divisor).removeprefix(VALUE_OF)}, which may have no value"
    return f"divides by {divisor}, which may be zero"


def divisors_in_sums(sentence: Any) -> tuple[Any, ...]:
    """What the summands of the block sums in a sentence divide by, in mode words."""
    found: list[Any] = []
    for symbol in sorted(unfold(sentence).free_symbols, key=str):
        word = VOCABULARY.get(symbol.name)
        if word is not None and word.kind == "sum":
            found += divisors(word.formula)
    return tuple(dict.fromkeys(found))


@cache
def factors(expression: Any) -> tuple[Any, ...]:
    """The irreducible factors of the numerator of an expression, constants left out."""
    return tuple(factor for factor, _ in sympy.factor_list(lowest_terms(expression)[0])[1])


@cache
def _factors_of(difference: Any) -> frozenset[Any]:
    """The factors of a difference, and of what it is with definitions unfolded."""
    plain = [one for one in (difference, unfold(difference)) if not _has_roots(one)]
    return frozenset(f for one in plain for f in factors(one))


def _has_roots(expression: Any) -> bool:
    """Whether square roots or cases occur: no divisor is found among the factors of those."""
    return expression.has(sympy.Piecewise) or any(
        power.exp.is_Rational and not power.exp.is_Integer for power in expression.atoms(sympy.Pow)
    )


class Known:
    """What facts say, by their form alone, about the signs of words and polynomials."""

    def __init__(
        self, facts: Iterable[Any], nonnegative: Callable[[Any], bool], *, defined: bool = False
    ) -> None:
        """`defined`: the facts are known not to divide by zero."""
        self.defined = defined
        self.nonzero: set[Any] = set()
        self.positive: set[Any] = set()
        self.nonnegative = nonnegative
        for fact in facts:
            self._learn(fact.args[0] if isinstance(fact, Always) else fact)
        if any(s.name == "lambda_d" for s in self.positive):
            self.positive |= {
                sympy.Symbol(name, real=True)
                for name in ("lambda_1", "lambda_k", "lambda_k1", "lam")
            }

    def _learn(self, fact: Any) -> None:
        if isinstance(fact, sympy.And):
            for part in fact.args:
                self._learn(part)
        if isinstance(fact, ForAllModes):  # of one block only: nothing about the other
            self._learn(fact.args[0])
        if self.defined and fact.is_Relational:
            self.nonzero |= set(divisors(fact))
        if not isinstance(fact, (sympy.Ne, sympy.Gt, sympy.Lt)):
            return
        self.nonzero |= _factors_of(fact.lhs - fact.rhs)
        larger, smaller = (fact.rhs, fact.lhs) if isinstance(fact, sympy.Lt) else fact.args
        if larger.is_Symbol and smaller == 0 and not isinstance(fact, sympy.Ne):
            self.positive.add(larger)

    def is_nonzero(self, factor: Any) -> bool:
        """Whether a polynomial cannot be zero: a fact says so, or all its terms are >= 0."""
        if factor in self.nonzero or sympy.expand(-factor) in self.nonzero:
            return True
        if not factor.free_symbols:
            return bool(factor != 0)
        if isinstance(factor, sympy.log):
            return all(map(self.is_nonzero, factors(unfold(factor.args[0] - 1))))
        if not factor.is_polynomial():
            return False
        words = sorted(factor.free_symbols, key=str)
        if not all(w in self.positive or self.nonnegative(w) for w in words):
            return False
        terms = sympy.Poly(factor, *words).terms()
        used = [{w for w, e in zip(words, powers, strict=True) if e} for powers, _ in terms]
        return all(c.is_positive for _, c in terms) and any(u <= self.positive for u in used)
