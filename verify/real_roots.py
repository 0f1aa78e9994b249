"""How many eigenvalues of a symmetric rational matrix lie above a number, exactly.

All roots of the characteristic polynomial are real, and for such polynomials Descartes' rule of
signs is an equality: the number of roots above t is the number of sign changes among the
coefficients of p(x + t). Source: Descartes 1637; see Basu, Pollack, Roy, Algorithms in Real
Algebraic Geometry, chapter 2.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint


def eigenvalues_above(polynomial: Any, threshold: Fraction) -> int:
    """The number of roots above the threshold, with multiplicity.

    `polynomial` is the characteristic polynomial (flint.fmpq_poly) of a symmetric matrix.
    """
    shift = flint.fmpq_poly([flint.fmpq(threshold.numerator, threshold.denominator), 1])
    signs = [c > 0 for c in polynomial(shift).coeffs() if c != 0]
    return sum(one != other for one, other in pairwise(signs))


def bracketed(polynomial: Any, index: int, low: Fraction, high: Fraction) -> bool:
    """Whether the eigenvalue with this index (1 for the largest) lies in (low, high]."""
    return (
        eigenvalues_above(polynomial, low) >= index and eigenvalues_above(polynomial, high) < index
    )
