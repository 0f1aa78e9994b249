"""TS-29 as prose: when a moving average of the alignment says that training has aligned."""

from __future__ import annotations

from fractions import Fraction
from itertools import repeat

from hypothesis import given, settings
from hypothesis import strategies as st

from verify.tiny_subspaces.ts29_moving_average_trigger import FACTOR, averages, first_above

SHARES = st.builds(lambda n: Fraction(n, 100), st.integers(0, 100))


@settings(max_examples=60)
@given(samples=st.lists(SHARES, min_size=1, max_size=40), start=SHARES)
def test_the_average_is_a_weighted_mean_of_start_and_samples(samples, start) -> None:
    """Fails when the weights are not .9^n for the start and .1 times .9^age for a sample."""
    n = len(samples)
    weights = [FACTOR**n] + [(1 - FACTOR) * FACTOR ** (n - 1 - i) for i in range(n)]
    assert sum(weights) == 1
    expected = sum(w * x for w, x in zip(weights, [start, *samples], strict=True))
    assert list(averages(samples, FACTOR, start))[-1] == expected


def test_perfect_alignment_takes_29_samples() -> None:
    """Fails when chi = 1 throughout does not fire after sample 29, or with 28 samples."""
    assert first_above(repeat(Fraction(1), 28)) is None
    assert first_above(repeat(Fraction(1), 29)) == 29


def test_weighing_the_new_sample_by_nine_tenths_fires_at_once() -> None:
    """Fails when the two readings of "EMA factor .9" cannot be told apart."""
    assert first_above(repeat(Fraction(1), 5), 1 - FACTOR) == 2


def test_an_untrained_network_fires_if_the_average_starts_at_its_first_value() -> None:
    """Fails when a start at chi_0 = .959 would wait."""
    chi_0 = Fraction(959, 1000)
    assert next(iter(averages([chi_0], FACTOR, chi_0))) > Fraction(95, 100)
