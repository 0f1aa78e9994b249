"""How long the experiments of a tier are, and on which network."""

from __future__ import annotations

from dataclasses import dataclass

from verify.tiny_subspaces.network.settings import Rule, Task


@dataclass(frozen=True)
class Size:
    """One tier; all times in steps.

    SGD is projected from `switch` on, for `after` steps, and the loss is averaged over the `last`
    of them. The alignment is averaged from `settled` to `end`, measured every `every` steps; the
    noise goes on or off at `end`. GD at the edge and SAM are projected from their own switches on,
    for `after_full_batch` steps.
    """

    tier: str
    task: Task
    settled: int
    switch: int
    end: int
    after: int
    last: int
    every: int
    edge: Rule
    edge_switch: int
    sam_switch: int
    after_full_batch: int
    rate_steps: int
    seeds: int

    @property
    def sgd(self) -> Rule:
        """SGD with the step size of most experiments."""
        return Rule("SGD", STEP_SIZE)

    @property
    def gd(self) -> Rule:
        """GD with the same step size."""
        return Rule("GD", STEP_SIZE)


STEP_SIZE, RADIUS = 0.05, 0.1
SAM = Rule("SAM", STEP_SIZE, RADIUS)

FULL = Size(
    tier="full",
    task=Task(),
    settled=1000,
    switch=1000,
    end=2000,
    after=400,
    last=100,
    every=10,
    edge=Rule("GD", 0.1),
    edge_switch=1500,
    sam_switch=2000,
    after_full_batch=400,
    rate_steps=1000,
    seeds=3,
)
QUICK = Size(
    tier="quick",
    task=Task(width=16, samples=500),
    settled=800,
    switch=860,
    end=860,
    after=150,
    last=50,
    every=1,
    edge=Rule("GD", 0.15),  # the small network does not stay at the edge with 0.1
    edge_switch=600,
    sam_switch=600,
    after_full_batch=100,
    rate_steps=200,
    seeds=1,
)
SIZES = {size.tier: size for size in (QUICK, FULL)}
