"""Steps of pure logic: suppositions, propositional reasoning at every time, logarithms.

None of them looks into the words. Source: natural deduction; the logic of "always" (K and T).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue
from sympy.logic.inference import satisfiable

from theory.definedness import divisors
from theory.language import Always, ForAllModes, NextHolds
from theory.proof import (
    Carrying,
    NotAccepted,
    Proof,
    Step,
    inherited_divisors,
    is_permanent,
    sentences,
)
from theory.roots import radicands
from theory.vocabulary import additive

CONNECTIVES = (sympy.And, sympy.Or, sympy.Not, sympy.Implies, sympy.Equivalent)


@dataclass(frozen=True)
class Suppose(Step):
    """A sentence taken for granted until a `Conclude` step turns it into a premise.

    Sound because everything derived from it rests on it, and no part of a conclusion counts as
    reached, nor as citable, while it rests on anything but the assumptions of the claim.
    """

    def accept(self, proof: Proof) -> None:
        """Anything may be supposed."""

    def rests_on(self, proof: Proof) -> frozenset[str]:
        return frozenset([self.reason])


@dataclass(frozen=True)
class Conclude(Carrying):
    """`Implies(supposition, sentence)`, from a sentence that rests on the supposition.

    The supposition is the first fact in `given`. (Turning an assumption of the claim into a premise
    would be as sound.)
    """

    def accept(self, proof: Proof) -> None:
        if not self.given or not isinstance(self.statement, sympy.Implies):
            raise NotAccepted("name a supposition, and state an implication")
        supposed, *derived = [fact.statement for fact in proof.named(self)]
        if proof.facts[self.given[0]].rests_on != frozenset([self.given[0]]):
            raise NotAccepted(f"{self.given[0]!r} is no supposition")
        premise, conclusion = self.statement.args
        if premise != supposed or not set(sentences(conclusion)) <= _conjuncts(derived):
            raise NotAccepted("not the implication from the supposition to the sentences named")

    def rests_on(self, proof: Proof) -> frozenset[str]:
        return super().rests_on(proof) - {self.given[0]}


def _conjuncts(statements: list[Any]) -> set[Any]:
    return {s for statement in statements for s in (statement, *sentences(statement))}


@dataclass(frozen=True)
class Follows(Step):
    """A sentence that follows from the named facts by propositional logic, relations being atoms.

    For `Always(phi)`, phi must follow from facts that are themselves `Always(...)`: those hold at
    every time, and so does what follows from them. Within phi, `Always(x)` implies x, and implies
    `Always(y)` if x implies y at every time. Source: the modal logic T.

    If the sentence follows even where relations may lack a truth value (Kleene's logic), it divides
    by nothing that the facts do not divide by. Else all its relations must have a truth value.
    """

    def accept(self, proof: Proof) -> None:
        if not self._follows(proof, partial=False):
            raise NotAccepted("does not follow")

    def _follows(self, proof: Proof, *, partial: bool) -> bool:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        lasting = [fact.args[0] for fact in facts if isinstance(fact, Always)]
        if isinstance(self.statement, Always) and entails(
            lasting, self.statement.args[0], partial=partial
        ):
            return True
        return entails([*facts, *lasting], self.statement, lasting, partial=partial)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        if self._follows(proof, partial=True):
            return inherited_divisors(proof.named(self))
        return super().divides_by(proof)

    def roots_of(self, proof: Proof) -> frozenset[Any]:
        if self._follows(proof, partial=True):
            return frozenset[Any]().union(*(fact.roots_of for fact in proof.named(self)))
        return super().roots_of(proof)


def entails(
    facts: list[Any], goal: Any, lasting: list[Any] | None = None, *, partial: bool = False
) -> bool:
    """Whether the goal is true wherever the facts are; `lasting` ones are true at all times.

    `partial`: a relation that divides, or takes a root, may have no truth value.
    """
    always = facts if lasting is None else lasting
    boxes = {box for s in (*facts, goal) for box in _boxes(s)}
    rules = [(box, box.args[0]) for box in boxes]
    for one, other in permutations(boxes, 2):
        if _forces([*always, one.args[0]], other.args[0], [], partial):
            rules.append((one, other))
    return _forces(facts, goal, rules, partial)


def _boxes(sentence: Any) -> set[Any]:
    if isinstance(sentence, Always):
        return {sentence}
    if isinstance(sentence, CONNECTIVES):
        return {box for part in sentence.args for box in _boxes(part)}
    return set()


def _forces(facts: list[Any], goal: Any, rules: list[tuple[Any, Any]], partial: bool) -> bool:
    """Whether the goal is true wherever the facts are, and what a rule starts from has its end."""
    atoms = _Atoms(partial)
    known = [atoms.values(fact)[0] for fact in facts]
    known += [sympy.Implies(atoms.values(one)[0], atoms.values(other)[0]) for one, other in rules]
    return not satisfiable(sympy.And(*known, sympy.Not(atoms.values(goal)[0])))


class _Atoms:
    """Truth and falsity of sentences as propositions; every relation is written with x >= y."""

    def __init__(self, partial: bool) -> None:
        self.partial = partial
        self.names: dict[Any, Any] = {}

    def values(self, sentence: Any) -> tuple[Boolean, Boolean]:
        """What says that the sentence is true, and what says that it is false."""
        if isinstance(sentence, (BooleanTrue, BooleanFalse)):
            return sentence, sympy.Not(sentence)
        if isinstance(sentence, CONNECTIVES):
            return self._joined(sentence)
        match sentence:
            case sympy.GreaterThan(args=(x, y)) | sympy.LessThan(args=(y, x)):
                holds = self._name((x, y))
            case sympy.StrictGreaterThan(args=(x, y)) | sympy.StrictLessThan(args=(y, x)):
                holds = sympy.Not(self._name((y, x)))
            case sympy.Equality(args=(x, y)):
                holds = sympy.And(self._name((x, y)), self._name((y, x)))
            case sympy.Unequality(args=(x, y)):
                holds = sympy.Not(sympy.And(self._name((x, y)), self._name((y, x))))
            case _:
                holds = self._name(sentence)
        defined = self._defined(sentence)
        return sympy.And(defined, holds), sympy.And(defined, sympy.Not(holds))

    def _joined(self, sentence: Any) -> tuple[Boolean, Boolean]:
        parts = [self.values(part) for part in sentence.args]
        true, false = zip(*parts, strict=True)
        if isinstance(sentence, sympy.And):
            return sympy.And(*true), sympy.Or(*false)
        if isinstance(sentence, sympy.Or):
            return sympy.Or(*true), sympy.And(*false)
        if isinstance(sentence, sympy.Not):
            return false[0], true[0]
        if isinstance(sentence, sympy.Implies):
            return sympy.Or(false[0], sympy.And(true[0], true[1])), sympy.And(true[0], false[1])
        same = sympy.Or(sympy.And(*true), sympy.And(*false))
        return same, sympy.And(sympy.Not(same), *(sympy.Or(*part) for part in parts))

    def _defined(self, sentence: Any) -> Boolean:
        """What says that a relation, or another sentence without connectives, has a truth value."""
        if not self.partial or not (divisors(sentence) or radicands(sentence)):
            return sympy.true
        sides = sentence.args if sentence.is_Relational else (sentence,)
        return self._name(frozenset(sides))

    def _name(self, of: Any) -> Boolean:
        return self.names.setdefault(of, sympy.Dummy())


@dataclass(frozen=True)
class SameSign(Carrying):
    """`y > 0` (or >=, =, <=, <), from `x > 0` (...) and `sign(x) = sign(y)`.

    The equality of signs may be the conclusion of an implication whose premises are named.
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        for fact in list(facts):
            if isinstance(fact, sympy.Implies) and set(sentences(fact.args[0])) <= set(facts):
                facts += sentences(fact.args[1])
        for fact in facts:
            match fact:
                case sympy.Equality(args=(sympy.sign(args=(x,)), sympy.sign(args=(y,)))):
                    for relation in (sympy.Gt, sympy.Ge, sympy.Eq, sympy.Le, sympy.Lt):
                        for one, other in ((x, y), (y, x)):
                            if relation(one, 0) in facts and self.statement == relation(other, 0):
                                return
        raise NotAccepted("no named fact says that the two have the same sign")


@dataclass(frozen=True)
class Onward(Carrying):
    """`Always(phi)`, from phi and `Always(Implies(phi, Always(phi)))`."""

    def accept(self, proof: Proof) -> None:
        facts = [fact.statement for fact in proof.named(self)]
        if not isinstance(self.statement, Always):
            raise NotAccepted("the statement must be Always(...)")
        phi = self.statement.args[0]
        if Always(sympy.Implies(phi, Always(phi))) not in facts:
            raise NotAccepted("it is not named that phi, once true, stays true")
        if not set(sentences(phi)) <= _conjuncts(facts):
            raise NotAccepted("phi is not named")


@dataclass(frozen=True)
class FromNextOn(Carrying):
    """`NextHolds(Always(psi))`, from `NextHolds(phi)` and `Always(Implies(phi, Always(psi)))`."""

    def accept(self, proof: Proof) -> None:
        facts = [fact.statement for fact in proof.named(self)]
        match self.statement:
            case NextHolds(args=(Always(args=(psi,)) as always,)):
                pass
            case _:
                raise NotAccepted("the statement must be NextHolds(Always(...))")
        for fact in facts:
            match fact:
                case Always(args=(sympy.Implies(args=(phi, then)),)) if then == always:
                    if NextHolds(phi) in facts:
                        return
        raise NotAccepted(f"not named: what holds next and makes {psi} hold for ever")


@dataclass(frozen=True)
class Permanent(Carrying):
    """`Always(phi)`, from a phi that by its form alone lasts where the noise is additive."""

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        if not isinstance(self.statement, Always) or additive not in facts:
            raise NotAccepted("the statement must be Always(...), and additive noise be named")
        for part in sentences(self.statement.args[0]):
            if part not in facts or not is_permanent(part):
                raise NotAccepted(f"{part} is not named, or may change")


@dataclass(frozen=True)
class ForEach(Step):
    """`Equivalent(ForAllModes(x), ForAllModes(y))`, from `ForAllModes(Equivalent(x, y))`."""

    def accept(self, proof: Proof) -> None:
        facts = [fact.statement for fact in proof.named(self)]
        match self.statement:
            case sympy.Equivalent(args=(ForAllModes(args=(x,)), ForAllModes(args=(y,)))):
                if not {ForAllModes(sympy.Equivalent(x, y))} & set(facts):
                    raise NotAccepted("it is not named that the two are equivalent for each mode")
            case _:
                raise NotAccepted("the statement must be about all modes, twice")


@dataclass(frozen=True)
class Logarithm(Step):
    """A comparison of two geometric sequences, solved for the time.

    Accepts only `Implies(And(A > 0, B > 0, y > 0, x > y), Equivalent(t >= log(B/A)/log(x/y),
    A x^t >= B y^t))`, where t is one word. Sound because log increases, and log(x/y) > 0.
    """

    def accept(self, proof: Proof) -> None:
        match self.statement:
            case sympy.Implies(args=(premise, sympy.Equivalent() as same)):
                pass
            case _:
                raise NotAccepted("state an implication to an equivalence")
        for powers in same.args:
            for parts in _sides(powers):
                if _is_lemma(self.statement, premise, *parts):
                    return
        raise NotAccepted("not the comparison of two geometric sequences")


def _sides(relation: Any) -> list[tuple[Any, ...]]:
    """A, x, B, y, t with the relation A x^t >= B y^t, if it is one."""
    if not isinstance(relation, sympy.GreaterThan):
        return []
    sides, times = [], set()
    for side in relation.args:
        powers = [f for f in sympy.Mul.make_args(side) if f.is_Pow and f.exp.is_Symbol]
        if len(powers) != 1:
            return []
        sides.append((side / powers[0], powers[0].base))
        times.add(powers[0].exp)
    time, *others = times
    if others or any(part.has(time) for side in sides for part in side):
        return []
    return [(*sides[0], *sides[1], time)]


def _is_lemma(statement: Any, premise: Any, a: Any, x: Any, b: Any, y: Any, t: Any) -> bool:
    needed = {a > 0, b > 0, y > 0, x > y}
    time = t >= sympy.log(b / a) / sympy.log(x / y)
    lemma = sympy.Implies(premise, sympy.Equivalent(time, a * x**t >= b * y**t))
    return needed <= set(sentences(premise)) and bool(statement == lemma)
