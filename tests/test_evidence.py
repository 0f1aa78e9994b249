"""What the evidence amounts to: every verdict, and what turns it into another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from theory import registry
from verify.evidence import (
    AS_PRINTED,
    CHECKED,
    NOT_RUN,
    PROVED,
    REFUTED,
    SUPPORTED,
    Evidence,
    Verdict,
    judge,
)

CLAIM = replace(registry.get("SA-3"), owes=("symbolic", "exact", "property", "monte-carlo"))


def record(kind: str, name: str = "a", **more: Any) -> Evidence:
    return Evidence(CLAIM.id, kind, name, **{"passed": True, "detail": "", **more})


COMPLETE = [record(kind) for kind in (*CLAIM.owes, "mutant", "assumption")]


def judged(records: list[Evidence], *, loose: tuple[str, ...] = (), solid: bool = True) -> Verdict:
    return judge(CLAIM, records, loose, solid)


def test_complete_evidence_proves() -> None:
    """Fails if a claim whose every debt is paid is not proved, or not solid."""
    verdict = judged(COMPLETE)
    assert (verdict.verdict, verdict.solid, verdict.missing) == (PROVED, True, ())
    assert verdict.claim is CLAIM
    assert verdict.evidence == tuple(COMPLETE)
    assert verdict.failures == ()


def test_a_loose_part_is_only_checked() -> None:
    """Fails if a claim with a part that no derivation reaches counts as proved."""
    verdict = judged(COMPLETE, loose=("rises",))
    assert (verdict.verdict, verdict.solid) == (CHECKED, False)


def test_what_rests_on_unproved_claims_is_not_solid() -> None:
    verdict = judged(COMPLETE, solid=False)
    assert (verdict.verdict, verdict.solid) == (PROVED, False)


@pytest.mark.parametrize("kind", ["exact", "property", "monte-carlo", "experiment"])
def test_a_decision_against_the_claim_refutes_it(kind: str) -> None:
    """Fails if a counterexample, in a claim that is otherwise proved, goes unnoticed."""
    wrong = record(kind, "against", passed=False)
    verdict = judged([*COMPLETE, wrong])
    assert (verdict.verdict, verdict.solid) == (REFUTED, False)
    assert verdict.failures == (wrong,)


@pytest.mark.parametrize("kind", ["exact", "property", "monte-carlo"])
def test_a_crash_decides_nothing(kind: str) -> None:
    """Fails if a broken check counts for or against the claim."""
    verdict = judged([*COMPLETE, record(kind, "broken", passed=False, crashed=True)])
    assert (verdict.verdict, verdict.missing) == (NOT_RUN, (kind,))


@pytest.mark.parametrize("kind", CLAIM.owes)
def test_evidence_that_did_not_run_is_missing(kind: str) -> None:
    """Fails if a claim passes although a kind of evidence that it owes was not looked at."""
    verdict = judged([e for e in COMPLETE if e.kind != kind])
    assert (verdict.verdict, verdict.missing) == (NOT_RUN, (kind,))


def test_a_step_that_is_not_accepted_leaves_the_proof_missing() -> None:
    """Fails if one accepted step outweighs one that is not."""
    verdict = judged([*COMPLETE, record("symbolic", "gap", passed=False)])
    assert (verdict.verdict, verdict.missing) == (NOT_RUN, ("symbolic",))


@pytest.mark.parametrize("kind", ["mutant", "assumption"])
def test_a_survivor_is_named(kind: str) -> None:
    """Fails if a mutant survives, or an assumption is idle, and the claim passes."""
    verdict = judged([*COMPLETE, record(kind, "half", passed=False)])
    assert (verdict.verdict, verdict.missing) == (NOT_RUN, (f"{kind}: half",))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("exact", CHECKED), ("property", CHECKED), ("monte-carlo", SUPPORTED)],
)
def test_without_a_derivation(kind: str, expected: str) -> None:
    """Fails if random evidence alone counts as exact, or exact evidence alone as a proof."""
    verdict = judge(replace(CLAIM, owes=(kind,)), [record(kind)], (), True)
    assert (verdict.verdict, verdict.solid) == (expected, False)


def test_a_derivation_that_reaches_nothing_is_checked() -> None:
    claim = replace(CLAIM, owes=("symbolic",))
    assert judge(claim, [record("symbolic")], ("all",), True).verdict == CHECKED


def test_what_a_later_tier_runs_is_waited_for() -> None:
    """Fails if evidence of a later tier is called waiting although it failed, or is not owed."""
    records = [e for e in COMPLETE if e.kind != "exact"]
    later = ("exact", "property", "experiment")
    assert judge(CLAIM, records, (), True, later).later == ("exact",)
    failed = [*records, record("exact", passed=False, crashed=True)]
    assert judge(CLAIM, failed, (), True, later).later == ()
    assert judge(CLAIM, records, (), True).later == ()


def test_refuted_as_printed_needs_its_evidence() -> None:
    """Fails if a statement counts as refuted before its counterexample is confirmed."""
    printed = replace(CLAIM, corrected_by="SA-4", owes=())
    assert judge(printed, [record("exact")], (), True).verdict == AS_PRINTED
    assert judge(printed, [], (), True).verdict == NOT_RUN
    assert judge(printed, [record("exact"), record("exact", passed=False)], (), True).verdict == (
        NOT_RUN
    )


def test_totals() -> None:
    """Fails if error probabilities, times or mutants are not all counted."""
    records = [
        record("mutant", "a", error_probability=0.25, seconds=2.0),
        record("mutant", "b", passed=False, error_probability=0.5, seconds=4.0),
        record("exact", "c", seconds=8.0),
    ]
    verdict = judged(records)
    assert verdict.error_probability == 0.75
    assert verdict.seconds == 14.0
    assert verdict.mutants == (1, len(CLAIM.mutants))


def test_a_record_assumes_nothing() -> None:
    plain = Evidence("SA-3", "exact", "a", True, "seen")
    rest = (plain.error_probability, plain.seconds, plain.crashed, plain.loose)
    assert rest == (0.0, 0.0, False, ())
