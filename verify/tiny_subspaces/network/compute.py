"""Compute a unit of the experiment: one thread, results as plain lists."""

from __future__ import annotations

from typing import Any

import torch
from threadpoolctl import threadpool_limits

from verify.tiny_subspaces.network.branch import branched
from verify.tiny_subspaces.network.distances import compared
from verify.tiny_subspaces.network.rates import effective_rates
from verify.tiny_subspaces.network.units import Branch, Distances, Unit, Watch
from verify.tiny_subspaces.network.watch import watched


def compute(unit: Unit) -> dict[str, Any]:
    """What the unit's run shows, as plain JSON values.

    One thread: the matrices are small, and more threads would change the last bits.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            return _run(unit)
    finally:
        torch.set_num_threads(threads)


def _run(unit: Unit) -> dict[str, Any]:
    if isinstance(unit, Watch):
        return watched(unit)
    if isinstance(unit, Branch):
        return branched(unit)
    if isinstance(unit, Distances):
        return compared(unit)
    return effective_rates(unit)
