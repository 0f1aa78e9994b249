"""Alignment falls first if the dominant energy is large; how deep and how long is logarithmic."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.claim import Claim, Domain, Example
from theory.language import Always, ForAllModes, Formula, With
from theory.reasoning import Conclude, Follows, Suppose
from theory.steps import Certified, Modewise, Summed
from theory.suspicious_alignment import sa09_two_phases
from theory.vocabulary import (
    B,
    D,
    D_crit,
    G,
    a,
    a_next,
    additive,
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
    s2,
    theta,
    turn_time,
)

above = ForAllModes(excess >= 0)
settles = sa09_two_phases.claim.conclusion["the limit is reached"]
isotropic_start = ForAllModes(Eq(g2, lam**2 * theta))
large_enough = ForAllModes(theta * lam * (2 - eta * lam) >= eta * s2)
rises = a_next >= a

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
        "settles": Implies(above, settles),
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
        Suppose("all above", above, given=("every mode is stable",)),
        Conclude(
            "settles",
            Implies(above, settles),
            given=("all above", "every mode is stable"),
            by=("SA-9/the limit is reached",),
        ),
    ),
    mutants={
        "a large norm is enough": Implies(And(D > 0, 1000 * (1 + n_D + n_B) < G), a_next < a),
        "a large norm gives two phases": Implies(
            And(D > 0, G > 1000), Always(Implies(rises, Always(rises)))
        ),
        "the turn comes within twenty steps": Implies(a_next < a, turn_time <= 20),
        "one per cent less is enough": Implies(Rational(99, 100) * D_crit < D, a_next < a),
    },
    checked_only={
        "isotropic start": "an equivalence of statements about all modes, obvious mode by mode; "
        "checked on exact models built for it",
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
