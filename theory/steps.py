"""The kinds of steps a derivation may make. Each says exactly when it is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from theory.definedness import Known, divisors, factors
from theory.expectation import CENTRED, UPDATES, expected_square
from theory.language import (
    BULK,
    DOMINANT,
    VOCABULARY,
    Always,
    ForAllModes,
    Initially,
    Next,
    NextHolds,
    With,
    basic_words,
    unfold,
)
from theory.lowest_terms import is_rational, lowest_terms
from theory.obligations import certified, fixed, known_nonnegative, modewise, summed
from theory.proof import (
    Carrying,
    Fact,
    NotAccepted,
    Proof,
    Step,
    counts_from_the_start,
    is_permanent,
    sentences,
)
from theory.vocabulary import additive, eta, excess, g2, lam

NEXT_WEIGHTS = {
    "D_next": (DOMINANT, sympy.Integer(1)),
    "B_next": (BULK, sympy.Integer(1)),
    "loss_D_next": (DOMINANT, 1 / (2 * lam)),
    "loss_B_next": (BULK, 1 / (2 * lam)),
}


def vanishes(expression: Any) -> bool:
    """Whether an expression in words and free variables is identically zero, definitions unfolded.

    A case distinction must vanish in every case.
    """
    expression = unfold(expression)
    if expression.has(sympy.Piecewise):
        folded = sympy.piecewise_fold(expression)
        return all(vanishes(branch) for branch, _ in folded.args)
    numerator = sympy.expand(sympy.numer(sympy.together(expression)))
    return bool(numerator == 0 or sympy.cancel(numerator) == 0)


def equation(statement: Any) -> tuple[Any, Any]:
    """Both sides of an equation. Raises NotAccepted for any other sentence."""
    if not isinstance(statement, sympy.Equality):
        raise NotAccepted(f"{statement} is not an equation")
    return statement.lhs, statement.rhs


def demand_named(conditions: Iterable[Any], facts: Iterable[Fact]) -> None:
    """Raise NotAccepted unless every condition is among the facts."""
    known = [s for fact in facts for s in sentences(fact.statement)]
    for condition in conditions:
        if condition not in known:
            raise NotAccepted(f"the model is another one unless {condition}: name it")


def not_shown_nonzero(proof: Proof, step: Step) -> frozenset[Any]:
    """What a step's statement, and the facts it names, divide by, unless those exclude zero."""
    named = proof.named(step)
    sure = [fact for fact in named if not fact.divides_by]  # others might vouch for themselves
    facts = [s for fact in sure for s in sentences(fact.statement)]
    signs = Known(facts, lambda word: known_nonnegative(word, facts))
    found = set(divisors(step.statement)).union(*(fact.divides_by for fact in named))
    return frozenset(d for d in found if not signs.is_nonzero(d))


def put_in(expression: Any, facts: Iterable[Fact]) -> Any:
    """The unfolded expression after using the equations among the facts.

    At the start and in changed models (`Initially`, `With`) only those equations hold for certain
    that rest on no assumption.
    """
    known = list(facts)
    everywhere = [e for fact in known if not fact.rests_on for e in sentences(fact.statement)]
    expression = rewritten(expression, everywhere)
    for _ in range(2):  # what an equation puts in may be rewritten by another
        masks = {e: sympy.Dummy(real=True) for e in expression.atoms(Initially, With)}
        outside = expression.xreplace(masks)
        outside = rewritten(outside, [e for fact in known for e in sentences(fact.statement)])
        expression = outside.xreplace({mask: e for e, mask in masks.items()})
    return expression


def rewritten(expression: Any, equations: Iterable[Boolean]) -> Any:
    """The unfolded expression after using equations `word = expression` from left to right."""
    rules = {
        e.lhs: unfold(e.rhs)
        for e in equations
        if isinstance(e, sympy.Equality) and (e.lhs.is_Symbol or isinstance(e.lhs, Next))
    }
    rules = {(unfold(left) if isinstance(left, Next) else left): r for left, r in rules.items()}
    return unfold(expression).xreplace(rules)


