"""The folder of an experiment: one JSON file per finished unit, found again by what it depends on.

A file's name is a digest of the unit's settings, of the code that computes it and of the versions
of the numerical libraries: another setting, another code or another library never finds it. Files
appear whole or not at all, so the experiment may be killed at any moment.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from verify.errors import InputError
from verify.files import write_atomically
from verify.tiny_subspaces.network import units as units_module
from verify.tiny_subspaces.network.results import Result
from verify.tiny_subspaces.network.units import Unit

LIBRARIES = ("torch", "numpy", "scipy", "scikit-learn")


@cache
def versions() -> dict[str, str]:
    """Versions of the libraries that compute the numbers, and a digest of the code that does."""
    home = Path(units_module.__file__).parent
    sources = [*sorted(home.glob("*.py")), home.parents[1] / "adapters" / "hessian.py"]
    code = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()
    return {**{name: metadata.version(name) for name in LIBRARIES}, "code": code[:16]}


def key(unit: Unit) -> str:
    """A digest of everything that a unit's result depends on."""
    content = [type(unit).__name__, asdict(unit), versions()]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Store:
    """Where the results of units are kept."""

    folder: Path

    @classmethod
    def opened(cls, folder: Path) -> Store:
        """The store in a folder, made if needed. Raises InputError if it cannot be written."""
        place = folder / "units"
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot write {folder}: {error.strerror}; choose another --out"
            ) from None
        return cls(place)

    def path(self, unit: Unit) -> Path:
        """Where the result of a unit is kept."""
        return self.folder / f"{key(unit)}.json"

    def read(self, unit: Unit) -> Result | None:
        """The kept result; None if there is none, or none that can be read."""
        try:
            content = json.loads(self.path(unit).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        found = content.get("result") if isinstance(content, dict) else None
        return found if isinstance(found, dict) else None

    def write(self, unit: Unit, name: str, result: Result) -> None:
        """Keep a finished unit."""
        content: dict[str, Any] = {
            "name": name,
            "unit": {"kind": type(unit).__name__, **asdict(unit)},
            "versions": versions(),
            "result": result,
        }
        write_atomically(self.path(unit), json.dumps(content, allow_nan=False) + "\n")
