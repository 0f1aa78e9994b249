"""Is the installation sound? Versions, name collisions, and whether both packages are ours."""

from __future__ import annotations

import importlib.util
from importlib import metadata
from pathlib import Path

PACKAGES = ("theory", "verify")


def foreign_packages() -> list[str]:
    """Import packages that another distribution shadows, as `name at path`."""
    home = Path(__file__).resolve().parent.parent
    foreign = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).resolve().parent if spec and spec.origin else None
        if place != home / name:
            foreign.append(f"{name} at {place}")
    return foreign


def rival_distributions() -> list[str]:
    """Other installed distributions that also ship a package called theory or verify."""
    owners = metadata.packages_distributions()
    return sorted(
        {owner for name in PACKAGES for owner in owners.get(name, []) if owner != "gradalign"}
    )
