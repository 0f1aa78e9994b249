"""The network, its data and its loss; minibatches that depend on seed and step only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from verify.adapters.hessian import Vector
from verify.tiny_subspaces.network.derivatives import Derivatives, Layer, joined, split
from verify.tiny_subspaces.network.settings import CLASSES, PIXELS, Task

Indices = NDArray[np.int64]


@cache
def digits(samples: int, centred: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Features (samples, 64) with root mean square 1 over all entries, one-hot targets.

    The pixels are divided by 16, and not centred unless asked: centred data have no gap (TS-28).
    """
    pixels, labels = load_digits(return_X_y=True)
    features = pixels[:samples] / 16
    if centred:
        features = features - features.mean(axis=0)
    features = features / np.sqrt(np.mean(features**2))
    targets = np.eye(CLASSES)[labels[:samples]]
    return torch.from_numpy(features), torch.from_numpy(targets)


def layers(width: int, seed: int) -> torch.nn.Sequential:
    """64 - width - width - 10 with tanh; weights and biases uniform in +-1/sqrt(fan-in)."""
    sizes = (PIXELS, width, width, CLASSES)
    generator = torch.Generator().manual_seed(seed)
    parts: list[torch.nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        linear = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
        for parameter in linear.parameters():
            torch.nn.init.uniform_(parameter, -(inputs**-0.5), inputs**-0.5, generator=generator)
        parts += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*parts[:-1])


@dataclass
class Problem:
    """One network at a point of its parameter space; the loss is (1/2N) sum ||f(x) - y||^2.

    The PyTorch model and the arrays that `Derivatives` reads share their memory.
    """

    task: Task
    seed: int

    def __post_init__(self) -> None:
        self.features, self.targets = digits(self.task.samples, self.task.centred)
        self.model = layers(self.task.width, self.seed)
        self.parameters = list(self.model.parameters())
        views = [parameter.detach().numpy() for parameter in self.parameters]
        self._layers: list[Layer] = list(zip(views[::2], views[1::2], strict=True))

    @property
    def position(self) -> Vector:
        """A copy of all parameters (p,)."""
        return joined(self._layers)

    @position.setter
    def position(self, value: Vector) -> None:
        for mine, new in zip(self._layers, split(value, self._layers), strict=True):
            mine[0][:], mine[1][:] = new

    def loss(self) -> torch.Tensor:
        """The loss over all samples, for an optimiser of PyTorch."""
        outputs: torch.Tensor = self.model(self.features)
        return ((outputs - self.targets) ** 2).sum() / (2 * self.task.samples)

    def value(self) -> float:
        """The loss over all samples."""
        return self.local().value

    def gradient(self, batch: Indices | None = None) -> Vector:
        """The gradient (p,) of the mean loss over a batch, or over all samples."""
        return self.local(batch).gradient

    def local(self, batch: Indices | None = None) -> Derivatives:
        """Loss, gradient and Hessian-vector products at this point."""
        rows = slice(None) if batch is None else batch
        x, y = self.features.numpy(), self.targets.numpy()
        return Derivatives(self._layers, x[rows], y[rows])

    def batch(self, step: int) -> Indices:
        """The minibatch of a step: a fresh draw without replacement, the same in every run."""
        rng = np.random.default_rng([self.seed, step])
        return rng.choice(self.task.samples, self.task.batch_size, replace=False)
