"""Train to a switch, then go on along the whole update, its dominant part or its bulk part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.adapters.hessian import LocalLoss, Subspace, Vector, dominant_subspace
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import (
    FROZEN,
    NONE,
    RANDOM,
    RECOMPUTED,
    descend,
    direction,
    projected,
    random_space,
)
from verify.tiny_subspaces.network.settings import FACTOR, K, Rule, Task
from verify.tiny_subspaces.network.trigger import Trigger, fires


@dataclass(frozen=True)
class Branch:
    """`after` steps of each projection from the same point, on the same minibatches.

    The switch is at step `switch`, or where a trigger puts it. With `recomputed` projections the
    dominant subspace of the full loss is computed anew at every step.
    """

    task: Task
    seed: int
    rule: Rule
    switch: int | Trigger
    after: int
    projections: tuple[str, ...]

    def run(self) -> dict[str, Any]:
        """The step of the switch, and per projection the quantities of `_followed`."""
        problem = Problem(self.task, self.seed)
        start = problem.position
        averages: list[float] = []
        if isinstance(self.switch, Trigger):
            switch, averages = self._until_triggered(problem, self.switch)
        else:
            switch = self.switch
            descend(problem, self.rule, 0, switch)
        here, runs = problem.position, {}
        for projection in self.projections:
            problem.position = here
            runs[projection] = self._followed(problem, projection, switch, start)
        return {"switch": switch, "moving_average": averages, "runs": runs}

    def _until_triggered(self, problem: Problem, trigger: Trigger) -> tuple[int, list[float]]:
        descend(problem, self.rule, 0, trigger.warm_up)
        averages, space = [], None
        average = trigger.first
        for step in range(trigger.warm_up, trigger.deadline):
            local, space = _decomposed(problem, space)
            average = FACTOR * average + (1 - FACTOR) * space.alignment(local.gradient)
            averages.append(average)
            if fires(average):
                return step, averages
            descend(problem, self.rule, step, step + 1)
        return trigger.deadline, averages

    def _followed(
        self, problem: Problem, projection: str, switch: int, start: Vector
    ) -> dict[str, list[float]]:
        """Before every step: loss; distances to the switch and to the start of training; and, where
        the subspace is computed, chi_k of the full gradient and the largest eigenvalue."""
        here, space = problem.position, self._fixed_space(problem, projection)
        out: dict[str, list[float]] = {
            name: [] for name in ("loss", "distance", "distance_to_start", "alignment", "sharpness")
        }
        for step in range(switch, switch + self.after + 1):
            at = problem.position
            out["distance"].append(float(np.linalg.norm(at - here)))
            out["distance_to_start"].append(float(np.linalg.norm(at - start)))
            if projection in RECOMPUTED:
                local, space = _decomposed(problem, space)
                out["loss"].append(local.value)
                out["alignment"].append(space.alignment(local.gradient))
                out["sharpness"].append(float(space.eigenvalues[0]))
            else:
                out["loss"].append(problem.value())
            move = direction(problem, self.rule, step)
            problem.position = at - self.rule.step_size * projected(move, projection, space)
        if projection == NONE:
            out["sharpness"].append(float(_decomposed_at(problem, at)))
        return out

    def _fixed_space(self, problem: Problem, projection: str) -> Subspace | None:
        if projection == FROZEN:
            return _decomposed(problem, None)[1]
        if projection == RANDOM:
            return random_space(len(problem.position), self.seed)
        return None


def _decomposed(problem: Problem, start: Subspace | None) -> tuple[LocalLoss, Subspace]:
    """The loss at the present point and its dominant subspace; ARPACK alone judges convergence."""
    local = problem.local()
    return local, dominant_subspace(
        local.hessian_times, local.size, K, start=start, measure_residual=False
    )


def _decomposed_at(problem: Problem, position: Vector) -> float:
    problem.position = position
    return float(_decomposed(problem, None)[1].eigenvalues[0])
