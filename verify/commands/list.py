"""`gradalign list`: the claims, read from their files without importing SymPy."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    words: Annotated[bool, typer.Option("--words", help="The vocabulary instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the claims, one sentence each; with --words, the words that claims are written in.

    Example: gradalign list --words
    """
    if words:
        _words(as_json)
        return
    from theory import registry
    from verify.arguments import print_json

    rows = [(name, *registry.headline(name)) for name in registry.files()]
    if as_json:
        print_json([{"id": i, "title": t, "sentence": s} for i, t, s in rows])
        return
    for name, title, sentence in rows:
        typer.echo(f"{name:<6} {title}\n       {sentence}")


def _words(as_json: bool) -> None:
    import theory.vocabulary  # noqa: F401  (fills the vocabulary)
    from theory.language import VOCABULARY
    from theory.render import text
    from verify.arguments import print_json

    rows = [
        {
            "word": w.name,
            "meaning": w.meaning,
            "kind": w.kind,
            "definition": None if w.formula is None else text(w.formula),
        }
        for w in VOCABULARY.values()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        definition = f"  = {row['definition']}" if row["definition"] else ""
        typer.echo(f"{row['word']:<12} {row['meaning']}{definition}")
