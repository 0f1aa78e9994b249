"""What the loops read and record: columns of a plan, starts, squared gradients, losses."""

from __future__ import annotations

from typing import Any

from verify.kernels.compilation import compiled, fused
from verify.kernels.rows import LANES

STEP_SIZE, MOMENTUM, NOISE, DOMINANT, BULK = range(5)  # columns of a plan, one row per step


@compiled
def assign(target: Any, factor: float, source: Any) -> None:
    """target <- factor source; a loop compiles in a fraction of the time of an array expression."""
    for i in range(target.size):
        target[i] = factor * source[i]


@compiled
def copy_lanes(target: Any, source: Any) -> None:
    """One number per replica."""
    for i in range(LANES):
        target[i] = source[i]


@compiled
def fill_start(x: Any, start: Any, base: int, low: int, high: int, lane: int) -> None:
    """The starting points of LANES replicas, from `lane` on; the last row serves all others."""
    for i in range(LANES):
        row = start[min(lane + i, start.shape[0] - 1)]
        for c in range(low - base, high - base):
            x[c, i] = row[base + c]


@compiled
def observe(x: Any, curvature: float, energy: Any) -> None:
    """Add this coordinate's squared gradient."""
    for i in range(x.size):
        gradient = curvature * x[i]
        energy[i] = fused(gradient, gradient, energy[i])


@compiled
def observe_loss(x: Any, curvature: float, loss: Any) -> None:
    """Add this coordinate's share of the loss."""
    for i in range(x.size):
        loss[i] += 0.5 * curvature * x[i] * x[i]


@compiled
def observe_tile(
    x: Any,
    curvature: Any,
    base: int,
    low: int,
    high: int,
    slot: int,
    lane: int,
    with_energy: bool,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Coordinates low ... high - 1 of the tile that starts at `base`, replicas from `lane` on."""
    for c in range(low - base, high - base):
        if with_energy:
            observe(x[c], curvature[c], energy[slot][lane:])
        if loss.shape[0] > 0:
            observe_loss(x[c], curvature[c], loss[slot][lane:])
        if positions.shape[0] > 0:
            assign(positions[slot][base + c][lane : lane + x.shape[1]], 1.0, x[c])


@compiled
def observe_all(
    x: Any, curvature: Any, k: int, slot: int, lane: int, energy: Any, loss: Any, positions: Any
) -> None:
    """All coordinates at one time, replicas from `lane` on."""
    for side in range(2):
        low, high = (0, k) if side == 0 else (k, x.shape[0])
        observe_tile(
            x, curvature, 0, low, high, slot, lane, True, energy[side], loss[side], positions
        )
