"""The command `gradalign`: registers the commands and turns bad input into exit code 2."""

from __future__ import annotations

import importlib
import sys

import typer

from theory.registry import BadClaim
from verify.errors import InputError

COMMANDS = (
    "list",
    "check",
    "explain",
    "analyse",
    "trajectory",
    "diagnose",
    "refute",
    "sweep",
    "new",
    "doctor",
)

app = typer.Typer(
    name="gradalign",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Decide theorems about gradient alignment in SGD: derive, certify, simulate, refute.",
)
for _name in COMMANDS:
    app.command(name=_name)(importlib.import_module(f"verify.commands.{_name}").command)


def main() -> None:
    """Run the command line; bad input ends in one line on stderr and exit code 2."""
    try:
        app()
    except (InputError, BadClaim) as error:
        typer.echo(f"gradalign: {error}", err=True)
        sys.exit(2)
