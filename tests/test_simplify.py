"""Counterexamples in the simplest numbers: what one change at a time cannot reach."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain

import pytest

from theory import registry
from theory.setting import Setting
from theory.tiny_subspaces.momentum import rate_limit
from theory.vocabulary import eta
from verify import checks, counterexamples, search, simplify
from verify.checks import import_extra
from verify.instances import Instance, instance
from verify.models import Model, describe, quadratic

TINY = "1/1000000"


def refuted(key: str, model: Model) -> bool:
    """Whether the model refutes the altered claim `key`, such as `SA-3/without gap`."""
    claim_id, _, name = key.partition("/")
    checks.import_extra(claim_id)
    altered = dict(counterexamples.altered_claims(registry.get(claim_id)))[name]
    return search.decide(altered, model) == search.FALSE


@pytest.mark.parametrize(
    ("key", "model"),
    [
        ("SA-3/without gap", quadratic(f"{TINY} {TINY}", 1, "1 1", "0 0", "1")),
        ("SA-5/critical step below the stability limit",
         quadratic("1 1/100", 1, f"1 {TINY}", "0 1/1000", "1")),
        ("SA-14/high alignment helps",
         quadratic("2 1", 1, f"{TINY} 1/1000", f"{TINY} 1/1000", "1", theta=Fraction(1, 2))),
    ],
)  # fmt: skip
def test_equal_or_tied_numbers_are_simplified_together(key: str, model: Model) -> None:
    """Fails when equal eigenvalues, or an energy and its variance, get stuck at tiny numbers."""
    assert refuted(key, model)
    simple = search.simplest(model, lambda m: refuted(key, m))
    assert refuted(key, simple)
    assert max(x.denominator for x in search.numbers(simple)) <= 2, describe(simple)


def test_a_simplification_keeps_what_it_must() -> None:
    """Fails when a candidate is accepted although it lost the property, or is not simpler."""
    model = quadratic("3 1/7", 1, "5/3 22", "1/9 1/9", "1/11")
    simple = search.simplest(model, lambda m: m.dominant[0].energy > 1 and m.step_size < 1)
    assert simple.dominant[0].energy == 2
    assert simple.step_size == 0
    assert search.weight(simple) < search.weight(model)


def test_rescaling_the_eigenvalues_rescales_the_step() -> None:
    """Fails when a change of units changes the contraction factors of the run."""
    model = quadratic("100 1", 1, "1 7", "1 3", "1/100")
    products = {m.dominant[0].eigenvalue * m.step_size for m in rescaled(model)}
    assert products == {Fraction(1)}


def rescaled(model: Model) -> list[Model]:
    """The candidates in which every eigenvalue changed."""
    found = simplify.together(model, lambda x: ())
    return [m for m in found if m.dominant[0].eigenvalue != model.dominant[0].eigenvalue]


def witnesses() -> list[tuple[str, Model]]:
    """The stored counterexamples of all mutants and dropped or relaxed assumptions."""
    keys = chain.from_iterable(
        (f"{i}/{name}" for name, _ in counterexamples.altered_claims(registry.get(i)))
        for i in registry.files()
    )
    return [(key, model) for key in keys if (model := counterexamples.stored(key)) is not None]


@pytest.mark.full
def test_no_stored_number_is_needlessly_tiny() -> None:
    """Fails when tying equal numbers or changing units makes a stored witness much simpler."""
    for key, model in witnesses():
        wanted = [x == 0 for x in search.numbers(model)]
        for simple in simplify.together(model, search.simpler_numbers):
            shorter = search.weight(model)[2] - search.weight(simple)[2]
            same_zeros = [x == 0 for x in search.numbers(simple)] == wanted
            if shorter > 8 and same_zeros and model.law is None:
                assert not refuted(key, simple), f"{key}: {describe(simple)}"


def test_numbers_of_an_instance_that_belong_together_change_together() -> None:
    """Fails when two modes that share their momentum keep the numbers they were found with."""
    claim = registry.get("TS-25").concluding({"edited": rate_limit <= 4 * eta})
    import_extra("TS-25")
    assert isinstance(claim.domain, Setting)
    found = instance(
        claim.domain.name, eta=1, slow_root="6/7", fast_root="16/21", steps=0, second_slow="5/6",
        second_fast="192/245", first_start=0, second_start=1,
    )  # fmt: skip
    assert search.is_plainly_false(claim, found)
    simple = search.simplest(found, lambda m: search.is_plainly_false(claim, m))
    assert isinstance(simple, Instance)
    roots = [simple.number(n) for n in ("slow_root", "fast_root", "second_slow", "second_fast")]
    assert roots == [Fraction(5, 6), Fraction(4, 5)] * 2
