"""What words and sentences mean in one small model, computed by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import And, Eq, Equivalent, Implies, Ne, Not, Or, sign, sqrt

from theory import vocabulary as v
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Initially,
    Next,
    NextHolds,
    With,
)
from theory.vocabulary import B, D, G, a, eta, g2, lam, s2, t
from verify.balls import OutOfScope, Undefined
from verify.meaning import World, exact, gradient_atoms, noise_atoms, truth
from verify.models import quadratic

# lambda = 2 | 1, g^2 = 4 | 1, variances 1 | 3, a step of 1/4:
# E g^2 becomes (1/2)^2 4 + (1/2)^2 1 = 5/4 and (3/4)^2 1 + (1/4)^2 3 = 3/4.
MODEL = quadratic("2 1", 1, "4 1", "1 3", "1/4", horizon=3)
WORLD = World(MODEL)
F = Fraction


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (D, 4), (B, 1), (G, 5), (a, F(4, 5)), (eta, F(1, 4)), (t, 0), (v.k, 1), (v.M, 1),
        (v.lambda_1, 2), (v.lambda_k, 2), (v.lambda_k1, 1), (v.lambda_d, 1),
        (v.m1_D, 8), (v.m2_D, 16), (v.n_D, 4), (v.n_B, 3),
        (v.D_next, F(5, 4)), (v.B_next, F(3, 4)), (v.a_next, F(5, 8)),
        (v.loss_D_next, F(5, 16)), (v.loss_B_next, F(3, 8)),
        (Next(D), F(5, 4)), (Next(t), 1), (Next(Initially(D)), 4), (Next(Next(t)), 2),
        (With(D, "scale", 3), 12), (With(v.n_D, "noise", 3), 12), (With(eta, "step", 3), 3),
        (With(D, "alignment", F(1, 5)), 1), (With(B, "alignment", F(1, 5)), 4),
        (With(D, "time", 1), F(5, 4)), (With(t, "time", 2), 2), (With(D, "time", 0), 4),
        (sqrt(D), 2), (sqrt(D / 100), F(1, 5)), (sqrt(D - 4), 0),
        (D ** F(-3, 2), F(1, 8)), (D**-1, F(1, 4)), ((D - 4) ** t, 1),
        (D ** (t + 2), 16),
        (sign(sqrt(D + 1) - 2), 1), (sign(2 - sqrt(D + 1)), -1), (sign(B - D), -1), (sign(D), 1),
        (sign(D - 4), 0), (abs(B - D), 3), (sympy.Min(D, B), 1), (sympy.Max(D, B), 4),
        (sympy.floor(-a), -1), (sympy.ceiling(a), 1), (sympy.floor(a), 0), (sympy.ceiling(-a), 0),
        (sympy.Piecewise((B, D > 4), (D, True)), 4),
    ],
    ids=str,
)  # fmt: skip
def test_values(expression: Any, value: Any) -> None:
    """Fails when a word or an operator means something else than its definition says."""
    assert exact(sympy.sympify(expression))(WORLD) == value


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        (sympy.true, True), (sympy.false, False), (v.additive, True), (Not(Always(D >= 1)), True),
        (Not(ForAllModes(lam >= 1)), False),
        (D > 4, False), (D >= 4, True), (D < 4, False), (D <= 4, True), (Eq(D, 4), True),
        (Ne(D, 4), False), (sqrt(D + 1) > 2, True), (sqrt(D + 1) < 2, False),
        (Eq(sqrt(D + 1), 2), False),
        (And(D > 1, B > 1), False), (Or(D > 9, B > 1), False), (Or(D > 1, B > 1), True),
        (Implies(D > 9, B > 9), True), (Implies(D > 1, B > 9), False),
        (Equivalent(D > 9, B > 9), True), (Equivalent(D > 1, B > 9), False),
        (Always(F(1, 2) <= D), True), (Always(D >= 1), False), (Always(t < 3), True),
        (Always(t < 2), False),
        (NextHolds(D > 1), True), (NextHolds(D > 2), False),
        (ForAllModes(lam >= 1), True), (ForAllModes(lam >= 2), False),
        (ForDominantModes(lam >= 2), True), (ForBulkModes(lam >= 2), False),
        (ForBulkModes(s2 > 2), True),
        (ForDominantModes(Eq(v.rho, F(1, 4))), True), (ForBulkModes(Eq(v.rho, F(9, 16))), True),
        (ForDominantModes(Eq(v.c, F(1, 3))), True), (ForBulkModes(Eq(v.excess, F(4, 7))), True),
        (ForDominantModes(Eq(v.g2_next, F(5, 4))), True), (ForAllModes(Eq(v.g**2, g2)), True),
    ],
    ids=str,
)  # fmt: skip
def test_truth(sentence: Any, true: bool) -> None:
    """Fails when a connective, a quantifier or an operator of time is read wrongly."""
    assert truth(sentence)(WORLD) is true


ZERO = 1 / (D - 4)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (ZERO, "division by zero"),
        (sqrt(B - D), "square root of a negative number"),
        ((B - D) ** F(1, 3), "root of a negative number"),
        (With(D, "time", F(1, 2)), "a time is a whole number"),
        (With(D, "time", -1), "a time is a whole number"),
        (sympy.Piecewise((B, D > 4)), "no case of the definition applies"),
    ],
    ids=str,
)
def test_what_has_no_value_is_undefined(expression: Any, reason: str) -> None:
    """Fails when something without meaning gets a value, or another excuse."""
    with pytest.raises(Undefined, match=f"^{reason}$"):
        exact(sympy.sympify(expression))(WORLD)


def test_a_decisive_part_wins_over_an_undefined_one() -> None:
    """Fails when 0/0 in one part hides that the other part decides, or is taken for an answer."""
    for other in (ZERO > 0, ZERO <= 0):
        assert truth(And(other, D > 4))(WORLD) is False
        assert truth(Or(other, D > 3))(WORLD) is True
        for open_ in (And(other, D > 3), Or(other, D > 4)):
            with pytest.raises(Undefined, match="division by zero"):
                truth(open_)(WORLD)


def test_a_block_without_modes_or_energy() -> None:
    """Fails when an empty block has an eigenvalue, or a block without energy a shape."""
    with pytest.raises(Undefined, match=r"^an empty block has no eigenvalue$"):
        World(quadratic("2", 1, "1", "1", "1")).word("lambda_d")
    for energies in ("0 1", "1 0"):
        still = World(quadratic("2 1", 1, energies, "1 1", "1"))
        with pytest.raises(Undefined, match=r"^a block without energy has no shape$"):
            exact(With(D, "alignment", F(1, 2)))(still)


def test_momentum_and_unknown_gradients_are_out_of_scope() -> None:
    """Fails when moments alone are taken for a state that they do not determine."""
    with pytest.raises(OutOfScope, match="momentum"):
        World(replace(MODEL, momentum=F(1, 2))).next()
    with pytest.raises(OutOfScope, match="square of a rational"):
        truth(ForAllModes(v.g > 0))(World(quadratic("2 1", 1, "2 1", "1 1", "1")))


def test_steps_at_the_critical_step_size() -> None:
    """Fails when the step size is another than 2p/q, or exists where q is not positive."""
    critical = World(quadratic("2 1", 1, "4 1", "0 0", "1", schedule="critical"))
    assert critical.word("p") == 4 * 1 * (2 - 1)
    assert critical.word("q") == 4 * 1 * (4 - 1)
    assert critical.step_size == F(2, 3)
    noisy = World(quadratic("2 1", 1, "4 1", "9 0", "1", schedule="critical"))
    assert noisy.word("q") > 0
    for variances in ("0 3", "0 4"):
        none = World(quadratic("2 1", 1, "4 1", variances, "1", schedule="critical"))
        assert none.word("q") <= 0
        with pytest.raises(Undefined, match="no critical step size in this state"):
            none.step_size  # noqa: B018


def test_the_turn_is_the_first_time_at_which_alignment_does_not_fall() -> None:
    """Fails when a later time is named, or one after the run, or the present one is forgotten."""
    assert WORLD.word("a_next") < WORLD.word("a")
    falls = [world.word("a_next") < world.word("a") for world in WORLD.run()]
    assert len(falls) == 3
    for horizon in range(1, 12):
        run = World(replace(MODEL, horizon=horizon))
        turned = [w.time for w in run.run() if w.word("a_next") >= w.word("a")]
        if turned:
            assert run.word("turn_time") == turned[0] == run.next().word("turn_time")
        else:
            with pytest.raises(OutOfScope, match="alignment falls up to the horizon"):
                run.word("turn_time")


def test_variances_of_every_kind_of_noise() -> None:
    """Fails when the variance is not that of the law, or of a minibatch of the stated size."""
    biased = ((F(1, 4), (F(2), F(0))), (F(3, 4), (F(0), F(4))))
    assert World(replace(MODEL, law=biased)).variances == (F(3, 4), F(3))
    spread = F(4, 2) + F(1, 1) + F(1, 2)
    batch = replace(MODEL, batch_size=3, label_noise=F(1, 2))
    assert World(batch).variances == ((4 + 2 * spread) / 3, (1 + spread) / 3)
    assert World(batch).word("additive") is False


@pytest.mark.parametrize("amount", [F(0), F(1, 3), F(1), F(4), F(9, 4), F(7, 2), F(24), F(25)])
def test_atoms_have_the_moments_that_they_stand_for(amount: Fraction) -> None:
    """Fails when a gradient or a noise has another second moment, or the noise a mean."""
    for atoms in (gradient_atoms(amount), noise_atoms(amount)):
        assert all(weight >= 0 for weight, _ in atoms)
        assert sum(weight for weight, _ in atoms) == 1
        assert sum(weight * value**2 for weight, value in atoms) == amount
    assert sum(weight * value for weight, value in noise_atoms(amount)) == 0


def test_a_step_with_momentum_moves_by_the_velocity_too() -> None:
    """Fails when beta v is left out of x+ = x - eta (Hx + xi) + beta v."""
    modes = [replace(m, velocity=F(2)) for m in MODEL.modes]
    heavy = replace(MODEL, dominant=(modes[0],), bulk=(modes[1],), momentum=F(1, 2)).with_energies(
        (F(4), F(1))
    )
    # the gradient 2 becomes 2 - 2 (1/4)(2 +- 1) + (1/2) 2 = 2 -+ 1/2
    assert World(heavy).energies_next[0] == 4 + F(1, 4)


def test_a_state_is_computed_once() -> None:
    """Fails when the next state is worked out again each time: long runs would take far longer."""
    world = World(MODEL)
    assert world.next() is world.next()
    assert (world.next().time, world.next().next().time) == (1, 2)
    assert world.next().next().start is world


def test_a_sentence_without_a_meaning_is_named() -> None:
    """Fails when a connective that nobody defined gets a truth, or the message hides which."""
    with pytest.raises(TypeError, match="no meaning for Xor in "):
        truth(sympy.Xor(D > 1, B > 1))
