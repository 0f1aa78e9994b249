"""The command `gradalign analyse`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from verify.analyse import Analysis

IRRATIONAL = ("alignment_threshold", "fixed_step_threshold", "projection_threshold")

LABELS = {
    "alignment": "alignment a = D/(D+B)",
    "alignment_next": "after the step: E[D⁺]/E[D⁺+B⁺]",
    "critical_step_size": "critical step size η*",
    "low_alignment": "low-alignment regime",
    "alignment_threshold": "self-correction threshold a*",
    "fixed_step_threshold": "threshold at this step size â",
    "projection_threshold": "projection threshold a_P",
    "dominant_step_limit": "largest step, dominant part",
    "bulk_step_limit": "largest step, bulk part",
    "full_step_limit": "largest step, full update",
    "projection_interval": "steps where only the bulk helps",
    "expected_ratio_next": "mean of D⁺/(D⁺+B⁺), Gaussian noise",
}
LEGEND = (
    "D and B are the gradient energies of the dominant and the bulk directions, ⁺ is after one "
    "step; the mean in the last row is enclosed in an interval."
)
EXACT = "Fractions are exact, decimals rounded; thresholds may be irrational."


def command(
    file: Annotated[str, typer.Argument(help="JSON or NPZ file with the state; - reads stdin.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    precision: Annotated[
        int, typer.Option(help="Significant digits to print; more than 17 needs exact input.")
    ] = 17,
) -> None:
    """Tell what the next SGD step does to the gradient alignment of a state.

    The state is one JSON object (or an NPZ file with the same keys):

      {"eigenvalues": [1, "1/2"], "k": 1, "gradient": [2, 2],
       "noise_variance": [9, 4], "step_size": "1/2"}

    Keys: eigenvalues (descending) or hessian (then gradient and noise_covariance are in its basis);
    k, the number of dominant directions; gradient; noise_variance (one number, or one per
    eigenvalue) or noise_covariance (a matrix); optionally step_size.

    Strings such as "1/3" or "0.1" and whole numbers are exact; when all numbers are, the answer is
    computed exactly and --precision prints as many digits as you like. JSON numbers such as 0.1
    are doubles. With --json, numbers of more than 17 digits are strings.

    JSON: alignment, alignment_next, critical_step_size, low_alignment, alignment_threshold (a*),
    fixed_step_threshold, projection_threshold, dominant_step_limit, bulk_step_limit,
    full_step_limit, projection_interval, expected_ratio_next (an enclosure), each null where
    undefined, with the cause under reason.

    Exit code 0; 2 for bad input.

    Example: echo '{"eigenvalues": [1, "1/2"], "k": 1, "gradient": [2, 2],
    "noise_variance": [9, 4], "step_size": "1/2"}' | gradalign analyse -
    """
    from verify.analyse import analyse
    from verify.arguments import print_json
    from verify.state import read_state

    answer = analyse(read_state(file, precision=precision), precision=precision)
    for warning in answer.warnings:
        typer.echo(f"gradalign: note: {warning}", err=True)
    if as_json:
        print_json(answer.to_json())
    else:
        _print_table(answer)


def _print_table(answer: Analysis) -> None:
    from rich.table import Table

    from verify.console import Output

    console = Output(highlight=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=console.width >= 60)
    table.add_column(overflow="fold")
    shown = answer.to_json()
    for key, label in LABELS.items():
        table.add_row(label, _cell(answer, key, shown[key]))
    console.print(table)
    console.print(f"\n{LEGEND}{f' {EXACT}' if answer.exact else ''}", style="dim")
    console.print(f"\n{answer.sentence}", markup=False)


def _cell(answer: Analysis, key: str, shown: Any) -> str:
    if shown is None:
        return f"[dim]none: {answer.reason[key]}[/dim]"
    if isinstance(shown, bool):
        return "yes" if shown else "no (self-correcting)"
    value = getattr(answer, key)
    if isinstance(shown, list):
        ends = value if answer.exact and key == "projection_interval" else shown
        return f"({_end(ends[0], shown[0])}, {_end(ends[1], shown[1])})"
    fraction = short(value) if answer.exact and key not in IRRATIONAL else None
    if fraction is None or fraction == str(shown):
        return str(shown)
    if value.denominator == 1:
        return fraction
    return f"{fraction} {'=' if Fraction(str(shown)) == value else '≈'} {shown}"


def _end(value: Any, shown: Any) -> str:
    return short(value) or str(shown)


def short(value: Any) -> str | None:
    """An exact number as a fraction in lowest terms, if that is short."""
    from verify.exact_numbers import short_fraction

    return short_fraction(value) if isinstance(value, Fraction) else None
