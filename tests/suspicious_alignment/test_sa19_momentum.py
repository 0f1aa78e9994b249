"""SA-19 as prose: with momentum a larger step can stop helping, and help again."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
CURVATURES = st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda pair: pair[0] > pair[1])


def alignment_after(step_size, curvatures, gradient, velocity, momentum, deviations):
    """Heavy ball on one dominant and one bulk direction, averaged over the signs of the noise."""
    energies = []
    for curvature, g, v, deviation in zip(curvatures, gradient, velocity, deviations, strict=True):
        position = Fraction(g) / curvature
        outcomes = [
            position - step_size * (curvature * position + sign * deviation) + momentum * v
            for sign in (1, -1)
        ]
        energies.append(sum((curvature * x) ** 2 for x in outcomes) / 2)
    return energies


@settings(max_examples=200)
@given(
    curvatures=CURVATURES,
    gradient=st.tuples(NUMBERS, NUMBERS),
    velocity=st.tuples(NUMBERS, NUMBERS),
    deviations=st.tuples(NUMBERS, NUMBERS),
    momentum=st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(9, 10)]),
)
def test_the_cross_difference_is_a_quadratic_in_the_step(
    curvatures, gradient, velocity, deviations, momentum
) -> None:
    """Fails when the change of alignment has a cubic term in the step: four points tell."""
    before = [Fraction(g) ** 2 for g in gradient]

    def cross(step_size: int) -> Fraction:
        dominant, bulk = alignment_after(
            Fraction(step_size), curvatures, gradient, velocity, momentum, deviations
        )
        return dominant * before[1] - before[0] * bulk

    assert cross(3) - 3 * cross(2) + 3 * cross(1) - cross(0) == 0


def test_one_step_size_too_small_one_too_large_and_one_in_between() -> None:
    """Fails when alignment does not rise, fall and rise again as the step grows."""
    directions = []
    for step_size in (Fraction(9, 10), Fraction(4, 3), Fraction(17, 10)):
        dominant, bulk = alignment_after(
            step_size, (1, Fraction(1, 2)), (1, 1), (1, 0), Fraction(1, 2), (0, 0)
        )
        directions.append(dominant / (dominant + bulk) > Fraction(1, 2))
    assert directions == [True, False, True]
