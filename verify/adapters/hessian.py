"""The dominant subspace of a PyTorch loss: exact Hessian-vector products, then Lanczos.

    local = LocalLoss.at(lambda: loss_fn(model(x), y), model.parameters())
    top = dominant_subspace(local.hessian_times, local.size, k=10)
    top.alignment(local.gradient)            # chi_k of the gradient

Vectors are flat NumPy arrays in double precision: the parameters one after the other.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

from verify.errors import InputError

Vector = NDArray[np.float64]

EIGENSOLVER_TOLERANCE = 1e-4
"""Relative residual at which Lanczos stops; eigenvalues are far more accurate than that, and so is
the subspace where the gap is clear."""

LARGEST_RESIDUAL = 1e-2
"""Residual norm, relative to the size of the Hessian, that is still accepted."""

FRESH_SHARE = 1e-2
"""Norm of the random part of a warm start: lets a new dominant direction be found."""

_SEEDED = {"rng": 0} if "rng" in inspect.signature(eigsh).parameters else {}


def flatten(tensors: Iterable[torch.Tensor]) -> Vector:
    """The entries of all tensors, one after the other, as one vector in double precision."""
    parts = [t.detach().reshape(-1) for t in tensors]
    return torch.cat(parts).cpu().numpy().astype(np.float64, copy=False)


@dataclass(frozen=True)
class LocalLoss:
    """A loss at one point: its value, its gradient (p,), and exact Hessian-vector products.

    The products differentiate a kept graph: the parameters must not be changed in place while it
    is in use.
    """

    value: float
    gradient: Vector
    _parameters: Sequence[torch.Tensor]
    _graph: torch.Tensor

    @classmethod
    def at(cls, loss: Callable[[], torch.Tensor], parameters: Iterable[torch.Tensor]) -> LocalLoss:
        """The loss at the present values of the parameters that require a gradient.

        `loss()` returns a scalar that depends on them. Raises InputError when there are none, or
        when loss or gradient are not finite.
        """
        chosen = [p for p in parameters if p.requires_grad]
        if not chosen:
            raise InputError("no parameter requires a gradient; pass model.parameters()")
        value = loss()
        slopes = torch.autograd.grad(value, chosen, create_graph=True, materialize_grads=True)
        graph = torch.cat([s.reshape(-1) for s in slopes])
        gradient = flatten([graph])
        if not (bool(torch.isfinite(value)) and np.isfinite(gradient).all()):
            raise InputError("the loss or its gradient is not finite; lower the step size")
        return cls(float(value.detach()), gradient, chosen, graph)

    @property
    def size(self) -> int:
        """Number p of parameters."""
        return len(self.gradient)

    def hessian_times(self, vector: Vector) -> Vector:
        """H v for a vector v (p,)."""
        if not self._graph.requires_grad:  # the loss is linear in all parameters
            return np.zeros(self.size)
        like = self._graph
        direction = torch.as_tensor(vector, dtype=like.dtype, device=like.device)
        product = torch.autograd.grad(
            like,
            self._parameters,
            grad_outputs=direction.reshape(-1),
            retain_graph=True,
            materialize_grads=True,
        )
        return flatten(product)


@dataclass(frozen=True)
class Subspace:
    """The dominant subspace: `eigenvalues` (k,) descending, `vectors` (p, k) orthonormal columns.

    `residual` is the largest norm ||H u - lambda u|| relative to the size of H (the largest
    |lambda|, or twice ||H v|| of the first unit vector v if that is larger); None: not measured.
    """

    eigenvalues: Vector
    vectors: Vector
    residual: float | None = None

    def dominant(self, vector: Vector) -> Vector:
        """P v: the component in the subspace."""
        return self.vectors @ (self.vectors.T @ vector)

    def bulk(self, vector: Vector) -> Vector:
        """v - P v: the component orthogonal to the subspace."""
        return vector - self.dominant(vector)

    def alignment(self, vector: Vector) -> float:
        """chi = ||P v|| / ||v|| (not squared); 0 for v = 0. (Definition 2 of Song, Ahn, Yun.)"""
        length = float(np.linalg.norm(vector))
        return float(np.linalg.norm(self.vectors.T @ vector)) / length if length else 0.0

    def leading(self, k: int) -> Subspace:
        """The subspace of the k largest eigenvalues only."""
        return Subspace(self.eigenvalues[:k], self.vectors[:, :k], self.residual)


def dominant_subspace(
    hessian_times: Callable[[Vector], Vector],
    size: int,
    k: int,
    *,
    start: Subspace | None = None,
    tolerance: float = EIGENSOLVER_TOLERANCE,
    measure_residual: bool = True,
) -> Subspace:
    """Eigenvectors of the k algebraically largest eigenvalues, by Lanczos (ARPACK).

    `hessian_times(v)` is H v for a symmetric H (size, size). `start`, the subspace at a nearby
    point, saves products. Deterministic: same input, same bits. Measuring the residual costs k
    more products. Raises InputError for k outside 1 .. size - 1, products that are not finite, no
    convergence, or a residual above LARGEST_RESIDUAL.
    """
    if not 1 <= k < size:
        raise InputError(f"k = {k}: choose 1 <= k < {size}, the number of parameters")

    def product(vector: Vector) -> Vector:
        out = hessian_times(vector)
        if not np.isfinite(out).all():
            raise InputError("a Hessian-vector product is not finite; is the loss smooth here?")
        return out

    first = _first_vector(size, start)
    # ARPACK multiplies its first vector by the operator, so it would never see a null space.
    shift = 2 * float(np.linalg.norm(product(first))) or 1.0
    shifted = LinearOperator((size, size), matvec=lambda v: product(v) + shift * v, dtype=float)
    try:
        values, vectors = eigsh(shifted, k, which="LA", v0=first, tol=tolerance, **_SEEDED)
    except ArpackError:
        raise InputError(
            f"Lanczos did not separate {k} eigenvalues of {size}; try another k"
        ) from None
    order = np.argsort(values)[::-1]
    found = Subspace(values[order] - shift, np.ascontiguousarray(vectors[:, order]))
    return _checked(found, product, shift) if measure_residual else found


def _first_vector(size: int, start: Subspace | None) -> Vector:
    """The first Lanczos vector, a unit vector: random, or near the sum of given eigenvectors."""
    fresh: Vector = np.random.default_rng(size).standard_normal(size)
    fresh /= np.linalg.norm(fresh)
    if start is None:
        return fresh
    if start.vectors.shape[0] != size:
        raise InputError(f"start has {start.vectors.shape[0]} parameters, the loss has {size}")
    near = start.vectors.sum(axis=1) / np.sqrt(start.vectors.shape[1])
    first: Vector = near + FRESH_SHARE * fresh
    return first / np.linalg.norm(first)


def _checked(found: Subspace, product: Callable[[Vector], Vector], scale: float) -> Subspace:
    """The subspace with its residual, which must be small against the size of the Hessian."""
    pairs = zip(found.eigenvalues, found.vectors.T, strict=True)
    worst = max(float(np.linalg.norm(product(u) - value * u)) for value, u in pairs)
    residual = worst / max(scale, float(np.abs(found.eigenvalues).max()))
    if residual > LARGEST_RESIDUAL:
        raise InputError(
            f"the eigenvectors have residual {residual:.1g} of the largest eigenvalue, above "
            f"{LARGEST_RESIDUAL}: lower the tolerance of Lanczos"
        )
    return Subspace(found.eigenvalues, found.vectors, residual)
