"""A step about sums that no update changes, whatever the schedule of step sizes.

Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.language import VOCABULARY, Next
from theory.proof import NotAccepted, Proof, Step, sentences
from theory.vocabulary import additive, lam, s2


@dataclass(frozen=True)
class Stays(Step):
    """`Next(x) = x` for a block sum of eigenvalues and noise variances, the noise being additive.

    Sound because an update moves the state only: it changes neither the Hessian nor, if the noise
    does not depend on the state, the variances.
    """

    def accept(self, proof: Proof) -> None:
        if additive not in [s for fact in proof.named(self) for s in sentences(fact.statement)]:
            raise NotAccepted("name the additive noise: otherwise the variances change")
        match self.statement:
            case sympy.Equality(args=(Next(args=(before,)), after)) if before == after:
                word = VOCABULARY.get(str(before))
            case _:
                raise NotAccepted("the statement must be Eq(Next(x), x)")
        if word is None or word.kind != "sum" or not word.formula.free_symbols <= {lam, s2}:
            raise NotAccepted(f"{before} is not a sum of eigenvalues and variances")
