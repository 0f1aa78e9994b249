"""`gradalign refute`: change a theorem and see where the change breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from verify.errors import InputError, Interrupted, Stopped

if TYPE_CHECKING:
    from verify.edit import Refutation


def command(
    claim: Annotated[str, typer.Option("--claim", help="The claim, such as SA-3.")],
    edit: Annotated[str, typer.Option(help="A new conclusion, or `drop NAME` of an assumption.")],
    models: Annotated[int, typer.Option(help="Models to try in each family of models.")] = 2000,
    seed: Annotated[int, typer.Option(help="The seed of the search.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search for a small exact counterexample to a claim with a changed conclusion.

    The conclusion is a sentence in words of the claim, which `gradalign explain CLAIM` shows (about
    quadratics, in those of `gradalign list --words`), joined by and, or, not, implies, iff; numbers
    are exact. With `drop NAME` the claim loses an assumption instead; without its gap, the dominant
    directions need not be the sharpest.

    A conclusion with a word that is undefined in a model (a division by zero) counts as false
    there; such a model is reported only if no other counterexample is found. A counterexample is
    made simple one or two numbers at a time: small, not always the smallest.

    Exit code 0: no counterexample found; 1: the edited claim is refuted; 2: bad input; 130: Ctrl-C,
    after what was found so far is reported.

    JSON: sentence, refuted, models (tried), spoke (models in which the assumptions held),
    counterexample (a model, or null), story.

    Example: gradalign refute --claim SA-3 --edit "sign(a_next - a) == sign(eta - eta_star/2)"
    """
    from verify.arguments import one_claim, print_json
    from verify.console import ProgressLine
    from verify.edit import refute

    if not 1 <= models <= 10**6:
        raise InputError(f"--models is {models}; choose a number from 1 to 1000000")
    if seed < 0:
        raise InputError(f"--seed is {seed}; choose a whole number from 0 on")
    claim_id = one_claim(claim)
    stopped = False
    try:
        with ProgressLine(f"searching for a counterexample to {claim_id}, edited") as progress:
            found = refute(claim_id, edit, models, seed, progress)
    except Stopped as early:
        stopped, found = True, early.finished
    if as_json:
        print_json(found.as_data())
    else:
        _print(claim_id, found)
    if stopped:
        raise Interrupted(f"interrupted: {found.tried} models tried")
    raise typer.Exit(0 if found.counterexample is None else 1)


def _print(claim_id: str, found: Refutation) -> None:
    from verify.console import Output

    out = Output(highlight=False)
    out.print(f"{claim_id}, edited: {found.sentence}", markup=False)
    out.print(found.story, markup=False)
    if found.counterexample is not None:
        out.print(f"(the assumptions held in {found.spoke} of {found.tried} models tried)")
