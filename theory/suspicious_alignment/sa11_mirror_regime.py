"""For a larger stable step the order of the two phases is reversed: alignment rises, then falls."""

from sympy import And, Eq, Equivalent, Implies, Or, Rational

from theory.changes import AfterChange, Elsewhere
from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, OneStepLater, SummedInTime
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Formula,
    Next,
    NextHolds,
    With,
)
from theory.reasoning import Conclude, Follows, Onward, Suppose
from theory.steps import (
    Certified,
    Expectation,
    Induction,
    ModeByMode,
    Modewise,
    Preserved,
    Summed,
    Throughout,
)
from theory.suspicious_alignment.two_levels import (
    PARTS,
    TWO_LEVEL_STEPS,
    above,
    at_two_levels,
    boundary,
    fall_then_rise,
    falls,
    minimax,
    mirror,
    noisy,
    rise_then_fall,
    rises,
    small,
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
    G_next,
    S,
    a,
    a_inf,
    a_next,
    additive,
    c,
    eta,
    excess,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    n_B,
    n_D,
    p,
    q_0,
    rho,
    rho_k,
    rho_k1,
    theta,
)

outweighs = theta * (eta * q_0 - 2 * p) > eta * (D * n_B - n_D * B)
scaled_up = Implies(And(theta > 0, B > 0, outweighs), With(a_next, "scale", theta) > a)
STABLE = ("gap", "positive", "step")

