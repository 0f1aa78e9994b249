"""Least squares on a data set as a model: exact spectrum and exact minibatch noise at any state.

    L(x) = 1/(2N) ||A x - y||^2,    A: N samples x p features,    H = A'A/N

Features and targets are centred, so no intercept is needed, and constant columns are dropped. Then
every column is divided by its own deviation ("standardise": H is the correlation matrix) or all of
them by one common number ("centre": for features that share a unit, such as pixels). Targets have
variance 1. The eigenbasis keeps the positive eigenvalues only: along a zero mode every per-sample
gradient vanishes, so nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError

FloatArray = NDArray[np.float64]
Scaling = Literal["standardise", "centre"]

LARGEST_WIDTH = 10_000
"""Features beyond which the Hessian would not fit comfortably in memory."""


@dataclass(frozen=True)
class LeastSquares:
    """A least-squares problem with its spectrum.

    `features` (N, p) and `targets` (N,) are centred and scaled; `eigenvalues` (d,) are positive and
    descending; the columns of `basis` (p, d) are their eigenvectors; `hessian` is
    A'A/N (p, p) and `linear` is A'y/N (p,); `scaling` says how the features were scaled.
    """

    name: str
    features: FloatArray
    targets: FloatArray
    eigenvalues: FloatArray
    basis: FloatArray
    hessian: FloatArray
    linear: FloatArray
    scaling: Scaling

    @classmethod
    def from_data(
        cls,
        name: str,
        features: FloatArray,
        targets: FloatArray,
        scaling: Scaling = "standardise",
    ) -> LeastSquares:
        """Centre and scale the data, drop constant columns, decompose the Hessian.

        `features` is (N, p), `targets` (N,). Raises `InputError` for fewer than two samples,
        values that are not finite, constant targets, or fewer than two positive eigenvalues.
        """
        _require_usable(name, features, targets)
        columns = scaled_columns(features, scaling)
        if columns.shape[1] < 2:
            raise InputError(
                f"{name}: only {columns.shape[1]} of {features.shape[1]} feature columns vary; "
                "at least two are needed"
            )
        responses = scaled_columns(targets[:, None], "standardise")
        if responses.shape[1] == 0:
            raise InputError(f"{name}: the target is constant; choose a target that varies")
        response, samples = responses[:, 0], len(columns)
        hessian = columns.T @ columns / samples
        eigenvalues, basis = np.linalg.eigh(hessian)
        zero = max(columns.shape) * np.finfo(float).eps * eigenvalues[-1]
        kept = np.flatnonzero(eigenvalues > zero)[::-1]
        if len(kept) < 2:
            raise InputError(
                f"{name}: the Hessian has {len(kept)} positive eigenvalue; the feature columns are "
                "copies of each other, at least two different ones are needed"
            )
        linear = columns.T @ response / samples
        vectors = np.ascontiguousarray(basis[:, kept])
        return cls(name, columns, response, eigenvalues[kept], vectors, hessian, linear, scaling)

    @property
    def samples(self) -> int:
        """N."""
        return len(self.targets)

    @property
    def d(self) -> int:
        """The number of positive eigenvalues."""
        return len(self.eigenvalues)

    def loss(self, x: FloatArray) -> float:
        """L(x) for x of shape (p,)."""
        return float(np.mean((self.features @ x - self.targets) ** 2)) / 2

    def gradient(self, x: FloatArray) -> FloatArray:
        """Gradient of L at x, or at every row of x: shape (..., p) to (..., p)."""
        gradient: FloatArray = x @ self.hessian - self.linear
        return gradient

    def sample_gradients(self, x: FloatArray) -> FloatArray:
        """Gradient of each sample's loss at x, shape (N, p); their mean is the gradient of L."""
        residuals = self.features @ x - self.targets
        gradients: FloatArray = self.features * residuals[:, None]
        return gradients

    def in_eigenbasis(self, vectors: FloatArray) -> FloatArray:
        """Coordinates of vectors (..., p) in the eigenbasis, shape (..., d)."""
        coordinates: FloatArray = vectors @ self.basis
        return coordinates

    def noise_variance(self, x: FloatArray, batch_size: int, *, replacement: bool) -> FloatArray:
        """Variance of the minibatch gradient along every eigenvector at x, shape (d,).

        The population variance of the per-sample gradients times 1/b with replacement, and times
        (N - b)/((N - 1) b) without. Only this diagonal enters the one-step identity SA-1.
        """
        population = self.in_eigenbasis(self.sample_gradients(x)).var(axis=0)
        variance: FloatArray = population * sampling_factor(self.samples, batch_size, replacement)
        return variance

    def stable_step_size(self, batch_size: int) -> float:
        """A step size below which the distance to the minimiser contracts in mean square.

        2b/(R^2 + (b-1) lambda_1), where R^2 is the least number with E[|a|^2 a a'] <= R^2 H for a
        random row a of A. Label noise aside, E|x+ - x*|^2 <= (x - x*)'(I - 2 eta H + eta^2
        (R^2 + (b-1) lambda_1)/b H)(x - x*) for batches with replacement; without replacement the
        noise is smaller. Source: folklore for averaged least squares (Bach and Moulines, 2013).
        """
        whitened = self.in_eigenbasis(self.features) / np.sqrt(self.eigenvalues)
        weights = np.sum(self.features**2, axis=1)
        fourth = (whitened * weights[:, None]).T @ whitened / self.samples
        radius = float(np.linalg.eigvalsh(fourth)[-1])
        top = float(self.eigenvalues[0])
        return 2 * batch_size / (radius + (batch_size - 1) * top)


