"""When a derivation is accepted: every step follows, and every part of the conclusion is reached.

A step establishes a sentence from named facts: assumptions of the claim, earlier steps, and parts
of cited claims whose assumptions are facts here. Nothing else may be used.

Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import sympy
from sympy.logic.boolalg import Boolean

from theory.definedness import Known, divisors, divisors_in_sums, doubt, relations_read
from theory.language import (
    VOCABULARY,
    Always,
    ForAllModes,
    Formula,
    Initially,
    Next,
    NextHolds,
    With,
    Word,
    basic_words,
    foreign_part,
)
from theory.roots import Signs, radicands

if TYPE_CHECKING:
    from theory.claim import Claim

UNCHANGING = ("lam", "s2", "rho", "c")  # mode words that last, where the noise is additive
RULES = ("name", "update", "runs")  # what two settings must share for a fact to hold in both
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

    def roots_of(self, proof: Proof) -> frozenset[Any]:
        """What must not be negative for the statement to mean something, as far as not shown."""
        return negative_radicands(self.statement, proof.named(self))

    def rests_on(self, proof: Proof) -> frozenset[str]:
        """The assumptions, and suppositions, under which the statement is established."""
        return frozenset(n for fact in proof.named(self) for n in fact.rests_on)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What must not be zero for the statement to mean something, as far as not shown here.

        A divisor of a relation that is read wherever the named facts are true is not zero, unless
        the fact's own list says that nobody knows.
        """
        from theory.obligations import unexplained

        facts = proof.named(self)
        known = [s for fact in facts for s in sentences(fact.statement)]
        here = {
            divisor
            for there, divisor in unexplained(known, self.statement, frozenset())
            if not any(divisor in divisors(s) for s in relations_read(there))
        }
        return frozenset(here).union(*(fact.divides_by for fact in facts))


@dataclass(frozen=True)
class Carrying(Step):
    """A step whose statement is true, and so has a meaning, wherever the named facts are true.

    It looks into no relation: nothing is divided by that the facts do not divide by.
    """

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        """What the named facts divide by, unless others exclude that it is ever zero."""
        return inherited_divisors(proof.named(self))

    def roots_of(self, proof: Proof) -> frozenset[Any]:
        """What the named facts take roots of."""
        return frozenset[Any]().union(*(fact.roots_of for fact in proof.named(self)))


@dataclass(frozen=True)
class Fact:
    """An established sentence, and what it rests on.

    `rests_on` names assumptions; `unproved` names cited parts that their own claim does not prove;
    `divides_by` lists divisors that nobody has shown to be different from zero, and `roots_of` what
    stands under roots and logarithms and nobody has shown to be nonnegative.
    """

    statement: Boolean
    rests_on: frozenset[str]
    unproved: frozenset[str] = frozenset()
    divides_by: frozenset[Any] = frozenset()
    roots_of: frozenset[Any] = frozenset()


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
        parts = {part: cited.conclusion[part]} if part else cited.conclusion
        return [
            self._transferred(name, s, cited, there)
            for name, s in parts.items()
            if not isinstance(s, Formula)
        ]

    def _transferred(
        self, part: str, sentence: Boolean, cited: Claim, there: dict[str, Fact]
    ) -> Fact:
        check_setting(sentence, cited, self.claim)
        own = set(cited.assumptions)
        source = next(
            (f for f in there.values() if f.statement == sentence and f.rests_on <= own), None
        )
        unproved = frozenset([f"{cited.id}/{part}"]) if source is None else source.unproved
        divides_by = frozenset() if source is None else source.divides_by
        roots_of = frozenset() if source is None else source.roots_of
        needed = cited.assumptions if source is None else source.rests_on
        rests_on: set[str] = set()
        for name in needed:
            assumption = cited.assumptions[name]
            fact = next((f for f in self.facts.values() if f.statement == assumption), None)
            if fact is None:
                raise NotAccepted(f"{cited.id} needs {name!r}: {assumption}, not established here")
            rests_on |= fact.rests_on
            unproved |= fact.unproved
        return Fact(sentence, frozenset(rests_on), unproved, divides_by, roots_of)

    def establish(self, step: Step) -> None:
        """Accept a step and remember its sentence under its reason."""
        if step.reason in self.facts:
            raise NotAccepted(f"{step.reason!r} names an assumption or an earlier step")
        try:
            used = self.named(step)
            rests_on = step.rests_on(self)
            check_words([step.statement, *(fact.statement for fact in used)])
            check_time(step.statement, self, rests_on, used)
            step.accept(self)
            divides_by = step.divides_by(self)
            roots_of = step.roots_of(self)
        except NotAccepted:
            raise
        except Exception as bug:  # whatever a step cannot digest, it does not accept
            raise NotAccepted(f"cannot be read: {type(bug).__name__}: {bug}") from bug
        unproved = frozenset(name for fact in used for name in fact.unproved)
        self.facts[step.reason] = Fact(step.statement, rests_on, unproved, divides_by, roots_of)


