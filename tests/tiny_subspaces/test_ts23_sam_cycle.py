"""TS-23 as prose: where SAM goes on a parabola, and which direction it chooses."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import hypot

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
SHARE = st.builds(lambda n: Fraction(n, 10), st.integers(1, 19))  # eta lambda, below 2


def step(curvature, x, step_size, radius):
    """One SAM step in one dimension."""
    direction = 1 if x > 0 else -1
    return x - step_size * curvature * (x + radius * direction)


@given(curvature=POSITIVE, radius=POSITIVE, product=SHARE)
def test_sam_has_a_cycle_from_which_it_never_reaches_the_minimum(
    curvature, radius, product
) -> None:
    """Fails unless x, -x, x ... goes on for ever at the amplitude where a step reflects."""
    amplitude = product * radius / (2 - product)
    x = amplitude
    for sign in (-1, 1, -1, 1):
        x = step(curvature, x, product / curvature, radius)
        assert x == sign * amplitude


@given(curvature=POSITIVE, radius=POSITIVE, product=SHARE, start=POSITIVE)
def test_from_every_start_the_size_approaches_the_amplitude(
    curvature, radius, product, start
) -> None:
    """Fails when, after the sign first changes, a step leads away from the cycle."""
    amplitude, x, sizes = product * radius / (2 - product), start, []
    for _ in range(12):
        after = step(curvature, x, product / curvature, radius)
        if after == 0:
            return  # SAM has no direction at the minimum
        if after * x < 0:
            sizes.append(abs(abs(after) - amplitude))
        x = after
    assert all(b <= a for a, b in pairwise(sizes))


def run(curvatures, start, steps, step_size=0.01, radius=0.1):
    """The last two points of a SAM run on a quadratic."""
    x = before = list(start)
    for _ in range(steps):
        before = x
        g = [c * a for c, a in zip(curvatures, x, strict=True)]
        length = hypot(*g)
        x = [
            a - step_size * c * (a + radius * s / length)
            for a, c, s in zip(x, curvatures, g, strict=True)
        ]
    return before, x


def test_a_displacement_towards_a_flatter_direction_dies_out() -> None:
    """Fails unless a run near the cycle of curvature 100 forgets a push along curvature 40."""
    _, x = run((100, 40), (0.1, 0.001), 40)
    assert abs(x[1]) < 0.001 / 1000


def test_the_cycle_of_a_flatter_direction_is_left() -> None:
    """Fails unless a run near the cycle of curvature 40 ends in that of curvature 100."""
    before, x = run((100, 40), (1e-9, 0.025), 200)
    moved = [a - b for a, b in zip(x, before, strict=True)]
    assert abs(moved[0]) > 1000 * abs(moved[1])
