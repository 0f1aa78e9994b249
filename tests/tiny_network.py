"""The tiny network that the tests of the digits network and of its experiment use."""

from __future__ import annotations

from typing import Any

from verify.tiny_subspaces.network.settings import Rule, Task

TINY = Task(width=4, samples=40, batch_size=10)
SGD = Rule("SGD", 0.05)


def path_of(problem: Any, rule: Rule, steps: int) -> list[Any]:
    """The points of a run, step by step from the formula."""
    points = [problem.position]
    for step in range(steps):
        batch = problem.batch(step) if rule.method == "SGD" else None
        problem.position = points[-1] - rule.step_size * problem.gradient(batch)
        points.append(problem.position)
    return points