claim = Claim(
    id="SA-11",
    title="The mirror regime and the two-level classification",
    source="limits of the abstract's A4 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "stable": eta * lambda_1 < 2,
        "additive": additive,
        "dominant": D > 0,
    },
    conclusion={
        "mirror certificate": Implies(And(mirror, above), Next(S) <= rho_k * S),
        "rise, then fall": Implies(And(mirror, above), rise_then_fall),
        "at the boundary of small steps: fall, then rise": Implies(
            And(boundary, above, B > 0), fall_then_rise
        ),
        "a large start falls only below the noise-free critical step": scaled_up,
        **PARTS,
        "number of turns": Formula(
            r"\#\text{turns} \le \#\text{sign changes of the coefficients of } S_t"
            r" = \sum_b \gamma_b b^t \text{ ordered by base } b",
            "number of turns",
        ),
    },
    derivation=(
        Modewise(
            "every mode is stable",
            ForAllModes(eta * lam < 2),
            given=("gap", "positive", "step", "stable"),
        ),
        Suppose("mirror", mirror),
        Suppose("all above", above, given=("every mode is stable",)),
        ModeByMode("split the energies (dominant)", Eq(D, C_D + E_D)),
        ModeByMode("split the energies (bulk)", Eq(B, C_B + E_B)),
        Expectation("a step later (dominant)", Eq(D_next, C_D + RE_D)),
        Expectation("a step later (bulk)", Eq(B_next, C_B + RE_B)),
        OneStepLater(
            "two steps later (dominant)", Eq(Next(D_next), C_D + RRE_D), given=("additive",)
        ),
        OneStepLater("two steps later (bulk)", Eq(Next(B_next), C_B + RRE_B), given=("additive",)),
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
        Certified(
            "the flattest dominant mode overshoots",
            eta * lambda_k > 1,
            given=("gap", "positive", "step", "mirror"),
        ),
        Modewise(
            "the flattest dominant mode contracts most of all dominant ones",
            ForDominantModes(rho >= rho_k),
            given=("the flattest dominant mode overshoots", "step", "gap", "positive"),
        ),
        Modewise(
            "every bulk mode contracts more",
            ForBulkModes(rho <= rho_k),
            given=("the flattest dominant mode overshoots", "mirror", "step", "gap", "positive"),
        ),
        SummedInTime(
            "once falling, falling: the certificate",
            Next(S) <= rho_k * S,
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "a step later (dominant)",
                "a step later (bulk)",
                "two steps later (dominant)",
                "two steps later (bulk)",
                "all above",
                "stationary levels are not negative",
                "contractions are not negative",
                "contractions are at most 1",
                "the flattest dominant mode contracts most of all dominant ones",
                "every bulk mode contracts more",
            ),
            keep=(rho, c, excess, rho_k),
        ),
        Conclude(
            "if all start above",
            Implies(above, Next(S) <= rho_k * S),
            given=("all above", "once falling, falling: the certificate", "every mode is stable"),
        ),
        Conclude(
            "in the mirror regime",
            Implies(mirror, Implies(above, Next(S) <= rho_k * S)),
            given=("mirror", "if all start above", "every mode is stable"),
        ),
        Follows(
            "mirror certificate",
            Implies(And(mirror, above), Next(S) <= rho_k * S),
            given=("in the mirror regime", "every mode is stable"),
        ),
        Preserved(
            "above for ever", Always(above), given=("additive", "all above", "every mode is stable")
        ),
        Certified(
            "the flattest dominant mode does not vanish",
            rho_k > 0,
            given=("the flattest dominant mode overshoots",),
        ),
        Summed(
            "dominant energy forgets slowly",
            D_next >= rho_k * D,
            given=("the flattest dominant mode overshoots", "step", "gap", "positive"),
            by=("SA-1/dominant energy",),
        ),
        CertifiedInTime(
            "dominant energy stays positive for a step",
            Implies(D > 0, NextHolds(D > 0)),
            given=("dominant energy forgets slowly", "the flattest dominant mode does not vanish"),
            keep=(rho_k,),
        ),
        Induction(
            "and so for ever",
            Always(Implies(D > 0, Always(D > 0))),
            given=("dominant energy stays positive for a step", "additive"),
        ),
        Onward("dominant for ever", Always(D > 0), given=("dominant", "and so for ever")),
        CertifiedInTime(
            "dominant energy a step later",
            D_next > 0,
            given=(
                "dominant",
                "dominant energy forgets slowly",
                "the flattest dominant mode does not vanish",
            ),
            keep=(rho_k,),
        ),
        CertifiedInTime(
            "falling stays falling for a step",
            Implies(S <= 0, NextHolds(S <= 0)),
            given=(
                "once falling, falling: the certificate",
                "the flattest dominant mode does not vanish",
            ),
            keep=(S, rho_k),
        ),
        Induction(
            "one turn of the cross difference",
            Always(Implies(S <= 0, Always(S <= 0))),
            given=("falling stays falling for a step", "additive", "above for ever"),
        ),
        Certified(
            "S has the sign of the change",
            Equivalent(falls, S <= 0),
            given=("dominant", "dominant energy a step later"),
        ),
        Throughout(
            "it has at every time",
            Always(Equivalent(falls, S <= 0)),
            given=("S has the sign of the change", "dominant for ever", "additive"),
        ),
        Follows(
            "one turn",
            rise_then_fall,
            given=("one turn of the cross difference", "it has at every time"),
        ),
        Conclude(
            "one turn from above",
            Implies(above, rise_then_fall),
            given=("all above", "one turn", "every mode is stable"),
        ),
        Conclude(
            "one turn in the mirror regime",
            Implies(mirror, Implies(above, rise_then_fall)),
            given=("mirror", "one turn from above", "every mode is stable"),
        ),
        Follows(
            "rise, then fall",
            Implies(And(mirror, above), rise_then_fall),
            given=("one turn in the mirror regime", "every mode is stable"),
        ),
        # --- large initialisations
        Suppose("bulk", B > 0),
        Suppose("factor", theta > 0),
        Follows("energy is left", G_next > 0, by=("SA-2/next energy",), given=("bulk",)),
        Elsewhere(
            "from a larger start too",
            With(G_next, "scale", theta) > 0,
            given=("energy is left", *STABLE, "additive", "dominant", "bulk", "factor"),
            change="scale",
            value=theta,
        ),
        AfterChange(
            "a large start rises beyond the noise-free critical step",
            Implies(outweighs, With(a_next, "scale", theta) > a),
            given=("from a larger start too", *STABLE, "additive", "dominant", "bulk", "factor"),
            by=("SA-1/dominant energy", "SA-1/bulk energy"),
        ),
        Conclude(
            "by any factor",
            Implies(theta > 0, Implies(outweighs, With(a_next, "scale", theta) > a)),
            given=("factor", "a large start rises beyond the noise-free critical step"),
        ),
        Conclude(
            "if there is bulk energy, it does",
            Implies(
                B > 0, Implies(theta > 0, Implies(outweighs, With(a_next, "scale", theta) > a))
            ),
            given=("bulk", "by any factor"),
        ),
        Follows(
            "a large start falls only below the noise-free critical step",
            scaled_up,
            given=("if there is bulk energy, it does",),
        ),
        # --- the boundary of small steps
        Suppose("at the boundary", boundary),
        Modewise(
            "dominant modes contract at least as much",
            ForDominantModes(rho <= rho_k1),
            given=("gap", "positive", "step", "at the boundary"),
        ),
        Modewise(
            "as every bulk mode",
            ForBulkModes(rho >= rho_k1),
            given=("gap", "positive", "step", "at the boundary"),
        ),
        Certified(
            "the sharpest bulk mode does not vanish",
            rho_k1 > 0,
            given=("gap", "positive", "step", "at the boundary"),
        ),
        SummedInTime(
            "once rising, rising: the certificate",
            Next(S) >= rho_k1 * S,
            given=(
                "two steps later (dominant)",
                "two steps later (bulk)",
                "all above",
                "stationary levels are not negative",
                "contractions are not negative",
                "contractions are at most 1",
                "dominant modes contract at least as much",
                "as every bulk mode",
            ),
            by=("SA-9/levels and excesses",),
            keep=(rho, c, excess, rho_k1),
        ),
        CertifiedInTime(
            "rising stays rising for a step",
            Implies(S >= 0, NextHolds(S >= 0)),
            given=(
                "once rising, rising: the certificate",
                "the sharpest bulk mode does not vanish",
            ),
            keep=(S, rho_k1),
        ),
        Induction(
            "rising stays rising",
            Always(Implies(S >= 0, Always(S >= 0))),
            given=("rising stays rising for a step", "additive", "above for ever"),
        ),
        Summed(
            "bulk energy forgets slowly",
            B_next >= rho_k1 * B,
            given=("gap", "positive", "step", "at the boundary"),
            by=("SA-1/bulk energy",),
        ),
        CertifiedInTime(
            "bulk energy stays positive for a step",
            Implies(B > 0, NextHolds(B > 0)),
            given=("bulk energy forgets slowly", "the sharpest bulk mode does not vanish"),
            keep=(rho_k1,),
        ),
        Induction(
            "bulk energy stays positive",
            Always(Implies(B > 0, Always(B > 0))),
            given=("bulk energy stays positive for a step", "additive"),
        ),
        Onward("bulk for ever", Always(B > 0), given=("bulk", "bulk energy stays positive")),
        CertifiedInTime(
            "bulk energy a step later",
            B_next > 0,
            given=("bulk", "bulk energy forgets slowly", "the sharpest bulk mode does not vanish"),
            keep=(rho_k1,),
        ),
        Certified(
            "S has the sign of the change with bulk energy",
            Equivalent(rises, S >= 0),
            given=("bulk", "bulk energy a step later"),
        ),
        Throughout(
            "it has it at every time",
            Always(Equivalent(rises, S >= 0)),
            given=("S has the sign of the change with bulk energy", "bulk for ever", "additive"),
        ),
        Follows(
            "one turn at the boundary",
            fall_then_rise,
            given=("rising stays rising", "it has it at every time"),
        ),
        Conclude(
            "with bulk energy",
            Implies(B > 0, fall_then_rise),
            given=("bulk", "one turn at the boundary"),
        ),
        Conclude(
            "with bulk energy, from above",
            Implies(above, Implies(B > 0, fall_then_rise)),
            given=("all above", "with bulk energy", "every mode is stable"),
        ),
        Conclude(
            "with bulk energy, from above, at the boundary",
            Implies(boundary, Implies(above, Implies(B > 0, fall_then_rise))),
            given=("at the boundary", "with bulk energy, from above", "every mode is stable"),
        ),
        Follows(
            "at the boundary of small steps: fall, then rise",
            Implies(And(boundary, above, B > 0), fall_then_rise),
            given=("with bulk energy, from above, at the boundary", "every mode is stable"),
        ),
        *TWO_LEVEL_STEPS,
    ),
    implied={
        "step": "for eta <= 0 no level is positive, so every direction starts above it, and what "
        "is claimed from above holds",
    },
    weaker={"gap": lambda_k >= lambda_k1},
    examples={
        "rises, then falls": Example(
            {
                "dominant": [["1", "10000", "1"]],
                "bulk": [["1/2", "1000", "1"]] * 10,
                "step_size": "15/8",
                "horizon": 4,
            },
            {a: "0.5", With(a, "time", 2): "0.99847", a_inf: "0.62963"},
        ),
        "three phases between the two regimes": Example(
            {
                "dominant": [["6", "100", "1"]],
                "bulk": [["4", "1000", "1"], ["1/10", "10", "1"]],
                "step_size": "6/25",
            },
            {
                a: "0.0901",
                With(a, "time", 1): "0.6402",
                With(a, "time", 4): "0.2282",
                a_inf: "0.7333",
            },
        ),
        "monotone at the minimax step": Example(
            {
                "dominant": [["1", "100", "1"]],
                "bulk": [["1/2", "100", "1"]],
                "step_size": "4/3",
            },
            {a: "1/2", a_inf: "4/5"},
        ),
    },
    checked_only={
        "number of turns": "Descartes' rule for exponential sums, for any start and step; checked "
        "along exact runs",
    },
    notes=(
        "Two-level identities (n >= 0): S_{t+1} - rho_B S_t = E_D (1-rho_D)(rho_B-rho_D) B_{t+1} "
        "and S_{t+1} - rho_D S_t = E_B (1-rho_B)(rho_B-rho_D) D_{t+1}. Counting sign changes of "
        "the exponential sum alone is not enough when one excess or both are negative: that "
        "energies are not negative is used too.",
        "Part (a) needs D > 0: without it D and B may both vanish and alignment is undefined.",
        "Directions are meant weakly: with both excesses zero alignment is constant.",
        "If the gap closes, one step with eta lambda = 1 may end every direction, and alignment is "
        "undefined from then on; nothing else was found to fail with lambda_k = lambda_{k+1}.",
        "Between 2/(lambda_1+lambda_{k+1}) and 2/(lambda_k+lambda_d) either order and more turns "
        "occur: see the mutants and the run with three phases.",
        "The count of turns needs neither H1 nor H3 of SA-9; it is the only part not proved. The "
        "base 0 counts: a mode with eta lambda = 1 can cause the only turn.",
    ),
    mutants={
        "two phases for every stable step": Implies(And(above, noisy), fall_then_rise),
        "two phases at the minimax step": Implies(
            at_two_levels(minimax, above), Always(a_next <= a)
        ),
        "rise, then fall at 0.995 of the limit": Implies(
            And(above, eta * (lambda_k + lambda_d) > Rational(199, 100)), rise_then_fall
        ),
        "at most one turn for every stable step": Implies(
            And(above, noisy), Or(fall_then_rise, rise_then_fall)
        ),
        "a single zero at the boundary": Implies(
            And(boundary, above, noisy, B > 0, E_B > 0),
            Always(Implies(rises, NextHolds(a_next > a))),
        ),
        "a mode may start low in the mirror regime": Implies(mirror, rise_then_fall),
        "mirror rate one per cent smaller": Implies(
            And(mirror, above), Next(S) <= Rational(99, 100) * rho_k * S
        ),
        "opposite signs leave the direction open": Implies(
            at_two_levels(E_D <= 0, E_B >= 0), Always(falls)
        ),
        "from below as from above": Implies(
            at_two_levels(small, E_D <= 0, E_B <= 0), fall_then_rise
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(horizon=5, two_level=None, above=None, step="stable"),
)
