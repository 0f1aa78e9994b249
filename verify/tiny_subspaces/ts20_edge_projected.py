"""Dom-GD and Bulk-GD at the edge of stability: literal steps, and the specification's long runs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint

from verify.balls import OutOfScope, Undefined
from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld
from verify.meaning import exact_root, means
from verify.tiny_subspaces.words_edge import X, Y, Z, bend, loss, on_orbit, slope

Vector = tuple[Any, ...]
GD, DOM, BULK, AXIS = "GD", "Dom-GD", "Bulk-GD", "without the x-part"


def top_of(world: Any, at: Vector, root: Callable[[Any], Any]) -> tuple[Any, Vector]:
    """Largest eigenvalue in the plane of x and y, with an eigenvector, from the literal Hessian."""
    a, b, c = bend(world, at, X, X), bend(world, at, X, Y), bend(world, at, Y, Y)
    largest = (a + c + root((a - c) * (a - c) + 4 * b * b)) / 2
    return largest, (b, largest - a, 0)


def step(world: Any, at: Vector, method: str, top: Vector) -> Vector:
    """One step of a method, given the eigenvector to project on."""
    g = [slope(world, at, axis) for axis in (X, Y, Z)]
    scale = sum(u * u for u in top)
    along = sum(u * s for u, s in zip(top, g, strict=True)) / scale
    kept = [along * u for u in top]
    moved = {DOM: kept, BULK: [s - k for s, k in zip(g, kept, strict=True)]}.get(method, g)
    if method == AXIS:
        moved = [0, *g[1:]]
    return tuple(c - world["eta"] * s for c, s in zip(at, moved, strict=True))


def rational_root(x: Fraction) -> Fraction:
    """A square root that must be rational. Raises OutOfScope otherwise."""
    root = exact_root(x)
    if root is None:
        raise OutOfScope("the eigenvector is irrational")
    return root


def _projected(method: str, axis: int) -> Callable[[InstanceWorld], Fraction]:
    def value(world: InstanceWorld) -> Fraction:
        at = on_orbit(world)
        largest, top = top_of(world, at, rational_root)
        if not any(top):
            raise Undefined("the Hessian is a multiple of the identity")
        if bend(world, at, Z, Z) >= largest:
            raise OutOfScope("z is the sharpest direction")
        return Fraction(step(world, at, method, top)[axis])

    return value


for axis, letter in ((X, "x"), (Y, "y"), (Z, "z")):
    means(f"dom_edge_{letter}")(_projected(DOM, axis))
    means(f"bulk_edge_{letter}")(_projected(BULK, axis))
means("axis_edge_y")(_projected(AXIS, Y))


def _image(axis: int) -> Callable[[InstanceWorld], Fraction]:
    def value(world: InstanceWorld) -> Fraction:
        at = on_orbit(world)
        return Fraction(bend(world, at, X, axis) + world["tilt"] * bend(world, at, Y, axis))

    return value


for axis, letter in ((X, "x"), (Y, "y"), (Z, "z")):
    means(f"image_{letter}")(_image(axis))

# --- the specification's instance

STEPS, BITS = 200, 4000
NUMBERS = {"eta": "1/10", "pull": "1/100", "target": "41/2", "flat_curvature": "3/10"}
START = ("1/10", "20", "1")
LOSSES = {
    GD: "0.101250766981636",
    DOM: "0.158648136566162",
    BULK: "0.0996152547939",
    AXIS: "0.101250766981636",
}
SHARPNESSES = {GD: "20.0005002376", DOM: "19.9034708643", BULK: "20.1810562336"}
ALIGNMENT = "0.999987488351647"


def ball(text: str | Fraction) -> Any:
    """A rational as a ball."""
    x = Fraction(text)
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def printed_like(value: Any, printed: str) -> bool:
    """Whether every number in the ball rounds to what is printed."""
    low, high = map(ball, rounding_interval(printed))
    return bool(low <= value <= high)


def run(method: str) -> list[Vector]:
    """The specification's run, enclosed; x-part and z-part from the exact eigenvector each step."""
    world = {name: ball(value) for name, value in NUMBERS.items()}
    at: Vector = tuple(map(ball, START))
    seen = [at]
    for _ in range(STEPS):
        top = top_of(world, at, lambda value: value.sqrt())[1]
        at = step(world, at, method, top)
        seen.append(at)
    return seen


def sharpness(at: Vector) -> Any:
    """The largest eigenvalue at a place."""
    world = {name: ball(value) for name, value in NUMBERS.items()}
    return top_of(world, at, lambda value: value.sqrt())[0]


@check("TS-20", "exact", "200 steps enclosed")
def two_hundred_steps(settings: Settings) -> Outcome:
    """Fails when a loss or a sharpness after 200 steps is not the printed one, re-rounded.

    And unless y falls at every Dom-GD step, rises at every Bulk-GD step, and never moves with the
    fixed projector. Arb balls of 4000 bits enclose the runs.
    """
    with precision(BITS):
        world = {name: ball(value) for name, value in NUMBERS.items()}
        ends = {}
        for method, printed in LOSSES.items():
            visited = run(method)
            ends[method] = visited[-1]
            value = loss(world, visited[-1])  # type: ignore[arg-type]
            if not printed_like(value, printed):
                raise Failed(f"{method}: loss {value}, printed {printed}")
            heights = [place[Y] for place in visited]
            falls = all(b < a for a, b in pairwise(heights))
            rises = all(b > a for a, b in pairwise(heights))
            if (falls, rises) != (method == DOM, method == BULK):
                raise Failed(f"{method}: y falls {falls}, rises {rises}")
        for method, printed in SHARPNESSES.items():
            if not printed_like(sharpness(ends[method]), printed):
                raise Failed(f"{method}: sharpness {sharpness(ends[method])}, printed {printed}")
        first, second = top_of(world, tuple(map(ball, START)), lambda value: value.sqrt())[1][:2]
        alignment = abs(first) / (first * first + second * second).sqrt()
        if not printed_like(alignment, ALIGNMENT):
            raise Failed(f"chi_1 = {alignment} on the orbit")
    return Outcome(f"{len(LOSSES)} runs of {STEPS} steps: 8 printed numbers agree")


@check("TS-20", "mutant", "after 200 steps Dom-GD is at 2/eta")
def sharpness_is_left(settings: Settings) -> Outcome:
    """Fails unless the enclosed sharpness after 200 Dom-GD steps is below 2/eta, strictly."""
    with precision(BITS):
        found = sharpness(run(DOM)[-1])
        if not found < 20:
            raise Failed(f"sharpness {found}")
    return Outcome(f"lambda_1 = {float(found.mid()):.6f} < 20")
