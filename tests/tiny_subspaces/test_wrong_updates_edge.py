"""Derivations about settings at the edge start from the update: with another one they stop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from theory.proof import examine
from theory.registry import LIBRARY, certificates, get

WRONG = {"twice the step": 2, "uphill": -1, "no step": 0}
PARTS = {
    "TS-17": "loss under Dom-SGD",
    "TS-18": "contracts",
    "TS-19": "orbit",
    "TS-20": "sharpness",
    "TS-21": "threshold",
    "TS-23": "cycle",
}


def with_steps_times(claim, factor):
    """The claim about a setting whose every step is multiplied by a factor."""
    update = claim.domain.update
    outcomes = tuple(
        (probability, {s: s + factor * (after - s) for s, after in new.items()})
        for probability, new in update.outcomes
    )
    return replace(claim, domain=replace(claim.domain, update=replace(update, outcomes=outcomes)))


def not_reached(claim) -> set[str]:
    """The parts of the claim that its derivation does not reach."""
    return set(examine(claim, LIBRARY, certificates(claim.id))[1])


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", PARTS)
def test_a_wrong_step_stops_the_derivation(name, wrong) -> None:
    """Fails when a statement about the setting is derived from another step than its own."""
    assert PARTS[name] in not_reached(with_steps_times(get(name), WRONG[wrong]))


@pytest.mark.parametrize("name", PARTS)
def test_the_right_step_does_not(name) -> None:
    """Fails when the derivation stops with the setting's own step too."""
    assert PARTS[name] not in not_reached(with_steps_times(get(name), 1))
