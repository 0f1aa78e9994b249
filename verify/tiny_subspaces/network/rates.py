"""Effective learning rates of real optimisers along the dominant and the bulk gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from verify.adapters.hessian import Subspace, Vector, dominant_subspace
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.settings import K, Task


def effective_rate(update: Vector, part: Vector) -> float | None:
    """The step size of the GD step that makes the same progress along this part of the gradient.

    -<update, part>/||part||^2: for GD, update = -eta g, it is eta. The paper prints it without the
    minus sign, which gives -eta (Definition 4). None where the part vanishes.
    """
    length = float(part @ part)
    return -float(update @ part) / length if length else None


@dataclass(frozen=True)
class Optimiser:
    """A `torch.optim` optimiser by name, with its options."""

    name: str
    options: tuple[tuple[str, Any], ...]

    def of(self, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """The optimiser for these parameters."""
        made: torch.optim.Optimizer = getattr(torch.optim, self.name)(
            parameters, **dict(self.options)
        )
        return made


@dataclass(frozen=True)
class Rates:
    """Full-batch training with an optimiser, measured at every `every`-th step."""

    task: Task
    seed: int
    optimiser: Optimiser
    steps: int
    every: int = 5

    def run(self) -> dict[str, list[Any]]:
        """Per measured step: loss, Dom-LR and Bulk-LR, chi_10 of gradient and update."""
        problem, space = Problem(self.task, self.seed), None
        optimiser = self.optimiser.of(problem.parameters)
        rows: list[dict[str, Any]] = []
        for step in range(self.steps):
            if step % self.every:
                _step(problem, optimiser)
                continue
            local = problem.local()
            space = dominant_subspace(
                local.hessian_times, local.size, K, start=space, measure_residual=False
            )
            update = _step(problem, optimiser)
            rows.append(
                {"step": step, "loss": local.value, **_measured(space, local.gradient, update)}
            )
        out = {name: [row[name] for row in rows] for name in rows[0]}
        return out | {"final_loss": [problem.value()]}


def _measured(space: Subspace, gradient: Vector, update: Vector) -> dict[str, float | None]:
    return {
        "dominant_rate": effective_rate(update, space.dominant(gradient)),
        "bulk_rate": effective_rate(update, space.bulk(gradient)),
        "gradient_alignment": space.alignment(gradient),
        "update_alignment": space.alignment(update),
    }


def _step(problem: Problem, optimiser: torch.optim.Optimizer) -> Vector:
    """One step of the optimiser on the full loss; returns the change of the parameters (p,)."""
    before = problem.position
    optimiser.zero_grad()
    problem.loss().backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return problem.position - before
