"""Value, gradient and Hessian-vector products of a tanh network with squared loss, in NumPy.

The products follow from differentiating forward and backward pass along a direction (Pearlmutter's
R operator). PyTorch's automatic differentiation gives the same to the last digits, and takes two to
four times as long for networks this small; the tests compare both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from verify.adapters.hessian import Vector

Layer = tuple[Vector, Vector]
"""Weights (outputs, inputs) and biases (outputs,)."""


def split(vector: Vector, like: Sequence[Layer]) -> list[Layer]:
    """A flat vector (p,) as layers of the given shapes, without copying."""
    out, place = [], 0
    for weights, biases in like:
        middle, end = place + weights.size, place + weights.size + biases.size
        out.append((vector[place:middle].reshape(weights.shape), vector[middle:end]))
        place = end
    return out


def joined(layers: Iterable[Layer]) -> Vector:
    """The entries of all layers as one vector (p,), in the order of the parameters."""
    return np.concatenate([part.ravel() for layer in layers for part in layer])


class Derivatives:
    """The loss (1/2N) sum ||f(x) - y||^2 at one point, which is copied; columns are samples."""

    def __init__(self, layers: Sequence[Layer], features: Vector, targets: Vector) -> None:
        """`features` (N, inputs) and `targets` (N, outputs); `value` is the loss."""
        self._layers = [(weights.copy(), biases.copy()) for weights, biases in layers]
        self._samples = len(features)
        self._inputs = [features.T]
        for weights, biases in layers[:-1]:
            self._inputs.append(np.tanh(weights @ self._inputs[-1] + biases[:, None]))
        weights, biases = layers[-1]
        error = weights @ self._inputs[-1] + biases[:, None] - targets.T
        self.value = float(np.sum(error**2)) / (2 * self._samples)
        self._errors = [error / self._samples]
        self._slopes: list[Vector] = []
        self._bends: list[Vector] = []
        for (weights, _), unit in zip(layers[:0:-1], self._inputs[:0:-1], strict=True):
            back = weights.T @ self._errors[0]
            self._slopes.insert(0, 1 - unit**2)
            self._bends.insert(0, -2 * unit * back)
            self._errors.insert(0, back * self._slopes[0])

    @property
    def size(self) -> int:
        """Number p of parameters."""
        return sum(part.size for layer in self._layers for part in layer)

    @cached_property
    def gradient(self) -> Vector:
        """The gradient (p,)."""
        pairs = zip(self._errors, self._inputs, strict=True)
        return joined((error @ unit.T, error.sum(axis=1)) for error, unit in pairs)

    def hessian_times(self, vector: Vector) -> Vector:
        """H v for a vector v (p,)."""
        along = split(vector, self._layers)
        moved = self._forward(along)
        change = moved.pop() / self._samples
        products: list[Layer] = []
        for number in reversed(range(len(along))):
            product = change @ self._inputs[number].T
            if number:
                product += self._errors[number] @ moved[number - 1].T
            products.insert(0, (product, change.sum(axis=1)))
            if number:
                change = self._layers[number][0].T @ change
                change += along[number][0].T @ self._errors[number]
                change *= self._slopes[number - 1]
                change += self._bends[number - 1] * moved[number - 1]
        return joined(products)

    def _forward(self, along: list[Layer]) -> list[Vector]:
        """How the outputs of every layer move when the parameters move."""
        moved: list[Vector] = []
        for number, (weights, biases) in enumerate(along):
            change = weights @ self._inputs[number] + biases[:, None]
            if number:
                change += self._layers[number][0] @ moved[-1]
            if number < len(self._slopes):
                change *= self._slopes[number]
            moved.append(change)
        return moved
