"""`gradalign conform`: which claims does somebody else's optimiser satisfy?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import InputError

if TYPE_CHECKING:
    from verify.conform.decide import Report


def command(
    optimiser: Annotated[
        str, typer.Argument(help="module:name, such as torch.optim:SGD or optax:adam.")
    ],
    lr: Annotated[str, typer.Option(help="The step size: a decimal, or a fraction such as 1/8.")],
    momentum: Annotated[
        str | None, typer.Option(help="Short for --set momentum=...", show_default=False)
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option of the optimiser; repeatable."),
    ] = None,
    claims: Annotated[
        str | None, typer.Option(help="Claims, with commas, such as SA-1,SA-3; all if not given.")
    ] = None,
    ulps: Annotated[
        int, typer.Option(help="Rounding to forgive: units in the last place, per step.")
    ] = 4,
    as_json: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Also write JSON to FILE (- prints it)."),
    ] = None,
) -> None:
    """Run an optimiser on exact quadratics and tell which claims it satisfies.

    Every outcome of a small noise is fed to the optimiser, in double precision. The claims' own
    sentences are then read with its moves in place of the update x+ = x - eta (Hx + xi). The
    quadratics are such that plain SGD does not round: it satisfies them to the last bit. The
    optimiser starts afresh, or has made one step before.

    VALUE is a number, true, false, none, or numbers with commas.

    JSON: schema, optimiser, step_size, options, parameter, situations, ulps, summary and claims, a
    list with id, title, verdict, precision, cases, rounded, counterexample, parts,
    not_about_the_update.

    Exit code 0: every claim about the update is satisfied; 1: some claim fails; 2: bad input.

    Examples:

    gradalign conform torch.optim:SGD --lr 0.1 --momentum 0.9

    gradalign conform torch.optim:Adam --lr 1/8 --set betas=0.9,0.999 --claims SA-1,SA-3
    """
    from verify.adapters.update_rule import load
    from verify.arguments import print_json
    from verify.conform.decide import CLAIMS, FAILS, conform
    from verify.conform.report import as_data
    from verify.console import Output
    from verify.files import check_writable

    chosen = _options(options or [], momentum)
    names = CLAIMS if claims is None else tuple(_ids(claims, CLAIMS))
    if not 0 <= ulps <= 1000:
        raise InputError(f"--ulps is {ulps}; choose a number from 0 to 1000")
    if as_json not in (None, "-"):
        check_writable(Path(str(as_json)))
    with Output(stderr=True).status(f"loading {optimiser}") as status:
        rule = load(optimiser, lr, chosen)
        report = conform(
            rule,
            names,
            ulps=ulps,
            on_progress=lambda name: status.update(f"running {optimiser}: {name}"),
        )
    if as_json != "-":
        _print(report)
    if as_json is not None:
        print_json(as_data(report), as_json)
    if any(c.verdict == FAILS for c in report.claims):
        raise typer.Exit(1)


def _options(pairs: list[str], momentum: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in [*pairs, *([] if momentum is None else [f"momentum={momentum}"])]:
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise InputError(f"--set {pair}: give KEY=VALUE, such as betas=0.9,0.999")
        if key in found:
            raise InputError(f"the option {key} is given twice")
        if key in ("lr", "learning_rate"):
            raise InputError(f"--set {pair}: give the step size as --lr {value}")
        found[key] = value
    return found


def _ids(text: str, askable: tuple[str, ...]) -> list[str]:
    """The claims in a list with commas. Raises InputError for one that cannot be asked."""
    from verify.arguments import one_claim

    names = [one_claim(name.strip()) for name in text.split(",") if name.strip()]
    if not names:
        raise InputError(f"--claims {text!r} names no claim; leave it out for all")
    for name in names:
        if name not in askable:
            raise InputError(
                f"--claims: {name} does not speak about the update of an optimiser; choose from "
                f"{', '.join(askable)}"
            )
    return list(dict.fromkeys(names))


def _print(report: Report) -> None:
    from rich import box
    from rich.table import Table

    from verify.conform.decide import FAILS, HOLDS
    from verify.conform.report import counterexample, label, precision, summary
    from verify.console import Output

    console = Output(highlight=False)
    console.print(f"{label(report.rule)} (one {report.rule.arrangement} of parameters)")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("claim", "title", "verdict", "how exactly", "cases"):
        table.add_column(title, justify="right" if title == "cases" else "left")
    for found in report.claims:
        style = {HOLDS: "green", FAILS: "bold red"}.get(found.verdict, "dim")
        table.add_row(
            found.claim.id,
            found.claim.title,
            f"[{style}]{found.verdict}[/]",
            precision(found, report.ulps),
            str(found.spoke),
        )
    console.print(table)
    for found in report.claims:
        if found.verdict == FAILS:
            console.print(counterexample(found), markup=False, soft_wrap=True)
    console.print(("\n" if report.claims else "") + summary(report), markup=False)
