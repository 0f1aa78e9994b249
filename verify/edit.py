"""A claim changed by the user, and the search for its smallest counterexample."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from sympy.logic.boolalg import Boolean

import theory.vocabulary  # noqa: F401  (fills the vocabulary that the grammar reads)
from theory import registry
from theory.claim import Claim
from theory.grammar import NotASentence, parse
from theory.language import VOCABULARY, basic_words, words_of
from theory.render import text
from theory.setting import Setting
from verify.checks import import_extra
from verify.counterexamples import story as story_of
from verify.errors import InputError, Stopped
from verify.explain_model import keys, without_numbers
from verify.kinds import AnyModel, to_json
from verify.refute import domains
from verify.search import search


@dataclass(frozen=True)
class Refutation:
    """What became of an edit: the sentence as understood, models tried, and a counterexample."""

    sentence: str
    tried: int
    spoke: int
    counterexample: AnyModel | None
    story: str

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        model = self.counterexample
        return {
            "sentence": self.sentence,
            "refuted": model is not None,
            "models": self.tried,
            "spoke": self.spoke,
            "counterexample": None if model is None else to_json(model),
            "story": self.story,
        }


def edited(claim: Claim, edit: str) -> tuple[Claim, str]:
    """The claim after an edit: `drop NAME`, or a new conclusion. Raises InputError."""
    first, _, rest = edit.strip().partition(" ")
    if first == "drop":
        name = rest.strip()
        if name not in claim.assumptions:
            close = difflib.get_close_matches(name, claim.assumptions, n=1)
            known = ", ".join(map(repr, claim.assumptions)) or "none"
            hint = f"did you mean {close[0]!r}?" if close else f"it has {known}"
            raise InputError(f"--edit: {claim.id} has no assumption {name!r}; {hint}")
        return claim.without(name), f"{claim.id} without {name!r}"
    try:
        sentence = parse(edit)
    except NotASentence as problem:
        raise InputError(f"--edit: {problem}") from None
    _refuse_foreign_words(claim, sentence)
    return claim.concluding({"edited conclusion": sentence}), text(sentence)


def _refuse_foreign_words(claim: Claim, sentence: Boolean) -> None:
    """A word about other models than those of the claim would make the sentence say nothing."""
    drawn = set(keys(claim)) if isinstance(claim.domain, Setting) else set()
    foreign = (
        ("parameter", "sum", "primitive", "mode", "number") if drawn else ("number", "computed")
    )
    for name in words_of(sentence):
        parts = [VOCABULARY[part] for part in basic_words(name) if part in VOCABULARY]
        if any(part.kind in foreign and part.name not in drawn for part in parts):
            raise InputError(
                f"--edit: {name!r} is a word about other models than those of {claim.id}; "
                f"`gradalign explain {claim.id}` shows its words"
            )


def none_found(tried: int, spoke: int) -> str:
    """What a search without result says, and how much that is worth."""
    if spoke:
        return f"none found in {tried} models; the assumptions held in {spoke} of them"
    return f"none found in {tried} models, but the sentence says nothing about any of them"


def refute(claim_id: str, edit: str, examples: int = 2000, seed: int = 0) -> Refutation:
    """Search the models of a claim for one in which its edited form is false.

    Raises InputError for an edit that says nothing, and `Stopped` with what was found on Ctrl-C.
    """
    import_extra(claim_id)  # the meanings of words that the claim brings along
    original = registry.get(claim_id)
    if not keys(original):
        raise InputError(f"{claim_id} {without_numbers(original)}; edit another claim")
    claim, told = edited(original, edit)
    tried = spoke = 0
    for number, domain in enumerate(domains(claim.domain)):
        stopped = False
        try:
            result = search(claim, examples=examples, seed=seed + number, domain=domain)
        except Stopped as early:
            stopped, result = True, early.finished
        tried, spoke = tried + result.tried, spoke + result.spoke
        model = result.counterexample
        story = none_found(tried, spoke) if model is None else story_of(claim, model)
        found = Refutation(told, tried, spoke, model, story)
        if stopped:
            raise Stopped(found)
        if model is not None:
            break
    return found
