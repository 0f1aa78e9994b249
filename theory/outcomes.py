"""Steps about expectations over the outcomes of a step: of D+, of B+ and of their ratio R.

An expectation is linear, E 1 = 1, and E x >= 0 if x >= 0 in every outcome. Nothing else is used of
the noise law, which may be any with E (G+)^2 finite. Source: our formalisation (SA-7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theory.language import VOCABULARY, unfold
from theory.obligations import certified, fixed
from theory.proof import NotAccepted, Proof, Step, sentences
from theory.steps import not_shown_nonzero, vanishes
from theory.vocabulary import (
    C_DB,
    C_RG,
    E_R,
    V_B,
    V_D,
    V_G,
    B_next,
    D_next,
    G_next,
    a_next,
    remainder,
)

R, D_plus, B_plus = sympy.symbols("R D_plus B_plus", real=True)
G_plus = D_plus + B_plus
RATIO = sympy.Eq(R * G_plus, D_plus)  # whatever R is where G+ = 0
BOUNDS = (R >= 0, R <= 1, D_plus >= 0, B_plus >= 0)
OUTCOMES: Mapping[Any, Any] = {  # word -> what it is the expectation of
    E_R: R,
    D_next: D_plus,
    B_next: B_plus,
    V_D: (D_plus - D_next) ** 2,
    V_B: (B_plus - B_next) ** 2,
    V_G: (G_plus - G_next) ** 2,
    C_DB: (D_plus - D_next) * (B_plus - B_next),
    C_RG: (R - E_R) * (G_plus - G_next),
    remainder: (R - a_next) * (G_plus / G_next - 1) ** 2,
}
MEANS = {(0, 0, 0): sympy.Integer(1), (1, 0, 0): B_next, (0, 1, 0): E_R, (0, 0, 1): D_next}


def mean(integrand: Any) -> Any:
    """The expectation of a polynomial in R, D+ and B+, as far as it is linear in them.

    R G+ = D+ is used first. Raises NotAccepted if powers or products of them remain.
    """
    relation = RATIO.lhs - RATIO.rhs
    _, rest = sympy.reduced(
        sympy.together(unfold(integrand)), [relation], B_plus, R, D_plus, order="lex"
    )
    total: Any = sympy.Integer(0)
    for powers, coefficient in sympy.Poly(rest, B_plus, R, D_plus).terms():
        if powers in MEANS:
            total += coefficient * MEANS[powers]
        elif not vanishes(coefficient):
            raise NotAccepted(f"the expectation of {powers} in B+, R, D+ has no word")
    return total


@dataclass(frozen=True)
class Averaged(Step):
    """A relation between expectations, because it holds in the mean, or in every outcome.

    The words in `over` are replaced by what they are expectations of; in them the relation must be
    affine, and all other words are numbers. An equation is accepted if the expectation of the
    difference is identically zero. An inequality needs a certificate that the difference plus
    `centred`, whose expectation must be zero, is >= 0 in every outcome.
    """

    over: tuple[Any, ...] = ()
    centred: Any = 0
    squares: tuple[Any, ...] = ()  # a hint for the search: squares that help

    def integrand(self) -> Any:
        """Left side minus right side, in one outcome."""
        difference = unfold(self.statement.lhs - self.statement.rhs)
        unknown = [word for word in self.over if word not in OUTCOMES]
        if unknown:
            raise NotAccepted(f"{unknown[0]} is not an expectation over outcomes")
        try:
            polynomial = sympy.Poly(difference, *self.over)
        except sympy.PolynomialError:
            raise NotAccepted("the relation divides by an expectation") from None
        if polynomial.total_degree() > 1:
            raise NotAccepted("the relation is not affine in the expectations")
        return difference.xreplace({word: unfold(OUTCOMES[word]) for word in self.over})

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        if isinstance(self.statement, sympy.Equality):
            return []
        if not isinstance(self.statement, (sympy.GreaterThan, sympy.LessThan)):
            raise NotAccepted("the statement must be an equation or a weak inequality")
        if not vanishes(mean(self.centred)):
            raise NotAccepted(f"the expectation of {self.centred} is not zero")
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        surplus = self.integrand()
        if isinstance(self.statement, sympy.LessThan):
            surplus = -surplus
        goal = sympy.Ge(surplus + self.centred, 0, evaluate=False)
        return fixed([RATIO, *BOUNDS, *facts], goal, frozenset())

    def accept(self, proof: Proof) -> None:
        named = [fact.statement for fact in proof.named(self)]
        taken = {R, D_plus, B_plus}
        if any(s.free_symbols & taken for s in (self.statement, *named)):
            raise NotAccepted("R, D+ and B+ are the names of single outcomes here")
        if isinstance(self.statement, sympy.Equality):
            if not vanishes(mean(self.integrand())):
                raise NotAccepted("the expectations differ")
            return
        certified(self.reason, self.obligations(proof), proof.certificates)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        outcome = sympy.Eq(sympy.Dummy(), self.integrand() + self.centred, evaluate=False)
        inside = not_shown_nonzero(proof, replace(self, statement=outcome))
        return inside | not_shown_nonzero(proof, self)


@dataclass(frozen=True)
class Discriminant(Step):
    """`b^2 <= a c`, from `a x^2 + 2 b x + c >= 0` for every x.

    Sound for real numbers: a quadratic that is nowhere negative has no two different roots, and if
    a = 0 it is constant. `variable` must be free in the named fact.
    """

    variable: Any = None

    def accept(self, proof: Proof) -> None:
        if str(self.variable) in VOCABULARY:
            raise NotAccepted(f"{self.variable} is a word, not a free variable")
        facts = proof.named(self)
        for name in {name for fact in facts for name in fact.rests_on}:
            if self.variable in proof.facts[name].statement.free_symbols:
                raise NotAccepted(f"{self.variable} is not free: {name!r} is about it")
        if not isinstance(self.statement, sympy.LessThan):
            raise NotAccepted("the statement must be b^2 <= a c")
        claimed = self.statement.rhs - self.statement.lhs
        if not any(self._follows(fact.statement, claimed) for fact in facts):
            raise NotAccepted("no named fact is a quadratic with this discriminant")

    def _follows(self, fact: Any, claimed: Any) -> bool:
        if not isinstance(fact, sympy.GreaterThan):
            return False
        quadratic = sympy.Poly(unfold(fact.lhs - fact.rhs), self.variable)
        if quadratic.degree() > 2:
            return False
        square, double, constant = (quadratic.coeff_monomial(self.variable**n) for n in (2, 1, 0))
        return vanishes(claimed - (square * constant - (double / 2) ** 2))

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        earlier = (fact.divides_by for fact in proof.named(self))
        return not_shown_nonzero(proof, self).union(*earlier)
