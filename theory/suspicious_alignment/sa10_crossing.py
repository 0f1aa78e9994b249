"""Along a run alignment turns exactly when the critical step size falls below the step size."""

from sympy import Abs, And, Eq, Equivalent, Implies, Rational

from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime
from theory.language import Always, ForAllModes, Initially, Next, With
from theory.reasoning import Conclude, Follows, Suppose
from theory.steps import Certified, ModeByMode, Modewise, Preserved, Summed, Throughout
from theory.vocabulary import (
    C_B,
    C_D,
    E_B,
    E_D,
    B,
    D,
    S,
    a,
    a_next,
    additive,
    c,
    c1_B,
    c2_B,
    e2_B,
    eta,
    eta_star,
    excess,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    m2_B,
    m2_D,
    n_B,
    n_D,
    p,
    q,
    rho_d,
    rho_max,
    t,
    turn_time,
)

rises = a_next >= a
crossed = And(q > 0, eta * q >= 2 * p)
moving = D > 0
above = ForAllModes(excess >= 0)
turns_where_it_crosses = Equivalent(rises, crossed)
large_enough = eta * lambda_k**2 >= 2 * lambda_k1
distance = Implies(q > 0, Eq(eta_star - eta, -S / (eta * q)))
rising_part = C_D * Initially(E_B) * rho_d**t
falling_part = B * Initially(E_D) * rho_max**t
settles = Implies(
    q > 0,
    And(
        (eta - eta_star) * eta * q <= rising_part,
        (eta_star - eta) * eta * q <= falling_part,
    ),
)
contrast_stays = eta**2 * q >= 2 * eta * (lambda_k - lambda_k1) * C_D * C_B - falling_part
no_self_correction = Implies(And(large_enough, n_D > 0, D > 0), q > 0)

