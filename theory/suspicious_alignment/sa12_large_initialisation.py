"""Alignment falls first if the dominant energy is large; how deep and how long is logarithmic."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.changes import AfterChange
from theory.claim import Claim, Domain, Example
from theory.decay import Decay, crossing, decays_past
from theory.in_time import CertifiedInTime
from theory.language import Always, ForAllModes, Formula, Initially, With
from theory.reasoning import Conclude, Follows, ForEach, Permanent, Suppose
from theory.steps import Certified, Modewise, Summed, Throughout
from theory.suspicious_alignment import sa09_two_phases
from theory.vocabulary import (
    C_B,
    C_D,
    E_B,
    B,
    D,
    D_crit,
    G,
    a,
    a_inf,
    a_next,
    additive,
    c,
    eta,
    excess,
    g2,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    n_B,
    n_D,
    p,
    q_0,
    rho_d,
    s2,
    t,
    theta,
    turn_time,
)

above = ForAllModes(excess >= 0)
settles = sa09_two_phases.claim.conclusion["the limit is reached"]
isotropic_start = ForAllModes(Eq(g2, lam**2 * theta))
large_enough = ForAllModes(theta * lam * (2 - eta * lam) >= eta * s2)
rises = a_next >= a
room = lam * (2 - eta * lam)
worst_at_an_end = ForAllModes(
    Implies(
        room < lambda_1 * (2 - eta * lambda_1),
        room >= lambda_d * (2 - eta * lambda_d),
    )
)
bulk_share = C_D * Initially(E_B) / (C_D + C_B) ** 2  # a_inf beta_tot / (C_D + C_B)
settled = t >= crossing(bulk_share, rho_d, theta)
noisy_with_excess = And(theta > 0, n_D > 0, Initially(E_B) > 0)
close = Implies(
    And(a >= a_inf - bulk_share * rho_d**t, bulk_share * rho_d**t <= theta), a >= a_inf - theta
)
time_to_settle = Implies(noisy_with_excess, Always(Implies(settled, a >= a_inf - theta)))
below_limit = sa09_two_phases.claim.conclusion["below the limit after the turn"]

claim = Claim(
    id="SA-12",
    title="What a large initialisation means",
    source="abstract, A4 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "small step": eta < 2 / (lambda_1 + lambda_k1),
        "additive": additive,
        "bulk": B > 0,
    },
    conclusion={
        "falls first": Implies(D_crit < D, a_next < a),
        "isotropic start": Implies(isotropic_start, Equivalent(above, large_enough)),
        "worst at an end of the spectrum": worst_at_an_end,
        "settles": Implies(above, settles),
        "time to settle": Implies(above, time_to_settle),
        "below the limit after the turn": Implies(above, below_limit),
        "same limit from every scale": Implies(n_D > 0, Eq(With(a_inf, "scale", theta), a_inf)),
        "time and depth": Formula(
            r"t^\dagger = \frac{\log[\alpha(\rho_B-\rho_D)/(c_D(1-\rho_B))]}{\log(1/\rho_D)}"
            r" + o(1),"
            r"\quad \min_t a_t \asymp s^{-2(1-\omega)},\ \omega = \log\rho_B/\log\rho_D",
            "time and depth of the fall",
        ),
    },
    derivation=(
        Certified(
            "cleared step",
            eta * (lambda_1 + lambda_k1) < 2,
            given=("gap", "positive", "small step"),
        ),
        Summed(
            "pairs push down",
            2 * p - eta * q_0
            >= (lambda_k - lambda_k1) * (2 - eta * (lambda_1 + lambda_k1)) * D * B,
            given=("gap", "positive", "step", "cleared step"),
        ),
        Suppose("dominant", D > 0),
        Certified(
            "a dominant energy above the critical one pushes down",
            Implies(D_crit < D, a_next < a),
            given=(
                "pairs push down",
                "gap",
                "positive",
                "step",
                "cleared step",
                "bulk",
                "dominant",
            ),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/next energy"),
        ),
        Conclude(
            "if there is dominant energy",
            Implies(D > 0, Implies(D_crit < D, a_next < a)),
            given=("dominant", "a dominant energy above the critical one pushes down"),
        ),
        Certified(
            "the critical energy is not negative",
            D_crit >= 0,
            given=("gap", "step", "cleared step"),
        ),
        Certified(
            "so there is",
            Implies(D_crit < D, D > 0),
            given=("the critical energy is not negative",),
            keep=(D_crit,),
        ),
        Follows(
            "falls first",
            Implies(D_crit < D, a_next < a),
            given=("if there is dominant energy", "so there is", "gap", "step", "cleared step"),
        ),
        Modewise(
            "every mode is stable",
            ForAllModes(eta * lam < 2),
            given=("gap", "positive", "step", "cleared step"),
        ),
        Modewise("every mode is curved", ForAllModes(lam > 0), given=("gap", "positive")),
        Suppose("isotropic", isotropic_start),
        Modewise(
            "one mode is above its level",
            ForAllModes(Equivalent(excess >= 0, theta * lam * (2 - eta * lam) >= eta * s2)),
            given=("isotropic", "every mode is stable", "every mode is curved", "step"),
        ),
        ForEach(
            "all are",
            Equivalent(above, large_enough),
            given=("one mode is above its level",),
        ),
        Conclude(
            "isotropic start",
            Implies(isotropic_start, Equivalent(above, large_enough)),
            given=("isotropic", "all are"),
        ),
        Modewise("the flattest mode is an end", ForAllModes(lam >= lambda_d), given=("gap",)),
        Modewise("the sharpest mode is the other", ForAllModes(lam <= lambda_1), given=("gap",)),
        Certified("in this order", lambda_1 >= lambda_d, given=("gap",)),
        Modewise(
            "worst at an end of the spectrum",
            worst_at_an_end,
            given=(
                "the flattest mode is an end",
                "the sharpest mode is the other",
                "in this order",
                "step",
            ),
            squares=(2 - eta * (lam + lambda_1),),
        ),
        Suppose("all above", above, given=("every mode is stable",)),
        Conclude(
            "settles",
            Implies(above, settles),
            given=("all above", "every mode is stable"),
            by=("SA-9/the limit is reached",),
        ),
        Conclude(
            "below the limit after the turn",
            Implies(above, below_limit),
            given=("all above", "every mode is stable"),
            by=("SA-9/below the limit after the turn",),
        ),
        Certified(
            "what the flattest mode keeps",
            rho_d < 1,
            given=("gap", "positive", "step", "cleared step"),
        ),
        Certified(
            "is positive",
            rho_d > 0,
            given=("gap", "positive", "step", "cleared step"),
            squares=(1 - eta * lambda_k1,),
        ),
        Modewise(
            "what a level is",
            ForAllModes(Eq(c * (2 - eta * lam), eta * lam * s2)),
            given=("every mode is stable",),
        ),
        Modewise(
            "levels are not negative",
            ForAllModes(c >= 0),
            given=("every mode is stable", "positive", "step"),
        ),
        Summed(
            "noise makes dominant levels",
            2 * lambda_1 * C_D >= eta * n_D,
            given=("what a level is", "levels are not negative", "step", "positive"),
            keep=(c,),
        ),
        Summed("bulk levels", C_B >= 0, given=("levels are not negative",), keep=(c,)),
        Certified("the sharpest mode is curved", lambda_1 > 0, given=("gap", "positive")),
        Certified(
            "dominant noise makes a dominant level",
            Implies(n_D > 0, C_D > 0),
            given=("noise makes dominant levels", "the sharpest mode is curved", "step"),
        ),
        Suppose("noise and excess", noisy_with_excess),
        Permanent("for ever", Always(noisy_with_excess), given=("noise and excess", "additive")),
        CertifiedInTime(
            "there is something to settle",
            bulk_share > 0,
            given=("dominant noise makes a dominant level", "noise and excess", "bulk levels"),
        ),
        Follows(
            "the dominant level is positive",
            C_D > 0,
            given=("dominant noise makes a dominant level", "noise and excess"),
        ),
        Certified(
            "levels together",
            C_D + C_B > 0,
            given=("the dominant level is positive", "bulk levels"),
        ),
        Decay(
            "solve for the time",
            decays_past(bulk_share, rho_d, theta),
            given=("levels together",),
            amount=bulk_share,
            ratio=rho_d,
            level=theta,
        ),
        CertifiedInTime(
            "close to what is close",
            close,
            given=("levels together",),
            keep=(a, a_inf, rho_d),
        ),
        *(
            Throughout(f"{name}, always", Always(sentence), given=(name, "additive"))
            for name, sentence in {
                "close to what is close": close,
                "there is something to settle": bulk_share > 0,
                "what the flattest mode keeps": rho_d < 1,
                "is positive": rho_d > 0,
                "solve for the time": decays_past(bulk_share, rho_d, theta),
            }.items()
        ),
        Follows(
            "late enough",
            Always(Implies(settled, a >= a_inf - theta)),
            given=(
                "for ever",
                "close to what is close, always",
                "there is something to settle, always",
                "what the flattest mode keeps, always",
                "is positive, always",
                "solve for the time, always",
                "levels together",
                "all above",
            ),
            by=("SA-9/the limit is reached", "SA-9/bulk for ever"),
        ),
        Conclude(
            "late enough, with noise and excess",
            time_to_settle,
            given=("noise and excess", "late enough"),
        ),
        Conclude(
            "time to settle",
            Implies(above, time_to_settle),
            given=("all above", "late enough, with noise and excess", "every mode is stable"),
        ),
        Suppose("dominant noise", n_D > 0),
        Certified(
            "a dominant level",
            C_D > 0,
            given=("dominant noise makes a dominant level", "dominant noise"),
        ),
        AfterChange(
            "levels do not see the start",
            Eq(With(a_inf, "scale", theta), a_inf),
            given=("additive", "a dominant level", "bulk levels"),
        ),
        Conclude(
            "same limit from every scale",
            Implies(n_D > 0, Eq(With(a_inf, "scale", theta), a_inf)),
            given=("dominant noise", "levels do not see the start"),
        ),
    ),
    mutants={
        "a large norm is enough": Implies(And(D > 0, 1000 * (1 + n_D + n_B) < G), a_next < a),
        "a large norm gives two phases": Implies(
            And(D > 0, G > 1000), Always(Implies(rises, Always(rises)))
        ),
        "the turn comes within twenty steps": Implies(a_next < a, turn_time <= 20),
        "settled one per cent earlier": Implies(
            And(above, noisy_with_excess),
            Always(
                Implies(
                    t >= Rational(99, 100) * crossing(bulk_share, rho_d, theta),
                    a >= a_inf - theta,
                )
            ),
        ),
        "one per cent less than the isotropic bound": Implies(
            And(isotropic_start, ForAllModes(Rational(101, 100) * theta * room >= eta * s2)), above
        ),
        "one per cent less is enough": Implies(Rational(99, 100) * D_crit < D, a_next < a),
    },
    checked_only={
        "time and depth": "an asymptotic statement; checked with many digits",
    },
    owes=("symbolic", "certified", "exact", "property"),
    examples={
        "I9": Example(
            {
                "dominant": [["1", "100", "1"], ["1/2", "50", "1"]],
                "bulk": [["1/10", "20", "1"], ["1/20", "10", "1"]],
                "step_size": "1/2",
                "horizon": 13,
            },
            {D_crit: "125/116", turn_time: "11"},
        ),
        **{
            f"energy {energy} per block": Example(
                {
                    "dominant": [["1", energy, "1"]],
                    "bulk": [["1/10", energy, "1"]] + [["1/10", "0", "1"]] * 8,
                    "step_size": "1/2",
                    "horizon": 32,
                },
                {turn_time: printed},
            )
            for energy, printed in (
                ("100", "6"),
                ("10000", "9"),
                ("10000000000000000", "29"),
            )
        },
        **{
            f"dominant energy 1/3, bulk energy {energy}": Example(
                {
                    "dominant": [["1", "1/3", "1"]],
                    "bulk": [["1/10", energy, "1"]],
                    "step_size": "1/2",
                },
                {turn_time: "0"},
            )
            for energy in ("10", "1000000", "1000000000000")
        },
        "far out": Example(
            {
                "dominant": [["1", "100000000", "1"]],
                "bulk": [["1/10", "100000000", "1"]] + [["1/10", "0", "1"]] * 8,
                "step_size": "1/2",
                "horizon": 18,
            },
            {turn_time: "16", With(a, "time", 16): "1.84097e-8"},
        ),
    },
    domain=Domain(horizon=4, step="minimax", above=None),
)
