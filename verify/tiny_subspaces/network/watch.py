"""Watch a run: alignments and top eigenvalues at chosen steps, without disturbing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.adapters.hessian import Subspace, dominant_subspace
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.rules import direction, random_space
from verify.tiny_subspaces.network.settings import K, Rule, Task


@dataclass(frozen=True)
class Watch:
    """A run of `rule`, continued from step `switch` with `then`, measured before each probed step.

    `eigenvalues` is how many are computed at each probe.
    """

    task: Task
    seed: int
    rule: Rule
    probes: tuple[int, ...]
    eigenvalues: int = K
    switch: int | None = None
    then: Rule | None = None

    def run(self) -> dict[str, Any]:
        """One list per quantity, with an entry per probe, in the order of the steps.

        `alignment` maps k to chi_k of the full gradient; `update_alignment` is chi_10 of the step
        that the rule takes; `random_alignment` is the gradient's share in a random subspace.
        """
        problem, space = Problem(self.task, self.seed), None
        out: dict[str, Any] = {"step": sorted(self.probes)}
        rows = []
        for step in range(max(self.probes) + 1):
            late = self.switch is not None and self.then is not None and step >= self.switch
            rule = self.then if late and self.then is not None else self.rule
            move = direction(problem, rule, step)
            if step in self._probed:
                row, space = self._measured(problem, space, move)
                rows.append(row)
            problem.position = problem.position - rule.step_size * move
        names = rows[0].keys()
        return out | {name: [row[name] for row in rows] for name in names}

    @property
    def _probed(self) -> frozenset[int]:
        return frozenset(self.probes)

    def _measured(
        self, problem: Problem, space: Subspace | None, move: Any
    ) -> tuple[dict[str, Any], Subspace]:
        local = problem.local()
        space = dominant_subspace(local.hessian_times, local.size, self.eigenvalues, start=space)
        alignments = {
            f"alignment_{k}": space.leading(k).alignment(local.gradient)
            for k in (1, K - 1, K, 2 * K)
            if k <= self.eigenvalues
        }
        return {
            "loss": local.value,
            "gradient_norm": float(np.linalg.norm(local.gradient)),
            "eigenvalues": space.eigenvalues.tolist(),
            **alignments,
            "update_alignment": space.leading(K).alignment(move),
            "random_alignment": random_space(local.size, self.seed).alignment(local.gradient),
        }, space