claim = Claim(
    id="SA-10",
    title="The turn is the crossing of the critical step",
    source="abstract, A1 with A4 (our formalisation)",
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
        "turns where it crosses": Always(Implies(moving, turns_where_it_crosses)),
        "crosses once": Always(Implies(And(D > 0, crossed), Always(Implies(D > 0, crossed)))),
        "distance": distance,
        "settles at the step": Always(settles),
        "while the contrast stays": Always(contrast_stays),
        "no self-correction at a large step": Always(no_self_correction),
    },
    derivation=(
        Suppose("dominant", D > 0),
        Certified(
            "the sign of the cross difference",
            turns_where_it_crosses,
            given=("gap", "step", "dominant", "bulk"),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/p", "SA-2/next energy"),
        ),
        Conclude(
            "while moving",
            Implies(moving, turns_where_it_crosses),
            given=("dominant", "the sign of the cross difference"),
        ),
        Throughout(
            "turns where it crosses",
            Always(Implies(moving, turns_where_it_crosses)),
            given=("while moving", "additive"),
            by=("SA-9/bulk for ever",),
        ),
        Certified(
            "distance",
            distance,
            given=("step",),
            by=("SA-1/cross difference",),
            keep=(S, p, q),
        ),
        Preserved("above for ever", Always(above), given=("additive", "all above")),
        Certified(
            "cleared step",
            eta * (lambda_1 + lambda_k1) < 2,
            given=("gap", "positive", "small step"),
        ),
        Modewise(
            "every mode is stable",
            ForAllModes(eta * lam < 2),
            given=("gap", "positive", "step", "cleared step"),
        ),
        Modewise(
            "levels are not negative",
            ForAllModes(c >= 0),
            given=("every mode is stable", "positive", "step"),
        ),
        Summed(
            "contrast of curvature",
            p >= (lambda_k - lambda_k1) * D * B,
        ),
        ModeByMode("split the energies (dominant)", Eq(D, C_D + E_D)),
        ModeByMode("split the energies (bulk)", Eq(B, C_B + E_B)),
        Summed("dominant levels", C_D >= 0, given=("levels are not negative",), keep=(c,)),
        Summed("bulk levels", C_B >= 0, given=("levels are not negative",), keep=(c,)),
        Summed("dominant excess", E_D >= 0, given=("all above",), keep=(excess,)),
        Summed("bulk excess", E_B >= 0, given=("all above",), keep=(excess,)),
        Certified(
            "energies are at least their levels",
            And(D >= C_D, B >= C_B),
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "dominant excess",
                "bulk excess",
            ),
        ),
        Certified(
            "energies multiply",
            D * B >= C_D * C_B,
            given=("energies are at least their levels", "dominant levels", "bulk levels"),
        ),
        CertifiedInTime(
            "the cross difference shrinks",
            And(rising_part >= S, -falling_part <= S),
            given=("dominant levels",),
            by=("SA-9/size of the cross difference", "SA-9/excesses decay"),
            keep=(S, rho_d),
        ),
        CertifiedInTime(
            "so the critical step approaches the step",
            settles,
            given=("the cross difference shrinks", "distance", "step"),
            keep=(S, p, q, rho_d, eta_star),
        ),
        CertifiedInTime(
            "and the contrast does not vanish",
            contrast_stays,
            given=(
                "the cross difference shrinks",
                "contrast of curvature",
                "energies multiply",
                "step",
                "gap",
            ),
            by=("SA-1/cross difference",),
            keep=(S, p, q, rho_d),
        ),
        *(
            Throughout(
                name,
                Always(sentence),
                given=(reason, "above for ever", "additive"),
            )
            for name, reason, sentence in (
                ("settles at the step", "so the critical step approaches the step", settles),
                ("while the contrast stays", "and the contrast does not vanish", contrast_stays),
            )
        ),
        Follows(
            "crosses once",
            Always(Implies(And(D > 0, crossed), Always(Implies(D > 0, crossed)))),
            given=("turns where it crosses",),
            by=("SA-9/one turn", "SA-9/bulk for ever"),
        ),
        ModeByMode("noise in terms of levels", Eq(eta * n_B, 2 * c1_B - eta * c2_B)),
        ModeByMode("curvature in terms of levels", Eq(m2_B, c2_B + e2_B)),
        ModeByMode("energy in terms of levels", Eq(B, C_B + E_B)),
        Summed(
            "bulk noise is bounded by bulk energy",
            2 * c1_B + eta * e2_B <= 2 * lambda_k1 * (C_B + E_B),
            given=(
                "all above",
                "levels are not negative",
                "step",
                "positive",
                "cleared step",
                "gap",
            ),
            keep=(c, excess),
        ),
        Summed("dominant curvature", m2_D >= lambda_k**2 * D, given=("gap", "positive")),
        Certified(
            "no self-correction at a large step",
            no_self_correction,
            given=(
                "noise in terms of levels",
                "curvature in terms of levels",
                "energy in terms of levels",
                "bulk noise is bounded by bulk energy",
                "dominant curvature",
                "bulk",
                "step",
            ),
        ),
        Throughout(
            "never self-correcting at a large step",
            Always(no_self_correction),
            given=("no self-correction at a large step", "above for ever", "additive"),
            by=("SA-9/bulk for ever",),
        ),
    ),
    mutants={
        "the critical step only falls": Always(
            Implies(And(q > 0, Next(q) > 0), Next(eta_star) <= eta_star)
        ),
        "it equals the step at the turn": Implies(
            And(a_next < a, q > 0), Eq(With(eta_star, "time", turn_time), eta)
        ),
        "no self-correction for any step": Always(Implies(D > 0, q > 0)),
        "settles at the step without bulk noise": Implies(
            And(D > 0, n_D > 0), With(Abs(eta_star - eta), "time", 20) < Rational(1, 10)
        ),
        "settles one per cent nearer": Implies(
            q > 0, (eta - eta_star) * eta * q <= Rational(99, 100) * rising_part
        ),
        "turns at half the critical step": Always(Implies(q > 0, Equivalent(rises, eta * q >= p))),
    },
    owes=("symbolic", "certified", "exact", "property"),
    examples={
        "I9 around its turn": Example(
            {
                "dominant": [["1", "100", "1"], ["1/2", "50", "1"]],
                "bulk": [["1/10", "20", "1"], ["1/20", "10", "1"]],
                "step_size": "1/2",
                "horizon": 13,
            },
            {
                turn_time: "11",
                With(eta_star, "time", 10): "0.52597",
                With(eta_star, "time", 11): "0.49601",
            },
        ),
        "not monotone": Example(
            {
                "dominant": [["1", "1001/10", "1/10"]],
                "bulk": [["1/2", "100001/30", "1/10"]],
                "step_size": "1",
                "horizon": 5,
            },
            {
                eta_star: "1.33157",
                With(eta_star, "time", 1): "0.571438",
                With(eta_star, "time", 2): "0.571468",
                With(eta_star, "time", 3): "0.571585",
            },
        ),
        "self-correcting at a small step": Example(
            {
                "dominant": [["1", "1000000", "1"]],
                "bulk": [["1/10", "1/199", "1"]],
                "step_size": "1/10",
            },
            {q: "-999999/199"},
        ),
    },
    notes=(
        "That eta*_t tends to eta, with noise in both blocks, is 'settles at the step' with "
        "'while the contrast stays': rho_d^t and rho_max^t tend to 0, and C_D C_B > 0.",
        "The specification assumes dominant noise for the crossing; it is not needed there, only "
        "D > 0. For the absence of self-correction the step need only be stable for the bulk.",
    ),
    domain=Domain(horizon=5, above=True, step="minimax"),
)
