"""The model at the edge of stability, run literally from its loss alone.

The loss has degree 2 in every coordinate, so that central differences are its exact derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from verify.balls import Undefined
from verify.instances import InstanceWorld
from verify.meaning import means

Place = tuple[Any, ...]
X, Y, Z = 0, 1, 2


def loss(world: InstanceWorld, at: Place) -> Any:
    """The loss at (x, y, z)."""
    x, y, z = at
    away = world["target"] - y
    return (y * x * x + world["pull"] * away * away + world["flat_curvature"] * z * z) / 2


def nudged(at: Place, axis: int, by: int) -> Place:
    """The place with one coordinate changed."""
    return tuple(c + by if i == axis else c for i, c in enumerate(at))


def slope(world: InstanceWorld, at: Place, axis: int) -> Any:
    """The derivative of the loss along an axis."""
    return (loss(world, nudged(at, axis, 1)) - loss(world, nudged(at, axis, -1))) / 2


def bend(world: InstanceWorld, at: Place, axis: int, other: int) -> Any:
    """A second derivative: how the slope along one axis changes along another."""
    if axis == other:
        up, down = loss(world, nudged(at, axis, 1)), loss(world, nudged(at, axis, -1))
        return up - 2 * loss(world, at) + down
    return (
        slope(world, nudged(at, other, 1), axis) - slope(world, nudged(at, other, -1), axis)
    ) / 2


def gd(world: InstanceWorld, at: Place) -> Place:
    """One step of gradient descent."""
    return tuple(c - world["eta"] * slope(world, at, axis) for axis, c in enumerate(at))


def on_orbit(world: InstanceWorld) -> Place:
    """(X, 2/eta, z)."""
    if not world["eta"]:
        raise Undefined("no step size, no edge")
    return world["orbit_x"], 2 / world["eta"], world["flat_position"]


def _after(steps: int, axis: int) -> Callable[[InstanceWorld], Fraction]:
    def value(world: InstanceWorld) -> Fraction:
        at = on_orbit(world)
        for _ in range(steps):
            at = gd(world, at)
        return Fraction(at[axis])

    return value


for axis, name in ((X, "edge_x"), (Y, "edge_y"), (Z, "edge_z")):
    means(name)(_after(1, axis))
means("edge_x_back")(_after(2, X))
means("edge_y_back")(_after(2, Y))


def _slope(axis: int) -> Callable[[InstanceWorld], Fraction]:
    return lambda world: Fraction(slope(world, on_orbit(world), axis))


def _bend(axis: int, other: int) -> Callable[[InstanceWorld], Fraction]:
    return lambda world: Fraction(bend(world, on_orbit(world), axis, other))


for axis, name in ((X, "edge_slope_x"), (Y, "edge_slope_y"), (Z, "edge_slope_z")):
    means(name)(_slope(axis))
means("edge_bend_xx")(_bend(X, X))
means("edge_bend_xy")(_bend(X, Y))
means("edge_bend_yy")(_bend(Y, Y))


def reflected(world: InstanceWorld, at: Place) -> Place:
    """One step followed by x -> -x, without z."""
    x, y, z = gd(world, at)
    return -x, y, z


def _tangent(steps: int, axis: int) -> Callable[[InstanceWorld], Fraction]:
    """First-order change after some steps: the middle slope of small displacements.

    One step is polynomial of degree 2 in each coordinate; central differences are exact per step.
    """

    def value(world: InstanceWorld) -> Fraction:
        at = on_orbit(world)
        change = (world["tangent_x"], world["tangent_y"])
        for _ in range(steps):
            columns = []
            for other in (X, Y):
                up, down = (reflected(world, nudged(at, other, by)) for by in (1, -1))
                columns.append([(u - d) / 2 for u, d in zip(up, down, strict=True)])
            change = tuple(
                change[X] * columns[X][row] + change[Y] * columns[Y][row] for row in (X, Y)
            )
        return Fraction(change[axis])

    return value


means("tangent_x_next")(_tangent(1, X))
means("tangent_y_next")(_tangent(1, Y))
means("tangent_x_second")(_tangent(2, X))
means("tangent_y_second")(_tangent(2, Y))
