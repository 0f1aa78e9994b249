"""What a counterexample shows: every word of the sentence that fails, whatever it is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from command_line import gradalign, refused
from sympy import Or, sqrt

from theory import registry
from theory.language import Always, ForAllModes, words_of
from theory.vocabulary import D, a, a_next, a_star, eta, g2, p
from verify import console
from verify.console import ProgressLine
from verify.counterexamples import story
from verify.edit import edited, refutation
from verify.meaning import World
from verify.models import quadratic
from verify.readings import is_defined, readings, value
from verify.search import SearchResult

QUIET = quadratic("1 1/2", 1, "1 1", "0 0", "1")
NOTHING = quadratic("1 1/2", 1, "0 0", "0 0", "1")
CLAIM = replace(registry.get("SA-3"), assumptions={})


def test_every_word_of_the_sentence_is_read() -> None:
    """Fails if a word is left out, or an irrational or undefined one is not called that."""
    assert readings(Or(a_next > a, D > 0), World(QUIET)) == {"D": "1", "a": "1/2", "a_next": "0"}
    assert readings(a_star > eta, World(NOTHING)) == {"a_star": "undefined", "eta": "1"}
    assert readings(ForAllModes(g2 > eta), World(QUIET)) == {"eta": "1", "g2": "1 | 1"}
    assert value(sqrt(D + 1), World(QUIET)).startswith("≈ 1.41421356")


@pytest.mark.parametrize(
    ("sentence", "defined"),
    [(a_next > a, True), (p / (D - 1) > 0, False), (Or(D > 0, a_star > 0), True)],
)
def test_a_sentence_is_defined_where_it_and_its_words_are(sentence, defined) -> None:  # type: ignore[no-untyped-def]
    """Fails if a division by zero between words that have values goes unnoticed."""
    assert is_defined(sentence, World(QUIET)) is defined
    assert not is_defined(sentence, World(NOTHING)) or not defined


def test_a_story_says_that_something_is_undefined() -> None:
    """Fails if a conclusion that has no value is told like one that is false."""
    told = story(CLAIM.concluding({"part": a_star < 1}), NOTHING)
    assert "a_star is undefined" in told
    assert "has no value here (division by zero), so it counts as false" in told
    assert "no value" not in story(CLAIM.concluding({"part": a_next > 1}), QUIET)


def test_a_sentence_about_all_times_is_read_where_it_fails() -> None:
    """Fails if the numbers shown are those of the start, where nothing is wrong yet."""
    run = replace(quadratic("1 1/2", 1, "4 1", "1 0", "1/2"), horizon=6)
    told = story(CLAIM.concluding({"part": Always(D > 1)}), run)
    assert "at t = 2: D = 9/16" in told


def test_it_is_said_that_nothing_better_was_found() -> None:
    """Fails if `refute` passes an undefined word off as an ordinary counterexample."""
    claim = CLAIM.concluding({"part": a_star < 1})
    found = SearchResult(9, 8, NOTHING, NOTHING)
    assert "no other counterexample in 9 models" in refutation(claim, "a_star < 1", found, "").story
    shown = gradalign("refute", "--help").stdout
    assert "counts as false" in " ".join(shown.split())
    assert "Search for a small exact counterexample" in shown


@pytest.mark.parametrize("edit", ["1 < 2", "2 < 1", "a < 1 or a >= 1", "a == a"])
def test_a_sentence_that_says_nothing_is_refused(edit: str) -> None:
    """Fails if thousands of models are tried for a sentence about none of them."""
    line = refused(gradalign("refute", "--claim", "SA-3", "--edit", edit))
    assert "is always" in line


def test_a_word_of_another_claim_is_known_but_not_usable() -> None:
    """Fails if a word that the vocabulary lists is called unknown."""
    line = refused(gradalign("refute", "--claim", "TS-21", "--edit", "sam_next > 0"))
    assert "'sam_next' is a word about other models than those of TS-21" in line
    claim = registry.get("TS-8")
    assert all("xy_next" not in words_of(sentence) for sentence in claim.conclusion.values())
    assert edited(claim, "xy_next < 1")[1] == "xy_next < 1"  # TS-9 is about the same toy


def test_a_long_computation_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fails if a pipe sees nothing until the end, or every single model."""
    with ProgressLine("quick") as tell:
        tell("done")
    assert not capsys.readouterr().err
    monkeypatch.setattr(console, "SILENCE", 0.0)
    with ProgressLine("slow") as tell:
        tell("one")
        tell("two")
    assert capsys.readouterr().err == "slow: one\n"
