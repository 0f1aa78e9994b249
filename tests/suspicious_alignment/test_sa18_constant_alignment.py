"""SA-18 as prose: choose every step so that alignment stays, and it stays."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))


def after(curvature, energy, variance, step_size):
    """Expected energy of a block with one eigenvalue after a step, noise of two signs averaged."""
    return (1 - step_size * curvature) ** 2 * energy + (step_size * curvature) ** 2 * variance


def difference(curvatures, energies, variances, step_size):
    """Positive where the step raises the dominant share."""
    blocks = zip(curvatures, energies, variances, strict=True)
    dominant, bulk = (after(c, e, v, step_size) for c, e, v in blocks)
    return dominant * energies[1] - energies[0] * bulk


def critical_step(curvatures, energies, variances):
    """The step at which the difference, a quadratic in the step without constant term, is zero."""
    at_one = difference(curvatures, energies, variances, 1)
    at_minus_one = difference(curvatures, energies, variances, -1)
    square, slope = (at_one + at_minus_one) / 2, (at_one - at_minus_one) / 2
    return -slope / square


@settings(max_examples=80)
@given(low=POSITIVE, gap=POSITIVE, variances=st.tuples(POSITIVE, POSITIVE),
       share=st.integers(1, 10), energy=POSITIVE)  # fmt: skip
def test_alignment_is_held_and_the_step_never_exceeds_the_minimax_step(
    low, gap, variances, share, energy
) -> None:
    """Fails when some state below a_N has no critical step, or a too large one, or leaves a_0."""
    curvatures = (low + gap, low)
    noise = [c**2 * v for c, v in zip(curvatures, variances, strict=True)]
    alignment = Fraction(share, 10) * noise[0] / sum(noise)
    energies = [alignment * energy, (1 - alignment) * energy]
    for _ in range(3):
        step_size = critical_step(curvatures, energies, variances)
        assert 0 < step_size <= 2 / sum(curvatures)
        energies = [
            after(c, e, v, step_size)
            for c, e, v in zip(curvatures, energies, variances, strict=True)
        ]
        assert energies[0] / sum(energies) == alignment


def test_one_half_is_held_by_steps_that_tend_to_20_over_19() -> None:
    """Fails when the printed limit is not a fixed point of the run."""
    curvatures, variances, step_size = (Fraction(1), Fraction(1, 10)), (1, 20), Fraction(20, 19)
    energies = [
        step_size * c * v / (2 - step_size * c) for c, v in zip(curvatures, variances, strict=True)
    ]
    assert energies[0] == energies[1]
    assert critical_step(curvatures, energies, variances) == step_size
