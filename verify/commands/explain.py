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
            help="A state as `gradalign analyse` reads it, or the numbers of the claim's setting "
            "(- for stdin).",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell a derivation step by step, with reasons and citations; with --numbers, in one instance.

    JSON: id, title, assumptions, steps, conclusion (each a list of name, statement, why, numbers,
    problem) and words (a list of pairs name, meaning).

    Exit code 0; 2 for bad input.

    Example: echo '{"eigenvalues": [1, "1/2"], "k": 1, "gradient": [2, 2], "noise_variance": [9, 4],
    "step_size": "1/2"}' | gradalign explain SA-3 --numbers -
    """
    from dataclasses import asdict

    from theory import registry
    from verify.arguments import one_claim, print_json
    from verify.explain import Explanation, Line, explain, read_model

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

    def show(line: Line, label: str) -> None:
        console.print(Text.assemble((f"{label}{line.name}", "bold")))
        for content, style in ((line.statement, ""), (line.why, "dim"), (line.numbers, "cyan")):
            if content:
                console.print(Padding(Text(content, style), (0, 0, 0, 4)))
        if line.problem:
            console.print(Padding(Text(f"NOT ACCEPTED: {line.problem}", "bold red"), (0, 0, 0, 4)))

    console.print(Text.assemble((f"{claim_id}  {theorem.title}", "bold underline")))
    console.print(Text(theorem.sentence))
    console.print(Text(f"Source: {theorem.source}. Functional: {theorem.functional}.", "dim"))
    console.print(Text("\nWords", "bold green"))
    for name, meaning in told.words:
        console.print(Padding(Text.assemble((name, "bold"), f"  {meaning}"), (0, 0, 0, 4)))
    if told.assumptions:
        console.print(Text("\nAssume", "bold green"))
    for line in told.assumptions:
        show(line, "")
    console.print(Text("\nDerive", "bold green"))
    for number, line in enumerate(told.steps, 1):
        show(line, f"{number}. ")
    console.print(Text("\nConclude", "bold green"))
    for line in told.conclusion:
        show(line, "")
    for note in theorem.notes:
        console.print(Text(f"\nNote: {note}", "dim"))
