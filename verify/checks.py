"""Every check of a claim, made from the claim; files of its own under `verify` add more."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from theory import registry
from theory.claim import Claim, Domain
from theory.language import VOCABULARY, Formula, basic_words, words_of
from theory.setting import Setting
from verify import counterexamples, search
from verify.evidence import Failed, Outcome
from verify.examples import disagreement
from verify.kinds import describe, from_json
from verify.meaning import MEANINGS

TIERS = ("fast", "full", "experiment")
SEARCHED = {"fast": 80, "full": 2000}


@dataclass(frozen=True)
class Settings:
    """How hard to try: the tier, and the seed from which every random stream is derived."""

    tier: str = "fast"
    seed: int = 0

    def stream(self, *key: str) -> int:
        """A seed of 64 bits for the check with this key: same key, same stream, anywhere."""
        text = "/".join((str(self.seed), *key))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


Run = Callable[[Settings], Outcome]


@dataclass(frozen=True)
class Check:
    """One check: raises Failed, or reports what it found. `tier` is the first it runs in."""

    claim: str
    kind: str
    name: str
    run: Run
    tier: str = "fast"

    @property
    def id(self) -> str:
        """`SA-3-mutant-half the step`: starts with the claim's id."""
        return f"{self.claim}-{self.kind}-{self.name}"


EXTRA: dict[str, list[Check]] = {}


def check(claim: str, kind: str, name: str, tier: str = "fast") -> Callable[[Run], Run]:
    """Register a function as one more check of a claim; its docstring says what would fail it."""

    def register(run: Run) -> Run:
        EXTRA.setdefault(claim, []).append(Check(claim, kind, name, run, tier))
        return run

    return register


@cache
def checks_of(claim_id: str) -> tuple[Check, ...]:
    """All checks of one claim, in the order they are reported."""
    claim = registry.get(claim_id)
    import_extra(claim_id)
    extra = EXTRA.get(claim_id, [])
    taken = {c.name for c in extra if c.kind in ("mutant", "assumption")}
    made = [
        c
        for c in _from_claim(claim)
        if not (c.kind in ("mutant", "assumption") and c.name in taken)
    ]
    checks = (*made, *extra)
    names = [c.id for c in checks]
    if len(set(names)) != len(names):
        raise ValueError(f"{claim_id}: two checks share a name: {sorted(names)}")
    return checks


@cache
def import_extra(claim_id: str) -> None:
    """Import the files `verify/<paper>/sa03_*.py` of a claim, of the claims it cites and of its
    correction, if it is a printed statement.

    They hold extra checks, and the meanings of words that the claim brings along. Raises BadClaim
    for a word that has none.
    """
    claim = registry.get(claim_id)
    for other in (*claim.cites, claim.corrected_by):
        if other:
            import_extra(other)
    module = registry.files()[claim_id][0].replace("theory.", "verify.", 1)
    package, _, stem = module.rpartition(".")
    beginning = stem.split("_")[0] + "_"
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if found.name.startswith(beginning):
            importlib.import_module(f"{package}.{found.name}")
    for word in _without_meaning(claim):
        raise registry.BadClaim(
            f"{claim_id}: nothing says what its word {word!r} means; write a function marked "
            f"@means({word!r}) in {module.replace('.', '/')}.py, as docs/settings.md shows"
        )


def _without_meaning(claim: Claim) -> list[str]:
    """The words of a claim that are not defined, nor given with a model, nor computed by anyone."""
    wrong = [m.values() if isinstance(m, Mapping) else [m] for m in claim.mutants.values()]
    right = [claim.assumptions.values(), claim.weaker.values(), claim.conclusion.values()]
    said = [sentence for part in (*right, *wrong) for sentence in part]
    names = {part for s in said for word in words_of(s) for part in basic_words(word)}
    words = [VOCABULARY[n] for n in sorted(names) if n in VOCABULARY and n not in MEANINGS]
    return [w.name for w in words if w.formula is None and w.kind != "number"]


def _from_claim(claim: Claim) -> Iterator[Check]:
    def make(kind: str, name: str, run: Run, tier: str = "fast") -> Check:
        return Check(claim.id, kind, name, run, tier)

    for number, step in enumerate(claim.derivation):
        yield make("symbolic", step.reason, partial(_step, claim, number))
    if claim.derivation:
        yield make("symbolic", "closes", partial(_closes, claim))
    if registry.certificates(claim.id):
        yield make("certified", "certificates reject corruption", partial(_corrupted, claim))
    for name in claim.examples:
        yield make("exact", name, partial(_example, claim, name))
    if claim.corrected_by:
        yield make("exact", "refuted as printed", partial(_false_as_printed, claim))
        return
    if any(not isinstance(s, Formula) for s in claim.conclusion.values()):
        yield make("property", "no counterexample", partial(_no_counterexample, claim))
    for name, wrong in claim.mutants.items():
        yield make("mutant", name, partial(_refuted, claim, name, wrong))
    for name in claim.assumptions:
        test = _implied if name in claim.implied else _needed
        yield make("assumption", name, partial(test, claim, name))
    for name in claim.weaker:
        yield make("assumption", f"{name}, relaxed", partial(_relaxed, claim, name))


def _step(claim: Claim, number: int, settings: Settings) -> Outcome:
    """Fails when the step does not follow from the facts it names."""
    outcomes, _, _ = registry.derivation(claim.id)
    outcome = outcomes[number]
    if outcome.problem is not None:
        raise Failed(f"{claim.id}, step {outcome.step.reason!r}: {outcome.problem}")
    return Outcome("accepted")


