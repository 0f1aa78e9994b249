"""Models that are stored for a claim: tried against edits, and no evidence for a false claim."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from theory import registry
from theory.registry import BadClaim
from theory.vocabulary import a, a_next
from verify import checks, counterexamples, edit, search
from verify.edit import refute
from verify.evidence import Failed


def unused(*_: Any) -> Any:
    pytest.fail("a search, although a stored model refutes the edit")


def test_a_dropped_assumption_falls_at_a_stored_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a search is started, or survives, although a counterexample is known."""
    monkeypatch.setattr(edit, "hunt", unused)
    found = refute("TS-25", "drop step")
    assert found.counterexample is not None
    assert found.tried == len(counterexamples.all_stored("TS-25"))


def test_stored_models_are_the_last_word_on_an_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when an edit survives that a stored model refutes."""
    monkeypatch.setattr(edit, "hunt", lambda *_: search.SearchResult(0, 0, None))
    assert refute("SA-3", "a_next > a").counterexample is not None
    assert refute("SA-3", "a_next <= 1").counterexample is None


def test_a_claim_that_is_false_anyway_needs_no_dropped_assumption() -> None:
    """Fails when the counterexample to a printed misprint seems to show that `step` is needed."""
    assert refute("TS-21P", "drop step").story.endswith("TS-21P with 'step' is false here, too")
    assert "is false here, too" not in refute("SA-3", "drop step").story


def test_a_model_that_refutes_the_claim_is_no_evidence_for_its_assumptions() -> None:
    """Fails when a false claim passes because its own counterexample is stored for it."""
    claim = registry.get("SA-3")
    name, wrong = next(iter(claim.mutants.items()))
    altered = search.statement_of(claim, wrong)
    assert checks._witness(claim, altered, name).detail
    nonsense = claim.concluding({"nonsense": a_next < a - 2})
    with pytest.raises(Failed, match=f"SA-3 itself is false in the model of '{name}'"):
        checks._witness(nonsense, altered, name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = (", "line 1: SyntaxError: '(' was never closed"),
        (
            "\nfrom theory.vocabulary import G_nxt",
            "line 2: ImportError: cannot import name 'G_nxt'",
        ),
        ("\n\nx = 1 / 0", "line 3: ZeroDivisionError: division by zero"),
    ],
)
def test_a_broken_file_is_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    """Fails when an author's slip is told as a bug of ours."""
    file = tmp_path / "sa99_broken.py"
    file.write_text(text + "\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "files", lambda: {"SA-99": ("sa99_broken", file)})
    importlib.invalidate_caches()
    with pytest.raises(BadClaim) as problem:
        registry.get("SA-99")
    assert f"sa99_broken.py, {told}" in str(problem.value)
    assert ("did you mean G_next?" in str(problem.value)) == ("G_nxt" in text)
