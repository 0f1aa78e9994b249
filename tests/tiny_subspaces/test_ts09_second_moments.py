"""TS-9 as prose: what the two samples look like, and the noise of drawing one of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory.proof import examine
from theory.registry import LIBRARY, certificates, get
from theory.tiny_subspaces.toy import BENDS, LOSSES, noise_x, noise_y

POSITIVE = st.builds(Fraction, st.integers(1, 30), st.integers(1, 3))
WRONG = {  # what a draw shows -> the parts that then are not derived
    "twice the noise": ((noise_x, noise_y), 2, {"variances of the noise"}),
    "no curvature": (BENDS, 0, {"samples bend up along x"}),
    "twice the losses": (LOSSES, 2, {"mean of the samples"}),
}


@given(POSITIVE, POSITIVE, POSITIVE)
def test_a_sample_is_indefinite_exactly_beyond_the_geometric_mean(sharp, flat, coupling) -> None:
    """Fails when c^2 > lambda mu is not the condition for eigenvalues of both signs."""
    hessian = sympy.Matrix([[sharp, coupling], [coupling, flat]])
    signs = {sympy.sign(value) for value in hessian.eigenvals()}
    assert (signs == {1, -1}) == (coupling**2 > sharp * flat)


def test_at_the_boundary_a_sample_is_flat_in_one_direction() -> None:
    """Fails when c^2 = lambda mu gives an eigenvalue of each sign, or none that is 0."""
    assert set(sympy.Matrix([[4, 2], [2, 1]]).eigenvals()) == {0, 5}


@pytest.mark.parametrize("wrong", WRONG)
def test_other_samples_stop_the_derivation(wrong) -> None:
    """Fails when the statements about the samples do not rest on their losses."""
    states, factor, parts = WRONG[wrong]
    claim = get("TS-9")
    update = claim.domain.update
    outcomes = tuple(
        (p, {s: factor * value if s in states else value for s, value in new.items()})
        for p, new in update.outcomes
    )
    changed = replace(claim.domain, update=replace(update, outcomes=outcomes))
    missed = examine(replace(claim, domain=changed), LIBRARY, certificates("TS-9"))[1]
    assert parts <= set(missed)
    assert not examine(claim, LIBRARY, certificates("TS-9"))[1]
