"""Results of units, computed at most once per process."""

from __future__ import annotations

from functools import cache
from typing import Any

from verify.adapters import require_torch
from verify.tiny_subspaces.network.units import Unit

Result = dict[str, Any]


@cache
def result(unit: Unit) -> Result:
    """What the unit's run shows. Raises InputError when PyTorch is missing."""
    require_torch()
    from verify.tiny_subspaces.network.compute import compute

    return compute(unit)
