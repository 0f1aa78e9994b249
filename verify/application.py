"""The command `gradalign`: registers the commands and turns bad input into exit code 2."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from theory.registry import BadClaim
from verify import interrupts
from verify.errors import InputError, Interrupted

COMMANDS = (
    "list",
    "check",
    "explain",
    "analyse",
    "trajectory",
    "diagnose",
    "experiment",
    "refute",
    "sweep",
    "conform",
    "new",
    "doctor",
)
BAD_INPUT, BUG, CLOSED_PIPE = 2, 70, 141
LONGEST_LINE = 400
UNFINISHED = "interrupted before it was finished"


class Commands(TyperGroup):
    """The commands; a reader who stops reading (`| head`) is no failure of theirs."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. (Typer alone would exit with 1, which means "refuted" here.)"""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            _discard_output()
            raise typer.Exit(CLOSED_PIPE) from None


app = typer.Typer(
    name="gradalign",
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Decide theorems about gradient alignment in SGD: derive, certify, simulate, refute.",
    epilog="Bad input ends in one line and exit code 2; Ctrl-C in exit code 130.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gradalign {version('gradalign')}")
        raise typer.Exit


@app.callback()
def options(
    show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options of `gradalign` itself; its help is set where the application is made."""


def flowing(text: str) -> str:
    """A docstring whose paragraphs fill the terminal; indented ones keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(p if "\n " in f"\n{p}" else " ".join(p.split("\n")) for p in paragraphs)


for _name in COMMANDS:
    _command = importlib.import_module(f"verify.commands.{_name}").command
    app.command(name=_name, help=flowing(_command.__doc__ or ""))(_command)


def run(arguments: list[str]) -> int:
    """Run one command; the exit code.

    It is the command's own, or 2 for bad input, 130 for Ctrl-C, 141 when nobody reads the output
    any more, and 70 for a bug of ours.
    """
    try:
        code = app(arguments, prog_name="gradalign", standalone_mode=False)
        interrupts.check()
        if code == interrupts.EXIT_CODE:  # Typer's code for Ctrl-C in a command without its own
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except typer.TyperException as error:
        return _tell(usage(error, arguments), BAD_INPUT)
    except (InputError, BadClaim) as error:
        return _tell(str(error), BAD_INPUT)
    except Interrupted as error:
        return _tell(str(error), interrupts.EXIT_CODE)
    except KeyboardInterrupt:
        return _tell(UNFINISHED, interrupts.EXIT_CODE)
    except OSError as error:
        _discard_output()
        place = error.filename or "standard output"
        return _tell(f"{place}: {error.strerror}; choose another place", BAD_INPUT)
    except MemoryError:
        return _tell("not enough memory for this input; make it smaller", BAD_INPUT)
    except Exception as error:
        if interrupts.asked():  # an import that Ctrl-C ends may fail in any way
            return _tell(UNFINISHED, interrupts.EXIT_CODE)
        return _tell(bug(error), BUG)


def usage(error: typer.TyperException, arguments: list[str]) -> str:
    """A wrong command line in one sentence: what, where, and what to try."""
    command = arguments[0] if arguments[0] in COMMANDS else ""
    close = getattr(error, "possibilities", None)
    message = error.format_message().rstrip(".").replace("Input should", "it should")
    message = message.partition(", unable to parse")[0]
    if close:
        message = f"{message.partition(' (Possible')[0]}; did you mean {' or '.join(close)}?"
    where = f"{command}: " if command else ""
    help_of = f"gradalign {command}".rstrip()
    return where + message + ("" if message.endswith("?") else f"; see {help_of} --help")


def bug(error: Exception) -> str:
    """An error that should not have happened, and where."""
    if os.environ.get("GRADALIGN_TRACEBACK"):
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return (
        f"internal error at {where}: {type(error).__name__}: {error}; please report it, with what "
        "GRADALIGN_TRACEBACK=1 prints"
    )


def _tell(message: str, code: int) -> int:
    """Print one line, whatever the message contains, and return the code."""
    line = "".join(c if c.isprintable() else " " for c in " ".join(message.split()))
    if len(line) > LONGEST_LINE:
        line = f"{line[: LONGEST_LINE // 2]} ... {line[-LONGEST_LINE // 3 :]}"
    typer.echo(f"gradalign: {line}", err=True)
    return code


def _discard_output() -> None:
    """What is still buffered has nowhere to go; without this the interpreter complains at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