@dataclass(frozen=True)
class Expectation(Step):
    """`word = linear combination of block sums`, from the update rule and the moments of the noise.

    Accepted if, mode by mode, the expected squared gradient after `update` (times the weight of the
    word) equals the summand on the right-hand side.
    """

    update: str = "sgd"

    def accept(self, proof: Proof) -> None:
        word, combination = equation(self.statement)
        if str(word) not in NEXT_WEIGHTS:
            raise NotAccepted(f"{word} is not a word about the next step")
        if (self.update == "sgd") == proof.claim.domain.momentum:
            raise NotAccepted(f"the update of this claim is not {self.update!r}")
        side, weight = NEXT_WEIGHTS[str(word)]
        derived = weight * expected_square(UPDATES[self.update], CENTRED)
        same_summand(derived, combination, side)


@dataclass(frozen=True)
class ModeByMode(Step):
    """`combination of sums = combination of sums`, because the summands are equal mode by mode."""

    def accept(self, proof: Proof) -> None:
        left, right = equation(self.statement)
        sides = {
            VOCABULARY[s.name].side
            for s in self.statement.free_symbols
            if VOCABULARY[s.name].kind == "sum"
        }
        if len(sides) != 1:
            raise NotAccepted("the sums must all be over the same block")
        side = str(sides.pop())
        same_summand(summand_of(left, side), right, side)


def summand_of(combination: Any, side: str) -> Any:
    """The summand of a linear combination of sums over one side. Raises NotAccepted otherwise."""
    combination = unfold(combination)
    sums = [s for s in combination.free_symbols if VOCABULARY[s.name].side == side]
    moving = [
        s for s in combination.free_symbols if not VOCABULARY[s.name].constant and s not in sums
    ]
    linear = sums and sympy.Poly(combination, *sums).is_homogeneous
    if moving or not linear or sympy.Poly(combination, *sums).total_degree() != 1:
        raise NotAccepted(f"{combination} is not a linear combination of {side} sums")
    return combination.xreplace({s: VOCABULARY[s.name].formula for s in sums})


def same_summand(derived: Any, combination: Any, side: str) -> None:
    difference = in_basic_mode_words(derived - summand_of(combination, side))
    if lowest_terms(difference)[0] != 0:
        raise NotAccepted(f"the summands differ by {sympy.factor(difference)}")


def in_basic_mode_words(expression: Any) -> Any:
    """Mode words that have a formula, replaced by it."""
    while True:
        formulas = {
            s: VOCABULARY[s.name].formula
            for s in expression.free_symbols
            if VOCABULARY[s.name].kind == "mode" and VOCABULARY[s.name].formula is not None
        }
        if not formulas:
            return unfold(expression)
        expression = expression.xreplace(formulas)


@dataclass(frozen=True)
class Algebra(Step):
    """An identity of rational expressions (or square roots), using the equations it names."""

    def accept(self, proof: Proof) -> None:
        facts = proof.named(self)
        for identity in sentences(self.statement):
            left, right = equation(identity)
            if not vanishes(put_in(left - right, facts)):
                raise NotAccepted("the two sides differ")
        for divisor in divisors(self.statement):
            if vanishes(put_in(divisor, facts)):
                raise NotAccepted(f"{divisor}, which the statement divides by, is zero")

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        return not_shown_nonzero(proof, self)


@dataclass(frozen=True)
class Solve(Step):
    """`word = root`: the one nonzero root of `equation` (an expression) in `unknown`."""

    equation: Any = None
    unknown: Any = eta

    def accept(self, proof: Proof) -> None:
        word, root = equation(self.statement)
        expression = sympy.numer(sympy.together(put_in(self.equation, proof.named(self))))
        roots = [r for r in sympy.solve(expression, self.unknown) if r != 0]
        if len(roots) != 1:
            raise NotAccepted(f"{len(roots)} nonzero roots in {self.unknown}")
        if not (vanishes(roots[0] - root) and vanishes(word - root)):
            raise NotAccepted(f"the root is {roots[0]}")

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        return not_shown_nonzero(proof, self)


