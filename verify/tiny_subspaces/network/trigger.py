"""When to switch to projected updates: a moving average of the alignment, started at zero."""

from __future__ import annotations

from dataclasses import dataclass

THRESHOLD, FACTOR = 0.95, 0.9
"""The paper's threshold, and the weight of the old average (Song, Ahn, Yun, Section 3.2)."""


@dataclass(frozen=True)
class Trigger:
    """Fires when the moving average of chi_k exceeds the threshold.

    No alignment is looked at before step `warm_up`. The average starts at `first`: from 0 it needs
    29 samples; from the first alignment it may fire at once, before any training (TS-29). If it has
    not fired by step `deadline`, the switch happens there.
    """

    warm_up: int
    deadline: int
    first: float = 0.0


def averaged(average: float, alignment: float) -> float:
    """The moving average after one more sample."""
    return FACTOR * average + (1 - FACTOR) * alignment


def fires(average: float) -> bool:
    """Whether the average is above the threshold."""
    return average > THRESHOLD
