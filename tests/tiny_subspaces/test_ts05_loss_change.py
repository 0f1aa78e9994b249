"""TS-5 as prose: what SGD gains is what its two projected steps gain together."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
MODES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=4)


def change(modes, step_size, moving, signs):
    """Loss change when the modes in `moving` step against lambda x + sign sigma."""
    total = Fraction(0)
    for i, (curvature, position, deviation) in enumerate(modes):
        if i in moving:
            after = position - step_size * (curvature * position + signs[i] * deviation)
            total += curvature * (after**2 - position**2) / 2
    return total


@settings(max_examples=100)
@given(modes=MODES, step_size=POSITIVE, data=st.data())
def test_on_every_path_the_changes_add_up(modes, step_size, data) -> None:
    """Fails when for some noise the two projected steps together change the loss otherwise."""
    signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=len(modes), max_size=len(modes)))
    k = data.draw(st.integers(1, len(modes) - 1))
    everything = set(range(len(modes)))
    dominant, bulk = set(range(k)), set(range(k, len(modes)))
    whole = change(modes, step_size, everything, signs)
    assert whole == sum(change(modes, step_size, block, signs) for block in (dominant, bulk))


def test_dom_sgd_stops_gaining_exactly_at_its_own_limit() -> None:
    """Fails when Dom-SGD's mean change does not cross zero at 2D/(m1_D + s_D) = 5/9."""
    modes = [(Fraction(2), Fraction(1), Fraction(2)), (Fraction(1), Fraction(1), Fraction(1))]
    modes += [(Fraction(1, 3), Fraction(5), Fraction(7))]
    limit = Fraction(2 * (4 + 1), (8 + 1) + (2 * 4 + 1))

    def mean(step_size):
        signs = list(product((1, -1), repeat=3))
        return sum(change(modes, step_size, {0, 1}, s) for s in signs) / len(signs)

    assert mean(limit) == 0
    assert mean(limit * Fraction(99, 100)) < 0 < mean(limit * Fraction(101, 100))
