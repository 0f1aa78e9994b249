"""SA-15 as prose: a large enough ratio of eigenvalues at the gap separates the two limits."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
BLOCK = st.lists(st.tuples(POSITIVE, POSITIVE, POSITIVE), min_size=1, max_size=4)


def change(block, step_size):
    """Expected change of a block's loss, averaged over noise of the two signs."""
    return sum(
        sum(((1 - step_size * c) ** 2 * energy + (sign * step_size * c) ** 2 * variance) / 2
            for sign in (1, -1)) / (2 * c) - energy / (2 * c)
        for c, energy, variance in block
    )  # fmt: skip


@settings(max_examples=100)
@given(dominant=BLOCK, bulk=BLOCK)
def test_enough_ill_conditioning_opens_the_interval(dominant, bulk) -> None:
    """Fails when, eigenvalues far enough apart, no step harms the dominant block alone."""
    shift = max(c for c, _, _ in bulk)
    noise = 1 + sum(v for _, _, v in bulk) / sum(e for _, e, _ in bulk)
    # push the dominant eigenvalues beyond the sufficient ratio
    raised = [(c + noise * shift, energy, variance) for c, energy, variance in dominant]
    energy, curvature = sum(e for _, e, _ in raised), sum(c * (e + v) for c, e, v in raised)
    at_the_limit = 2 * energy / curvature
    assert change(raised, at_the_limit) == 0
    assert change(bulk, at_the_limit) < 0


def test_a_condition_number_of_a_hundred_is_not_enough_in_a_wide_bulk() -> None:
    """Fails when at lambda/mu = 100, a = 9/10 and d = 10001 some step harms one block only."""
    dominant = [(Fraction(100), Fraction(9, 10), Fraction(1, 100))]
    bulk = [(Fraction(1), Fraction(1, 100_000), Fraction(1, 100))]
    for n in range(1, 400):
        step_size = Fraction(n, 10_000)
        assert not (change(dominant, step_size) > 0 > change(bulk, step_size))
