"""SA-9, what no finite run shows: runs that never turn; and another functional."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Model, quadratic
from verify.suspicious_alignment import words_run

__all__ = ["words_run"]

LONG = 60


def never_turns(model: Model) -> Outcome:
    """The run falls at each of many steps, and at every later one because P stays 0 and N > 0.

    P is a fixed multiple of the decay of the bulk excess, so P = 0 lasts if C_D or every bulk
    excess is 0; N is a sum of nonnegative terms of which one, with contractions > 0, is positive.
    """
    world = World(model)
    if min(m.energy for m in model.modes) < 0 or world.word("P") != 0 or world.word("N") <= 0:
        raise Failed("the instance does not have P = 0 < N")
    if world.word("C_D") != 0 and any(v.word("excess") for v in world.view("bulk")):
        raise Failed("P = 0 may not last")
    first = world.word("a")
    for _ in range(LONG):
        if not world.word("a_next") < world.word("a") or world.word("P") != 0:
            raise Failed(f"alignment does not fall at step {world.time}")
        world = world.next()
    return Outcome(f"falls for ever: from {float(first):.4f} to {float(world.word('a')):.4g}")


@check("SA-9", "mutant", "turns also without dominant noise")
def no_dominant_noise(settings: Settings) -> Outcome:
    """Fails unless alignment falls for ever when n_D = 0, although all modes start above."""
    model = quadratic("1 1/10", 1, "4 4", "0 1", "1/2")
    found = never_turns(model)
    if World(model).word("a_inf") != 0:
        raise Failed("the limit is not 0")
    return found


@check("SA-9", "mutant", "turns also without bulk excess")
def no_bulk_excess(settings: Settings) -> Outcome:
    """Fails unless alignment falls for ever to a_inf = 7/10 when the bulk starts stationary."""
    model = quadratic("1 1/2", 1, "100 1/7", "1 1", "1/2")
    if World(model).word("a_inf") != Fraction(7, 10):
        raise Failed("the limit is not 7/10")
    return never_turns(model)


@check("SA-9", "mutant", "the mean of the ratio falls first by the same rule")
def mean_of_the_ratio(settings: Settings) -> Outcome:
    """Fails unless E[D+/G+] falls at a step at which E D+/E G+ rises, all modes starting above."""
    model = quadratic("1 1/2", 1, "4 4", "9 4", "1/2")
    world = World(model)
    if any(view.word("excess") < 0 for side in ("dominant", "bulk") for view in world.view(side)):
        raise Failed("a mode starts below its stationary level")
    ratio = mean_ratio(model, gradients=(2, 2), deviations=(3, 2))
    if not ratio < world.word("a") < world.word("a_next"):
        raise Failed(f"E[D+/G+] = {ratio} does not fall")
    return Outcome(f"a = {world.word('a')}, a+ = {world.word('a_next')}, but E[D+/G+] = {ratio}")


def mean_ratio(model: Model, gradients: tuple[int, ...], deviations: tuple[int, ...]) -> Fraction:
    """E[D+/(D+ + B+)] for independent noise xi = +-deviation, by enumeration of all signs."""
    total, count = Fraction(0), 0
    for signs in product((1, -1), repeat=len(model.modes)):
        squares = [
            (g - model.step_size * m.eigenvalue * (g + sign * sigma)) ** 2
            for m, g, sigma, sign in zip(model.modes, gradients, deviations, signs, strict=True)
        ]
        total += sum(squares[: len(model.dominant)], Fraction(0)) / sum(squares)
        count += 1
    return total / count
