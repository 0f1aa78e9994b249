"""A step can raise the dominant and lower the bulk loss if and only if alignment is below a_P."""

from sympy import And, Eq, Equivalent, Expr, Implies, Rational, sign

from theory.cases import ROOT, ByCases
from theory.claim import Claim, Domain, Example
from theory.language import With
from theory.pathwise import Pathwise
from theory.steps import Algebra, Certified, Expectation, Summed
from theory.vocabulary import (
    B,
    D,
    Delta_r,
    G,
    X,
    Y,
    a,
    a_P,
    eta,
    eta_bulk,
    eta_dom,
    eta_full,
    eta_opt,
    lambda_1,
    lambda_d,
    lambda_k,
    loss,
    loss_after_bulk_step,
    loss_after_dominant_step,
    loss_B,
    loss_B_next,
    loss_D,
    loss_D_next,
    loss_next,
    m1_B,
    m1_D,
    p,
    q,
    r_D,
    s_B,
    s_D,
    t_D,
    theta,
)

dominant_change = Eq(loss_D_next, loss_D - eta * D + eta**2 * (m1_D + s_D) / 2)
bulk_change = Eq(loss_B_next, loss_B - eta * B + eta**2 * (m1_B + s_B) / 2)
between = And(eta_dom < eta, eta < eta_full)
optimum = loss - G * eta_opt / 2
BASE = ("dominant", "bulk", "positive", "m1_D is positive", "m1_B is positive")
AVERAGED = ("average the dominant loss over the noise", "average the bulk loss over the noise")
hurts = Implies(
    between,
    And(
        loss_next < loss,
        loss_D_next > loss_D,
        loss_B_next < loss_B,
        loss_after_bulk_step < loss_next,
    ),
)
curvature = m1_D + s_D + m1_B + s_B
best = And(Eq(loss_next, optimum + curvature / 2 * (eta - eta_opt) ** 2), curvature > 0)
inside = Equivalent(
    And(eta_dom < eta_opt, eta_opt < eta_bulk),
    And(X > 2 * Y, a < (X - 2 * Y) / (2 * (X - Y))),
)

SPREAD = Delta_r * (D + B) + s_D - s_B
noisy = And(s_D > 0, s_B > 0)


def contrast_at(x: Expr) -> Expr:
    """X - Y times a (1 - a), when alignment is x and shapes, G and noise are the same."""
    return Delta_r * G * x * (1 - x) + s_D * (1 - x) - s_B * x


