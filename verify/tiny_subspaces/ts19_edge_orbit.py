"""The orbit at the edge of stability: run exactly, left, approached, and missing below the edge."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces.words_edge import Place, gd

STEPS = 50
LONG, BITS = 150, 3000


def world_of(target: str, pull: str, orbit_x: str) -> InstanceWorld:
    """The model with step size 1."""
    numbers = {"eta": "1", "flat_curvature": "1/2", "flat_position": "1"}
    still = {"tangent_x": "0", "tangent_y": "0"}
    own = {"target": target, "pull": pull, "orbit_x": orbit_x}
    return InstanceWorld(instance("edge of stability", **numbers, **own, **still))


ORBITS = {
    "2.01": ("201/100", "1/2", "1/10", True),
    "2.3": ("23/10", "3/5", "3/5", True),
    "2.49": ("249/100", "1/2", "7/10", True),
    "2.51": ("251/100", "51/200", "51/100", False),
    "2.6": ("13/5", "3/10", "3/5", False),
}


@check("TS-19", "exact", "orbits run literally")
def on_the_orbit(settings: Settings) -> Outcome:
    """Fails when a run in exact rationals leaves (X, 2), (-X, 2), (X, 2), ... at any step."""
    for target, pull, orbit_x, _ in ORBITS.values():
        world = world_of(target, pull, orbit_x)
        size = Fraction(orbit_x)
        at: Place = (size, Fraction(2), Fraction(1))
        for number in range(STEPS):
            if at[:2] != (size if number % 2 == 0 else -size, 2):
                raise Failed(f"target {target}: {at[:2]} at step {number}")
            if at[2] != Fraction(1, 2) ** number:
                raise Failed(f"z = {at[2]} at step {number}")
            at = gd(world, at)
    return Outcome(f"{len(ORBITS)} orbits of {STEPS} steps")


def ball(x: Fraction) -> Any:
    """A rational as a ball."""
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


class Balls:
    """The same model with its numbers as balls, for long runs."""

    def __init__(self, world: InstanceWorld) -> None:
        self.numbers = {name: ball(value) for name, value in world.numbers.items()}

    def __getitem__(self, name: str) -> Any:
        return self.numbers[name]


@check("TS-19", "exact", "runs from near the orbit")
def near_the_orbit(settings: Settings) -> Outcome:
    """Fails when a small displacement grows below the threshold, or dies out above it.

    Enclosed runs; targets 2.3/eta and 2.6/eta, displaced by a millionth.
    """
    for name in ("2.3", "2.6"):
        target, pull, orbit_x, attracts = ORBITS[name]
        with precision(BITS):
            model: Any = Balls(world_of(target, pull, orbit_x))
            size, nudge = ball(Fraction(orbit_x)), ball(Fraction(1, 10**6))
            at: Place = (size + nudge, flint.arb(2), flint.arb(0))
            for _ in range(LONG):
                at = gd(model, at)
            distance = abs(abs(at[0]) - size) + abs(at[1] - 2)
            if not (distance < nudge if attracts else distance > nudge):
                raise Failed(f"target {name}/eta: distance {distance} after {LONG} steps")
    return Outcome(f"{LONG} steps: back at 2.3/eta, away at 2.6/eta")


@check("TS-19", "mutant", "an orbit below the edge as well")
def no_orbit_below(settings: Settings) -> Outcome:
    """Fails unless a run with the target below 2/eta loses its oscillation along x."""
    with precision(BITS):
        model: Any = Balls(world_of("19/10", "1/2", "1"))
        at: Place = (flint.arb("0.1"), flint.arb("1.9"), flint.arb(0))
        sizes = []
        for _ in range(LONG):
            sizes.append(abs(at[0]))
            at = gd(model, at)
        if not all(after < before for before, after in pairwise(sizes)):
            raise Failed("the oscillation along x does not shrink at every step")
        if not sizes[-1] < sizes[0] / 10**6:
            raise Failed(f"x is still {sizes[-1]} after {LONG} steps")
    return Outcome(f"target 1.9/eta: x below a ten-millionth after {LONG} steps")
