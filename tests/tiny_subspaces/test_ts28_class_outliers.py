"""TS-28 as prose: where the outliers of a classifier's Hessian come from, in the exact case."""

from __future__ import annotations

import random
from fractions import Fraction

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.exact_matrices import random_basis, with_spectrum
from verify.real_roots import bracketed, eigenvalues_above
from verify.tiny_subspaces.ts28_class_outliers import hessian_by_differences, squared_loss

SPECTRA = st.lists(st.integers(-4, 4), min_size=1, max_size=5)


@settings(max_examples=60)
@given(spectrum=SPECTRA, seed=st.integers(0, 1000), level=st.integers(-9, 9))
def test_eigenvalues_are_counted_with_their_multiplicity(spectrum, seed, level) -> None:
    """Fails when the count above a number is not that of the prescribed spectrum."""
    basis = random_basis(len(spectrum), random.Random(seed))
    matrix = with_spectrum([Fraction(x) for x in spectrum], basis)
    threshold = Fraction(level, 2)
    expected = sum(x > threshold for x in spectrum)
    assert eigenvalues_above(matrix.charpoly(), threshold) == expected


def test_a_bracket_must_hold_the_eigenvalue() -> None:
    """Fails when a bracket of the second largest of 5, 3, 3 accepts an interval without 3."""
    polynomial = flint.fmpq_poly([-45, 39, -11, 1])  # (x - 5)(x - 3)^2
    assert bracketed(polynomial, 2, Fraction(2), Fraction(4))
    assert bracketed(polynomial, 3, Fraction(2), Fraction(3))
    assert not bracketed(polynomial, 2, Fraction(3), Fraction(4))
    assert not bracketed(polynomial, 1, Fraction(2), Fraction(4))


@pytest.mark.parametrize("labels", [(0, 1, 2), (2, 2, 2)])
def test_one_feature_and_three_classes_make_one_triple_eigenvalue(labels) -> None:
    """Fails when the Hessian for the features 1, 2, 3 is not 14/3 times the identity."""
    features = [[Fraction(x)] for x in (1, 2, 3)]
    one_hot = [[Fraction(int(c == label)) for c in range(3)] for label in labels]
    hessian = hessian_by_differences(squared_loss(features, one_hot), 3)
    assert hessian == with_spectrum([Fraction(14, 3)] * 3, random_basis(3, random.Random(0)))
