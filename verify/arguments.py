"""Command-line arguments that several commands share, and how they are checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from theory import registry
from verify.errors import InputError
from verify.files import write_atomically


def claim_ids(names: list[str] | None) -> list[str]:
    """The ids of the named claims, or of all. Raises InputError with suggestions."""
    if not names:
        return list(registry.files())
    known = {name.upper(): name for name in registry.files()}
    missing = [n for n in names if n.upper() not in known]
    if missing:
        try:
            registry.get(missing[0])
        except registry.UnknownClaim as error:
            raise InputError(str(error)) from None
    return list(dict.fromkeys(known[n.upper()] for n in names))


def print_json(data: Any, target: str = "-", indent: int | None = 2) -> None:
    """Strict JSON in ASCII to standard output (`-`) or, atomically, to a file."""
    text = json.dumps(data, indent=indent, allow_nan=False)
    if target == "-":
        typer.echo(text)
    else:
        write_atomically(Path(target), text + "\n")
