"""SA-14: words about projected steps, and the pathwise statement on correlated noise."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from theory.vocabulary import a_P
from verify.balls import enclosure
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Model, quadratic
from verify.suspicious_alignment import words_projection  # noqa: F401  # registers meanings

GRID = (Fraction(-3), Fraction(-1, 2), Fraction(0), Fraction(2))


def loss(model: Model, position: tuple[Fraction, ...]) -> Fraction:
    """L(x) = sum of lambda x^2 / 2."""
    return sum(
        (m.eigenvalue * x**2 / 2 for m, x in zip(model.modes, position, strict=True)), Fraction(0)
    )


def moved(
    model: Model,
    position: tuple[Fraction, ...],
    noise: tuple[Fraction, ...],
    blocks: tuple[bool, bool],
) -> tuple[Fraction, ...]:
    """x - eta P(Hx + xi), where P keeps the dominant and/or the bulk block."""
    cut = len(model.dominant)
    return tuple(
        x - model.step_size * (m.eigenvalue * x + xi) if blocks[i >= cut] else x
        for i, (m, x, xi) in enumerate(zip(model.modes, position, noise, strict=True))
    )


@check("SA-14", "exact", "on every path")
def on_every_path(settings: Settings) -> Outcome:
    """Fails if for some position and noise a projected step changes the loss by something else
    than the full step changes the loss of the moving block."""
    model = quadratic("3 1 1/4 1/10", 2, "0 0 0 0", "0 0 0 0", "7/5")
    start = tuple(Fraction(x) for x in ("1/2", "-1", "3", "-7/3"))
    tried = 0
    for noise in product(GRID, repeat=4):
        full = moved(model, start, noise, (True, True))
        for blocks, side in (((True, False), 0), ((False, True), 1)):
            projected = moved(model, start, noise, blocks)
            cut = len(model.dominant)
            block = model.dominant if side == 0 else model.bulk
            part = slice(None, cut) if side == 0 else slice(cut, None)
            alone = replace(model, dominant=block, bulk=())
            change = loss(alone, full[part]) - loss(alone, start[part])
            if loss(model, projected) - loss(model, start) != change:
                raise Failed(f"the changes differ for the noise {noise}")
            tried += 1
    return Outcome(f"{tried} steps agree exactly")


@check("SA-14", "exact", "the threshold belongs to the shapes")
def threshold_belongs_to_the_shapes(settings: Settings) -> Outcome:
    """Fails if a_P moves when only the alignment moves, or does not separate the alignments."""
    model = quadratic("2 1 1/5 1/10", 2, "3 1 1/2 1/4", "1 2 1 3", "1")
    world, count = World(model), 0
    reference = enclosure(a_P, world, 128)
    for n in range(1, 100):
        there = world.changed("alignment", Fraction(n, 100))
        if not enclosure(a_P, there, 128).overlaps(reference):
            raise Failed(f"a_P changed at alignment {n}/100")
        if (there.word("X") > there.word("Y")) != bool(Fraction(n, 100) < _middle(reference)):
            raise Failed(f"the interval is on the wrong side of a_P at alignment {n}/100")
        count += 1
    return Outcome(f"{count} alignments on the right side of the same threshold")


def _middle(ball: object) -> Fraction:
    from flint import arb

    assert isinstance(ball, arb)
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
