"""TS-11 as prose: how much coupling, or how long a step, a high alignment needs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))


def settled(sharp, flat, coupling, eta):
    """The alignment after 400 steps of floating-point moments from E x^2 = 0, E y^2 = 1."""
    u, v = 0.0, 1.0
    for _ in range(400):
        u, v = (
            (1 - eta * sharp) ** 2 * u + (eta * coupling) ** 2 * v,
            (1 - eta * flat) ** 2 * v + (eta * coupling) ** 2 * u,
        )
        u, v = u / (u + v), v / (u + v)
    return sharp**2 * u / (sharp**2 * u + flat**2 * v)


def test_alignment_grows_with_the_coupling_and_passes_the_printed_threshold() -> None:
    """Fails when a stronger coupling lowers the limit, or chi = .95 is passed elsewhere."""
    limits = [settled(1000, 1, c, 1e-4) for c in (1, 5, 13.25, 13.26, 20, 100, 1000)]
    assert all(x < y for x, y in pairwise(limits))
    assert limits[2] < 0.9025 < limits[3]


def test_alignment_grows_with_the_step_size() -> None:
    """Fails when a longer step below 2/(lambda + mu) lowers the limit."""
    limits = [settled(10, 1, 5, eta) for eta in (0.02, 0.05, 0.1, 0.15)]
    assert all(x < y for x, y in pairwise(limits))


@settings(max_examples=40)
@given(flat=POSITIVE, extra=POSITIVE, share=st.integers(1, 5), noise=st.integers(1, 10))
def test_no_noise_beats_the_curvatures(flat, extra, share, noise) -> None:
    """Fails when a run ends with odds of alignment above the squared ratio of the curvatures."""
    sharp = flat + extra
    eta, coupling = Fraction(share, 5) / (sharp + flat), flat * Fraction(noise, 10)
    alignment = settled(*map(float, (sharp, flat, coupling, eta)))
    odds = float(sharp / flat) ** 2
    assert alignment < odds / (1 + odds)
