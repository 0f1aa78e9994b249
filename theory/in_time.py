"""Steps about a run: the expectation carried one step on, geometric decay, changed models.

Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.expectation import CENTRED, expected_square
from theory.language import (
    BULK,
    DOMINANT,
    VOCABULARY,
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Initially,
    Next,
    NextHolds,
    With,
    unfold,
)
from theory.lowest_terms import lowest_terms
from theory.obligations import fixed, summed
from theory.proof import Carrying, NotAccepted, Proof, Step, is_permanent, sentences
from theory.steps import (
    NEXT_WEIGHTS,
    Certified,
    Summed,
    equation,
    in_basic_mode_words,
    names_in,
    plain_steps,
    summand_of,
    unseen_divisors,
    vanishes,
)
from theory.vocabulary import additive, eta, g2, g2_next, rho, rho_max, rho_min, t


def opaque(sentence: Any) -> Any:
    """The sentence with `Initially(x)`, `With(x, ...)`, powers x^t and `Next(word)` as variables.

    `NextHolds` of relations becomes a relation between `Next` values.
    """
    if isinstance(sentence, NextHolds):
        return opaque(later(sentence.args[0]))
    if isinstance(sentence, (sympy.And, sympy.Implies, sympy.Equivalent)):
        return sentence.func(*map(opaque, sentence.args))
    if not isinstance(sentence, sympy.core.relational.Relational):
        return sentence
    hidden = sentence.replace(lambda e: isinstance(e, (Initially, With)), _variable)
    hidden = hidden.replace(lambda e: isinstance(e, sympy.Pow) and e.exp == t, _variable)
    return hidden.replace(lambda e: isinstance(e, Next), unfold)


def now(proof: Proof, step: Step) -> list[Any]:
    """The facts a step names; of `Always(phi)`, phi."""
    facts = [s for fact in proof.named(step) for s in sentences(fact.statement)]
    inner = [s for fact in facts if isinstance(fact, Always) for s in sentences(fact.args[0])]
    return [*(fact for fact in facts if not isinstance(fact, Always)), *inner]


def _variables(sentence: Any) -> list[Any]:
    """What is a variable in the `opaque` sentence."""
    powers = [power for power in sentence.atoms(sympy.Pow) if power.exp == t]
    return [*sentence.atoms(Initially, With), *powers]


def _variable(expression: Any) -> Any:
    return sympy.Symbol(str(expression), real=True)


def later(sentence: Any) -> Any:
    """A conjunction of relations, said of the next time."""
    parts = [part.func(*map(Next, part.args)) for part in sentences(sentence)]
    return sympy.And(*parts)


@dataclass(frozen=True)
class CertifiedInTime(Certified):
    """A `Certified` step whose relations mention other times or other models.

    Values at other times, values in changed models and powers x^t are variables to the certificate:
    all that is used about them is in the named facts.
    """

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [opaque(s) for s in now(proof, self)]
        return fixed(facts, opaque(self.statement), frozenset(self.keep))

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees: besides kept words, values at other times and models."""
        return unseen_divisors(proof.named(self), self.statement, frozenset(self.keep), _variables)


@dataclass(frozen=True)
class SummedInTime(Summed):
    """A `Summed` step whose relation mentions the next time; its equations say what is summed."""

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [opaque(s) for s in now(proof, self)]
        return summed(facts, opaque(self.statement), frozenset(self.keep))

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees: besides kept words, values at other times and models."""
        return unseen_divisors(proof.named(self), self.statement, frozenset(self.keep), _variables)


@dataclass(frozen=True)
class OneStepLater(Step):
    """`Next(combination) = combination`: the expectation of the update, taken inside the sums.

    Needs additive noise. Accepted if, mode by mode, replacing g^2 on the left by its expectation
    after one step gives the summand on the right. The left may also be D_next or B_next themselves.
    """

    def accept(self, proof: Proof) -> None:
        if additive not in [s for fact in proof.named(self) for s in sentences(fact.statement)]:
            raise NotAccepted("name the additive noise: otherwise the variances change")
        left, right = equation(self.statement)
        if not isinstance(left, Next):
            raise NotAccepted("the left-hand side must be Next(...)")
        inner, after = left.args[0], expected_square()
        one_size = str(inner) in NEXT_WEIGHTS or "eta" in names_in(inner)
        plain_steps(proof, one_size=one_size)
        if str(inner) in NEXT_WEIGHTS:
            side, weight = NEXT_WEIGHTS[str(inner)]
            before = weight * after
        else:
            side = next((str(VOCABULARY[s.name].side) for s in inner.free_symbols), "")
            before = in_basic_mode_words(summand_of(inner, side))
        difference = before.xreplace({g2: after}) - summand_of(right, side)
        if not is_zero(in_basic_mode_words(difference)):
            raise NotAccepted(f"the summands differ by {sympy.factor(difference)}")


@dataclass(frozen=True)
class ExpectationOfMode(Step):
    """`ForAllModes(polynomial = g2_next)`, from the update rule and the moments of the noise."""

    def accept(self, proof: Proof) -> None:
        plain_steps(proof, one_size=False)
        match self.statement:
            case ForAllModes(args=(sympy.Equality(args=(left, right)),)) if right == g2_next:
                difference = in_basic_mode_words(expected_square(moments=CENTRED) - left)
            case _:
                raise NotAccepted("the statement must be ForAllModes(Eq(..., g2_next))")
        if not is_zero(difference):
            raise NotAccepted(f"differs by {sympy.factor(difference)}")


@dataclass(frozen=True)
class Geometric(Carrying):
    """`Always(x <= Initially(x) r^t)`, from `Always(Next(x) <= r x)` and r >= 0; or both with >=.

    By induction on t: x(t+1) <= r x(t) <= r x(0) r^t. The ratio r must not change along the run.
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        bound = self.statement.args[0] if isinstance(self.statement, Always) else None
        if not isinstance(bound, (sympy.LessThan, sympy.GreaterThan)):
            raise NotAccepted("the statement must be Always(x <= ...) or Always(x >= ...)")
        for relation in (bound, bound.reversed):
            x, power = relation.lhs, relation.rhs / Initially(relation.lhs)
            if not (power.is_Pow and power.exp == t):
                continue
            ratio, step = power.base, relation.func(Next(x), power.base * x)
            if not is_permanent(ratio >= 0) or (ratio >= 0) not in facts:
                raise NotAccepted(f"name {ratio} >= 0, a ratio that does not change")
            if Always(step) not in facts:
                raise NotAccepted(f"name {Always(step)}")
            return
        raise NotAccepted("the bound must be Initially(x) r^t")


