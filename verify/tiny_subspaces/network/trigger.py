"""When to switch to projected updates: a moving average of the alignment, started at zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verify.tiny_subspaces.network.settings import FACTOR, THRESHOLD


@dataclass(frozen=True)
class Trigger:
    """Fires when the moving average of chi_k exceeds the threshold.

    No alignment is looked at before step `warm_up`, and the average starts at `first`: at 0 it
    needs 29 samples; started at the first sample it may fire at once, before any training (TS-29).
    `deadline` is the step at which the switch happens if it never fires.
    """

    warm_up: int
    deadline: int
    first: float = 0.0


def moving_average(alignments: Iterable[float], first: float = 0.0) -> list[float]:
    """m_t = 0.9 m_{t-1} + 0.1 chi_t, one value per sample (Song, Ahn, Yun, Section 3.2)."""
    averages, average = [], first
    for alignment in alignments:
        average = FACTOR * average + (1 - FACTOR) * alignment
        averages.append(average)
    return averages


def fires(average: float) -> bool:
    """Whether the average is above the threshold."""
    return average > THRESHOLD
