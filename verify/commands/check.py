"""`gradalign check`: decide claims, with evidence and error probabilities."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import InputError, Interrupted

if TYPE_CHECKING:
    from verify.evidence import Verdict

TIERS = ("fast", "full", "experiment")


def command(
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="Claims, such as SA-3, or papers, such as TS; all if none."),
    ] = None,
    tier: Annotated[
        str, typer.Option(help="fast (default), full (long searches, rediscovery) or experiment.")
    ] = "fast",
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 means one per core.")] = 0,
    seed: Annotated[int, typer.Option(help="The seed of every random stream.")] = 0,
    as_json: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="Also write JSON to FILE (- prints it)."),
    ] = None,
) -> None:
    """Decide claims: proofs, exact checks, searches, simulations, and the mutants they must refute.

    Exit code 0: nothing refuted, nothing owed missing; 1: a claim is refuted; 2: bad input;
    3: owed evidence is missing; 130: Ctrl-C, after what is decided so far is reported. Evidence
    that only a later tier gathers is shown as "not run"; it is missing only for claims that are
    named one by one. A statement that is false as printed, and known to be, is no failure.

    JSON: schema, seed, error_probability and claims, a list with id, title, verdict (proved,
    checked, supported, not run, refuted, refuted as printed), solid, evidence (kind, verdict,
    error_probability, seconds), mutants (total, refuted), missing, failures (kind, name, detail),
    seconds.

    Example: gradalign check SA-3 SA-9 --tier full --json verdicts.json
    """
    from concurrent.futures import BrokenExecutor

    from verify.arguments import claim_ids, print_json
    from verify.files import check_writable
    from verify.reporting import as_data

    if tier not in TIERS:
        raise InputError(f"--tier is {tier!r}; choose one of {', '.join(TIERS)}")
    if jobs < 0 or seed < 0:
        raise InputError("--jobs and --seed must not be negative")
    names = claim_ids(ids)
    if as_json not in (None, "-"):
        check_writable(Path(str(as_json)))
    verdicts: list[Verdict] = []
    ended: Exception | None = None
    try:
        _decide(names, tier, seed, jobs or os.cpu_count() or 1, verdicts)
    except KeyboardInterrupt:
        ended = Interrupted(f"interrupted: {_decided(verdicts, names)}")
    except BrokenExecutor:
        ended = InputError(
            f"a worker process was killed: {_decided(verdicts, names)}; run the same command "
            "again, with fewer --jobs if memory is short"
        )
    if as_json != "-":
        _print_table(verdicts)
    if as_json is not None:
        print_json(as_data(verdicts, seed), as_json)
    if ended is not None:
        raise ended
    named = {name.upper() for name in ids or ()}
    _tell_what_waits(verdicts, named)
    raise typer.Exit(exit_code(verdicts, named))


def _decided(verdicts: list[Verdict], names: list[str]) -> str:
    return f"{len(verdicts)} of {len(names)} claims are decided"


def _tell_what_waits(verdicts: list[Verdict], named: set[str]) -> None:
    """Say why a claim that was named is not decided: another tier decides it, or nothing can."""
    from verify.tables import tier_of

    for v in verdicts:
        if v.claim.id.upper() in named:
            for kind in v.later:
                again = f"gradalign check {v.claim.id} --tier {tier_of(kind)}"
                typer.echo(f"{v.claim.id} is not decided without its {kind}: {again}", err=True)
            if v.claim.not_verifiable:
                typer.echo(f"{v.claim.id} is not decided: {v.claim.not_verifiable}", err=True)


def exit_code(verdicts: list[Verdict], named: set[str]) -> int:
    """1 if a claim is refuted, 3 if owed evidence is missing, else 0.

    What a later tier decides, or nothing can, is missing only for claims `named` one by one.
    """
    if any(v.verdict == "refuted" for v in verdicts):
        return 1
    for v in verdicts:
        elsewhere = v.claim.not_verifiable or set(v.missing) <= set(v.later)
        excused = elsewhere and v.claim.id.upper() not in named
        if v.failures or (v.missing and not excused):
            return 3
    return 0


def _decide(names: list[str], tier: str, seed: int, jobs: int, verdicts: list[Verdict]) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from verify.checks import Settings
    from verify.console import Output
    from verify.runner import run
    from verify.workers import pool

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Output(stderr=True)
    with (
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
        pool(min(jobs, len(names))) as executor,
    ):
        task = bar.add_task("deciding", total=len(names))

        def finished(claim_id: str) -> None:
            bar.update(task, advance=1, description=f"decided {claim_id}")
            if tier == "experiment" and not console.is_terminal:  # minutes per claim
                typer.echo(f"decided {claim_id}", err=True)

        for verdict in run(names, Settings(tier, seed), executor, finished):
            verdicts.append(verdict)  # noqa: PERF402  what is decided must survive an interrupt


def _print_table(verdicts: list[Verdict]) -> None:
    from verify.console import Output
    from verify.reporting import summary
    from verify.tables import rich_table

    console = Output(file=sys.stdout)
    if verdicts:
        console.print(rich_table(verdicts))
    for verdict in verdicts:
        for failure in verdict.failures:
            which = f"{verdict.claim.id}, {failure.kind}, {failure.name}: "
            console.print(which, style="bold", end="", markup=False)
            console.print(failure.detail, markup=False, highlight=False)
        told = {*verdict.later, *(failure.kind for failure in verdict.failures)}
        unrun = [m for m in verdict.missing if ":" not in m and m not in told]
        if unrun and not verdict.claim.not_verifiable:
            console.print(f"{verdict.claim.id} owes: {', '.join(unrun)}", highlight=False)
    console.print(summary(verdicts), highlight=False)
