"""How far SGD and GD part, from one start with one step size."""

from __future__ import annotations

import numpy as np

from verify.adapters.hessian import Vector
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import descend
from verify.tiny_subspaces.network.settings import Rule
from verify.tiny_subspaces.network.units import Distances


def compared(unit: Distances) -> dict[str, list[float]]:
    """At each time: the distance of GD from SGD, and of both from the start."""
    start, gd = _path(unit, "GD")
    _, sgd = _path(unit, "SGD")
    return {
        "step": list(unit.times),
        "between": _lengths(gd - sgd),
        "travel_gd": _lengths(gd - start),
        "travel_sgd": _lengths(sgd - start),
    }


def _path(unit: Distances, method: str) -> tuple[Vector, Vector]:
    """The start (p,) and the points (times, p) of a run."""
    problem, at = Problem(unit.task, unit.seed), 0
    start, points = problem.position, []
    for time in unit.times:
        descend(problem, Rule(method, unit.step_size), at, time)
        points.append(problem.position)
        at = time
    return start, np.array(points)


def _lengths(rows: Vector) -> list[float]:
    return [float(x) for x in np.linalg.norm(rows, axis=1)]
