"""Steps about squares of real numbers. Source: our formalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.language import VOCABULARY, ForAllModes
from theory.proof import NotAccepted, Proof, Step, sentences


@dataclass(frozen=True)
class ZeroSquare(Step):
    """`x = 0` from `x^2 <= 0`, both perhaps under the same premise.

    Sound for real numbers, so x must be a polynomial in words: a square root may not exist. It is
    needed because the kernel multiplies by positive numbers only.
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        premise, equation = _split(self.statement)
        if not (isinstance(equation, sympy.Equality) and equation.rhs == 0):
            raise NotAccepted("the statement must be x = 0")
        if not (equation.lhs.is_polynomial() and equation.lhs.is_real):
            raise NotAccepted(f"{equation.lhs} is not a polynomial in words")
        needed = (premise, equation.lhs**2 <= 0)
        if needed not in [_split(fact) for fact in facts]:
            raise NotAccepted(f"name {needed[1]} under the same premise")


def _split(statement: Any) -> tuple[Any, Any]:
    if isinstance(statement, sympy.Implies):
        premise, conclusion = statement.args
        return premise, conclusion
    return sympy.true, statement


@dataclass(frozen=True)
class SquareOfSum(Step):
    """`(sum of x)^2 >= sum of x^2` over one block, from `ForAllModes(x >= 0)`.

    Sound because the products of different terms are not negative.
    """

    def accept(self, proof: Proof) -> None:
        match self.statement:
            case sympy.GreaterThan(args=(sympy.Pow(args=(total, sympy.Integer(p=2))), squares)):
                pass
            case _:
                raise NotAccepted("the statement must be (sum of x)^2 >= sum of x^2")
        words = [VOCABULARY.get(str(x)) for x in (total, squares)]
        if any(word is None or word.kind != "sum" for word in words):
            raise NotAccepted(f"{total} and {squares} must be block sums")
        first, second = (word for word in words if word is not None)
        if first.side != second.side or first.formula**2 != second.formula:
            raise NotAccepted(f"{squares} does not sum the squares of the terms of {total}")
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        if ForAllModes(first.formula >= 0) not in facts:
            raise NotAccepted(f"name {ForAllModes(first.formula >= 0)}")
