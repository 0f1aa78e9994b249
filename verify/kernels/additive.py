"""SGD steps with additive noise of any family, momentum and factor noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.kernels.compilation import compiled, fused
from verify.kernels.observation import (
    DOMINANT,
    MOMENTUM,
    NOISE,
    STEP_SIZE,
    assign,
    fill_start,
    observe_tile,
)
from verify.kernels.rows import BLOCK, FIRST, LANES, RADEMACHER, fill
from verify.kernels.signs import run_signs
from verify.kernels.words import FACTOR_STREAM, STEP_STREAM


@compiled
def plain_steps(
    x: Any, noise: Any, bottom: int, top: int, curvature: Any, scale: Any, eta: float, energy: Any
) -> None:
    """One literal SGD step of coordinates bottom ... top - 1; energy before the step."""
    for c in range(bottom, top, 4):
        four, z = x[c * LANES : (c + 4) * LANES], noise[(c - bottom) * LANES :]
        l0, l1, l2, l3 = curvature[c], curvature[c + 1], curvature[c + 2], curvature[c + 3]
        s0, s1, s2, s3 = scale[c], scale[c + 1], scale[c + 2], scale[c + 3]
        for i in range(LANES):
            x0, x1 = four[i], four[LANES + i]
            x2, x3 = four[2 * LANES + i], four[3 * LANES + i]
            g0, g1, g2, g3 = l0 * x0, l1 * x1, l2 * x2, l3 * x3
            energy[i] = fused(g3, g3, fused(g2, g2, fused(g1, g1, fused(g0, g0, energy[i]))))
            four[i] = fused(-eta, fused(s0, z[i], g0), x0)
            four[LANES + i] = fused(-eta, fused(s1, z[LANES + i], g1), x1)
            four[2 * LANES + i] = fused(-eta, fused(s2, z[2 * LANES + i], g2), x2)
            four[3 * LANES + i] = fused(-eta, fused(s3, z[3 * LANES + i], g3), x3)


@compiled
def heavy_steps(
    x: Any,
    velocity: Any,
    noise: Any,
    bottom: int,
    top: int,
    curvature: Any,
    scale: Any,
    eta: float,
    beta: float,
) -> None:
    """One heavy-ball step: v = beta v - eta (g + noise), x = x + v."""
    for c in range(bottom, top):
        z = noise[(c - bottom) * LANES :]
        for i in range(LANES):
            gradient = fused(curvature[c], x[c, i], scale[c] * z[i])
            velocity[c, i] = fused(beta, velocity[c, i], -eta * gradient)
            x[c, i] += velocity[c, i]


@compiled
def add_factor(noise: Any, bottom: int, top: int, scale: Any, factor: Any, latent: Any) -> None:
    """noise <- scale * noise + factor latent."""
    for c in range(bottom, top):
        row = noise[(c - bottom) * LANES :]
        for i in range(LANES):
            row[i] *= scale[c]
        for m in range(factor.shape[1]):
            weight, source = factor[c, m], latent[m * LANES :]
            for i in range(LANES):
                row[i] = fused(weight, source[i], row[i])


@compiled
def run_tile(
    low: int,
    high: int,
    side: int,
    curvature_all: Any,
    scale_all: Any,
    factor_all: Any,
    start: Any,
    family: int,
    parameters: Any,
    heavy: bool,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Coordinates low ... high - 1 of one block of 128 and one side, from first to last step."""
    steps, rank = plan.shape[0], factor_all.shape[1]
    base = low // BLOCK * BLOCK
    bottom, top = (low - base) // 4 * 4, (high - base + 3) // 4 * 4
    block, quads, latent_quads = (base + bottom) // 4, (top - bottom) // 4, (rank + 3) // 4
    curvature, scale, scale_now = np.zeros(BLOCK), np.zeros(BLOCK), np.zeros(BLOCK)
    assign(curvature[low - base : high - base], 1.0, curvature_all[low:high])
    assign(scale[low - base : high - base], 1.0, scale_all[low:high])
    factor = np.zeros((BLOCK, rank))
    for c in range(low, high):
        assign(factor[c - base], 1.0, factor_all[c])
    x, velocity = np.zeros((BLOCK, LANES)), np.zeros((BLOCK, LANES))
    rows, unread, ones = x.reshape(BLOCK * LANES), np.zeros(LANES), np.ones(BLOCK)
    noise, latent = np.zeros(BLOCK * LANES), np.zeros(4 * latent_quads * LANES)
    bits = np.zeros(2 * LANES, np.uint64)
    for lane in range(0, energy.shape[1], LANES):
        fill_start(x, start, base, low, high, lane)
        velocity[:] = 0.0
        for t in range(steps + 1):
            slot = slots[t]
            moves = t < steps and plan[t, DOMINANT + side] != 0.0
            apart = heavy or not moves  # plain steps add up the energies themselves
            if slot >= 0 and (apart or loss.shape[0] > 0 or positions.shape[0] > 0):
                observe_tile(
                    x, curvature, base, low, high, slot, lane, apart, energy, loss, positions
                )
            if not moves:
                velocity[:] = 0.0
                continue
            eta, beta, strength = plan[t, STEP_SIZE], plan[t, MOMENTUM], plan[t, NOISE]
            record = energy[slot][lane:] if slot >= 0 else unread
            replica, weights = first + lane, scale_now
            assign(scale_now, strength, scale)
            if strength == 0.0:
                noise[:] = 0.0
            else:
                fill(noise, bits, family, parameters, block, quads, t, replica, STEP_STREAM, key)
            if rank > 0 and strength != 0.0:
                fill(
                    latent, bits, family, parameters, FIRST, latent_quads, t, replica,
                    FACTOR_STREAM, key,
                )  # fmt: skip
                assign(latent, strength, latent)
                add_factor(noise, bottom, top, scale_now, factor, latent)
                weights = ones
            if heavy:
                heavy_steps(x, velocity, noise, bottom, top, curvature, weights, eta, beta)
            else:
                plain_steps(rows, noise, bottom, top, curvature, weights, eta, record)


@compiled
def run_additive(
    tiles: Any,
    curvature: Any,
    scale: Any,
    factor: Any,
    start: Any,
    family: int,
    parameters: Any,
    heavy: bool,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """All tiles (low, high, side) of one chunk; adds to energy[side, slot, lane] and loss."""
    signs_only = family == RADEMACHER and factor.shape[1] == 0 and not heavy
    for n in range(tiles.shape[0]):
        low, high, side = tiles[n, 0], tiles[n, 1], tiles[n, 2]
        if signs_only:
            run_signs(
                low, high, side, curvature, scale, start, plan, slots, key, first,
                energy[side], loss[side], positions,
            )  # fmt: skip
        else:
            run_tile(
                low, high, side, curvature, scale, factor, start, family, parameters, heavy,
                plan, slots, key, first, energy[side], loss[side], positions,
            )  # fmt: skip
