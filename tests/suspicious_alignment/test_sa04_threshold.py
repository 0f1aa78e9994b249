"""SA-4 as prose: move energy between blocks of fixed shape; large steps help below a* only."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
HUGE = Fraction(10) ** 30  # stands for an infinite step
ALIGNMENTS = [Fraction(n, 40) for n in range(1, 40)]


def huge_step_raises(curvatures, energy, variances, alignment):
    """Whether a huge literal step raises alignment, with one direction in each block."""
    blocks = [
        (1 - HUGE * lam) ** 2 * share * energy + (HUGE * lam) ** 2 * variance
        for lam, share, variance in zip(
            curvatures, (alignment, 1 - alignment), variances, strict=True
        )
    ]
    return blocks[0] / sum(blocks) > alignment


@settings(max_examples=60)
@given(low=POSITIVE, gap=POSITIVE, energy=POSITIVE, variances=st.tuples(POSITIVE, POSITIVE))
def test_one_threshold_separates_the_regimes(low, gap, energy, variances) -> None:
    """Fails when a higher alignment can be raised and a lower one cannot."""
    curvatures = (low + gap, low)
    raised = [huge_step_raises(curvatures, energy, variances, a) for a in ALIGNMENTS]
    assert raised == sorted(raised, reverse=True)


@settings(max_examples=60)
@given(low=POSITIVE, gap=POSITIVE, energy=POSITIVE, variances=st.tuples(POSITIVE, POSITIVE))
def test_more_energy_moves_the_threshold_up(low, gap, energy, variances) -> None:
    """Fails when an alignment that can be raised cannot be raised with twice the energy."""
    curvatures = (low + gap, low)
    for alignment in ALIGNMENTS:
        if huge_step_raises(curvatures, energy, variances, alignment):
            assert huge_step_raises(curvatures, 2 * energy, variances, alignment)


def test_the_share_of_the_noise_is_not_the_threshold() -> None:
    """Fails when, in the printed example, 0.9 cannot be raised although it exceeds 4/5."""
    curvatures, variances = (Fraction(1), Fraction(1, 2)), (Fraction(1), Fraction(1))
    assert huge_step_raises(curvatures, 8, variances, Fraction(9, 10))
    assert not huge_step_raises(curvatures, 1, variances, Fraction(9, 10))
