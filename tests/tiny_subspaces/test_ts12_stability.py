"""TS-12 as prose: mean squares explode beyond a coupling, single paths long afterwards do not."""

from __future__ import annotations

import random
from fractions import Fraction
from math import log

import pytest

from verify.balls import OutOfScope
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces import toy_drift
from verify.tiny_subspaces.toy_drift import growth_bounds
from verify.tiny_subspaces.ts12_stability import COARSE, toy

SHARP, FLAT, ETA = Fraction(1000), Fraction(1), Fraction(1, 10**4)


def mean_squares(coupling, steps):
    """E x^2 + E y^2 after these steps from (0, 1), in floating point."""
    kept = float((1 - ETA * SHARP) ** 2), float((1 - ETA * FLAT) ** 2)
    mixed = float((ETA * coupling) ** 2)
    u, v = 0.0, 1.0
    for _ in range(steps):
        u, v = kept[0] * u + mixed * v, kept[1] * v + mixed * u
    return u + v


def path_length(coupling, steps, chance):
    """log |theta| after these steps from (0, 1) on one path."""
    x, y, shrunk = 0.0, 1.0, 0.0
    for _ in range(steps):
        c = float(ETA * coupling) * chance.choice((1, -1))
        x, y = float(1 - ETA * SHARP) * x - c * y, float(1 - ETA * FLAT) * y - c * x
        size = (x * x + y * y) ** 0.5
        x, y, shrunk = x / size, y / size, shrunk + log(size)
    return shrunk


def test_mean_squares_turn_at_the_printed_coupling() -> None:
    """Fails when mean squares do not shrink just below 785.128, and grow just above."""
    for coupling, grows in (("785", False), ("785.3", True), ("100", False), ("800", True)):
        c = Fraction(coupling)
        assert (mean_squares(c, 4000) > mean_squares(c, 2000)) == grows


def test_the_condition_does_not_ask_for_convex_samples() -> None:
    """Fails when the samples of the paper, each with a descent direction, make squares explode."""
    coupling = Fraction(100)
    assert coupling**2 > SHARP * FLAT  # determinant of each sample's Hessian is negative
    assert mean_squares(coupling, 20000) < mean_squares(coupling, 10000) < 1


def test_paths_shrink_where_mean_squares_grow() -> None:
    """Fails when a long path at c = 1500 has not shrunk to e^-20, while mean squares grow."""
    assert mean_squares(Fraction(1500), 2000) > 10
    chance = random.Random(1)
    assert all(path_length(Fraction(1500), 40_000, chance) < -20 for _ in range(2))


def test_growth_is_bounded_on_the_right_side() -> None:
    """Fails when paths that grow get a negative upper bound, or paths that shrink one above 0."""
    numbers = {"sharp": "1000", "flat": "-100", "eta": "1/10000", "coupling": "1000"}
    low, _ = growth_bounds(InstanceWorld(instance("toy quadratic", **numbers)), *COARSE)
    _, high = growth_bounds(toy(1000), *COARSE)
    assert high < 0 < low


def test_steps_that_turn_too_far_are_refused() -> None:
    """Fails when bounds are returned for a step that may turn a direction by a right angle."""
    with pytest.raises(OutOfScope, match="right angle"):
        growth_bounds(toy(12_000), *COARSE)


def test_a_poor_fit_widens_the_bounds_and_loses_nothing(monkeypatch) -> None:
    """Fails when the bounds rest on the fitted function: without one they are those of one step."""
    good = growth_bounds(toy(1000), *COARSE)
    monkeypatch.setattr(toy_drift, "fitted", lambda world, terms: [0.0])
    poor = growth_bounds(toy(1000), *COARSE)
    assert poor[0] < good[0] < good[1] < poor[1]
    assert -0.11 < poor[0] < -0.09  # along x a step keeps about 0.9
    assert poor[1] > 0  # along y the noise makes it longer
