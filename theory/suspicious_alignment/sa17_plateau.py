"""On the plateau the run's own step gains nothing from the dominant block, and never harms it."""

from sympy import And, Eq, Equivalent, Ge, Implies, Le, Not, Rational
from sympy.logic.boolalg import Boolean

from theory.claim import Claim, Domain, Example
from theory.decay import Decay, PowerNotNegative, crossing, decays_past
from theory.in_time import CertifiedInTime, Extreme, Geometric, OneStepLater
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Formula,
    Initially,
    Next,
    With,
)
from theory.reasoning import Conclude, Follows, Suppose
from theory.steps import (
    Certified,
    ModeByMode,
    Modewise,
    Preserved,
    Summed,
    Throughout,
)
from theory.vocabulary import (
    C_B,
    C_D,
    E_B,
    E_D,
    RE_B,
    RE_D,
    B,
    D,
    additive,
    c,
    eta,
    eta_bulk,
    eta_dom,
    excess,
    excess_loss,
    excess_loss_B,
    excess_loss_D,
    g2,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    m1_B,
    m1_D,
    n_B,
    n_D,
    rho,
    rho_k,
    rho_k1,
    rho_max,
    s2,
    s_B,
    s_D,
    t,
    theta,
)

above = ForAllModes(excess >= 0)
fall = And(eta <= eta_dom, eta <= eta_bulk)
exactly = And(Equivalent(eta_dom <= eta, E_D <= 0), Equivalent(eta_bulk <= eta, E_B <= 0))
stationary = And(Eq(E_D, 0), Eq(E_B, 0))
PROBABILITY = (
    r"P\big(\eta > \eta_{\mathrm{dom}}(x)\big) = P(\chi^2_k < k) \to \tfrac12 "
    r"\text{ for stationary } g_i \sim N(0, c_i), \text{ two levels, } \sigma_i = \sigma"
)
ALL_SPECTRA = (
    r"\tfrac12 < P\big(\eta > \eta_{\mathrm{dom}}(x)\big) \le P(\chi^2_1 < 1) "
    r"\text{ for stationary } g_i \sim N(0, c_i), \text{ all spectra}"
)
near = And(eta_dom / eta - 1 >= 0, eta_dom / eta - 1 <= Initially(E_D) / C_D * rho_max**t)
remaining = Implies(
    Initially(E_B) > 0,
    excess_loss_D * Initially(E_B) * lambda_k * rho_k1**t
    <= excess_loss_B * Initially(E_D) * lambda_k1 * rho_max**t,
)
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
larger = (1 + theta) * eta
inside = And(eta_dom < larger, larger < eta_bulk)
LEFT_D, LEFT_B = Initially(E_D) * (2 - larger * lambda_k), Initially(E_B) * (2 - larger * lambda_k1)
PASSED_D, PASSED_B = 2 * theta * C_D, 2 * theta * C_B  # where what is left no longer matters
T1, T2 = crossing(LEFT_D, rho_k, PASSED_D), crossing(LEFT_B, rho_k1, PASSED_B)
window = And(t > T1, t < T2)
started = And(
    two_level, rho_k > 0, theta > 0, larger * lambda_1 < 2, Initially(E_D) > 0, Initially(E_B) > 0
)
in_excesses = And(
    E_D * (2 - larger * lambda_k) < PASSED_D, E_B * (2 - larger * lambda_k1) > PASSED_B
)
algebraic = And(LEFT_D * rho_k**t < PASSED_D, LEFT_B * rho_k1**t > PASSED_B)
STEP = ("gap", "positive", "step", "cleared step")
LASTING = ("additive", "above for ever")
MODES = (
    "what a level is",
    "what an excess is",
    "stationary levels are not negative",
    "all above",
    "every mode is stable",
    "step",
    "positive",
)
NOW = (
    "dominant loss still to gain, from below",
    "dominant loss still to gain, from above",
    "bulk loss still to gain, from below",
    "bulk loss still to gain, from above",
    "dominant noisy curvature",
    "bulk noisy curvature",
    "so curvatures are positive",
    "levels are positive",
    "dominant excess",
    "bulk excess",
    "cleared step",
    "gap",
    "positive",
    "step",
)


