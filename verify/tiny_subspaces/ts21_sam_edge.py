"""The SAM edge against literal steps, and the printed form against four tests."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import flint

from theory.tiny_subspaces.sam import printed_edge, sam_edge
from verify.balls import enclosure
from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces.words_sam import gradient, sam_step

STEPS = 20
RADII = ("1", "1/10")
HALVINGS = 80
BITS = 256
DECADES = tuple(Fraction(10) ** n for n in (-6, 0, 6))


def cycles() -> Iterator[tuple[Fraction, Fraction, Fraction, Fraction]]:
    """Curvature, step size, radius, and the amplitude found by running one step.

    From x a step that changes sign reaches eta lambda (x + rho) - x; x = amplitude is where that is
    x again, found by linear interpolation between two literal steps.
    """
    shares = ("1/10", "1/2", "1", "3/2", "19/10")
    for h, rho, lam in product(map(Fraction, shares), map(Fraction, RADII), map(Fraction, "14")):
        eta = h / lam
        starts = (Fraction(1), Fraction(2))
        gaps = [x + sam_step((lam,), (x,), eta, rho)[0] for x in starts]
        amplitude = starts[0] - gaps[0] * (starts[1] - starts[0]) / (gaps[1] - gaps[0])
        yield lam, eta, rho, amplitude


def world_at(lam: Fraction, eta: Fraction, rho: Fraction, norm: Fraction) -> InstanceWorld:
    """The instance with these numbers."""
    name = "SAM along an eigenvector"
    return InstanceWorld(
        instance(name, radius=rho, gradient_norm=norm, eta=eta, theta=1, curvature=lam)
    )


def value_of(word: Any, world: InstanceWorld) -> Any:
    """A word as a ball of many digits."""
    return enclosure(word, world, BITS)


@check("TS-21", "exact", "cycles run literally")
def on_cycles(settings: Settings) -> Outcome:
    """Fails when a run from the amplitude is not periodic, or its edge is not its curvature."""
    ran = 0
    for lam, eta, rho, amplitude in cycles():
        x: tuple[Fraction, ...] = (amplitude,)
        for number in range(STEPS):
            expected = amplitude if number % 2 == 0 else -amplitude
            if x != (expected,):
                raise Failed(f"step {number}: {x[0]} instead of {expected}")
            world = world_at(lam, eta, rho, abs(gradient((lam,), x)[0]))
            if world.word("sam_edge") != lam:
                raise Failed(f"edge {world.word('sam_edge')} on the cycle of curvature {lam}")
            x = sam_step((lam,), x, eta, rho)
        ran += 1
    return Outcome(f"{ran} exact cycles of {STEPS} steps: the edge is the curvature")


@check("TS-21", "exact", "root of the turning condition")
def root_finding(settings: Settings) -> Outcome:
    """Fails when halving an interval of curvatures by literal steps does not close in on the edge.

    Step size, radius and gradient norm each range over twelve decades.
    """
    for eta, rho, norm in product(DECADES, repeat=3):
        low, high = Fraction(0), 4 / eta
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            (after,) = sam_step((middle,), (norm / middle,), eta, rho)
            shrinks = gradient((middle,), (after,))[0] > -norm
            low, high = (middle, high) if shrinks else (low, middle)
        value = value_of(sam_edge, world_at(high, eta, rho, norm))
        if value < ball(low) or value > ball(high):
            raise Failed(f"edge {value} outside [{low}, {high}]")
    return Outcome(f"{len(DECADES) ** 3} edges found by {HALVINGS} halvings")


def ball(x: Fraction) -> Any:
    """A rational as a ball."""
    with precision(BITS):
        return flint.arb(flint.fmpq(x.numerator, x.denominator))


@check("TS-21", "exact", "the printed form fails four tests")
def printed_form(settings: Settings) -> Outcome:
    """Fails when the printed form passes the test of units, limit, position or cycles.

    Lengths in another unit, a radius going to 0, comparison with 2/eta, and exact cycles: the
    repaired form passes each of them in the same places.
    """
    eta, rho, norm = Fraction(1, 100), Fraction(1, 100), Fraction(1)
    here = world_at(Fraction(1), eta, rho, norm)
    unit = Fraction(2)
    scaled = world_at(Fraction(1), unit**2 * eta, unit * rho, norm / unit)
    for word, keeps in ((sam_edge, True), (printed_edge, False)):
        overlap = value_of(word, here).overlaps(ball(unit**2) * value_of(word, scaled))
        if overlap != keeps:
            raise Failed(f"{word}: the unit of length {'matters' if keeps else 'cancels'}")
        below = value_of(word, here) < ball(2 / eta)
        if bool(below) != keeps:
            raise Failed(f"{word} is {'not ' if keeps else ''}below 2/eta")
        quiet = world_at(Fraction(1), eta, Fraction(1, 10**9), norm)
        distance = abs(ball(2 / eta) - value_of(word, quiet))
        if bool(distance < ball(Fraction(1, 1000))) != keeps:
            raise Failed(f"{word} as the radius vanishes: {distance} from 2/eta")
    for lam, step, radius, amplitude in cycles():
        world = world_at(lam, step, radius, lam * amplitude)
        if value_of(printed_edge, world).overlaps(ball(lam)) != (radius == 1):
            raise Failed(f"the printed edge on a cycle with radius {radius} and curvature {lam}")
    return Outcome("units, vanishing radius, position relative to 2/eta, cycles: it fails all four")
