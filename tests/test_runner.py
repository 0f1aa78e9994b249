"""From checks to verdicts: what is recorded, in which order, and what makes a claim solid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from theory import registry
from verify import ledger, runner
from verify.checks import Check, Settings
from verify.evidence import CHECKED, NOT_RUN, PROVED, Evidence, Failed, Outcome, Verdict
from verify.runner import cited, is_proved, later_kinds, run, run_check, verdict_on

SETTINGS = Settings()


def recorded(function: Any) -> Evidence:
    return run_check(Check("SA-3", "exact", "it", function), SETTINGS)


def test_a_passing_check_says_what_it_saw() -> None:
    """Fails if what a check reports is lost, or its settings do not reach it."""
    seen = []

    def check(settings: Settings) -> Outcome:
        seen.append(settings)
        return Outcome("seen", error_probability=0.25, loose=("part",))

    found = recorded(check)
    assert seen == [SETTINGS]
    assert (found.claim, found.kind, found.name) == ("SA-3", "exact", "it")
    assert (found.passed, found.crashed, found.detail) == (True, False, "seen")
    assert (found.error_probability, found.loose) == (0.25, ("part",))
    assert 0 <= found.seconds < 60


@pytest.mark.false_alarm(0, reason="nothing is drawn")
@pytest.mark.parametrize(("told", "counted"), [(0.0, 0.75), (0.5, 0.75), (0.875, 0.875)])
def test_the_larger_of_two_error_probabilities_counts(told: float, counted: float) -> None:
    """Fails if a check may say less than its decisions spent."""

    def check(settings: Settings) -> Outcome:
        ledger.record(0.25, 0.0)
        ledger.record(0.5, 0.0)
        return Outcome("", error_probability=told)

    assert recorded(check).error_probability == counted


def test_a_failing_check_and_a_broken_one_are_told_apart() -> None:
    """Fails if a broken check counts as a decision against the claim, or as one for it."""

    def failing(settings: Settings) -> Outcome:
        raise Failed("wrong at 3")

    def broken(settings: Settings) -> Outcome:
        raise ValueError("no such thing")

    found = recorded(failing)
    assert (found.passed, found.crashed, found.detail) == (False, False, "wrong at 3")
    found = recorded(broken)
    line = broken.__code__.co_firstlineno + 1
    assert (found.passed, found.crashed) == (False, True)
    assert found.detail == f"crashed at test_runner.py:{line}: ValueError: no such thing"
    assert (found.error_probability, found.loose) == (0.0, ())


def test_a_crash_is_placed_where_it_happened() -> None:
    """Fails if the check is named instead of the line, further down, that raised."""

    def deep() -> Outcome:
        raise ValueError("deep")

    found = recorded(lambda settings: deep())
    line = deep.__code__.co_firstlineno + 1
    assert found.detail == f"crashed at test_runner.py:{line}: ValueError: deep"


def test_a_claim_runs_its_own_checks_of_the_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if the checks of another claim or tier are run, or a check is not run as it is."""
    asked, seen = [], []

    def look(settings: Settings) -> Outcome:
        seen.append(settings)
        return Outcome("")

    def planned(ids: list[str], tier: str) -> list[Check]:
        asked.append((ids, tier))
        return [Check("SA-3", "exact", name, look) for name in ("a", "b")]

    monkeypatch.setattr(runner, "all_checks", planned)
    deep = Settings(tier="full")
    assert [found.name for found in runner.run_claim("SA-3", deep)] == ["a", "b"]
    assert (asked, seen) == ([(["SA-3"], "full")], [deep, deep])


def evidence(claim_id: str, *loose: str, closes: bool = True) -> list[Evidence]:
    """Everything a claim owes, and what its derivation leaves open."""
    records = [Evidence(claim_id, kind, "a", True, "") for kind in registry.get(claim_id).owes]
    return [*records, Evidence(claim_id, "symbolic", "closes", closes, "", loose=tuple(loose))]


def verdict(*loose: str, proved: dict[str, bool] | None = None, closes: bool = True) -> Verdict:
    return verdict_on("SA-3", evidence("SA-3", *loose, closes=closes), "fast", proved)


def test_a_claim_is_proved_if_its_derivation_closes() -> None:
    """Fails if a claim counts as proved although a part is open, or nobody looked."""
    assert verdict().verdict == PROVED
    assert verdict("rises").verdict == CHECKED
    assert verdict(closes=False).verdict == NOT_RUN
    unseen = [e for e in evidence("SA-3") if e.name != "closes"]
    assert verdict_on("SA-3", unseen, "fast").verdict == CHECKED
    other = [*unseen, Evidence("SA-3", "symbolic", "a step", True, "")]
    assert verdict_on("SA-3", other, "fast").verdict == CHECKED


