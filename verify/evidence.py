"""What a check found, and what the evidence for a claim amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from theory.claim import Claim

PROVED, CHECKED, SUPPORTED = "proved", "checked", "supported"
NOT_RUN, REFUTED, AS_PRINTED = "not run", "refuted", "refuted as printed"
DECISIVE = ("exact", "property", "monte-carlo", "experiment")  # a failure here refutes the claim
TEETH = ("mutant", "assumption")


class Failed(AssertionError):
    """A check did not find what the claim says it must find; the message says what it found."""


@dataclass(frozen=True)
class Outcome:
    """What a passing check reports: one line, and the probability that a false claim passes here.

    `error_probability` bounds the probability of a wrong decision by a random check; exact checks
    and searches decide nothing at random and leave it 0.
    """

    detail: str
    error_probability: float = 0.0
    loose: tuple[str, ...] = ()  # parts of the conclusion that the derivation does not reach


@dataclass(frozen=True)
class Evidence:
    """The record of one check: which, whether it passed, what it saw, how long it took."""

    claim: str
    kind: str
    name: str
    passed: bool
    detail: str
    error_probability: float = 0.0
    seconds: float = 0.0
    crashed: bool = False  # the check itself is broken: it decides nothing
    loose: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A claim's verdict, and everything it rests on."""

    claim: Claim
    verdict: str
    solid: bool
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    later: tuple[str, ...] = ()  # owed kinds whose checks run in a later tier only

    @property
    def error_probability(self) -> float:
        """Sum of the error probabilities of the random decisions."""
        return sum(e.error_probability for e in self.evidence)

    @property
    def seconds(self) -> float:
        """Time spent in the checks."""
        return sum(e.seconds for e in self.evidence)

    @property
    def mutants(self) -> tuple[int, int]:
        """How many mutants were refuted, of how many; 0 of 0 where a later tier refutes them."""
        shown = [e.passed for e in self.evidence if e.kind == "mutant"]
        if not shown and self.later:
            return 0, 0
        return sum(shown), len(self.claim.mutants)

    @property
    def failures(self) -> tuple[Evidence, ...]:
        """The checks that failed."""
        return tuple(e for e in self.evidence if not e.passed)


def judge(
    claim: Claim,
    evidence: Iterable[Evidence],
    loose: Iterable[str],
    solid: bool,
    later: Iterable[str] = (),
) -> Verdict:
    """The verdict on one claim.

    `loose` names the parts of the conclusion that no derivation reaches; `solid` says whether all
    cited claims are proved; `later` names kinds of which some checks run in a later tier only. A
    failed decisive check refutes; other failures leave evidence missing. A statement that is false
    as printed counts as refuted once its counterexample, and its correction there, are confirmed.
    """
    records = tuple(evidence)
    passed = {e.kind for e in records if e.passed}
    failed = {e.kind for e in records if not e.passed}
    contradicted = {e.kind for e in records if not e.passed and not e.crashed}
    missing = [kind for kind in claim.owes if kind not in passed - failed]
    missing += [f"{e.kind}: {e.name}" for e in records if e.kind in TEETH and not e.passed]
    if claim.corrected_by:
        verdict = AS_PRINTED if records and not failed else NOT_RUN
    elif contradicted.intersection(DECISIVE):
        verdict = REFUTED
    elif missing:
        verdict = NOT_RUN
    elif "symbolic" in passed and not list(loose):
        verdict = PROVED
    else:
        verdict = CHECKED if passed.intersection(("exact", "property", "symbolic")) else SUPPORTED
    solid = solid and verdict == PROVED
    waiting = tuple(kind for kind in later if kind in missing and kind not in failed)
    return Verdict(claim, verdict, solid, records, tuple(missing), waiting)
