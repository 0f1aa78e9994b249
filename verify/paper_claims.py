"""paper_claims.md, rendered from the registry: `python -m verify.paper_claims`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sympy import Symbol

from theory import registry
from theory.audit import VERDICTS
from theory.claim import Claim
from theory.language import BULK, DOMINANT, VOCABULARY, Word, basic_words, words_of
from theory.render import latex, latex_of_parts
from theory.setting import Setting
from verify import counterexamples
from verify.checks import import_extra
from verify.files import write_atomically
from verify.kinds import describe

FILE = Path(__file__).parent.parent / "paper_claims.md"
PREFACE = """\
# The claims

This file is rendered from the claims themselves by `python -m verify.paper_claims`; do not edit it.

**What these statements are.** Of the primary paper we had the abstract only. It states no formula,
so every statement below is *our formalisation* of one of its sentences, or an extension; no theorem
number of the paper is implied, and a refuted formalisation would not refute the paper.
**What the abstract leaves out**, and the claims therefore add: a step size below
$2/(\\lambda_1+\\lambda_{k+1})$ for the two phases (SA-9, SA-11); every direction starting above its
stationary level, which a large norm alone does not give (SA-9); noise in the dominant directions
(SA-9); a noise law that does not change with the state (SA-20); and which functional is meant, the
ratio of expectations or the expectation of the ratio (SA-7). "High alignment" has two meanings in
it: the regime in which no step size raises alignment, and the level at which a run settles. They
never meet: a run settles where some step size would still raise alignment (SA-8).

**How to read an entry.** *Proved* parts are reached by a derivation whose every step is accepted by
a small kernel, for every number of directions; *checked* parts have only exact checks and searches,
with the reason. An assumption is *needed* if a model refutes the claim without it, and that model
is given (without its gap, the dominant directions need not be the sharpest); it is *implied* if the
claim holds without it. Each *mutant* is a wrong version with a small exact model that refutes it.
The formulas of a derivation are told by `gradalign explain`.
Notes name *the specification*: the list of hypotheses, conclusions, wrong versions and numbers,
written before any code, that this formalisation started from; they say where the two differ.

