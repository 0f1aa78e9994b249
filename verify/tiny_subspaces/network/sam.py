"""The gradient that sharpness-aware minimisation follows."""

from __future__ import annotations

import numpy as np

from verify.adapters.hessian import Vector
from verify.tiny_subspaces.network.problem import Problem


def sam_gradient(problem: Problem, radius: float) -> Vector:
    """The gradient at x + rho g/||g||, where g is the gradient at x; g itself for rho = 0."""
    here = problem.position
    gradient = problem.gradient()
    length = float(np.linalg.norm(gradient))
    if radius == 0 or length == 0:
        return gradient
    problem.position = here + radius * gradient / length
    there = problem.gradient()
    problem.position = here
    return there
