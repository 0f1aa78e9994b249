"""Running `gradalign` inside the test's process, exactly as the entry point does."""

from __future__ import annotations

import io
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from verify.cli import main


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def gradalign(*arguments: str, stdin: str = "", columns: int = 100) -> Done:
    """Run the command with these arguments, in a terminal of so many columns."""
    out, err = io.StringIO(), io.StringIO()
    typed = io.BytesIO(stdin.encode("utf-8", "surrogatepass"))
    kept = signal.getsignal(signal.SIGINT)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["gradalign", *arguments])
        patch.setattr(sys, "unraisablehook", sys.unraisablehook)
        patch.setattr(sys, "stdin", io.TextIOWrapper(typed))
        patch.setenv("COLUMNS", str(columns))
        patch.setattr("verify.console.SILENCE", float("inf"))  # however slow the machine
        patch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", ".hypothesis")  # that of the tests
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            signal.signal(signal.SIGINT, kept)
    return Done(code, out.getvalue(), err.getvalue())


def refused(done: Done) -> str:
    """The one line on stderr of a command that refused its input: exit code 2, nothing printed."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert not done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("gradalign: ")
    assert line.isprintable()
    assert len(line) < 500
    return line
