"""`gradalign diagnose`: the step-size condition on real data, scored."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import InputError, Interrupted, Stopped

if TYPE_CHECKING:
    from verify.diagnose import Diagnosis, Probe
    from verify.least_squares import Scaling

SCALED = {
    "standardise": "features standardised: each has mean 0 and variance 1",
    "centre": "features centred and divided by one common number",
}

ROWS = 12
"""Probes shown in the table; the JSON and the figure have all of them."""

PATIENCE = 2.0
"""Seconds after which progress is shown."""


def command(
    data: Annotated[
        str,
        typer.Argument(
            help="digits, diabetes, breast-cancer, wine, or the path of a CSV or NPZ file.",
            show_default=False,
        ),
    ],
    k: Annotated[
        int | None, typer.Option(help="Dominant directions; by default the largest spectral gap.")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(help="Batch size; by default 32, or a quarter of a small data set."),
    ] = None,
    step_size: Annotated[
        str, typer.Option(metavar="E|auto", help="Step size of SGD; auto picks a stable one.")
    ] = "auto",
    steps: Annotated[int, typer.Option(help="Steps of SGD.")] = 300,
    replacement: Annotated[
        bool,
        typer.Option("--with-replacement/--without-replacement", help="How a batch is drawn."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the run; same seed, same result.")] = 0,
    target: Annotated[
        str | None,
        typer.Option(
            help="Column name or 0-based index of a CSV; key in an NPZ file, by default y.",
            show_default=False,
        ),
    ] = None,
    standardise: Annotated[
        bool | None,
        typer.Option(
            "--standardise/--no-standardise",
            help="Every feature to variance 1 (the default but for digits), or all divided by one "
            "number.",
            show_default=False,
        ),
    ] = None,
    probes: Annotated[int, typer.Option(help="States at which the theory is tested.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the run to this .png or .svg file.", metavar="FILE")
    ] = None,
) -> None:
    """Run SGD for least squares on real data and score the theory on the way.

    At each probed state the theory predicts, from the exact minibatch noise,
    whether one more step raises or lowers the alignment of the gradient with
    the dominant directions: it rises if the step size exceeds the critical one.
    The prediction is compared with what the minibatches of that state do: all
    of them when they can be enumerated, else random ones until the direction
    is certain up to a tiny error probability.

    Features and target are centred, so the model has no intercept, and scaled: every feature and
    the target to variance 1, or with --no-standardise the features by one common number, which
    keeps the proportions of features that share a unit. Constant columns are dropped.

    JSON: dataset, samples, d, scaling (standardise or centre), k, batch_size, step_size,
    replacement, seed, eigenvalues, steps (a list with t, alignment, critical_step_size,
    low_alignment, projection_interval, predicted_direction, confirmed, method, draws,
    measured_change) and score (decided, confirmed, undecided, error_probability, closest_margin,
    rivals_confirmed).

    Exit code 0: no decided direction was wrong; 1: one was; 2: bad input; 130: Ctrl-C, after
    the states decided so far are reported.

    Examples:

    gradalign diagnose digits --plot digits.png

    gradalign diagnose houses.csv --target price --batch 1
    """
    from verify.arguments import print_json
    from verify.datasets import load
    from verify.diagnose import diagnose
    from verify.files import check_figure, write_atomically
    from verify.sgd_run import choose_settings

    kind = check_figure(plot) if plot is not None else ""
    step = _step_size(step_size)
    scalings: dict[bool | None, Scaling] = {True: "standardise", False: "centre"}
    problem = load(data, target, scalings.get(standardise))
    settings = choose_settings(
        problem,
        k=k,
        batch_size=batch,
        step_size=step,
        steps=steps,
        replacement=replacement,
        seed=seed,
    )
    stopped = False
    try:
        with _progress() as show:
            diagnosis = diagnose(problem, settings, probes=probes, on_progress=show)
    except Stopped as early:
        stopped, diagnosis = True, early.finished
    if diagnosis.probes:
        if plot is not None:
            from verify.diagnose_figure import draw

            write_atomically(plot, draw(diagnosis, kind))
        if as_json:
            print_json(diagnosis.to_json())
        else:
            _print(diagnosis, plot)
    if stopped:
        told = f"{len(diagnosis.probes)} of {min(probes, steps)} states are decided"
        raise Interrupted(f"interrupted in step {len(diagnosis.path)} of {steps}: {told}")
    if diagnosis.confirmed < diagnosis.decided:
        raise typer.Exit(1)


def _step_size(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(f"step size {text!r}: give a positive number or auto") from None


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """A bar on stderr for those who wait, and only in a terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import Progress

    from verify.console import Output

    started = time.monotonic()
    bar = Progress(console=Output(stderr=True), transient=True)
    task = bar.add_task("deciding directions", total=1.0)

    def show(done: float) -> None:
        if time.monotonic() - started > PATIENCE:
            bar.start()
            bar.update(task, completed=done)

    try:
        yield show
    finally:
        bar.stop()


