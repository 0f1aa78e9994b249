"""Steps about changed models, thresholds and squares refuse what does not follow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import And, Eq, Implies

from theory import registry
from theory.changes import AfterChange, Elsewhere, elsewhere, said_of
from theory.claim import Claim, Domain
from theory.language import With
from theory.proof import NotAccepted, Proof, Step
from theory.sealed import (
    OfThreshold,
    Sealed,
    c,
    contrast_at,
    seal,
    sealed,
    threshold_steps,
    u,
    v,
    y,
)
from theory.squares import ZeroSquare
from theory.steps import Algebra, Certified
from theory.vocabulary import (
    B,
    D,
    Delta_r,
    Delta_s,
    G,
    a,
    a_hat,
    a_star,
    additive,
    eta,
    eta_star,
    n_B,
    n_D,
    p,
    q,
    theta,
)
from verify.prove import certificates_for

MORE = 1 + theta
STATE = {"D": D > 0, "B": B > 0, "factor": theta > 0, "additive": additive}


def proof(assumptions, **domain) -> Proof:
    """A proof with these assumptions and nothing else."""
    claim = Claim("SA-0", "test", "test", "none", assumptions, {}, {}, domain=Domain(**domain))
    return Proof(claim, registry.LIBRARY, {})


def refused(setting: Proof, *steps: Step) -> bool:
    """Whether the last of the steps is not accepted, nor provable; the others must be accepted."""
    for step in steps:
        try:
            setting.certificates = {step.reason: certificates_for(step, setting)}
            setting.establish(step)
        except NotAccepted:
            assert step is steps[-1], step.reason
            return True
    return False


def changed(word, change, value):
    """The word is this in the changed model."""
    return Eq(With(word, change, MORE), value)


@pytest.mark.parametrize(
    ("change", "value", "right", "wrong"),
    [
        ("scale", MORE, changed(D, "scale", MORE * D), changed(n_D, "scale", MORE * n_D)),
        ("noise", MORE, changed(n_D, "noise", MORE * n_D), changed(D, "noise", MORE * D)),
        ("scale", MORE, changed(a, "scale", a), changed(G, "scale", G)),
        ("step", MORE, changed(eta, "step", MORE), changed(D, "step", MORE * D)),
        ("scale", MORE, changed(eta, "scale", eta), changed(eta, "scale", MORE * eta)),
        (
            "alignment",
            theta / MORE,
            Eq(With(a, "alignment", theta / MORE), theta / MORE),
            Eq(With(D, "alignment", theta / MORE), theta / MORE * D),
        ),
    ],
)  # fmt: skip
def test_a_change_acts_on_its_own_sums_only(change, value, right, wrong) -> None:
    """Fails when energies, noise and step size are mixed up."""
    given = tuple(STATE)
    assert not refused(proof(STATE), AfterChange("right", right, given=given))
    assert refused(proof(STATE), AfterChange("wrong", wrong, given=given))


def test_changing_the_alignment_needs_two_blocks_and_additive_noise() -> None:
    """Fails when a block without energy gets a shape, or noise that follows the state is kept."""
    statement = Eq(With(D, "alignment", theta / MORE), theta / MORE * G)
    without_bulk = {name: s for name, s in STATE.items() if name != "B"}
    unnamed = AfterChange("unnamed", statement, given=("D", "B", "factor"))
    assert not refused(proof(STATE), AfterChange("right", statement, given=tuple(STATE)))
    assert refused(
        proof(without_bulk), AfterChange("no bulk", statement, given=tuple(without_bulk))
    )
    assert refused(proof(STATE), unnamed)


def test_a_word_is_not_the_same_in_another_model_unless_all_it_is_made_of_is() -> None:
    """Fails when a* is taken to be untouched by a change that touches the energy."""
    given = tuple(STATE)
    x = theta / MORE
    same, other = (
        AfterChange(
            change,
            Implies(n_D > 0, With(a_star, change, value) + n_D > a_star),
            given=given,
            keep=(a_star,),
        )
        for change, value in (("alignment", x), ("scale", MORE))
    )
    assert not refused(proof(STATE), same)
    assert refused(proof(STATE), other)


def test_equations_that_rest_on_assumptions_do_not_hold_elsewhere() -> None:
    """Fails when what is assumed of this state is used in the changed one."""
    here = {**STATE, "here": Eq(q, 0)}
    wrong = AfterChange(
        "wrong", Eq(With(q, "scale", MORE), 0), given=("here", "additive", "factor"), keep=(q,)
    )
    assert refused(proof(here), wrong)


def test_a_fact_holds_elsewhere_if_its_assumptions_do() -> None:
    """Fails when a fact is carried to a model that need not satisfy what the fact rests on."""
    given = ("D", "B", "factor", "additive")
    fact = Certified("energy", G > 0, given=("D", "B"))
    assert not refused(proof(STATE), fact, elsewhere("there", fact, "scale", MORE, given))
    assert refused(proof(STATE), fact, elsewhere("nowhere", fact, "scale", -MORE, given))
    assert refused(proof(STATE), fact, elsewhere("beyond", fact, "alignment", MORE, given))
    large = {**STATE, "large": D > 5}
    fact = Certified("very large", D > 4, given=("large",))
    smaller = elsewhere("smaller", fact, "scale", theta, ("large", *given))
    larger = elsewhere("larger", fact, "scale", MORE, ("large", *given))
    assert refused(proof(large), fact, smaller)
    assert not refused(proof(large), fact, larger)


def test_only_the_named_fact_itself_is_said_elsewhere() -> None:
    """Fails when another statement, or one about constant noise only, slips through."""
    fact = Certified("energy", G > 0, given=("D", "B"))
    statement = said_of("scale", MORE, D > 0)
    other = Elsewhere("other", statement, given=("energy", *STATE), change="scale", value=MORE)
    unnamed = elsewhere("unnamed", fact, "scale", MORE, ("D", "B", "factor"))
    assert refused(proof(STATE), fact, other)
    assert refused(proof(STATE), fact, unnamed)


def test_a_kept_word_is_known_through_facts_alone() -> None:
    """Fails when the definition of a kept word is used, or a division by it is hidden."""
    assert not refused(proof(STATE), Sealed("open", G > D, given=("D", "B")))
    assert refused(proof(STATE), Sealed("shut", G > D, given=("D", "B"), keep=(G,)))
    assert sealed(eta_star, (p, q)) == 2 * sealed(p, (p,)) / sealed(q, (q,))
    with pytest.raises(NotAccepted, match="no longer visible"):
        sealed(Eq(eta_star * q, 2 * p), (p, q))


def threshold_fact(general, signs, premise=None, **more) -> OfThreshold:
    """A statement about a*, from one about thresholds."""
    arguments = (Delta_s * G, n_D, n_B)
    statement = general.xreplace(dict(zip((c, u, v, y), (*arguments, a_star), strict=True)))
    statement = statement if premise is None else Implies(premise, statement)
    return OfThreshold(
        "threshold", statement, given=("contrast", "energy"), keep=(Delta_s, G), word=a_star,
        arguments=arguments, general=general, signs=signs, **more,
    )  # fmt: skip


def test_a_threshold_is_the_root_of_its_own_quadratic() -> None:
    """Fails when a false statement about the root finds certificates in both cases."""
    setting = {"contrast": Delta_s > 0, "energy": G > 0}
    noisy = And(n_D > 0, n_B > 0)
    signs = (c > 0, u > 0, v > 0)
    hints = {"strict": True, "squares": (c + u - v,)}
    right = Eq(contrast_at(y, c, u, v), 0)
    assert not refused(proof(setting), threshold_fact(right, signs, noisy, **hints))
    for wrong in (Eq(contrast_at(y, c, v, u), 0), y > 1, Eq(y, u / (u + v)), y < u / (u + v)):
        assert refused(proof(setting), threshold_fact(wrong, signs, noisy, **hints))


def test_the_signs_a_threshold_needs_are_asked_for() -> None:
    """Fails when noise that may be absent counts as present, or another word is meant."""
    setting = {"contrast": Delta_s > 0, "energy": G > 0}
    signs = (c > 0, u > 0, v > 0)
    hints = {"strict": True, "squares": (c + u - v,)}
    right = Eq(contrast_at(y, c, u, v), 0)
    assert refused(proof(setting), threshold_fact(right, signs, **hints))
    good = threshold_fact(right, signs, And(n_D > 0, n_B > 0), **hints)
    swapped = (Delta_s * G, n_B, n_D)
    statement = Implies(
        And(n_D > 0, n_B > 0),
        right.xreplace(dict(zip((c, u, v, y), (*swapped, a_star), strict=True))),
    )
    other = OfThreshold(
        "threshold", statement, given=good.given, keep=good.keep, word=a_star, arguments=swapped,
        general=right, signs=signs, **hints,
    )  # fmt: skip
    assert refused(proof(setting), other)


def test_a_number_is_zero_if_its_square_is_not_positive() -> None:
    """Fails when the premise is dropped, another number is meant, or the square may be positive."""
    setting = {"square": Implies(n_D > 0, a**2 <= 0), "small": a**2 <= 1}
    good = ZeroSquare("good", Implies(n_D > 0, Eq(a, 0)), given=("square",))
    assert not refused(proof(setting), good)
    for statement, name in (
        (Eq(a, 0), "square"),
        (Implies(n_B > 0, Eq(a, 0)), "square"),
        (Implies(n_D > 0, Eq(q, 0)), "square"),
        (Implies(n_D > 0, Eq(a, 1)), "square"),
        (Eq(a, 0), "small"),
    ):
        assert refused(proof(setting), ZeroSquare("wrong", statement, given=(name,)))


def test_with_momentum_or_changing_steps_nothing_is_said_elsewhere() -> None:
    """Fails when a change is computed for steps that the change does not describe."""
    step = AfterChange("energy", Eq(With(D, "scale", MORE), MORE * D), given=("additive",))
    assert not refused(proof(STATE), step)
    assert refused(proof(STATE, momentum=True), step)
    assert refused(proof(STATE, step="critical"), step)


def test_equations_about_every_state_do_hold_elsewhere() -> None:
    """Fails when q in block means, which is an identity, cannot be used after a change."""
    form = Algebra("form", Eq(q, Delta_s * D * B + n_D * B - n_B * D))
    louder = AfterChange(
        "louder",
        Eq(With(q, "noise", MORE), q + theta * (n_D * B - n_B * D)),
        given=("form", *STATE),
        keep=(q, Delta_s),
    )
    assert not refused(proof(STATE), form, louder)


def test_a_threshold_that_divides_by_zero_is_nothing_to_speak_about() -> None:
    """Fails when a-hat has an equation at step size 0, where it is undefined."""
    setting = {
        "contrast": Delta_s > 0, "slope": Delta_r > 0, "energy": G > 0, "step": eta > 0,
    }  # fmt: skip
    arguments = ((Delta_s - 2 * Delta_r / eta) * G, n_D, n_B)
    solves, _ = threshold_steps(
        a_hat, arguments, ("solves", "within"), (u > 0, v > 0), And(n_D > 0, n_B > 0),
        given=("contrast", "energy", "step"), keep=(Delta_s, Delta_r, G),
    )  # fmt: skip
    assert not refused(proof(setting), solves)
    assert refused(proof(setting), replace(solves, given=("contrast", "energy")))


def test_a_change_to_a_value_that_is_no_number_is_refused() -> None:
    """Fails when the step size becomes 1 over a number that may be zero."""
    fact = Certified("energy", G > 0, given=("D", "B"))
    bad = elsewhere("bad", fact, "step", 1 / (theta - 1), ("D", "B", "factor", "additive"))
    good = elsewhere("good", fact, "step", 1 / theta, ("D", "B", "factor", "additive"))
    assert refused(proof(STATE), fact, bad)
    assert not refused(proof(STATE), fact, good)
    small = {**STATE, "small": theta < 1}
    negative = elsewhere("negative", fact, "step", 1 / (theta - 2), ("D", "B", "small", "additive"))
    assert not refused(proof(small), fact, negative)


def test_the_two_statements_about_a_threshold() -> None:
    """Fails when a threshold is said to solve another equation, or to lie strictly within."""
    arguments, premise = (Delta_s * G, n_D, n_B), n_D > 0
    shared = {"given": ("contrast",), "keep": (Delta_s, G)}
    solved, signs = Eq(contrast_at(a_star, *arguments), 0), (c > 0,)
    weak = threshold_steps(a_star, arguments, ("solves", "within"), signs, **shared)
    strict = threshold_steps(a_star, arguments, ("solves", "within"), signs, premise, **shared)
    within = (And(a_star >= 0, a_star <= 1), And(a_star > 0, a_star < 1))
    assert [step.statement for step in weak] == [solved, within[0]]
    assert [step.statement for step in strict] == [Implies(premise, s) for s in (solved, within[1])]
    for step in (*weak, *strict):
        assert (step.given, step.keep, step.signs) == (("contrast",), (Delta_s, G), signs)
        assert (step.word, step.arguments) == (a_star, arguments)
        assert step.strict is (step in strict)


def test_what_has_no_kept_word_in_it_is_left_alone() -> None:
    """Fails when a definition is put in although nothing in it is kept."""
    assert sealed(Delta_s < G, (Delta_s,)) == (seal(Delta_s) < G)
    assert sealed(eta_star > 0, (p,)) == (2 * seal(p) / q > 0)


def test_what_a_kept_word_divides_by_is_not_forgotten() -> None:
    """Fails when Delta_s is kept and nobody asks whether both blocks have energy."""
    setting = proof({"D": D > 0, "B": B > 0, "sharper": Delta_s >= 0})
    keep = (Delta_s,)
    for given, open_ends in ((("D",), {B}), (("D", "B"), set()), (("sharper",), set())):
        step = Sealed(f"given {given}", Delta_s + n_D >= Delta_s, given=given, keep=keep)
        assert not refused(setting, step)
        assert setting.facts[step.reason].divides_by == open_ends
