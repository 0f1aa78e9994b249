"""`gradalign explain`: a derivation step by step."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    claim: Annotated[str, typer.Argument(help="The claim, such as SA-3.")],
    numbers: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="JSON or NPZ file of numbers to put in (- for stdin).",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell a derivation step by step, with reasons and citations; with --numbers, in one instance.

    For a claim about quadratics the numbers are a state as `gradalign analyse` reads it, with its
    step_size; for SA-20, batch_size and label_noise take the place of noise_variance. A claim
    about a small model has keys of its own: `gradalign explain CLAIM` ends with
    them. Strings such as "1/3" or "0.1" are exact.

    JSON: id, title, assumptions, steps, conclusion (each a list of name, statement, why, numbers,
    problem), words (a list of pairs name, meaning), keys (of a file of numbers) and remark (what
    the numbers make of the claim).

    Exit code 0; 2 for bad input.

    Examples:

    echo '{"eigenvalues": [1, "1/2"], "k": 1, "gradient": [2, 2], "noise_variance": [9, 4],
    "step_size": "1/2"}' | gradalign explain SA-3 --numbers -

    echo '{"eta": "1/10", "beta": "9/10", "steps": 3}' | gradalign explain TS-26 --numbers -
    """
    from dataclasses import asdict

    from theory import registry
    from verify.arguments import one_claim, print_json
    from verify.explain import Explanation, Line, explain
    from verify.explain_model import read_model

    claim_id = one_claim(claim)
    told: Explanation = explain(
        claim_id, read_model(numbers, claim_id) if numbers is not None else None
    )
    theorem = registry.get(claim_id)
    if as_json:
        print_json({"id": claim_id, "title": theorem.title, **asdict(told)})
        return

    from rich.padding import Padding
    from rich.text import Text

    from verify.console import Output

    console = Output(highlight=False)

    def indented(content: Text) -> None:
        console.print(Padding(content, (0, 0, 0, 4), expand=False))

    def show(line: Line, label: str = "") -> None:
        console.print(Text.assemble((f"{label}{line.name}", "bold")))
        for content, style in ((line.statement, ""), (line.why, "dim"), (line.numbers, "cyan")):
            if content:
                indented(Text(content, style))
        if line.problem:
            indented(Text(f"NOT ACCEPTED: {line.problem}", "bold red"))

    def heading(title: str, lines: tuple[object, ...]) -> None:
        if lines:
            console.print(Text(f"\n{title}", "bold green"))

    console.print(Text.assemble((f"{claim_id}  {theorem.title}", "bold underline")))
    console.print(Text(theorem.sentence))
    console.print(Text(f"Source: {theorem.source}. Functional: {theorem.functional}.", "dim"))
    heading("Words", told.words)
    for name, meaning in told.words:
        indented(Text.assemble((name, "bold"), f"  {meaning}"))
    heading("Assume", told.assumptions)
    for line in told.assumptions:
        show(line)
    heading("Derive", told.steps)
    for number, line in enumerate(told.steps, 1):
        show(line, f"{number}. ")
    heading("Conclude", told.conclusion)
    for line in told.conclusion:
        show(line)
    for note in theorem.notes:
        console.print(Text(f"\nNote: {note}", "dim"))
    if told.remark:
        console.print(Text(f"\n{told.remark}", "bold cyan"))
    elif told.keys:
        console.print(Text(f"\nKeys for --numbers: {', '.join(told.keys)}", "dim"))
