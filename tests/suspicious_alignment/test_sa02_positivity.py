"""SA-2 as prose: gradient descent without noise has a critical step, between two known ones."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
MODES = st.lists(st.tuples(st.integers(0, 5), POSITIVE), min_size=1, max_size=3)


def alignment_after(dominant, bulk, step_size):
    """Alignment after a step of gradient descent; modes are (eigenvalue, squared gradient)."""
    blocks = [
        sum((1 - step_size * lam) ** 2 * energy for lam, energy in modes)
        for modes in (dominant, bulk)
    ]
    return blocks[0] / sum(blocks)


@settings(max_examples=150)
@given(low=POSITIVE, gap=POSITIVE, bulk=MODES, dominant=MODES, share=st.integers(1, 99))
def test_alignment_falls_below_the_bracket_and_rises_above_it(
    low, gap, bulk, dominant, share
) -> None:
    """Fails when a step below 2/(lambda_1 + lambda_{k+1}) raises alignment of gradient descent, or
    one above 2/(lambda_k + lambda_d) lowers it."""
    bulk = [(low + extra, energy) for extra, energy in bulk]
    top = max(lam for lam, _ in bulk)
    dominant = [(top + gap + extra, energy) for extra, energy in dominant]
    before = alignment_after(dominant, bulk, 0)
    largest = max(lam for lam, _ in dominant) + top
    smallest = min(lam for lam, _ in dominant) + min(lam for lam, _ in bulk)
    assert alignment_after(dominant, bulk, Fraction(2 * share, 100) / largest) < before
    assert alignment_after(dominant, bulk, Fraction(2 * (100 + share), 100) / smallest) > before


def test_two_levels_leave_one_step_for_every_state() -> None:
    """Fails when alignment moves at the step 2/(lambda + mu)."""
    step_size = 2 / (3 + Fraction(1, 2))
    for dominant in (Fraction(1, 7), Fraction(1), Fraction(100)):
        modes = [(Fraction(3), dominant)], [(Fraction(1, 2), Fraction(2))]
        assert alignment_after(*modes, step_size) == alignment_after(*modes, 0)


def test_the_critical_step_may_be_unstable() -> None:
    """Fails when the printed example (critical step 6740/4037, stable only below 1/5) is wrong."""
    modes = [(10, Fraction(1, 1000)), (1, 1)], [(Fraction(1, 10), 1)]
    assert alignment_after(*modes, Fraction(6740, 4037)) == alignment_after(*modes, 0)
