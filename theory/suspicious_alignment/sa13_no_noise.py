"""Without noise, or from the minimiser, there are no two phases: alignment only falls."""

from sympy import And, Eq, Implies, Integer, symbols

from theory.changes import AfterChange, Elsewhere
from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, Member, OneStepLater, SummedInTime
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Next,
    NextHolds,
    With,
)
from theory.reasoning import Conclude, Follows, FromNextOn, Suppose
from theory.steps import (
    Certified,
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
    RRE_B,
    RRE_D,
    B,
    B_next,
    D,
    D_next,
    G,
    G_next,
    S,
    W,
    a,
    a_inf,
    a_next,
    additive,
    c,
    c1_B,
    c1_D,
    c2_B,
    c2_D,
    eta,
    excess,
    g2,
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
    rho,
    rho_d,
    rho_gap,
    rho_k1,
    s2,
    s_B,
    s_D,
)

lam_i, lam_j = symbols("lam_i lam_j", real=True)
quiet = And(Eq(n_D, 0), Eq(n_B, 0))
noisy = And(n_D > 0, n_B > 0)
moving = And(D > 0, B > 0)
small = eta * (lambda_1 + lambda_k1) < 2
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
minimax = Eq(eta * (lambda_k + lambda_k1), 2)
large = And(eta * (lambda_k + lambda_k1) > 2, eta * lambda_1 < 2)

falls = Implies(And(quiet, moving, small), a_next < a)
shrinks = Implies(And(quiet, small), D_next * B * rho_k1 <= (rho_k1 - rho_gap) * D * B_next)
stays = Implies(And(quiet, moving, two_level, minimax), Eq(a_next, a))
rises = Implies(And(quiet, moving, two_level, large), a_next > a)
from_rest = Implies(And(Eq(G, 0), noisy), Eq(a_next, n_D / (n_D + n_B)))
between = Implies(And(noisy, small), And(s_D / (s_D + s_B) < a_inf, a_inf < n_D / (n_D + n_B)))
noise_off = Implies(And(moving, small), With(a_next, "noise", 0) < a)
going_down = And(D > 0, B > 0, a_next < a, a > a_inf)
only_down = Implies(And(Eq(G, 0), noisy, small), NextHolds(Always(going_down)))
below = ForAllModes(excess <= 0)
falling = And(S < 0, D > 0, B > 0)
MODES = (
    "levels are not negative",
    "contractions are not negative",
    "contractions are at most 1",
    "dominant modes forget faster",
    "than any bulk mode",
    "and than the flattest",
    "the gap is positive",
    "the bulk contracts",
    "all of it",
    "no energy is negative",
)
ONE_STEP = ("SA-1/dominant energy", "SA-1/bulk energy")


def whenever_moving(name, fact, statement):
    """The fact, derived for D > 0 and B > 0, as the statement that holds at every time."""
    bulk_supposed = Implies(B > 0, statement_without_motion(statement))
    return (
        Conclude(f"{name}: if the bulk moves", bulk_supposed, given=("bulk", fact)),
        Conclude(
            f"{name}: if both move",
            Implies(D > 0, bulk_supposed),
            given=("dominant", f"{name}: if the bulk moves"),
        ),
        Follows(f"{name} while moving", statement, given=(f"{name}: if both move",)),
        Throughout(f"{name} always", Always(statement), given=(f"{name} while moving", "additive")),
    )


def statement_without_motion(statement):
    """The implication without its premises D > 0 and B > 0."""
    premises = [x for x in statement.args[0].args if x not in moving.args]
    return Implies(And(*premises), statement.args[1])


