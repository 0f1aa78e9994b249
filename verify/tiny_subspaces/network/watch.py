"""Watch a run: alignments and top eigenvalues at chosen steps, without disturbing it."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.adapters.hessian import Vector
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import direction, random_space
from verify.tiny_subspaces.network.settings import K, Rule
from verify.tiny_subspaces.network.spectrum import Spectrum, spectrum_at
from verify.tiny_subspaces.network.units import Watch


def watched(unit: Watch) -> dict[str, list[Any]]:
    """One list per quantity, with an entry per probe, in the order of the steps.

    `alignment_k` is chi_k of the full gradient; `update_alignment` is chi_10 of the step that the
    rule takes; `random_alignment` is the gradient's share in a random subspace.
    """
    problem = Problem(unit.task, unit.seed)
    spectrum: Spectrum | None = None
    probes, rows = frozenset(unit.probes), []
    for step in range(max(probes) + 1):
        rule = _rule(unit, step)
        move = direction(problem, rule, step)
        if step in probes:
            spectrum = spectrum_at(problem, spectrum, unit.eigenvalues, measure_residual=True)
            rows.append({"step": step, **_measured(unit, spectrum, move)})
        problem.position = problem.position - rule.step_size * move
    return {name: [row[name] for row in rows] for name in rows[0]}


def _rule(unit: Watch, step: int) -> Rule:
    if unit.switch is None or unit.then is None or step < unit.switch:
        return unit.rule
    return unit.then


def _measured(unit: Watch, spectrum: Spectrum, move: Vector) -> dict[str, Any]:
    local, space = spectrum.local, spectrum.top
    alignments = {
        f"alignment_{k}": space.leading(k).alignment(local.gradient)
        for k in (1, K - 1, K, 2 * K)
        if k <= unit.eigenvalues
    }
    return {
        "loss": local.value,
        "gradient_norm": float(np.linalg.norm(local.gradient)),
        "eigenvalues": space.eigenvalues[: unit.eigenvalues].tolist(),
        "gap": spectrum.gap,
        **alignments,
        "update_alignment": spectrum.dominant.alignment(move),
        "random_alignment": random_space(local.size, unit.seed).alignment(local.gradient),
    }
