"""What a search asks of a model, and when it calls a claim true, false or silent."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import And, Eq

from theory import registry
from theory.claim import Claim
from theory.language import Formula
from theory.vocabulary import D, G, a, a_next, eta, eta_star, eta_star_0, lambda_k, lambda_k1
from verify.checks import import_extra
from verify.errors import Stopped
from verify.instances import Instance
from verify.kinds import AnyModel
from verify.meaning import World
from verify.models import Model, quadratic
from verify.refute import hunt
from verify.search import (
    FALSE,
    SILENT,
    TRUE,
    decide,
    failing_part,
    is_false,
    is_legitimate,
    is_plainly_false,
    search,
    simpler_numbers,
    simplest,
    statement_of,
    weight,
)

FALLS = replace(
    registry.get("SA-3"), assumptions={"step": eta > 0}, conclusion={"alignment falls": a_next < a}
)
# lambda = 1 | 1/2, g^2 = 1 | 1, no noise: a step of 1 sets the dominant gradient to zero.
FALLING = quadratic("1 1/2", 1, "1 1", "0 0", "1")
RISING = quadratic("1 1/2", 1, "1 1", "0 0", "2")  # and one of 2 the gradient of the bulk


@pytest.mark.parametrize(
    "model",
    [
        quadratic("1/2 1", 1, "1 1", "1 1", "1"),
        quadratic("1 1/2", 1, "-1 1", "1 1", "1"),
        quadratic("1 1/2", 1, "1 1", "1 -1", "1"),
        quadratic("1 0", 1, "1 1", "1 1", "1"),
        replace(FALLING, theta=Fraction(0)),
        replace(FALLING, label_noise=Fraction(-1)),
        quadratic("1 0", 1, "1 0", "1 1", "1", batch_size=1),
        quadratic("1 -4", 1, "1 1", "1 1", "1", batch_size=1),
    ],
    ids=["order", "energy", "variance", "flat", "theta", "labels", "no curvature", "spread"],
)
def test_illegitimate_models(model: Model) -> None:
    """Fails if a claim is asked about something that is no quadratic of the kind it is about."""
    assert not is_legitimate(model)
    assert decide(FALLS, model) == SILENT


@pytest.mark.parametrize(
    "model",
    [
        FALLING,
        quadratic("1 1", 1, "1 1", "1 1", "1"),
        quadratic("1 1/2", 1, "0 0", "0 0", "0"),
        quadratic("1 0", 1, "1 0", "1 1", "1"),
        quadratic("1 -1", 1, "1 1", "1 1", "1"),
        quadratic("1 1/2", 1, "1 1", "1 1", "1", batch_size=1),
        quadratic("1", 1, "1", "1", "1"),
        quadratic("1", 0, "1", "1", "1"),
    ],
    ids=["plain", "no gap", "zeros", "flat", "indefinite", "batch", "no bulk", "no dominant"],
)
def test_legitimate_models(model: Model) -> None:
    """Fails if the search is blind to an edge case, where theorems tend to break."""
    assert is_legitimate(model)


INTERLEAVED = quadratic("3 1/10 19/10", 2, "1 1 1", "1 0 0", "1")


def test_without_its_gap_a_claim_is_about_interleaved_spectra_too() -> None:
    """Fails if dropping the gap leaves the dominant directions the sharpest ones."""
    claim = replace(registry.get("SA-3"), assumptions={"gap": lambda_k > lambda_k1})
    loose = claim.without("gap")
    assert decide(claim, INTERLEAVED) == SILENT
    assert decide(loose, INTERLEAVED) != SILENT
    assert decide(claim.without(), INTERLEAVED) == SILENT
    assert decide(replace(claim, weaker={"gap": eta > 0}).relaxed("gap"), INTERLEAVED) != SILENT
    assert World(quadratic("1 3", 1, "1 1", "1 1", "1")).word("lambda_1") == 3  # of all directions
    disordered = loose.concluding({"order": lambda_k >= lambda_k1})
    found = search(disordered, examples=20, seed=1, simplify=False).counterexample
    assert isinstance(found, Model)
    assert not is_legitimate(found)
    ordered = claim.concluding(disordered.conclusion)
    assert search(ordered, examples=20, seed=1).counterexample is None


def test_true_false_and_silent() -> None:
    assert decide(FALLS, FALLING) == TRUE
    assert decide(FALLS, RISING) == FALSE
    assert decide(FALLS, replace(RISING, step_size=Fraction(0))) == SILENT


NOTHING = quadratic("1 1/2", 1, "0 0", "0 0", "1")


def test_an_undefined_assumption_silences_and_an_undefined_conclusion_is_false() -> None:
    """Fails if 0/0 makes a claim true, or counts against it where nothing is assumed."""
    assert decide(FALLS, NOTHING) == FALSE
    assert decide(replace(FALLS, assumptions={"low": a < 1}), NOTHING) == SILENT


def test_the_part_that_fails_is_named() -> None:
    parts: Any = {"typeset": Formula("x", "y"), "same step": Eq(eta, 2), "alignment falls": D < 0}
    claim = FALLS.concluding(parts)
    assert failing_part(claim, World(RISING)) == "alignment falls"
    assert failing_part(claim, World(FALLING)) == "same step"
    assert failing_part(FALLS, World(FALLING)) is None


def test_a_mutant_is_one_part_unless_it_has_several() -> None:
    assert statement_of(FALLS, D > 0).conclusion == {"mutant": D > 0}
    assert statement_of(FALLS, {"x": D > 0}).conclusion == {"x": D > 0}
    assert statement_of(FALLS, And(D > 0, a < 1)).assumptions == FALLS.assumptions


def test_a_search_counts_what_it_saw() -> None:
    """Fails if silent models count as support, or a counterexample is not made simple."""
    true = search(replace(FALLS, conclusion={"x": eta > 0}), examples=30, seed=3)
    assert (true.tried, true.counterexample) == (30, None)
    assert 0 < true.spoke <= 30
    never = search(replace(FALLS, assumptions={"x": eta < 0}), examples=30, seed=3)
    assert (never.spoke, never.counterexample) == (0, None)
    found = search(FALLS, examples=200, seed=3).counterexample
    assert isinstance(found, Model)
    assert decide(FALLS, found) == FALSE
    assert len(found.modes) == 2


def test_a_setting_has_models_of_its_own() -> None:
    """Fails if a claim about a small setting is asked about quadratics, or the other way round."""
    claim = registry.get("TS-9")
    import_extra("TS-9")
    result = search(claim, examples=20, seed=1)
    assert result.counterexample is None
    assert result.spoke > 10
    wrong = search(claim.concluding({"x": sympy.false}), examples=20, seed=1).counterexample
    assert isinstance(wrong, Instance)
    assert decide(claim, wrong) == TRUE
    assert decide(claim, FALLING) == SILENT
    assert decide(FALLS, wrong) == SILENT


def test_an_interrupted_search_keeps_its_counterexample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if Ctrl-C throws away what was found, or goes unnoticed."""

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.search.simplest", interrupted)
    with pytest.raises(Stopped) as caught:
        search(FALLS, examples=200, seed=3)
    found = caught.value.finished.counterexample
    assert decide(FALLS, found) == FALSE
    monkeypatch.setattr("verify.search.decide", interrupted)
    with pytest.raises(Stopped) as caught:
        search(FALLS, examples=200, seed=3)
    seen = caught.value.finished
    assert (seen.tried, seen.spoke, seen.counterexample) == (1, 0, None)