def test_a_claim_is_solid_if_all_it_rests_on_is_proved() -> None:
    """Fails if a claim stands on one that is only checked, directly or not."""
    assert cited("SA-3") == {"SA-1", "SA-2"}
    assert verdict().solid
    for unproved in cited("SA-3"):
        known = {name: name != unproved for name in cited("SA-3")}
        assert not verdict(proved=known).solid
        assert known["SA-3"]


def test_verdicts_are_remembered_for_the_claims_that_follow() -> None:
    """Fails if a later claim does not see that this one is proved, or not."""
    known: dict[str, bool] = {}
    verdict(proved=known)
    assert known == {"SA-3": True}
    verdict("rises", proved=known)
    assert known == {"SA-3": False}


def test_citations_reach_through_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if only what a claim cites itself is looked at."""
    chain = {"SA-1": (), "SA-2": ("SA-1",), "SA-3": ("SA-2",)}
    monkeypatch.setattr(registry, "get", lambda name: SimpleNamespace(cites=chain[name]))
    assert cited("SA-3") == {"SA-1", "SA-2"}
    assert cited("SA-1") == set()


def test_proved_means_every_step_and_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if an empty derivation, a rejected step or an open part counts as a proof."""
    outcomes, loose, facts = registry.derivation("SA-1")
    assert is_proved("SA-1")
    rejected = [*outcomes[:-1], replace(outcomes[-1], problem="does not follow")]
    for wrong in (([], {}, {}), (rejected, loose, facts), (outcomes, {"identity": "open"}, facts)):
        monkeypatch.setattr(registry, "derivation", lambda name, wrong=wrong: wrong)
        assert not is_proved("SA-1")


def test_a_later_tier_owes_what_this_one_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if evidence that only a later tier collects is not announced, or the rest is."""
    now, later = (Check("SA-3", kind, "it", Outcome) for kind in ("exact", "experiment"))  # type: ignore[arg-type]
    monkeypatch.setattr(runner, "all_checks", lambda ids, tier: [now])
    monkeypatch.setattr(runner, "checks_of", lambda name: [now, later])
    assert later_kinds("SA-3", "fast") == ["experiment"]


@pytest.mark.parametrize("workers", [0, 2])
def test_verdicts_come_in_the_order_asked_for(
    monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """Fails if a claim that is decided early is told early, or not at all."""
    second_done = Event()
    ended: list[str] = []

    def decided(name: str, settings: Settings) -> list[Evidence]:
        if workers and name == "SA-3":
            assert second_done.wait(10)
        if name == "SA-2":
            second_done.set()
        return evidence(name)

    monkeypatch.setattr(runner, "run_claim", decided)
    executor = ThreadPoolExecutor(workers) if workers else None
    verdicts = list(run(["SA-3", "SA-2", "SA-1"], SETTINGS, executor, ended.append))
    assert [v.claim.id for v in verdicts] == ["SA-3", "SA-2", "SA-1"]
    assert all(v.verdict == PROVED for v in verdicts)
    assert sorted(ended) == ["SA-1", "SA-2", "SA-3"]
    if executor is not None:
        executor.shutdown()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_claim_does_not_stand_on_what_this_run_left_open(
    monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """Fails if verdicts of a run forget the ones before, or checks get other settings."""
    given = []

    def decided(name: str, settings: Settings) -> list[Evidence]:
        given.append(settings)
        return evidence(name, *(["identity"] if name == "SA-1" else []))

    monkeypatch.setattr(runner, "run_claim", decided)
    executor = ThreadPoolExecutor(workers) if workers else None
    found = list(run(["SA-1", "SA-3", "SA-2"], SETTINGS, executor))
    assert [(v.verdict, v.solid) for v in found[:2]] == [(CHECKED, False), (PROVED, False)]
    assert given == [SETTINGS] * 3
    if executor is not None:
        executor.shutdown()


def test_what_waits_for_a_later_tier_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if evidence that only a later tier collects looks like evidence nobody collects."""
    monkeypatch.setattr(runner, "later_kinds", lambda name, tier: [f"of {tier}", "exact"])
    without = [e for e in evidence("SA-3") if e.kind != "exact"]
    assert verdict_on("SA-3", without, "fast").later == ("exact",)
    assert verdict_on("SA-3", evidence("SA-3"), "fast").later == ()
