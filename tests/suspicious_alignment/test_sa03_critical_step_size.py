"""SA-3 as prose: a critical step separates falling from rising alignment, or nothing raises it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
MODE = st.tuples(st.integers(0, 5), POSITIVE, st.one_of(st.just(Fraction(0)), POSITIVE))
MODES = st.lists(MODE, min_size=1, max_size=3)


def alignment_after(dominant, bulk, step_size):
    """Ratio of mean energies after a literal step with noise of both signs, equally likely."""
    blocks = []
    for modes in (dominant, bulk):
        total = Fraction(0)
        for lam, energy, variance in modes:
            # (g - eta (lam g + lam xi))^2 averaged over xi = +sigma and -sigma
            total += (1 - step_size * lam) ** 2 * energy + (step_size * lam) ** 2 * variance
        blocks.append(total)
    return blocks[0] / sum(blocks)


@st.composite
def states(draw):
    """A dominant and a bulk block with a gap between them: (eigenvalue, g^2, variance) each."""
    low, gap = draw(POSITIVE), draw(POSITIVE)
    bulk = [(low + extra, e, v) for extra, e, v in draw(MODES)]
    top = max(lam for lam, _, _ in bulk) + gap
    return [(top + extra, e, v) for extra, e, v in draw(MODES)], bulk


@settings(max_examples=150)
@given(state=states(), step_sizes=st.lists(POSITIVE, min_size=8, max_size=8))
def test_one_step_size_separates_falling_from_rising(state, step_sizes) -> None:
    """Fails when some step raises alignment and a longer one does not."""
    before = alignment_after(*state, 0)
    changes = [alignment_after(*state, s) - before for s in sorted(step_sizes)]
    risen = [change > 0 for change in changes]
    assert risen == sorted(risen)


@settings(max_examples=150)
@given(state=states())
def test_alignment_rises_for_some_step_exactly_if_it_does_for_a_huge_one(state) -> None:
    """Fails when a huge step lowers alignment though a moderate one raises it."""
    before = alignment_after(*state, 0)
    rises = [alignment_after(*state, Fraction(10) ** n) > before for n in range(-3, 9)]
    assert rises[-1] == any(rises)


def test_the_printed_critical_step_leaves_alignment_unchanged() -> None:
    """Fails when the printed example (4/11; below it 337/707, above it 13/23) is wrong."""
    state = [(1, 4, 9)], [(Fraction(1, 2), 4, 4)]
    assert alignment_after(*state, Fraction(4, 11)) == Fraction(1, 2)
    assert alignment_after(*state, Fraction(3, 11)) == Fraction(337, 707)
    assert alignment_after(*state, Fraction(1, 2)) == Fraction(13, 23)
