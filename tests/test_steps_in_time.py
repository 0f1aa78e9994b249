"""Steps about runs and suppositions accept what is sound and refuse the nearest wrong use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sympy import And, Eq, Equivalent, Implies, log, sign

from theory import registry
from theory.claim import Claim
from theory.in_time import ExpectationOfMode, Extreme, Geometric, Member, OneStepLater, WithStep
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Initially,
    Next,
    With,
)
from theory.proof import NotAccepted, Proof, Step, examine
from theory.reasoning import (
    Conclude,
    Follows,
    Logarithm,
    Onward,
    Permanent,
    SameSign,
    Suppose,
)
from theory.vocabulary import (
    C_B,
    C_D,
    E_B,
    RE_B,
    RRE_B,
    B,
    C_B_larger,
    C_D_larger,
    D,
    G,
    S,
    a,
    a_inf,
    additive,
    c,
    eta,
    eta_larger,
    g2,
    g2_next,
    lam,
    n_D,
    p,
    q,
    rho,
    rho_d,
    rho_k1,
    rho_max,
    s2,
    t,
)

RISES, PERSISTS = S >= 0, Implies(S >= 0, Always(S >= 0))
SHRINKS = Always(Next(E_B) <= rho_d * E_B)
LEMMA = Implies(
    And(C_D > 0, C_B > 0, rho_max > 0, rho_d > rho_max),
    Equivalent(t >= log(C_B / C_D) / log(rho_d / rho_max), C_D * rho_d**t >= C_B * rho_max**t),
)


def attempt(step: Step, **assumptions: Any) -> Proof:
    """A proof with these assumptions and the step; raises NotAccepted if it is refused."""
    given = tuple(assumptions)
    claim = Claim("SA-0", "", "", "none", assumptions, {"part": step.statement}, {})
    proof = Proof(claim, registry.LIBRARY, {})
    proof.establish(step if step.given else replace(step, given=given))
    return proof


SOUND = {
    "next sum": (OneStepLater("x", Eq(Next(E_B), RE_B)), {"n": additive}),
    "mode": (
        ExpectationOfMode(
            "x", ForAllModes(Eq((1 - eta * lam) ** 2 * g2 + eta**2 * lam**2 * s2, g2_next))
        ),
        {},
    ),
    "geometric": (
        Geometric("x", Always(Initially(E_B) * rho_d**t >= E_B)),
        {"s": SHRINKS, "r": rho_d >= 0},
    ),
    "extreme": (Extreme("x", ForDominantModes(rho <= rho_max)), {}),
    "attained": (Extreme("x", rho_max <= rho_k1), {"f": ForDominantModes(rho <= rho_k1)}),
    "member": (Member("x", ForDominantModes(c <= C_D)), {"f": ForAllModes(c >= 0)}),
    "step": (
        WithStep("x", Eq(With(a_inf, "step", eta_larger), C_D_larger / (C_D_larger + C_B_larger))),
        {"n": additive},
    ),
    "onward": (Onward("x", Always(RISES)), {"now": RISES, "stays": Always(PERSISTS)}),
    "permanent": (Permanent("x", Always(n_D > 0)), {"f": n_D > 0, "n": additive}),
    "same sign": (
        SameSign("x", a - 1 < 0),
        {"f": Eq(sign(q), sign(a - 1)), "g": q < 0},
    ),
    "logarithm": (Logarithm("x", LEMMA), {}),
    "follows": (Follows("x", B > 0), {"f": Implies(D > 0, B > 0), "g": D > 0}),
    "follows at all times": (
        Follows("x", Always(Implies(D > 0, Always(B > 0)))),
        {"f": Always(Implies(D > 0, Always(S > 0))), "g": Always(Implies(S > 0, B > 0))},
    ),
}
UNSOUND = {
    "noise that may change": (OneStepLater("x", Eq(Next(E_B), RE_B)), {}),
    "one contraction too many": (OneStepLater("x", Eq(Next(E_B), RRE_B)), {"n": additive}),
    "lost curvature of the noise": (
        ExpectationOfMode("x", ForAllModes(Eq((1 - eta * lam) ** 2 * g2 + eta**2 * s2, g2_next))),
        {},
    ),
    "ratio of unknown sign": (
        Geometric("x", Always(Initially(E_B) * rho_d**t >= E_B)),
        {"s": SHRINKS},
    ),
    "the other direction": (
        Geometric("x", Always(Initially(E_B) * rho_d**t <= E_B)),
        {"s": SHRINKS, "r": rho_d >= 0},
    ),
    "shrinks in the first step only": (
        Geometric("x", Always(Initially(E_B) * rho_d**t >= E_B)),
        {"s": Next(E_B) <= rho_d * E_B, "r": rho_d >= 0},
    ),
    "largest taken for smallest": (Extreme("x", ForDominantModes(rho >= rho_max)), {}),
    "known of bulk modes": (Extreme("x", rho_max <= rho_k1), {"f": ForBulkModes(rho <= rho_k1)}),
    "about more than the contraction": (
        Extreme("x", rho_max <= lam),
        {"f": ForDominantModes(rho <= lam)},
    ),
    "member of unknown sign": (Member("x", ForDominantModes(c <= C_D)), {"f": D >= 0}),
    "member of another sum": (Member("x", ForDominantModes(c <= C_B)), {"f": ForAllModes(c >= 0)}),
    "levels that do not move with the step": (
        WithStep("x", Eq(With(a_inf, "step", eta_larger), a_inf)),
        {"n": additive},
    ),
    "not true at first": (Onward("x", Always(RISES)), {"stays": Always(PERSISTS)}),
    "may stop": (Onward("x", Always(RISES)), {"now": RISES}),
    "a state is not permanent": (Permanent("x", Always(D > 0)), {"f": D > 0, "n": additive}),
    "noise is not permanent by itself": (Permanent("x", Always(n_D > 0)), {"f": n_D > 0}),
    "opposite sign": (SameSign("x", a - 1 > 0), {"f": Eq(sign(q), sign(a - 1)), "g": q < 0}),
    "logarithm of the inverse": (
        Logarithm("x", LEMMA.func(LEMMA.args[0], Equivalent(
            t >= log(C_D / C_B) / log(rho_d / rho_max), C_D * rho_d**t >= C_B * rho_max**t))),
        {},
    ),
    "logarithm without an order of the ratios": (
        Logarithm("x", Implies(And(C_D > 0, C_B > 0, rho_max > 0), LEMMA.args[1])),
        {},
    ),
    "converse": (Follows("x", D > 0), {"f": Implies(D > 0, B > 0), "g": B > 0}),
    "now is not always": (Follows("x", Always(B > 0)), {"f": B > 0}),
    "always from one time": (
        Follows("x", Always(Implies(D > 0, B > 0))),
        {"f": Implies(D > 0, B > 0)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_sound_uses_are_accepted(name: str) -> None:
    """Fails when a step refuses the use it exists for."""
    step, assumptions = SOUND[name]
    attempt(step, **assumptions)


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound_uses_are_refused(name: str) -> None:
    """Fails when a step accepts a statement that does not follow."""
    step, assumptions = UNSOUND[name]
    with pytest.raises(NotAccepted):
        attempt(step, **assumptions)


def outcome(derivation: tuple[Step, ...], part: Any) -> tuple[list[str | None], dict[str, str]]:
    """The problems of a derivation, and the parts of the conclusion it does not reach."""
    claim = Claim("SA-0", "", "", "none", {"curved": p > 0}, {"part": part}, {}, derivation)
    outcomes, loose, _ = examine(claim, registry.LIBRARY, {})
    return [o.problem for o in outcomes], loose


def test_a_supposition_reaches_nothing_by_itself() -> None:
    """Fails when a part counts as reached although it rests on a supposition."""
    problems, loose = outcome((Suppose("low", q > 0),), q > 0)
    assert problems == [None]
    assert "part" in loose


def test_a_supposition_becomes_the_premise() -> None:
    """Fails when what was derived from a supposition is not an implication from it."""
    both = And(p > 0, q > 0)
    steps = (
        Suppose("low", q > 0),
        Follows("both", both, given=("low", "curved")),
        Conclude("so", Implies(q > 0, both), given=("low", "both")),
    )
    assert outcome(steps, Implies(q > 0, both)) == ([None, None, None], {})


def test_only_what_was_supposed_becomes_the_premise() -> None:
    """Fails when the premise is another sentence, or when a supposition is forgotten."""
    both = And(p > 0, q > 0)
    steps = (
        Suppose("low", q > 0),
        Follows("both", both, given=("low", "curved")),
        Conclude("another", Implies(G > 0, both), given=("low", "both")),
        Conclude("forgets the supposition", Implies(p > 0, both), given=("curved", "both")),
    )
    problems, loose = outcome(steps, Implies(p > 0, both))
    assert problems[2] is not None
    assert "part" in loose
