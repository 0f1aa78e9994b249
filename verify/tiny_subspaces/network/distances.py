"""How far SGD and GD part, from one start with one step size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import descend
from verify.tiny_subspaces.network.settings import Rule, Task


@dataclass(frozen=True)
class Distances:
    """SGD and GD with the same step size from the same start."""

    task: Task
    seed: int
    step_size: float
    times: tuple[int, ...]

    def run(self) -> dict[str, Any]:
        """At each time: the distance of GD from SGD, and of both from the start."""
        points = {}
        for method in ("SGD", "GD"):
            problem, at = Problem(self.task, self.seed), 0
            path = [problem.position]
            for time in self.times:
                descend(problem, Rule(method, self.step_size), at, time)
                path.append(problem.position)
                at = time
            points[method] = np.array(path)
        start, sgd, gd = points["GD"][0], points["SGD"][1:], points["GD"][1:]

        def lengths(difference: Any) -> list[float]:
            return [float(x) for x in np.linalg.norm(difference, axis=1)]

        return {
            "step": list(self.times),
            "between": lengths(gd - sgd),
            "travel_gd": lengths(gd - start),
            "travel_sgd": lengths(sgd - start),
        }
