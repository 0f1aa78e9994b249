"""One random step of a small model, and the step of a derivation that takes its expectation.

Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from theory.definedness import divisors
from theory.proof import NotAccepted, Proof, Step
from theory.steps import demand_named, equation, not_shown_nonzero, put_in, vanishes


@dataclass(frozen=True)
class Repeated:
    """Words about many steps of one kind: word about the present -> word one step, all steps later.

    The words must be values of the same quantity: `next` after one step, `after` once as many such
    steps, independent of each other, have been made as the number word `Update.steps` says. A step
    of another method leads to state variables of its own; `state` maps them to the present ones.
    """

    next: Mapping[Any, Any]
    after: Mapping[Any, Any]
    state: Mapping[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Update:
    """One step of a small model: what the state becomes in each outcome.

    Args:
        outcomes: pairs of a probability and the new state, state variable -> expression in the
            state variables (plain symbols, not words) and in number words.
        moments: monomial in the state variables -> the word for its expectation in the present.
        after: word -> polynomial in the state whose expectation after the step it is.
        runs: what repeating the step, or one of several kinds of steps, leads to.
        steps: the number word for how many steps the runs make.
        where: sentences under which the outcomes are what the words mean (SAM's direction is the
            sign of x only where x > 0); every step that uses the update must name them.
    """

    outcomes: tuple[tuple[Any, Mapping[Any, Any]], ...]
    moments: Mapping[Any, Any]
    after: Mapping[Any, Any]
    runs: tuple[Repeated, ...] = ()
    steps: Any = None
    where: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if any(sympy.sympify(p).is_negative for p, _ in self.outcomes):
            raise ValueError("a probability is not negative")
        if sympy.expand(sum(p for p, _ in self.outcomes) - 1) != 0:
            raise ValueError("the probabilities of the outcomes must sum to 1")
        for run in self.runs:
            for word, later in run.next.items():
                quantity = self.after[later].xreplace(dict(run.state))
                if self.moments.get(quantity) != word or set(run.after) != set(run.next):
                    raise ValueError(f"{word} and {later} are not values of the same quantity")

    @property
    def moving(self) -> frozenset[str]:
        """The names of all words whose values depend on the state."""
        told = [word for run in self.runs for m in (run.next, run.after) for word in m.values()]
        present = [word for run in self.runs for word in run.next]
        return frozenset(w.name for w in (*self.moments.values(), *self.after, *told, *present))

    @property
    def state(self) -> tuple[Any, ...]:
        """The state variables, in a fixed order."""
        return tuple(sorted({s for _, new in self.outcomes for s in new}, key=str))

    def expected(self, word: Any) -> Any:
        """What a word about the next step is, by linearity, in words about the present.

        Raises NotAccepted if the word, or a moment it needs, is not known here.
        """
        if word not in self.after:
            raise NotAccepted(f"{word} is not a word about the next step of this model")
        total: Any = sympy.Integer(0)
        for probability, new in self.outcomes:
            value = self.after[word].xreplace(dict(new))
            total += probability * self._mean(sympy.expand(value))
        return sympy.expand(total)

    def divides_by(self, word: Any) -> frozenset[Any]:
        """What the step to a word, or the present moments, divide by."""
        moved = self.after[word].free_symbols
        steps = [new[s] for _, new in self.outcomes for s in moved & set(new)]
        known = [sympy.sympify(value) for value in (*steps, *self.moments.values())]
        return frozenset(d for value in known for d in divisors(value))

    def _mean(self, value: Any) -> Any:
        total: Any = sympy.Integer(0)
        for powers, coefficient in sympy.Poly(value, *self.state).terms():
            monomial = sympy.prod(s**n for s, n in zip(self.state, powers, strict=True))
            if monomial != 1 and monomial not in self.moments:
                raise NotAccepted(f"the expectation of {monomial} has no word")
            total += coefficient * (1 if monomial == 1 else self.moments[monomial])
        return total


@dataclass(frozen=True)
class OneStep(Step):
    """`word = expression in words about the present`: the expectation of one step of the setting.

    The update is the setting's own (`claim.domain.update`), so no derivation can choose another.
    """

    def accept(self, proof: Proof) -> None:
        word, claimed = equation(self.statement)
        update = _update_of(proof)
        demand_named(update.where, proof.named(self))
        derived = update.expected(word)
        if not vanishes(put_in(derived - claimed, proof.named(self))):
            raise NotAccepted(f"the expectation of the step is {sympy.factor(derived)}")

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What the statement and the step divide by, unless a named fact excludes zero."""
        word, _ = equation(self.statement)
        quotients = [1 / d for d in _update_of(proof).divides_by(word)]
        step = sympy.Eq(sympy.Dummy(), sympy.Add(*quotients), evaluate=False)
        inside = not_shown_nonzero(proof, Step(self.reason, step, self.given, self.by))
        return inside | not_shown_nonzero(proof, self)


def _update_of(proof: Proof) -> Update:
    update: Update | None = getattr(proof.claim.domain, "update", None)
    if update is None:
        raise NotAccepted("the setting of this claim has no update rule")
    return update
