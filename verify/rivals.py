"""Wrong theories that a score must be able to tell from the right one.

Each is a one-place mistake in the critical step size. They are judged on the directions that were
decided anyway; a run in which a rival scores as well as the theory says nothing about that place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verify.conditions import Conditions, conditions

FloatArray = NDArray[np.float64]

RIVALS = (
    "noise left out",
    "noise of one sample instead of a batch",
    "noise not weighted by curvature",
    "half the critical step",
    "always falls",
)


def rival_directions(
    eigenvalues: FloatArray,
    gradient: FloatArray,
    noise_variance: FloatArray,
    k: int,
    step_size: float,
    sampling_factor: float,
) -> tuple[int, ...]:
    """The direction that each of `RIVALS` predicts at one state, in their order."""

    def predicted(noise: FloatArray, step: float = step_size) -> int:
        return conditions(eigenvalues, gradient, noise, k).direction(step)

    single = noise_variance / sampling_factor if sampling_factor > 0 else noise_variance
    return (
        predicted(np.zeros_like(noise_variance)),
        predicted(single),
        predicted(noise_variance / eigenvalues**2),
        predicted(noise_variance, 2 * step_size),
        -1,
    )


def margin(state: Conditions, step_size: float) -> float:
    """How far the critical step size is from the step size, relative to the latter."""
    critical = state.critical_step_size
    return float("inf") if critical is None else abs(critical / step_size - 1)
