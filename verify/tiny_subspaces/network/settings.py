"""What is trained and how, as plain data: the task, the update rule, the optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PIXELS, CLASSES = 64, 10
K = CLASSES
"""Dimension of the dominant subspace: the number of classes."""


@dataclass(frozen=True)
class Task:
    """Width of both hidden layers, how many samples, and how many of them make a minibatch."""

    width: int = 32
    samples: int = 1000
    batch_size: int = 50
    centred: bool = False


@dataclass(frozen=True)
class Rule:
    """An update rule: "SGD", "GD" or "SAM" with its step size; `radius` is SAM's rho."""

    method: str
    step_size: float
    radius: float = 0.0


@dataclass(frozen=True)
class Optimiser:
    """An optimiser of `torch.optim` by name, with its options."""

    name: str
    options: tuple[tuple[str, Any], ...]
