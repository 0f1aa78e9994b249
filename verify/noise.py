"""Where the randomness of a simulated step comes from: four frozen descriptions."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify.errors import InputError

FAMILIES = ("rademacher", "gaussian", "uniform", "laplace", "student_t")
Array = NDArray[np.float64]


def _array(name: str, value: ArrayLike, dimensions: int) -> Array:
    try:
        array = np.ascontiguousarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is not an array of numbers ({error}); pass floats") from None
    if array.ndim != dimensions:
        raise InputError(f"{name} has {array.ndim} dimensions; it needs {dimensions}")
    if not np.all(np.isfinite(array)):
        raise InputError(f"{name} holds a value that is not finite; remove nan and inf")
    return array


@dataclass(frozen=True, eq=False)
class AdditiveNoise:
    """Noise that does not depend on the state: xi = diag(variance)^(1/2) e + factor f.

    The entries of e and f are independent, of the given family, with mean 0 and variance 1; the
    covariance is diag(variance) + factor factor^T. Eigenbasis of the Hessian.

    variance: shape (d,) or one number for all coordinates. factor: shape (d, rank) or None.
    family: one of "rademacher", "gaussian", "uniform", "laplace", "student_t".
    degrees_of_freedom: of "student_t" only, above 2. Its tails are cut at probability 2^-41 and the
    numbers rescaled, so that the variance is exact. Raises InputError. Source: our formalisation.
    """

    family: str
    variance: ArrayLike = 0.0
    factor: ArrayLike | None = None
    degrees_of_freedom: float = 5.0

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise InputError(f"noise family {self.family!r} is unknown; use one of {FAMILIES}")
        if self.family == "student_t" and not self.degrees_of_freedom > 2:
            raise InputError("student_t needs degrees_of_freedom > 2 for a finite variance")
        if np.any(~(np.asarray(self.variance, dtype=np.float64) >= 0)):
            raise InputError("a noise variance is negative or not a number; use values >= 0")

    def scale(self, d: int) -> Array:
        """Standard deviations of the diagonal part, shape (d,)."""
        variance = np.asarray(self.variance, dtype=np.float64)
        if variance.shape not in ((), (d,)):
            raise InputError(f"variance has shape {variance.shape}; it needs ({d},) or one number")
        return np.sqrt(_array("variance", np.broadcast_to(variance, (d,)), 1))

    def loadings(self, d: int) -> Array:
        """The factor, shape (d, rank); rank 0 when there is none."""
        if self.factor is None:
            return np.zeros((d, 0))
        factor = _array("factor", self.factor, 2)
        if len(factor) != d:
            raise InputError(f"factor has {len(factor)} rows; it needs one per eigenvalue ({d})")
        return factor

    def parameters(self) -> Array:
        """Degrees of freedom and the factor that makes the drawn variance exactly one."""
        if self.family != "student_t":
            return np.zeros(2)
        return np.array([self.degrees_of_freedom, student_t_scale(self.degrees_of_freedom)])


@functools.lru_cache(maxsize=64)
def student_t_scale(degrees_of_freedom: float) -> float:
    """(E u^(-2/nu) - 1)^(-1/2) over the 2^40 midpoints u that the generator can draw.

    The sum over midpoints is a difference of Hurwitz zeta values.
    """
    import mpmath

    with mpmath.workdps(40):
        power, points = mpmath.mpf(2) / degrees_of_freedom, mpmath.mpf(2) ** 40
        total = mpmath.zeta(power, 0.5) - mpmath.zeta(power, points + 0.5)
        return float(1 / mpmath.sqrt(points ** (power - 1) * total - 1))


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Real minibatches of a least-squares problem, in the eigenbasis of its Hessian.

    The loss is (1/2n) sum_i (z_i . x - e_i)^2 up to a constant, x measured from the minimiser;
    features holds the rows z_i, shape (n, d), with Z^T Z / n = diag(eigenvalues); residuals holds
    e_i, shape (n,), with Z^T e = 0. `LeastSquares.of` builds both from raw data.
    replacement: draw the batch_size rows of a step with or without replacement, fresh each step.
    """

    features: Array
    residuals: Array
    batch_size: int
    replacement: bool = True

    def __post_init__(self) -> None:
        _array("features", self.features, 2)
        _array("residuals", self.residuals, 1)
        if len(self.features) != len(self.residuals):
            raise InputError("features and residuals have different numbers of rows")
        limit = 2**31 if self.replacement else len(self.features)
        if not 1 <= self.batch_size <= limit:
            raise InputError(f"batch_size {self.batch_size} is not in 1 ... {limit}")

    @property
    def eigenvalues(self) -> Array:
        """Diagonal of Z^T Z / n, shape (d,)."""
        return np.asarray((self.features**2).mean(axis=0), dtype=np.float64)

    @classmethod
    def of(
        cls, data: ArrayLike, targets: ArrayLike, batch_size: int, replacement: bool = True
    ) -> LeastSquares:
        """From data of shape (n, d) and targets of shape (n,): rotate into the eigenbasis."""
        matrix, target = _array("data", data, 2), _array("targets", targets, 1)
        if len(matrix) != len(target):
            raise InputError("data and targets have different numbers of rows")
        left, singular, _ = np.linalg.svd(matrix, full_matrices=False)
        features = np.ascontiguousarray(left * singular)
        # two passes: the second removes the rounding left by the first
        residuals = target - left @ (left.T @ target)
        residuals = residuals - left @ (left.T @ residuals)
        return cls(features, residuals, batch_size, replacement)


@dataclass(frozen=True)
class FreshSamples:
    """Least squares on fresh Gaussian samples z ~ N(0, H) with label noise N(0, label_variance).

    Source: our formalisation, claim SA-20.
    """

    batch_size: int
    label_variance: float = 0.0

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise InputError(f"batch_size {self.batch_size} is below 1")
        if not self.label_variance >= 0:
            raise InputError(f"label_variance {self.label_variance} is negative")


@dataclass(frozen=True)
class TwoSample:
    """The toy with two samples: losses L + c x y and L - c x y, one drawn at each step.

    Needs two eigenvalues and k = 1. Source: "Does SGD really happen in tiny subspaces?", A.2.
    """

    coupling: float


Noise = AdditiveNoise | LeastSquares | FreshSamples | TwoSample
