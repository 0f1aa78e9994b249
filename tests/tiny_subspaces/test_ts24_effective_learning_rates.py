"""TS-24 as prose: an effective rate is the step size of plain descent with the same progress."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.balls import Undefined
from verify.tiny_subspaces.ts24_effective_learning_rates import (
    against,
    blocks_of,
    dot,
    effective_rates,
    quartic_step,
)

NUMBER = st.builds(Fraction, st.integers(-9, 9), st.integers(1, 4))
VECTOR = st.lists(NUMBER, min_size=4, max_size=4)
PLAIN = [Fraction(n) for n in (1, 1, 1, 1)]  # an axis to reflect in


@given(VECTOR, VECTOR)
def test_descent_with_the_rate_makes_the_same_progress(move, gradient) -> None:
    """Fails when a rate is not the step size that its words promise, in a rotated basis."""
    blocks = blocks_of(gradient, PLAIN, 2)
    if not all(any(block) for block in blocks):
        return
    for rate, block in zip(effective_rates(move, blocks), blocks, strict=True):
        assert dot(against(block, rate), block) == dot(move, block)


@given(VECTOR)
def test_a_block_without_gradient_has_no_rate(move) -> None:
    """Fails when a number is returned for 0/0."""
    with pytest.raises(Undefined, match="no rate"):
        effective_rates(move, ([Fraction(0)] * 4, PLAIN))


def test_the_projector_belongs_to_the_state_before_the_step() -> None:
    """Fails when a step that swaps the sharp axis does not swap the rates with the projector."""
    assert quartic_step(projector_after=False) == (Fraction(1, 8), 0)
    assert quartic_step(projector_after=True) == (0, Fraction(1, 8))
