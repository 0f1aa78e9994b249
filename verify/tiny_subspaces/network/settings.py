"""What an experiment runs, as plain data: the task, the update rule, the switch."""

from __future__ import annotations

from dataclasses import dataclass

PIXELS, CLASSES = 64, 10
K = CLASSES
"""Dimension of the dominant subspace: the number of classes."""

THRESHOLD, FACTOR, SHORTEST = 0.95, 0.9, 29
"""The paper's threshold and factor of the moving average, and the fewest samples after which an
average that starts at 0 can exceed the threshold (TS-29)."""


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
class Size:
    """How long the experiments of a tier are, in steps, and on which network.

    The updates are projected from step `switch` on, for `after` steps; the alignment is averaged
    over the steps from `settled` to `end`; the noise is switched on and off at `end`.
    """

    tier: str
    task: Task
    settled: int
    switch: int
    end: int
    after: int
    last: int  # steps at the end of a projected run over which the loss is averaged
    every: int  # steps between two measurements of a long run
    edge_switch: int
    sam_switch: int
    rate_steps: int


FULL = Size("full", Task(), 1000, 1000, 2000, 400, 100, 10, 1500, 2000, 1000)
QUICK = Size("quick", Task(16, 500), 800, 860, 860, 150, 50, 5, 900, 900, 300)
SIZES = {size.tier: size for size in (QUICK, FULL)}