def unseen_divisors(
    facts: list[Fact],
    statement: Any,
    keep: frozenset[Any],
    variables: Callable[[Any], Iterable[Any]] = lambda sentence: (),
) -> frozenset[Any]:
    """Divisors of which certificates say nothing, unless a named fact says that they are not zero.

    Certificates see what the statement and the facts divide by outside the kept words, and outside
    the expressions that are `variables` to them.
    """
    from theory.sealed import hidden_divisors

    def seen(sentence: Any) -> set[Any]:
        inside = {d for e in variables(sentence) for d in divisors(e)}
        return set(divisors(sentence, keep)) - inside

    inherited = [
        Fact(f.statement, f.rests_on, divides_by=f.divides_by - seen(f.statement)) for f in facts
    ]
    return hidden_divisors(inherited, statement, seen)


@dataclass(frozen=True)
class Certified(Step):
    """Inequalities from inequalities, by certificates over the words that occur.

    The statement may be a relation, a conjunction, an implication, an equivalence of (conjunctions
    of) relations, or `sign(x) = sign(y)`. Words in `keep` are not unfolded.
    """

    keep: tuple[Any, ...] = ()
    squares: tuple[Any, ...] = ()  # a hint for the search: squares that help

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        return fixed(facts, self.statement, frozenset(self.keep))

    def accept(self, proof: Proof) -> None:
        certified(self.reason, self.obligations(proof), proof.certificates)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees: what kept words, and steps to the named facts, divide by."""
        return unseen_divisors(proof.named(self), self.statement, frozenset(self.keep))


@dataclass(frozen=True)
class Modewise(Step):
    """`ForDominantModes(x >= y)` and the like: a certificate about one arbitrary mode."""

    keep: tuple[Any, ...] = ()
    squares: tuple[Any, ...] = ()  # a hint for the search: squares that help

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        return modewise(facts, self.statement, frozenset(self.keep))

    def accept(self, proof: Proof) -> None:
        certified(self.reason, self.obligations(proof), proof.certificates)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees: what kept words, and steps to the named facts, divide by."""
        return unseen_divisors(proof.named(self), self.statement, frozenset(self.keep))


