"""SA-11 as prose: with a large stable step a run from far out rises first and falls then."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=100)
@given(flat=POSITIVE, gap=POSITIVE, share=POSITIVE, excesses=st.tuples(POSITIVE, POSITIVE))
def test_from_above_a_large_step_never_falls_and_rises(flat, gap, share, excesses) -> None:
    """Fails when an exact two-level run above its levels rises after it has fallen."""
    eigenvalues = (flat + gap, flat)
    low, high = 2 / (eigenvalues[0] + eigenvalues[1]), 2 / eigenvalues[0]
    step_size = low + (high - low) * share / (1 + share)
    energies = [
        step_size * e / (2 - step_size * e) + 100 * excess
        for e, excess in zip(eigenvalues, excesses, strict=True)
    ]
    path = []
    for _ in range(8):
        path.append(energies[0] / sum(energies))
        energies = [
            (1 - step_size * e) ** 2 * g + (step_size * e) ** 2
            for e, g in zip(eigenvalues, energies, strict=True)
        ]
    rises = [later > now for now, later in itertools.pairwise(path)]
    assert rises == sorted(rises, reverse=True)
