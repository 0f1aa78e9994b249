"""Started high and run with a small step, alignment falls, turns at most once, and then rises."""

from sympy import And, Eq, Equivalent, Implies, Or, Rational, ceiling, log

from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, Extreme, Geometric, OneStepLater, SummedInTime
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Formula,
    Initially,
    Next,
    NextHolds,
    With,
)
from theory.reasoning import Conclude, Follows, Logarithm, Onward, Permanent, Suppose
from theory.steps import (
    Algebra,
    Certified,
    Expectation,
    Induction,
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
    RRE_B,
    RRE_D,
    B,
    B_next,
    D,
    D_next,
    N,
    P,
    S,
    W,
    a,
    a_inf,
    a_next,
    additive,
    c,
    eta,
    eta_star,
    eta_star_0,
    excess,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    n_D,
    q,
    rho,
    rho_d,
    rho_gap,
    rho_k1,
    rho_max,
    rho_min,
    s2,
    t,
    turn_time,
)

above = ForAllModes(excess >= 0)
rises = a_next >= a
sums = And(Eq(D, C_D + E_D), Eq(B, C_B + E_B), Eq(D_next, C_D + RE_D), Eq(B_next, C_B + RE_B))
P_0, N_0 = Initially(P), Initially(N)
upper = log(N_0 / P_0) / log(rho_k1 / rho_max)
lower = log(N_0 / P_0) / log(rho_d / (rho_min * rho_k1))
at_most = Implies(And(P_0 > 0, N_0 > 0, rho_max > 0), Always(Implies(t >= upper, rises)))
at_least = Implies(And(P_0 > 0, N_0 > 0, rho_min > 0), Always(Implies(rises, t >= lower)))
late = P_0 * rho_k1**t >= N_0 * rho_max**t
not_early = P_0 * rho_d**t >= N_0 * (rho_min * rho_k1) ** t
late_enough = Implies(
    And(P_0 > 0, N_0 > 0, rho_max > 0, rho_k1 > rho_max), Equivalent(t >= upper, late)
)
early_enough = Implies(
    And(P_0 > 0, N_0 > 0, rho_min * rho_k1 > 0, rho_d > rho_min * rho_k1),
    Equivalent(t >= lower, not_early),
)
distance_below = C_D * Initially(E_B) * rho_d**t / (C_D + C_B) ** 2
distance_above = C_B * Initially(E_D) * rho_max**t / (C_D + C_B) ** 2
near = And(a >= a_inf - distance_below, a <= a_inf + distance_above)
bounded = And(C_D * E_B >= S, -B * E_D <= S)
decay = And(Always(Initially(E_B) * rho_d**t >= E_B), Always(Initially(E_D) * rho_max**t >= E_D))
falls_first = Implies(n_D > 0, Equivalent(a_next < a, Or(q <= 0, And(q > 0, eta < eta_star))))
strictly = Implies(And(rises, n_D > 0, E_B > 0), NextHolds(a_next > a))
below_limit = Implies(And(rises, n_D > 0, E_B > 0), a < a_inf)

BASE = {
    "dominant": [["1", "100", "1"], ["1/2", "50", "1"]],
    "bulk": [["1/10", "20", "1"], ["1/20", "10", "1"]],
    "step_size": "1/2",
    "horizon": 12,
}
THREE_PHASES = {
    "dominant": [["1", "10000", "1"]],
    "bulk": [["1/4", "100", "0"], ["1/50", "0", "40"]],
    "step_size": "1/2",
}
DOMINANT_LOW = {
    "dominant": [["1", "0", "9"], ["1/5", "4", "0"]],
    "bulk": [["1/100", "4", "0"]],
    "step_size": "1/2",
}
TOO_LARGE_A_STEP = {
    "dominant": [["6", "100", "1"]],
    "bulk": [["4", "1000", "1"], ["1/10", "10", "1"]],
    "step_size": "6/25",
}

