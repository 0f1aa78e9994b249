"""Stepping by the critical step size of every state holds the alignment constant."""

from typing import Any

from sympy import And, Eq, Implies, Rational, sign
from sympy.logic.boolalg import Boolean

from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime
from theory.language import (
    Always,
    ForBulkModes,
    ForDominantModes,
    Formula,
    Next,
    NextHolds,
)
from theory.proof import Step
from theory.reasoning import Follows, Onward
from theory.stays import Stays
from theory.steps import Certified, Expectation, Induction, Modewise, Summed, Throughout
from theory.vocabulary import (
    B,
    B_next,
    D,
    D_next,
    Delta_r,
    Delta_s,
    G,
    G_next,
    a,
    a_inf,
    a_L,
    a_N,
    a_next,
    additive,
    cooling,
    cooling_rate,
    eta,
    eta_fixed,
    eta_star,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    m1_B,
    m1_D,
    m2_B,
    m2_D,
    n_B,
    n_D,
    noise_pull,
    p,
    q,
    s_B,
    s_D,
)

two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
low = And(D > 0, B > 0, D * n_B <= B * n_D)
bounded = And(eta_star > 0, eta_star <= 2 / (lambda_k + lambda_k1))
block_form = Eq(eta_star, 2 * Delta_r / (Delta_s + noise_pull / G))
growth = Delta_s / noise_pull
STEP = cooling / (1 + growth * G)  # the critical step over G
curvature = a * lambda_k + (1 - a) * lambda_k1
squared = a * lambda_k**2 + (1 - a) * lambda_k1**2
minimax = 2 / (lambda_k + lambda_k1)
LOST = 2 * curvature * STEP - STEP**2 * (squared * G + n_D + n_B)
odds = Eq(s_D * (2 - eta_fixed * lambda_k1) * (1 - a), s_B * (2 - eta_fixed * lambda_k) * a)
still = (D_next <= D, D_next >= D, B_next <= B, B_next >= B)
balance = And(Eq(D * (2 - eta * lambda_k), eta * s_D), Eq(B * (2 - eta * lambda_k1), eta * s_B))
AVERAGED = ("average the squared update (dominant)", "average the squared update (bulk)")
SETTING = (
    *(f"{word} is a multiple" for word in ("m1_D", "m2_D", "n_D", "m1_B", "m2_B", "n_B")),
    "two levels",
    "gap",
    "positive",
    "dominant noise",
    "bulk noise",
)
LOW = ("low states have a critical step", *SETTING)
LASTING = ("additive", "schedule", "dominant for ever", "low enough for ever")
ANNEALS = r"a_0 < a_L \Rightarrow t\,G_t \to 1/c"
SETTLES = r"a_L < a_0 \le a_N \Rightarrow \eta_t \to \hat\eta"
SPECTRUM_OF_20 = {"bulk": [["1/10", "1/40", "1"]] * 20, "step_size": "1"}


def at_every_time(reason: str, sentence: Boolean, *given: str, **hints: Any) -> tuple[Step, Step]:
    """Two steps: the sentence, from facts about low states; and that it holds at every time."""
    now = CertifiedInTime(f"{reason}, now", sentence, given=("low for ever", *given), **hints)
    lasting = (now.reason, *LASTING)
    return now, Throughout(f"{reason}, always", Always(sentence), given=lasting)


