"""TS-18 as prose: where gradient descent and momentum stop converging on a parabola."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
MOMENTUM = st.builds(lambda n: Fraction(n, 10), st.integers(0, 9))


def heavy_ball(curvature, step_size, momentum, steps, *, damped=False):
    """Positions of a run from 1, at rest."""
    x, m, seen = Fraction(1), Fraction(0), []
    for _ in range(steps):
        seen.append(x)
        m = momentum * m + (1 - momentum if damped else 1) * curvature * x
        x -= step_size * m
    return [*seen, x]


@given(curvature=POSITIVE)
def test_at_twice_the_inverse_sharpness_gradient_descent_repeats_itself(curvature) -> None:
    """Fails unless x, -x, x, -x ... for ever."""
    assert heavy_ball(curvature, 2 / curvature, 0, 6) == [1, -1, 1, -1, 1, -1, 1]


@given(curvature=POSITIVE, step_size=POSITIVE)
def test_gradient_descent_comes_closer_exactly_below_the_edge(curvature, step_size) -> None:
    """Fails when a step below 2/lambda moves away, or one beyond it does not."""
    _, after = heavy_ball(curvature, step_size, 0, 1)
    assert (abs(after) < 1) == (curvature < 2 / step_size)


@given(step_size=POSITIVE, momentum=MOMENTUM)
def test_at_its_edge_heavy_ball_oscillates_without_decay(step_size, momentum) -> None:
    """Fails unless the constant oscillation x, -x, x solves the recursion exactly at the edge."""
    curvature = 2 * (1 + momentum) / step_size
    factor = 1 + momentum - step_size * curvature
    assert factor * -1 - momentum * 1 == 1


@given(step_size=POSITIVE)
def test_momentum_keeps_a_curvature_that_is_too_sharp_for_gradient_descent(step_size) -> None:
    """Fails unless beta = 0.9 damps lambda = 3/eta, and lambda = 5/eta in the damped form."""
    plain = heavy_ball(3 / step_size, step_size, Fraction(9, 10), 120)
    damped = heavy_ball(5 / step_size, step_size, Fraction(9, 10), 120, damped=True)
    assert abs(plain[-1]) < Fraction(1, 10)
    assert abs(damped[-1]) < Fraction(1, 10)