def inherited_divisors(facts: Iterable[Fact]) -> frozenset[Any]:
    """What facts divide by, unless those that divide by nothing doubtful exclude zero for ever."""
    from theory.obligations import known_nonnegative

    named = list(facts)
    sure = [fact for fact in named if not (fact.divides_by or fact.roots_of)]
    lasting = [s for s in _conjuncts(sure) if is_permanent(s)]
    signs = Known(lasting, lambda word: known_nonnegative(word, lasting))
    found = frozenset[Any]().union(*(fact.divides_by for fact in named))
    return frozenset(d for d in found if not signs.is_nonzero(d))


def negative_radicands(statement: Any, used: Iterable[Fact]) -> frozenset[Any]:
    """What stands under roots in a statement, or in how it was reached, and may be negative.

    Known are the facts used (where what they take roots of is nonnegative, unless their own list
    says that nobody knows) and the premise of an implication; at other times, only what lasts.
    """
    facts = list(used)
    sure = [fact for fact in facts if not fact.roots_of]  # others might vouch for themselves
    known, said, premises = _conjuncts(facts), _conjuncts(sure), _premises(statement)
    if statement.has(Always, Next, NextHolds):
        known, said, premises = (
            [s for s in part if is_permanent(s)] for part in (known, said, premises)
        )
    parts: list[Any] = [*statement.args] if isinstance(statement, sympy.Implies) else [statement]
    needed = radicands(parts[0]) - _radicands_read(known)
    if len(parts) > 1:
        needed |= radicands(parts[1]) - _radicands_read([*known, *premises])
    unknown = needed.union(*(fact.roots_of for fact in facts))
    return unknown - _nonnegative(unknown, [*said, *premises])


def _radicands_read(known: list[Any]) -> frozenset[Any]:
    """What stands under roots in relations that are read wherever the known sentences are true."""
    from theory.obligations import detached

    return frozenset(r for s in relations_read(detached(known)) for r in radicands(s))


def _conjuncts(facts: Iterable[Fact]) -> list[Any]:
    return [s for fact in facts for s in sentences(fact.statement)]


def _premises(statement: Any) -> list[Any]:
    """What an implication supposes, conjunct by conjunct; nothing for other sentences."""
    return list(sentences(statement.args[0])) if isinstance(statement, sympy.Implies) else []


def _nonnegative(expressions: Iterable[Any], known: list[Any]) -> frozenset[Any]:
    """Those of the expressions that are visibly nonnegative where the known sentences hold."""
    from theory.obligations import detached, known_nonnegative

    asked = frozenset(expressions)
    if not asked:
        return asked
    always = [s for fact in known if isinstance(fact, Always) for s in sentences(fact.args[0])]
    said = detached([*known, *always])
    signs = Signs(said, lambda word: known_nonnegative(word, said))
    return frozenset(e for e in asked if signs.is_nonnegative(e))


def check_words(statements: Iterable[Any]) -> None:
    """Raise NotAccepted for what has no meaning, or a symbol that only looks like a word."""
    statements = list(statements)
    for statement in statements:
        foreign = foreign_part(statement)
        if foreign is not None:
            raise NotAccepted(f"{foreign}: {type(foreign).__name__} is no part of the language")
    for symbol in {s for statement in statements for s in statement.free_symbols}:
        if symbol.name in VOCABULARY and symbol != sympy.Symbol(symbol.name, real=True):
            raise NotAccepted(f"{symbol} is not the word of the vocabulary, only its name")
        if symbol not in (sympy.Symbol(symbol.name, real=True), sympy.Symbol(symbol.name)):
            raise NotAccepted(f"{symbol} must be declared real, and nothing else")
        if symbol.is_real and not symbol.name.isidentifier():
            raise NotAccepted(f"{symbol}: only steps give variables such names")


def check_time(
    statement: Any, proof: Proof, rests_on: frozenset[str], facts: Iterable[Fact]
) -> None:
    """Raise NotAccepted if "one step later" would not mean what `unfold` makes of it.

    Words that do not change along a run depend on the step size (which must be constant) and on
    the noise variances (which must be additive); the start and changed models have no next step.
    """
    used = [fact.statement for fact in facts]
    used += [proof.facts[name].statement for name in rests_on if name in proof.facts]
    for later in {e for s in (statement, *used) for e in s.atoms(Next, NextHolds)}:
        if later.args[0].has(Initially, With):
            raise NotAccepted(f"{later}: other times and models have no next step")
        lasting = {s.name for s in later.free_symbols if VOCABULARY[s.name].constant}
        names = {n for name in lasting for n in basic_words(name)}
        if "eta" in names and proof.claim.domain.step == "critical":
            raise NotAccepted(f"{later}: the step size changes from step to step")
        if "s2" in names and not any(s.name == "additive" for s in used if s.is_Symbol):
            raise NotAccepted(f"{later}: rests on noise that may change: name the additive noise")