def _print(diagnosis: Diagnosis, plot: Path | None) -> None:
    from rich.table import Table

    from verify.console import Output

    problem, chosen = diagnosis.problem, diagnosis.settings
    drawn = "with" if chosen.replacement else "without"
    console = Output()
    console.print(
        f"[bold]{problem.name}[/bold]: {problem.samples} samples, {problem.d} directions, "
        f"{chosen.k} dominant (eigenvalues {problem.eigenvalues[chosen.k - 1]:.3g} | "
        f"{problem.eigenvalues[chosen.k]:.3g} at the gap)",
        highlight=False,
    )
    console.print(f"Least squares; {SCALED[problem.scaling]}.", highlight=False)
    console.print(
        f"SGD: {chosen.steps} steps of size {chosen.step_size:.4g}, batches of "
        f"{chosen.batch_size} {drawn} replacement, seed {chosen.seed}. The theory: alignment rises "
        "when the critical step is below the step size, falls when it is above.\n",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for title in ("step", "alignment", "critical", "interval"):
        table.add_column(title, justify="right", no_wrap=True)
    for title in ("regime", "predicted", "by minibatches (drawn)"):
        table.add_column(title, no_wrap=True)
    for probe in _spread(diagnosis.probes):
        table.add_row(*_row(probe))
    console.print(table)
    console.print()
    for line in _conclusion(diagnosis):
        console.print(line, highlight=False)
    if plot is not None:
        console.print(f"Figure: {plot}", highlight=False, soft_wrap=True)


def _spread(probes: tuple[Probe, ...]) -> list[Probe]:
    """A dozen probes, the first and the last among them, and every contradicted one."""
    count = min(ROWS, len(probes))
    chosen = {round(i * (len(probes) - 1) / max(1, count - 1)) for i in range(count)}
    return [p for i, p in enumerate(probes) if i in chosen or p.confirmed is False]


def _row(probe: Probe) -> tuple[str, ...]:
    state, interval = probe.conditions, probe.conditions.projection_interval
    regimes = {True: "low", False: "high", None: "-"}
    outcomes = {
        True: "[green]confirmed[/green]",
        False: "[bold red]contradicted[/bold red]",
        None: "[yellow]undecided[/yellow]",
    }
    batches = {"enumerated": "all", "resampled": f"{probe.decided.draws:,}", "bounded": "any"}
    return (
        str(probe.t),
        "-" if state.alignment is None else f"{state.alignment:.4f}",
        "none" if state.critical_step_size is None else f"{state.critical_step_size:.4g}",
        "empty" if interval is None else f"{interval[0]:.2g} .. {interval[1]:.2g}",
        regimes[state.low_alignment],
        {1: "rises", -1: "falls", 0: "stays"}[probe.predicted_direction],
        f"{outcomes[probe.confirmed]} ({batches[probe.decided.method]})",
    )


def percent(share: float) -> str:
    """A share to two digits, without an exponent where it is large."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"


def _conclusion(diagnosis: Diagnosis) -> list[str]:
    decided, confirmed = diagnosis.decided, diagnosis.confirmed
    undecided = len(diagnosis.probes) - decided
    certainty = (
        f"the chance that any of these decisions is wrong is at most "
        f"{diagnosis.error_probability:.2g}"
        if diagnosis.error_probability
        else "every minibatch was enumerated, so these decisions are certain"
    )
    if not decided:
        return [f"No direction could be decided at the {undecided} probed states; try --batch 1."]
    colour = "green" if confirmed == decided else "red"
    lines = [
        f"The predicted direction was right at [bold {colour}]{confirmed} of {decided}"
        f"[/bold {colour}] decided states; {certainty}."
    ]
    if undecided:
        lines.append(
            f"{undecided} more stayed undecided: too close to the critical step to tell in time."
        )
    if diagnosis.closest_margin is not None:
        lines.append(
            f"Closest confirmed call: critical step {percent(diagnosis.closest_margin)} off the "
            "step size."
        )
    rivals = ", ".join(f"{name}: {right}" for name, right in diagnosis.rivals_confirmed.items())
    lines.append(f"Deliberately wrong theories on the same {decided} states: {rivals}.")
    return lines
