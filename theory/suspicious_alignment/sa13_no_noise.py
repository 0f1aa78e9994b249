"""Without noise, or from the minimiser, there are no two phases: alignment only falls."""

from sympy import And, Eq, Implies, symbols

from theory.claim import Claim, Domain, Example
from theory.language import Always, ForAllModes, ForBulkModes, ForDominantModes, NextHolds, With
from theory.reasoning import Conclude, Follows, Suppose
from theory.steps import Certified, ModeByMode, Modewise, Summed, Throughout
from theory.vocabulary import (
    C_B,
    C_D,
    B,
    B_next,
    D,
    D_next,
    G,
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
        "first step from the minimiser": from_rest,
        "then only down": Implies(
            And(Eq(G, 0), noisy, small), NextHolds(Always(And(a_next < a, a > a_inf)))
        ),
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
    ),
    checked_only={
        "then only down": "an induction over time with one quantity per pair of modes, which no "
        "schema expresses; checked along exact runs"
    },
    mutants={
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
        "Turning the noise off in a settled run is the first part; turning it on in a state with "
        "every direction above its level is SA-9.",
        "At two levels and eta in (2/(lambda+mu), 2/lambda) alignment reaches 1 in one step if "
        "eta mu = 1; the specification's 'rises to 1' includes this.",
    ),
    domain=Domain(horizon=4, quiet=None, two_level=None),
)