STEP = ("gap", "positive", "step", "cleared step")
LEVELS = ("split the energies", "split them a step later")
LATER = ("two steps later (dominant)", "two steps later (bulk)")
MODES = (
    "stationary levels are not negative",
    "contractions are not negative",
    "contractions are at most 1",
    "every dominant mode contracts more than every bulk mode",
    "the sharpest bulk mode contracts most",
    "the flattest bulk mode contracts least",
    "the gap between contractions is positive",
)
LASTING = ("additive", "above for ever")


def throughout(reason, sentence, *given):
    """The sentence at every time, since everything it rests on lasts."""
    return Throughout(reason, Always(sentence), given=(*given, *LASTING))


claim = Claim(
    id="SA-9",
    title="Two phases: falling, then rising alignment",
    source="abstract, A4 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "small step": eta < 2 / (lambda_1 + lambda_k1),
        "additive": additive,
        "all above": above,
        "bulk": B > 0,
    },
    conclusion={
        "levels and excesses": sums,
        "bulk for ever": Always(B > 0),
        "balance": Eq(S, P - N),
        "certificate": Next(S) >= rho_k1 * S,
        "one turn": Always(Implies(rises, Always(rises))),
        "one turn of the cross difference": Always(Implies(S >= 0, Always(S >= 0))),
        "a single zero": Always(strictly),
        "below the limit after the turn": Always(below_limit),
        "the limit is reached": Always(Implies(n_D > 0, near)),
        "size of the cross difference": bounded,
        "excesses decay": decay,
        "something to rise with": Implies(And(n_D > 0, E_B > 0), P > 0),
        "falls first": falls_first,
        "turn not later than": at_most,
        "turn not earlier than": at_least,
        "turn at once if dominant modes forget at once": Implies(Eq(rho_max, 0), NextHolds(rises)),
    },
    derivation=(
        ModeByMode("split the energies (dominant)", Eq(D, C_D + E_D)),
        ModeByMode("split the energies (bulk)", Eq(B, C_B + E_B)),
        Expectation("a step later (dominant)", Eq(D_next, C_D + RE_D)),
        Expectation("a step later (bulk)", Eq(B_next, C_B + RE_B)),
        Follows(
            "split the energies",
            sums,
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "a step later (dominant)",
                "a step later (bulk)",
            ),
        ),
        OneStepLater(
            "two steps later (dominant)", Eq(Next(D_next), C_D + RRE_D), given=("additive",)
        ),
        OneStepLater("two steps later (bulk)", Eq(Next(B_next), C_B + RRE_B), given=("additive",)),
        # --- one mode
        Certified(
            "cleared step",
            eta * (lambda_1 + lambda_k1) < 2,
            given=("gap", "positive", "small step"),
        ),
        Certified("the flattest mode keeps something", eta * lambda_d < 1, given=STEP),
        Modewise("every mode is stable", ForAllModes(eta * lam < 2), given=STEP),
        Modewise(
            "stationary levels are not negative",
            ForAllModes(c >= 0),
            given=("every mode is stable", "positive", "step"),
        ),
        Modewise("contractions are not negative", ForAllModes(rho >= 0), squares=(1 - eta * lam,)),
        Modewise(
            "contractions are at most 1",
            ForAllModes(rho <= 1),
            given=("every mode is stable", "positive", "step"),
        ),
        Modewise(
            "every dominant mode contracts more than every bulk mode",
            ForDominantModes(rho <= rho_k1 - rho_gap),
            given=STEP,
        ),
        Modewise("the sharpest bulk mode contracts most", ForBulkModes(rho >= rho_k1), given=STEP),
        Modewise("the flattest bulk mode contracts least", ForBulkModes(rho <= rho_d), given=STEP),
        Certified("the gap between contractions is positive", rho_gap > 0, given=STEP),
        Certified("the bulk contracts", rho_k1 < 1, given=STEP),
        Certified("all of it", rho_d < 1, given=STEP),
        Certified("but not at once", rho_k1 > 0, given=STEP, squares=(1 - eta * lambda_k,)),
        Certified(
            "the gap is at most the contraction",
            rho_k1 >= rho_gap,
            given=STEP,
            squares=(1 - eta * lambda_k,),
        ),
        Certified("the flattest is not negative", rho_d >= 0, squares=(1 - eta * lambda_d,)),
        # --- sums
        Summed(
            "dominant levels", C_D >= 0, given=("stationary levels are not negative",), keep=(c,)
        ),
        Summed("bulk levels", C_B >= 0, given=("stationary levels are not negative",), keep=(c,)),
        Summed("dominant excess", E_D >= 0, given=("all above",), keep=(excess,)),
        Summed("bulk excess", E_B >= 0, given=("all above",), keep=(excess,)),
        SummedInTime(
            "once rising, rising more: the certificate",
            Next(S) >= rho_k1 * S + rho_gap**2 * E_D * E_B,
            given=("split the energies", *LATER, "all above", *MODES),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        CertifiedInTime(
            "the certificate, without its second term",
            Next(S) >= rho_k1 * S,
            given=(
                "once rising, rising more: the certificate",
                "dominant excess",
                "bulk excess",
                "the gap between contractions is positive",
            ),
            keep=(S, rho_k1, rho_gap),
        ),
        # --- what lasts
        Preserved("above for ever", Always(above), given=("additive", "all above")),
        Summed(
            "the bulk forgets slowly",
            B_next >= rho_k1 * B,
            given=("positive", "step", "cleared step"),
            by=("SA-1/bulk energy",),
        ),
        CertifiedInTime(
            "bulk energy stays positive for a step",
            Implies(B > 0, NextHolds(B > 0)),
            given=("the bulk forgets slowly", "but not at once"),
            keep=(rho_k1,),
        ),
        Induction(
            "and so for ever",
            Always(Implies(B > 0, Always(B > 0))),
            given=("bulk energy stays positive for a step", "additive"),
        ),
        Onward("bulk for ever", Always(B > 0), given=("bulk", "and so for ever")),
        CertifiedInTime(
            "bulk energy a step later",
            B_next > 0,
            given=("bulk", "the bulk forgets slowly", "but not at once"),
            keep=(rho_k1,),
        ),
        SummedInTime(
            "the bulk forgets slowly, a step later",
            Next(B_next) >= rho_k1 * B_next,
            given=("split the energies", *LATER, "all above", *MODES, "the bulk contracts"),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        CertifiedInTime(
            "bulk energy two steps later",
            Next(B_next) > 0,
            given=(
                "the bulk forgets slowly, a step later",
                "bulk energy a step later",
                "but not at once",
            ),
            keep=(rho_k1,),
        ),
        SummedInTime(
            "dominant energy two steps later",
            Next(D_next) >= 0,
            given=("two steps later (dominant)", "all above", *MODES),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        # --- one turn
        CertifiedInTime(
            "rising stays rising for a step",
            Implies(S >= 0, NextHolds(S >= 0)),
            given=("the certificate, without its second term", "but not at once"),
            keep=(S, rho_k1),
        ),
        Induction(
            "one turn of the cross difference",
            Always(Implies(S >= 0, Always(S >= 0))),
            given=("rising stays rising for a step", *LASTING),
        ),
        Certified(
            "S has the sign of the change",
            Equivalent(rises, S >= 0),
            given=("bulk", "bulk energy a step later"),
        ),
        throughout(
            "it has at every time",
            Equivalent(rises, S >= 0),
            "S has the sign of the change",
            "bulk for ever",
        ),
        Follows(
            "one turn",
            Always(Implies(rises, Always(rises))),
            given=("one turn of the cross difference", "it has at every time"),
        ),
        # --- strictly, when there is dominant noise and bulk excess
        Modewise(
            "what a level is",
            ForAllModes(Eq(c * (2 - eta * lam), eta * lam * s2)),
            given=("every mode is stable",),
        ),
        Summed(
            "noise makes levels",
            2 * lambda_1 * C_D >= eta * n_D,
            given=("what a level is", "stationary levels are not negative", "step", "positive"),
            keep=(c,),
        ),
        Certified("the sharpest mode is curved", lambda_1 > 0, given=("gap", "positive")),
        Certified(
            "dominant noise makes a dominant level",
            Implies(n_D > 0, C_D > 0),
            given=("noise makes levels", "the sharpest mode is curved", "step"),
        ),
        Algebra("balance", Eq(S, P - N), given=("split the energies",)),
        Summed(
            "the bulk excess shrinks",
            rho_d * E_B >= RE_B,
            given=("all above", *MODES),
            keep=(rho, excess, rho_d),
        ),
        Certified(
            "so it pushes up",
            (1 - rho_d) * C_D * E_B <= P,
            given=("the bulk excess shrinks", "dominant levels"),
            keep=(rho_d,),
        ),
        Certified(
            "something to rise with",
            Implies(And(n_D > 0, E_B > 0), P > 0),
            given=(
                "so it pushes up",
                "all of it",
                "dominant noise makes a dominant level",
                "noise makes levels",
                "gap",
                "positive",
                "step",
            ),
            keep=(P, rho_d),
        ),
        Summed(
            "what pushes down comes from dominant excess",
            N <= B * E_D,
            given=("split the energies (bulk)", "all above", *MODES),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        Certified(
            "the gap is small against the contraction",
            rho_k1 * B >= rho_gap**2 * E_B,
            given=(
                "split the energies (bulk)",
                "bulk excess",
                "bulk levels",
                "the gap between contractions is positive",
                "the gap is at most the contraction",
                "the bulk contracts",
            ),
            keep=(rho_k1, rho_gap),
        ),
        CertifiedInTime(
            "the certificate against what pushes down",
            B * Next(S) >= rho_k1 * B * S + rho_gap**2 * E_B * N,
            given=(
                "once rising, rising more: the certificate",
                "what pushes down comes from dominant excess",
                "bulk",
                "bulk excess",
                "the gap between contractions is positive",
            ),
            keep=(S, N, rho_k1, rho_gap),
        ),
        CertifiedInTime(
            "at a turn the next difference is positive",
            Implies(And(S >= 0, P > 0, E_B > 0), Next(S) > 0),
            given=(
                "the certificate against what pushes down",
                "the gap is small against the contraction",
                "the gap between contractions is positive",
                "balance",
                "bulk",
            ),
            keep=(P, N, rho_k1, rho_gap),
        ),
        CertifiedInTime(
            "S has the sign of the change, a step later",
            Implies(Next(S) > 0, NextHolds(a_next > a)),
            given=(
                "bulk energy a step later",
                "bulk energy two steps later",
                "dominant energy two steps later",
            ),
        ),
        Follows(
            "at a turn alignment rises strictly from the next step on",
            strictly,
            given=(
                "S has the sign of the change",
                "something to rise with",
                "at a turn the next difference is positive",
                "S has the sign of the change, a step later",
            ),
        ),
        throughout(
            "a single zero",
            strictly,
            "at a turn alignment rises strictly from the next step on",
            "bulk for ever",
        ),
        # --- the limit
        Summed(
            "rising means below the limit",
            (1 - rho_k1) * W >= S + rho_gap * E_D * E_B,
            given=("split the energies", "all above", *MODES),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        Certified(
            "rising strictly below it",
            Implies(And(S >= 0, C_D > 0, E_B > 0), W > 0),
            given=(
                "rising means below the limit",
                "bulk",
                "split the energies (bulk)",
                "dominant excess",
                "bulk levels",
                "the bulk contracts",
                "the gap between contractions is positive",
            ),
            keep=(S, rho_k1, rho_gap),
        ),
        Certified(
            "W has the sign of the distance",
            Implies(And(W > 0, C_D > 0), a < a_inf),
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "dominant excess",
                "bulk levels",
                "bulk",
            ),
        ),
        Follows(
            "a turn is below the limit",
            below_limit,
            given=(
                "S has the sign of the change",
                "dominant noise makes a dominant level",
                "rising strictly below it",
                "W has the sign of the distance",
            ),
        ),
        throughout(
            "below the limit after the turn",
            below_limit,
            "a turn is below the limit",
            "bulk for ever",
        ),
        *(
            Summed(
                name,
                bound,
                given=("split the energies", "all above", *MODES),
                keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
            )
            for name, bound in {
                "rising is bounded": C_D * E_B >= S,
                "falling is bounded": -B * E_D <= S,
            }.items()
        ),
        Follows(
            "size of the cross difference",
            bounded,
            given=("rising is bounded", "falling is bounded"),
        ),
        OneStepLater("bulk excess a step later", Eq(Next(E_B), RE_B), given=("additive",)),
        OneStepLater("bulk excess two steps later", Eq(Next(RE_B), RRE_B), given=("additive",)),
        OneStepLater("dominant excess a step later", Eq(Next(E_D), RE_D), given=("additive",)),
        OneStepLater("dominant excess two steps later", Eq(Next(RE_D), RRE_D), given=("additive",)),
        CertifiedInTime(
            "bulk excess shrinks by rho_d at least",
            Next(E_B) <= rho_d * E_B,
            given=("bulk excess a step later", "the bulk excess shrinks"),
            keep=(rho_d,),
        ),
        throughout(
            "at every step",
            Next(E_B) <= rho_d * E_B,
            "bulk excess shrinks by rho_d at least",
        ),
        Geometric(
            "bulk excess decays",
            Always(Initially(E_B) * rho_d**t >= E_B),
            given=("at every step", "the flattest is not negative"),
        ),
        Extreme("largest dominant contraction", ForDominantModes(rho <= rho_max)),
        Extreme("smallest dominant contraction", ForDominantModes(rho >= rho_min)),
        Extreme(
            "the largest is below the bulk's",
            rho_max <= rho_k1 - rho_gap,
            given=("every dominant mode contracts more than every bulk mode",),
        ),
        Extreme(
            "the smallest is below the bulk's",
            rho_min <= rho_k1 - rho_gap,
            given=("every dominant mode contracts more than every bulk mode",),
        ),
        Extreme(
            "the largest is not negative",
            rho_max >= 0,
            given=("contractions are not negative",),
        ),
        Extreme(
            "nor is the smallest",
            rho_min >= 0,
            given=("contractions are not negative",),
        ),
        SummedInTime(
            "dominant excess shrinks by rho_max at least",
            Next(E_D) <= rho_max * E_D,
            given=("dominant excess a step later", "all above", "largest dominant contraction"),
            keep=(rho, excess, rho_k1),
        ),
        throughout(
            "also at every step",
            Next(E_D) <= rho_max * E_D,
            "dominant excess shrinks by rho_max at least",
        ),
        Geometric(
            "dominant excess decays",
            Always(Initially(E_D) * rho_max**t >= E_D),
            given=("also at every step", "the largest is not negative"),
        ),
        Follows("excesses decay", decay, given=("bulk excess decays", "dominant excess decays")),
        Certified(
            "distance below the limit",
            Implies(C_D > 0, (a_inf - a) * (C_D + C_B) ** 2 <= C_D * E_B),
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "bulk levels",
                "bulk excess",
                "dominant excess",
            ),
        ),
        Certified(
            "distance above the limit",
            Implies(C_D > 0, (a - a_inf) * (C_D + C_B) ** 2 <= C_B * E_D),
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "bulk levels",
                "bulk excess",
                "dominant excess",
            ),
        ),
        CertifiedInTime(
            "both decay",
            Implies(C_D > 0, near),
            given=(
                "distance below the limit",
                "distance above the limit",
                "bulk excess decays",
                "dominant excess decays",
                "bulk levels",
            ),
            keep=(a, a_inf, rho_d),
        ),
        Follows(
            "with dominant noise",
            Implies(n_D > 0, near),
            given=("both decay", "dominant noise makes a dominant level"),
        ),
        throughout("the limit is reached", Implies(n_D > 0, near), "with dominant noise"),
        # --- when the turn comes
        *(
            step
            for name, sentence in {
                "the push up falls slowly": Next(P) >= rho_k1 * P,
                "the push up falls": Next(P) <= rho_d * P,
                "the push down falls fast": Next(N) <= rho_max * N,
                "the push down does not vanish": Next(N) >= rho_min * rho_k1 * N,
            }.items()
            for step in (
                SummedInTime(
                    name,
                    sentence,
                    given=(
                        "bulk excess a step later",
                        "bulk excess two steps later",
                        "dominant excess a step later",
                        "dominant excess two steps later",
                        "all above",
                        *MODES,
                        "the bulk contracts",
                        "the gap is at most the contraction",
                        "largest dominant contraction",
                        "smallest dominant contraction",
                        "the largest is not negative",
                        "the largest is below the bulk's",
                        "nor is the smallest",
                        "the smallest is below the bulk's",
                    ),
                    keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
                ),
                throughout(f"{name}, always", sentence, name),
            )
        ),
        Certified("rates are not negative", rho_k1 >= 0, given=("but not at once",)),
        Certified(
            "nor are their products",
            rho_min * rho_k1 >= 0,
            given=("nor is the smallest", "but not at once"),
            keep=(rho_k1,),
        ),
        Geometric(
            "the push up after t steps, at least",
            Always(P_0 * rho_k1**t <= P),
            given=("the push up falls slowly, always", "rates are not negative"),
        ),
        Geometric(
            "the push up after t steps, at most",
            Always(P_0 * rho_d**t >= P),
            given=("the push up falls, always", "the flattest is not negative"),
        ),
        Geometric(
            "the push down after t steps, at most",
            Always(N_0 * rho_max**t >= N),
            given=("the push down falls fast, always", "the largest is not negative"),
        ),
        Geometric(
            "the push down after t steps, at least",
            Always(N_0 * (rho_min * rho_k1) ** t <= N),
            given=("the push down does not vanish, always", "nor are their products"),
        ),
        CertifiedInTime(
            "late enough, it rises",
            Implies(late, S >= 0),
            given=(
                "balance",
                "the push up after t steps, at least",
                "the push down after t steps, at most",
            ),
            keep=(P, N, rho_k1),
        ),
        CertifiedInTime(
            "rising, it is late enough",
            Implies(S >= 0, not_early),
            given=(
                "balance",
                "the push up after t steps, at most",
                "the push down after t steps, at least",
            ),
            keep=(P, N, rho_k1, rho_d),
        ),
        throughout("late enough, it rises, always", Implies(late, S >= 0), "late enough, it rises"),
        throughout(
            "rising, it is late enough, always",
            Implies(S >= 0, not_early),
            "rising, it is late enough",
        ),
        Certified(
            "bulk and dominant rates differ",
            rho_k1 > rho_max,
            given=("the largest is below the bulk's", "the gap between contractions is positive"),
            keep=(rho_k1, rho_gap),
        ),
        Certified(
            "the sharpest contracts more than the flattest",
            rho_d >= rho_k1,
            given=STEP,
        ),
        Certified(
            "rates of both pushes differ",
            rho_d > rho_min * rho_k1,
            given=(
                "the sharpest contracts more than the flattest",
                "the smallest is below the bulk's",
                "the gap between contractions is positive",
                "the bulk contracts",
                "but not at once",
            ),
            keep=(rho_k1, rho_gap, rho_d),
        ),
        Certified(
            "a positive product",
            Implies(rho_min > 0, rho_min * rho_k1 > 0),
            given=("but not at once",),
            keep=(rho_k1,),
        ),
        Logarithm("solve for the time", late_enough),
        Logarithm("solve for the time again", early_enough),
        Throughout(
            "solve for any time", Always(late_enough), given=("solve for the time", "additive")
        ),
        Throughout(
            "solve for any time again",
            Always(early_enough),
            given=("solve for the time again", "additive"),
        ),
        throughout("they differ always", rho_k1 > rho_max, "bulk and dominant rates differ"),
        throughout("they always differ", rho_d > rho_min * rho_k1, "rates of both pushes differ"),
        throughout(
            "a positive product, always",
            Implies(rho_min > 0, rho_min * rho_k1 > 0),
            "a positive product",
        ),
        Suppose("there is something to wait for", And(P_0 > 0, N_0 > 0, rho_max > 0)),
        Permanent(
            "as it was",
            Always(And(P_0 > 0, N_0 > 0, rho_max > 0)),
            given=("there is something to wait for", "additive"),
        ),
        Follows(
            "then the turn is not later",
            Always(Implies(t >= upper, rises)),
            given=(
                "as it was",
                "solve for any time",
                "late enough, it rises, always",
                "they differ always",
                "it has at every time",
            ),
        ),
        Conclude(
            "turn not later than",
            at_most,
            given=("there is something to wait for", "then the turn is not later"),
        ),
        Suppose("dominant modes do not forget at once", And(P_0 > 0, N_0 > 0, rho_min > 0)),
        Permanent(
            "nor ever",
            Always(And(P_0 > 0, N_0 > 0, rho_min > 0)),
            given=("dominant modes do not forget at once", "additive"),
        ),
        Follows(
            "then the turn is not earlier",
            Always(Implies(rises, t >= lower)),
            given=(
                "nor ever",
                "solve for any time again",
                "rising, it is late enough, always",
                "they always differ",
                "a positive product, always",
                "it has at every time",
            ),
        ),
        Conclude(
            "turn not earlier than",
            at_least,
            given=("dominant modes do not forget at once", "then the turn is not earlier"),
        ),
        Certified(
            "the push up is not negative",
            P >= 0,
            given=("so it pushes up", "all of it", "dominant levels", "bulk excess"),
            keep=(P, rho_d),
        ),
        CertifiedInTime(
            "one step settles it",
            Implies(Eq(rho_max, 0), Next(S) >= 0),
            given=(
                "the push up falls slowly",
                "the push down falls fast",
                "the push up is not negative",
                "rates are not negative",
                "bulk excess a step later",
                "bulk excess two steps later",
                "dominant excess a step later",
                "dominant excess two steps later",
                "split the energies",
                *LATER,
            ),
            keep=(P, N, rho_k1),
        ),
        CertifiedInTime(
            "S has the sign of the change, at the second step",
            Implies(Next(S) >= 0, NextHolds(rises)),
            given=(
                "bulk energy a step later",
                "bulk energy two steps later",
                "dominant energy two steps later",
            ),
        ),
        Follows(
            "turn at once if dominant modes forget at once",
            Implies(Eq(rho_max, 0), NextHolds(rises)),
            given=("one step settles it", "S has the sign of the change, at the second step"),
        ),
        # --- the first step
        Suppose("dominant noise", n_D > 0),
        Certified(
            "dominant energy",
            D > 0,
            given=(
                "dominant noise",
                "dominant noise makes a dominant level",
                "split the energies (dominant)",
                "dominant excess",
            ),
        ),
        Follows(
            "high states: down",
            Implies(q <= 0, a_next < a),
            given=("dominant energy",),
            by=("SA-3/high alignment",),
        ),
        Certified(
            "low states: down below the critical step",
            Implies(q > 0, Equivalent(a_next < a, eta < eta_star)),
            given=("dominant energy", "bulk", "step"),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/p", "SA-2/next energy"),
        ),
        Follows(
            "the first step",
            Equivalent(a_next < a, Or(q <= 0, And(q > 0, eta < eta_star))),
            given=("high states: down", "low states: down below the critical step"),
        ),
        Conclude("falls first", falls_first, given=("dominant noise", "the first step")),
    ),
    mutants={
        "rises, then falls": Always(Implies(a_next <= a, Always(a_next <= a))),
        "no turn": Always(a_next <= a),
        "the flattest bulk mode sets the rate": Next(S) >= rho_d * S,
        "rate one per cent larger": Next(S) >= Rational(101, 100) * rho_k1 * S,
        "always below the limit": Always(Implies(And(n_D > 0, E_B > 0), a < a_inf)),
        "a single zero without dominant noise": Always(
            Implies(And(rises, E_B > 0), NextHolds(a_next > a))
        ),
        "a single zero without bulk excess": Always(
            Implies(And(rises, n_D > 0), NextHolds(a_next > a))
        ),
        "the noise-free critical step decides": Implies(
            n_D > 0, Equivalent(a_next < a, eta < eta_star_0)
        ),
        "latest turn one per cent earlier": Implies(
            And(P_0 > 0, N_0 > 0, rho_max > 0),
            Always(Implies(t >= Rational(99, 100) * upper, rises)),
        ),
        "earliest turn one per cent later": Implies(
            And(P_0 > 0, N_0 > 0, rho_min > 0),
            Always(Implies(rises, t >= Rational(101, 100) * lower)),
        ),
        "the limit is reached one per cent nearer": Always(
            Implies(n_D > 0, a >= a_inf - Rational(99, 100) * distance_below)
        ),
        "turns also without dominant noise": Formula(
            r"\exists t:\ a_{t+1} \ge a_t \text{ also if } n_D = 0",
            "turns also without dominant noise",
        ),
        "turns also without bulk excess": Formula(
            r"\exists t:\ a_{t+1} \ge a_t \text{ also if no bulk mode starts above}",
            "turns also without bulk excess",
        ),
        "the mean of the ratio falls first by the same rule": Formula(
            r"E[D^+/G^+] < a \iff q \le 0 \text{ or } \eta < \eta^*",
            "the mean of the ratio falls first by the same rule",
        ),
    },
    weaker={
        "all above": ForBulkModes(excess >= 0),
        "small step": eta < 2 / lambda_1,
    },
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(horizon=6, step="minimax", above=True),
    examples={
        "base instance": Example(
            BASE,
            {
                a: "0.8333",
                With(a, "time", 11): "0.044194",
                a_inf: "0.925559",
                turn_time: "11",
                lower: "5.34",
                ceiling(upper): "17",
            },
        ),
        "one mode starts low: three phases": Example(
            THREE_PHASES,
            {
                With(a, "time", 9): "0.0393",
                With(a, "time", 36): "0.7515",
                a_inf: "0.6238",
            },
        ),
        "a dominant mode starts low": Example(
            DOMINANT_LOW,
            {a: "1/2", With(a, "time", 2): "0.581", With(a, "time", 16): "0.479"},
        ),
        "stable, but not below 2/(lambda_1 + lambda_{k+1})": Example(
            TOO_LARGE_A_STEP,
            {
                a: "0.0901",
                With(a, "time", 1): "0.6402",
                With(a, "time", 4): "0.2282",
                a_inf: "0.7333",
            },
        ),
        "no bulk excess": Example(
            {"dominant": [["1", "100", "1"]], "bulk": [["1/2", "1/7", "1"]], "step_size": "1/2"},
            {a_inf: "7/10", E_B: "0"},
        ),
    },
    notes=(
        "Any noise covariance: only its diagonal enters (SA-1).",
        "The specification, and some notes, call small step H1, additive H2, all above H3.",
        "At the boundary step, and without H1 or H3, see SA-11.",
        "The specification refutes 'any noise' with SA-20 M1. There H3 fails if the levels are "
        "those of the noise at the start, so the model stored for 'without additive' is another.",
        "R_0 = N/P at the start. Where P = 0 (no dominant noise or no bulk excess) nothing turns.",
    ),
)
