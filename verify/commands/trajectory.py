"""The command `gradalign trajectory`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import Interrupted

if TYPE_CHECKING:
    from verify.trajectory import Trajectory


def command(
    file: Annotated[str, typer.Argument(help="JSON or NPZ file with the run; - reads stdin.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Write a figure to this PNG or SVG file.", metavar="FILE")
    ] = None,
    precision: Annotated[
        int, typer.Option(help="Significant digits to print; more than 17 needs exact input.")
    ] = 17,
) -> None:
    """Follow the gradient alignment along a run of SGD with constant noise and step size.

    The run is one JSON object (or an NPZ file with the same keys):

      {"eigenvalues": [1, "1/2", "1/10", "1/20"], "k": 2,
       "initial_gradient": [10, 7, 4, 3], "noise_variance": 1,
       "step_size": "1/2", "steps": 60}

    It prints alignment and critical step size at some twenty times (--json and --plot have up to
    1000), the direction of the first change, the steps at which the alignment turns, its limit,
    and which hypotheses of the two-phase theorem SA-9 hold: H1 step_size < 2/(λ_1 + λ_{k+1}); H2
    additive noise; H3 every eigenspace starts at or above its stationary level.

    Numbers are exact or doubles as in `gradalign analyse`. The moments are exact, so `steps` may be
    a million or more.

    JSON: alignment and critical_step_size (lists of pairs t, value), direction_first (-1, 0, 1),
    turning_times, alignment_limit, hypotheses, reason (why a value is null).

    Exit code 0; 2 for bad input; 130 for Ctrl-C, and then nothing is written.

    Example: gradalign trajectory run.json --plot run.png
    """
    from verify.arguments import print_json
    from verify.files import check_figure
    from verify.state import read_run
    from verify.trajectory import trajectory

    if plot is not None:
        check_figure(plot)
    run = read_run(file, precision=precision)
    steps = _Steps()
    try:
        answer = trajectory(run, precision=precision, progress=steps.shown)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted: {steps}; nothing is printed or written") from None
    for warning in answer.warnings:
        typer.echo(f"gradalign: note: {warning}", err=True)
    if plot is not None:
        from verify.trajectory_plot import plot as draw

        draw(answer, plot)
    if as_json:
        print_json(answer.to_json(), indent=None)
    else:
        _print_table(answer)


class _Steps:
    """Progress in a terminal, and how far it came for those who interrupt."""

    def __init__(self) -> None:
        self.label, self.done = "", 0

    def shown(self, times: Iterable[int], label: str) -> Iterator[int]:
        """The times, counted, with a bar in a terminal."""
        self.label, self.done = label, 0
        if sys.stderr.isatty():
            from rich.progress import track

            from verify.console import Output

            times = track(times, label, console=Output(stderr=True), transient=True)
        for time in times:
            yield time
            self.done += 1

    def __str__(self) -> str:
        return f"{self.done} times examined for {self.label}" if self.label else "no time examined"


def _print_table(answer: Trajectory) -> None:
    from rich.table import Table

    from verify.console import Output

    table = Table(box=None, pad_edge=False)
    for heading in ("t", "alignment", "critical step size"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("")
    shown = answer.to_json()
    rows = list(zip(shown["alignment"], shown["critical_step_size"], strict=True))
    turns = set(answer.turning_times or ())
    stride = max(1, (len(rows) - 1) // 15)
    for i, ((t, alignment), (_, critical)) in enumerate(rows):
        if i % stride == 0 or i == len(rows) - 1 or t in turns:
            table.add_row(f"{t}", _cell(alignment), _cell(critical), "turn" if t in turns else "")
    console = Output(highlight=False)
    console.print(table)
    console.print(
        f"\n{answer.sentence}\nTurning times found by {answer.turns_found_by}.", markup=False
    )
    for key, why in answer.reason.items():
        console.print(f"{key}: {why}", markup=False)


def _cell(value: object) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else f"{value:.10g}"