**Notation.** Words are taken at the present time, which $\\forall t$ makes every time of the run
and $\\forall t' \\ge t$ every time from then on; $[x]_{t+1}$ is $x$ one step later, $[x]_{t=0}$ at
the start, and $x|_{\\eta = y}$ after a change of the model. Models are written in the names that
the program uses; quadratics list dominant | bulk directions, with curvatures `lambda`, squared
gradients `g^2` and noise variances `sigma^2`. *Symbols* unfolds to what each symbol means and the
name by which `gradalign refute` knows it. Alignment $a$ is the squared cosine $D/(D+B)$;
*functional* says which expectation of it is meant after a random step, if any.
"""


def render() -> str:
    """The whole document."""
    sections = [PREFACE]
    for package in registry.PREFIXES.values():
        paper = importlib.import_module(f"theory.{package}")
        sections.append(f"\n## {paper.PAPER} (arXiv {paper.ARXIV})\n")
        sections.append(inspect.cleandoc(paper.__doc__ or "").partition("\n\n")[2] + "\n")
        if "audit" in [module.name for module in pkgutil.iter_modules(paper.__path__)]:
            sections.append("\n".join(audited(package)) + "\n")
        prefix = f"{paper.PREFIX}-"
        for name in registry.files():
            if name.startswith(prefix):
                import_extra(name)
                sections.append("\n".join(entry(registry.get(name))) + "\n")
    return "\n".join(sections)


def audited(package: str) -> Iterator[str]:
    """The table of everything a paper prints, with its verdict."""
    audit = importlib.import_module(f"theory.{package}.audit").AUDIT
    counts = Counter(row.verdict for row in audit)
    yield "### What is printed, and what became of it\n"
    yield "| place | printed | verdict | decided by | remark |"
    yield "|---|---|---|---|---|"
    for row in audit:
        formula = in_table(row.printed)
        decided, remark = ", ".join(row.claims), row.remark.replace("|", r"\|")
        yield f"| {row.place} | ${formula}$ | {row.verdict} | {decided} | {remark} |"
    yield "\n" + "; ".join(f"*{v}* ({counts[v]}): {VERDICTS[v]}" for v in VERDICTS) + ".\n"


def entry(claim: Claim) -> Iterator[str]:
    """One claim, as lines of Markdown."""
    _, loose, _ = registry.derivation(claim.id)
    yield f"### {claim.id} {claim.title}\n\n*{claim.sentence}*\n"
    yield f"Source: {claim.source}. Functional: {claim.functional}."
    if claim.corrected_by:
        yield f"**Refuted as printed**: {witness(f'{claim.id}/as printed')}"
        yield f"The corrected claim is {claim.corrected_by}; it holds in the same model.\n"
    elif claim.not_verifiable:
        yield f"**Not verifiable here**: {claim.not_verifiable}.\n"
    else:
        yield f"Evidence owed: {', '.join(claim.owes)}."
        yield f"Cites: {', '.join(claim.cites) or 'nothing'}.\n"
    yield from symbols(claim)
    if claim.assumptions:
        yield "**Assumptions**\n"
    for name, sentence in claim.assumptions.items():
        yield f"- *{prose(name)}*: ${latex(sentence)}$ ({standing(claim, name)})"
    for name, sentence in claim.weaker.items():
        key = f"{claim.id}/relaxed {name}"
        yield f"- *{prose(name)}* relaxed to ${latex(sentence)}$ is not enough: {witness(key)}"
    yield ("\n" if claim.assumptions else "") + "**Conclusion**\n"
    for name, sentence in claim.conclusion.items():
        status = standing_of(claim, name, loose)
        yield f"- *{prose(name)}*{status}: ${latex(sentence)}$"
    if claim.derivation:
        yield f"\n**Derivation** ({len(claim.derivation)} steps)\n"
        for number, step in enumerate(claim.derivation, 1):
            cited = f" [{', '.join(step.by)}]" if step.by else ""
            yield f"{number}. {prose(step.reason)}{cited}"
    if claim.mutants:
        yield "\n**Mutants**\n"
    for name, wrong in claim.mutants.items():
        yield f"- *{prose(name)}*: ${latex_of_parts(parts_of(wrong))}$. {refuted_by(claim, name)}"
    if claim.notes:
        yield "\n**Notes**\n"
        yield from (f"- {note}" for note in claim.notes)


def symbols(claim: Claim) -> Iterator[str]:
    """The words of a claim, of their definitions and of its models; nothing if there are none."""
    wrong = [s for m in claim.mutants.values() for s in parts_of(m)]
    said = [*claim.assumptions.values(), *claim.weaker.values(), *claim.conclusion.values(), *wrong]
    used = {name for s in said for word in words_of(s) for name in basic_words(word)}
    if isinstance(claim.domain, Setting):
        used |= {word.name for word in claim.domain.draws}  # its models name them all
    if not used:
        return
    yield "<details><summary>Symbols</summary>\n"
    yield "| symbol | name | meaning |"
    yield "|---|---|---|"
    for name, word in VOCABULARY.items():
        if name in used:
            meaning = prose(word.meaning) + definition_of(word)
            yield f"| ${in_table(latex(Symbol(name)))}$ | `{name}` | {meaning} |"
    yield "\n</details>\n"


def definition_of(word: Word) -> str:
    """What a word equals, behind a comma: its definition, or a sum over one of the blocks."""
    if word.formula is None:
        return ""
    over = {DOMINANT: r"\sum_{l \le k} ", BULK: r"\sum_{l > k} "}.get(word.side or "", "")
    return f", $= {over}{in_table(latex(word.formula))}$"


def prose(text: str) -> str:
    """Text without characters that Markdown takes for markup."""
    return text.replace("*", r"\*").replace("|", r"\|")


def in_table(formula: str) -> str:
    """LaTeX without the character that separates the columns of a table."""
    return formula.replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def parts_of(wrong: Any) -> tuple[Any, ...]:
    """The sentences of a mutant: it is one sentence, or several named parts."""
    return tuple(wrong.values()) if isinstance(wrong, dict) else (wrong,)


def standing_of(claim: Claim, part: str, loose: dict[str, str]) -> str:
    """Whether a part of the conclusion is proved, or why not, in brackets."""
    if claim.corrected_by or claim.not_verifiable:
        return ""
    return f" (checked: {loose[part]})" if part in loose else " (proved)"


def standing(claim: Claim, name: str) -> str:
    """Whether an assumption is needed, and by which witness, or implied, and why."""
    if claim.corrected_by:
        return "as printed"
    if name in claim.implied:
        return f"implied: {claim.implied[name]}"
    return f"needed: {witness(f'{claim.id}/without {name}')}"


def refuted_by(claim: Claim, name: str) -> str:
    """What refutes a mutant: a stored model, or a check of the claim."""
    if counterexamples.stored(f"{claim.id}/{name}") is not None:
        return f"Refuted by {witness(f'{claim.id}/{name}')}"
    return "Refuted by a check of its own."


def witness(key: str) -> str:
    """The stored model of a wrong statement, as code."""
    model = counterexamples.stored(key)
    return "shown by a check of its own" if model is None else f"`{describe(model)}`"


if __name__ == "__main__":
    write_atomically(FILE, render())
