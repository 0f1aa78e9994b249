"""Is the installation sound? Versions, name collisions, and whether both packages are ours."""

from __future__ import annotations

import importlib.util
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

LIBRARIES = (
    "sympy", "numpy", "scipy", "mpmath", "python-flint", "hypothesis", "numba", "scikit-learn",
    "matplotlib", "typer", "rich", "pytest", "torch", "optax", "jax", "dask",
)  # fmt: skip
OPTIONAL = {"pytest": "test", "torch": "torch", "optax": "optax", "jax": "optax", "dask": "cluster"}
PACKAGES = ("theory", "verify")


def told(name: str, version: str) -> str:
    """The version, or how to install what is missing."""
    if version or name not in OPTIONAL:
        return version or "not installed"
    return f"not installed (optional: pip install -e '.[{OPTIONAL[name]}]')"


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


def report() -> dict[str, Any]:
    """Versions, cores, and problems, each with what to do about it."""
    problems = [
        f"another package shadows ours: {place}; uninstall it or use a fresh virtual environment"
        for place in foreign_packages()
    ]
    problems += [
        f"the distribution {name!r} also ships a package called theory or verify; uninstall it"
        for name in rival_distributions()
    ]
    versions = {"python": platform.python_version()}
    for name in ("gradalign", *LIBRARIES):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = ""
    missing = [name for name in LIBRARIES if not versions[name] and name not in OPTIONAL]
    problems += [f"{name} is not installed; run pip install {name}" for name in missing]
    return {"versions": versions, "cores": os.cpu_count(), "problems": problems}
