"""How little the rare large deviations of a minibatch mean can contribute: a rigorous tail bound.

A betting test pays for the range of its draws, and one batch of outliers makes that range far wider
than anything ever seen. So the squared deviation is cut off at a cap, and what is cut off is
bounded: for the mean w of b centred numbers v_n drawn from a finite list and any s = theta b > 0,

    E (w^2 - c)_+  <=  max_u (u^2 - c) / cosh(s u)  *  E cosh(s w),
    E cosh(s w)    <=  (M(theta)^b + M(-theta)^b) / 2,     M(theta) = mean of exp(theta v_n),

with equality in the second line for draws with replacement (Hoeffding 1963, theorem 4, for draws
without). Since cosh(x) >= e^x / 2, the maximum is at most 4 u e^(-s u) / s with c = u^2 - 2 u / s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EXCESS = 1e-3
"""What is cut off contributes at most this part of the variance of the mean."""

RATES = np.geomspace(0.25, 16, 10)
"""Tried values of s in units of the standard deviation of the mean; the lowest cap is taken."""

SAFETY = 1.01
"""Covers the rounding of a few hundred operations many times over."""


def squared_caps(deviations: FloatArray, batch_size: int) -> tuple[FloatArray, FloatArray]:
    """Caps c (d,) and bounds on E (w_l^2 - c_l)_+ (d,) for the batch mean w of rows (N, d).

    Every column must have mean 0. Holds for uniform batches with and without replacement.
    """
    scale = np.sqrt(np.mean(deviations**2, axis=0) / batch_size)
    excess = EXCESS * scale**2
    standard = np.divide(
        deviations, scale * batch_size, out=np.zeros_like(deviations), where=scale > 0
    )
    caps = np.min([_cap(standard, rate, batch_size) for rate in RATES], axis=0)
    return caps * scale**2, excess


def _cap(standard: FloatArray, rate: float, batch_size: int) -> FloatArray:
    """The cap in units of the variance for s = `rate`; the excess is then at most `EXCESS`."""
    exponents = rate * standard
    grows = np.logaddexp(
        batch_size * _log_mean_exp(exponents), batch_size * _log_mean_exp(-exponents)
    )
    wanted = grows - np.log(2) + np.log(4 * SAFETY / (rate * EXCESS))
    place = np.maximum(2.0, wanted) / rate
    for _ in range(60):  # u = (wanted + log u) / s contracts for s u > 1
        place = np.maximum((wanted + np.log(place)) / rate, 2.0 / rate)
    place *= SAFETY
    cap: FloatArray = place**2 - 2 * place / rate
    return cap


def _log_mean_exp(exponents: FloatArray) -> FloatArray:
    largest = exponents.max(axis=0)
    mean: FloatArray = largest + np.log(np.exp(exponents - largest).mean(axis=0))
    return mean
