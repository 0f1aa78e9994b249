"""Effective learning rates of real optimisers along the dominant and the bulk gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from verify.adapters.hessian import Vector
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.settings import Optimiser
from verify.tiny_subspaces.network.spectrum import Spectrum, spectrum_at
from verify.tiny_subspaces.network.units import Rates


def effective_rate(update: Vector, part: Vector) -> float | None:
    """The step size of the GD step that makes the same progress along this part of the gradient.

    -<update, part>/||part||^2: for GD, update = -eta g, it is eta. The paper prints it without the
    minus sign, which gives -eta (Definition 4). None where the part vanishes.
    """
    length = float(part @ part)
    return -float(update @ part) / length if length else None


def made(optimiser: Optimiser, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
    """The real optimiser of `torch.optim` for these parameters."""
    kind: Callable[..., torch.optim.Optimizer] = getattr(torch.optim, optimiser.name)
    return kind(parameters, **dict(optimiser.options))


def effective_rates(unit: Rates) -> dict[str, list[Any]]:
    """Per measured step: loss, Dom-LR and Bulk-LR, chi_10 of gradient and update; final loss."""
    problem = Problem(unit.task, unit.seed)
    spectrum: Spectrum | None = None
    optimiser = made(unit.optimiser, problem.parameters)
    rows: list[dict[str, Any]] = []
    for step in range(unit.steps):
        if step % unit.every:
            _step(problem, optimiser)
            continue
        spectrum = spectrum_at(problem, spectrum)
        gradient = spectrum.local.gradient
        update = _step(problem, optimiser)
        seen = _measured(spectrum, gradient, update)
        rows.append({"step": step, "loss": spectrum.local.value, **seen})
    out = {name: [row[name] for row in rows] for name in rows[0]}
    return out | {"final_loss": [problem.value()]}


def _measured(spectrum: Spectrum, gradient: Vector, update: Vector) -> dict[str, float | None]:
    space = spectrum.dominant
    return {
        "dominant_rate": effective_rate(update, space.dominant(gradient)),
        "bulk_rate": effective_rate(update, space.bulk(gradient)),
        "gradient_alignment": space.alignment(gradient),
        "update_alignment": space.alignment(update),
        "gap": spectrum.gap,
    }


def _step(problem: Problem, optimiser: torch.optim.Optimizer) -> Vector:
    """One step of the optimiser on the full loss; returns the change of the parameters (p,)."""
    before = problem.position
    optimiser.zero_grad()
    problem.loss().backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return problem.position - before
