"""Train to a switch, then go on along the whole update, its dominant part or its bulk part."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.adapters.hessian import Subspace, Vector, dominant_subspace
from verify.tiny_subspaces.network.derivatives import Derivatives
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import descend, direction, projected, random_space
from verify.tiny_subspaces.network.settings import K, Rule
from verify.tiny_subspaces.network.trigger import Trigger, averaged, fires
from verify.tiny_subspaces.network.units import BULK, DOMINANT, FROZEN, RANDOM, Branch


def branched(unit: Branch) -> dict[str, Any]:
    """The step of the switch, the moving average before it, and one run per projection."""
    problem = Problem(unit.task, unit.seed)
    start = problem.position
    averages: list[float] = []
    if isinstance(unit.switch, Trigger):
        switch, averages = until_triggered(problem, unit.rule, unit.switch)
    else:
        switch = unit.switch
        descend(problem, unit.rule, 0, switch)
    here, runs = problem.position, {}
    for projection in unit.projections:
        problem.position = here
        runs[projection] = _followed(problem, unit, projection, switch, start)
    return {"switch": switch, "moving_average": averages, "runs": runs}


def until_triggered(problem: Problem, rule: Rule, trigger: Trigger) -> tuple[int, list[float]]:
    """Train until the trigger fires: the step, and the moving average at every step looked at."""
    descend(problem, rule, 0, trigger.warm_up)
    average, averages, space = trigger.first, [], None
    for step in range(trigger.warm_up, trigger.deadline):
        local, space = _decomposed(problem, space)
        average = averaged(average, space.alignment(local.gradient))
        averages.append(average)
        if fires(average):
            return step, averages
        descend(problem, rule, step, step + 1)
    return trigger.deadline, averages


def _followed(
    problem: Problem, unit: Branch, projection: str, switch: int, start: Vector
) -> dict[str, list[float]]:
    """What happens from the switch on, with one entry before every step and one after the last.

    `alignment` is the share of the full gradient's length in the subspace of the projection. The
    dominant subspace is computed anew at every step where it is projected on, or out; then the
    largest eigenvalue is known as well, else only at the end.
    """
    anew = projection in (DOMINANT, BULK)
    here, space = problem.position, _fixed_space(problem, projection)
    rows: list[dict[str, float]] = []
    for step in range(switch, switch + unit.after + 1):
        at = problem.position
        row = {
            "distance": float(np.linalg.norm(at - here)),
            "distance_to_start": float(np.linalg.norm(at - start)),
        }
        if anew:
            local, space = _decomposed(problem, space)
            row |= {"loss": local.value, "alignment": space.alignment(local.gradient)}
            row["sharpness"] = float(space.eigenvalues[0])
        else:
            row["loss"] = problem.value()
            if space is not None:
                row["alignment"] = space.alignment(problem.gradient())
        rows.append(row)
        if step < switch + unit.after:
            move = projected(direction(problem, unit.rule, step), projection, space)
            problem.position = at - unit.rule.step_size * move
    out = {name: [row[name] for row in rows] for name in rows[0]}
    out["final_sharpness"] = [float(_decomposed(problem, None)[1].eigenvalues[0])]
    return out


def _fixed_space(problem: Problem, projection: str) -> Subspace | None:
    if projection == FROZEN:
        return _decomposed(problem, None)[1]
    return random_space(len(problem.position), problem.seed) if projection == RANDOM else None


def _decomposed(problem: Problem, start: Subspace | None) -> tuple[Derivatives, Subspace]:
    """The loss here and its dominant subspace; that Lanczos converged is the only check."""
    local = problem.local()
    return local, dominant_subspace(
        local.hessian_times, local.size, K, start=start, measure_residual=False
    )
