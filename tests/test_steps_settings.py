"""Steps about small settings: what they accept, and the wrong versions they must refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy
from sympy import And, Eq

from theory import registry
from theory.averaging import Update
from theory.claim import Claim
from theory.deterministic_run import ClosedForm, PowerOrder, Run, opaque_powers
from theory.proof import NotAccepted, Proof, Step
from theory.setting import Setting, same, some
from theory.tiny_subspaces.momentum import BLOCK, MODE, constant_rate, flipping_rate, m, steps
from theory.tiny_subspaces.toy import TOY, UPDATE, sgd, x, y
from theory.vocabulary import beta, eta
from verify.search import FALSE, decide
from verify.strategies import instances


def accepted(claim: Claim, step: Step) -> bool:
    """Whether the step follows in the claim, after the steps of the claim's derivation it names."""
    proof = Proof(claim, registry.LIBRARY, registry.certificates(claim.id))
    for earlier in claim.derivation:
        if earlier.reason in step.given:
            proof.establish(earlier)
    try:
        proof.establish(step)
    except NotAccepted:
        return False
    return True


WRONG_UPDATES = {
    "twice the step": ((1, {x: 2 * sgd(1)[x] - x, y: 2 * sgd(1)[y] - y}),),
    "only one of the samples": ((1, sgd(1)),),
    "no noise": ((1, {s: (sgd(1)[s] + sgd(-1)[s]) / 2 for s in (x, y)}),),
}


@pytest.mark.parametrize("name", WRONG_UPDATES)
def test_a_wrong_update_does_not_derive_the_recursion(name: str) -> None:
    """Fails when the expectation of a step is accepted whatever the update is."""
    claim = registry.get("TS-9")
    wrong = Update(WRONG_UPDATES[name], UPDATE.moments, UPDATE.after)
    changed = replace(claim, domain=replace(TOY, update=wrong))
    recursion = [step for step in claim.derivation if step.reason.startswith("average the")][:3]
    assert not all(accepted(changed, step) for step in recursion)
    assert all(accepted(claim, step) for step in recursion)


MOMENTUM = (1 - beta ** (steps + 1)) / (1 - beta)


@pytest.mark.parametrize(
    ("statement", "states"),
    [
        (Eq(constant_rate, eta * MOMENTUM + beta**steps), {m: MOMENTUM}),  # not what is read
        (Eq(constant_rate, eta), {m: sympy.Integer(1)}),  # starts right, goes on wrong
        (Eq(constant_rate, eta * 2 * MOMENTUM), {m: 2 * MOMENTUM}),  # goes on right, starts wrong
        (Eq(flipping_rate, eta * MOMENTUM), {m: MOMENTUM}),  # another run
        (Eq(constant_rate, eta * MOMENTUM), {}),  # no induction
        (Eq(eta, beta), {m: MOMENTUM}),  # not read from a run
    ],
)
def test_closed_forms_need_start_step_and_reading(statement: Any, states: Any) -> None:
    """Fails when a closed form is accepted that the run contradicts."""
    claim = registry.get("TS-26")
    assert accepted(
        claim, ClosedForm("right", Eq(constant_rate, eta * MOMENTUM), states={m: MOMENTUM})
    )
    assert not accepted(claim, ClosedForm("wrong", statement, states=states))


def test_a_closed_form_of_another_run_is_refused() -> None:
    """Fails when the run is not the setting's own."""
    claim = registry.get("TS-26")
    (run, *rest) = BLOCK.runs
    other = replace(run, step={m: beta * m + 2})
    changed = replace(claim, domain=replace(BLOCK, runs=(other, *rest)))
    step = ClosedForm("sum", Eq(constant_rate, eta * MOMENTUM), states={m: MOMENTUM})
    assert accepted(claim, step)
    assert not accepted(changed, step)


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        (beta**steps > 0, ("step",)),  # nothing about beta
        (beta**steps < 0, ("momentum",)),
        (beta**steps >= eta**steps, ("momentum", "step")),  # no order of the bases
        (beta**steps >= 1, ("momentum", "below one")),
        (beta**steps <= 1, ("below one",)),  # beta may be below -1
        (beta ** (2 * steps) > 0, ("momentum",)),  # not a counting word alone
        (beta**eta > 0, ("momentum",)),  # not a counting word
    ],
)
def test_orders_of_powers_need_their_premises(statement: Any, given: tuple[str, ...]) -> None:
    """Fails when powers are ordered that the named facts do not order."""
    claim = registry.get("TS-26")
    assert accepted(claim, PowerOrder("right", beta**steps > 0, given=("momentum",)))
    assert not accepted(claim, PowerOrder("wrong", statement, given=given))


def test_powers_are_split_before_they_are_hidden() -> None:
    """Fails when x^(n+1) and x^n are unrelated variables to a certificate."""
    power = beta**steps
    assert sympy.expand(opaque_powers(beta ** (steps + 2)) - beta**2 * opaque_powers(power)) == 0
    with pytest.raises(NotAccepted):
        opaque_powers(beta ** (steps * eta))


def test_claims_about_one_setting_do_not_cite_another() -> None:
    """Fails when a fact about one kind of model is used in another."""
    claim = registry.get("TS-26")
    for cited in ("TS-25", "SA-1"):
        assert not accepted(claim, PowerOrder("cited", And(beta**steps > 0), by=(cited,)))


def test_a_setting_draws_from_known_numbers_only() -> None:
    """Fails when a number may be drawn from one that comes later."""
    with pytest.raises(ValueError, match="not known yet"):
        Setting("wrong", {eta: beta, beta: some("positive")})
    with pytest.raises(ValueError, match="no kind of draw"):
        some("colour")


def test_shared_draws_agree_and_others_do_not() -> None:
    """Fails when `same` draws twice, or `some` draws once for several words."""
    shared = Setting("shared", {eta: same("positive"), beta: same("positive")})
    apart = Setting("apart", {eta: some("positive"), beta: some("positive")})
    assert seen_equal(shared) == {True}
    assert seen_equal(apart) == {True, False}


def seen_equal(setting: Setting) -> set[bool]:
    """Whether the two numbers of an instance were equal, over some instances."""
    from hypothesis import given, settings

    seen: set[bool] = set()

    @settings(max_examples=40, database=None)
    @given(instances(setting))
    def look(model: Any) -> None:
        seen.add(model.number("eta") == model.number("beta"))

    look()
    return seen


def test_a_claim_is_silent_about_instances_of_other_settings() -> None:
    """Fails when a stored instance of one setting could refute a claim about another."""
    from verify.counterexamples import stored

    model = stored("TS-26/every rate amplified")
    assert model is not None
    claim = registry.get("TS-25")
    assert decide(claim, model) != FALSE
    assert MODE.name != BLOCK.name


def test_a_run_tells_its_words_once() -> None:
    """Fails when two runs of a setting read the same word."""
    for name in registry.files():
        runs: tuple[Run, ...] = getattr(registry.get(name).domain, "runs", ())
        words = [word for run in runs for word in run.reads]
        assert len(words) == len(set(words)), name
