"""TS-1 as prose: what the fraction of a vector in the dominant subspace is, and what it is not."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.exact_matrices import (
    dot,
    identity,
    projector,
    random_basis,
    random_vector,
    scaled,
    vector,
    with_spectrum,
)
from verify.tiny_subspaces.ts01_dominant_projector import fraction_squared, spectral_projector

SEEDS = st.integers(0, 10**6)


@settings(max_examples=60)
@given(seed=SEEDS, k=st.integers(1, 3), bulk=st.integers(1, 3))
def test_the_dominant_component_is_the_nearest_vector_of_the_subspace(seed, k, bulk) -> None:
    """Fails when some vector of S_k is nearer to v than Pv, or chi^2 is not 1 - distance^2."""
    source = random.Random(seed)
    basis, v = random_basis(k + bulk, source), random_vector(k + bulk, source)
    block = projector(basis, range(k))
    away = v - block * v
    for _ in range(5):
        other = v - block * random_vector(k + bulk, source)
        assert dot(other, other) >= dot(away, away)
    assert fraction_squared(block, v) == 1 - dot(away, away) / dot(v, v)


@settings(max_examples=60)
@given(seed=SEEDS, repeats=st.integers(1, 4))
def test_the_projector_keeps_dominant_eigenvectors_and_removes_the_others(seed, repeats) -> None:
    """Fails when the polynomial in H is not 1 on a repeated top eigenvalue, or not 0 below it."""
    spectrum = [Fraction(3)] * repeats + [Fraction(1), Fraction(-2)]
    basis = random_basis(len(spectrum), random.Random(seed))
    block = spectral_projector(with_spectrum(spectrum, basis), spectrum, repeats)
    kept = [u for u in columns(basis) if block * u == u]
    removed = [u for u in columns(basis) if block * u == scaled(Fraction(0), u)]
    assert (len(kept), len(removed)) == (repeats, 2)


def columns(basis):
    """The columns of a matrix."""
    size = basis.ncols()
    return [basis * vector([int(i == j) for i in range(size)]) for j in range(size)]


def test_three_four_five() -> None:
    """Fails when (3, 4) has other fractions than 3/5 and 4/5 of H = diag(2, 1)."""
    block = projector(identity(2), [0])
    assert fraction_squared(block, vector([3, 4])) == Fraction(3, 5) ** 2
    assert fraction_squared(identity(2) - block, vector([3, 4])) == Fraction(4, 5) ** 2


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_random_bases_are_orthonormal(size) -> None:
    """Fails when a Cayley transform is not orthogonal, exactly."""
    basis = random_basis(size, random.Random(size))
    assert basis.transpose() * basis == identity(size)