def test_models_in_which_the_sentence_has_a_value_come_first() -> None:
    """Fails if 0/0 is reported although there is a counterexample that everybody understands."""
    claim = replace(FALLS, assumptions={}, conclusion={"below": eta_star < eta_star_0})
    assert is_false(claim, NOTHING)
    assert not is_plainly_false(claim, NOTHING)
    result = search(claim, examples=60, seed=1, refutes=is_plainly_false, simplify=False)
    assert result.counterexample is not None
    assert is_plainly_false(claim, result.counterexample)
    seen: list[AnyModel] = []

    def none_does(claim: Claim, model: AnyModel) -> bool:
        seen.append(model)
        return False

    assert search(claim, examples=60, seed=1, refutes=none_does).undefined == min(seen, key=weight)
    assert weight(seen[-1]) > weight(min(seen, key=weight))
    never = hunt(replace(claim, assumptions={"nothing": Eq(G, 0)}), 10)
    assert never.counterexample is never.undefined is not None


def test_a_search_says_how_far_it_is() -> None:
    """Fails if nobody learns that a search goes on, or that it makes its find simple."""
    seen: list[tuple[int, bool]] = []
    result = search(FALLS, examples=40, seed=3, watch=lambda *state: seen.append(state))
    assert seen[0] == (1, False)
    assert seen[-1] == (result.tried, True)
    told: list[str] = []
    hunt(replace(FALLS, conclusion={"x": eta > 0}), 2, tell=told.append)
    assert told[-1] == "10 models tried"
    hunt(FALLS.concluding({"x": eta < 0}), 2, tell=told.append)
    assert "made simple" in told[-1]


