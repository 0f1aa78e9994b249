"""SA-6: where no value exists none is returned; empty blocks, flat and tied directions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from verify.balls import Undefined
from verify.checks import Settings, check
from verify.errors import InputError
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Mode, Model, quadratic

NOTHING_LEFT = (
    quadratic("1 1/2", 1, "1 0", "0 0", "1"),
    quadratic("1 1/2", 1, "0 1", "0 0", "2"),
    quadratic("1 1", 1, "1 1", "0 0", "1"),
)
AMOUNTS = tuple(map(Fraction, ("0", "1", "4/9")))
STEPS = tuple(map(Fraction, ("1/2", "7")))
CORNERS = ("2 1", "1 1", "1 -1")  # two eigenvalues: with a gap, without, indefinite


def states() -> Iterator[Model]:
    """All states of two directions with zero, small or larger energies and variances."""
    for spectrum, step in product(CORNERS, STEPS):
        high, low = map(Fraction, spectrum.split())
        for g, h, u, v in product(AMOUNTS, repeat=4):
            yield Model((Mode(high, g, u),), (Mode(low, h, v),), step)


def exists(world: World, word: str) -> bool:
    """Whether a word has a value here."""
    try:
        world.word(word)
    except Undefined:
        return False
    return True


def raw(model: Model) -> dict[str, Any]:
    """The model as a person would give it to `analyse`; energies must be 0 or 1."""
    return {
        "eigenvalues": [str(m.eigenvalue) for m in model.modes],
        "k": len(model.dominant),
        "gradient": [str(m.energy) for m in model.modes],
        "noise_variance": [str(m.variance) for m in model.modes],
        "step_size": str(model.step_size),
    }


def refused(question: Callable[..., object], *inputs: Any) -> bool:
    """Whether the question is turned down with a message."""
    try:
        question(*inputs)
    except InputError:
        return True
    return False


@check("SA-6", "exact", "undefined, never 0")
def undefined_never_zero(settings: Settings) -> Outcome:
    """Fails if the meaning, the analysis, the trajectory or the simulator makes 0/0 a number."""
    from verify.analyse import analyse
    from verify.trajectory import trajectory

    for model in NOTHING_LEFT:
        if exists(World(model), "a_next"):
            raise Failed(f"a+ has a value although E G+ = 0: {World(model).word('a_next')}")
        state = raw(model)
        if model.dominant[0].eigenvalue == model.bulk[0].eigenvalue:
            if not refused(analyse, state):
                raise Failed("a spectrum without a gap was analysed")
            continue
        found = analyse(state)
        if found.alignment_next is not None or not found.reason.get("alignment_next"):
            raise Failed(f"analyse says {found.alignment_next} although E G+ = 0")
        run = {k: v for k, v in state.items() if k != "gradient"}
        course = trajectory({**run, "initial_gradient": state["gradient"], "steps": 2})
        if course.alignment[1][1] is not None or not all(map(math.isnan, simulated(model))):
            raise Failed("a run goes on with a number although E G+ = 0")
    asleep = quadratic("2 1", 1, "0 0", "1 1", "1/2")
    if exists(World(asleep), "a") or not refused(analyse, raw(asleep)):
        raise Failed("a zero gradient got an alignment")
    return Outcome(f"{len(NOTHING_LEFT) + 1} states without a value: none was made up")


def simulated(model: Model) -> list[float]:
    """Alignments after one literal step of the simulator, in two replicas."""
    import numpy as np

    from verify.noise import AdditiveNoise
    from verify.simulate import simulate

    seen = simulate(
        np.array([float(m.eigenvalue) for m in model.modes]),
        len(model.dominant),
        AdditiveNoise("rademacher", np.array([float(m.variance) for m in model.modes])),
        step_size=float(model.step_size),
        steps=1,
        replicas=2,
        seed=0,
        initial_gradient=np.array([float(m.energy) for m in model.modes]),
        observe=[1],
        losses=False,
    )
    return [float(x) for x in seen.alignment[:, 0]]


@check("SA-6", "exact", "no critical step")
def no_critical_step(settings: Settings) -> Outcome:
    """Fails if `critical_step_size` is a number where q <= 0, missing where q > 0, or negative."""
    from verify.state import state_from
    from verify.thresholds import block_sums, critical_step_size

    counts = [0, 0]
    for model in states():
        if model.bulk[0].eigenvalue < 0 or model.dominant[0].eigenvalue == model.bulk[0].eigenvalue:
            continue
        world = World(model)
        state = roots(model)
        if not world.word("G"):
            continue
        found, why = critical_step_size(block_sums(state_from(state)))
        positive = world.word("q") > 0
        if (found is not None) != positive or (found is not None and found < 0):
            raise Failed(f"eta* = {found} with q = {world.word('q')}")
        if found is None and not why:
            raise Failed("no reason given for the missing critical step")
        counts[positive] += 1
    return Outcome(f"{counts[0]} states without a critical step, {counts[1]} with one")


def roots(model: Model) -> dict[str, Any]:
    """The model for `analyse`, its energies being squares of 0, 1 and 2/3."""
    square_root = {Fraction(0): "0", Fraction(1): "1", Fraction(4, 9): "2/3"}
    return {**raw(model), "gradient": [square_root[m.energy] for m in model.modes]}


@check("SA-6", "exact", "empty blocks")
def empty_blocks(settings: Settings) -> Outcome:
    """Fails if a, or a+ by literal steps, is not 0 for k = 0 or not 1 for k = d."""
    tried = 0
    for model in states():
        for k, expected in ((0, 0), (2, 1)):
            whole = replace(model, dominant=model.modes[:k], bulk=model.modes[k:])
            world = World(whole)
            for word, energy in (("a", "G"), ("a_next", "G_next")):
                if exists(world, word) != bool(world.word(energy)):
                    raise Failed(f"{word} must exist exactly where {energy} > 0")
                if exists(world, word) and world.word(word) != expected:
                    raise Failed(f"{word} = {world.word(word)} with k = {k} of 2 directions")
                tried += exists(world, word)
            if world.word("p") or world.word("q"):
                raise Failed("p and q must vanish with an empty block")
    return Outcome(f"{tried} alignments of states with an empty block")


@check("SA-6", "exact", "flat directions")
def flat_directions(settings: Settings) -> Outcome:
    """Fails if a direction with lambda = 0 changes a word, whatever noise it has."""
    words = ("a", "a_next", "p", "q", "eta_star", "loss_D_next")
    tried = 0
    for model in states():
        if model.bulk[0].eigenvalue < 0:
            continue
        flat = replace(model, bulk=(*model.bulk, Mode(Fraction(0), Fraction(0), Fraction(5))))
        worlds = World(model), World(flat)
        for word in words:
            if exists(worlds[0], word) != exists(worlds[1], word):
                raise Failed(f"{word} exists with or without the flat direction only")
            if exists(worlds[0], word) and worlds[0].word(word) != worlds[1].word(word):
                raise Failed(f"a flat direction changes {word}")
            tried += 1
    return Outcome(f"{tried} values with and without a flat direction agree")


@check("SA-6", "exact", "tied eigenvalues")
def tied_eigenvalues(settings: Settings) -> Outcome:
    """Fails unless two eigenbases of one Hessian give one gradient different alignments."""
    cosine, sine = Fraction(3, 5), Fraction(4, 5)
    zero, one, two = Fraction(0), Fraction(1), Fraction(2)
    hessian = ((two, zero), (zero, two))
    gradient = (Fraction(1), Fraction(1))
    found = set()
    for basis in (((one, zero), (zero, one)), ((cosine, sine), (-sine, cosine))):
        for v in basis:
            image = tuple(sum(r * x for r, x in zip(row, v, strict=True)) for row in hessian)
            if image != tuple(2 * x for x in v):
                raise Failed("not an eigenbasis")
        g = [sum(x * y for x, y in zip(v, gradient, strict=True)) for v in basis]
        modes = [Mode(two, Fraction(x) ** 2, zero) for x in g]
        found.add(World(Model((modes[0],), (modes[1],), Fraction(1))).word("a"))
    if len(found) != 2:
        raise Failed("the alignment does not depend on the eigenbasis")
    return Outcome(f"alignments {', '.join(map(str, sorted(found)))} of one gradient")