def _closes(claim: Claim, settings: Settings) -> Outcome:
    """Fails when a part of the conclusion is neither reached nor declared `checked_only`."""
    _, loose, _ = registry.derivation(claim.id)
    unexplained = [part for part in loose if part not in claim.checked_only]
    idle = [part for part in claim.checked_only if part not in loose]
    if unexplained:
        raise Failed(f"{claim.id}: the derivation does not reach {', '.join(unexplained)}")
    if idle:
        raise Failed(f"{claim.id}: proved, yet declared checked only: {', '.join(idle)}")
    reached = len(claim.conclusion) - len(loose)
    return Outcome(f"{reached} of {len(claim.conclusion)} parts reached", loose=tuple(loose))


def _corrupted(claim: Claim, settings: Settings) -> Outcome:
    """Fails when the kernel accepts a corrupted certificate."""
    from verify.corruption import survivors

    tried, accepted = survivors(claim, settings)
    if accepted:
        raise Failed(f"{claim.id}: the kernel accepted {accepted[0]}")
    return Outcome(f"{tried} corrupted certificates rejected")


def _example(claim: Claim, name: str, settings: Settings) -> Outcome:
    """Fails when a printed number is not the exact value, rounded to the digits printed."""
    example = claim.examples[name]
    for expression, printed in example.values.items():
        found = disagreement(from_json(example.model), expression, printed)
        if found is not None:
            raise Failed(f"{claim.id}, {name}: {expression} is {found}, printed {printed}")
    return Outcome(f"{len(example.values)} printed numbers agree")


def _no_counterexample(claim: Claim, settings: Settings) -> Outcome:
    """Fails when a model satisfies the assumptions and not the conclusion, or hardly any speaks.

    Half the models have one direction per block: what is false is mostly false there already.
    """
    tried = spoke = 0
    domains = searched(claim.domain)
    for name, domain in domains.items():
        result = search.search(
            claim,
            examples=SEARCHED.get(settings.tier, SEARCHED["full"]) // len(domains),
            seed=settings.stream(claim.id, "property", name),
            domain=domain,
        )
        if result.counterexample is not None:
            raise Failed(counterexamples.story(claim, result.counterexample))
        tried, spoke = tried + result.tried, spoke + result.spoke
    if spoke < max(1, tried // 20):
        raise Failed(f"{claim.id} spoke in {spoke} of {tried} models: nearly vacuous")
    return Outcome(f"holds in {spoke} of {tried} random models (others silent)")


def searched(domain: Domain | Setting) -> dict[str, Domain | Setting]:
    """Where counterexamples are searched: for quadratics, also among those of two directions."""
    if isinstance(domain, Setting):
        return {domain.name: domain}
    return {str(domain.most_modes): domain, "1": replace(domain, most_modes=1)}


def _witness(claim: Claim, altered: Claim, key: str) -> Outcome:
    """Replay the stored counterexample of an altered claim."""
    model = counterexamples.stored(f"{claim.id}/{key}")
    if model is None:
        raise Failed(f"no stored counterexample for {claim.id}/{key}: run python -m verify.refute")
    if search.decide(altered, model) != search.FALSE:
        raise Failed(f"{claim.id}/{key}: the stored model does not refute it: {describe(model)}")
    if altered is not claim and search.decide(claim, model) == search.FALSE:
        raise Failed(f"{claim.id} itself is false in the model of {key!r}: {describe(model)}")
    return Outcome(describe(model))


def _refuted(claim: Claim, name: str, wrong: Any, settings: Settings) -> Outcome:
    """Fails when the mutant survives: no stored model shows that it is wrong."""
    return _witness(claim, search.statement_of(claim, wrong), name)


def _false_as_printed(claim: Claim, settings: Settings) -> Outcome:
    """Fails when the printed statement holds where it is said to fail, or its correction does not.

    Both are decided in the same model.
    """
    outcome = _witness(claim, claim, "as printed")
    model = counterexamples.stored(f"{claim.id}/as printed")
    corrected = registry.get(claim.corrected_by)
    if model is None or search.decide(corrected, model) != search.TRUE:
        raise Failed(f"{claim.id}: {corrected.id} does not hold in the same model")
    return outcome


def _needed(claim: Claim, name: str, settings: Settings) -> Outcome:
    """Fails when no stored model shows that the claim is wrong without the assumption."""
    return _witness(claim, claim.without(name), f"without {name}")


def _relaxed(claim: Claim, name: str, settings: Settings) -> Outcome:
    """Fails when no stored model shows that the relaxed assumption is not enough."""
    return _witness(claim, claim.relaxed(name), f"relaxed {name}")


def _implied(claim: Claim, name: str, settings: Settings) -> Outcome:
    """Fails when a model refutes the claim without an assumption that is declared implied."""
    altered = claim.without(name)
    result = search.search(
        altered,
        examples=SEARCHED.get(settings.tier, SEARCHED["full"]) // 2,
        seed=settings.stream(claim.id, "implied", name),
        domain=altered.domain.wider(),
    )
    if result.counterexample is not None:
        raise Failed(counterexamples.story(altered, result.counterexample))
    return Outcome(f"implied: {claim.implied[name]}")


def all_checks(ids: Mapping[str, Any] | list[str], tier: str) -> list[Check]:
    """The checks of these claims that run in a tier."""
    allowed = TIERS[: TIERS.index(tier) + 1]
    return [c for name in ids for c in checks_of(name) if c.tier in allowed]
