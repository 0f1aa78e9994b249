"""TS-8 as prose: alignment fades over many steps of GD, and one step of SGD restores it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

SHARP, FLAT, COUPLING, ETA = 1000, 1, 100, Fraction(1, 10**4)


def chi_squared(x, y):
    """The dominant share of the squared gradient."""
    return (SHARP * x) ** 2 / ((SHARP * x) ** 2 + (FLAT * y) ** 2)


def step(x, y, coupling=0):
    """One step on a sample; without coupling, a step of GD."""
    return x - ETA * (SHARP * x + coupling * y), y - ETA * (FLAT * y + coupling * x)


@settings(max_examples=30)
@given(odds=st.integers(100, 10000))
def test_gd_needs_tens_of_steps_to_forget(odds) -> None:
    """Fails when GD halves a high alignment within five steps, or keeps it for 120."""
    x, y = Fraction(odds, 100 * SHARP), Fraction(1)  # lambda x = odds/100 mu y
    before = chi_squared(x, y)
    path = []
    for _ in range(120):
        x, y = step(x, y)
        path.append(chi_squared(x, y))
    assert path == sorted(path, reverse=True)
    if before > Fraction(9, 10):
        assert path[4] > before / 2
    assert path[-1] < Fraction(1, 20)


@settings(max_examples=30)
@given(sign=st.sampled_from([1, -1]), height=st.integers(1, 50))
def test_one_step_of_sgd_restores_it(sign, height) -> None:
    """Fails when a step from the bottom of the valley leaves chi_1 below 0.995."""
    x, y = step(Fraction(0), Fraction(height), sign * COUPLING)
    assert chi_squared(x, y) > Fraction(995, 1000) ** 2


def test_weak_noise_does_not() -> None:
    """Fails when a coupling of 0.1 makes the first gradient dominant."""
    x, y = step(Fraction(0), Fraction(1), Fraction(1, 10))
    assert chi_squared(x, y) < Fraction(2, 100) ** 2