@dataclass(frozen=True)
class Extreme(Step):
    """What "largest (smallest) contraction among the dominant modes" means.

    Accepts `ForDominantModes(rho <= rho_max)` and `ForDominantModes(rho >= rho_min)`; and any
    relation about rho_max (rho_min) that a named fact states of rho for every dominant mode, since
    it is the contraction of one of them.
    """

    def accept(self, proof: Proof) -> None:
        if self.statement in (ForDominantModes(rho <= rho_max), ForDominantModes(rho >= rho_min)):
            return
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        about = [f.args[0] for f in facts if isinstance(f, (ForDominantModes, ForAllModes))]
        for extreme in (rho_max, rho_min):
            for relation in about:
                kinds = {VOCABULARY[s.name].name for s in relation.free_symbols if _about_mode(s)}
                if kinds == {rho.name} and relation.xreplace({rho: extreme}) == self.statement:
                    return
        raise NotAccepted("not known of every dominant contraction")


def _about_mode(symbol: Any) -> bool:
    return symbol.name in VOCABULARY and VOCABULARY[symbol.name].kind == "mode"


@dataclass(frozen=True)
class WithStep(Step):
    """`With(x, "step", value) = expression`, where x is made of parameters and of block sums.

    Accepted if replacing eta in every summand gives the summands of the sums on the right. The
    variances must not depend on the step size, as additive noise does not.
    """

    def accept(self, proof: Proof) -> None:
        left, right = equation(self.statement)
        if not isinstance(left, With) or str(left.args[1]) != "step":
            raise NotAccepted('the left-hand side must be With(x, "step", value)')
        if additive not in [s for fact in proof.named(self) for s in sentences(fact.statement)]:
            raise NotAccepted("name the additive noise")
        changed = _after_step_change(left)
        if not vanishes(changed - right):
            raise NotAccepted(f"the change gives {changed}")

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What the right-hand side, and x after the change, divide by."""
        left, right = equation(self.statement)
        put = sympy.Eq(_after_step_change(left), right, evaluate=False)
        return Step(self.reason, put, self.given, self.by).divides_by(proof)


def _after_step_change(left: Any) -> Any:
    """What `With(x, "step", value)` becomes when the value is put into every summand."""
    inner, value = unfold(left.args[0]), left.args[2]
    put = {s: _with_step(s, value) for s in inner.free_symbols}
    return inner.subs(put, simultaneous=True)


def is_zero(expression: Any) -> bool:
    """Whether a rational expression is identically zero."""
    return bool(lowest_terms(expression)[0] == 0)


def _with_step(symbol: Any, value: Any) -> Any:
    word = VOCABULARY[symbol.name]
    if word.kind == "parameter":
        return value if symbol == eta else symbol
    if word.kind != "sum":
        raise NotAccepted(f"{symbol} is neither a sum nor a parameter")
    new = unfold(in_basic_mode_words(word.formula).subs(eta, value))
    for name, other in VOCABULARY.items():
        if other.kind == "sum" and other.side == word.side:
            difference = in_basic_mode_words(other.formula) - new
            if difference.free_symbols <= new.free_symbols and is_zero(difference):
                return sympy.Symbol(name, real=True)
    raise NotAccepted(f"no word for {symbol} after the change")


@dataclass(frozen=True)
class Member(Step):
    """`ForDominantModes(C >= summand)`: a sum of terms that are not negative is at least each.

    C must be a word that sums over the same side, and `ForAllModes(summand >= 0)` a named fact.
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        side = {ForDominantModes: DOMINANT, ForBulkModes: BULK}.get(type(self.statement))
        relation = self.statement.args[0]
        if side is None or not isinstance(relation, (sympy.GreaterThan, sympy.LessThan)):
            raise NotAccepted("the statement must be ForDominantModes(C >= summand)")
        total, term = relation.gts, relation.lts
        word = VOCABULARY.get(total.name) if total.is_Symbol else None
        if word is None or word.kind != "sum" or word.side != side or word.formula != term:
            raise NotAccepted(f"{total} is not the {side} sum of {term}")
        if ForAllModes(term >= 0) not in facts:
            raise NotAccepted(f"name {ForAllModes(term >= 0)}")
