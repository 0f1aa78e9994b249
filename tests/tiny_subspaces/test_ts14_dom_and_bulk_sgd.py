"""TS-14 as prose: which of two projected methods still trains the toy, and how far."""

from __future__ import annotations

import numpy as np

SHARP, FLAT, COUPLING, ETA = 1000.0, 1.0, 100.0, 1e-4


def loss(x, y):
    """The mean loss of many points."""
    return np.mean(SHARP * x**2 + FLAT * y**2) / 2


def run(x, y, steps, chance, moves_x=True, moves_y=True):
    """Literal steps of SGD on every point, perhaps along one direction only."""
    for _ in range(steps):
        c = COUPLING * chance.choice((1, -1), size=len(x))
        dx, dy = -ETA * (SHARP * x + c * y), -ETA * (FLAT * y + c * x)
        x, y = x + dx * moves_x, y + dy * moves_y
    return x, y


def test_dom_sgd_stops_and_the_others_go_on() -> None:
    """Fails when Dom-SGD changes the loss of 2000 paths by 15 %, or another method does not."""
    chance = np.random.default_rng(3)
    settled = run(np.zeros(2000), np.ones(2000), 60, chance)
    left = {
        "dom": loss(*run(*settled, 1500, chance, moves_y=False)) / loss(*settled),
        "bulk": loss(*run(*settled, 1500, chance, moves_x=False)) / loss(*settled),
        "sgd": loss(*run(*settled, 1500, chance)) / loss(*settled),
    }
    assert abs(left["dom"] - 1) < 0.15
    assert left["bulk"] < 0.9
    assert left["sgd"] < 0.9


def test_bulk_sgd_never_gets_below_the_loss_of_the_frozen_direction() -> None:
    """Fails when Bulk-SGD lowers the part of the loss that x alone makes."""
    chance = np.random.default_rng(4)
    settled = run(np.zeros(50), np.ones(50), 60, chance)
    later = run(*settled, 5000, chance, moves_x=False)
    assert np.array_equal(later[0], settled[0])
    assert loss(*later) > loss(settled[0], np.zeros(50))