def sampling_factor(samples: int, batch_size: int, replacement: bool) -> float:
    """Variance of a batch mean relative to the population variance."""
    if replacement or samples == 1:
        return 1 / batch_size
    return (samples - batch_size) / ((samples - 1) * batch_size)


def largest_gap(eigenvalues: FloatArray) -> int:
    """The k with the largest difference lambda_k - lambda_{k+1} (the smallest such k).

    The difference, not the ratio: the largest ratio of a data set's Hessian usually sits among
    its smallest, nearly singular eigenvalues and would call almost every direction dominant.
    """
    return int(np.argmax(eigenvalues[:-1] - eigenvalues[1:])) + 1


def scaled_columns(columns: FloatArray, scaling: Scaling) -> FloatArray:
    """Columns with mean 0 and (mean) variance 1; columns constant up to rounding are dropped."""
    size = np.max(np.abs(columns), axis=0)
    bounded = columns / np.where(size > 0, size, 1.0)  # a square of the raw data could overflow
    bounded -= bounded.mean(axis=0)
    deviation = np.sqrt(np.mean(bounded**2, axis=0))
    varies = deviation > len(columns) * np.finfo(float).eps
    bounded, deviation, size = bounded[:, varies], deviation[varies], size[varies]
    if scaling == "centre" and len(size):
        relative = size / size.max()
        bounded, deviation = bounded * relative, np.sqrt(np.mean((deviation * relative) ** 2))
    scaled: FloatArray = np.ascontiguousarray(bounded / deviation)
    return scaled


def _require_usable(name: str, features: FloatArray, targets: FloatArray) -> None:
    if features.ndim != 2 or targets.shape != (len(features),):
        raise InputError(
            f"{name}: features of shape {features.shape} and targets of shape {targets.shape} do "
            "not fit; they must be (samples, features) and (samples,)"
        )
    if features.shape[1] > LARGEST_WIDTH:
        raise InputError(
            f"{name}: {features.shape[1]} features; the Hessian is decomposed exactly, which is "
            f"meant for at most {LARGEST_WIDTH}; choose or project features first"
        )
    if len(features) < 2:
        raise InputError(f"{name}: {len(features)} sample(s); at least two are needed")
    if not np.isfinite(targets).all():
        row = int(np.flatnonzero(~np.isfinite(targets))[0])
        raise InputError(f"{name}: the target of sample {row} is {targets[row]}, not finite")
    if not np.isfinite(features).all():
        row, column = (int(i) for i in np.argwhere(~np.isfinite(features))[0])
        raise InputError(
            f"{name}: feature {column} of sample {row} is {features[row, column]}; remove or fill "
            "values that are not finite"
        )
