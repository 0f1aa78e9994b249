"""TS-13 exactly: chi_1 after every sequence of samples, in whole numbers, decided without rounding.

With the paper's numbers 10^4 (x, y) moves by (9000 x -+ 100 y, 9999 y -+ 100 x): all integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import flint

from theory.tiny_subspaces.toy_growth import toy_a_inf
from verify.balls import enclosure
from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces import words_toy_paths  # noqa: F401  # registers meanings

PAPER = {"sharp": "1000", "flat": "1", "eta": "1/10000", "coupling": "100"}
BITS = 128
LEVEL = (361, 39)  # chi < 0.95 means 39 (lambda x)^2 < 361 (mu y)^2
CHUNK = 10  # steps that are expanded at once
Point = tuple[Any, Any]  # whole numbers


def ends(start: Point, steps: int) -> Iterator[Point]:
    """10^(4 steps) (x, y) at the end of every sequence of samples."""
    points = [start]
    for _ in range(min(steps, CHUNK)):
        points = [
            (9000 * x - 100 * sign * y, 9999 * y - 100 * sign * x)
            for x, y in points
            for sign in (1, -1)
        ]
    if steps <= CHUNK:
        yield from points
        return
    for point in points:
        yield from ends(point, steps - CHUNK)


@dataclass(frozen=True)
class Chi:
    """chi_1 over all sequences: number of ends, of those below 0.95, mean chi and chi^2, least."""

    count: int
    below: int
    mean: Any
    mean_square: Any
    least: Any


def distribution(start: tuple[int, int], steps: int) -> Chi:
    """The exact distribution of chi_1, its means and least value as Arb balls."""
    count = below = 0
    top, bottom = LEVEL
    with precision(BITS):
        total, squares, least = flint.arb(0), flint.arb(0), flint.arb(1)
        for x, y in ends((flint.fmpz(start[0]), flint.fmpz(start[1])), steps):
            dominant, bulk = (1000 * x) ** 2, y**2
            share = flint.arb(dominant) / (dominant + bulk)
            count, below = count + 1, below + (bottom * dominant < top * bulk)
            total, squares, least = total + share.sqrt(), squares + share, least.min(share)
        return Chi(count, below, total / count, squares / count, least.sqrt())


def demand_printed(ball: Any, printed: str, what: str) -> None:
    """Raise Failed unless everything in the ball rounds to the printed number."""
    low, high = rounding_interval(printed)
    with precision(BITS):
        ends_of = [flint.arb(flint.fmpq(x.numerator, x.denominator)) for x in (low, high)]
        if not (ends_of[0] <= ball and ball <= ends_of[1]):
            raise Failed(f"{what} is {ball}, printed {printed}")


@check("TS-13", "exact", "all sequences of 12 steps")
def twelve_steps(settings: Settings) -> Outcome:
    """Fails if the mean of chi, or the number of sequences with chi < .95, is not as printed."""
    found = distribution((0, 1), 12)
    demand_printed(found.mean, "0.9660216689847381", "E chi")
    if (found.count, found.below) != (4096, 438):
        raise Failed(f"chi < .95 after {found.below} of {found.count} sequences")
    return Outcome("438 of 4096 sequences end below .95")


@check("TS-13", "exact", "all sequences of 20 steps", tier="full")
def twenty_steps(settings: Settings) -> Outcome:
    """Fails if one of the three printed numbers of 2^20 sequences is wrong."""
    found = distribution((0, 1), 20)
    demand_printed(found.mean, "0.9668242482364171", "E chi")
    demand_printed(found.mean_square, "0.9482584212207274", "E chi^2")
    if (found.count, found.below) != (2**20, 108350):
        raise Failed(f"chi < .95 after {found.below} of {found.count} sequences")
    return Outcome("108350 of 2^20 sequences end below .95")


@check("TS-13", "mutant", "the mean of chi is the root of the limit")
def mean_is_not_the_root(settings: Settings) -> Outcome:
    """Fails unless E chi after 12 steps is well below the root of the limit alignment."""
    mean, limit = distribution((0, 1), 12).mean, limit_alignment()
    with precision(BITS):
        if not mean + flint.arb("0.03") < limit.sqrt():
            raise Failed("E chi is close to the root of the limit alignment")
    return Outcome(f"E chi = {float(mean.mid()):.6f}, not 0.99905")


@check("TS-13", "mutant", "the mean of chi squared is the limit")
def mean_square_is_not_the_limit(settings: Settings) -> Outcome:
    """Fails unless E chi^2 after 12 steps is well below the limit alignment."""
    mean, limit = distribution((0, 1), 12).mean_square, limit_alignment()
    with precision(BITS):
        if not mean + flint.arb("0.04") < limit:
            raise Failed("E chi^2 is close to the limit alignment")
    return Outcome(f"E chi^2 = {float(mean.mid()):.6f}, not 0.99811")


def limit_alignment() -> Any:
    """The limit of the mean-square alignment with the paper's numbers, as an Arb ball."""
    return enclosure(toy_a_inf, InstanceWorld(instance("toy quadratic", **PAPER)), BITS)


@check("TS-13", "mutant", "the ratio is Gaussian")
def not_gaussian(settings: Settings) -> Outcome:
    """Fails unless E q^4 < 2.8 (E q^2)^2 after 12 steps, exactly."""
    with precision(BITS):
        second = fourth = flint.arb(0)
        for x, y in ends((flint.fmpz(0), flint.fmpz(1)), 12):
            square = (flint.arb(1000 * x) / y) ** 2
            second, fourth = second + square, fourth + square**2
        kurtosis = fourth * 2**12 / second**2
        if not kurtosis < flint.arb("2.8"):
            raise Failed("the kurtosis of the ratio is 2.8 or more")
    return Outcome(f"kurtosis {float(kurtosis.mid()):.4f}, not 3")


@check("TS-13", "mutant", "twelve steps are enough from (1, 1)")
def burn_in(settings: Settings) -> Outcome:
    """Fails unless every sequence of 12 steps from (1, 1) ends with chi >= .99999."""
    found = distribution((1, 1), 12)
    demand_printed(found.least, "0.99999", "least chi")
    if found.below:
        raise Failed("some sequence ends below .95")
    return Outcome(f"least chi {float(found.least.mid()):.7f}")


@check("TS-13", "mutant", "at least 0.95 after the burn-in")
def not_uniform(settings: Settings) -> Outcome:
    """Fails unless some sequence after the burn-in ends with chi < .05."""
    found = distribution((0, 1), 12)
    with precision(BITS):
        if not (found.below and found.least < flint.arb("0.05")):
            raise Failed("chi stays away from 0")
    return Outcome(f"least chi {float(found.least.mid()):.4f} after 12 steps")
