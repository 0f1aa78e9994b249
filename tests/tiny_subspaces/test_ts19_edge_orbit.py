"""TS-19 as prose: an orbit on which the sharpness stays at 2/eta for ever."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))


def step(x, y, step_size, pull, target):
    """Gradient descent on y x^2/2 + m (Y - y)^2/2."""
    return x - step_size * x * y, y - step_size * (x**2 / 2 - pull * (target - y))


@given(step_size=POSITIVE, pull=POSITIVE, amplitude=POSITIVE)
def test_the_orbit_repeats_itself_with_the_sharpness_at_the_edge(
    step_size, pull, amplitude
) -> None:
    """Fails unless (X, 2/eta) and (-X, 2/eta) follow each other exactly."""
    edge = 2 / step_size
    target = edge + amplitude**2 / (2 * pull)
    here = (amplitude, edge)
    there = step(*here, step_size, pull, target)
    assert there == (-amplitude, edge)
    assert step(*there, step_size, pull, target) == here


def after_many_steps(target, pull, start, steps=300):
    """Where a run with step size 1 ends."""
    x, y = start
    for _ in range(steps):
        x, y = step(x, y, 1.0, pull, target)
    return abs(x), y


def test_a_run_near_the_orbit_finds_it_if_the_target_is_below_five_halves() -> None:
    """Fails unless a run that starts a hundredth away comes back to X = 0.6, y = 2."""
    x, y = after_many_steps(2.3, 0.6, (0.61, 2.0))
    assert abs(x - 0.6) < 0.01 / 1000
    assert abs(y - 2) < 0.01 / 1000


def test_a_run_near_the_orbit_leaves_it_if_the_target_is_above() -> None:
    """Fails unless a run that starts a millionth away is a thousandth away in the end."""
    x, _ = after_many_steps(2.6, 0.3, (0.6 + 1e-6, 2.0))
    assert abs(x - 0.6) > 1e-3
