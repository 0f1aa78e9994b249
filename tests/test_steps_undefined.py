"""Attempts to prove something without a meaning: roots, logarithms and quotients that do not exist.

Every attempt has an exact model in which its assumptions hold and its statement has no truth value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sympy
from sympy import And, Eq, Equivalent, Implies, Integer, Not, Or, sqrt

from theory import registry
from theory.deterministic_run import CertifiedPowers
from theory.in_time import CertifiedInTime
from theory.language import Always, Initially, Next, NextHolds, With
from theory.proof import Step, examine
from theory.reasoning import Conclude, Follows, Suppose, entails
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.momentum import BLOCK, steps
from theory.tiny_subspaces.toy import TOY, flat, sharp
from theory.vocabulary import B, D, a_star, additive, eta
from verify.balls import Undefined
from verify.instances import InstanceWorld, instance
from verify.meaning import World, truth
from verify.models import quadratic
from verify.prove import certificates_of


@dataclass(frozen=True)
class Attempt:
    """Steps that end in a statement, and a world in which that has no truth value."""

    claim: str  # a claim about such worlds
    assumptions: Mapping[str, Any]
    derivation: tuple[Step, ...]
    world: Any


def tautology(number: Any) -> Any:
    """A sentence that is true by logic where the number exists."""
    return Implies(And(number > 2, eta > 0), number > 2)


def implied(number: Any) -> Any:
    """A sentence that a certificate shows where the number exists."""
    return Implies(number > 2, number > 1)


def square(number: Any) -> Any:
    """An identity that holds where the number exists."""
    return Eq((number + 1) ** 2, number**2 + 2 * number + 1)


AT_ZERO = instance(
    TOY.name,
    flat=-1, sharp=0, coupling=1, eta=1, x2=1, y2=1, xy=0, run_length=1, asked="1/10",
    other_coupling=1, other_eta=1,
)  # fmt: skip
ZERO, NEGATIVE = InstanceWorld(AT_ZERO), InstanceWorld(AT_ZERO.with_number("sharp", -1))
GONE = World(quadratic("2 1", 1, "4 1", "0 0", "1/2", horizon=2))  # no dominant energy after a step
ABSENT = World(quadratic("2 1", 1, "0 1", "1 0", "1/2"))  # none before the first step
LEVEL = World(quadratic("2 1", 1, "1 1", "0 0", "1/2"))  # as much as bulk energy
EMPTY = World(quadratic("2 1", 1, "0 0", "0 0", "1/2"))
ONLY_THEN = {"r": Implies(flat > 0, sharp > 0)}
ENERGY = {"r": D > 0, "additive": additive}
WEAK = With(1 / D, "scale", Integer(0))
POWER = (1 + 1 / eta) ** steps


def guarded(sentence: Any, step: type[Step]) -> tuple[Step, ...]:
    """The sentence under a premise that gives it a meaning, and then without."""
    return (
        Suppose("s", flat > 0),
        step("there", sentence, ("s", "r")),
        Conclude("guarded", Implies(flat > 0, sentence), ("s", "there")),
        step("so", sentence, ("guarded",)),
    )


ATTEMPTS = {
    "a certificate under a premise": Attempt(
        "TS-11",
        ONLY_THEN,
        (
            Certified("there", Implies(flat > 0, 1 / sharp > 0), ("r",)),
            Follows("so", tautology(1 / sharp), ("there",)),
        ),
        ZERO,
    ),
    "a quotient under a premise": Attempt(
        "TS-11", ONLY_THEN, guarded(tautology(1 / sharp), Follows), ZERO
    ),
    "a root under a premise": Attempt(
        "TS-11", ONLY_THEN, guarded(square(sqrt(sharp)), Algebra), NEGATIVE
    ),
    "a quotient in a disjunction": Attempt(
        "TS-11",
        {"r": Or(sharp <= 0, 1 / sharp > -1)},
        (Follows("so", tautology(1 / sharp), ("r",)),),
        ZERO,
    ),
    "a root in a disjunction": Attempt(
        "TS-11",
        {"r": Or(sharp < 0, sqrt(sharp) > -1)},
        (Algebra("so", square(sqrt(sharp)), ("r",)),),
        NEGATIVE,
    ),
    "a quotient a step later": Attempt(
        "SA-3", ENERGY, (Algebra("so", square(Next(1 / D)), ("r", "additive")),), GONE
    ),
    "a quotient at every time": Attempt(
        "SA-3",
        {"r": 1 / D > 0, "additive": additive},
        (Follows("so", Always(tautology(1 / D)), ("r", "additive")),),
        GONE,
    ),
    "a root at every time": Attempt(
        "SA-3",
        {"r": sqrt(D - B) >= 0, "additive": additive},
        (Follows("so", Always(tautology(sqrt(D - B))), ("r", "additive")),),
        GONE,
    ),
    "a quotient now, known of the next time": Attempt(
        "SA-3",
        {"r": NextHolds(1 / D > 0), "additive": additive},
        (Follows("so", tautology(1 / D), ("r", "additive")),),
        ABSENT,
    ),
    "a quotient in a changed model": Attempt(
        "SA-3", ENERGY, (Algebra("so", square(WEAK), ("r", "additive")),), GONE
    ),
    "a certificate about a changed model": Attempt(
        "SA-3", ENERGY, (CertifiedInTime("so", implied(WEAK), ("r", "additive")),), GONE
    ),
    "a certificate about the start": Attempt(
        "SA-3",
        {"additive": additive},
        (CertifiedInTime("so", implied(Initially(1 / (D - B))), ("additive",)),),
        LEVEL,
    ),
    "a threshold without energy and noise": Attempt(
        "SA-3", {}, (Follows("so", tautology(a_star)),), EMPTY
    ),
    "a power of a quotient": Attempt(
        "TS-26",
        {},
        (CertifiedPowers("so", implied(POWER)),),
        InstanceWorld(instance(BLOCK.name, eta=0, beta=0, steps=1)),
    ),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_has_no_meaning_is_not_proved(name: str) -> None:
    """Fails when a derivation counts though its statement has no truth value in a model."""
    attempt = ATTEMPTS[name]
    statement = attempt.derivation[-1].statement
    assert all(truth(sentence)(attempt.world) for sentence in attempt.assumptions.values())
    with pytest.raises(Undefined):
        truth(statement)(attempt.world)
    claim = replace(
        registry.get(attempt.claim),
        assumptions=attempt.assumptions,
        conclusion={"no meaning": statement},
        derivation=attempt.derivation,
        checked_only={},
    )
    found, _ = certificates_of(claim)
    outcomes, loose, _ = examine(claim, registry.LIBRARY, found)
    assert not [outcome.problem for outcome in outcomes if outcome.problem]
    assert "which may " in loose["no meaning"]  # be zero or negative, or have no value


def test_what_keeps_its_meaning_is_proved() -> None:
    """Fails when a quotient counts as doubtful though every time, or a premise, excludes zero."""
    always = Always(D > 0)
    later = (
        Follows("so", Always(tautology(1 / D)), ("r",)),
        Algebra("next", square(Next(1 / D)), ("r next",)),
    )
    claim = replace(
        registry.get("SA-3"),
        assumptions={"r": always, "r next": sympy.Gt(sympy.Symbol("D_next", real=True), 0)},
        conclusion={step.reason: step.statement for step in later},
        derivation=later,
        checked_only={},
    )
    outcomes, loose, _ = examine(claim, registry.LIBRARY, {})
    assert not loose
    assert not [outcome.problem for outcome in outcomes if outcome.problem]


PLAIN, DOUBTFUL = flat > 0, 1 / sharp > 2


@pytest.mark.parametrize(
    ("facts", "follows"),
    [
        ([], False),
        ([PLAIN], False),
        ([Or(PLAIN, DOUBTFUL)], False),
        ([Or(PLAIN, DOUBTFUL), Not(PLAIN)], True),
        ([Not(And(PLAIN, DOUBTFUL))], False),
        ([And(PLAIN, DOUBTFUL)], True),
        ([Implies(PLAIN, DOUBTFUL)], False),
        ([Implies(PLAIN, DOUBTFUL), PLAIN], True),
        ([Implies(DOUBTFUL, PLAIN)], True),
        ([Equivalent(PLAIN, DOUBTFUL)], True),
        ([Not(DOUBTFUL)], True),
        ([1 / sharp >= 2], True),
        ([1 / sharp >= 1], False),
    ],
    ids=str,
)
def test_what_follows_where_relations_may_lack_a_truth_value(
    facts: list[Any], follows: bool
) -> None:
    """Fails when a fact is said to read a relation that it does not read, or a read one is lost."""
    assert entails(facts, tautology(1 / sharp))
    assert entails(facts, tautology(1 / sharp), partial=True) == follows