claim = Claim(
    id="SA-13",
    title="No noise, no start, no two phases",
    source="contrast to the abstract's A4 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "additive": additive,
    },
    conclusion={
        "gradient descent falls": Always(falls),
        "geometrically": Always(shrinks),
        "two levels, minimax step: constant": Always(stays),
        "two levels, larger step: rises": Always(rises),
        "noise switched off in any state": noise_off,
        "first step from the minimiser": from_rest,
        "then only down": only_down,
        "limit between the noise shares": between,
    },
    derivation=(
        Suppose("dominant", D > 0),
        Suppose("bulk", B > 0),
        Certified(
            "a small step is below the noise-free critical one",
            Implies(And(quiet, small), a_next < a),
            given=("gap", "positive", "step", "dominant", "bulk"),
            by=(*ONE_STEP, "SA-2/noise-free q", "SA-2/lower bound", "SA-2/p", "SA-2/next energy"),
        ),
        Certified(
            "with two levels the minimax step is the critical one",
            Implies(And(quiet, two_level, minimax), Eq(a_next, a)),
            given=("gap", "positive", "step", "dominant", "bulk"),
            by=(*ONE_STEP, "SA-2/noise-free q", "SA-2/two-level", "SA-2/next energy"),
        ),
        Certified(
            "with two levels a larger step is above it",
            Implies(And(quiet, two_level, large), a_next > a),
            given=("gap", "positive", "step", "dominant", "bulk"),
            by=(*ONE_STEP, "SA-2/noise-free q", "SA-2/two-level", "SA-2/next energy"),
        ),
        *(
            step
            for name, fact, statement in (
                ("falls", "a small step is below the noise-free critical one", falls),
                ("stays", "with two levels the minimax step is the critical one", stays),
                ("rises", "with two levels a larger step is above it", rises),
            )
            for step in whenever_moving(name, fact, statement)
        ),
        Follows(
            "energy is left",
            G_next > 0,
            given=("dominant", "bulk"),
            by=("SA-2/next energy",),
        ),
        Elsewhere(
            "without the noise too",
            With(G_next, "noise", 0) > 0,
            given=(
                "energy is left",
                "gap",
                "positive",
                "step",
                "additive",
                "dominant",
                "bulk",
            ),
            change="noise",
            value=Integer(0),
        ),
        AfterChange(
            "noise off: the same",
            Implies(small, With(a_next, "noise", 0) < a),
            given=(
                "without the noise too",
                "gap",
                "positive",
                "step",
                "additive",
                "dominant",
                "bulk",
            ),
            by=(*ONE_STEP, "SA-2/noise-free q", "SA-2/lower bound", "SA-2/p", "SA-2/next energy"),
        ),
        Conclude(
            "noise off: if the bulk moves",
            Implies(B > 0, Implies(small, With(a_next, "noise", 0) < a)),
            given=("bulk", "noise off: the same"),
        ),
        Conclude(
            "noise off: if both move",
            Implies(D > 0, Implies(B > 0, Implies(small, With(a_next, "noise", 0) < a))),
            given=("dominant", "noise off: if the bulk moves"),
        ),
        Follows("noise switched off", noise_off, given=("noise off: if both move",)),
        Suppose("small", small),
        Modewise(
            "dominant modes contract more",
            ForDominantModes((1 - eta * lam) ** 2 <= rho_k1 - rho_gap),
            given=("gap", "positive", "step", "small"),
        ),
        Modewise(
            "than bulk modes",
            ForBulkModes((1 - eta * lam) ** 2 >= rho_k1),
            given=("gap", "positive", "step", "small"),
        ),
        Summed(
            "so their energies do, noise left out",
            (D - 2 * eta * m1_D + eta**2 * m2_D) * B * rho_k1
            <= (rho_k1 - rho_gap) * D * (B - 2 * eta * m1_B + eta**2 * m2_B),
            given=("dominant modes contract more", "than bulk modes"),
            keep=(rho_k1, rho_gap),
            squares=(1 - eta * lam_i, 1 - eta * lam_j),
        ),
        Certified(
            "without noise that is all",
            Implies(quiet, D_next * B * rho_k1 <= (rho_k1 - rho_gap) * D * B_next),
            given=("so their energies do, noise left out",),
            by=ONE_STEP,
            keep=(rho_k1, rho_gap),
        ),
        Conclude(
            "for a small step",
            Implies(small, Implies(quiet, D_next * B * rho_k1 <= (rho_k1 - rho_gap) * D * B_next)),
            given=("small", "without noise that is all"),
        ),
        Follows("shrinks", shrinks, given=("for a small step",)),
        Throughout("shrinks always", Always(shrinks), given=("shrinks", "additive")),
        Summed("dominant curvature is bounded", m1_D <= lambda_1 * D),
        Summed("so is its square (dominant)", m2_D <= lambda_1**2 * D, given=("gap", "positive")),
        Summed("bulk curvature is bounded", m1_B <= lambda_k1 * B),
        Summed("so is its square (bulk)", m2_B <= lambda_k1**2 * B, given=("gap", "positive")),
        Certified(
            "from rest only noise moves",
            from_rest,
            given=(
                "step",
                "positive",
                "dominant curvature is bounded",
                "so is its square (dominant)",
                "bulk curvature is bounded",
                "so is its square (bulk)",
            ),
            by=ONE_STEP,
        ),
        Modewise(
            "every mode is stable",
            ForAllModes(eta * lam < 2),
            given=("gap", "positive", "step", "small"),
        ),
        Conclude(
            "small steps are stable",
            Implies(small, ForAllModes(eta * lam < 2)),
            given=("small", "every mode is stable"),
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
        Summed("noise has curvature (dominant)", n_D <= lambda_1 * s_D, given=("gap", "positive")),
        Summed("noise has curvature (bulk)", n_B <= lambda_k1 * s_B, given=("gap", "positive")),
        *(
            Summed(
                f"noise makes levels ({name})",
                2 * lambda_1 * level >= eta * noise,
                given=("what a level is", "levels are not negative", "gap", "positive", "step"),
                keep=(c,),
            )
            for name, level, noise in (("dominant", C_D, n_D), ("bulk", C_B, n_B))
        ),
        Summed(
            "the level exceeds its share of the flat noise",
            C_D * s_B - s_D * C_B >= (lambda_k - lambda_k1) * C_D * C_B,
            given=("what a level is", "levels are not negative", "step", "gap"),
            keep=(c,),
        ),
        *(
            ModeByMode(
                f"noise in terms of levels ({name})", Eq(eta * noise, 2 * first - eta * second)
            )
            for name, noise, first, second in (
                ("dominant", n_D, c1_D, c2_D),
                ("bulk", n_B, c1_B, c2_B),
            )
        ),
        Summed(
            "sharper levels come from more noise",
            C_B * (2 * c1_D - eta * c2_D) - C_D * (2 * c1_B - eta * c2_B)
            >= (lambda_k - lambda_k1) * (2 - eta * (lambda_1 + lambda_k1)) * C_D * C_B,
            given=("levels are not negative", "step", "gap", "small", "positive"),
            keep=(c,),
        ),
        Certified(
            "and stays below its share of the sharp noise",
            eta * (C_B * n_D - C_D * n_B)
            >= (lambda_k - lambda_k1) * (2 - eta * (lambda_1 + lambda_k1)) * C_D * C_B,
            given=(
                "sharper levels come from more noise",
                "noise in terms of levels (dominant)",
                "noise in terms of levels (bulk)",
            ),
        ),
        Certified("the sharpest mode is curved", lambda_1 > 0, given=("gap", "positive")),
        Certified("the sharpest bulk mode too", lambda_k1 > 0, given=("positive",)),
        Certified(
            "noise leaves levels and shares",
            Implies(noisy, And(C_D > 0, C_B > 0, s_D > 0, s_B > 0)),
            given=(
                "noise makes levels (dominant)",
                "noise makes levels (bulk)",
                "noise has curvature (dominant)",
                "noise has curvature (bulk)",
                "the sharpest mode is curved",
                "the sharpest bulk mode too",
                "step",
            ),
        ),
        Certified(
            "in between",
            Implies(noisy, And(s_D / (s_D + s_B) < a_inf, a_inf < n_D / (n_D + n_B))),
            given=(
                "the level exceeds its share of the flat noise",
                "and stays below its share of the sharp noise",
                "noise leaves levels and shares",
                "gap",
                "step",
                "small",
            ),
        ),
        Conclude(
            "in between for a small step",
            Implies(
                small,
                Implies(noisy, And(s_D / (s_D + s_B) < a_inf, a_inf < n_D / (n_D + n_B))),
            ),
            given=("small", "in between"),
        ),
        Follows(
            "limit between the noise shares",
            between,
            given=("in between for a small step",),
        ),
        # --- from the minimiser every mode stays below its level
        Suppose("noisy", noisy),
        Suppose("all below", below, given=("every mode is stable",)),
        Modewise("contractions are not negative", ForAllModes(rho >= 0), squares=(1 - eta * lam,)),
        Modewise(
            "contractions are at most 1",
            ForAllModes(rho <= 1),
            given=("every mode is stable", "positive", "step"),
        ),
        Modewise(
            "dominant modes forget faster",
            ForDominantModes(rho <= rho_k1 - rho_gap),
            given=("gap", "positive", "step", "small"),
        ),
        Modewise(
            "than any bulk mode",
            ForBulkModes(rho >= rho_k1),
            given=("gap", "positive", "step", "small"),
        ),
        Modewise(
            "and than the flattest",
            ForBulkModes(rho <= rho_d),
            given=("gap", "positive", "step", "small"),
        ),
        Certified("the bulk contracts", rho_k1 < 1, given=("gap", "positive", "step", "small")),
        Certified("all of it", rho_d < 1, given=("gap", "positive", "step", "small")),
        Certified("the gap is positive", rho_gap > 0, given=("gap", "step", "small")),
        Certified(
            "but not at once",
            rho_k1 > 0,
            given=("gap", "positive", "step", "small"),
            squares=(1 - eta * lambda_k,),
        ),
        Modewise(
            "no energy is negative",
            ForAllModes(excess >= -c),
            given=("every mode is stable",),
            keep=(c,),
        ),
        Preserved("below for ever", Always(below), given=("additive", "all below")),
        OneStepLater(
            "two steps later (dominant)", Eq(Next(D_next), C_D + RRE_D), given=("additive",)
        ),
        OneStepLater("two steps later (bulk)", Eq(Next(B_next), C_B + RRE_B), given=("additive",)),
        Modewise(
            "what a step adds is not negative",
            ForAllModes(excess * (1 - rho) <= 0),
            given=("all below", "contractions are at most 1"),
            keep=(excess, rho),
        ),
        SummedInTime(
            "once falling, falling: the certificate",
            Next(S) <= rho_k1 * S,
            given=(
                "two steps later (dominant)",
                "two steps later (bulk)",
                "all below",
                "what a step adds is not negative",
                *MODES,
            ),
            by=("SA-9/levels and excesses",),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        Summed(
            "falling means above the limit",
            (1 - rho_k1) * W <= S,
            given=("all below", *MODES),
            by=("SA-9/levels and excesses",),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        *(
            step
            for name, energy, noise, by in (
                ("dominant", D_next, n_D, "SA-1/dominant energy"),
                ("bulk", B_next, n_B, "SA-1/bulk energy"),
            )
            for step in (
                Summed(
                    f"{name} noise feeds its block",
                    energy >= eta**2 * noise,
                    by=(by,),
                    squares=(1 - eta * lam_i, 1 - eta * lam_j),
                ),
                Certified(
                    f"so {name} energy is positive from the first step on",
                    energy > 0,
                    given=(f"{name} noise feeds its block", "noisy", "step"),
                ),
            )
        ),
        CertifiedInTime(
            "falling goes on",
            Implies(falling, NextHolds(falling)),
            given=(
                "once falling, falling: the certificate",
                "but not at once",
                "so dominant energy is positive from the first step on",
                "so bulk energy is positive from the first step on",
            ),
            keep=(S, rho_k1),
        ),
        Induction(
            "and on",
            Always(Implies(falling, Always(falling))),
            given=("falling goes on", "below for ever", "additive"),
        ),
        Certified(
            "what falling is",
            Implies(falling, a_next < a),
            given=(
                "so dominant energy is positive from the first step on",
                "so bulk energy is positive from the first step on",
            ),
        ),
        Certified(
            "where it falls",
            Implies(falling, W < 0),
            given=("falling means above the limit", "the bulk contracts"),
            keep=(S, rho_k1, W),
        ),
        Certified(
            "that is above the limit",
            Implies(And(W < 0, D > 0, B > 0), a > a_inf),
            given=("noise leaves levels and shares", "noisy"),
            by=("SA-9/levels and excesses",),
        ),
        Follows(
            "falling and above the limit",
            Implies(falling, going_down),
            given=("what falling is", "where it falls", "that is above the limit"),
        ),
        Throughout(
            "always so",
            Always(Implies(falling, going_down)),
            given=("falling and above the limit", "below for ever", "additive"),
        ),
        Follows(
            "once falling, only down",
            Always(Implies(falling, Always(going_down))),
            given=("and on", "always so"),
        ),
        Conclude(
            "once falling, only down, if all are below",
            Implies(below, Always(Implies(falling, Always(going_down)))),
            given=("all below", "once falling, only down"),
        ),
        Suppose("at rest", Eq(G, 0)),
        Certified("no dominant energy", Eq(D, 0), given=("at rest",)),
        Certified("no bulk energy", Eq(B, 0), given=("at rest",)),
        Modewise("energies are not negative", ForAllModes(g2 >= 0)),
        Member("dominant parts", ForDominantModes(g2 <= D), given=("energies are not negative",)),
        Member("bulk parts", ForBulkModes(g2 <= B), given=("energies are not negative",)),
        Modewise(
            "all below at rest",
            below,
            given=(
                "no dominant energy",
                "no bulk energy",
                "dominant parts",
                "bulk parts",
                "levels are not negative",
            ),
            keep=(c,),
        ),
        Modewise(
            "at rest, mode by mode",
            ForAllModes(Eq(c + excess, 0)),
            given=(
                "no dominant energy",
                "no bulk energy",
                "dominant parts",
                "bulk parts",
                "every mode is stable",
            ),
            keep=(c,),
        ),
        SummedInTime(
            "at rest it starts to fall",
            Next(S) <= -(1 - rho_k1) * (1 - rho_d) * rho_gap * C_D * C_B,
            given=(
                "two steps later (dominant)",
                "two steps later (bulk)",
                "at rest, mode by mode",
                *MODES,
            ),
            by=("SA-9/levels and excesses",),
            keep=(rho, c, excess, rho_k1, rho_gap, rho_d),
        ),
        Certified(
            "by something",
            (1 - rho_k1) * (1 - rho_d) * rho_gap * C_D * C_B > 0,
            given=(
                "the bulk contracts",
                "all of it",
                "the gap is positive",
                "noise leaves levels and shares",
                "noisy",
            ),
            keep=(rho_k1, rho_d, rho_gap),
        ),
        CertifiedInTime(
            "the first step leaves it falling",
            NextHolds(falling),
            given=(
                "at rest it starts to fall",
                "so dominant energy is positive from the first step on",
                "so bulk energy is positive from the first step on",
                "by something",
            ),
            keep=(rho_k1, rho_d, rho_gap),
        ),
        Follows(
            "so it falls from the first step on",
            Always(Implies(falling, Always(going_down))),
            given=("once falling, only down, if all are below", "all below at rest"),
        ),
        FromNextOn(
            "only down",
            NextHolds(Always(going_down)),
            given=("the first step leaves it falling", "so it falls from the first step on"),
        ),
        Conclude(
            "only down, from rest",
            Implies(Eq(G, 0), NextHolds(Always(going_down))),
            given=("at rest", "only down"),
        ),
        Conclude(
            "only down, from rest, with noise",
            Implies(noisy, Implies(Eq(G, 0), NextHolds(Always(going_down)))),
            given=("noisy", "only down, from rest"),
        ),
        Conclude(
            "only down, from rest, with noise and a small step",
            Implies(
                small,
                Implies(noisy, Implies(Eq(G, 0), NextHolds(Always(going_down)))),
            ),
            given=("small", "only down, from rest, with noise"),
        ),
        Follows(
            "then only down",
            only_down,
            given=("only down, from rest, with noise and a small step",),
        ),
    ),
    mutants={
        "noise switched off lets it rise": Implies(
            And(moving, small), With(a_next, "noise", 0) > a
        ),
        "from the minimiser it rises to the limit": Implies(
            And(Eq(G, 0), noisy, small), NextHolds(a < a_inf)
        ),
        "geometrically, with twice the gap": Implies(
            And(quiet, small), D_next * B * rho_k1 <= (rho_k1 - 2 * rho_gap) * D * B_next
        ),
        "gradient descent ends aligned": Implies(And(quiet, moving, small), a_next >= a),
        "gradient descent falls for every stable step": Implies(
            And(quiet, moving, eta * lambda_1 < 2), a_next < a
        ),
        "two phases from the minimiser": Implies(
            And(Eq(G, 0), noisy, small), NextHolds(a_next >= a)
        ),
        "the limit is the noise share": Implies(And(noisy, small), Eq(a_inf, n_D / (n_D + n_B))),
    },
    owes=("symbolic", "certified", "exact", "property"),
    examples={
        "gradient descent never ends aligned": Example(
            {
                "dominant": [["1", "1", "0"]],
                "bulk": [["1/10", "1", "0"]],
                "step_size": "1/2",
                "horizon": 40,
            },
            {With(a, "time", 39): "1.8e-22"},
        ),
        "unless the step is large": Example(
            {
                "dominant": [["1", "1", "0"]],
                "bulk": [["1/10", "1", "0"]],
                "step_size": "19/10",
                "horizon": 40,
            },
            {a: "1/2", With(a, "time", 39): "0.9997"},
        ),
        "from the minimiser": Example(
            {
                "dominant": [["1", "0", "1"]],
                "bulk": [["1/10", "0", "1"]],
                "step_size": "1/2",
                "horizon": 5,
            },
            {a_next: "100/101", a_inf: "13/14", With(a, "time", 3): "0.97972"},
        ),
    },
    notes=(
        "Turning the noise off, in a settled run or any other, makes alignment fall for good; "
        "turning it on in a state with every direction above its level is SA-9.",
        "At two levels and eta in (2/(lambda+mu), 2/lambda) alignment reaches 1 in one step if "
        "eta mu = 1; the specification's 'rises to 1' includes this.",
    ),
    domain=Domain(horizon=4, quiet=None, two_level=None),
)
