"""Watch a run: alignments and top eigenvalues at chosen steps, without disturbing it."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.adapters.hessian import Subspace, Vector, dominant_subspace
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import direction, random_space
from verify.tiny_subspaces.network.settings import K, Rule
from verify.tiny_subspaces.network.units import Watch


def watched(unit: Watch) -> dict[str, list[Any]]:
    """One list per quantity, with an entry per probe, in the order of the steps.

    `alignment_k` is chi_k of the full gradient; `update_alignment` is chi_10 of the step that the
    rule takes; `random_alignment` is the gradient's share in a random subspace.
    """
    problem, space = Problem(unit.task, unit.seed), None
    probes, rows = frozenset(unit.probes), []
    for step in range(max(probes) + 1):
        rule = _rule(unit, step)
        move = direction(problem, rule, step)
        if step in probes:
            row, space = _measured(problem, space, move, unit.eigenvalues)
            rows.append({"step": step, **row})
        problem.position = problem.position - rule.step_size * move
    return {name: [row[name] for row in rows] for name in rows[0]}


def _rule(unit: Watch, step: int) -> Rule:
    if unit.switch is None or unit.then is None or step < unit.switch:
        return unit.rule
    return unit.then


def _measured(
    problem: Problem, start: Subspace | None, move: Vector, eigenvalues: int
) -> tuple[dict[str, Any], Subspace]:
    local = problem.local()
    space = dominant_subspace(local.hessian_times, local.size, eigenvalues, start=start)
    alignments = {
        f"alignment_{k}": space.leading(k).alignment(local.gradient)
        for k in (1, K - 1, K, 2 * K)
        if k <= eigenvalues
    }
    return {
        "loss": local.value,
        "gradient_norm": float(np.linalg.norm(local.gradient)),
        "eigenvalues": space.eigenvalues.tolist(),
        **alignments,
        "update_alignment": space.leading(K).alignment(move),
        "random_alignment": random_space(local.size, problem.seed).alignment(local.gradient),
    }, space
