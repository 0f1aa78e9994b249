"""The verdict table, as plain text of any width."""

from __future__ import annotations

import io
from collections.abc import Iterable

from verify.evidence import AS_PRINTED, PROVED, REFUTED, Verdict

STYLES = {PROVED: "green", REFUTED: "bold red", AS_PRINTED: "magenta", "not run": "yellow"}


def verdict_table(verdicts: Iterable[Verdict], width: int = 100) -> str:
    """One row per claim: verdict, evidence, mutants refuted of total, error probability, time."""
    from rich.console import Console

    text = io.StringIO()
    Console(file=text, width=width, color_system=None).print(rich_table(verdicts))
    return text.getvalue().rstrip()


def rich_table(verdicts: Iterable[Verdict]) -> object:
    """The same table as a rich object, with colours."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("claim", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("verdict", overflow="fold", max_width=10)
    table.add_column("evidence", overflow="fold")
    table.add_column("mutants", justify="right", no_wrap=True)
    table.add_column("error", justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for v in verdicts:
        style = STYLES.get(v.verdict, "")
        refuted, total = v.mutants
        table.add_row(
            v.claim.id,
            v.claim.title,
            f"[{style}]{v.verdict}[/]" if style else v.verdict,
            told(v),
            f"{refuted}/{total}" if total else "",
            f"{v.error_probability:.0e}" if v.error_probability else "0",
            f"{v.seconds:.1f} s",
        )
    return table


def tier_of(kind: str) -> str:
    """The tier in which evidence of a kind is gathered that the fast tier leaves out."""
    return "experiment" if kind == "experiment" else "full"


def told(verdict: Verdict) -> str:
    """The evidence column: what passed of what is owed, and what keeps the rest from running."""
    claim = verdict.claim
    if claim.not_verifiable:
        return "cannot be verified here"
    if claim.corrected_by:
        return f"counterexample; corrected by {claim.corrected_by}"
    failed = {e.kind for e in verdict.failures}
    seen = dict.fromkeys(e.kind for e in verdict.evidence if e.kind in claim.owes)
    passed = [kind for kind in seen if kind not in failed]
    waiting = [f"{kind} (--tier {tier_of(kind)})" for kind in verdict.later]
    return ", ".join([*passed, *waiting])