def test_a_raw_counterexample_is_not_simplified() -> None:
    raw = search(FALLS, examples=200, seed=3, simplify=False).counterexample
    simple = search(FALLS, examples=200, seed=3).counterexample
    assert raw is not None
    assert simple is not None
    assert decide(FALLS, raw) == FALSE
    assert weight(simple) < weight(raw)


def test_simplifying_keeps_what_it_must_and_stops_at_the_simplest() -> None:
    """Fails if a simpler model is passed over, or one that lost the property is returned."""
    start = quadratic("7/3 5/4 2/9", 2, "5 1 4", "1 5 9", "26/53", horizon=5)
    found = simplest(start, lambda m: m.step_size > Fraction(1, 3) and m.modes[0].energy >= 2)
    assert (found.step_size, found.modes[0].energy, found.horizon) == (1, 2, 1)
    assert len(found.modes) == 2
    assert simplest(found, lambda m: m == found) == found
    assert simplest(start, lambda m: m.horizon >= 2).horizon == 2
    assert simplest(replace(start, theta=Fraction(3, 7)), lambda m: True).theta == 1


def test_a_property_that_cannot_be_decided_is_not_kept() -> None:
    assert simplest(RISING, lambda m: bool(1 / (m.step_size - m.step_size))) == RISING


def test_simpler_numbers_have_fewer_digits() -> None:
    near = list(simpler_numbers(Fraction(26, 53)))
    assert near[:2] == [0, 1]
    assert Fraction(1, 2) in near
    assert Fraction(26, 53) not in near
    assert list(simpler_numbers(Fraction(0))) == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2", "0 1"),
        ("-7/3", "0 1 2 1/2 -3 -2"),
        ("26/53", "0 1 2 1/2 10 100 1/10 1000 1/100"),
        ("5000", "0 1 2 1/2 10 100 1/10 1000"),
        ("31416/10007", "0 1 2 3 1/2 4 10 100 1/10 13/4 22/7 16/5 1000 1/100 1/1000"),
        ("12345/8192", "0 1 2 1/2 3/2 10 100 1/10 1000 1/100 1/1000"),
    ],
)
def test_numbers_are_simple_in_the_order_in_which_people_find_them_simple(
    number: str, expected: str
) -> None:
    """Fails if a round number or a near fraction is passed over, or comes out of turn."""
    assert " ".join(map(str, simpler_numbers(Fraction(number)))) == expected


def test_what_lies_beyond_the_horizon_is_no_counterexample() -> None:
    """Fails if a run that was not followed to its turn refutes a sentence about the turn."""
    from verify.edit import refute

    assert refute("SA-9", "turn_time >= 0", examples=60).story.startswith("none found")
