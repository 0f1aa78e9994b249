"""SGD steps with independent Rademacher noise: several steps while the state is in registers."""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.kernels.compilation import compiled, fused
from verify.kernels.observation import (
    DOMINANT,
    NOISE,
    STEP_SIZE,
    assign,
    copy_lanes,
    fill_start,
    observe_tile,
)
from verify.kernels.rows import BLOCK, FIRST, LANES, fill_words
from verify.kernels.variates import flip
from verify.kernels.words import STEP_STREAM, U

SPAN = 8  # steps advanced together; the number changes no bit


def advance_by(span: int) -> Any:
    """`span` literal steps of a tile, compiled."""

    @compiled
    def advance(
        x: Any,
        bits: Any,
        bottom: int,
        top: int,
        curvature: Any,
        scale: Any,
        eta: float,
        record: Any,
    ) -> None:
        """Coordinates bottom ... top - 1; record holds a row per step, bits two rows per step."""
        for c in range(bottom, top, 4):
            four, source = x[c * LANES : (c + 4) * LANES], bits[(c >> 6) * LANES :]
            shift = U(60) - U(c & 63)
            l0, l1, l2, l3 = curvature[c], curvature[c + 1], curvature[c + 2], curvature[c + 3]
            s0, s1, s2, s3 = scale[c], scale[c + 1], scale[c + 2], scale[c + 3]
            for i in range(LANES):
                x0, x1 = four[i], four[LANES + i]
                x2, x3 = four[2 * LANES + i], four[3 * LANES + i]
                for j in range(span):
                    g0, g1, g2, g3 = l0 * x0, l1 * x1, l2 * x2, l3 * x3
                    energy = fused(g1, g1, fused(g0, g0, record[LANES * j + i]))
                    record[LANES * j + i] = fused(g3, g3, fused(g2, g2, energy))
                    word = source[2 * LANES * j + i] << shift
                    x3 = fused(-eta, g3 + flip(s3, word), x3)
                    word += word  # the next lower bit moves to the top
                    x2 = fused(-eta, g2 + flip(s2, word), x2)
                    word += word
                    x1 = fused(-eta, g1 + flip(s1, word), x1)
                    word += word
                    x0 = fused(-eta, g0 + flip(s0, word), x0)
                four[i], four[LANES + i] = x0, x1
                four[2 * LANES + i], four[3 * LANES + i] = x2, x3

    return advance


advance_one, advance_span = advance_by(1), advance_by(SPAN)


@compiled
def steps_together(plan: Any, slots: Any, t: int, only_energy: bool) -> int:
    """SPAN if the next SPAN steps are alike and only energies are recorded on the way, else 1."""
    if t + SPAN > plan.shape[0]:
        return 1
    for j in range(1, SPAN):
        if slots[t + j] >= 0 and not only_energy:
            return 1
        for column in range(plan.shape[1]):
            if plan[t + j, column] != plan[t, column]:
                return 1
    return SPAN


@compiled
def run_signs(
    low: int,
    high: int,
    side: int,
    curvature_all: Any,
    scale_all: Any,
    start: Any,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Coordinates low ... high - 1 of one block of 128 and one side, from first to last step."""
    steps = plan.shape[0]
    only_energy = loss.shape[0] == 0 and positions.shape[0] == 0
    base = low // BLOCK * BLOCK
    bottom, top = (low - base) // 4 * 4, (high - base + 3) // 4 * 4
    curvature, scale, scale_now = np.zeros(BLOCK), np.zeros(BLOCK), np.zeros(BLOCK)
    assign(curvature[low - base : high - base], 1.0, curvature_all[low:high])
    assign(scale[low - base : high - base], 1.0, scale_all[low:high])
    x = np.zeros((BLOCK, LANES))
    rows = x.reshape(BLOCK * LANES)
    bits, record = np.zeros(SPAN * 2 * LANES, np.uint64), np.zeros(SPAN * LANES)
    for lane in range(0, energy.shape[1], LANES):
        fill_start(x, start, base, low, high, lane)
        t = FIRST
        while t <= steps:
            moves = t < steps and plan[t, DOMINANT + side] != 0.0
            if slots[t] >= 0 and not (moves and only_energy):
                observe_tile(
                    x, curvature, base, low, high, slots[t], lane, not moves,
                    energy, loss, positions,
                )  # fmt: skip
            if not moves:
                t += 1
                continue
            span = steps_together(plan, slots, t, only_energy)
            eta = plan[t, STEP_SIZE]
            assign(scale_now, plan[t, NOISE], scale)
            for j in range(span):
                block, part = low // BLOCK, bits[2 * LANES * j : 2 * LANES * (j + 1)]
                fill_words(part, block, t + j, first + lane, STEP_STREAM, key)
                if slots[t + j] >= 0:
                    copy_lanes(record[LANES * j :], energy[slots[t + j]][lane:])
            if span == 1:
                advance_one(rows, bits, bottom, top, curvature, scale_now, eta, record)
            else:
                advance_span(rows, bits, bottom, top, curvature, scale_now, eta, record)
            for j in range(span):
                if slots[t + j] >= 0:
                    copy_lanes(energy[slots[t + j]][lane:], record[LANES * j :])
            t += span
