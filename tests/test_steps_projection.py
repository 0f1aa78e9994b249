"""Steps about cases, single paths and decay refuse what does not follow."""

from __future__ import annotations

import pytest
from sympy import And, Eq, Implies, Rational

from theory import registry
from theory.cases import ByCases
from theory.claim import Claim, Domain
from theory.decay import Decay, PowerNotNegative, decays_past
from theory.in_time import CertifiedInTime
from theory.language import Always, Next
from theory.pathwise import Pathwise
from theory.proof import NotAccepted, Proof, Step
from theory.stays import Stays
from theory.steps import Throughout
from theory.vocabulary import (
    C_D,
    B,
    B_next,
    D,
    a,
    a_P,
    additive,
    eta,
    loss,
    loss_after_bulk_step,
    loss_after_dominant_step,
    loss_B_next,
    loss_D,
    loss_D_next,
    n_D,
    rho_k,
    s_B,
    s_D,
    t,
)
from verify.prove import certificates_for


def proof(**assumptions) -> Proof:
    """A proof with these assumptions and nothing else."""
    claim = Claim("SA-0", "test", "test", "none", assumptions, {}, {})
    return Proof(claim, registry.LIBRARY, {})


def refused(step: Step, **assumptions) -> bool:
    """Whether the step is not accepted (nor provable, if it needs certificates)."""
    setting = proof(**assumptions)
    try:
        setting.certificates = {step.reason: certificates_for(step, setting)}
        setting.establish(step)
    except NotAccepted:
        return True
    return False


def test_on_every_path_a_projected_step_changes_its_own_block_only() -> None:
    """Fails when the blocks are mixed up, or the noise is averaged away."""
    right = Eq(loss_after_dominant_step - loss, loss_D_next - loss_D)
    assert not refused(Pathwise("right", right))
    assert refused(Pathwise("swapped", Eq(loss_after_bulk_step - loss, right.rhs)))
    assert refused(Pathwise("half", Eq(loss_after_dominant_step - loss, right.rhs / 2)))
    assert refused(Pathwise("bulk too", Eq(loss_after_dominant_step, loss_D_next + loss_B_next)))
    assert refused(Pathwise("not linear", Eq(D * B_next, B * D)))


@pytest.mark.parametrize(
    "wrong",
    [
        Implies(And(s_D > 0, s_B > 0), a_P > 1),
        Implies(And(s_D > 0, s_B > 0), a_P < Rational(1, 2)),
        Implies(And(s_D > 0, s_B > 0), Eq(a_P, a)),
    ],
)
def test_a_word_defined_by_cases_gets_no_wrong_bound(wrong) -> None:
    """Fails when a false relation about a_P finds certificates in all cases."""
    assert refused(
        ByCases("wrong", wrong, given=("D", "B"), word=a_P, strict=True), D=D > 0, B=B > 0
    )


def test_decay_accepts_its_lemma_only() -> None:
    """Fails when the crossing time may depend on time, or a premise may be left out."""
    parts = {"amount": C_D, "ratio": rho_k, "level": eta}
    lemma = decays_past(*parts.values())
    assert not refused(Decay("lemma", lemma, **parts))
    assert refused(Decay("no premise", lemma.args[1], **parts))
    assert refused(Decay("other ratio", lemma, amount=C_D, ratio=rho_k**2, level=eta))
    moving = {"amount": t, "ratio": rho_k, "level": eta}
    assert refused(Decay("moving", decays_past(*moving.values()), **moving))


def test_a_power_is_not_negative_if_its_base_is_not() -> None:
    """Fails when the sign of the base is not asked for."""
    assert not refused(PowerNotNegative("power", rho_k**t >= 0, given=("base",)), base=rho_k >= 0)
    assert refused(PowerNotNegative("other", rho_k**t >= 0, given=("base",)), base=rho_k <= 0)
    assert refused(PowerNotNegative("more", rho_k**t >= 1, given=("base",)), base=rho_k >= 0)


def test_sums_of_noise_stay_only_if_the_noise_is_additive() -> None:
    """Fails when a sum about the state, or noise that depends on it, counts as unchanging."""
    stays = Stays("stays", Eq(Next(n_D), n_D), given=("additive",))
    assert not refused(stays, additive=additive)
    assert refused(Stays("unnamed", Eq(Next(n_D), n_D)), additive=additive)
    assert refused(Stays("state", Eq(Next(D), D), given=("additive",)), additive=additive)
    assert refused(Stays("levels", Eq(Next(C_D), C_D), given=("additive",)), additive=additive)


def test_a_changing_step_size_is_known_only_through_what_always_holds() -> None:
    """Fails when, stepping critically, a bound on the first step size is used at later times."""
    once, always = eta <= 1, Always(eta <= 1)
    for assumption, good in ((once, False), (always, True)):
        claim = Claim(
            "SA-0", "test", "test", "none", {"additive": additive, "step": assumption}, {}, {},
            domain=Domain(step="critical"),
        )  # fmt: skip
        setting = Proof(claim, registry.LIBRARY, {})
        now = CertifiedInTime("now", eta <= 2, given=("step",))
        setting.certificates = {"now": certificates_for(now, setting)}
        setting.establish(now)
        later = Throughout("later", Always(eta <= 2), given=("now", "step", "additive"))
        if good:
            setting.establish(later)
        else:
            with pytest.raises(NotAccepted, match="step size that changes"):
                setting.establish(later)
