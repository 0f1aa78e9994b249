"""`gradalign check`: which claims it means, and when missing evidence is held against the run."""

from __future__ import annotations

import pytest
from command_line import gradalign

from theory import registry
from verify.arguments import claim_ids, one_claim
from verify.commands.check import exit_code
from verify.edit import refute
from verify.errors import InputError
from verify.evidence import Evidence, Verdict, judge
from verify.tables import told


def test_a_paper_stands_for_its_claims() -> None:
    """Fails when a prefix misses a claim of its paper or adds one of another."""
    assert claim_ids(["ts", "SA-1"]) == [*(n for n in registry.files() if n[:3] == "TS-"), "SA-1"]
    assert claim_ids(None) == list(registry.files())
    assert claim_ids(["SA-3", "sa-3"]) == ["SA-3"]


def test_one_claim_is_not_a_paper() -> None:
    """Fails when a command about one claim takes a paper for it, or crashes on it."""
    with pytest.raises(InputError, match="no claim 'SA'"):
        one_claim("SA")


def verdict(name: str, **records: bool) -> Verdict:
    """The verdict on a claim whose kinds of evidence passed or failed like this."""
    evidence = [Evidence(name, k.replace("_", "-"), k, ok, "") for k, ok in records.items()]
    claim = registry.get(name)
    later = [kind for kind in claim.owes if kind not in {e.kind for e in evidence}]
    return judge(claim, evidence, ("everything",), solid=True, later=later)


def test_evidence_of_which_a_part_failed_is_not_listed() -> None:
    """Fails when one accepted step makes the derivation of a claim look complete."""
    claim = registry.get("SA-3")
    steps = [Evidence("SA-3", "symbolic", name, name == "first", "") for name in ("first", "last")]
    search = Evidence("SA-3", "property", "no counterexample", True, "")
    assert told(judge(claim, [*steps, search], (), solid=True)) == "property"
    assert told(judge(claim, [steps[0], search], (), solid=True)) == "symbolic, property"


def test_a_later_tier_is_missing_only_where_it_was_asked_for() -> None:
    """Fails when experiments that did not run pass for evidence, or spoil every fast run."""
    waiting = verdict("TS-30")
    assert waiting.verdict == "not run"
    assert exit_code([waiting], set()) == 0
    assert exit_code([waiting], {"TS-30"}) == 3


def test_what_cannot_be_verified_is_missing_only_where_it_was_asked_for() -> None:
    """Fails when a claim that nobody can decide here counts as decided."""
    recorded = verdict("TS-37")
    assert recorded.verdict == "not run"
    assert exit_code([recorded], set()) == 0
    assert exit_code([recorded], {"TS-37"}) == 3


def test_a_statement_refuted_as_printed_is_no_failure_but_must_be_refuted() -> None:
    """Fails when a misprint counts against the run, or passes without its counterexample."""
    shown = verdict("TS-24P", exact=True)
    assert (shown.verdict, exit_code([shown], {"TS-24P"})) == ("refuted as printed", 0)
    unshown = verdict("TS-24P", exact=False)
    assert (unshown.verdict, exit_code([unshown], set())) == ("not run", 3)


def test_a_refuted_claim_ends_with_one() -> None:
    """Fails when a counterexample goes unnoticed."""
    assert exit_code([verdict("TS-24", property=False)], set()) == 1


def test_words_of_a_setting_can_be_doubted() -> None:
    """Fails when `refute` does not know what the words of a small setting mean."""
    found = refute("TS-26", "constant_rate > eta")
    assert found.counterexample is not None
    assert "constant_rate = 1" in found.story


@pytest.mark.parametrize(
    ("claim", "edit", "told"),
    [
        ("TS-26", "a < 1", "'a' is a word about other models"),
        ("SA-3", "constant_rate < 1", "'constant_rate' is a word about other models"),
        ("TS-37", "a < 1", "cannot be verified here"),
        ("TS-30", "drop uncentred", "about a trained network"),
        ("TS-28", "a < 1", "checks of its own"),
    ],
)
def test_an_edit_that_could_say_nothing_is_refused(claim: str, edit: str, told: str) -> None:
    """Fails when a sentence about other models counts as unrefuted, or is our bug."""
    registry.claims()  # every claim brings its words along
    with pytest.raises(InputError, match=told):
        refute(claim, edit)


def test_why_a_claim_stays_undecided_is_said() -> None:
    """Fails when exit code 3 comes without a reason."""
    done = gradalign("check", "TS-37", "TS-30", "--jobs", "1")
    assert done.returncode == 3
    assert "TS-37 is not decided: the data sets" in done.stderr
    assert "gradalign check TS-30 --tier experiment" in done.stderr
