"""A claim changed by the user, and the search for a small counterexample."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sympy.logic.boolalg import Boolean

import theory.vocabulary  # noqa: F401  (fills the vocabulary that the grammar reads)
from theory import registry
from theory.claim import Claim
from theory.grammar import NotASentence, UnknownWord, parse
from theory.language import VOCABULARY, basic_words, words_of
from theory.render import text
from theory.setting import Setting
from verify import counterexamples, search
from verify.checks import import_extra
from verify.counterexamples import story as story_of
from verify.errors import InputError, Stopped
from verify.explain_model import keys, without_numbers
from verify.kinds import AnyModel, to_json
from verify.refute import hunt, unneeded
from verify.search import SearchResult


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
    name = dropped(edit)
    if name is not None:
        if name not in claim.assumptions:
            close = difflib.get_close_matches(name, claim.assumptions, n=1)
            known = ", ".join(map(repr, claim.assumptions)) or "none"
            hint = f"did you mean {close[0]!r}?" if close else f"it has {known}"
            raise InputError(f"--edit: {claim.id} has no assumption {name!r}; {hint}")
        return claim.without(name), f"{claim.id} without {name!r}"
    try:
        sentence = _parsed(edit)
    except NotASentence as problem:
        raise InputError(f"--edit: {problem}") from None
    if not words_of(sentence):
        worth = f"always {str(sentence).lower()}" if sentence in (True, False) else "without words"
        raise InputError(f"--edit: {edit[:60]!r} is {worth}; say something about the model")
    _refuse_foreign_words(claim, sentence)
    return claim.concluding({"edited conclusion": sentence}), text(sentence)


def dropped(edit: str) -> str | None:
    """The NAME of an edit `drop NAME`, None for any other."""
    first, _, rest = edit.strip().partition(" ")
    return rest.strip() if first == "drop" else None


def _parsed(edit: str) -> Boolean:
    """The sentence; a word that no loaded claim brought along may come with another claim."""
    try:
        return parse(edit)
    except UnknownWord as unknown:
        registry.import_word(unknown.word)
        return parse(edit)


def _refuse_foreign_words(claim: Claim, sentence: Boolean) -> None:
    """A word about other models than those of the claim would make the sentence say nothing."""
    drawn = set(keys(claim)) if isinstance(claim.domain, Setting) else set()
    foreign = (
        ("parameter", "sum", "primitive", "mode", "number") if drawn else ("number", "computed")
    )
    for name in words_of(sentence):
        parts = [VOCABULARY[part] for part in basic_words(name) if part in VOCABULARY]
        odd = any(part.kind in foreign and part.name not in drawn for part in parts)
        found = {part.name for part in parts if part.kind == "computed"} if drawn else set()
        if odd or not (found <= _spoken_of([claim]) or found <= _spoken_of(_others(claim, name))):
            raise InputError(
                f"--edit: {name!r} is a word about other models than those of {claim.id}; "
                f"`gradalign explain {claim.id}` shows its words"
            )


def _spoken_of(claims: Iterable[Claim]) -> set[str]:
    """The words that claims speak of, and those that they are made of."""
    said = [s for c in claims for s in (*c.assumptions.values(), *c.conclusion.values())]
    return {part for s in said for name in words_of(s) for part in basic_words(name)}


def _others(claim: Claim, word: str) -> list[Claim]:
    """Other claims about the same setting whose files name the word, with its meaning."""
    files = [
        name for name, (_, file) in registry.files().items() if word in file.read_text("utf-8")
    ]
    setting = getattr(claim.domain, "name", None)
    alike = [n for n in files if getattr(registry.get(n).domain, "name", "") == setting]
    for name in alike:
        import_extra(name)
    return [registry.get(name) for name in alike]


def none_found(tried: int, spoke: int) -> str:
    """What a search without result says, and how much that is worth."""
    if spoke:
        return f"none found in {tried} models; the assumptions held in {spoke} of them"
    return f"none found in {tried} models, but the sentence says nothing about any of them"


def refute(
    claim_id: str,
    edit: str,
    examples: int = 2000,
    seed: int = 0,
    tell: Callable[[str], object] = lambda state: None,
) -> Refutation:
    """Search the models of a claim for one in which its edited form is false.

    Models stored for the claim are tried as well: first, if an assumption is dropped, else last.
    A model in which every word of the sentence has a value is preferred. `tell` is called with how
    far the search is. Raises InputError for an edit that says nothing, and `Stopped` with what was
    found on Ctrl-C.
    """
    import_extra(claim_id)  # the meanings of words that the claim brings along
    original = registry.get(claim_id)
    if not keys(original):
        raise InputError(f"{claim_id} {without_numbers(original)}; edit another claim")
    claim, told = edited(original, edit)
    found = among_stored(claim) if dropped(edit) is not None else None
    if found is None or found.counterexample is None:
        try:
            found = hunt(claim, examples, seed, tell)
        except Stopped as early:
            raise Stopped(refutation(claim, told, early.finished, "")) from None
        if found.counterexample is found.undefined:  # none, or one without a value
            stored = among_stored(claim)
            found = found if stored.counterexample is None else stored
    return refutation(claim, told, found, remark(original, edit, found.counterexample))


def among_stored(claim: Claim) -> SearchResult:
    """What the models that are stored for a claim say about a changed form of it."""
    models = counterexamples.all_stored(claim.id)
    spoke = sum(search.decide(claim, model) != search.SILENT for model in models)
    false = [model for model in models if search.is_plainly_false(claim, model)]
    if not false:
        return SearchResult(len(models), spoke, None)
    lightest = min(false, key=search.weight)
    simple = search.simplest(lightest, lambda model: search.is_plainly_false(claim, model))
    return SearchResult(len(models), spoke, simple)


def refutation(claim: Claim, told: str, found: SearchResult, remark: str) -> Refutation:
    """The result of a search, told, with a remark."""
    model = found.counterexample
    if model is None:
        story = none_found(found.tried, found.spoke)
    else:
        story = story_of(claim, model)
        if found.undefined is model:
            story += f"; no other counterexample in {found.tried} models"
    story += remark
    return Refutation(told, found.tried, found.spoke, model, story)


def remark(claim: Claim, edit: str, counterexample: AnyModel | None) -> str:
    """What the fate of a dropped assumption means for those who keep the claim."""
    name = dropped(edit)
    if name is None:
        return ""
    if counterexample is not None:
        itself = search.decide(claim, counterexample) == search.FALSE
        return f"\n{claim.id} with {name!r} is false here, too" if itself else ""
    if name in claim.implied:
        return f"\n{claim.id} says why: {claim.implied[name]}"
    return f"\n{unneeded(name)}"
