"""Stored counterexamples: a small exact model for each wrong statement, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from sympy import Symbol

from theory.claim import Claim
from verify import search
from verify.instances import Instance
from verify.kinds import AnyModel, AnyWorld, describe, from_json, world_of
from verify.readings import UNDEFINED, UNKNOWN, readings, turning_point, value, without_truth

TOLD = (
    "a",
    "a_next",
    "q",
    "eta_star",
    "eta_dom",
    "eta_bulk",
    "a_inf",
)  # words a story always tells


@cache
def _all() -> dict[str, Any]:
    folder = resources.files("verify") / "witnesses"
    found: dict[str, Any] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".json"):
            found.update(json.loads(file.read_text(encoding="utf-8")))
    return found


def stored(key: str) -> AnyModel | None:
    """The stored model that refutes `claim/mutant` (or `claim/without assumption`), if any."""
    data = _all().get(key)
    return None if data is None else from_json(data)


def all_stored(claim_id: str) -> list[AnyModel]:
    """Every model stored for a claim: each refutes some wrong version of it."""
    return [from_json(data) for key, data in _all().items() if key.startswith(f"{claim_id}/")]


def altered_claims(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """Every wrong statement a claim must refute, with the key of its counterexample.

    A statement that is false as printed is one itself.
    """
    if claim.corrected_by:
        yield "as printed", claim
        return
    for name, wrong in claim.mutants.items():
        yield name, search.statement_of(claim, wrong)
    for name in claim.assumptions:
        if name not in claim.implied:
            yield f"without {name}", claim.without(name)
    for name in claim.weaker:
        yield f"relaxed {name}", claim.relaxed(name)


def story(claim: Claim, model: AnyModel) -> str:
    """A counterexample as a textbook would tell it, with every word of the sentence that fails."""
    world = world_of(model)
    part = str(search.failing_part(claim, world))
    sentence = claim.conclusion[part]
    place = turning_point(sentence, world)
    values = readings(sentence, place)
    values |= {n: v for n, v in _told(place).items() if n not in values}
    listed = ", ".join(_equation(name, reading) for name, reading in values.items())
    blocks = "" if isinstance(model, Instance) else "   (dominant | bulk)"
    when = f"at t = {place.time}: " if place is not world else ""
    missing = without_truth(sentence, world)
    undefined = f"\n    the sentence has no value here ({missing}), so it counts as false"
    return (
        f"{claim.id} / {part} fails, in exact arithmetic:\n"
        f"    {describe(model)}{blocks}\n"
        f"    every assumption holds; {when}{listed}" + (undefined if missing else "")
    )


def _equation(name: str, reading: str) -> str:
    """A word and its value: `a = 1/2`, `r ≈ 1.41`, `q is undefined`."""
    if reading in (UNDEFINED, UNKNOWN):
        return f"{name} is {reading}"
    return f"{name} {reading}" if reading.startswith("≈") else f"{name} = {reading}"


def _told(world: AnyWorld) -> dict[str, str]:
    """The words that every story tells, as far as they have values."""
    told = {}
    for name in TOLD:
        try:
            told[name] = value(Symbol(name, real=True), world)
        except ArithmeticError:
            continue
    return told
