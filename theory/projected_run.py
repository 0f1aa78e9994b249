"""Steps about runs that move one block only: what they share with the run of SGD.

Source: our formalisation of the projected updates of arXiv 2405.16002, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.expectation import CENTRED, expected_square
from theory.language import Always, ForBulkModes, ForDominantModes, Initially, Next
from theory.proof import NotAccepted, Proof, Step, sentences
from theory.steps import plain_steps
from theory.vocabulary import (
    additive,
    eta,
    g2,
    g2_next,
    lam,
    loss_after_bulk_steps,
    loss_after_dominant_steps,
    loss_B,
    loss_D,
    s2,
)

RUNS = {
    loss_after_dominant_steps: loss_D + Initially(loss_B),
    loss_after_bulk_steps: Initially(loss_D) + loss_B,
}


def modes_are_alone(proof: Proof, step: Step) -> None:
    """Raise NotAccepted unless each mode's next expected energy depends on that mode alone.

    That is so if the noise is additive, the step size constant, and the one-mode update has no
    other variable.
    """
    if additive not in [s for fact in proof.named(step) for s in sentences(fact.statement)]:
        raise NotAccepted("name the additive noise: otherwise a mode feels the others")
    plain_steps(proof)
    others = expected_square(moments=CENTRED).free_symbols - {g2, s2, lam, eta}
    if others:
        raise NotAccepted(f"the update of a mode depends on {sorted(others, key=str)}")


@dataclass(frozen=True)
class ProjectedRun(Step):
    """`Always(loss of a projected run = loss of its block in SGD's run + loss of the rest at 0)`.

    Sound because in the eigenbasis the projected step moves every mode of its block as the full
    step does and leaves the others, and no mode's expected energy depends on another mode.
    """

    def accept(self, proof: Proof) -> None:
        modes_are_alone(proof, self)
        if self.statement not in [Always(sympy.Eq(run, sum_)) for run, sum_ in RUNS.items()]:
            raise NotAccepted("the statement must be about one of the two projected runs")


@dataclass(frozen=True)
class Reproduced(Step):
    """`Always(ForDominantModes(g2_next = g2))`, or of the bulk, from the same at the start.

    Sound because a mode's next expected energy is a function of its own: what a step reproduces
    once, it reproduces again.
    """

    def accept(self, proof: Proof) -> None:
        modes_are_alone(proof, self)
        same = sympy.Eq(g2_next, g2)
        for block in (ForDominantModes(same), ForBulkModes(same)):
            if self.statement == Always(block):
                if block not in [fact.statement for fact in proof.named(self)]:
                    raise NotAccepted(f"name {block}")
                return
        raise NotAccepted("the statement must be that a block is stationary at every time")


@dataclass(frozen=True)
class Unchanged(Step):
    """`Always(x = Initially(x))`, from `Always(Next(x) = x)`: by induction on the time."""

    def accept(self, proof: Proof) -> None:
        facts: list[Any] = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        match self.statement:
            case Always(args=(sympy.Equality(args=(x, Initially(args=(start,)))),)) if x == start:
                if Always(sympy.Eq(Next(x), x)) not in facts:
                    raise NotAccepted(f"name {Always(sympy.Eq(Next(x), x))}")
            case _:
                raise NotAccepted("the statement must be Always(x = Initially(x))")
