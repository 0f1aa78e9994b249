"""`gradalign list`: the claims, read from their files without importing SymPy."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verify.errors import InputError

if TYPE_CHECKING:
    from verify.console import Output

GROUPS = {
    "parameter": "Parameters: the same along a run",
    "mode": "About one mode: inside for_all_modes(...) and sums",
    "sum": "Sums over the dominant (D) or the bulk (B) modes",
    "primitive": "Computed from the update or the run itself",
    "defined": "Defined by a formula in other words",
    "number": "Numbers that an instance of a small model gives",
    "computed": "Computed by running such an instance",
}


def command(
    search: Annotated[
        str | None,
        typer.Argument(metavar="TEXT", help="Only what contains this text.", show_default=False),
    ] = None,
    words: Annotated[bool, typer.Option("--words", help="The vocabulary instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the claims, one sentence each; with --words, the words that claims are written in.

    With TEXT, only claims (or words) whose id, name or description contains it. In a terminal, a
    definition that does not fit into its line is left out and marked (...), unless TEXT is given.

    JSON: a list with id, title, sentence; with --words, a list with word, meaning, kind (parameter,
    mode, sum, primitive, defined, number or computed), definition (null where a word has none).

    Exit code 0; 2 for bad input, or if nothing contains TEXT.

    Examples:

    gradalign list momentum

    gradalign list --words stationary
    """
    from verify.arguments import print_json

    rows = _words() if words else _claims()
    needle = (search or "").casefold()
    rows = [row for row in rows if any(needle in str(row[k]).casefold() for k in _searched(row))]
    if not rows:
        kind = "word" if words else "claim"
        raise InputError(f"no {kind} contains {search!r}; without it, all are listed")
    if as_json:
        print_json(rows)
    elif words:
        _print_words(rows, in_full=search is not None or not sys.stdout.isatty())
    else:
        _print_claims(rows)


def _searched(row: dict[str, Any]) -> list[str]:
    """Names and descriptions; a definition mentions many words that it is not about."""
    return [key for key in row if key not in ("definition", "kind")]


def _claims() -> list[dict[str, Any]]:
    from theory import registry

    rows = ((name, *registry.headline(name)) for name in registry.files())
    return [{"id": i, "title": t, "sentence": s} for i, t, s in rows]


def _print_claims(rows: list[dict[str, Any]]) -> None:
    """One claim in two lines; in a terminal the sentence is wrapped, elsewhere it stays whole."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10**6
    for row in rows:
        typer.echo(f"{row['id']:<6} {row['title']}")
        indent = " " * 7
        typer.echo(
            textwrap.fill(
                row["sentence"], max(width, 30), initial_indent=indent, subsequent_indent=indent
            )
        )


def _words() -> list[dict[str, Any]]:
    from theory import registry
    from theory.language import VOCABULARY
    from theory.render import text

    registry.claims()  # every claim brings its words along
    return [
        {
            "word": w.name,
            "meaning": w.meaning,
            "kind": w.kind,
            "definition": None if w.formula is None else text(w.formula),
        }
        for w in VOCABULARY.values()
    ]


def _print_words(rows: list[dict[str, Any]], in_full: bool) -> None:
    from verify.console import Output

    console = Output(highlight=False)
    for kind, title in GROUPS.items():
        group = [row for row in rows if row["kind"] == kind]
        if group:
            console.print(f"\n{title}", style="bold green", markup=False)
            _print_group(console, group, in_full)
    if not in_full:
        note = "\n(...): a longer definition, which gradalign list --words TEXT shows"
        console.print(note, style="dim")


def _print_group(console: Output, group: list[dict[str, Any]], in_full: bool) -> None:
    """A table of words; without `in_full`, only definitions that fit into the line are shown."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    rows = group if in_full else _paired(group)
    room = console.width - max(len(row["word"]) for row in rows) - 4
    for row in rows:
        definition = f"= {row['definition']}" if row["definition"] else ""
        line = Text.assemble(row["meaning"], ("  " + definition, "cyan") if definition else "")
        if len(line) <= room:
            table.add_row(row["word"], line)
            continue
        left_out = Text("  (...)", "cyan") if definition and not in_full else ""
        table.add_row(row["word"], Text.assemble(row["meaning"], left_out))
        if in_full and definition:
            table.add_row("", Text(definition, "cyan"))
    console.print(table)


def _paired(group: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The words, each of the dominant block in one row with its twin of the bulk."""
    words = {row["word"]: row for row in group}
    rows = []
    for name, row in words.items():
        stem = name.removesuffix("_D").removesuffix("_B")
        first, twin = (words.get(f"{stem}_{side}") for side in "DB")
        if not (first and twin and _alike(first, twin)):
            rows.append(row)
        elif row is first:
            meaning = row["meaning"].replace("dominant", "dominant | bulk", 1)
            rows.append(row | {"word": f"{name} | {stem}_B", "meaning": meaning})
    return rows


def _alike(dominant: dict[str, Any], bulk: dict[str, Any]) -> bool:
    """Whether two words differ only in the block that they are about."""
    meaning: str = dominant["meaning"].replace("dominant", "bulk")
    return (meaning, dominant["definition"]) == (bulk["meaning"], bulk["definition"])
