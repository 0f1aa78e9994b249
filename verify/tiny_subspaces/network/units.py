"""The units of the experiment: runs that are computed, kept and resumed as a whole.

Plain data, so that plans and claims can be made where PyTorch is not installed; `compute` runs
them. Every unit names its `task` and its `seed`: the start of training and the minibatches.
"""

from __future__ import annotations

from dataclasses import dataclass

from verify.tiny_subspaces.network.settings import K, Optimiser, Rule, Task
from verify.tiny_subspaces.network.trigger import Trigger

NONE, DOMINANT, BULK = "none", "dominant", "bulk"
FROZEN, RANDOM = "dominant at the switch", "random"
"""What a projected method keeps of its update: all; the part in the dominant subspace; the part
orthogonal to it; the part in the dominant subspace at the switch; in a random subspace."""


@dataclass(frozen=True)
class Watch:
    """A run of `rule`, continued from step `switch` with `then`, measured before each probed step.

    `eigenvalues` is how many are computed at each probe.
    """

    task: Task
    seed: int
    rule: Rule
    probes: tuple[int, ...]
    eigenvalues: int = K
    switch: int | None = None
    then: Rule | None = None


@dataclass(frozen=True)
class Branch:
    """Training to a switch, then `after` steps of each projection, on the same minibatches.

    The switch is at step `switch`, or where a trigger puts it.
    """

    task: Task
    seed: int
    rule: Rule
    switch: int | Trigger
    after: int
    projections: tuple[str, ...]


@dataclass(frozen=True)
class Rates:
    """Full-batch training with an optimiser, measured at every `every`-th step."""

    task: Task
    seed: int
    optimiser: Optimiser
    steps: int
    every: int = 5


@dataclass(frozen=True)
class Distances:
    """SGD and GD with the same step size from the same start, compared at `times`."""

    task: Task
    seed: int
    step_size: float
    times: tuple[int, ...]


Unit = Watch | Branch | Rates | Distances
