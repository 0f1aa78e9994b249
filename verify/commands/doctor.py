"""`gradalign doctor`: is the installation sound?"""

from __future__ import annotations

from typing import Annotated

import typer


def command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show versions and whether both packages, theory and verify, are the ones of gradalign.

    Packages that only some commands need are listed too, with the way to install them.

    JSON: versions (empty where not installed), cores, problems (a list of sentences, empty if all
    is well).

    Exit code 0 if all is well, 2 if another package shadows ours or a library is missing.

    Example: gradalign doctor
    """
    from verify.arguments import print_json
    from verify.doctor import report, told

    found = report()
    if as_json:
        print_json(found)
    else:
        for name, version in found["versions"].items():
            typer.echo(f"{name:<14} {told(name, version)}")
        typer.echo(f"{'cores':<14} {found['cores']}")
        for problem in found["problems"]:
            typer.echo(f"PROBLEM: {problem}")
        typer.echo("all is well" if not found["problems"] else "see the problems above")
    raise typer.Exit(2 if found["problems"] else 0)
