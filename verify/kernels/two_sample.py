"""The two-sample toy of the second paper."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.kernels.compilation import compiled
from verify.kernels.observation import (
    BULK,
    DOMINANT,
    MOMENTUM,
    NOISE,
    STEP_SIZE,
    fill_start,
    observe_all,
)
from verify.kernels.rows import BLOCK, FIRST, LANES, fill_words
from verify.kernels.variates import flip
from verify.kernels.words import SAMPLE_STREAM, U


@compiled
def run_two_sample(
    curvature: Any,
    coupling: float,
    start: Any,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """The two-sample toy: losses L +- coupling x y, one of the two drawn at each step."""
    steps = plan.shape[0]
    x, velocity = np.zeros((2, LANES)), np.zeros((2, LANES))
    signs = np.zeros(2 * LANES, np.uint64)
    for lane in range(0, energy.shape[2], LANES):
        fill_start(x, start, 0, 0, 2, lane)
        velocity[:] = 0.0
        for t in range(steps + 1):
            if slots[t] >= 0:
                observe_all(x, curvature, 1, slots[t], lane, energy, loss, positions)
            if t == steps:
                break
            if t % BLOCK == 0:
                fill_words(signs, FIRST, t // BLOCK, first + lane, SAMPLE_STREAM, key)
            eta, beta, strength = plan[t, STEP_SIZE], plan[t, MOMENTUM], plan[t, NOISE]
            dominant, bulk = plan[t, DOMINANT] != 0.0, plan[t, BULK] != 0.0
            source, up = signs[((t >> 6) & 1) * LANES :], U(63) - U(t & 63)
            for i in range(LANES):
                mixed = flip(strength * coupling, source[i] << up)
                step_x = beta * velocity[0, i] - eta * (curvature[0] * x[0, i] + mixed * x[1, i])
                step_y = beta * velocity[1, i] - eta * (curvature[1] * x[1, i] + mixed * x[0, i])
                velocity[0, i] = step_x if dominant else 0.0
                velocity[1, i] = step_y if bulk else 0.0
                x[0, i] += velocity[0, i]
                x[1, i] += velocity[1, i]
