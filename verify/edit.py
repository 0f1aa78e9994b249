"""A claim changed by the user, and the search for its smallest counterexample."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import theory.vocabulary  # noqa: F401  (fills the vocabulary that the grammar reads)
from theory import registry
from theory.claim import Claim
from theory.grammar import NotASentence, parse
from theory.render import text
from verify import counterexamples
from verify.errors import InputError
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
            hint = f"did you mean {close[0]!r}?" if close else f"it has {list(claim.assumptions)}"
            raise InputError(f"--edit: {claim.id} has no assumption {name!r}; {hint}")
        return claim.without(name), f"{claim.id} without {name!r}"
    try:
        sentence = parse(edit)
    except NotASentence as problem:
        raise InputError(f"--edit: {problem}") from None
    return claim.concluding({"edited conclusion": sentence}), text(sentence)


def refute(claim_id: str, edit: str, examples: int = 2000, seed: int = 0) -> Refutation:
    """Search the models of a claim for one in which its edited form is false."""
    claim, told = edited(registry.get(claim_id), edit)
    tried = spoke = 0
    for number, domain in enumerate(domains(claim.domain)):
        result = search(claim, examples=examples, seed=seed + number, domain=domain)
        tried, spoke = tried + result.tried, spoke + result.spoke
        if result.counterexample is not None:
            story = counterexamples.story(claim, result.counterexample)
            return Refutation(told, tried, spoke, result.counterexample, story)
    return Refutation(told, tried, spoke, None, f"none found in {tried} models")
