"""`gradalign refute`: change a theorem and see where the change breaks."""

from __future__ import annotations

from typing import Annotated

import typer

from verify.errors import InputError


def command(
    claim: Annotated[str, typer.Option("--claim", help="The claim, such as SA-3.")],
    edit: Annotated[str, typer.Option(help="A new conclusion, or `drop NAME` of an assumption.")],
    models: Annotated[int, typer.Option(help="Models to try in each family of models.")] = 2000,
    seed: Annotated[int, typer.Option(help="The seed of the search.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search for the smallest exact counterexample to a claim with a changed conclusion.

    The conclusion is a sentence in the words of `gradalign list --words`, joined by and, or, not,
    implies, iff; numbers are exact. With `drop NAME` the claim loses an assumption instead.

    Example: gradalign refute --claim SA-3 --edit "sign(a_next - a) == sign(eta - eta_star/2)"
    """
    from rich.console import Console

    from verify.arguments import claim_ids, print_json
    from verify.edit import refute

    if not 1 <= models <= 10**6:
        raise InputError(f"--models is {models}; choose a number from 1 to 1000000")
    if seed < 0:
        raise InputError(f"--seed is {seed}; choose a whole number from 0 on")
    (claim_id,) = claim_ids([claim])
    console = Console(stderr=True)
    with console.status(f"searching for a counterexample to {claim_id}, edited"):
        found = refute(claim_id, edit, models, seed)
    if as_json:
        print_json(found.as_data())
        return
    out = Console(highlight=False)
    out.print(f"{claim_id}, edited: {found.sentence}", markup=False)
    out.print(found.story, markup=False)
    if found.counterexample is not None:
        out.print(f"(the assumptions held in {found.spoke} of {found.tried} models tried)")