claim = Claim(
    id="SA-14",
    title="The projection interval",
    source="abstract, A3 and A5 (our formalisation)",
    functional="none",
    assumptions={
        "positive": lambda_d > 0,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
    },
    conclusion={
        "the dominant step changes the loss by what the full step changes the dominant loss": Eq(
            loss_after_dominant_step - loss, loss_D_next - loss_D
        ),
        "the bulk step changes the loss by what the full step changes the bulk loss": Eq(
            loss_after_bulk_step - loss, loss_B_next - loss_B
        ),
        "dominant loss": dominant_change,
        "bulk loss": bulk_change,
        "dominant limit": Eq(sign(loss_after_dominant_step - loss), sign(eta - eta_dom)),
        "bulk limit": Eq(sign(loss_after_bulk_step - loss), sign(eta - eta_bulk)),
        "full limit": Eq(sign(loss_next - loss), sign(eta - eta_full)),
        "full limit is a mean": Eq(eta_full, 2 / (a * X + (1 - a) * Y)),
        "interval": Equivalent(eta_dom < eta_bulk, X > Y),
        "full limit inside": Implies(X > Y, And(eta_dom < eta_full, eta_full < eta_bulk)),
        "the bulk step alone is better": hurts,
        "threshold": Implies(noisy, Equivalent(X > Y, a < a_P)),
        "stable part": Equivalent(eta_dom < 2 / lambda_1, s_D > lambda_1 * D - m1_D),
        "without noise": Implies(Eq(s_D, 0), And(Eq(eta_dom, 2 / r_D), eta_dom >= 2 / lambda_1)),
        "best step": best,
        "best step inside": inside,
    },
    derivation=(
        Pathwise(
            "on every path, moving the dominant block changes its own loss only",
            Eq(loss_after_dominant_step - loss, loss_D_next - loss_D),
        ),
        Pathwise(
            "on every path, moving the bulk changes its own loss only",
            Eq(loss_after_bulk_step - loss, loss_B_next - loss_B),
        ),
        Expectation("average the dominant loss over the noise", dominant_change),
        Expectation("average the bulk loss over the noise", bulk_change),
        Summed("dominant curvature is at least lambda_k", m1_D >= lambda_k * D),
        Summed("bulk curvature is at least lambda_d", m1_B >= lambda_d * B),
        Certified(
            "m1_D is positive",
            m1_D > 0,
            given=("dominant curvature is at least lambda_k", "dominant", "positive"),
        ),
        Certified(
            "m1_B is positive",
            m1_B > 0,
            given=("bulk curvature is at least lambda_d", "bulk", "positive"),
        ),
        Certified(
            "the dominant step starts to hurt at eta_dom",
            Eq(sign(loss_after_dominant_step - loss), sign(eta - eta_dom)),
            given=(
                "on every path, moving the dominant block changes its own loss only",
                "average the dominant loss over the noise",
                "step",
                *BASE,
            ),
        ),
        Certified(
            "the bulk step starts to hurt at eta_bulk",
            Eq(sign(loss_after_bulk_step - loss), sign(eta - eta_bulk)),
            given=(
                "on every path, moving the bulk changes its own loss only",
                "average the bulk loss over the noise",
                "step",
                *BASE,
            ),
        ),
        Certified(
            "the full step starts to hurt at eta_full",
            Eq(sign(loss_next - loss), sign(eta - eta_full)),
            given=(*AVERAGED, "step", *BASE),
        ),
        Algebra("average the curvatures", Eq(eta_full, 2 / (a * X + (1 - a) * Y))),
        Certified("compare the limits", Equivalent(eta_dom < eta_bulk, X > Y), given=BASE),
        Certified(
            "the mean lies between",
            Implies(X > Y, And(eta_dom < eta_full, eta_full < eta_bulk)),
            given=BASE,
        ),
        Certified(
            "between eta_dom and eta_full the dominant part hurts",
            hurts,
            given=(
                "on every path, moving the bulk changes its own loss only",
                *AVERAGED,
                "step",
                *BASE,
            ),
        ),
        Summed("pair the modes", p >= 0),
        Certified(
            "dominant modes are at least as sharp on average",
            Delta_r >= 0,
            given=("pair the modes", "dominant", "bulk"),
        ),
        ByCases(
            "a_P solves its equation",
            Implies(noisy, Eq(contrast_at(a_P), 0)),
            given=(
                "dominant modes are at least as sharp on average",
                "dominant",
                "bulk",
                "positive",
            ),
            word=a_P,
            strict=True,
            keep=(Delta_r,),
            squares=(SPREAD, ROOT - SPREAD),
        ),
        ByCases(
            "a_P is inside",
            Implies(noisy, And(a_P > 0, a_P < 1)),
            given=(
                "dominant modes are at least as sharp on average",
                "dominant",
                "bulk",
                "positive",
            ),
            word=a_P,
            strict=True,
            keep=(Delta_r,),
            squares=(SPREAD, ROOT - SPREAD),
        ),
        Certified(
            "the contrast crosses zero with a slope",
            Implies(noisy, Delta_r * D * a_P + s_D > 0),
            given=(
                "a_P is inside",
                "dominant modes are at least as sharp on average",
                "dominant",
                "bulk",
            ),
            keep=(a_P, Delta_r),
        ),
        Certified(
            "only a_P solves it",
            Implies(noisy, Equivalent(X > Y, a < a_P)),
            given=(
                "a_P solves its equation",
                "a_P is inside",
                "the contrast crosses zero with a slope",
                "dominant",
                "bulk",
            ),
            keep=(a_P,),
        ),
        Certified(
            "the first step that hurts is stable",
            Equivalent(eta_dom < 2 / lambda_1, s_D > lambda_1 * D - m1_D),
            given=BASE,
        ),
        Summed("dominant curvature is at most lambda_1", lambda_1 * D >= m1_D),
        Certified(
            "noise-free harm is instability",
            Implies(Eq(s_D, 0), And(Eq(eta_dom, 2 / r_D), eta_dom >= 2 / lambda_1)),
            given=("dominant curvature is at most lambda_1", *BASE),
        ),
        Certified(
            "complete the square",
            best,
            given=(*AVERAGED, "step", *BASE),
        ),
        Certified(
            "compare half the mean limit",
            inside,
            given=BASE,
        ),
    ),
    mutants={
        "low alignment implies an interval": Implies(q > 0, eta_dom < eta_bulk),
        "high alignment helps": Implies(
            And(eta_dom < eta_bulk, a < theta, theta < 1),
            With(eta_bulk - eta_dom, "alignment", theta) > 0,
        ),
        "without noise there are stable steps": Implies(Eq(s_D, 0), eta_dom < 2 / lambda_1),
        "threshold one per cent higher": Implies(
            noisy, Equivalent(X > Y, a < Rational(101, 100) * a_P)
        ),
        "noise enters without the curvature": Eq(
            loss_D_next, loss_D - eta * D + eta**2 * (m1_D + t_D) / 2
        ),
        "the full step is the best": Implies(between, loss_after_bulk_step >= loss_next),
        "the best step always lies inside": Implies(
            X > Y, And(eta_dom < eta_opt, eta_opt < eta_bulk)
        ),
    },
    examples={
        "an interval at a = 9/10": Example(
            {"dominant": [["1", "9/10", "1"]], "bulk": [["1/10", "1/10", "1"]], "step_size": "1"},
            {eta_dom: "0.947", eta_bulk: "1.818", a_P: "0.94882"},
        ),
        "no interval at a = 99/100": Example(
            {
                "dominant": [["1", "99/100", "1"]],
                "bulk": [["1/10", "1/100", "1"]],
                "step_size": "1",
            },
            {eta_dom: "198/199", eta_bulk: "20/101", a_P: "0.94882", q: "9901/1000000"},
        ),
        "without noise": Example(
            {"dominant": [["1", "1", "0"]], "bulk": [["1/10", "1", "0"]], "step_size": "1"},
            {eta_dom: "2", eta_bulk: "20", 2 / lambda_1: "2"},
        ),
    },
    notes=("No spectral gap is needed.",),
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(gap=None),
)
