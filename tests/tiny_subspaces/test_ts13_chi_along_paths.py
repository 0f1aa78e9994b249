"""TS-13 as prose: chi_1 along paths of the paper's toy, counted over all sequences of samples."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from statistics import fmean, median


def chis(start, steps):
    """chi_1 after every sequence of samples, with positions in exact arithmetic."""
    found = []
    for signs in product((1, -1), repeat=steps):
        x, y = map(Fraction, start)
        for sign in signs:
            x, y = (
                Fraction(9, 10) * x - Fraction(sign, 100) * y,
                Fraction(9999, 10000) * y - Fraction(sign, 100) * x,
            )
        share = (1000 * x) ** 2 / ((1000 * x) ** 2 + y**2)
        found.append(float(share) ** 0.5)
    return found


def test_close_to_one_on_average_and_not_always() -> None:
    """Fails when the mean or the median is below 0.95, or no sequence ends below 0.2."""
    found = chis((0, 1), 8)
    assert fmean(found) > 0.95
    assert median(found) > 0.99
    assert min(found) < 0.2


def test_a_high_start_is_not_yet_forgotten() -> None:
    """Fails when a sequence of eight samples from (1, 1) ends below 0.9999."""
    assert min(chis((1, 1), 8)) > 0.9999


def test_both_samples_are_mirror_images() -> None:
    """Fails when exchanging the samples from the valley changes the distribution of chi_1."""
    found = chis((0, 1), 6)
    assert sorted(found) == sorted(chis((0, -1), 6))
    assert found == found[::-1]
