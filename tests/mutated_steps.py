"""Wrong versions of the steps of the derivations, for `tests/test_mutated_steps.py`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theory import kernel, registry
from theory.claim import Claim
from theory.definedness import divisors_in_sums
from theory.language import VOCABULARY
from theory.proof import Fact, NotAccepted, Proof, Step
from verify import search
from verify.balls import Undecided, Undefined
from verify.certify import find
from verify.checks import import_extra
from verify.meaning import World, truth
from verify.models import Model
from verify.prove import expressible, squares_of

FLIPPED = {sympy.Gt: sympy.Lt, sympy.Lt: sympy.Gt, sympy.Ge: sympy.Le, sympy.Le: sympy.Ge,
           sympy.Eq: sympy.Gt}  # fmt: skip
STRICTER = {sympy.Ge: sympy.Gt, sympy.Le: sympy.Lt, sympy.Eq: sympy.Lt}
OTHER_BLOCK = {"D": "B", "lambda_k": "lambda_k1", "lambda_1": "lambda_d", "k": "M",
               "eta_dom": "eta_bulk", "D_next": "B_next", "X": "Y"}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """A changed step, and the facts that stand when the derivation comes to it."""

    claim: Claim
    change: str
    step: Step
    facts: dict[str, Fact]

    def accepted(self, degree: int | None = None) -> Fact | None:
        """The fact that the step establishes, if it is accepted after a search for certificates."""
        proof = Proof(self.claim, registry.LIBRARY, {}, {})
        proof.facts.update(self.facts)
        try:
            found = []
            for one in self.step.obligations(proof):
                squares = expressible(squares_of(self.step), one)
                found.append(find(one, degree, squares))
                if found[-1] is None:
                    return None
            proof.certificates = {self.step.reason: found}
            proof.establish(self.step)
        except (NotAccepted, kernel.Rejected, ArithmeticError, ValueError, TypeError):
            return None
        return proof.facts[self.step.reason]


def mutations(claim_id: str) -> Iterator[Mutation]:
    """The steps of a derivation, each as it stands and in every wrong version."""
    claim = registry.get(claim_id)
    import_extra(claim_id)
    outcomes, _, facts = registry.derivation(claim_id)
    before = {name: facts[name] for name in claim.assumptions}
    for outcome in outcomes:
        step = outcome.step
        if outcome.problem is None:
            for change, changed in versions(step):
                yield Mutation(claim, change, changed, dict(before))
            before[step.reason] = facts[step.reason]


def versions(step: Step) -> Iterator[tuple[str, Step]]:
    """The step unchanged, with a fact less, and with changed statements."""
    yield "unchanged", step
    for name in step.given:
        yield f"without {name}", replace(step, given=tuple(n for n in step.given if n != name))
    for name in step.by:
        yield f"without {name}", replace(step, by=tuple(n for n in step.by if n != name))
    for change, statement in changed(step.statement):
        if statement not in (step.statement, sympy.true, sympy.false):
            yield change, replace(step, statement=statement)


def changed(statement: Any) -> Iterator[tuple[str, Any]]:
    """Wrong versions of a sentence."""
    for relation in sorted(statement.atoms(sympy.core.relational.Relational), key=str):
        left, right = relation.args
        for name, table in (("flip", FLIPPED), ("stricter", STRICTER)):
            if type(relation) in table:
                yield f"{name} {relation}", put(statement, relation, table[type(relation)])
        for factor in (sympy.Rational(99, 100), sympy.Rational(101, 100)):
            if right != 0:
                bent = relation.func(left, factor * right, evaluate=False)
                yield f"{factor} in {relation}", statement.xreplace({relation: bent})
    swap = {}
    for name in VOCABULARY:
        other = OTHER_BLOCK.get(name, f"{name[:-2]}_B" if name.endswith("_D") else "")
        if other in VOCABULARY:
            one, two = (sympy.Symbol(n, real=True) for n in (name, other))
            swap |= {one: two, two: one}
    yield "swap the blocks", statement.xreplace(swap)
    if isinstance(statement, sympy.Implies):
        premise, conclusion = statement.args
        yield "without the premise", conclusion
        yield "the converse", sympy.Implies(conclusion, premise, evaluate=False)


def put(statement: Any, relation: Any, kind: Any) -> Any:
    """The statement with a relation of another kind in one place."""
    return statement.xreplace({relation: kind(*relation.args, evaluate=False)})


def refutation(mutation: Mutation, fact: Fact, examples: int, seed: int) -> Model | None:
    """A model of all that a fact rests on, in which it is false (or, if it must not be, undefined).

    Free variables get random values.
    """
    names = {n for n in fact.rests_on if n in mutation.facts}
    if mutation.step.reason in fact.rests_on:
        return None  # a supposition rests on itself
    rng = random.Random(seed)
    free = {s: sympy.Rational(rng.randint(-9, 9), rng.randint(1, 5))
            for s in fact.statement.free_symbols
            if s.is_real and s.name not in VOCABULARY}  # fmt: skip
    sentence = fact.statement.subs(free)
    assumed = {n: mutation.facts[n].statement for n in names}
    narrow = replace(mutation.claim, assumptions=assumed, conclusion={"it": sentence})
    for domain in (mutation.claim.domain, mutation.claim.domain.wider()):
        found = search.search(narrow, examples=examples, seed=seed, domain=domain).counterexample
        open_ = fact.divides_by or divisors_in_sums(sentence)  # decided for parts, not for steps
        if found is not None and (not open_ or is_false(sentence, found)):
            return found
    return None


def is_false(sentence: Any, model: Model) -> bool:
    """Whether a sentence is false, and not just undefined."""
    try:
        return not truth(sentence)(World(model))
    except (Undefined, Undecided):
        return False
