"""A step about a word that is defined by cases and contains a square root.

Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.definedness import divisors, has_value
from theory.language import VOCABULARY
from theory.obligations import fixed
from theory.proof import Fact, NotAccepted, Proof, sentences
from theory.steps import Certified

ROOT = sympy.Symbol("root", real=True)


@dataclass(frozen=True)
class ByCases(Certified):
    """Relations about `word`, by certificates for every case of its definition.

    Sound because some case applies, and in each case the word is the value given there. A square
    root of R becomes a variable `root` with root >= 0 and root^2 = R, after a certificate of R >= 0
    in that case (root > 0 after one of R > 0, if `strict`); the denominator of each value gets a
    certificate of being positive. The statement may be an implication, whose premise then holds
    throughout.
    """

    word: Any = None
    strict: bool = False

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        statement, kept = self.statement, frozenset(self.keep)
        if any(ROOT in s.free_symbols for s in (statement, *facts)):
            raise NotAccepted(f"{ROOT} is the name of the square root here")
        if isinstance(statement, sympy.Implies):
            premise, statement = statement.args
            facts += sentences(premise)
        found = []
        for value, conditions in branches(VOCABULARY[self.word.name].formula):
            radicand, known = radicand_of(value), list(facts)
            if radicand is not None:
                relation = sympy.StrictGreaterThan if self.strict else sympy.GreaterThan
                below = relation(radicand, 0, evaluate=False)
                found += fixed([*facts, *conditions], below, kept)
                root = ROOT > 0 if self.strict else ROOT >= 0
                known += [root, sympy.Eq(ROOT**2, radicand)]
                value = value.subs(sympy.sqrt(radicand), ROOT)
            known += conditions
            positive = sympy.fraction(value)[1] > 0
            if positive != True:  # noqa: E712  # SymPy's true
                found += fixed(known, positive, kept)
                known.append(positive)
            found += fixed(known, statement.subs(self.word, value), kept)
        return found

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees; the value of the word exists in every case."""
        found = super().divides_by(proof)
        return without_value(self.word, found, self.statement, proof.named(self))


def without_value(
    word: Any, found: frozenset[Any], statement: Any, facts: list[Fact]
) -> frozenset[Any]:
    """What was found, without the word's value, unless a fact or the premise takes it for granted.

    Meant for steps that show a value in every case of the word's definition.
    """
    premise = statement.args[0] if isinstance(statement, sympy.Implies) else sympy.true
    granted = frozenset[Any]().union(divisors(premise), *(fact.divides_by for fact in facts))
    return found - ({has_value(word)} - granted)


def branches(definition: Any) -> list[tuple[Any, list[Any]]]:
    """Each value of a definition by cases, with what holds where it is used."""
    cases = definition.args if isinstance(definition, sympy.Piecewise) else [(definition, True)]
    found: list[tuple[Any, list[Any]]] = []
    earlier: list[Any] = []
    for value, condition in cases:
        own = [] if condition == True else [condition]  # noqa: E712  # SymPy's true, or Python's
        found.append((value, [*earlier, *own]))
        earlier += [sympy.Not(c) for c in own]
    return found


def radicand_of(value: Any) -> Any:
    """What stands under the only square root of an expression; None if there is no root."""
    radicands = {power.base for power in value.atoms(sympy.Pow) if power.exp == sympy.S.Half}
    if len(radicands) > 1:
        raise NotAccepted("more than one square root in a case")
    return radicands.pop() if radicands else None


def thresholds(
    word: Any, contrast: Any, dominant: Any, bulk: Any, premise: Any, given: tuple[str, ...]
) -> tuple[ByCases, ByCases]:
    """Two steps: `word` solves contrast G x (1-x) + dominant (1-x) = bulk x, and 0 < word < 1.

    `given` must make the contrast nonnegative, G positive, and the noise sums nonnegative (with
    the premise: positive).
    """
    from theory.vocabulary import B, D

    total = contrast * (D + B)
    equation = sympy.Eq(total * word * (1 - word) + dominant * (1 - word) - bulk * word, 0)
    spread = total + dominant - bulk
    hints: dict[str, Any] = {
        "given": given,
        "word": word,
        "strict": True,
        "keep": (contrast,),
        "squares": (spread, ROOT - spread),
    }
    return (
        ByCases(f"{word} solves its equation", sympy.Implies(premise, equation), **hints),
        ByCases(
            f"{word} is inside", sympy.Implies(premise, sympy.And(word > 0, word < 1)), **hints
        ),
    )
