"""TS-11: the thresholds found by bisection on runs of the recursion."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import flint

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces import words_toy_paths  # noqa: F401  # registers meanings
from verify.tiny_subspaces.words_toy import transfer

ASKED = Fraction(361, 400)
DIGITS = {"coupling": "13.254685056165", "eta": "1.84772044525e-6"}  # printed in TS-11
BRACKETS = {
    "coupling": (Fraction(13), Fraction(14)),
    "eta": (Fraction(1, 10**6), Fraction(2, 10**6)),
}
HALVINGS = 50
SETTLING = 30  # steps times eta lambda: the start is forgotten up to exp(-2 SETTLING)
BITS = 400
PAPER = {
    "sharp": Fraction(1000),
    "flat": Fraction(1),
    "eta": Fraction(1, 10**4),
    "coupling": Fraction(100),
}


def ball(x: Fraction) -> Any:
    """A rational as an Arb ball."""
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def settled(**changed: Fraction) -> Any:
    """The alignment, as an Arb ball, after so many steps that its printed digits are settled."""
    world = InstanceWorld(instance("toy quadratic", **{**PAPER, **changed}))
    with precision(BITS):
        moments = flint.arb_mat(transfer(world, "sgd"))
        steps = int(SETTLING / (world["eta"] * world["sharp"]))
        column = moments**steps * flint.arb_mat(3, 1, [1, 1, 0])
        dominant, bulk = world["sharp"] ** 2, world["flat"] ** 2
        odds = column[0, 0] / column[1, 0] * ball(dominant / bulk)
        return odds / (1 + odds)


def bisected(limit: Callable[[Fraction], Any], low: Fraction, high: Fraction) -> Fraction:
    """Where an increasing function passes the level asked for."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        with precision(BITS):
            above, below = limit(middle) > ball(ASKED), limit(middle) < ball(ASKED)
        if above == below:
            raise Failed(f"the enclosure at {float(middle):.15g} decides nothing")
        low, high = (low, middle) if above else (middle, high)
    return low


def _settled_with(name: str, value: Fraction) -> Any:
    return settled(**{name: value})


@check("TS-11", "exact", "thresholds by bisection")
def by_bisection(settings: Settings) -> Outcome:
    """Fails if a run passes chi = .95 at another coupling or step size than the printed one."""
    for name, printed in DIGITS.items():
        found = bisected(partial(_settled_with, name), *BRACKETS[name])
        low, high = rounding_interval(printed)
        if not low <= found <= high:
            raise Failed(f"{name} = {float(found):.15g} by bisection, printed {printed}")
    return Outcome(", ".join(f"{name} = {printed}" for name, printed in DIGITS.items()))
