"""Which claims an optimiser satisfies: their own sentences, read in worlds that it moves.

A part of a claim *holds* if it is true in every situation tried in which the assumptions hold, and
*fails* with the first, simplest, situation in which it is false. What is false as exact numbers
but could be true if every position were off by `ulps` units in the last place is rounding, and
counts as holding "within" that many; the verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy

from theory import registry
from theory.claim import Claim
from theory.language import Always, Formula, Next, NextHolds, With, basic_words
from verify import checks
from verify.adapters.update_rule import UpdateRule
from verify.balls import Irrational, OutOfScope, Undecided, Undefined
from verify.conform.situations import runs, simplicity, situations
from verify.conform.world import MOVED, OptimiserWorld, Runs, Situation, velocities
from verify.errors import InputError
from verify.meaning import truth

CLAIMS = ("SA-1", "SA-2", "SA-3", "SA-4", "SA-5", "SA-6", "SA-9", "SA-10", "SA-14", "SA-19")
"""Claims whose words about a step an optimiser can give their value."""

HOLDS, FAILS, NOT_APPLICABLE = "holds", "fails", "not applicable"
TRUE, FALSE, SILENT = "true", "false", "silent"
ULPS = 4


@dataclass
class Part:
    """What became of one part of a claim: how often it spoke, how often only up to rounding."""

    name: str
    sentence: Any
    spoke: int = 0
    rounded: int = 0
    counterexample: Situation | None = None
    world: OptimiserWorld | None = None


@dataclass(frozen=True)
class Conformance:
    """One claim and one optimiser. `parts` are those about the update, `others` the rest."""

    claim: Claim
    parts: tuple[Part, ...]
    others: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """holds, fails, or not applicable: no part about the update ever spoke."""
        if any(p.counterexample is not None for p in self.parts):
            return FAILS
        return HOLDS if any(p.spoke for p in self.parts) else NOT_APPLICABLE

    @property
    def spoke(self) -> int:
        """In how many cases (part, situation) the assumptions and premises held."""
        return sum(p.spoke for p in self.parts)

    @property
    def rounded(self) -> int:
        """In how many of them the part holds up to rounding only."""
        return sum(p.rounded for p in self.parts)

    @property
    def first_failure(self) -> Part | None:
        """The failing part with the simplest counterexample."""
        failing = [p for p in self.parts if p.counterexample is not None]
        return min(failing, key=lambda p: _rank(p.counterexample), default=None)


@dataclass(frozen=True)
class Report:
    """All verdicts about one optimiser. `tried` counts situations, `ulps` what is forgiven."""

    rule: UpdateRule
    momentum: Fraction
    ulps: int
    tried: int
    claims: tuple[Conformance, ...] = field(default=())


def conform(
    rule: UpdateRule,
    claims: Sequence[str] = CLAIMS,
    *,
    ulps: int = ULPS,
    families: tuple[Sequence[Situation], Sequence[Situation]] | None = None,
    on_progress: Callable[[str], None] = lambda claim: None,
) -> Report:
    """Run the optimiser in every situation and read the claims there.

    `families` replaces the situations of one step and those of several. `on_progress` is called
    with the id of each claim before it is decided. Raises InputError for a claim that is not among
    CLAIMS, or an optimiser that cannot be run.
    """
    unknown = [name for name in claims if name not in CLAIMS]
    if unknown:
        raise InputError(f"{unknown[0]} cannot be asked of an optimiser; choose from {CLAIMS}")
    step = Fraction(rule.step_size)
    momentum = Fraction(rule.options.get("momentum") or 0)
    chosen = (situations(step, momentum), runs(step, momentum)) if families is None else families
    memory = Runs(rule)
    single, several = ([_world(s, memory) for s in family] for family in chosen)
    worlds = ([w for w in single if w is not None], [w for w in several if w is not None])
    found = []
    for name in claims:
        on_progress(name)
        found.append(_decide(registry.get(name), worlds, ulps))
    return Report(rule, momentum, ulps, len(worlds[0]) + len(worlds[1]), tuple(found))


def about_the_update(sentence: Any) -> bool:
    """Whether the sentence's value depends on where a step leads."""
    if isinstance(sentence, Formula):
        return False
    return in_time(sentence) or any(MOVED & basic_words(s.name) for s in sentence.free_symbols)


def in_time(sentence: Any) -> bool:
    """Whether the sentence looks at later times than one step."""
    if sentence.has(Always, Next, NextHolds):
        return True
    return any(str(x.args[1]) == "time" for x in sentence.atoms(With))


def _world(situation: Situation, memory: Runs) -> OptimiserWorld | None:
    """The world of a situation, with the velocity the optimiser has; None if it has no numbers."""
    try:
        speeds = velocities(situation, memory)
        model = situation.model
        modes = [replace(m, velocity=h) for m, h in zip(model.modes, speeds, strict=True)]
        cut = len(model.dominant)
        moving = replace(model, dominant=tuple(modes[:cut]), bulk=tuple(modes[cut:]))
        return OptimiserWorld(replace(situation, model=moving), memory)
    except (Undefined, OutOfScope):
        return None


def _decide(
    claim: Claim, worlds: tuple[list[OptimiserWorld], list[OptimiserWorld]], ulps: int
) -> Conformance:
    checks.import_extra(claim.id)
    parts = [Part(n, s) for n, s in claim.conclusion.items() if about_the_update(s)]
    others = tuple(n for n in claim.conclusion if n not in {p.name for p in parts})
    for family, later in zip(worlds, (False, True), strict=True):
        asked = [p for p in parts if in_time(p.sentence) == later]
        for world in family:
            open_ = [p for p in asked if p.counterexample is None]
            if not open_:
                break
            if all(_assumed(s, world) for s in claim.assumptions.values()):
                for part in open_:
                    _read(part, world, ulps)
    return Conformance(claim, tuple(parts), others)


def _assumed(sentence: Any, world: OptimiserWorld) -> bool:
    """Whether an assumption holds; one about the update excuses nobody who leaves the numbers."""
    return _value(sentence, world) == TRUE or (not world.finite and about_the_update(sentence))


def _read(part: Part, world: OptimiserWorld, ulps: int) -> None:
    """Read a part in a world: exactly, and if it is false there, up to rounding."""
    if _idle(part.sentence, world):
        return
    value = _value(part.sentence, world)
    if value == SILENT:
        return
    part.spoke += 1
    if value == TRUE:
        return
    blurred = OptimiserWorld(world.situation, world.runs, ulps)
    steps = world.model.horizon + 1 if in_time(part.sentence) else 1
    if not (world.finite and blurred.rounds(steps)) or _value(part.sentence, blurred) == FALSE:
        part.counterexample, part.world = world.situation, world
    else:
        part.rounded += 1


def _idle(sentence: Any, world: OptimiserWorld) -> bool:
    """Whether an implication says nothing here: its premise is false."""
    return isinstance(sentence, sympy.Implies) and _value(sentence.args[0], world) != TRUE


def _value(sentence: Any, world: OptimiserWorld) -> str:
    """true, false (also if undefined), or silent: out of scope, or too close to tell."""
    try:
        return TRUE if truth(sentence)(world) else FALSE
    except Undefined:
        return FALSE
    except (Undecided, OutOfScope, Irrational):
        return SILENT


def _rank(situation: Situation | None) -> tuple[Any, ...]:
    return () if situation is None else simplicity(situation)