def check_setting(sentence: Any, cited: Claim, claim: Claim) -> None:
    """Raise NotAccepted if a cited sentence is about another setting or another update rule."""
    kinds = [tuple(getattr(c.domain, n, None) for n in RULES) for c in (cited, claim)]
    if kinds[0] != kinds[1]:
        raise NotAccepted(f"{cited.id} is about another setting: {kinds[0][0] or 'a quadratic'}")
    names = {n for s in sentence.free_symbols for n in basic_words(s.name)}
    counted = any(map(counts_from_the_start, names))
    in_time = counted or sentence.has(Always, Next, NextHolds, Initially, With)
    stepped = any(n in VOCABULARY and VOCABULARY[n].kind == "primitive" for n in names)
    one_step = stepped or "g2_next" in names
    if (in_time or one_step) and cited.domain.momentum != claim.domain.momentum:
        raise NotAccepted(f"{cited.id} is about another update rule: one of the two has momentum")
    schedules = {cited.domain.step == "critical", claim.domain.step == "critical"}
    if in_time and len(schedules) == 2:
        raise NotAccepted(f"{cited.id} is about another schedule of step sizes")


def counts_from_the_start(name: str) -> bool:
    """Whether a word that does not change may depend on the state in which the run started."""
    word = VOCABULARY.get(name)
    spectral = name in ("rho_max", "rho_min")
    return word is not None and word.kind == "primitive" and word.constant and not spectral


def sentences(statement: Boolean) -> tuple[Boolean, ...]:
    """The conjuncts of a sentence."""
    return tuple(statement.args) if isinstance(statement, sympy.And) else (statement,)


def is_permanent(sentence: Any) -> bool:
    """Whether a sentence that is true at the start is true at every time, by its form alone.

    Meant for runs with additive noise, whose variances do not change.
    """
    if isinstance(sentence, (Always, sympy.logic.boolalg.BooleanTrue)):
        return True
    if sentence.has(Formula):
        return False
    sentence = sentence.replace(lambda e: isinstance(e, Initially), lambda e: sympy.Dummy())
    words = [VOCABULARY[s.name] for s in sentence.free_symbols if s.name in VOCABULARY]
    if isinstance(sentence, ForAllModes):
        return all(w.constant or w.name in UNCHANGING for w in words)
    return all(w.constant or _sums_what_lasts(w) for w in words)


def _sums_what_lasts(word: Word) -> bool:
    return word.kind == "sum" and all(
        s.name in UNCHANGING or VOCABULARY[s.name].constant for s in word.formula.free_symbols
    )


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
    settled = [f for f in proof.facts.values() if f.rests_on <= set(claim.assumptions)]
    return outcomes, loose_ends(claim, settled), proof.facts


def loose_ends(claim: Claim, facts: Iterable[Fact]) -> dict[str, str]:
    """Parts of the conclusion that no accepted step proves, with the reason for each."""
    from theory.obligations import detached, known_nonnegative

    known = list(facts)
    sure = [f for f in known if not (f.divides_by or f.roots_of)]
    said = [s for f in sure for s in sentences(f.statement)]

    def signs_from(said: list[Any]) -> Known:
        return Known(said, lambda word: known_nonnegative(word, said), defined=True)

    lasting_said = [s for s in said if is_permanent(s)]
    signs, lasting = signs_from(said), signs_from(lasting_said)
    reasons: dict[Any, str] = {}
    for fact in known:
        in_time = fact.statement.has(Always, Next, NextHolds)
        reason = _shortcoming(fact, lasting if in_time else signs)
        holding = lasting_said if in_time else said
        bad = sorted(fact.roots_of - _nonnegative(fact.roots_of, holding), key=str)
        if bad:
            reason = f"takes the root of {bad[0]}, which may be negative"
        for sentence in (fact.statement, *sentences(fact.statement)):
            if reasons.get(sentence) != "":
                reasons[sentence] = reason
    found = {}
    for part, sentence in claim.conclusion.items():
        missing = "no step of the derivation reaches it"
        separately = [reasons.get(s, missing) for s in sentences(sentence)]
        reason = reasons.get(sentence, missing) and next(filter(None, separately), "")
        divided_by = divisors_in_sums(sentence)
        if divided_by and not reason:
            signs_here = signs_from(detached([*said, *_premises(sentence)]))
            zero = [d for d in divided_by if not signs_here.is_nonzero(d)]
            reason = f"its sums divide by {zero[0]}, which may be zero" if zero else ""
        if reason:
            found[part] = claim.checked_only.get(part, reason)
    return found


def _shortcoming(fact: Fact, signs: Known) -> str:
    """Why a fact does not count as proved; empty if it does."""
    if fact.unproved:
        return f"rests on {', '.join(sorted(fact.unproved))}, which no derivation proves"
    zero = [d for d in fact.divides_by if not signs.is_nonzero(d)]
    return doubt(sorted(zero, key=str)[0]) if zero else ""
