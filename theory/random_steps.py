"""Steps about many steps of a small model, from facts about one step of it.

Source: our formalisation (induction over the steps, which are independent and alike).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.averaging import Repeated, Update
from theory.language import VOCABULARY, basic_words
from theory.proof import Fact, NotAccepted, Proof, Step, sentences
from theory.steps import equation, vanishes


@dataclass(frozen=True)
class Iterated(Step):
    """`x after the steps = factor^steps * x now`, from `x after one step = factor * x now`.

    `quantity` is x, in words about the present; a named fact must be the equation for one step of
    one run of the setting. Sound because the named fact holds in every state: it may not rest on
    assumptions about the state, nor may the factor depend on it.
    """

    quantity: Any = None
    factor: Any = None

    def accept(self, proof: Proof) -> None:
        update, facts = _update(proof), proof.named(self)
        if _moving(self.factor, update):
            raise NotAccepted(f"the factor depends on the state: {_moving(self.factor, update)}")
        _plain(self.quantity, update.runs, update)
        _every_state(facts, proof, update)
        left, right = equation(self.statement)
        for run in update.runs:
            step = sympy.Eq(self.quantity.xreplace(run.next), self.factor * self.quantity)
            if not any(_same(step, s) for fact in facts for s in sentences(fact.statement)):
                continue
            _plain(self.quantity, (run,), update)
            power = self.factor**update.steps * self.quantity
            if left == self.quantity.xreplace(run.after) and vanishes(right - power):
                return
        raise NotAccepted("not what a named equation about one step becomes after many")


@dataclass(frozen=True)
class KeptUp(Step):
    """`phi after the steps`, from phi now and `Implies(phi now, phi after one step)`.

    phi is the first named fact. Sound as `Iterated` is; phi itself may be about the state.
    """

    def accept(self, proof: Proof) -> None:
        update = _update(proof)
        now, *others = proof.named(self)
        _every_state(others, proof, update)
        for run in update.runs:
            rule = sympy.Implies(now.statement, now.statement.xreplace(run.next))
            if rule in [fact.statement for fact in others] and (
                self.statement == now.statement.xreplace(run.after)
            ):
                _plain(now.statement, (run,), update)
                return
        raise NotAccepted("not what is true now and kept by every step")


def _update(proof: Proof) -> Update:
    update = getattr(proof.claim.domain, "update", None)
    if update is None or not update.runs:
        raise NotAccepted("the setting of this claim has no runs of many steps")
    return update  # type: ignore[no-any-return]


def _moving(expression: Any, update: Update) -> set[str]:
    """The words about states that an expression or sentence is made of.

    A word computed from an instance may depend on its state.
    """
    names = {name for s in expression.free_symbols for name in basic_words(s.name)}
    hidden = {n for n in names if n in VOCABULARY and VOCABULARY[n].kind == "computed"}
    return hidden | (names & update.moving)


def _plain(expression: Any, runs: tuple[Repeated, ...], update: Update) -> None:
    """Raise NotAccepted if the state enters an expression other than by words the runs move."""
    now = {word.name for run in runs for word in run.next}
    defined = [s for s in expression.free_symbols if s.name not in now]
    if any(_moving(s, update) for s in defined):
        raise NotAccepted(f"{expression} is not said in plain words about the present")


def _every_state(facts: list[Fact], proof: Proof, update: Update) -> None:
    """Raise NotAccepted if a fact holds in some states only: those in which a run starts.

    So it is if it rests on an assumption about the state, or divides by, or takes a root of,
    something about the state that nobody has shown to allow it.
    """
    for name in {n for fact in facts for n in fact.rests_on}:
        assumption = proof.facts.get(name)
        if assumption is None or _moving(assumption.statement, update):
            raise NotAccepted(f"{name!r} is assumed of one state only")
    for part in {e for fact in facts for e in fact.divides_by | fact.roots_of}:
        if _moving(part, update):
            raise NotAccepted(f"{part} may vanish, or be negative, in another state")


def _same(one: Any, other: Any) -> bool:
    if not isinstance(other, sympy.Equality):
        return False
    return bool(one.lhs == other.lhs) and vanishes(one.rhs - other.rhs)
