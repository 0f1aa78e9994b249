"""What the theory says at one state: critical step size, regime, projection interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Conditions:
    """The step-size conditions of one state, from its gradient and noise in the eigenbasis.

    `alignment` is D/(D+B), None when the gradient vanishes. `critical_step_size` is 2p/q, None when
    q <= 0 (the high-alignment regime: alignment falls at every step size). `low_alignment` is
    q > 0, None when the alignment cannot change. `dominant_step_limit` and `bulk_step_limit` are
    the step sizes beyond which the projected steps raise the expected loss.
    Sources: SA-3, SA-6, SA-14, all conditional on the state.
    """

    alignment: float | None
    critical_step_size: float | None
    low_alignment: bool | None
    dominant_step_limit: float | None
    bulk_step_limit: float | None

    @property
    def projection_interval(self) -> tuple[float, float] | None:
        """Step sizes at which the dominant step raises the loss and the bulk step lowers it."""
        lower, upper = self.dominant_step_limit, self.bulk_step_limit
        return (lower, upper) if lower is not None and upper is not None and lower < upper else None

    def direction(self, step_size: float) -> int:
        """The predicted sign of the expected change of alignment, as a ratio of expectations."""
        if self.low_alignment is None:
            return 0
        if self.critical_step_size is None:
            return -1
        return int(np.sign(step_size - self.critical_step_size))


def conditions(
    eigenvalues: FloatArray, gradient: FloatArray, noise_variance: FloatArray, k: int
) -> Conditions:
    """The conditions at one state; arrays of shape (d,), eigenvalues descending, 1 <= k < d."""
    energy, noise = gradient**2, eigenvalues**2 * noise_variance
    dominant, bulk = float(energy[:k].sum()), float(energy[k:].sum())
    dominant_noise, bulk_noise = float(noise[:k].sum()), float(noise[k:].sum())
    if dominant == 0 or bulk == 0:
        return _one_sided(dominant, bulk, dominant_noise, bulk_noise)
    # Measured from lambda_{k+1} every term of both sums has the same sign: nothing cancels.
    shares = np.concatenate([energy[:k] / dominant, -energy[k:] / bulk])
    curvature_gap = float(shares @ (eigenvalues - eigenvalues[k]))
    growth = float(shares @ (eigenvalues**2 - eigenvalues[k] ** 2))
    growth += dominant_noise / dominant - bulk_noise / bulk
    curvatures = eigenvalues * (energy + noise_variance)
    return Conditions(
        alignment=dominant / (dominant + bulk),
        critical_step_size=2 * curvature_gap / growth if growth > 0 else None,
        low_alignment=growth > 0,
        dominant_step_limit=2 * dominant / float(curvatures[:k].sum()),
        bulk_step_limit=2 * bulk / float(curvatures[k:].sum()),
    )


def _one_sided(
    dominant: float, bulk: float, dominant_noise: float, bulk_noise: float
) -> Conditions:
    """SA-6: a block without gradient can only gain, and does so if it has noise."""
    if dominant == bulk == 0:
        return Conditions(None, None, None, None, None)
    if dominant == 0:
        moves, critical, low = dominant_noise > 0, 0.0, True
    else:
        moves, critical, low = bulk_noise > 0, None, False
    alignment = 0.0 if dominant == 0 else 1.0
    return Conditions(alignment, critical if moves else None, low if moves else None, None, None)
