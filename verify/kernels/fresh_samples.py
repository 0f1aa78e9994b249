"""Least squares on fresh Gaussian samples, never used twice."""

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
    assign,
    fill_start,
    observe_all,
)
from verify.kernels.rows import LANES, fill_gaussian
from verify.kernels.words import LABEL_STREAM, SAMPLE_STREAM


@compiled
def run_fresh_samples(
    curvature: Any,
    label_scale: float,
    start: Any,
    k: int,
    batch_size: int,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Least squares on fresh samples z ~ N(0, H), label noise N(0, label_scale^2)."""
    d, steps = curvature.size, plan.shape[0]
    quads, root = (d + 3) // 4, np.sqrt(curvature)
    x, velocity, update = np.zeros((d, LANES)), np.zeros((d, LANES)), np.zeros((d, LANES))
    sample = np.zeros((4 * quads, LANES))
    flat = sample.reshape(4 * quads * LANES)
    label, error = np.zeros(4 * LANES), np.zeros(LANES)
    for lane in range(0, energy.shape[2], LANES):
        fill_start(x, start, 0, 0, d, lane)
        velocity[:] = 0.0
        for t in range(steps + 1):
            if slots[t] >= 0:
                observe_all(x, curvature, k, slots[t], lane, energy, loss, positions)
            if t == steps:
                break
            eta, beta, strength = plan[t, STEP_SIZE], plan[t, MOMENTUM], plan[t, NOISE]
            for c in range(d):
                assign(update[c], (1.0 - strength) * curvature[c], x[c])
            for m in range(batch_size if strength != 0.0 else 0):
                fill_gaussian(label, m, 1, t, first + lane, LABEL_STREAM, key)
                assign(error, -label_scale, label[:LANES])
                fill_gaussian(flat, m * quads, quads, t, first + lane, SAMPLE_STREAM, key)
                for c in range(d):
                    for i in range(LANES):
                        error[i] += root[c] * sample[c, i] * x[c, i]
                for c in range(d):
                    for i in range(LANES):
                        update[c, i] += strength * root[c] * sample[c, i] * error[i] / batch_size
            for c in range(d):
                if plan[t, DOMINANT if c < k else BULK] == 0.0:
                    velocity[c] = 0.0
                    continue
                for i in range(LANES):
                    velocity[c, i] = beta * velocity[c, i] - eta * update[c, i]
                    x[c, i] += velocity[c, i]
