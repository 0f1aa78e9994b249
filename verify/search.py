"""Hunting counterexamples: find one, make it as simple as possible, say what happens in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from typing import Any

from sympy.logic.boolalg import Boolean

from theory.claim import Claim, Domain
from theory.language import Formula
from theory.setting import Setting
from verify import instances, interrupts, simplify
from verify.balls import OutOfScope, Undecided, Undefined
from verify.errors import Stopped
from verify.instances import Instance
from verify.kinds import AnyModel, AnyWorld, world_of
from verify.meaning import World, truth
from verify.models import Mode, Model
from verify.readings import is_defined

TRUE, FALSE, SILENT = "true", "false", "silent"
MOST_PAIRS = 3000  # pairs of changes tried on a model that no other change simplifies


def decide(claim: Claim, model: AnyModel) -> str:
    """Whether the claim is `true` or `false` in the model, or `silent`.

    It is silent where an assumption fails or is undefined, and in models that its words are not
    about; an undefined conclusion is false.
    """
    ordered = getattr(claim.domain, "ordered", True) is True
    if not is_legitimate(model, ordered) or not _in_setting(claim, model):
        return SILENT
    world = world_of(model)
    try:
        if not all(truth(sentence)(world) for sentence in claim.assumptions.values()):
            return SILENT
    except (Undefined, Undecided, OutOfScope):
        return SILENT
    try:
        return FALSE if failing_part(claim, world) is not None else TRUE
    except OutOfScope:
        return SILENT


def _in_setting(claim: Claim, model: AnyModel) -> bool:
    """Whether the model is of the kind that the claim is about."""
    return getattr(claim.domain, "name", None) == getattr(model, "setting", None)


def is_legitimate(model: AnyModel, ordered: bool = True) -> bool:
    """Whether a claim may be asked about the model.

    The dominant modes are the sharpest (if `ordered`), no energy or variance is negative, theta is
    positive, a direction without curvature has no gradient; so it is with the variances of least
    squares.
    """
    if isinstance(model, Instance):
        return instances.is_legitimate(model)
    in_order = (
        not ordered
        or not model.dominant
        or not model.bulk
        or (min(m.eigenvalue for m in model.dominant) >= max(m.eigenvalue for m in model.bulk))
    )
    amounts = all(m.energy >= 0 and m.variance >= 0 for m in model.modes)
    flat = all(m.eigenvalue or not m.energy for m in model.modes)
    if not (in_order and amounts and flat and model.theta > 0 and model.label_noise >= 0):
        return False
    if model.batch_size is None:
        return True
    return all(m.eigenvalue for m in model.modes) and min(World(model).variances) >= 0


def failing_part(claim: Claim, world: AnyWorld) -> str | None:
    """The first part of the conclusion that is false or undefined here, if any."""
    for name, sentence in claim.conclusion.items():
        if isinstance(sentence, Formula):
            continue
        try:
            if not truth(sentence)(world):
                return name
        except Undefined:
            return name
        except Undecided:
            continue
    return None


def is_false(claim: Claim, model: AnyModel) -> bool:
    """Whether the claim is false in the model, be it that its conclusion has no value there."""
    return decide(claim, model) == FALSE


def is_plainly_false(claim: Claim, model: AnyModel) -> bool:
    """Whether it is false in the model and every word of the part that fails has a value there."""
    if not is_false(claim, model):
        return False
    world = world_of(model)
    return is_defined(claim.conclusion[str(failing_part(claim, world))], world)


@dataclass(frozen=True)
class SearchResult:
    """What a search saw: models tried, models in which the claim spoke, a counterexample.

    `undefined` is a model, not made simple, in which the conclusion only has no value.
    """

    tried: int
    spoke: int
    counterexample: AnyModel | None
    undefined: AnyModel | None = None


class _Found(Exception):
    """A counterexample, as Hypothesis is told; what else goes wrong is not one."""


Watch = Callable[[int, bool], object]  # models tried so far, and whether a counterexample is found


def search(
    claim: Claim,
    *,
    examples: int,
    seed: int,
    domain: Domain | Setting | None = None,
    simplify: bool = True,
    refutes: Callable[[Claim, AnyModel], bool] = is_false,
    watch: Watch = lambda tried, found: None,
) -> SearchResult:
    """Look for a counterexample among random models and, if wanted, make it simple.

    `refutes` says what counts as one: with `is_plainly_false`, the lightest of the others is kept
    aside. `watch` is called again and again. Hypothesis shrinks what it finds; `simplest` finishes
    what is simpler for people. Ctrl-C raises `Stopped` with the result so far.
    """
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from verify.strategies import models

    counts = {"tried": 0, "spoke": 0}
    found: list[AnyModel] = []
    undefined: list[AnyModel] = []  # the lightest so far: there may be a million

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink) if simplify else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(models(domain or claim.domain))
    def no_counterexample(model: AnyModel) -> None:
        interrupts.check()
        counts["tried"] += 1
        watch(counts["tried"], bool(found))
        verdict = decide(claim, model)
        counts["spoke"] += verdict != SILENT
        if verdict != FALSE:
            return
        if refutes(claim, model):
            found.append(model)
            raise _Found
        if not undefined or weight(model) < weight(undefined[0]):
            undefined[:] = [model]

    def keeps(model: AnyModel) -> bool:
        interrupts.check()
        watch(counts["tried"], True)
        return refutes(claim, model)

    def result(counterexample: AnyModel | None) -> SearchResult:
        aside = undefined[0] if undefined else None
        return SearchResult(counts["tried"], counts["spoke"], counterexample, aside)

    try:
        with suppress(_Found):
            no_counterexample()
        if found and simplify:
            return result(simplest(found[-1], keeps))
    except KeyboardInterrupt:
        raise Stopped(result(found[-1] if found else None)) from None
    return result(found[-1] if found else None)


def simplest(model: AnyModel, keeps: Callable[[Any], bool]) -> AnyModel:
    """A model that no simplification makes simpler while `keeps` stays true.

    One number changes at a time; when nothing is left, equal numbers or two numbers together.
    """
    moves = (simpler, _together, _pairs)
    while True:
        candidates = (c for move in moves for c in move(model) if weight(c) < weight(model))
        better = next((c for c in candidates if _safe(keeps, c)), None)
        if better is None:
            return model
        model = better


def _together(model: AnyModel) -> Iterator[AnyModel]:
    if isinstance(model, Instance):
        return instances.together(model, _simpler_or_round)
    return simplify.together(model, simpler_numbers)


def _pairs(model: AnyModel) -> Iterable[AnyModel]:
    """Some pairs of changes, simplest first."""
    candidates = (
        instances.pairs(model, _simpler_or_round)
        if isinstance(model, Instance)
        else simplify.pairs(model, simpler_numbers)
    )
    better = (m for m in candidates if weight(m) < weight(model))
    return sorted(islice(better, MOST_PAIRS), key=weight)


def _safe(keeps: Callable[[Any], bool], model: AnyModel) -> bool:
    try:
        return keeps(model)
    except ArithmeticError:
        return False


def weight(model: AnyModel) -> tuple[int, int, int]:
    """How complicated a model looks: directions, horizon, digits in all its numbers."""
    if isinstance(model, Instance):
        return instances.weight(model, _size)
    return (len(model.modes), model.horizon, sum(_size(x) for x in numbers(model)))


def _size(x: Fraction) -> int:
    """Small for short numbers: the order in which people find numbers simple, 0 first, then 1."""
    digits = abs(x.numerator).bit_length() + 2 * (x.denominator.bit_length() - 1)
    return digits + (x < 0)


def numbers(model: Model) -> list[Fraction]:
    """All numbers of a model, in a fixed order."""
    modes = [x for m in model.modes for x in (m.eigenvalue, m.energy, m.variance, m.velocity)]
    return [*modes, model.step_size, model.theta, model.momentum, model.label_noise]


def simpler(model: AnyModel) -> Iterator[AnyModel]:
    """Candidates that differ from the model in one respect, simplest first."""
    if isinstance(model, Instance):
        yield from instances.simpler(model, _simpler_or_round)
        return
    if model.law is None:
        for side in ("dominant", "bulk"):
            modes: tuple[Mode, ...] = getattr(model, side)
            for i in range(len(modes) if len(modes) > 1 else 0):
                yield _changed(model, side, modes[:i] + modes[i + 1 :])
    for horizon in (1, model.horizon // 2, model.horizon - 1):
        if 1 <= horizon < model.horizon:
            yield replace(model, horizon=horizon)
    for name in ("step_size", "theta", "momentum", "label_noise"):
        for value in simpler_numbers(getattr(model, name)):
            if value > 0 or name != "theta":
                yield _changed(model, name, value)
    for side in ("dominant", "bulk"):
        for i, mode in enumerate(getattr(model, side)):
            for changed in _simpler_modes(mode):
                modes = getattr(model, side)
                yield _changed(model, side, (*modes[:i], changed, *modes[i + 1 :]))


def _changed(model: Model, name: str, value: Any) -> Model:
    return replace(model, **{name: value})


def _simpler_modes(mode: Mode) -> Iterator[Mode]:
    for name in ("eigenvalue", "energy", "variance", "velocity"):
        for value in simpler_numbers(getattr(mode, name)):
            yield replace(mode, **{name: value})


def simpler_numbers(x: Fraction) -> Iterable[Fraction]:
    """Rationals near x with fewer digits, simplest first."""
    near = [x.limit_denominator(n) for n in (1, 2, 3, 4, 5, 8, 10, 20)]
    powers = [Fraction(10) ** n for n in range(-3, 4)] if x > 0 else []
    around = [Fraction(floor(x)), Fraction(ceil(x))]
    candidates = {Fraction(0), Fraction(1), Fraction(1, 2), Fraction(2), *near, *around, *powers}
    return sorted((c for c in candidates if c != x and _size(c) < _size(x)), key=_size)


def _simpler_or_round(x: Fraction) -> list[Fraction]:
    """Simpler numbers, and the next fractions with small denominators on both sides of x."""
    beside = {Fraction(part(x * n), n) for n in range(1, 11) for part in (floor, ceil)}
    candidates = {*simpler_numbers(x), *beside} - {x}
    return sorted((c for c in candidates if _size(c) < _size(x)), key=lambda c: (_size(c), c))


def statement_of(claim: Claim, wrong: Boolean | Mapping[str, Boolean]) -> Claim:
    """The claim with a mutant for its conclusion."""
    parts: Mapping[str, Any] = wrong if isinstance(wrong, Mapping) else {"mutant": wrong}
    return claim.concluding(parts)
