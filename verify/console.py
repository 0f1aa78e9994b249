"""The console that commands print to, and what a long computation says while it runs."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console

SILENCE = 2.0  # seconds before a computation first says how far it is
PAUSE = 10.0  # seconds between two such lines where no line can be overwritten


class Output(Console):
    """A rich console that lets the command line decide what a closed pipe means.

    (Rich would exit with code 1, which `gradalign check` keeps for a refuted claim.)
    """

    def on_broken_pipe(self) -> None:
        """Hand the BrokenPipeError that is being handled to the caller."""
        raise


class ProgressLine:
    """How far a computation is, on stderr: one live line in a terminal, elsewhere a line at times.

    `with ProgressLine("searching") as tell: tell("10 models tried")`; the first line comes after
    two seconds.
    """

    def __init__(self, task: str) -> None:
        self.task = task
        console = Output(stderr=True)
        self.live = console.status(task) if console.is_terminal else None
        self.due = time.monotonic() + SILENCE

    def __enter__(self) -> Self:
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.stop()

    def __call__(self, state: str) -> None:
        """Say how far the computation is, unless that was said just now."""
        now = time.monotonic()
        if now < self.due:
            return
        if self.live is not None:
            self.live.update(f"{self.task}: {state}")
            self.due = now + 0.2
        else:
            print(f"{self.task}: {state}", file=sys.stderr, flush=True)
            self.due = now + PAUSE
