"""`gradalign new`: the template of a claim."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    claim: Annotated[str, typer.Argument(help="A new id, such as SA-21.")],
    slug: Annotated[str, typer.Argument(help="A short name for the file, such as my_bound.")],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--in", metavar="FOLDER", help="Where to write it; the paper's folder if absent."
        ),
    ] = None,
    setting: Annotated[
        bool, typer.Option("--setting", help="About a small model of its own: docs/settings.md.")
    ] = False,
) -> None:
    """Write the template of a claim: a complete, true one to change into yours.

    With --setting it is about a small model of its own (a few numbers and an update rule), and a
    second file says what its words mean.

    Exit code 0; 2 for bad input, and then nothing is written; it never overwrites a file.

    Examples:

    gradalign new SA-21 my_bound

    gradalign new TS-40 my_model --setting
    """
    from verify.template import write_claim

    for file in write_claim(claim, slug, folder, setting):
        typer.echo(f"wrote {file}")
    typer.echo("next: edit it, then run")
    typer.echo(f"  python -m verify.prove {claim}     # finds certificates for its derivation")
    typer.echo(f"  python -m verify.refute {claim}    # stores a small model against each mutant")
    typer.echo(f"  gradalign check {claim}")
