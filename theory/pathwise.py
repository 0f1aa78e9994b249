"""A step about single outcomes: two changes agree for every value of the noise, mode by mode.

Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory import expectation
from theory.expectation import sgd, x, xi
from theory.language import BULK, DOMINANT, VOCABULARY, unfold
from theory.lowest_terms import lowest_terms
from theory.proof import NotAccepted, Proof, Step
from theory.steps import equation
from theory.vocabulary import g2, lam

ENERGY, LOSS = sympy.Integer(1), 1 / (2 * lam)
MOVES = {  # word -> weight of the squared gradient, moving blocks, counted blocks
    "D_next": (ENERGY, (DOMINANT, BULK), (DOMINANT,)),
    "B_next": (ENERGY, (DOMINANT, BULK), (BULK,)),
    "loss_D_next": (LOSS, (DOMINANT, BULK), (DOMINANT,)),
    "loss_B_next": (LOSS, (DOMINANT, BULK), (BULK,)),
    "loss_after_dominant_step": (LOSS, (DOMINANT,), (DOMINANT, BULK)),
    "loss_after_bulk_step": (LOSS, (BULK,), (DOMINANT, BULK)),
}


@dataclass(frozen=True)
class Pathwise(Step):
    """An equation linear in block sums and words about the next step, true for every noise value.

    Accepted if, on each side, the difference of the summands vanishes as a polynomial in the noise
    xi and the gradient. No moment of the noise is used, so the equation holds for every outcome and
    for every noise law, centred or not.
    """

    def accept(self, proof: Proof) -> None:
        left, right = equation(self.statement)
        combination = sympy.expand(unfold(left - right))
        words = sorted(combination.free_symbols, key=str)
        if not all(_is_summed(word) for word in words):
            raise NotAccepted(f"{words} are not all sums or words about the next step")
        if sympy.Poly(combination, *words).homogeneous_order() != 1:
            raise NotAccepted("the equation is not linear")
        for side in (DOMINANT, BULK):
            term = combination.xreplace({word: summand(word, side) for word in words})
            if lowest_terms(term)[0] != 0:
                raise NotAccepted(f"{side} summands differ by {sympy.factor(term)}")


def _is_summed(word: Any) -> bool:
    known = VOCABULARY[word.name]
    return known.name in MOVES or (known.kind == "sum" and known.formula.free_symbols <= {lam, g2})


def summand(word: Any, side: str) -> Any:
    """What one mode of a side adds to a word on one path, in its gradient g and the noise xi."""
    if word.name not in MOVES:
        known = VOCABULARY[word.name]
        return known.formula.subs(g2, expectation.g**2) if known.side == side else 0
    weight, moving, counted = MOVES[word.name]
    if side not in counted:
        return 0
    position = sgd(x, xi) if side in moving else x
    return weight * (lam * position).subs(x, expectation.g / lam) ** 2