claim = Claim(
    id="SA-18",
    title="Holding the alignment constant",
    source="extension (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "two levels": two_level,
        "additive": additive,
        "schedule": Always(Implies(q > 0, Eq(eta, eta_star))),
        "dominant noise": n_D > 0,
        "bulk noise": n_B > 0,
        "dominant": D > 0,
        "low enough": a <= a_N,
    },
    conclusion={
        "there is always a critical step": Always(q > 0),
        "constant alignment": Always(Eq(a_next, a)),
        "block form": Always(And(block_form, noise_pull >= 0)),
        "never above the minimax step": Always(bounded),
        "the minimax step at a_N": Always(Implies(Eq(a, a_N), Eq(eta_star, minimax))),
        "critical step over energy": Always(Implies(a < a_N, Eq(eta_star / G, STEP))),
        "energy lost": Always(Implies(a < a_N, Eq((G - G_next) / G**2, LOST))),
        "which way at little energy": Always(
            Implies(a < a_N, Eq(sign(cooling_rate), sign(a_L - a)))
        ),
        "fixed point": Always(Implies(Eq(G_next, G), Eq(eta, eta_fixed))),
        "fixed step": Always(
            Implies(And(a > a_L, a < a_N), And(eta_fixed > 0, eta_fixed < minimax))
        ),
        "its stationary alignment": Always(Implies(a > a_L, odds)),
        "anneals": Formula(ANNEALS, "it anneals"),
        "settles": Formula(SETTLES, "it settles"),
    },
    derivation=(
        Certified(
            "there is bulk energy",
            low,
            given=("dominant", "low enough", "dominant noise", "bulk noise", "positive"),
        ),
        Expectation(
            "average the squared update (dominant)",
            Eq(D_next, D - 2 * eta * m1_D + eta**2 * (m2_D + n_D)),
        ),
        Expectation(
            "average the squared update (bulk)",
            Eq(B_next, B - 2 * eta * m1_B + eta**2 * (m2_B + n_B)),
        ),
        Modewise(
            "one dominant eigenvalue", ForDominantModes(Eq(lam, lambda_k)), given=("two levels",)
        ),
        Modewise("one bulk eigenvalue", ForBulkModes(Eq(lam, lambda_k1)), given=("two levels",)),
        *(
            Summed(f"{word} is a multiple", Eq(word, multiple), given=(one,))
            for one, words in (
                (
                    "one dominant eigenvalue",
                    (
                        (m1_D, lambda_k * D),
                        (m2_D, lambda_k**2 * D),
                        (n_D, lambda_k * s_D),
                    ),
                ),
                (
                    "one bulk eigenvalue",
                    (
                        (m1_B, lambda_k1 * B),
                        (m2_B, lambda_k1**2 * B),
                        (n_B, lambda_k1 * s_B),
                    ),
                ),
            )
            for word, multiple in words
        ),
        Certified(
            "low states have a critical step", Implies(low, And(p > 0, q > 0)), given=SETTING
        ),
        CertifiedInTime(
            "it is the step that is made",
            Implies(low, And(Eq(eta, eta_star), eta > 0)),
            given=("schedule", "low states have a critical step"),
            keep=(p, q),
        ),
        Certified(
            "and leaves the alignment as it is",
            Implies(low, Eq(D_next * B, D * B_next)),
            given=("it is the step that is made", "low states have a critical step", *AVERAGED),
        ),
        Certified(
            "noise leaves energy in both blocks",
            Implies(eta > 0, And(D_next > 0, B_next > 0)),
            given=(*AVERAGED, *SETTING),
            squares=(1 - eta * lambda_k, 1 - eta * lambda_d),
        ),
        Stays("dominant noise stays", Eq(Next(n_D), n_D), given=("additive",)),
        Stays("bulk noise stays", Eq(Next(n_B), n_B), given=("additive",)),
        CertifiedInTime(
            "low states stay low for a step",
            Implies(low, NextHolds(low)),
            given=(
                "it is the step that is made",
                "and leaves the alignment as it is",
                "noise leaves energy in both blocks",
                "dominant noise stays",
                "bulk noise stays",
                "dominant noise",
                "bulk noise",
            ),
            keep=(eta, eta_star),
        ),
        Induction(
            "and for ever",
            Always(Implies(low, Always(low))),
            given=("low states stay low for a step", "additive", "schedule"),
        ),
        Onward("low for ever", Always(low), given=("there is bulk energy", "and for ever")),
        Follows("dominant for ever", Always(D > 0), given=("low for ever",)),
        Certified("what low means", Implies(low, a <= a_N), given=SETTING),
        Throughout(
            "what it means for ever",
            Always(Implies(low, a <= a_N)),
            given=("what low means", "additive", "schedule"),
        ),
        Follows(
            "low enough for ever",
            Always(a <= a_N),
            given=("low for ever", "what it means for ever"),
        ),
        *at_every_time(
            "there is a critical step",
            q > 0,
            "low states have a critical step",
        ),
        *at_every_time(
            "the alignment is constant",
            Eq(a_next, a),
            "and leaves the alignment as it is",
            "it is the step that is made",
            "noise leaves energy in both blocks",
            keep=(eta, eta_star),
        ),
        *at_every_time("in block form", And(block_form, noise_pull >= 0), *LOW),
        *at_every_time("never above the minimax step", bounded, *LOW),
        *at_every_time("the minimax step at a_N", Implies(Eq(a, a_N), Eq(eta_star, minimax)), *LOW),
        *at_every_time("the pull is positive below a_N", Implies(a < a_N, noise_pull > 0), *LOW),
        *at_every_time(
            "critical step over energy",
            Implies(a < a_N, Eq(eta_star / G, STEP)),
            "the pull is positive below a_N, now",
            *LOW,
        ),
        *at_every_time(
            "energy lost",
            Implies(a < a_N, Eq((G - G_next) / G**2, LOST)),
            "the pull is positive below a_N, now",
            "it is the step that is made",
            *AVERAGED,
            *LOW,
        ),
        *at_every_time(
            "which way at little energy",
            Implies(a < a_N, Eq(sign(cooling_rate), sign(a_L - a))),
            "the pull is positive below a_N, now",
            *LOW,
        ),
        CertifiedInTime(
            "the step is positive",
            eta > 0,
            given=("low for ever", "it is the step that is made"),
            keep=(eta, eta_star),
        ),
        CertifiedInTime(
            "at a fixed point both blocks are",
            Implies(Eq(G_next, G), And(*still)),
            given=("low for ever", "and leaves the alignment as it is"),
        ),
        Certified(
            "then both are in balance",
            Implies(And(*still), balance),
            given=("the step is positive", *AVERAGED, *SETTING),
        ),
        CertifiedInTime(
            "the step is small",
            eta * (lambda_k + lambda_k1) <= 2,
            given=(
                "never above the minimax step, now",
                "it is the step that is made",
                "low for ever",
                "gap",
                "positive",
            ),
            keep=(eta_star,),
        ),
        CertifiedInTime(
            "balance takes more alignment than a_L",
            Implies(balance, D * s_B > B * s_D),
            given=(
                "the step is positive",
                "the step is small",
                "low for ever",
                *SETTING,
            ),
        ),
        CertifiedInTime(
            "a denominator",
            Implies(D * s_B > B * s_D, lambda_k * D * s_B > lambda_k1 * B * s_D),
            given=("low for ever", *SETTING),
        ),
        CertifiedInTime(
            "balance fixes the step",
            Implies(balance, Eq(eta, eta_fixed)),
            given=(
                "balance takes more alignment than a_L",
                "a denominator",
                "the step is positive",
                "low for ever",
                *SETTING,
            ),
        ),
        *at_every_time(
            "fixed point",
            Implies(Eq(G_next, G), Eq(eta, eta_fixed)),
            "at a fixed point both blocks are",
            "then both are in balance",
            "balance fixes the step",
            keep=(eta, eta_fixed),
        ),
        CertifiedInTime(
            "above a_L",
            Implies(a > a_L, D * s_B > B * s_D),
            given=("low for ever", *SETTING),
        ),
        *at_every_time(
            "fixed step",
            Implies(And(a > a_L, a < a_N), And(eta_fixed > 0, eta_fixed < minimax)),
            "above a_L",
            "a denominator",
            *LOW,
        ),
        *at_every_time(
            "its stationary alignment", Implies(a > a_L, odds), "above a_L", "a denominator", *LOW
        ),
    ),
    mutants={
        "the energy always falls": Always(G_next < G),
        "it anneals for all admissible alignments": Always(Implies(a < a_N, cooling_rate > 0)),
        "it anneals at a_L, too": Always(Implies(And(a < a_N, a <= a_L), cooling_rate > 0)),
        "at a_L the energy falls like 1/t": Formula(
            r"a_0 = a_L \Rightarrow t\,G_t \text{ stays bounded}", "faster at a_L"
        ),
        "the minimax step for all": Always(Eq(eta_star, minimax)),
        "bulk noise does not count": Always(
            Implies(
                a < a_N,
                Eq((G - G_next) / G**2, 2 * curvature * STEP - STEP**2 * (squared * G + n_D)),
            )
        ),
        "fixed step one per cent larger": Always(
            Implies(Eq(G_next, G), Eq(eta, Rational(101, 100) * eta_fixed))
        ),
    },
    notes=(
        "The assumption n_D > 0 of the specification follows from 0 < a <= a_N.",
        "Both limits are simulated, not proved.",
    ),
    implied={"dominant noise": "0 < a <= a_N leaves no room for n_D = 0"},
    weaker={"low enough": a < 1, "dominant": D >= 0},
    examples={
        "settles at 20/19": Example(
            {**SPECTRUM_OF_20, "dominant": [["1", "1/2", "1"]], "schedule": "critical"},
            {eta_fixed: "20/19", a_L: "1/3", a_N: "5/6"},
        ),
        "20/19 has the stationary alignment 1/2": Example(
            {**SPECTRUM_OF_20, "dominant": [["1", "1/2", "1"]], "step_size": "20/19"},
            {a_inf: "1/2"},
        ),
        "neither at a_L": Example(
            {**SPECTRUM_OF_20, "dominant": [["1", "1/4", "1"]], "schedule": "critical"},
            {a: "1/3", cooling_rate: "0"},
        ),
        "no critical step at 9/10": Example(
            {
                "dominant": [["1", "9/10000", "1"]],
                "bulk": [["1/10", "1/200000", "1"]] * 20,
                "step_size": "1",
            },
            {q: "-799109/10000000000", a: "9/10", a_N: "5/6"},
        ),
    },
    checked_only={
        "anneals": "a limit: simulated",
        "settles": "a limit: simulated",
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(step="critical", two_level=True, positive=True, horizon=2, most_modes=2),
)
