"""Runs of small models without chance: closed forms after any number of steps, and their powers.

Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from theory.definedness import divisors
from theory.language import VOCABULARY, unfold
from theory.obligations import fixed
from theory.proof import NotAccepted, Proof, Step, sentences
from theory.steps import (
    Certified,
    demand_named,
    equation,
    not_shown_nonzero,
    unseen_divisors,
)


@dataclass(frozen=True)
class Run:
    """A recursion, and the words that read its state after a number of steps.

    Args:
        start: state variable -> its value before the first step.
        step: state variable -> its value one step later.
        reads: word -> expression in the state after `steps` steps.
        steps: the word that counts the steps.
        where: sentences under which the words mean this run; steps that use it must name them.
    """

    start: Mapping[Any, Any]
    step: Mapping[Any, Any]
    reads: Mapping[Any, Any]
    steps: Any
    where: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ClosedForm(Step):
    """`word = f(steps)`, by induction: `states` gives every state variable as a function of steps.

    Accepted if the states fit the start (steps = 0), one step of the run turns them into the states
    at steps + 1, and reading the word from them gives f(steps). The run is the setting's own.
    """

    states: Mapping[Any, Any] = field(default_factory=dict)

    def accept(self, proof: Proof) -> None:
        word, claimed = equation(self.statement)
        run = _run_that_tells(word, proof)
        demand_named(run.where, proof.named(self))
        if set(self.states) != set(run.start):
            raise NotAccepted(f"give every state variable: {sorted(map(str, run.start))}")
        at = dict(self.states)
        for variable, value in at.items():
            if not is_zero(
                unfold(value.xreplace({run.steps: sympy.Integer(0)}) - run.start[variable])
            ):
                raise NotAccepted(f"{variable} does not start like this")
            if any(d.free_symbols & set(at) for d in divisors(run.step[variable])):
                raise NotAccepted(f"the step to {variable} divides by the state, which may be zero")
            later = run.step[variable].xreplace(at)
            if not is_zero(unfold(later - value.xreplace({run.steps: run.steps + 1}))):
                raise NotAccepted(f"one step does not carry {variable} on")
        if not is_zero(unfold(run.reads[word].xreplace(at) - claimed)):
            raise NotAccepted("the states do not give this value")

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What the states divide by, and what the run does, with the states put in."""
        word, _ = equation(self.statement)
        run = _run_that_tells(word, proof)
        inside = [*self.states.values(), *run.start.values(), *run.step.values(), run.reads[word]]
        found = not_shown_nonzero(proof, self)
        for value in inside:
            for divisor in divisors(value):
                put = sympy.Eq(sympy.Dummy(), 1 / divisor.xreplace(self.states), evaluate=False)
                found |= not_shown_nonzero(proof, Step(self.reason, put, self.given, self.by))
        return found


def _run_that_tells(word: Any, proof: Proof) -> Run:
    runs: list[Run] = [r for r in getattr(proof.claim.domain, "runs", ()) if word in r.reads]
    if len(runs) != 1:
        raise NotAccepted(f"{len(runs)} runs of the setting tell {word}")
    return runs[0]


def is_zero(expression: Any) -> bool:
    """Whether an expression with powers such as x^(n+1) vanishes: powers of one base are split."""
    return bool(sympy.cancel(sympy.together(opaque_powers(expression))) == 0)


def opaque_powers(expression: Any) -> Any:
    """Powers of words with a counting word in the exponent as variables: x^(n+2) is x^2 [x^n].

    A product is raised factor by factor, which is sound for whole exponents.
    """
    return expression.replace(_counts, _split)


def _split(power: Any) -> Any:
    base, exponent = power.args
    if base.is_Mul:
        return sympy.Mul(*(_split(sympy.Pow(x, exponent, evaluate=False)) for x in base.args))
    fixed_part, counting = exponent.as_independent(sympy.Symbol, as_Add=True)
    if not (counting.is_Symbol and fixed_part.is_Integer):
        raise NotAccepted(f"{power}: an exponent is a counting word plus a whole number")
    return base**fixed_part * sympy.Symbol(f"[{base}^{counting}]", real=True)


def _counts(expression: Any) -> bool:
    return isinstance(expression, sympy.Pow) and any(
        VOCABULARY[s.name].whole for s in expression.exp.free_symbols if s.name in VOCABULARY
    )


@dataclass(frozen=True)
class CertifiedPowers(Certified):
    """A `Certified` step in which powers x^n, n a counting word, are variables.

    All that is used about them is in the named facts.
    """

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [_opaque(s) for fact in proof.named(self) for s in sentences(fact.statement)]
        return fixed(facts, _opaque(self.statement), frozenset(self.keep))

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees: besides kept words, what the powers are taken of."""
        return unseen_divisors(proof.named(self), self.statement, frozenset(self.keep), _powers)


def _powers(sentence: Any) -> list[Any]:
    return [power for power in sentence.atoms(sympy.Pow) if _counts(power)]


def _opaque(sentence: Any) -> Any:
    if isinstance(sentence, (sympy.And, sympy.Implies, sympy.Equivalent)):
        return sentence.func(*map(_opaque, sentence.args))
    if not isinstance(sentence, sympy.core.relational.Relational):
        return sentence
    return sentence.func(*map(opaque_powers, sentence.args), evaluate=False)


@dataclass(frozen=True)
class PowerOrder(Step):
    """Orders of powers x^n, n a counting word.

    `x^n > 0` from x > 0; `x^n >= y^n` from x >= y and y >= 0 (or > 0); `x^n <= 1` and `x^n >= -1`
    from -1 <= x and x <= 1. Sound because n is 0, 1, 2, ...: multiplying by nonnegative numbers
    keeps the order, and products of numbers in [-1, 1] stay there.
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        for relation in sentences(self.statement):
            if not self._follows(relation, facts):
                raise NotAccepted(f"{relation} is not an order of powers of named facts")

    @staticmethod
    def _follows(relation: Any, facts: list[Any]) -> bool:
        if _counts(relation.lhs) and (relation.rhs, relation.rel_op) in ((1, "<="), (-1, ">=")):
            x = relation.lhs.base
            within = (x >= -1) in facts and (x <= 1) in facts
            return bool(relation.lhs.exp.is_Symbol and within)
        if not isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)):
            return False
        large, small = relation.args
        if not _counts(large) or not large.exp.is_Symbol:
            return False
        x, n = large.args
        if small == 0:
            return (x > 0) in facts
        if isinstance(relation, sympy.StrictGreaterThan) or not _counts(small):
            return False
        y, m = small.args
        ordered = (x > y) in facts or (x >= y) in facts
        return m == n and ordered and ((y > 0) in facts or (y >= 0) in facts)
