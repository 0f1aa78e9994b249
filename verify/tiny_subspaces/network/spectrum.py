"""The top of the Hessian's spectrum at one point: the dominant subspace, and the gap below it."""

from __future__ import annotations

from dataclasses import dataclass

from verify.adapters.hessian import Subspace, dominant_subspace
from verify.tiny_subspaces.network.derivatives import Derivatives
from verify.tiny_subspaces.network.problem import Problem
from verify.tiny_subspaces.network.settings import K

TOLERANCE = 1e-5
"""Relative residual at which Lanczos stops: with 1e-4 it may miss one of several close values."""


@dataclass(frozen=True)
class Spectrum:
    """At least k + 1 eigenvalues with their vectors; the loss there with its derivatives."""

    local: Derivatives
    top: Subspace

    @property
    def dominant(self) -> Subspace:
        """The dominant subspace, of dimension k."""
        return self.top.leading(K)

    @property
    def sharpness(self) -> float:
        """The largest eigenvalue."""
        return float(self.top.eigenvalues[0])

    @property
    def alignment(self) -> float:
        """chi_k of the gradient (not squared)."""
        return self.dominant.alignment(self.local.gradient)

    @property
    def gap(self) -> float:
        """lambda_k - lambda_{k+1}, relative to the largest |lambda| known; 0 where that is 0."""
        values = self.top.eigenvalues
        scale = float(max(abs(values)))
        return float(values[K - 1] - values[K]) / scale if scale else 0.0


def spectrum_at(
    problem: Problem,
    start: Spectrum | None = None,
    eigenvalues: int = K,
    measure_residual: bool = False,
) -> Spectrum:
    """The spectrum at the problem's position; `start` at a nearby point saves products.

    Raises InputError when Lanczos does not converge.
    """
    local = problem.local()
    top = dominant_subspace(
        local.hessian_times,
        local.size,
        max(eigenvalues, K + 1),
        start=None if start is None else start.top,
        tolerance=TOLERANCE,
        measure_residual=measure_residual,
    )
    return Spectrum(local, top)
