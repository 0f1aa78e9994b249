"""The vocabulary: every word has a meaning, and the meaning keeps what the word promises."""

from __future__ import annotations

import importlib
import pkgutil
from fractions import Fraction

import pytest
from hypothesis import given, settings

from theory import registry, vocabulary
from theory.claim import Claim, Domain
from theory.grammar import NotASentence, parse
from theory.language import VOCABULARY, Formula, With, basic_words, number, words_of
from theory.render import latex, text
from theory.setting import Setting
from verify.balls import Irrational, OutOfScope, Undefined
from verify.instances import Instance, InstanceWorld
from verify.kinds import from_json, to_json
from verify.meaning import ENCLOSURES, MEANINGS, World, exact
from verify.models import Model, quadratic
from verify.strategies import models

for _package in registry.PREFIXES.values():  # the words that claims bring along
    for _module in pkgutil.iter_modules(importlib.import_module(f"verify.{_package}").__path__):
        importlib.import_module(f"verify.{_package}.{_module.name}")


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_every_word_has_a_meaning(name: str) -> None:
    """Fails for a primitive word that no model gives a value."""
    word = VOCABULARY[name]
    if word.kind == "number":  # instances give it
        assert word.formula is None
    elif word.kind in ("parameter", "primitive", "computed") or (
        word.kind == "mode" and word.formula is None
    ):
        assert name in MEANINGS or name in ENCLOSURES
    else:
        assert word.formula is not None
    assert word.meaning
    assert word.latex


def test_a_change_is_not_a_word() -> None:
    """Fails when a word may have the name of a change: steps would take one for the other."""
    with pytest.raises(ValueError, match="names a change"):
        number("noise", "s", "a word with the name of a change")
    assert "noise" not in VOCABULARY


@settings(max_examples=40)
@given(model=models(Domain(gap=None, horizon=2)))
def test_nonnegative_words_are_never_negative(model: Model) -> None:
    """Fails when a certificate could assume x >= 0 of a word that can be negative."""
    world = World(model)
    for name, word in VOCABULARY.items():
        if word.nonnegative and word.kind != "mode":
            try:
                assert world.word(name) >= 0, name
            except (Undefined, Irrational, OutOfScope):
                continue


SETTINGS = {c.domain.name: c.domain for c in registry.claims() if isinstance(c.domain, Setting)}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_words_of_a_setting_keep_what_they_promise(name: str) -> None:
    """Fails when a word is negative against its promise, or a model does not survive JSON."""
    setting = SETTINGS[name]
    words = {n for c in registry.claims() if c.domain == setting for n in used_words(c)}

    @settings(max_examples=40, database=None)
    @given(model=models(setting))
    def promises(model: Instance) -> None:
        assert from_json(to_json(model)) == model
        world = InstanceWorld(model)
        for name in words:
            try:
                value = world.word(name)
            except (Undefined, Irrational, OutOfScope):
                continue
            assert value >= 0 or not VOCABULARY[name].nonnegative, name

    promises()


def used_words(claim: Claim) -> set[str]:
    """The words that a claim's assumptions and conclusion consist of."""
    said = (*claim.assumptions.values(), *claim.conclusion.values())
    return {n for s in said for w in words_of(s) for n in basic_words(w)}


@settings(max_examples=40)
@given(model=models(Domain(gap=None, horizon=3)))
def test_constant_words_do_not_change_along_a_run(model: Model) -> None:
    """Fails when `Next` leaves a word alone that does change."""
    world = World(model)
    later = world.next().next()
    for name, word in VOCABULARY.items():
        if word.constant and word.kind in ("parameter", "sum"):
            try:
                assert world.word(name) == later.word(name), name
            except (Undefined, Irrational):
                continue


@settings(max_examples=30)
@given(model=models(Domain(momentum=True)))
def test_models_survive_json(model: Model) -> None:
    """Fails when a stored counterexample is not the model that was found."""
    assert from_json(to_json(model)) == model


def test_a_changed_model_is_evaluated_afresh() -> None:
    """Fails when `With` looks at the old model."""
    world = World(quadratic("1 1/2", 1, "4 4", "9 4", "3/11"))
    assert exact(With(vocabulary.eta, "step", Fraction(1, 7)))(world) == Fraction(1, 7)
    assert exact(With(vocabulary.a, "alignment", Fraction(1, 5)))(world) == Fraction(1, 5)
    assert exact(With(vocabulary.n_D, "noise", 2))(world) == 18
    assert exact(With(vocabulary.D, "scale", 3))(world) == 12


@pytest.mark.parametrize("name", list(registry.files()))
def test_sentences_can_be_read_back(name: str) -> None:
    """Fails when a sentence as printed is not a sentence that people can type."""
    claim = registry.get(name)
    for sentence in (*claim.assumptions.values(), *claim.conclusion.values()):
        assert latex(sentence)
        if not sentence.atoms(Formula):
            assert parse(text(sentence)) == sentence


HOSTILE = [
    "__import__('os').system('true')",
    "a.__class__ < 1",
    "().__class__.__bases__[0] == 1",
    "open('x') == 1",
    "a < 2**99999999",
    "a < " + "9" * 500,
    "(" * 300 + "a < 1" + ")" * 300,
    "[x for x in (1,)] == 1",
    "lambda: a",
    "a := 1",
    "a < 'b'",
    "a < 1j",
    "a < 1e400",
    "a",
    "a < b < ",
    "always(a)",
    "sign(a < 1) == 1",
    "nonsense > 0",
    "sign(a, a) == 1",
    "a < 1; a > 2",
    "a \u2264 1",
    "a < 1/0",
    "",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_sentences_are_refused_in_one_line(typed: str) -> None:
    """Fails when anything but a sentence of the vocabulary is read, or the refusal rambles."""
    with pytest.raises(NotASentence) as refusal:
        parse(typed)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 700
