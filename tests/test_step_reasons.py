"""What a step says when it refuses: a wrong use must be refused for the reason that it is wrong."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import sympy
from sympy import And, Eq, Equivalent, Implies, Or, log, sign

import verify.suspicious_alignment.words_projection  # noqa: F401  # meanings of its words
from theory import registry
from theory.averaging import OneStep
from theory.changes import AfterChange, Elsewhere, said_of
from theory.claim import Claim, Domain
from theory.deterministic_run import ClosedForm, PowerOrder
from theory.gaussian import GaussianNoise, SameLaw, StaysTrue
from theory.in_time import ExpectationOfMode, Extreme, Geometric, Member, OneStepLater, WithStep
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
from theory.outcomes import Averaged, D_plus, Discriminant, R
from theory.proof import Fact, NotAccepted, Proof, Step
from theory.random_steps import Iterated, KeptUp
from theory.reasoning import (
    Conclude,
    Follows,
    ForEach,
    FromNextOn,
    Logarithm,
    Onward,
    Permanent,
    SameSign,
    Suppose,
    entails,
)
from theory.sealed import OfThreshold, y
from theory.steps import (
    Algebra,
    Certified,
    Expectation,
    Induction,
    Instantiate,
    ModeByMode,
    Modewise,
    Preserved,
    Solve,
    Summed,
    Throughout,
    unseen_divisors,
    vanishes,
)
from theory.tiny_subspaces.momentum import (
    BLOCK,
    constant_rate,
    m,
    steps,
)
from theory.tiny_subspaces.toy import (
    TOY,
    gd_x2_next,
    keep_x,
    run_length,
    x2,
    x2_after,
    x2_next,
)
from theory.vocabulary import (
    C_B,
    C_D,
    C_RG,
    E_B,
    E_R,
    RE_B,
    V_B,
    V_D,
    B,
    D,
    D_next,
    Delta_s,
    G,
    S,
    a,
    a_star,
    additive,
    batch_size,
    beta,
    eta,
    eta_star,
    excess,
    g2,
    g2_next,
    lam,
    lambda_k,
    least_squares,
    m1_D,
    m2_D,
    n_B,
    n_D,
    p,
    q,
    rho,
    rho_d,
    rho_max,
    s2,
    t,
)
from verify.prove import certificates_for

x = sympy.Symbol("x", real=True)
QUADRATIC, HEAVY, CRITICAL = Domain(), Domain(momentum=True), Domain(step="critical")
LASTS = Always(Implies(S >= 0, Always(S >= 0)))
LONG, POWERS = t >= log(C_B / C_D) / log(rho_d / rho_max), C_D * rho_d**t >= C_B * rho_max**t
RATES = Implies(And(C_D > 0, C_B > 0, rho_max > 0, rho_d > rho_max), Equivalent(LONG, POWERS))
WRONG_RATES = [
    *(Implies(And(*set(RATES.args[0].args) - {one}), RATES.args[1]) for one in RATES.args[0].args),
    *(
        Implies(RATES.args[0], Equivalent(time, powers))
        for time, powers in (
            (t >= log(C_B / C_D) * log(rho_d / rho_max), POWERS),
            (t >= log(C_D / C_B) / log(rho_d / rho_max), POWERS),
            (t >= log(C_B / C_D) / log(rho_max / rho_d), POWERS),
            (t <= log(C_B / C_D) / log(rho_d / rho_max), POWERS),
            (t > log(C_B / C_D) / log(rho_d / rho_max), POWERS),
            (LONG, C_D * rho_d * t >= C_B * rho_max**t),
            (LONG, C_D * rho_d**t >= C_B * rho_max * t),
            (LONG, C_D * rho_d**t > C_B * rho_max**t),
            (LONG, C_D * rho_d**t <= C_B * rho_max**t),
            (LONG, C_D * rho_d**t >= C_B * rho_max**S),
        )
    ),
]
SHRINKS = Always(Next(E_B) <= rho_d * E_B)
THRESHOLD = {"word": a_star, "arguments": (Delta_s * G, n_D, n_B), "general": y >= 0}
MOMENTUM = (1 - beta ** (steps + 1)) / (1 - beta)
KEEPS = Implies(x2 > 0, x2_next > 0)
ENERGY = Eq(D_next, D - 2 * eta * m1_D + eta**2 * (m2_D + n_D))


def no(reason: str, step: Step, domain: Any = QUADRATIC, **assumptions: Any) -> Any:
    """A step that names all assumptions and is refused for this reason."""
    return pytest.param(reason, step, domain, assumptions, id=f"{type(step).__name__}: {reason}")


REFUSALS = [
    # --- reasoning
    no("name a supposition, and state an implication", Conclude("x", D > 0), D=D > 0),
    no("not the implication from the supposition to the sentences named",
       Conclude("x", Implies(D > 0, B > 1)), D=D > 0, B=B > 0),
    no("not the implication from the supposition to the sentences named",
       Conclude("x", Implies(D > 1, B > 0)), D=D > 0, B=B > 0),
    no("does not follow", Follows("x", Eq(D, B)), f=D >= B),
    no("does not follow", Follows("x", Eq(D, B)), f=D <= B),
    no("does not follow", Follows("x", D > B), f=sympy.Ne(D, B)),
    no("does not follow", Follows("x", D >= B), f=D <= B),
    no("does not follow", Follows("x", sympy.Ne(D, B)), f=D >= B),
    no("does not follow", Follows("x", least_squares), f=additive),
    no("does not follow", Follows("x", Always(D > 0)), f=D > 0),
    no("does not follow", Follows("x", NextHolds(D > 0)), f=Always(B > 0), g=D > 0),
    no("does not follow", Follows("x", Implies(Always(D > 0), Always(B > 0))),
       f=Implies(D > 0, B > 0)),
    no("does not follow", Follows("x", Implies(Always(D > 0), Always(B > 0)))),
    no("no named fact says that the two have the same sign",
       SameSign("x", a - 1 < 0), f=Eq(sign(q), sign(a - 1)), g=q > 0),
    no("no named fact says that the two have the same sign",
       SameSign("x", a < 0), f=Eq(sign(q), sign(a - 1)), g=q < 0),
    no("no named fact says that the two have the same sign",
       SameSign("x", a - 1 < 0), f=Eq(sign(q), sign(a - 1))),
    no("phi is not named",
       Onward("x", Always(And(D > 0, B > 0))), now=D > 0,
       stays=Always(Implies(And(D > 0, B > 0), Always(And(D > 0, B > 0))))),
    no("no named fact says that the two have the same sign",
       SameSign("x", a - 1 < 0), f=Implies(D > 0, Eq(sign(q), sign(a - 1))), g=q < 0),
    no("the statement must be Always(...)", Onward("x", S >= 0), now=S >= 0, stays=LASTS),
    no("it is not named that phi, once true, stays true", Onward("x", Always(S >= 0)), now=S >= 0),
    no("phi is not named", Onward("x", Always(S >= 0)), stays=LASTS),
    no("the statement must be NextHolds(Always(...))",
       FromNextOn("x", Always(S >= 0)), stays=LASTS),
    no(f"not named: what holds next and makes {S >= 0} hold for ever",
       FromNextOn("x", NextHolds(Always(S >= 0))), stays=LASTS, now=S >= 0),
    no(f"not named: what holds next and makes {D >= 0} hold for ever",
       FromNextOn("x", NextHolds(Always(D >= 0))), stays=LASTS, then=NextHolds(S >= 0)),
    no("the statement must be Always(...), and additive noise be named",
       Permanent("x", Always(n_D > 0)), f=n_D > 0),
    no(f"{D > 0} is not named, or may change", Permanent("x", Always(D > 0)), f=D > 0, n=additive),
    no(f"{n_D > 0} is not named, or may change", Permanent("x", Always(n_D > 0)), n=additive),
    no("it is not named that the two are equivalent for each mode",
       ForEach("x", Equivalent(ForAllModes(g2 > 0), ForAllModes(s2 > 0))),
       f=ForAllModes(Implies(g2 > 0, s2 > 0))),
    no("the statement must be about all modes, twice",
       ForEach("x", Equivalent(ForAllModes(g2 > 0), D > 0)), f=D > 0),
    no("state an implication to an equivalence", Logarithm("x", RATES.args[1])),
    no("not the comparison of two geometric sequences",
       Logarithm("x", Implies(D > 0, RATES.args[1]))),
    *(no("not the comparison of two geometric sequences", Logarithm("x", wrong))
      for wrong in WRONG_RATES),
    # --- time
    no("name the additive noise: otherwise the variances change",
       OneStepLater("x", Eq(Next(E_B), RE_B))),
    no("the left-hand side must be Next(...)", OneStepLater("x", Eq(E_B, RE_B)), n=additive),
    no("the step size of this claim changes from step to step",
       OneStepLater("x", Eq(Next(D_next), D)), CRITICAL, n=additive),
    no("the steps of this claim have momentum", ExpectationOfMode("x", ForAllModes(g2 > 0)), HEAVY),
    no("the statement must be ForAllModes(Eq(..., g2_next))",
       ExpectationOfMode("x", ForAllModes(Eq(g2, s2)))),
    no("differs by eta*lam*(eta*g2*lam + eta*lam*s2 - 2*g2)",
       ExpectationOfMode("x", ForAllModes(Eq(g2, g2_next)))),
    no("the statement must be Always(x <= ...) or Always(x >= ...)",
       Geometric("x", Initially(E_B) * rho_d**t >= E_B), s=SHRINKS, r=rho_d >= 0),
    no("name rho_d >= 0, a ratio that does not change",
       Geometric("x", Always(Initially(E_B) * rho_d**t >= E_B)), s=SHRINKS),
    no("name a >= 0, a ratio that does not change",
       Geometric("x", Always(Initially(E_B) * a**t >= E_B)), s=Always(Next(E_B) <= a * E_B),
       r=a >= 0),
    no(f"name {SHRINKS}",
       Geometric("x", Always(Initially(E_B) * rho_d**t >= E_B)), r=rho_d >= 0),
    no("the bound must be Initially(x) r^t",
       Geometric("x", Always(Initially(E_B) >= E_B)), s=SHRINKS, r=rho_d >= 0),
    no("not known of every dominant contraction",
       Extreme("x", rho_max <= D), f=ForBulkModes(rho <= D)),
    no('the left-hand side must be With(x, "step", value)',
       WithStep("x", Eq(With(D, "scale", 2), 2 * D)), n=additive),
    no("name the additive noise", WithStep("x", Eq(With(eta, "step", 2), 2))),
    no("the change gives 2", WithStep("x", Eq(With(eta, "step", 2), 3)), n=additive),
    no("D_next is neither a sum nor a parameter",
       WithStep("x", Eq(With(D_next, "step", 2), D)), n=additive),
    no("the statement must be ForDominantModes(C >= summand)",
       Member("x", ForAllModes(g2 <= D)), f=ForAllModes(g2 >= 0)),
    no("the statement must be ForDominantModes(C >= summand)",
       Member("x", ForDominantModes(Eq(g2, D))), f=ForAllModes(g2 >= 0)),
    no("B is not the dominant sum of g2",
       Member("x", ForDominantModes(g2 <= B)), f=ForAllModes(g2 >= 0)),
    no(f"name {ForAllModes(g2 >= 0)}", Member("x", ForDominantModes(g2 <= D))),
    # --- many steps of a small setting
    no("not what a named equation about one step becomes after many",
       Iterated("x", Eq(x2_after, keep_x**run_length * x2), quantity=x2, factor=keep_x), TOY),
    no("the factor depends on the state: {'x2'}",
       Iterated("x", Eq(x2_after, x2), quantity=x2, factor=x2), TOY),
    no("'f' is assumed of one state only",
       Iterated("x", Eq(x2_after, keep_x**run_length * x2), quantity=x2, factor=keep_x), TOY,
       f=Eq(x2_next, keep_x * x2)),
    no("the setting of this claim has no runs of many steps", KeptUp("x", x2_after > 0), BLOCK),
    no("the setting of this claim has no runs of many steps", KeptUp("x", D > 0)),
    no("'kept' is assumed of one state only", KeptUp("x", x2_after > 0), TOY,
       now=x2 > 0, kept=KEEPS),
    no("not what is true now and kept by every step", KeptUp("x", x2_after > 0), TOY, now=x2 > 0),
    no("give every state variable: ['m']",
       ClosedForm("x", Eq(constant_rate, eta * MOMENTUM)), BLOCK),
    no("m does not start like this",
       ClosedForm("x", Eq(constant_rate, eta * beta), states={m: beta}), BLOCK),
    no("one step does not carry m on",
       ClosedForm("x", Eq(constant_rate, eta), states={m: sympy.Integer(1)}), BLOCK),
    no("the states do not give this value",
       ClosedForm("x", Eq(constant_rate, MOMENTUM), states={m: MOMENTUM}), BLOCK),
    no("0 runs of the setting tell beta", ClosedForm("x", Eq(beta, 1)), BLOCK),
    no("0 runs of the setting tell eta", ClosedForm("x", Eq(eta, 1))),
    no(f"{beta**steps <= 1} is not an order of powers of named facts",
       PowerOrder("x", beta**steps <= 1), BLOCK, f=beta <= 1),
    no(f"{beta**steps >= -1} is not an order of powers of named facts",
       PowerOrder("x", beta**steps >= -1), BLOCK, f=beta >= -1),
    no(f"{beta**steps >= eta**steps} is not an order of powers of named facts",
       PowerOrder("x", beta**steps >= eta**steps), BLOCK, f=beta >= eta),
    no(f"{beta**steps >= eta**steps} is not an order of powers of named facts",
       PowerOrder("x", beta**steps >= eta**steps), BLOCK, f=eta >= 0, g=beta >= 0),
    no(f"{beta**steps > eta**steps} is not an order of powers of named facts",
       PowerOrder("x", beta**steps > eta**steps), BLOCK, f=beta >= eta, g=eta >= 0),
    # --- one step of a small setting
    no("x2 is not a word about the next step of this model", OneStep("x", Eq(x2, 0)), TOY),
    no("the expectation of the step is x2*(eta*sharp - 1)**2",
       OneStep("x", Eq(gd_x2_next, x2)), TOY),
    no("the setting of this claim has no update rule", OneStep("x", Eq(D_next, 0))),
    # --- Gaussian least squares
    no("name the assumption that the noise is that of least squares",
       GaussianNoise("x", batch_size > 0)),
    no("the statement must be ForAllModes(Eq(s2, ...))",
       GaussianNoise("x", ForAllModes(Eq(g2, s2))), n=least_squares),
    no("the statement must be Always(...) or NextHolds(...)",
       SameLaw("x", lambda_k > 0), n=least_squares, f=lambda_k > 0),
    no(f"{lambda_k > 0} is not among the named facts",
       SameLaw("x", Always(lambda_k > 0)), n=least_squares),
    no("name what follows from the least squares noise",
       SameLaw("x", Always(lambda_k > 0)), f=lambda_k > 0),
    no("'f' is assumed at the start only", SameLaw("x", Always(D > 0)), n=least_squares, f=D > 0),
    no("the statement must be Always(Implies(phi, Always(phi)))",
       StaysTrue("x", Always(Implies(S >= 0, Always(S > 0)))), n=least_squares),
    no(f"Implies(phi, NextHolds(phi)) is not named, with phi: {S >= 0}",
       StaysTrue("x", LASTS), n=least_squares, f=Implies(S > 0, NextHolds(S > 0))),
    # --- outcomes
    no("B is not an expectation over outcomes", Averaged("x", Eq(B, V_D), over=(B, V_D))),
    no("the relation divides by an expectation", Averaged("x", Eq(1 / V_D, 1), over=(V_D,))),
    no("the relation is not affine in the expectations",
       Averaged("x", Eq(V_D * V_B, 1), over=(V_D, V_B))),
    no("the statement must be an equation or a weak inequality",
       Averaged("x", V_D > 0, over=(V_D,))),
    no("the expectation of 1 is not zero", Averaged("x", V_D >= 0, over=(V_D,), centred=1)),
    no("the expectation of (0, 2, 0) in B+, R, D+ has no word",
       Averaged("x", V_D >= 0, over=(V_D,), centred=R**2)),
    no("R, D+ and B+ are the names of single outcomes here",
       Averaged("x", Eq(R, E_R), over=(E_R,))),
    no("R, D+ and B+ are the names of single outcomes here",
       Averaged("x", Eq(V_D, V_D, evaluate=False), over=(V_D,)), f=D_plus > 0),
    no("the expectations differ", Averaged("x", Eq(C_RG, 0), over=(C_RG,))),
    no("V_D is a word, not a free variable", Discriminant("x", V_D <= 0, variable=V_D)),
    no("x is not free: 'f' is about it", Discriminant("x", V_D <= 0, variable=x), f=x >= 0),
    no("the statement must be b^2 <= a c", Discriminant("x", V_D >= 0, variable=x)),
    no("no named fact is a quadratic with this discriminant",
       Discriminant("x", V_D <= 0, variable=x), f=V_D >= 0),
    # --- changed models and thresholds
    no("name the additive noise: other noise may change with the state",
       AfterChange("x", Eq(With(D, "scale", 2), 2 * D))),
    no("a_star is not the threshold of (n_D, n_D, n_D)",
       OfThreshold("x", a_star >= 0, **{**THRESHOLD, "arguments": (n_D, n_D, n_D)})),
    no("the statement is not the general fact, said of the word",
       OfThreshold("x", a_star > 0, **THRESHOLD)),
    no("not the first named fact, said of the changed model",
       Elsewhere("x", D > 0, change="scale", value=2), f=D > 0),
    no("name the additive noise: other noise may change with the state",
       Elsewhere("x", said_of("scale", 2, D > 0), change="scale", value=2), f=D > 0),
    # --- steps
    no("D > 0 is not an equation", Algebra("x", D > 0)),
    no("the two sides differ", Algebra("x", Eq(D, B))),
    no("D, which the statement divides by, is zero", Algebra("x", Eq(B / D, B / D, evaluate=False)),
       f=Eq(D, 0)),
    no("D is not a word about the next step", Expectation("x", Eq(D, D, evaluate=False))),
    no("the update of this claim is not 'sgd'", Expectation("x", ENERGY), HEAVY),
    no("the update of this claim is not 'heavy ball'",
       Expectation("x", ENERGY, update="heavy ball")),
    no("the two sides differ", Algebra("x", Eq(Initially(D), Initially(B))), f=Eq(D, B)),
    no("the two sides differ", Algebra("x", Eq(With(D, "scale", 2), With(B, "scale", 2))),
       f=Eq(D, B)),
    no("D + 1 is not a linear combination of dominant sums", ModeByMode("x", Eq(D + 1, m1_D))),
    no("the sums must all be over the same block", ModeByMode("x", Eq(D, B))),
    no("D**2 is not a linear combination of dominant sums", ModeByMode("x", Eq(D**2, D))),
    no("the summands differ by g2*(lam - 1)", ModeByMode("x", Eq(m1_D, D))),
    no("0 nonzero roots in eta", Solve("x", Eq(eta_star, D), equation=D)),
    no("2 nonzero roots in eta", Solve("x", Eq(eta_star, D), equation=eta**2 - 1)),
    no("the root is B/D", Solve("x", Eq(eta_star, D), equation=eta * D - B)),
    no("D is a word, not a free variable", Instantiate("x", D > 0, variable=D, value=1)),
    no("x is not free: 'f' is about it", Instantiate("x", D > 0, variable=x, value=1), f=x > 0),
    no("no named fact becomes the statement",
       Instantiate("x", D > 0, variable=x, value=1), f=B > 0),
    no("this kind of step is about the sign of every excess only",
       Preserved("x", Always(ForAllModes(g2 > 0)))),
    no(f"the statement must be {Always(ForAllModes(excess >= 0))}",
       Preserved("x", NextHolds(ForAllModes(excess >= 0)))),
    no("needs the excess at the start and additive noise",
       Preserved("x", Always(ForAllModes(excess >= 0))), n=additive),
    no("needs the excess at the start and additive noise",
       Preserved("x", Always(ForAllModes(excess >= 0))), f=ForAllModes(excess >= 0)),
    no("the statement must be Always(...)", Throughout("x", n_D > 0), f=n_D > 0, n=additive),
    no(f"{n_D > 0} is not among the named facts", Throughout("x", Always(n_D > 0)), n=additive),
    no("rests on a noise law that may change: name the additive noise",
       Throughout("x", Always(n_D > 0)), f=n_D > 0),
    no("'f' is assumed at the start only", Throughout("x", Always(D > 0)), f=D > 0, n=additive),
    no("rests on a step size that changes",
       Throughout("x", Always(eta > 0)), CRITICAL, f=eta > 0, n=additive),
    no("the statement must be Always(Implies(phi, Always(phi)))",
       Induction("x", Always(Implies(S >= 0, Always(S > 0)))), n=additive),
    no(f"Implies(phi, NextHolds(phi)) is not named, with phi: {S >= 0}",
       Induction("x", LASTS), n=additive, f=Implies(S > 0, NextHolds(S > 0))),
    # --- certificates
    no("2 certificates needed, 0 stored", Certified("x", Eq(D, B))),
    no(f"{Or(D > 0, B > 0)} is not a relation that certificates speak about",
       Certified("x", Or(D > 0, B > 0))),
    no("an equivalence has two sides", Certified("x", Equivalent(D > 0, B > 0, G > 0))),
    no("the statement must quantify over modes", Modewise("x", D > 0)),
    no("the statement may divide by zero", Summed("x", D * a >= 0)),
    no("the named equations rewrite each other in a circle",
       Certified("x", D > 0), f=Eq(D, m1_D + 1), g=Eq(m1_D, D - 1)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "step", "domain", "assumptions"), REFUSALS)
def test_a_step_says_why_it_refuses(
    reason: str, step: Step, domain: Any, assumptions: dict[str, Any]
) -> None:
    """Fails when a wrong use is accepted, or refused for something that is not wrong with it."""
    claim = Claim("SA-0", "", "", "none", assumptions, {}, {}, domain=domain)
    proof = Proof(claim, registry.LIBRARY, {})
    named = type(step)(**{**vars(step), "given": tuple(assumptions)})
    with pytest.raises(NotAccepted) as refused:
        proof.establish(named)
    assert str(refused.value) == reason


def yes(step: Step, domain: Any = QUADRATIC, **assumptions: Any) -> Any:
    """A step that names all assumptions and is accepted."""
    return pytest.param(step, domain, assumptions, id=f"{type(step).__name__}: {step.statement}")


ACCEPTED = [
    yes(Conclude("x", Implies(D > 0, B > 0)), D=D > 0, B=B > 0),
    yes(Conclude("x", Implies(D > 0, And(B > 0, a > 0))), D=D > 0, both=And(B > 0, a > 0)),
    yes(Conclude("x", Implies(D > 0, And(B > 0, a > 0))), D=D > 0, B=B > 0, a=a > 0),
    yes(Follows("x", Eq(D, B)), f=D >= B, g=D <= B),
    yes(Follows("x", D <= B), f=Eq(D, B)),
    yes(Follows("x", sympy.Ne(D, B)), f=D > B),
    yes(Follows("x", Always(D >= 0)), f=Always(And(D >= 0, B > 0))),
    yes(Follows("x", Or(additive, D < B)), f=Implies(D >= B, additive)),
    yes(Follows("x", D > 0), f=And(B > 0, Always(D > 0))),
    yes(Follows("x", Implies(Always(D > 0), Always(B > 0))), f=Always(Implies(D > 0, B > 0))),
    *(
        yes(SameSign("x", relation(one, 0)), f=Eq(sign(q), sign(a - 1)), g=relation(other, 0))
        for relation in (sympy.Gt, sympy.Ge, sympy.Eq, sympy.Le, sympy.Lt)
        for one, other in ((q, a - 1), (a - 1, q))
    ),
    yes(SameSign("x", a - 1 < 0), f=Implies(D > 0, Eq(sign(q), sign(a - 1))), g=And(q < 0, D > 0)),
    yes(Onward("x", Always(S >= 0)), now=S >= 0, stays=LASTS),
    yes(FromNextOn("x", NextHolds(Always(S >= 0))), stays=LASTS, then=NextHolds(S >= 0)),
    yes(Permanent("x", Always(And(n_D > 0, n_B > 0))), D=n_D > 0, B=n_B > 0, n=additive),
    yes(ForEach("x", Equivalent(ForAllModes(g2 > 0), ForAllModes(s2 > 0))),
        f=ForAllModes(Equivalent(g2 > 0, s2 > 0))),
    yes(Logarithm("x", RATES)),
    yes(Expectation("x", ENERGY)),
    yes(ModeByMode("x", Eq(B, C_B + E_B))),
    yes(Preserved("x", Always(ForAllModes(excess >= 0))), f=ForAllModes(excess >= 0), n=additive),
    yes(Preserved("x", Always(ForAllModes(excess <= 0))), f=ForAllModes(excess <= 0), n=additive),
    yes(Throughout("x", Always(n_D > 0)), f=n_D > 0, n=additive),
    yes(Throughout("x", Always(D > 0)), f=D > 0, g=Always(D > 0), n=additive),
    yes(Solve("x", Eq(eta_star, 2 * p / q), equation=eta * q - 2 * p)),
    yes(Certified("x", G > 0), D=D > 0, B=B > 0),
    yes(Modewise("x", ForAllModes(g2 + s2 > 0)), f=ForAllModes(s2 > 0)),
    yes(Summed("x", m2_D >= 0)),
    yes(Logarithm("x", Implies(And(D > 0, *RATES.args[0].args), RATES.args[1]))),
]  # fmt: skip


@pytest.mark.parametrize(("step", "domain", "assumptions"), ACCEPTED)
def test_a_step_accepts_its_right_use(step: Step, domain: Any, assumptions: dict[str, Any]) -> None:
    """Fails when a right use is refused: then the refusals above would mean nothing."""
    claim = Claim("SA-0", "", "", "none", assumptions, {}, {}, domain=domain)
    proof = Proof(claim, registry.LIBRARY, {})
    named = type(step)(**{**vars(step), "given": tuple(assumptions)})
    proof.certificates = {"x": certificates_for(named, proof)}
    proof.establish(named)
    first = {next(iter(assumptions))} if isinstance(step, Conclude) else set()
    assert proof.facts["x"].rests_on == set(assumptions) - first


def test_only_a_supposition_becomes_a_premise() -> None:
    """Fails when what was derived from an assumption is taken for one, and the assumption lost."""
    proof = Proof(Claim("SA-0", "", "", "none", {"D": D > 0}, {}, {}), registry.LIBRARY, {})
    proof.establish(Suppose("later", B > 0))
    either = Or(D > 0, a > 0)
    proof.establish(Follows("either", either, given=("D",)))
    wrong = Conclude("x", Implies(either, B > 0), given=("either", "later"))
    with pytest.raises(NotAccepted, match="'either' is no supposition"):
        proof.establish(wrong)
    assert proof.facts["later"].rests_on == {"later"}


def test_what_holds_now_is_no_law() -> None:
    """Fails when two sentences at every time are ordered by a fact that holds at the start only."""
    now = Implies(D > 0, B > 0)
    assert entails([now, D > 0], B > 0)
    assert not entails([now], Implies(Always(D > 0), Always(B > 0)), [])
    assert entails([now], Implies(Always(D > 0), Always(B > 0)), [now])


ONE, TWO = 1 / D > 0, 1 / B > 0  # two relations that may have no truth value
JOINED = [
    ONE, sympy.Not(ONE), And(ONE, TWO), Or(ONE, TWO), sympy.Not(And(ONE, TWO)), Implies(ONE, TWO),
    sympy.Not(Implies(ONE, TWO)), Equivalent(ONE, TWO), sympy.Not(Equivalent(ONE, TWO)),
]  # fmt: skip


def kleene(sentence: Any, values: dict[Any, float]) -> float:
    """1 where a sentence is true, 0 where it is false, 1/2 where it has no truth value."""
    if sentence in values:
        return values[sentence]
    parts = [kleene(part, values) for part in sentence.args]
    if isinstance(sentence, And):
        return min(parts)
    if isinstance(sentence, Or):
        return max(parts)
    if isinstance(sentence, sympy.Not):
        return 1 - parts[0]
    if isinstance(sentence, Implies):
        # the conclusion must have a truth value where the premise is true only
        return max(1 - parts[0], min(parts))
    return 0.5 if 0.5 in parts else float(parts[0] == parts[1])


@pytest.mark.parametrize("fact", JOINED, ids=str)
def test_what_follows_where_sentences_may_have_no_truth_value(fact: Any) -> None:
    """Fails when a table of three truth values, tried in full, says otherwise."""
    cases = [
        {ONE: one, sympy.Not(ONE): 1 - one, TWO: two} for one, two in product((0, 0.5, 1), repeat=2)
    ]
    for goal in JOINED:
        follows = all(kleene(goal, case) == 1 for case in cases if kleene(fact, case) == 1)
        assert entails([fact], goal, partial=True) is follows, goal
        total = [case for case in cases if 0.5 not in case.values()]
        follows = all(kleene(goal, case) == 1 for case in total if kleene(fact, case) == 1)
        assert entails([fact], goal) is follows, goal


def test_each_sentence_has_its_own_doubt() -> None:
    """Fails when a quotient of dominant modes vouches for one of all modes, or all are doubted."""
    everywhere, dominant = ForAllModes(1 / g2 > 0), ForDominantModes(1 / g2 > 0)
    tautology = Implies(And(everywhere, D > 0), everywhere)
    assert entails([], tautology)
    assert entails([everywhere], tautology, partial=True)
    assert not entails([dominant], tautology, partial=True)
    assert entails([], Implies(And(additive, D > 0), additive), partial=True)
    lasts = Implies(Always(D > 0), Always(Implies(And(ONE, B > 0), ONE)))
    assert entails([], lasts, [])
    assert not entails([], lasts, [], partial=True)


@pytest.mark.parametrize(
    ("statement", "follows"),
    [
        (D >= -B, True),
        (2 * D >= D - B, True),
        (D >= B, False),  # another right-hand side
        (D > -B, False),  # another relation
        (D <= -B, False),
        (D >= -2 * B, False),  # another value
    ],
)
def test_a_fact_about_any_number_holds_for_one(statement: Any, follows: bool) -> None:
    """Fails when something else than the fact at the named value is concluded."""
    proof = Proof(Claim("SA-0", "", "", "none", {}, {}, {}), registry.LIBRARY, {})
    proof.facts["all"] = Fact(sympy.Ge(D, x * B), frozenset())
    step = Instantiate("one", statement, given=("all",), variable=x, value=sympy.Integer(-1))
    if follows:
        step.accept(proof)
    else:
        with pytest.raises(NotAccepted, match="no named fact becomes the statement"):
            step.accept(proof)


@pytest.mark.parametrize("moved", [Next, Initially, lambda word: With(word, "scale", 2)])
def test_what_is_put_into_a_fact_must_not_change_its_meaning_there(moved: Any) -> None:
    """Fails when x, any number, becomes D inside the next state, the start or a changed model."""
    proof = Proof(Claim("SA-0", "", "", "none", {}, {}, {}), registry.LIBRARY, {})
    proof.facts["fact"] = Fact(moved(x * D) <= x * moved(D), frozenset())
    step = Instantiate("x", moved(D**2) <= D * moved(D), given=("fact",), variable=x, value=D)
    with pytest.raises(NotAccepted, match="no named fact becomes the statement"):
        step.accept(proof)


def test_an_identity_holds_at_the_start_too() -> None:
    """Fails when what rests on no assumption cannot be used at other times and in other models."""
    proof = Proof(Claim("SA-0", "", "", "none", {}, {}, {}), registry.LIBRARY, {})
    proof.facts["identity"] = Fact(Eq(D, B), frozenset())
    for moved in (Initially(D) - Initially(B), With(D, "scale", 2) - With(B, "scale", 2)):
        Algebra("x", Eq(moved, 0), given=("identity",)).accept(proof)


ROOT = sympy.sqrt(1 + x**2)


@pytest.mark.parametrize(
    ("expression", "zero"),
    [
        ((ROOT - 1) * (ROOT + 1) - x**2, True),
        (1 / (ROOT - 1) - (ROOT + 1) / x**2, True),
        (ROOT**3 - ROOT - x**2 * ROOT, True),
        (ROOT - 1, False),
        (ROOT**3 - 1 - x**2, False),
        (1 / (ROOT - 1) - (ROOT - 1) / x**2, False),
        (sympy.Piecewise((D - D, x > 0), (D - B, True)), False),
        (sympy.Piecewise((ROOT**2 - 1, x > 0), (x**2, True)) - x**2, True),
        (a - D / (D + B), True),
    ],
)
def test_what_vanishes_is_zero_whatever_its_words_are(expression: Any, zero: bool) -> None:
    """Fails when a root is reduced wrongly, or one case of a definition stands for all."""
    assert vanishes(expression) is zero


def test_a_divisor_is_seen_only_outside_the_kept_words() -> None:
    """Fails when what a kept word divides by counts as shown because a fact contains it."""
    fact = Fact(Delta_s >= 0, frozenset(), divides_by=frozenset([B]))
    assert B in unseen_divisors([fact], Delta_s >= 0, frozenset([Delta_s]))
    assert unseen_divisors([fact], Delta_s >= 0, frozenset()) == set()


def test_one_step_is_described_for_any_step_size() -> None:
    """Fails when a single step is not described because later ones have other sizes."""
    claim = Claim("SA-0", "", "", "none", {"n": additive}, {}, {}, domain=CRITICAL)
    after = (1 - eta * lam) ** 2 * g2 + eta**2 * lam**2 * s2
    proof = Proof(claim, registry.LIBRARY, {})
    proof.establish(ExpectationOfMode("mode", ForAllModes(Eq(after, g2_next))))
    proof.establish(OneStepLater("sum", Eq(Next(D), ENERGY.rhs), given=("n",)))