@dataclass(frozen=True)
class Summed(Step):
    """A relation between sums, because it holds term by term: over one block, or over all pairs.

    The term is found by replacing each sum by its summand; `keep` lists mode words that stay
    variables (with the facts named in `given` about them).
    """

    keep: tuple[Any, ...] = ()
    squares: tuple[Any, ...] = ()  # a hint for the search: squares that help

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        return summed(facts, self.statement, frozenset(self.keep))

    def accept(self, proof: Proof) -> None:
        certified(self.reason, self.obligations(proof), proof.certificates)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What no certificate sees: what kept words, and steps to the named facts, divide by."""
        return unseen_divisors(proof.named(self), self.statement, frozenset(self.keep))


@dataclass(frozen=True)
class Instantiate(Step):
    """A relation obtained by putting an expression for a free variable of a named fact."""

    variable: Any = None
    value: Any = None

    def accept(self, proof: Proof) -> None:
        if str(self.variable) in VOCABULARY:
            raise NotAccepted(f"{self.variable} is a word, not a free variable")
        if not is_rational(unfold(self.value)):
            raise NotAccepted(f"{self.value} is no quotient of polynomials: it may not be real")
        facts = proof.named(self)
        for name in {name for fact in facts for name in fact.rests_on}:
            if self.variable in proof.facts[name].statement.free_symbols:
                raise NotAccepted(f"{self.variable} is not free: {name!r} is about it")
        if not any(self._specialises(fact.statement) for fact in facts):
            raise NotAccepted("no named fact becomes the statement")
        visible = factors(self._denominator())
        hidden = [d for d in not_shown_nonzero(proof, self._at_value()) if d not in visible]
        if hidden:
            raise NotAccepted(f"the value divides by {hidden[0]}, which may be zero")

    def _specialises(self, fact: Any) -> bool:
        """Whether putting in the value turns a relation about the present into the statement."""
        if not fact.is_Relational or fact.has(Next, Initially, With):
            return False
        special = fact.subs(self.variable, self.value)
        return type(special) is type(self.statement) and vanishes(
            special.lhs - special.rhs - self.statement.lhs + self.statement.rhs
        )

    def _denominator(self) -> Any:
        """Of what is left of the statement after cancelling: whoever uses it must exclude zero."""
        difference = unfold(self.statement.lhs - self.statement.rhs)
        return lowest_terms(difference)[1]

    def _at_value(self) -> Step:
        equal = sympy.Eq(sympy.Dummy(), self.value, evaluate=False)
        return Step(self.reason, equal, self.given, self.by)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        return not_shown_nonzero(proof, self)


@dataclass(frozen=True)
class Preserved(Carrying):
    """`Always(ForAllModes(excess >= 0))`: one step multiplies every excess by rho, a square.

    The same with <=.
    """

    def accept(self, proof: Proof) -> None:
        start = self.statement.args[0]
        if start not in (ForAllModes(excess >= 0), ForAllModes(excess <= 0)):
            raise NotAccepted("this kind of step is about the sign of every excess only")
        if self.statement != Always(start):
            raise NotAccepted(f"the statement must be {Always(start)}")
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        if start not in facts or additive not in facts:
            raise NotAccepted("needs the excess at the start and additive noise")
        plain_steps(proof)
        after = in_basic_mode_words(excess).subs(g2, expected_square())
        ratio = sympy.cancel(sympy.together(after / in_basic_mode_words(excess)))
        if sympy.factor(ratio) != sympy.factor((1 - eta * lam) ** 2):
            raise NotAccepted("one step does not multiply the excess by a square")


@dataclass(frozen=True)
class Throughout(Carrying):
    """`Always(phi)`, from phi itself when everything it rests on holds at every time."""

    def accept(self, proof: Proof) -> None:
        if not isinstance(self.statement, Always):
            raise NotAccepted("the statement must be Always(...)")
        facts = proof.named(self)
        if self.statement.args[0] not in [f.statement for f in facts]:
            raise NotAccepted(f"{self.statement.args[0]} is not among the named facts")
        lasting(proof, self)


@dataclass(frozen=True)
class Induction(Carrying):
    """`Always(Implies(phi, Always(phi)))`, from `Implies(phi, NextHolds(phi))` at every time."""

    def accept(self, proof: Proof) -> None:
        match self.statement:
            case Always(args=(sympy.Implies(args=(phi, Always(args=(again,)))),)) if phi == again:
                pass
            case _:
                raise NotAccepted("the statement must be Always(Implies(phi, Always(phi)))")
        if sympy.Implies(phi, NextHolds(phi)) not in [f.statement for f in proof.named(self)]:
            raise NotAccepted(f"Implies(phi, NextHolds(phi)) is not named, with phi: {phi}")
        lasting(proof, self)


def plain_steps(proof: Proof, *, one_size: bool = True) -> None:
    """Raise NotAccepted unless the claim is about SGD without momentum (and with one step size)."""
    if proof.claim.domain.momentum:
        raise NotAccepted("the steps of this claim have momentum")
    if one_size and proof.claim.domain.step == "critical":
        raise NotAccepted("the step size of this claim changes from step to step")


def lasting(proof: Proof, step: Step) -> None:
    """Raise NotAccepted unless all assumptions that a step rests on hold at every time.

    `Initially(x)` may occur in the statement: no kind of step knows more about it than that it is a
    number, so what holds of it at the start holds of it later.
    """
    facts = proof.named(step)
    always = {s.args[0] for f in facts for s in sentences(f.statement) if isinstance(s, Always)}
    rests_on = sorted({name for fact in facts for name in fact.rests_on})
    assumed = {name: proof.facts[name].statement for name in rests_on}
    if additive not in assumed.values():
        raise NotAccepted("rests on a noise law that may change: name the additive noise")
    if any(map(counts_from_the_start, names_in(step.statement))):
        raise NotAccepted("speaks about the start of the run: true there is not true later")
    sizes = [s for s in assumed.values() if "eta" in names_in(s) and not isinstance(s, Always)]
    if sizes and proof.claim.domain.step == "critical":
        raise NotAccepted("rests on a step size that changes")
    for name, sentence in assumed.items():
        if not is_permanent(sentence) and sentence not in always:
            raise NotAccepted(f"{name!r} is assumed at the start only")


def names_in(sentence: Any) -> set[str]:
    """The names of all words that a sentence is made of, directly or through definitions."""
    return {name for s in sentence.free_symbols for name in basic_words(s.name)}
