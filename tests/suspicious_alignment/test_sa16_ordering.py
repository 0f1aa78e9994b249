"""SA-16 as prose: with two levels, a step that harms only the dominant loss raises alignment."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
NOISE = st.one_of(st.just(Fraction(0)), POSITIVE)


def after(curvature, energy, variance, step_size):
    """Expected energy of a direction after a literal step, noise of two signs averaged."""
    gradient_squared = (1 - step_size * curvature) ** 2 * energy
    return gradient_squared + (step_size * curvature) ** 2 * variance


@settings(max_examples=150)
@given(low=POSITIVE, gap=POSITIVE, energies=st.tuples(POSITIVE, POSITIVE),
       variances=st.tuples(NOISE, NOISE), share=st.integers(1, 9))  # fmt: skip
def test_paradoxical_steps_raise_alignment(low, gap, energies, variances, share) -> None:
    """Fails when a step inside a two-level interval lowers the alignment."""
    curvatures = (low + gap, low)
    limits = [
        2 * e / (c * (e + v)) for c, e, v in zip(curvatures, energies, variances, strict=True)
    ]
    if limits[0] >= limits[1]:
        return
    step_size = limits[0] + Fraction(share, 10) * (limits[1] - limits[0])
    dominant, bulk = (
        after(c, e, v, step_size) for c, e, v in zip(curvatures, energies, variances, strict=True)
    )
    assert dominant > energies[0]
    assert bulk < energies[1]
    assert dominant / (dominant + bulk) > energies[0] / sum(energies)


def test_with_three_levels_such_a_step_can_lower_it() -> None:
    """Fails when the printed example (1/2 becomes 3200/8101 at step 1/10) is wrong."""
    modes = ((10, 1, 0), (1, 0, 64), (Fraction(1, 10), 1, 1))
    energies = [after(c, e, v, Fraction(1, 10)) for c, e, v in modes]
    assert sum(energies[:2]) / sum(energies) == Fraction(3200, 8101)
