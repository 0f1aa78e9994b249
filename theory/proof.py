"""When a derivation is accepted: every step follows, and every part of the conclusion is reached.

A step establishes a sentence from named facts: assumptions of the claim, earlier steps, and parts
of cited claims whose assumptions are facts here. Nothing else may be used. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import sympy
from sympy.logic.boolalg import Boolean

from theory.language import VOCABULARY, Always, ForAllModes, Formula

if TYPE_CHECKING:
    from theory.claim import Claim

Certificates = Mapping[str, list[Any]]  # reason of the step -> its certificates, in order


class NotAccepted(Exception):
    """The step does not follow; the message says what is missing."""


@dataclass(frozen=True)
class Step:
    """A sentence and why it holds.

    `given` names assumptions and earlier steps, `by` cites claims ("SA-2") or parts ("SA-2/p").
    """

    reason: str
    statement: Boolean
    given: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    def accept(self, proof: Proof) -> None:
        """Raise NotAccepted unless the statement follows from the facts that the step names."""
        raise NotImplementedError

    def obligations(self, proof: Proof) -> list[dict[str, Any]]:
        """What a certificate must prove, as data for `theory.kernel`; empty if none is needed."""
        return []


@dataclass(frozen=True)
class Fact:
    """An established sentence and the assumptions that it rests on."""

    statement: Boolean
    rests_on: frozenset[str]


class Library(Protocol):
    """Where other claims, and what their derivations established, are found."""

    def get(self, claim_id: str, /) -> Claim: ...

    def facts(self, claim_id: str, /) -> dict[str, Fact]: ...


@dataclass
class Proof:
    """The facts established so far for one claim."""

    claim: Claim
    library: Library
    certificates: Certificates
    facts: dict[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, sentence in self.claim.assumptions.items():
            self.facts[name] = Fact(sentence, frozenset([name]))

    def named(self, step: Step) -> list[Fact]:
        """The facts a step may use. Raises NotAccepted for one that is not established."""
        found = []
        for name in step.given:
            if name not in self.facts:
                raise NotAccepted(f"no assumption or earlier step is called {name!r}")
            found.append(self.facts[name])
        for citation in step.by:
            found += self._cited(citation)
        return found

    def _cited(self, citation: str) -> list[Fact]:
        """Parts of another claim, resting here on what they rest on there."""
        claim_id, _, part = citation.partition("/")
        cited = self.library.get(claim_id)
        if cited.id == self.claim.id:
            raise NotAccepted("a claim cannot cite itself")
        if part and part not in cited.conclusion:
            raise NotAccepted(f"{claim_id} has no part {part!r}; it has {list(cited.conclusion)}")
        there = self.library.facts(claim_id)
        parts = [cited.conclusion[part]] if part else list(cited.conclusion.values())
        return [self._transferred(s, cited, there) for s in parts if not isinstance(s, Formula)]

    def _transferred(self, sentence: Boolean, cited: Claim, there: dict[str, Fact]) -> Fact:
        source = next((f for f in there.values() if f.statement == sentence), None)
        needed = cited.assumptions if source is None else source.rests_on
        rests_on: set[str] = set()
        for name in needed:
            assumption = cited.assumptions[name]
            fact = next((f for f in self.facts.values() if f.statement == assumption), None)
            if fact is None:
                raise NotAccepted(f"{cited.id} needs {name!r}: {assumption}, not established here")
            rests_on |= fact.rests_on
        return Fact(sentence, frozenset(rests_on))

    def establish(self, step: Step) -> None:
        """Accept a step and remember its sentence under its reason."""
        if step.reason in self.facts:
            raise NotAccepted(f"{step.reason!r} names an assumption or an earlier step")
        step.accept(self)
        rests_on = frozenset(n for fact in self.named(step) for n in fact.rests_on)
        self.facts[step.reason] = Fact(step.statement, rests_on)


def sentences(statement: Boolean) -> tuple[Boolean, ...]:
    """The conjuncts of a sentence."""
    return tuple(statement.args) if isinstance(statement, sympy.And) else (statement,)


def is_permanent(sentence: Any) -> bool:
    """Whether a sentence that is true at the start is true at every time, by its form alone."""
    if isinstance(sentence, (Always, sympy.logic.boolalg.BooleanTrue)):
        return True
    words = [VOCABULARY[s.name] for s in sentence.free_symbols if s.name in VOCABULARY]
    if isinstance(sentence, ForAllModes):
        return all(w.constant or w.name in ("lam", "s2", "rho", "c") for w in words)
    return all(w.constant for w in words)


@dataclass(frozen=True)
class Outcome:
    """Whether one step of a derivation was accepted, and why not."""

    step: Step
    problem: str | None


def examine(
    claim: Claim, library: Library, certificates: Certificates
) -> tuple[list[Outcome], dict[str, str], dict[str, Fact]]:
    """Go through a derivation: the outcome of each step, parts not reached (and why), all facts."""
    proof = Proof(claim, library, certificates)
    outcomes = []
    for step in claim.derivation:
        try:
            proof.establish(step)
        except NotAccepted as problem:
            outcomes.append(Outcome(step, str(problem)))
        else:
            outcomes.append(Outcome(step, None))
    loose = loose_ends(claim, (fact.statement for fact in proof.facts.values()))
    return outcomes, loose, proof.facts


def loose_ends(claim: Claim, facts: Iterable[Boolean]) -> dict[str, str]:
    """Parts of the conclusion that no accepted step states, with the reason given for each."""
    established = {s for fact in facts for s in (fact, *sentences(fact))}
    return {
        part: claim.checked_only.get(part, "no step of the derivation reaches it")
        for part, sentence in claim.conclusion.items()
        if sentence not in established and not set(sentences(sentence)) <= established
    }
