"""TS-15 as prose: SGD wanders around GD, and how far it wanders is known."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.builds(Fraction, st.integers(-5, 5), st.integers(1, 4))


@settings(max_examples=40)
@given(start=st.tuples(NUMBERS, NUMBERS), coupling=NUMBERS, steps=st.integers(1, 5))
def test_the_mean_over_all_sequences_is_gd(start, coupling, steps) -> None:
    """Fails when the mean position over all sequences of samples is not that of GD."""
    sharp, flat, eta = Fraction(3), Fraction(1, 2), Fraction(1, 4)
    ends = []
    for signs in product((1, -1), repeat=steps):
        x, y = start
        for sign in signs:
            c = sign * coupling
            x, y = x - eta * (sharp * x + c * y), y - eta * (flat * y + c * x)
        ends.append((x, y))
    assert sum(x for x, _ in ends) / len(ends) == (1 - eta * sharp) ** steps * start[0]
    assert sum(y for _, y in ends) / len(ends) == (1 - eta * flat) ** steps * start[1]


def test_additive_noise_keeps_a_distance() -> None:
    """Fails when six steps of noise do not bring the squared distance to (1 - kept^6) level."""
    eta, curvature, noise = Fraction(1, 10), Fraction(2), Fraction(3)
    squares = []
    for signs in product((1, -1), repeat=6):
        displacement = Fraction(0)
        for sign in signs:
            displacement -= eta * (curvature * displacement + sign * noise)
        squares.append(displacement**2)
    level = eta * noise**2 / (curvature * (2 - eta * curvature))
    assert sum(squares) / len(squares) == (1 - (1 - eta * curvature) ** 12) * level
