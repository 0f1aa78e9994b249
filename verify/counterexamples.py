"""Stored counterexamples: the simplest exact model for each wrong statement, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from theory.claim import Claim
from theory.language import words_of
from verify import search
from verify.balls import Undefined
from verify.instances import Instance
from verify.kinds import AnyModel, describe, from_json, world_of

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
    """A counterexample as a textbook would tell it."""
    world = world_of(model)
    part = search.failing_part(claim, world)
    sentence = claim.conclusion.get(part or "", None)
    names = dict.fromkeys((*(words_of(sentence) if sentence is not None else ()), *TOLD))
    values = []
    for name in names:
        try:
            values.append(f"{name} = {world.word(name)}")
        except (Undefined, KeyError, ArithmeticError):
            continue
    blocks = "" if isinstance(model, Instance) else "   (dominant | bulk)"
    return (
        f"{claim.id} / {part} fails, in exact arithmetic:\n"
        f"    {describe(model)}{blocks}\n"
        f"    every assumption holds; {', '.join(values)}"
    )
