"""A step about geometric decay: when does A r^t cross a level.

Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.proof import NotAccepted, Proof, Step, sentences
from theory.vocabulary import t


def crossing(amount: Any, ratio: Any, level: Any) -> Any:
    """The (real) time at which amount * ratio^t equals the level."""
    return sympy.log(amount / level) / sympy.log(1 / ratio)


def decays_past(amount: Any, ratio: Any, level: Any) -> Any:
    """The lemma that `Decay` accepts."""
    premise = sympy.And(amount > 0, level > 0, ratio > 0, ratio < 1)
    value, time = amount * ratio**t, crossing(amount, ratio, level)
    return sympy.Implies(
        premise,
        sympy.And(
            sympy.Equivalent(value < level, t > time), sympy.Equivalent(value > level, t < time)
        ),
    )


@dataclass(frozen=True)
class Decay(Step):
    """`decays_past(A, r, z)`: A r^t < z exactly after log(A/z)/log(1/r), > z exactly before.

    Sound for A, z > 0 and 0 < r < 1: take logarithms, which increase, and divide by log(1/r) > 0.
    None of the three may contain the time.
    """

    amount: Any = None
    ratio: Any = None
    level: Any = None

    def accept(self, proof: Proof) -> None:
        parts = (self.amount, self.ratio, self.level)
        if any(sympy.sympify(part).has(t) for part in parts):
            raise NotAccepted("amount, ratio and level must not contain the time")
        if self.statement != decays_past(*parts):
            raise NotAccepted(f"this kind of step establishes {decays_past(*parts)} only")


@dataclass(frozen=True)
class PowerNotNegative(Step):
    """`r^t >= 0`, from r >= 0: t counts steps."""

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        match self.statement:
            case sympy.GreaterThan(args=(sympy.Pow(args=(base, exponent)), sympy.S.Zero)) if (
                exponent == t
            ):
                if (base >= 0) not in facts and (base > 0) not in facts:
                    raise NotAccepted(f"name {base >= 0}")
            case _:
                raise NotAccepted("the statement must be r^t >= 0")
