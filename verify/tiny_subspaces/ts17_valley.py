"""Steps in a valley run literally: every outcome of the noise, projectors from the Hessian."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

from verify.balls import OutOfScope, Undefined
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld
from verify.meaning import gradient_atoms, means, noise_atoms

Point = tuple[Fraction, Fraction]
Floor = Callable[[Fraction], Fraction]
Outcomes = list[tuple[Fraction, Point]]
SGD, DOM, BULK = (1, 1), (1, 0), (0, 1)


def floor_of(world: InstanceWorld) -> Floor:
    """The floor around the present y, which is 0."""
    height, slope, curvature = (
        world[name] for name in ("floor_height", "floor_slope", "floor_curvature")
    )
    return lambda y: height + slope * y + curvature * y**2 / 2


def slope_of(floor: Floor, y: Fraction) -> Fraction:
    """The derivative of a floor of degree 2: a central difference is exact."""
    return (floor(y + 1) - floor(y - 1)) / 2


def bend_of(floor: Floor, y: Fraction) -> Fraction:
    """The second derivative of a floor of degree 2."""
    return floor(y + 1) - 2 * floor(y) + floor(y - 1)


def kept_by(world: InstanceWorld, method: tuple[int, int]) -> tuple[int, int]:
    """Which coordinates a projected step moves: the top eigenvector of diag(wall, bend)."""
    bend = bend_of(floor_of(world), Fraction(0))
    if method != SGD and world["wall"] == bend:
        raise Undefined("tied eigenvalues: no dominant direction")
    dominant_is_x = world["wall"] > bend
    return method if method == SGD or dominant_is_x else (method[1], method[0])


def after_step(world: InstanceWorld, method: tuple[int, int]) -> Outcomes:
    """Where a step ends, with probabilities."""
    if world["wall_noise"] < 0:
        raise OutOfScope("no noise has a negative variance")
    slope = slope_of(floor_of(world), Fraction(0))
    keep = kept_by(world, method)
    eta = world["eta"]
    return [
        (w * u, (x - eta * keep[0] * (world["wall"] * x + xi), -eta * keep[1] * slope))
        for w, x in gradient_atoms(world["wall_x2"])
        for u, xi in noise_atoms(world["wall_noise"])
    ]


def mean(
    method: tuple[int, int], value: Callable[[InstanceWorld, Point], Fraction]
) -> Callable[[InstanceWorld], Fraction]:
    """The expectation of something after a step."""

    def expected(world: InstanceWorld) -> Fraction:
        return sum((w * value(world, p) for w, p in after_step(world, method)), Fraction(0))

    return expected


def loss(world: InstanceWorld, point: Point) -> Fraction:
    """The loss at a point."""
    return world["wall"] * point[0] ** 2 / 2 + floor_of(world)(point[1])


means("valley_dom_loss")(mean(DOM, loss))
means("valley_bulk_loss")(mean(BULK, loss))
means("valley_sgd_loss")(mean(SGD, loss))
means("valley_dom_y")(mean(DOM, lambda world, p: p[1]))
means("valley_bulk_y")(mean(BULK, lambda world, p: p[1]))
means("valley_bulk_x2")(mean(BULK, lambda world, p: p[0] ** 2))
means("valley_dominant_next")(mean(SGD, lambda world, p: (world["wall"] * p[0]) ** 2))
means("valley_slope_next")(mean(SGD, lambda world, p: slope_of(floor_of(world), p[1])))


FLOORS: dict[str, Floor] = {
    "bell": lambda y: 1 / (1 + y**2),
    "quartic": lambda y: y**4 / 4 + y,
    "linear": lambda y: 2 - 3 * y,
}
SIGNS = (1, -1)
TURNS = 6


@check("TS-17", "exact", "Dom-SGD over any floor, all signs of the noise")
def any_floor(settings: Settings) -> Outcome:
    """Fails when the mean loss after some Dom-SGD steps is not f(y) plus the relaxing wall part.

    All sequences of +-noise are run literally from (1, 1), over floors that are not quadratic.
    """
    wall, eta, variance = Fraction(5), Fraction(1, 4), Fraction(9)
    level = eta * variance / (2 * (2 - eta * wall))
    for name, height in FLOORS.items():
        y = Fraction(1)
        total = Fraction(0)
        for signs in product(SIGNS, repeat=TURNS):
            x = Fraction(1)
            for sign in signs:
                x -= eta * (wall * x + 3 * sign)
            total += wall * x**2 / 2 + height(y)
        mean_loss = total / 2**TURNS
        excess = (wall / 2 - level) * (1 - eta * wall) ** (2 * TURNS)
        if mean_loss != height(y) + level + excess:
            raise Failed(f"{name} floor: mean loss {mean_loss} after {TURNS} steps")
    return Outcome(f"{len(FLOORS)} floors, {2**TURNS} sequences of {TURNS} steps")
