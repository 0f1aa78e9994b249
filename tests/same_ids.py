"""Names of parametrised tests that are the same in every process, as parallel runs need them."""

from __future__ import annotations

from typing import Any


def in_order(value: Any) -> str:
    """A value as it prints, and a set with its members in order."""
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(str, value))) + "}"
    return str(value)
