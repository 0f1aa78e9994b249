"""One step of an update rule, whole or projected: theta+ = theta - step_size * direction."""

from __future__ import annotations

from functools import cache

import numpy as np

from verify.adapters.hessian import Subspace, Vector
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.sam import sam_gradient
from verify.tiny_subspaces.network.settings import K, Rule
from verify.tiny_subspaces.network.units import BULK, NONE


def direction(problem: Problem, rule: Rule, step: int) -> Vector:
    """The direction (p,) of the rule at the present point; SGD takes the minibatch of `step`."""
    if rule.method == "SGD":
        return problem.gradient(problem.batch(step))
    if rule.method == "SAM":
        return sam_gradient(problem, rule.radius)
    return problem.gradient()


def descend(problem: Problem, rule: Rule, first: int, last: int) -> None:
    """The steps first ... last - 1 of the rule, without projection."""
    for step in range(first, last):
        problem.position = problem.position - rule.step_size * direction(problem, rule, step)


def projected(vector: Vector, projection: str, space: Subspace | None) -> Vector:
    """The part of a vector (p,) that a projected method keeps."""
    if projection == NONE or space is None:
        return vector
    return space.bulk(vector) if projection == BULK else space.dominant(vector)


@cache
def random_space(size: int, seed: int) -> Subspace:
    """A subspace of dimension k that knows nothing of the Hessian."""
    normal = np.random.default_rng([seed, size]).standard_normal((size, K))
    return Subspace(np.ones(K), np.linalg.qr(normal)[0])
