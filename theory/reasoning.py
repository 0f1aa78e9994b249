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

from theory.language import Always, ForAllModes, NextHolds
from theory.proof import NotAccepted, Proof, Step, is_permanent, sentences
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
class Conclude(Step):
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
    """

    def accept(self, proof: Proof) -> None:
        facts = [s for fact in proof.named(self) for s in sentences(fact.statement)]
        lasting = [fact.args[0] for fact in facts if isinstance(fact, Always)]
        if isinstance(self.statement, Always) and entails(lasting, self.statement.args[0]):
            return
        if not entails([*facts, *lasting], self.statement, lasting):
            raise NotAccepted("does not follow")


def entails(facts: list[Any], goal: Any, lasting: list[Any] | None = None) -> bool:
    """Whether the goal is true wherever the facts are; `lasting` ones are true at all times."""
    always = facts if lasting is None else lasting
    boxes = {box for s in (*facts, goal) for box in _boxes(s)}
    known = [*facts, *(sympy.Implies(box, box.args[0]) for box in boxes)]
    for one, other in permutations(boxes, 2):
        if _consistent([*always, one.args[0], sympy.Not(other.args[0])]) is False:
            known.append(sympy.Implies(one, other))
    return not _consistent([*known, sympy.Not(goal)])


def _boxes(sentence: Any) -> set[Any]:
    if isinstance(sentence, Always):
        return {sentence}
    if isinstance(sentence, CONNECTIVES):
        return {box for part in sentence.args for box in _boxes(part)}
    return set()


def _consistent(statements: list[Any]) -> bool:
    names: dict[Any, Any] = {}
    return bool(satisfiable(sympy.And(*(_skeleton(s, names) for s in statements))))


def _skeleton(sentence: Any, names: dict[Any, Any]) -> Boolean:
    """The sentence with atoms named, every relation written with atoms `x >= y`."""
    if isinstance(sentence, (BooleanTrue, BooleanFalse)):
        return sentence
    if isinstance(sentence, CONNECTIVES):
        return sentence.func(*(_skeleton(part, names) for part in sentence.args))
    match sentence:
        case sympy.GreaterThan(args=(x, y)) | sympy.LessThan(args=(y, x)):
            return names.setdefault((x, y), sympy.Dummy())
        case sympy.StrictGreaterThan(args=(x, y)) | sympy.StrictLessThan(args=(y, x)):
            return sympy.Not(names.setdefault((y, x), sympy.Dummy()))
        case sympy.Equality(args=(x, y)):
            return sympy.And(_skeleton(x >= y, names), _skeleton(y >= x, names))
        case sympy.Unequality(args=(x, y)):
            return sympy.Not(_skeleton(sympy.Eq(x, y), names))
        case _:
            return names.setdefault(sentence, sympy.Dummy())


@dataclass(frozen=True)
class SameSign(Step):
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
class Onward(Step):
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
class FromNextOn(Step):
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
class Permanent(Step):
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
