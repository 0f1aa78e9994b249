"""Least squares with real minibatches, drawn with or without replacement."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.kernels.compilation import compiled, inlined, reordered
from verify.kernels.observation import BULK, DOMINANT, MOMENTUM, NOISE, STEP_SIZE, assign
from verify.kernels.variates import exact_double
from verify.kernels.words import HALF_WORD, SAMPLE_STREAM, U, words


@inlined
def bounded(low: Any, high: Any, count: int) -> Any:
    """A uniform integer in [0, count) from 53 bits; bias below count 2^-53."""
    fraction = (exact_double(low | ((high >> U(12)) << HALF_WORD)) + 0.5) * 2.0**-52
    return int(fraction * count)


@compiled
def draw_rows(
    rows: Any, stamps: Any, stamp: int, count: int, distinct: bool, t: int, replica: int, key: Any
) -> None:
    """A minibatch of row indices; without replacement by Floyd's method."""
    size = rows.size
    for m in range(size):
        w0, w1, _, _ = words(U(m), U(t), U(replica), SAMPLE_STREAM, key)
        if distinct:
            last = count - size + m
            row = bounded(w0, w1, last + 1)
            if stamps[row] == stamp:
                row = last
            stamps[row] = stamp
            rows[m] = row
        else:
            rows[m] = bounded(w0, w1, count)


@compiled
def dot(a: Any, b: Any) -> float:
    """Inner product in eight interleaved sums: fast, and in the same order on every machine."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    end = a.size // 8 * 8
    for i in range(0, end, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    total = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
    for i in range(end, a.size):
        total += a[i] * b[i]
    return total


@compiled
def move(x: Any, velocity: Any, update: Any, eta: float, beta: float, low: int, high: int) -> None:
    """One step along a stochastic gradient inside [low, high); everything else stays put."""
    for c in range(x.size):
        if low <= c < high:
            velocity[c] = beta * velocity[c] - eta * update[c]
            x[c] += velocity[c]
        else:
            velocity[c] = 0.0


@reordered
def dot_four(a: Any, b: Any, c: Any, d: Any, x: Any, out: Any) -> None:
    """Four inner products with one pass over x."""
    s0 = s1 = s2 = s3 = 0.0
    for i in range(x.size):
        value = x[i]
        s0 += a[i] * value
        s1 += b[i] * value
        s2 += c[i] * value
        s3 += d[i] * value
    out[0], out[1], out[2], out[3] = s0, s1, s2, s3


@compiled
def add_four(update: Any, a: Any, b: Any, c: Any, d: Any, weights: Any) -> None:
    """update <- update + four weighted rows."""
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for i in range(update.size):
        update[i] += (w0 * a[i] + w1 * b[i]) + (w2 * c[i] + w3 * d[i])


@compiled
def minibatch_gradient(
    features: Any, residuals: Any, rows: Any, x: Any, errors: Any, update: Any
) -> None:
    """Mean over the batch of z (z . x - residual)."""
    fours = rows.size // 4 * 4
    for m in range(0, fours, 4):
        a, b, c, d = rows[m], rows[m + 1], rows[m + 2], rows[m + 3]
        dot_four(features[a], features[b], features[c], features[d], x, errors[m : m + 4])
    for m in range(fours, rows.size):
        errors[m] = dot(features[rows[m]], x)
    for m in range(rows.size):
        errors[m] = (errors[m] - residuals[rows[m]]) / rows.size
    assign(update, 0.0, update)
    for m in range(0, fours, 4):
        a, b, c, d = rows[m], rows[m + 1], rows[m + 2], rows[m + 3]
        add_four(update, features[a], features[b], features[c], features[d], errors[m : m + 4])
    for m in range(fours, rows.size):
        row = features[rows[m]]
        for i in range(x.size):
            update[i] += errors[m] * row[i]


@compiled
def run_minibatch(
    features: Any,
    residuals: Any,
    curvature: Any,
    start: Any,
    k: int,
    batch_size: int,
    distinct: bool,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Least squares with a real minibatch each step, one replica (lane) after the other."""
    count, d = features.shape
    steps, lanes = plan.shape[0], energy.shape[2]
    rows, errors = np.zeros(batch_size, np.int64), np.zeros(batch_size)
    stamps = np.zeros(count, np.int64)
    update, gradient = np.zeros(d), np.zeros(d)
    for lane in range(lanes):
        x, velocity = start[min(lane, start.shape[0] - 1)].copy(), np.zeros(d)
        for t in range(steps + 1):
            for c in range(d):
                gradient[c] = curvature[c] * x[c]
            slot = slots[t]
            if slot >= 0:
                energy[0, slot, lane] = dot(gradient[:k], gradient[:k])
                energy[1, slot, lane] = dot(gradient[k:], gradient[k:])
                if loss.shape[1] > 0:
                    loss[0, slot, lane] = 0.5 * dot(gradient[:k], x[:k])
                    loss[1, slot, lane] = 0.5 * dot(gradient[k:], x[k:])
                if positions.shape[0] > 0:
                    for c in range(d):
                        positions[slot, c, lane] = x[c]
            if t == steps:
                break
            strength = plan[t, NOISE]
            if strength == 0.0:
                assign(update, 1.0, gradient)
            else:
                stamp = lane * steps + t + 1  # never used before, never 0
                draw_rows(rows, stamps, stamp, count, distinct, t, first + lane, key)
                minibatch_gradient(features, residuals, rows, x, errors, update)
                if strength != 1.0:
                    for c in range(d):
                        update[c] = gradient[c] + strength * (update[c] - gradient[c])
            low = 0 if plan[t, DOMINANT] != 0.0 else k
            high = d if plan[t, BULK] != 0.0 else k
            move(x, velocity, update, plan[t, STEP_SIZE], plan[t, MOMENTUM], low, high)
