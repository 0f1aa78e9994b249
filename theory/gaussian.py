"""Steps about the noise of Gaussian least squares: its variance, and what lasts along a run.

Samples are z ~ N(0, H) with label <z, x*> + epsilon; x is the distance to x*. A minibatch gradient
is the mean of z (<z, x> - epsilon) over b fresh samples. Source: our formalisation (SA-20).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory.in_time import CertifiedInTime, later, opaque
from theory.language import VOCABULARY, Always, ForAllModes, Next, NextHolds, unfold
from theory.lowest_terms import lowest_terms
from theory.obligations import fixed
from theory.proof import Carrying, NotAccepted, Proof, Step, sentences
from theory.steps import in_basic_mode_words
from theory.vocabulary import batch_size, g2, lam, least_squares, residual, s2

z, rest, position = sympy.symbols("z rest position", real=True)


def gaussian_moment(power: int, variance: Any) -> Any:
    """E z^power for z ~ N(0, variance): each pairing of the factors is worth variance^(power/2)."""
    if power % 2:
        return sympy.Integer(0)
    return sympy.factorial2(power - 1) * variance ** (power // 2)


def sample_variance() -> Any:
    """Variance of one coordinate of the gradient of one sample, in mode words.

    In the eigenbasis z_l is independent of the other coordinates and of the label, so only the
    second moment of the `rest` of the residual <z, x> - epsilon matters: the mean squared residual
    less the part of coordinate l.
    """
    moments = {0: sympy.Integer(1), 1: sympy.Integer(0), 2: residual - lam * position**2}

    def mean(polynomial: Any) -> Any:
        terms = sympy.Poly(sympy.expand(polynomial), z, rest).terms()
        return sum(
            coefficient * gaussian_moment(powers[0], lam) * moments[powers[1]]
            for powers, coefficient in terms
        )

    gradient = z * (z * position + rest)
    variance = sympy.expand(mean(gradient**2) - mean(gradient) ** 2)
    return sympy.expand(variance.subs(position**2, g2 / lam**2))


@dataclass(frozen=True)
class GaussianNoise(Step):
    """`ForAllModes(s2 = ...)`: the variance of a minibatch gradient, from Gaussian moments.

    The mean of b independent samples has the variance of one of them, divided by b. Accepted as
    well: `batch_size > 0`, since a minibatch holds a sample.
    """

    def accept(self, proof: Proof) -> None:
        named = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        if least_squares not in named:
            raise NotAccepted("name the assumption that the noise is that of least squares")
        if self.statement == (batch_size > 0):
            return
        match self.statement:
            case ForAllModes(args=(sympy.Equality(args=(left, right)),)) if left == s2:
                difference = in_basic_mode_words(sample_variance() / batch_size - right)
            case _:
                raise NotAccepted("the statement must be ForAllModes(Eq(s2, ...))")
        if lowest_terms(difference)[0] != 0:
            raise NotAccepted(f"differs by {sympy.factor(difference)}")


@dataclass(frozen=True)
class SameLaw(Carrying):
    """`Always(phi)` or `NextHolds(phi)`, from phi, if it rests on what does not change.

    Sound because with least squares noise and a constant step every step obeys the same law, so
    whatever follows from that law and from constants follows again at every time.
    """

    def accept(self, proof: Proof) -> None:
        if not isinstance(self.statement, (Always, NextHolds)):
            raise NotAccepted("the statement must be Always(...) or NextHolds(...)")
        facts = [fact.statement for fact in proof.named(self)]
        if self.statement.args[0] not in {s for f in facts for s in (f, *sentences(f))}:
            raise NotAccepted(f"{self.statement.args[0]} is not among the named facts")
        same_law(proof, self)


@dataclass(frozen=True)
class StaysTrue(Carrying):
    """`Always(Implies(phi, Always(phi)))`, from `Implies(phi, NextHolds(phi))`, by induction.

    The premise must rest on the law of least squares and on constants only: see `SameLaw`.
    """

    def accept(self, proof: Proof) -> None:
        match self.statement:
            case Always(args=(sympy.Implies(args=(phi, Always(args=(again,)))),)) if phi == again:
                pass
            case _:
                raise NotAccepted("the statement must be Always(Implies(phi, Always(phi)))")
        if sympy.Implies(phi, NextHolds(phi)) not in [f.statement for f in proof.named(self)]:
            raise NotAccepted(f"Implies(phi, NextHolds(phi)) is not named, with phi: {phi}")
        same_law(proof, self)


@dataclass(frozen=True)
class CertifiedLater(CertifiedInTime):
    """A `CertifiedInTime` step that leaves words for constants alone inside `Next`."""

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        known = [opaque(pushed(s)) for s in facts]
        return fixed(known, opaque(pushed(self.statement)), frozenset(self.keep))


def pushed(sentence: Any) -> Any:
    """The sentence with `Next` and `NextHolds` pushed down to the words that change."""
    if isinstance(sentence, NextHolds):
        return pushed(later(sentence.args[0]))
    if isinstance(sentence, (sympy.And, sympy.Implies, sympy.Equivalent)):
        return sentence.func(*map(pushed, sentence.args))
    return sentence.replace(lambda e: isinstance(e, Next), lambda e: _a_step_later(e.args[0]))


def _a_step_later(expression: Any) -> Any:
    words = {s: VOCABULARY[s.name] for s in expression.free_symbols if s.name in VOCABULARY}
    abbreviations = {
        s: w.formula for s, w in words.items() if w.kind == "defined" and not w.constant
    }
    if abbreviations:
        return _a_step_later(expression.xreplace(abbreviations))
    moving = [s for s, w in words.items() if not w.constant]
    return expression.xreplace({s: unfold(Next(s)) for s in moving})


def same_law(proof: Proof, step: Step) -> None:
    """Raise NotAccepted unless a step rests on the least squares law and on constants only."""
    rests_on = sorted({name for fact in proof.named(step) for name in fact.rests_on})
    assumed = {name: proof.facts[name].statement for name in rests_on}
    if least_squares not in assumed.values():
        raise NotAccepted("name what follows from the least squares noise")
    for name, sentence in assumed.items():
        if not is_constant(sentence):
            raise NotAccepted(f"{name!r} is assumed at the start only")


def is_constant(sentence: Any) -> bool:
    """Whether a sentence speaks of eigenvalues and parameters of the model only."""
    return all(_is_constant_word(s) for s in unfold(sentence).free_symbols)


def _is_constant_word(symbol: Any) -> bool:
    word = VOCABULARY.get(symbol.name)
    if word is None or symbol == lam:
        return bool(symbol == lam)
    if word.kind == "sum":
        formula = in_basic_mode_words(word.formula)
        return all(_is_constant_word(s) for s in formula.free_symbols)
    return bool(word.kind == "parameter")
