"""The distribution of weighted sums of squares of independent normals, enclosed.

Source: H. Ruben, Probability content of regions under spherical normal distributions IV (1962).
"""

from __future__ import annotations

from typing import Any

import numpy as np

TERMS = 400
ROUNDING = 1e-12  # a generous bound for a few thousand additions of numbers in [0, 1]


def probability_below_mean(weights: Any) -> tuple[float, float]:
    """Lower and upper bound of P(sum w z^2 < sum w) for standard normal z and positive weights.

    A mixture of chi-square distributions whose coefficients are nonnegative and sum to 1: what is
    left after `TERMS` of them bounds the error. Raises ValueError unless weights are positive.
    """
    from scipy.special import gammainc

    w = np.asarray(weights, dtype=float)
    if not w.size or not (w > 0).all():
        raise ValueError("weights must be positive")
    shares = 1 - w.min() / w
    powers = np.array([(shares**r).sum() for r in range(1, TERMS + 1)])
    mixture = np.zeros(TERMS + 1)
    mixture[0] = np.sqrt(np.prod(w.min() / w))
    for j in range(1, TERMS + 1):
        mixture[j] = powers[:j][::-1] @ mixture[:j] / (2 * j)
    below = gammainc(w.size / 2 + np.arange(TERMS + 1), w.sum() / w.min() / 2)
    low = float(mixture @ below)
    return low - ROUNDING, low + max(0.0, float(1 - mixture.sum())) + ROUNDING
