"""`gradalign experiment`: the phenomena of a paper on a real network, measured and drawn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from verify.tiny_subspaces.experiment.report import Report
    from verify.tiny_subspaces.network.units import Unit

NAMES = ("tiny-subspaces",)
TIERS = ("quick", "full")
KINDS = ("png", "svg")
MOST_SEEDS = 100
QUIET_SECONDS = 30
"""Without a terminal, a line of progress is printed this often."""


def command(
    name: Annotated[str, typer.Argument(help="Which experiment: tiny-subspaces.")],
    out: Annotated[Path, typer.Option(help="Folder of the results and figures.", metavar="DIR")],
    tier: Annotated[
        str, typer.Option(help="quick (a small network, 15 s on two cores) or full (4 minutes).")
    ] = "quick",
    seeds: Annotated[
        int | None,
        typer.Option(help="How many starts; by default 1 (quick) or 3 (full).", metavar="N"),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 means one per core.")] = 0,
    figures: Annotated[
        str, typer.Option("--figures", help="Kind of the figures: png or svg.")
    ] = "png",
    as_json: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Also write the results to FILE (- prints)."),
    ] = None,
) -> None:
    """Train a small network and measure what its gradients, projections and optimisers do.

    A tanh network on scikit-learn's digits, trained by SGD, GD, SAM and Adam, whole and projected
    on the dominant or the bulk subspace of the exact Hessian: claims TS-30 to TS-36. Needs PyTorch.

    The folder DIR receives the figures, results.json, and one file per finished unit: however the
    run ends, the same command goes on where it stopped and computes nothing twice. Another
    setting, code or library version never reuses a result.

    JSON: tier, seeds, units, versions, reproduced, least_gap (smallest lambda_10 - lambda_11 over
    lambda_1), flags, parts (claim, part, bounds, seen: one number per seed, reproduced), claims
    (id, title, measured: all numbers, one row per seed).

    Exit code 0; 1 if in the full tier a number lies outside the bounds; 2 for bad input; 130 for
    Ctrl-C, and the finished units are kept. The quick network is smaller than the one the bounds
    are for: there they are shown, and only the full tier decides.

    Example: gradalign experiment tiny-subspaces --out tiny --tier full
    """
    from verify.adapters import require_torch
    from verify.arguments import print_json
    from verify.files import check_writable

    _check(name, tier, jobs, seeds, figures)
    require_torch()
    if as_json not in (None, "-"):
        check_writable(Path(str(as_json)))
    from verify.tiny_subspaces.experiment.figures import FIGURES, draw
    from verify.tiny_subspaces.experiment.plan import plan
    from verify.tiny_subspaces.experiment.report import Report
    from verify.tiny_subspaces.experiment.run import run
    from verify.tiny_subspaces.sizes import SIZES

    size = SIZES[tier]
    count = size.seeds if seeds is None else seeds
    units = plan(size, count)
    with _progress(units) as show:
        results = run(units, out, jobs or os.cpu_count() or 1, show)
    report = Report(size, count, results)
    for figure in FIGURES:
        draw(report, figure, out / f"{figure}.{figures}")
    print_json(report.to_json(), str(out / "results.json"))
    if as_json is not None:
        print_json(report.to_json(), as_json)
    if as_json != "-":
        _print(report, out)
    if tier == "full" and not report.reproduced:
        raise typer.Exit(1)


def _check(name: str, tier: str, jobs: int, seeds: int | None, figures: str) -> None:
    if name not in NAMES:
        raise InputError(f"no experiment {name[:60]!r}; choose {', '.join(NAMES)}")
    if tier not in TIERS:
        raise InputError(f"--tier is {tier[:60]!r}; choose {' or '.join(TIERS)}")
    if figures not in KINDS:
        raise InputError(f"--figures is {figures[:60]!r}; choose {' or '.join(KINDS)}")
    if jobs < 0:
        raise InputError("--jobs must not be negative")
    if seeds is not None and not 1 <= seeds <= MOST_SEEDS:
        raise InputError(f"--seeds is {seeds}; choose 1 to {MOST_SEEDS}")


@contextmanager
def _progress(units: dict[Unit, str]) -> Iterator[Callable[[Unit, bool], None]]:
    """A bar with the time left in a terminal; elsewhere a line now and then."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from verify.console import Output
    from verify.tiny_subspaces.experiment.plan import cost

    console = Output(stderr=True)
    whole = sum(map(cost, units))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %, left"),
        TimeRemainingColumn(),
    )
    seen: list[Unit] = []
    started = told = time.monotonic()
    paid = 0.0
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(f"0 of {len(units)} units", total=whole)

        def show(unit: Unit, new: bool) -> None:
            nonlocal told, paid
            seen.append(unit)
            paid += cost(unit) if new else 0.0
            share = sum(map(cost, seen)) / whole
            text = f"{len(seen)} of {len(units)} units"
            bar.update(task, advance=cost(unit), description=text)
            now = time.monotonic()
            if not console.is_terminal and paid and now - told > QUIET_SECONDS:
                told = now
                left = (now - started) * (1 - share) * whole / paid
                typer.echo(f"{text}, about {left:.0f} s left", err=True)

        yield show


def _print(report: Report, out: Path) -> None:
    from verify.console import Output

    console = Output(highlight=False)
    lines = report.lines()
    decides = report.size.tier == "full"
    if not decides:
        console.print(
            "A small network against the bounds of the full one: shown only, for comparison. "
            "The full tier decides the claims (--tier full).\n",
            markup=False,
        )
    console.print(_table(report, "bold red" if decides else "yellow"))
    inside = sum(not line.outside for line in lines)
    seeds = ", ".join(map(str, range(report.seeds)))
    console.print(f"\n{inside} of {len(lines)} bounds hold for all seeds ({seeds}).", markup=False)
    for line in lines:
        found = [f"seed {s} has {line.bounds.shown(line.seen[s], digits=4)}" for s in line.outside]
        if found:
            told = f"  {line.claim}, {line.part}: {line.bounds}, but {', '.join(found)}"
            console.print(told, markup=False)
    for told in report.flags():
        console.print(f"Note: {told}", markup=False, soft_wrap=True)
    console.print(f"Results and figures: {out}", markup=False, soft_wrap=True)


def _table(report: Report, alarm: str) -> Table:
    """The bounds in the order of the claims; in 80 columns at most the numbers are folded."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for title in ("claim", "quantity", "bound", "seen", ""):
        table.add_column(title, no_wrap=title != "seen")
    last = ""
    for line in report.lines():
        claim, last = "" if line.claim == last else line.claim, line.claim
        seen = ", ".join(line.bounds.shown(value) for value in line.seen)
        mark = f"[{alarm}]outside[/{alarm}]" if line.outside else "[green]inside[/green]"
        table.add_row(claim, line.bounds.quantity, escape(line.bounds.allowed), seen, mark)
    return table
