"""Train to a switch, then go on along the whole update, its dominant part or its bulk part."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.adapters.hessian import Subspace, Vector
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import descend, direction, projected, random_space
from verify.tiny_subspaces.network.settings import Rule
from verify.tiny_subspaces.network.spectrum import Spectrum, spectrum_at
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
    average, averages = trigger.first, []
    spectrum: Spectrum | None = None
    for step in range(trigger.warm_up, trigger.deadline):
        spectrum = spectrum_at(problem, spectrum)
        average = averaged(average, spectrum.alignment)
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
    largest eigenvalue and the gap are known as well, else the former only at the end.
    """
    anew = projection in (DOMINANT, BULK)
    here, space = problem.position, _fixed_space(problem, projection)
    spectrum: Spectrum | None = None
    rows: list[dict[str, float]] = []
    for step in range(switch, switch + unit.after + 1):
        at = problem.position
        row = {
            "distance": float(np.linalg.norm(at - here)),
            "distance_to_start": float(np.linalg.norm(at - start)),
        }
        if anew:
            spectrum = spectrum_at(problem, spectrum)
            space = spectrum.dominant
            row |= {"loss": spectrum.local.value, "alignment": spectrum.alignment}
            row |= {"sharpness": spectrum.sharpness, "gap": spectrum.gap}
        else:
            row["loss"] = problem.value()
            if space is not None:
                row["alignment"] = space.alignment(problem.gradient())
        rows.append(row)
        if step < switch + unit.after:
            move = projected(direction(problem, unit.rule, step), projection, space)
            problem.position = at - unit.rule.step_size * move
    out = {name: [row[name] for row in rows] for name in rows[0]}
    out["final_sharpness"] = [spectrum_at(problem).sharpness]
    return out


def _fixed_space(problem: Problem, projection: str) -> Subspace | None:
    if projection == FROZEN:
        return spectrum_at(problem).dominant
    return random_space(len(problem.position), problem.seed) if projection == RANDOM else None
