"""SA-6 as prose: what one step does to a state in which a block has no gradient."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
AMOUNT = st.one_of(st.just(Fraction(0)), POSITIVE)


def energies_after(curvatures, gradient, deviations, step_size):
    """Mean squared gradient per direction after one step with noise +-deviation."""
    energies = []
    for curvature, g, deviation in zip(curvatures, gradient, deviations, strict=True):
        outcomes = [
            curvature * (g / curvature - step_size * (g + sign * deviation)) for sign in (1, -1)
        ]
        energies.append(sum(x**2 for x in outcomes) / 2)
    return energies


@given(top=POSITIVE, low=POSITIVE, g=POSITIVE, noise=st.tuples(AMOUNT, AMOUNT), step=POSITIVE)
def test_without_dominant_gradient_alignment_rises_as_soon_as_there_is_noise(
    top, low, g, noise, step
) -> None:
    """Fails when dominant noise does not raise a from 0, or a rises without it."""
    dominant, bulk = energies_after((low + top, low), (Fraction(0), g), noise, step)
    if noise[0] > 0:
        assert dominant / (dominant + bulk) > 0
    elif dominant + bulk > 0:
        assert dominant / (dominant + bulk) == 0


@given(top=POSITIVE, low=POSITIVE, g=POSITIVE, noise=st.tuples(AMOUNT, AMOUNT), step=POSITIVE)
def test_without_bulk_gradient_alignment_falls_as_soon_as_there_is_noise(
    top, low, g, noise, step
) -> None:
    """Fails when bulk noise does not lower a from 1, or a falls without it."""
    dominant, bulk = energies_after((low + top, low), (g, Fraction(0)), noise, step)
    if noise[1] > 0:
        assert dominant / (dominant + bulk) < 1
    elif dominant + bulk > 0:
        assert dominant / (dominant + bulk) == 1


@given(
    top=POSITIVE,
    low=POSITIVE,
    noise=st.tuples(POSITIVE, POSITIVE),
    steps=st.tuples(POSITIVE, POSITIVE),
)
def test_at_the_minimum_the_step_size_does_not_matter(top, low, noise, steps) -> None:
    """Fails when alignment after a step from the minimum depends on the size of the step."""
    alignments = set()
    for step in steps:
        dominant, bulk = energies_after((low + top, low), (Fraction(0), Fraction(0)), noise, step)
        alignments.add(dominant / (dominant + bulk))
    assert len(alignments) == 1
