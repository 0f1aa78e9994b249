"""`gradalign explain`: derivations that close, numbers in their lines, and what the numbers say."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from command_line import gradalign, refused

from theory import registry
from theory.proof import Step
from verify.checks import import_extra
from verify.errors import InputError
from verify.explain import KINDS, remark, standing
from verify.explain_model import keys, read_model
from verify.instances import instance
from verify.kinds import world_of

STATE: dict[str, Any] = {
    "eigenvalues": [1, "1/2"],
    "k": 1,
    "gradient": [2, 2],
    "noise_variance": [9, 4],
    "step_size": "1/2",
}


def told(claim: str, numbers: dict[str, Any]) -> dict[str, Any]:
    """The JSON of `gradalign explain` with these numbers."""
    done = gradalign("explain", claim, "--numbers", "-", "--json", stdin=json.dumps(numbers))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_numbers_that_satisfy_the_claim() -> None:
    """Fails when an instance of a theorem is not recognised as one."""
    assert (
        told("SA-3", STATE)["remark"] == "Every assumption holds here, and so does the conclusion."
    )


def test_numbers_that_violate_an_assumption() -> None:
    """Fails when it is not said which assumption fails, and what becomes of the conclusion."""
    flat = told("SA-3", STATE | {"gradient": [0, 2], "noise_variance": 0})["remark"]
    assert "“dominant” does not hold" in flat
    assert "“high alignment” not true" in flat
    assert "“block form”, “block form of q” without a value" in flat
    same = told("TS-26", {"eta": -1, "beta": "1/2", "steps": 2})["remark"]
    assert "“step” does not hold" in same
    late = told("TS-26", {"eta": 1, "beta": 0, "steps": 2})["remark"]
    assert "“momentum” does not hold" in late


def test_numbers_that_refute_a_printed_formula() -> None:
    """Fails when a counterexample to a misprint is not called one."""
    printed = registry.get("TS-21P")
    numbers = {"radius": "1/10", "gradient_norm": 10, "eta": "1/100", "theta": 1, "curvature": 100}
    found = told("TS-21P", numbers)["remark"]
    assert found.startswith("A counterexample: every assumption holds here")
    world = world_of(instance("sam", **numbers))
    assert "A counterexample" in remark(printed, world)
    assert standing(printed.conclusion["threshold"], world) == "fails"


@pytest.mark.parametrize("claim", ["SA-9", "SA-20"])
def test_sentences_about_modes_have_numbers(claim: str) -> None:
    """Fails when a sentence about every mode ends in an internal error or is not decided."""
    lines = told(claim, STATE)
    shown = [line for part in ("assumptions", "steps") for line in lines[part]]
    numbers = {line["numbers"] for line in shown if line["statement"].startswith("for_")}
    assert "" not in numbers
    assert numbers == {"holds"} or claim == "SA-20"  # which is about another noise than the state's


def test_minibatch_noise_can_be_given(tmp_path: Path) -> None:
    """Fails when SA-20 takes no batch size, a wrong one, or another noise beside it."""
    batches = {key: STATE[key] for key in ("eigenvalues", "k", "gradient", "step_size")}
    batches |= {"batch_size": 8, "label_noise": "1/2"}
    file = tmp_path / "state.json"

    def given(**change: Any) -> Any:
        file.write_text(json.dumps(batches | change))
        return read_model(str(file), "SA-20")

    import_extra("SA-20")  # what "least squares" means
    claim, world = registry.get("SA-20"), world_of(given())
    assert world.model.batch_size == 8
    assert world.model.label_noise == Fraction(1, 2)
    for part in ("noise", "recursion", "q at the ends"):
        assert standing(claim.conclusion[part], world) == "holds"
    assert standing(claim.assumptions["least squares"], world) == "holds"
    assert "label_noise" in keys(claim)
    for change, told in (
        ({"batch_size": 0}, "at least one sample"),
        ({"batch_size": "1/2"}, "must be a whole number"),
        ({"label_noise": -1}, "not negative"),
        ({"noise_variance": 1}, "leave noise_variance out"),
    ):
        with pytest.raises(InputError, match=told):
            given(**change)


def test_the_keys_of_a_small_model_are_told() -> None:
    """Fails when nobody learns which numbers a claim takes."""
    assert "Keys for --numbers: eta, beta, steps" in gradalign("explain", "TS-26").stdout
    assert keys(registry.get("SA-1"))[0] == "eigenvalues"
    listed = refused(gradalign("explain", "TS-26", "--numbers", "-", stdin="[1, 2]"))
    assert '{"eta": ..., "beta": ..., "steps": ...}' in listed


NO_NUMBERS = {
    "TS-30": "about a trained network",
    "TS-37": "cannot be verified here",
    "TS-28": "checks of its own",
}


@pytest.mark.parametrize("claim", NO_NUMBERS)
def test_a_claim_without_numbers_takes_none(claim: str) -> None:
    """Fails when a file is asked for that could not help."""
    assert NO_NUMBERS[claim] in refused(gradalign("explain", claim, "--numbers", "no such file"))
    assert "Keys for" not in gradalign("explain", claim).stdout


BAD_NUMBERS = {
    '{"eta": 1, "beta": 0, "steps": -1}': "steps is -1; it counts",
    '{"eta": 1, "beta": 0, "steps": "1/2"}': "steps is 0.5; it counts",
    '{"eta": 1, "beta": 0, "steps": 2000}': "at most 1000",
    '{"eta": 1, "beta": 0}': "missing key 'steps'",
    '{"eta": 1, "beta": 0, "steps": 1, "k": 1}': "unknown key 'k'",
    '{"eta": [1], "beta": 0, "steps": 1}': "eta must be a number",
}


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_bad_numbers_of_a_small_model(text: str) -> None:
    """Fails when a wrong number is computed with, or the message does not name it."""
    line = refused(gradalign("explain", "TS-26", "--numbers", "-", stdin=text))
    assert BAD_NUMBERS[text] in line
    assert "standard input" in line


def kinds_of_steps(kind: type[Step]) -> set[str]:
    """The names of all kinds of steps that no other kind merely extends in the abstract."""
    below = set().union(*(kinds_of_steps(sub) for sub in kind.__subclasses__()))
    return below | ({kind.__name__} if kind.__module__.startswith("theory.") else set())


def test_every_kind_of_step_has_a_name_in_plain_words() -> None:
    """Fails when a reader is shown the name of a class."""
    registry.claims()
    assert set(KINDS) == kinds_of_steps(Step) - {"Step", "Carrying"}


def test_relations_inside_a_sentence_are_called_true_or_false() -> None:
    """Fails when `a_next < a is 13/23 < 1/2` reads like an assertion."""
    lines = told("SA-3", STATE)["steps"]
    (line,) = (x["numbers"] for x in lines if "q <= 0" in x["statement"] and "(" in x["numbers"])
    assert line.endswith("(a_next < a: 13/23 < 1/2, false; q <= 0: 44 <= 0, false)")


def test_empty_headings_are_left_out() -> None:
    """Fails when a claim without words or derivation is shown with headings over nothing."""
    lines = gradalign("explain", "TS-37").stdout.splitlines()
    assert "Derive" not in lines
    assert "Words" not in lines
    assert "Conclude" in lines
