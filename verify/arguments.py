"""Command-line arguments that several commands share, and how they are checked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from theory import registry
from verify.errors import InputError
from verify.files import write_atomically
from verify.interrupts import EXIT_CODE


def claim_ids(names: list[str] | None) -> list[str]:
    """The ids of the named claims, or of all; "SA" stands for all claims of that paper.

    Raises InputError with suggestions.
    """
    found = [claim for name in names or registry.PREFIXES for claim in _ids(name)]
    return list(dict.fromkeys(found))


def _ids(name: str) -> list[str]:
    if name.upper() in registry.PREFIXES:
        return [known for known in registry.files() if known.startswith(f"{name.upper()}-")]
    return [one_claim(name)]


def one_claim(name: str) -> str:
    """The id of one claim, however it is capitalised. Raises InputError with suggestions."""
    known = {known.upper(): known for known in registry.files()}
    if name.upper() not in known:
        if "," in name:
            raise InputError(f"no claim {name[:60]!r}; separate claims by spaces: SA-3 SA-4")
        try:
            registry.get(name)
        except registry.UnknownClaim as error:
            raise InputError(str(error)) from None
    return known[name.upper()]


def told_in_one_line(tool: str, work: Callable[[list[str]], int], arguments: list[str]) -> int:
    """The exit code of a tool for authors of claims; bad input and Ctrl-C end in one line."""
    try:
        return work(arguments)
    except (InputError, registry.BadClaim) as error:
        print(f"{tool}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{tool}: interrupted; what was stored before is kept", file=sys.stderr)
        return EXIT_CODE


def print_json(data: Any, target: str = "-", indent: int | None = 2) -> None:
    """Strict JSON in ASCII to standard output (`-`) or, atomically, to a file."""
    text = json.dumps(data, indent=indent, allow_nan=False)
    if target == "-":
        typer.echo(text)
    else:
        write_atomically(Path(target), text + "\n")
