"""The command `gradalign sweep`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import Interrupted

if TYPE_CHECKING:
    from verify.sweep import Finished, Sweep


def command(
    file: Annotated[Path, typer.Argument(help="TOML file with the grid.", metavar="GRID.toml")],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the data set (default: GRID.sweep here).", metavar="FOLDER"),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes on this machine.", min=1, max=512)] = 1,
    executor: Annotated[
        str | None,
        typer.Option(help="Compute on a dask cluster instead.", metavar="dask://HOST:PORT"),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Write a figure to this PNG or SVG file.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON summary.")] = False,
) -> None:
    r"""Map how the gradient alignment behaves over a grid of parameters.

    The grid is a TOML file; each parameter is a number, a list or a range:

      observables = ["regime", "alignment_limit", "turning_time"]
      \[grid]
      condition_number = { from = 2, to = 1000, points = 60, scale = "log" }
      step_size = { from = 0.05, to = 2, points = 60 }
      noise_variance = 1
      d = 20
      k = 2
      initial_gradient = 10

    Every point is computed from exact second moments, as in `gradalign trajectory`. Finished chunks
    are kept in FOLDER (one NPZ file each, and a manifest): however the sweep ends, the same command
    goes on where it stopped, and the bits are the same for any --jobs or --executor.

    JSON: points, chunks, chunks_computed, axes, fixed, unsure_points, columns (defined, min, max of
    each), regimes (points in each), folder.

    Exit code 0; 2 for bad input; 130 for Ctrl-C, and the finished chunks are kept.

    Example: gradalign sweep docs/sweep_example.toml --jobs 2 --plot phases.png
    """
    from verify.arguments import print_json
    from verify.files import check_figure
    from verify.sweep import sweep
    from verify.sweep_executor import executor_at
    from verify.sweep_grid import read_grid

    if plot is not None:
        check_figure(plot)
    grid = read_grid(file)
    folder = out or Path(f"{file.stem}.sweep")
    try:
        with executor_at(executor, min(jobs, grid.chunks)) as chosen:
            answer = sweep(grid, folder, executor=chosen, progress=_progress)
    except KeyboardInterrupt:
        kept = len(list(folder.glob("chunk-*.npz")))
        raise Interrupted(
            f"interrupted: {kept} of {grid.chunks} chunks are kept; run it again to go on from "
            f"{folder}"
        ) from None
    if plot is not None:
        from verify.sweep_plot import plot as draw

        draw(answer, plot)
    if as_json:
        print_json({**answer.to_json(), "folder": str(folder)}, indent=None)
    else:
        _print_table(answer, folder)


def _progress(chunks: Iterable[Finished], done: int, total: int) -> Iterable[Finished]:
    return _shown(chunks, done, total) if sys.stderr.isatty() else chunks


def _shown(chunks: Iterable[Finished], done: int, total: int) -> Iterator[Finished]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    from verify.console import Output

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeLeft()
    with Progress(*columns, console=Output(stderr=True), transient=True) as bar:
        task = bar.add_task("chunks", total=total, completed=done)
        for chunk in chunks:
            yield chunk
            bar.advance(task)


def _print_table(answer: Sweep, folder: Path) -> None:
    from rich.table import Table

    from verify.console import Output

    shown = answer.to_json()
    table = Table(box=None, pad_edge=False)
    for heading, side in (("observable", "left"), ("defined", "right"), ("least", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    table.add_column("greatest", justify="right")
    for name in answer.grid.question.observables:
        if name != "regime":
            found = shown["columns"][name]
            table.add_row(name, f"{found['defined']}", _cell(found["min"]), _cell(found["max"]))
    console = Output(highlight=False)
    if "regimes" in shown:
        console.print("[bold]course of the alignment   share of the points[/bold]")
        for name, count in shown["regimes"].items():
            console.print(f"{name:<34} {100 * count / answer.grid.points:5.1f} %", markup=False)
        console.print()
    console.print(table)
    console.print(
        f"\n{answer.grid.points} points, {shown['chunks_computed']} of {shown['chunks']} chunks "
        f"computed now; data set: {folder}",
        markup=False,
        soft_wrap=True,
    )
    if shown["unsure_points"]:
        typer.echo(
            f"gradalign: note: {shown['unsure_points']} points have fewer than 11 sure digits or "
            'an unfinished search for turns; see the column "unsure"',
            err=True,
        )


def _cell(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"
