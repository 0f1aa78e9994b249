"""The network, its data and its loss; minibatches that depend on seed and step only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from verify.adapters.hessian import LocalLoss, Vector, flatten
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
    """One network at a point of its parameter space; the loss is (1/2N) sum ||f(x) - y||^2."""

    task: Task
    seed: int

    def __post_init__(self) -> None:
        self.features, self.targets = digits(self.task.samples, self.task.centred)
        self.model = layers(self.task.width, self.seed)
        self.parameters = list(self.model.parameters())

    @property
    def position(self) -> Vector:
        """A copy of all parameters (p,)."""
        return flatten(self.parameters).copy()

    @position.setter
    def position(self, value: Vector) -> None:
        torch.nn.utils.vector_to_parameters(torch.from_numpy(value.copy()), self.parameters)

    def loss(self, batch: Indices | None = None) -> torch.Tensor:
        """The mean loss over a batch, or over all samples."""
        x, y = (self.features, self.targets) if batch is None else self._rows(batch)
        outputs: torch.Tensor = self.model(x)
        return ((outputs - y) ** 2).sum() / (2 * len(x))

    def _rows(self, batch: Indices) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = torch.from_numpy(batch)
        return self.features[chosen], self.targets[chosen]

    def value(self) -> float:
        """The loss over all samples."""
        with torch.no_grad():
            return float(self.loss())

    def gradient(self, batch: Indices | None = None) -> Vector:
        """The gradient (p,) of the mean loss over a batch, or over all samples."""
        return flatten(torch.autograd.grad(self.loss(batch), self.parameters))

    def local(self) -> LocalLoss:
        """Loss, gradient and Hessian-vector products over all samples, at this point."""
        return LocalLoss.at(self.loss, self.parameters)

    def batch(self, step: int) -> Indices:
        """The minibatch of a step: a fresh draw without replacement, the same in every run."""
        rng = np.random.default_rng([self.seed, step])
        return rng.choice(self.task.samples, self.task.batch_size, replace=False)
