"""The console that commands print to."""

from __future__ import annotations

from rich.console import Console


class Output(Console):
    """A rich console that lets the command line decide what a closed pipe means.

    (Rich would exit with code 1, which `gradalign check` keeps for a refuted claim.)
    """

    def on_broken_pipe(self) -> None:
        """Hand the BrokenPipeError that is being handled to the caller."""
        raise