def throughout(reason: str, sentence: Boolean, *given: str) -> Throughout:
    """The sentence at every time, since everything it rests on lasts."""
    return Throughout(reason, Always(sentence), given=(*given, *LASTING))


claim = Claim(
    id="SA-17",
    title="The plateau",
    source="abstract, A5 and A3 (our formalisation)",
    functional="none",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "small step": eta < 2 / (lambda_1 + lambda_k1),
        "additive": additive,
        "all above": above,
        "dominant noise": n_D > 0,
        "bulk noise": n_B > 0,
    },
    conclusion={
        "both losses fall": Always(fall),
        "except when nothing is left": Always(exactly),
        "own step never inside": Always(Not(And(eta_dom < eta, eta < eta_bulk))),
        "how near": Always(near),
        "dominant modes forget faster": rho_max < rho_k1,
        "what is left is bulk": Always(remaining),
        "empty when stationary": Implies(stationary, And(Eq(eta_dom, eta), Eq(eta_bulk, eta))),
        "probability": Formula(PROBABILITY, "probability of harm"),
        "probability, all spectra": Formula(ALL_SPECTRA, "probability of harm, all spectra"),
        "window": Implies(started, Always(Equivalent(inside, window))),
    },
    derivation=(
        Certified(
            "cleared step",
            eta * (lambda_1 + lambda_k1) < 2,
            given=("gap", "positive", "small step"),
        ),
        Modewise("every mode is stable", ForAllModes(eta * lam < 2), given=STEP),
        Modewise(
            "stationary levels are not negative",
            ForAllModes(c >= 0),
            given=("every mode is stable", "positive", "step"),
        ),
        Modewise(
            "what a level is",
            ForAllModes(Eq(c * (2 - eta * lam), eta * lam * s2)),
            given=("every mode is stable",),
        ),
        Modewise(
            "what an excess is", ForAllModes(Eq(excess, g2 - c)), given=("every mode is stable",)
        ),
        ModeByMode("split the energies (dominant)", Eq(D, C_D + E_D)),
        ModeByMode("split the energies (bulk)", Eq(B, C_B + E_B)),
        Preserved("above for ever", Always(above), given=("additive", "all above")),
        Summed("dominant excess", E_D >= 0, given=("all above",), keep=(excess,)),
        Summed("bulk excess", E_B >= 0, given=("all above",), keep=(excess,)),
        Summed(
            "noise makes dominant levels",
            2 * lambda_1 * C_D >= eta * n_D,
            given=("what a level is", "stationary levels are not negative", "step", "positive"),
            keep=(c,),
        ),
        Summed(
            "noise makes bulk levels",
            2 * lambda_k1 * C_B >= eta * n_B,
            given=("what a level is", "stationary levels are not negative", "step", "positive"),
            keep=(c,),
        ),
        Certified(
            "sharpest eigenvalues are positive",
            And(lambda_1 > 0, lambda_k1 > 0),
            given=("gap", "positive"),
        ),
        Certified(
            "levels are positive",
            And(C_D > 0, C_B > 0),
            given=(
                "sharpest eigenvalues are positive",
                "noise makes dominant levels",
                "noise makes bulk levels",
                "dominant noise",
                "bulk noise",
                "gap",
                "positive",
                "step",
            ),
        ),
        Summed(
            "dominant loss still to gain, from below",
            2 * D - eta * (m1_D + s_D) >= (2 - eta * lambda_1) * E_D,
            given=MODES,
            keep=(c, excess),
        ),
        Summed(
            "dominant loss still to gain, from above",
            2 * D - eta * (m1_D + s_D) <= 2 * E_D,
            given=MODES,
            keep=(c, excess),
        ),
        Summed(
            "bulk loss still to gain, from below",
            2 * B - eta * (m1_B + s_B) >= (2 - eta * lambda_k1) * E_B,
            given=MODES,
            keep=(c, excess),
        ),
        Summed(
            "bulk loss still to gain, from above",
            2 * B - eta * (m1_B + s_B) <= 2 * E_B,
            given=MODES,
            keep=(c, excess),
        ),
        Summed(
            "dominant noisy curvature",
            eta * (m1_D + s_D) >= 2 * C_D,
            given=MODES,
            keep=(c, excess),
        ),
        Summed(
            "bulk noisy curvature",
            eta * (m1_B + s_B) >= 2 * C_B,
            given=MODES,
            keep=(c, excess),
        ),
        Certified(
            "so curvatures are positive",
            And(m1_D + s_D > 0, m1_B + s_B > 0, D > 0, B > 0),
            given=(
                "dominant noisy curvature",
                "bulk noisy curvature",
                "levels are positive",
                "step",
                "split the energies (dominant)",
                "split the energies (bulk)",
                "dominant excess",
                "bulk excess",
            ),
        ),
        Certified("both losses fall now", fall, given=NOW),
        throughout("both losses fall at every time", fall, "both losses fall now"),
        Certified("except when nothing is left, now", exactly, given=NOW),
        throughout("except when nothing is left", exactly, "except when nothing is left, now"),
        Follows(
            "so the own step is never inside",
            Always(Not(And(eta_dom < eta, eta < eta_bulk))),
            given=("both losses fall at every time",),
        ),
        OneStepLater("a step later (dominant)", Eq(Next(E_D), RE_D), given=("additive",)),
        OneStepLater("a step later (bulk)", Eq(Next(E_B), RE_B), given=("additive",)),
        Extreme("the largest contraction", ForDominantModes(rho <= rho_max)),
        Summed(
            "dominant excess shrinks in sum",
            Le(RE_D, rho_max * E_D),
            given=("the largest contraction", "all above"),
            keep=(rho, excess),
        ),
        CertifiedInTime(
            "dominant excess shrinks now",
            Next(E_D) <= rho_max * E_D,
            given=("a step later (dominant)", "dominant excess shrinks in sum"),
        ),
        throughout(
            "dominant excess shrinks",
            Next(E_D) <= rho_max * E_D,
            "dominant excess shrinks now",
        ),
        Modewise("contractions are not negative", ForAllModes(rho >= 0), squares=(1 - eta * lam,)),
        Extreme("nor is the largest", rho_max >= 0, given=("contractions are not negative",)),
        Geometric(
            "geometrically",
            Always(Le(E_D, Initially(E_D) * rho_max**t)),
            given=("dominant excess shrinks", "nor is the largest"),
        ),
        CertifiedInTime(
            "near, now",
            near,
            given=("geometrically", *NOW),
        ),
        throughout("near, at every time", near, "near, now"),
        Certified(
            "when nothing is left both limits are the step",
            Implies(stationary, And(Eq(eta_dom, eta), Eq(eta_bulk, eta))),
            given=NOW,
        ),
        Modewise(
            "every dominant mode contracts more than every bulk mode",
            ForDominantModes(rho < rho_k1),
            given=STEP,
        ),
        Extreme(
            "so does the slowest of them",
            rho_max < rho_k1,
            given=("every dominant mode contracts more than every bulk mode",),
        ),
        Modewise("the sharpest bulk mode contracts most", ForBulkModes(rho >= rho_k1), given=STEP),
        Summed(
            "bulk excess shrinks slowly in sum",
            Ge(RE_B, rho_k1 * E_B),
            given=("the sharpest bulk mode contracts most", "all above"),
            keep=(rho, excess, rho_k1),
        ),
        CertifiedInTime(
            "bulk excess shrinks slowly now",
            Next(E_B) >= rho_k1 * E_B,
            given=("a step later (bulk)", "bulk excess shrinks slowly in sum"),
            keep=(rho_k1,),
        ),
        throughout(
            "bulk excess shrinks slowly",
            Next(E_B) >= rho_k1 * E_B,
            "bulk excess shrinks slowly now",
        ),
        Certified("a square", rho_k1 >= 0, squares=(1 - eta * lambda_k1,)),
        Certified("another square", rho_k >= 0, squares=(1 - eta * lambda_k,)),
        Geometric(
            "geometrically slowly",
            Always(Ge(E_B, Initially(E_B) * rho_k1**t)),
            given=("bulk excess shrinks slowly", "a square"),
        ),
        Modewise(
            "loss of an excess",
            ForAllModes(Eq(2 * lam * excess_loss, excess)),
            given=("positive",),
            keep=(excess,),
        ),
        Modewise(
            "which is not negative",
            ForAllModes(excess_loss >= 0),
            given=("all above", "positive"),
            keep=(excess,),
        ),
        Summed(
            "sharp modes hold little loss",
            2 * lambda_k * excess_loss_D <= E_D,
            given=("loss of an excess", "which is not negative"),
            keep=(excess, excess_loss),
        ),
        Summed(
            "flat modes hold much loss",
            2 * lambda_k1 * excess_loss_B >= E_B,
            given=("loss of an excess", "which is not negative"),
            keep=(excess, excess_loss),
        ),
        PowerNotNegative("a power", rho_k1**t >= 0, given=("a square",)),
        CertifiedInTime(
            "what is left is bulk, now",
            remaining,
            given=(
                "sharp modes hold little loss",
                "flat modes hold much loss",
                "geometrically",
                "geometrically slowly",
                "a power",
                "dominant excess",
                "positive",
            ),
            keep=(rho_k1,),
        ),
        throughout("what is left is bulk", remaining, "what is left is bulk, now"),
        # --- two levels
        Suppose("two levels, started above", started),
        Follows("two levels", two_level, given=("two levels, started above",)),
        Modewise(
            "one dominant contraction",
            ForDominantModes(Eq(rho, rho_k)),
            given=("two levels", "every mode is stable", *STEP),
        ),
        Modewise(
            "one bulk contraction",
            ForBulkModes(Eq(rho, rho_k1)),
            given=("two levels", "every mode is stable", *STEP),
        ),
        Summed(
            "dominant excess, a step later",
            Eq(RE_D, rho_k * E_D),
            given=("one dominant contraction",),
            keep=(rho, excess, rho_k),
        ),
        Summed(
            "bulk excess, a step later",
            Eq(RE_B, rho_k1 * E_B),
            given=("one bulk contraction",),
            keep=(rho, excess, rho_k1),
        ),
        CertifiedInTime(
            "both shrink geometrically, now",
            And(
                Next(E_D) <= rho_k * E_D,
                Next(E_D) >= rho_k * E_D,
                Next(E_B) <= rho_k1 * E_B,
            ),
            given=(
                "a step later (dominant)",
                "a step later (bulk)",
                "dominant excess, a step later",
                "bulk excess, a step later",
            ),
            keep=(rho_k, rho_k1),
        ),
        *(
            step
            for name, relation, x, r in (
                ("dominant excess, from above", Le, E_D, rho_k),
                ("dominant excess, from below", Ge, E_D, rho_k),
                ("bulk excess, from above", Le, E_B, rho_k1),
            )
            for step in (
                Follows(
                    f"{name}, now",
                    relation(Next(x), r * x),
                    given=("both shrink geometrically, now",),
                ),
                throughout(f"{name}, at every time", relation(Next(x), r * x), f"{name}, now"),
                Geometric(
                    name,
                    Always(relation(x, Initially(x) * r**t)),
                    given=(f"{name}, at every time", "a square", "another square"),
                ),
            )
        ),
        *(
            Summed(
                f"{side} noisy curvature, two levels, {where}",
                relation(eta * curvature, 2 * level + eta * eigenvalue * left),
                given=("two levels", *MODES),
                keep=(c, excess),
            )
            for side, curvature, level, left, eigenvalue in (
                ("dominant", m1_D + s_D, C_D, E_D, lambda_k),
                ("bulk", m1_B + s_B, C_B, E_B, lambda_k1),
            )
            for where, relation in (("from above", Le), ("from below", Ge))
        ),
        Certified(
            "inside, in excesses",
            Equivalent(inside, in_excesses),
            given=(
                *(
                    f"{side} noisy curvature, two levels, {where}"
                    for side in ("dominant", "bulk")
                    for where in ("from above", "from below")
                ),
                "split the energies (dominant)",
                "split the energies (bulk)",
                "so curvatures are positive",
                "step",
            ),
        ),
        CertifiedInTime(
            "dominant excess in powers",
            Eq(E_D, Initially(E_D) * rho_k**t),
            given=("dominant excess, from above", "dominant excess, from below"),
            keep=(rho_k,),
        ),
        CertifiedInTime(
            "bulk excess in powers",
            Eq(E_B, Initially(E_B) * rho_k1**t),
            given=("bulk excess, from above", "geometrically slowly"),
            keep=(rho_k1,),
        ),
        CertifiedInTime(
            "in powers",
            Equivalent(in_excesses, algebraic),
            given=("dominant excess in powers", "bulk excess in powers"),
            keep=(rho_k, rho_k1),
        ),
        Follows(
            "inside, now",
            Equivalent(inside, algebraic),
            given=("inside, in excesses", "in powers"),
        ),
        throughout("inside, at every time", Equivalent(inside, algebraic), "inside, now"),
        CertifiedInTime(
            "what the logarithms need",
            And(
                LEFT_D > 0,
                PASSED_D > 0,
                rho_k > 0,
                rho_k < 1,
                LEFT_B > 0,
                PASSED_B > 0,
                rho_k1 > 0,
                rho_k1 < 1,
            ),
            given=(
                "two levels, started above",
                "levels are positive",
                "sharpest eigenvalues are positive",
                *STEP,
            ),
            squares=(1 - eta * lambda_k,),
        ),
        Decay(
            "when dominant excess is spent",
            decays_past(LEFT_D, rho_k, PASSED_D),
            amount=LEFT_D,
            ratio=rho_k,
            level=PASSED_D,
        ),
        Decay(
            "when bulk excess is spent",
            decays_past(LEFT_B, rho_k1, PASSED_B),
            amount=LEFT_B,
            ratio=rho_k1,
            level=PASSED_B,
        ),
        Follows(
            "in logarithms, now",
            Equivalent(algebraic, window),
            given=(
                "what the logarithms need",
                "when dominant excess is spent",
                "when bulk excess is spent",
            ),
        ),
        throughout("in logarithms", Equivalent(algebraic, window), "in logarithms, now"),
        Follows(
            "the window, under the suppositions",
            Always(Equivalent(inside, window)),
            given=("inside, at every time", "in logarithms"),
        ),
        Conclude(
            "the window",
            Implies(started, Always(Equivalent(inside, window))),
            given=("two levels, started above", "the window, under the suppositions"),
        ),
    ),
    mutants={
        "own step inside on the plateau": Always(
            Implies(t > 0, And(eta_dom < eta, eta < eta_bulk))
        ),
        "an interval when stationary": Implies(stationary, eta_dom < eta_bulk),
        "probability one half": Formula(
            r"P\big(\eta > \eta_{\mathrm{dom}}(x)\big) = \tfrac12", "probability one half"
        ),
        "the window is open from the start": Implies(started, Always(Equivalent(inside, t < T2))),
        "one per cent nearer": Always(
            eta_dom / eta - 1 <= Rational(99, 100) * Initially(E_D) / C_D * rho_max**t
        ),
        "one per cent less is left": Implies(
            Initially(E_B) > 0,
            Always(
                100 * excess_loss_D * Initially(E_B) * lambda_k * rho_k1**t
                <= 99 * excess_loss_B * Initially(E_D) * lambda_k1 * rho_max**t
            ),
        ),
        "what is left is dominant": Always(excess_loss_B <= excess_loss_D),
    },
    weaker={"small step": eta < 2 / lambda_1},
    examples={
        "the window": Example(
            {
                "dominant": [["1", "100", "1"]],
                "bulk": [["1/10", "100", "1"]],
                "step_size": "1/2",
                "theta": "1/20",
            },
            {
                T1: "6.053",
                T2: "109.54",
                With(eta_dom, "time", 5): "0.602",
                With(eta_dom, "time", 6): "0.52688",
                With(eta_dom, "time", 7): "0.50681",
                With(eta_dom, "time", 20): "0.5000000001",
                With(eta_bulk, "time", 109): "0.52643",
                With(eta_bulk, "time", 110): "0.52386",
                larger: "0.525",
            },
        ),
        "stationary": Example(
            {
                "dominant": [["1", "1", "1"]],
                "bulk": [["1/10", "1/19", "1"]] * 10,
                "step_size": "1",
            },
            {eta_dom: "1", eta_bulk: "1", E_D: "0", E_B: "0"},
        ),
    },
    checked_only={
        "probability": "a distribution function: enclosed by balls",
        "probability, all spectra": "searched among random weightings, not proved",
    },
    notes=("eta < 2/(lambda_1 + lambda_{k+1}) is needed only for what is left to be bulk.",),
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(horizon=6, step="minimax", above=True, two_level=None),
)
