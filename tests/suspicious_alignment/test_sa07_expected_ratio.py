"""SA-7 as prose: how far the mean of the ratio can be from the ratio of the means."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
OUTCOMES = st.lists(st.tuples(st.integers(1, 5), NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=5)


def mean(weights, values):
    """Weighted mean of exact numbers."""
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)


@given(outcomes=OUTCOMES, convention=st.builds(Fraction, st.integers(0, 4), st.just(4)))
def test_the_means_differ_by_at_most_half_the_variation(outcomes, convention) -> None:
    """Fails when E[D/G] leaves the interval around E D/E G that the variation of G allows.

    An outcome is a weight and a gradient with one dominant and two bulk coordinates; D/G counts as
    `convention` where the gradient is zero.
    """
    weights = [Fraction(w) for w, *_ in outcomes]
    dominant = [x**2 for _, x, _, _ in outcomes]
    energy = [x**2 + y**2 + z**2 for _, x, y, z in outcomes]
    if not any(energy):
        return
    ratios = [d / g if g else convention for d, g in zip(dominant, energy, strict=True)]
    average = mean(weights, energy)
    variance = mean(weights, [(g - average) ** 2 for g in energy])
    difference = mean(weights, ratios) - mean(weights, dominant) / average
    assert (2 * difference * average) ** 2 <= variance


def test_the_two_alignments_can_move_in_opposite_directions() -> None:
    """Fails when a step of 1/2 does not raise E D/E G and lower E[D/G] in the instance I1."""
    outcomes = []
    for up in (3, -3):
        for across in (2, -2):
            position = (Fraction(2), Fraction(4))
            moved = [
                x - Fraction(1, 2) * (curvature * x + xi)
                for x, curvature, xi in zip(
                    position, (1, Fraction(1, 2)), (up, across), strict=True
                )
            ]
            outcomes.append((moved[0] ** 2, (moved[1] / 2) ** 2))
    ratio_of_means = sum(d for d, _ in outcomes) / sum(d + b for d, b in outcomes)
    mean_of_ratios = sum(d / (d + b) for d, b in outcomes) / 4
    assert mean_of_ratios < Fraction(1, 2) < ratio_of_means
