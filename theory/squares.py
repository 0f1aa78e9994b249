"""Steps about squares of real numbers. Source: our formalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.proof import NotAccepted, Proof, Step, sentences


@dataclass(frozen=True)
class ZeroSquare(Step):
    """`x = 0` from `x^2 <= 0`, both perhaps under the same premise.

    Sound for real numbers. It is needed because the kernel multiplies by positive numbers only.
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        premise, equation = _split(self.statement)
        if not (isinstance(equation, sympy.Equality) and equation.rhs == 0):
            raise NotAccepted("the statement must be x = 0")
        needed = (premise, equation.lhs**2 <= 0)
        if needed not in [_split(fact) for fact in facts]:
            raise NotAccepted(f"name {needed[1]} under the same premise")


def _split(statement: Any) -> tuple[Any, Any]:
    if isinstance(statement, sympy.Implies):
        premise, conclusion = statement.args
        return premise, conclusion
    return sympy.true, statement
