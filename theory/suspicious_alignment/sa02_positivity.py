"""Both curvature contrasts are positive; noise-free, eta* is 2 over a mean of lambda_i+lambda_j."""

from sympy import And, Eq, Implies, Rational, sign, symbols

from theory.claim import Claim, Domain, Example
from theory.steps import Certified, Instantiate, Summed
from theory.vocabulary import (
    B,
    D,
    G_next,
    a,
    a_next,
    eta,
    eta_star_0,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    m1_B,
    m1_D,
    m2_B,
    m2_D,
    p,
    q,
    q_0,
)

x, lam_i, lam_j = symbols("x lam_i lam_j", real=True)
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))

one_k_one_d = And(  # all dominant energy at lambda_k, all bulk energy at lambda_d
    Eq(m1_D, lambda_k * D),
    Eq(m2_D, lambda_k**2 * D),
    Eq(m1_B, lambda_d * B),
    Eq(m2_B, lambda_d**2 * B),
)
one_1_one_k1 = And(  # all dominant energy at lambda_1, all bulk energy at lambda_{k+1}
    Eq(m1_D, lambda_1 * D),
    Eq(m2_D, lambda_1**2 * D),
    Eq(m1_B, lambda_k1 * B),
    Eq(m2_B, lambda_k1**2 * B),
)

claim = Claim(
    id="SA-2",
    title="Positivity and the noise-free critical step",
    source="abstract, A1 (our formalisation)",
    functional="none",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
    },
    conclusion={
        "contrast": p >= (lambda_k - lambda_k1) * D * B,
        "p": p > 0,
        "noise-free q": q_0 > 0,
        "lower bound": eta_star_0 >= 2 / (lambda_1 + lambda_k1),
        "upper bound": eta_star_0 <= 2 / (lambda_k + lambda_d),
        "stable for every state": Implies(
            lambda_k + lambda_d > lambda_1, eta_star_0 < 2 / lambda_1
        ),
        "upper bound attained": Implies(one_k_one_d, Eq(eta_star_0, 2 / (lambda_k + lambda_d))),
        "lower bound attained": Implies(one_1_one_k1, Eq(eta_star_0, 2 / (lambda_1 + lambda_k1))),
        "two-level": Implies(two_level, Eq(eta_star_0, 2 / (lambda_k + lambda_k1))),
        "next energy": G_next > 0,
    },
    derivation=(
        Summed("pair the modes", p >= (lambda_k - lambda_k1) * D * B),
        Certified("p is positive", p > 0, given=("pair the modes", "gap", "dominant", "bulk")),
        Summed(
            "each pair's curvature sum is at least lambda_k + lambda_d",
            q_0 >= (lambda_k + lambda_d) * p,
        ),
        Certified(
            "their contrast is positive",
            q_0 > 0,
            given=(
                "each pair's curvature sum is at least lambda_k + lambda_d",
                "p is positive",
                "gap",
                "positive",
            ),
            keep=(p, q_0),
        ),
        Summed(
            "each pair's curvature sum is at most lambda_1 + lambda_{k+1}",
            (lambda_1 + lambda_k1) * p >= q_0,
        ),
        Certified(
            "so the critical step is not smaller",
            eta_star_0 >= 2 / (lambda_1 + lambda_k1),
            given=(
                "each pair's curvature sum is at most lambda_1 + lambda_{k+1}",
                "their contrast is positive",
                "gap",
                "positive",
            ),
            keep=(p, q_0),
        ),
        Certified(
            "so the critical step is not larger",
            eta_star_0 <= 2 / (lambda_k + lambda_d),
            given=(
                "each pair's curvature sum is at least lambda_k + lambda_d",
                "their contrast is positive",
                "gap",
                "positive",
            ),
            keep=(p, q_0),
        ),
        Certified(
            "the upper bound is a stable step",
            Implies(lambda_k + lambda_d > lambda_1, eta_star_0 < 2 / lambda_1),
            given=(
                "each pair's curvature sum is at least lambda_k + lambda_d",
                "p is positive",
                "their contrast is positive",
                "gap",
                "positive",
            ),
            keep=(p, q_0),
        ),
        Certified(
            "one pair at the upper bound",
            Implies(one_k_one_d, Eq(eta_star_0, 2 / (lambda_k + lambda_d))),
            given=("their contrast is positive", "gap", "positive", "dominant", "bulk"),
        ),
        Certified(
            "one pair at the lower bound",
            Implies(one_1_one_k1, Eq(eta_star_0, 2 / (lambda_1 + lambda_k1))),
            given=("their contrast is positive", "gap", "positive", "dominant", "bulk"),
        ),
        Certified(
            "the bounds meet",
            Implies(two_level, Eq(eta_star_0, 2 / (lambda_k + lambda_k1))),
            given=(
                "each pair's curvature sum is at most lambda_1 + lambda_{k+1}",
                "each pair's curvature sum is at least lambda_k + lambda_d",
                "their contrast is positive",
                "gap",
                "positive",
            ),
            keep=(p, q_0),
        ),
        Summed(
            "dominant spread about x",
            m2_D - 2 * x * m1_D + x**2 * D >= 0,
            squares=(lam_i - x,),
        ),
        Summed("bulk spread about x", m2_B - 2 * x * m1_B + x**2 * B >= 0, squares=(lam_j - x,)),
        Instantiate(
            "dominant Cauchy-Schwarz",
            m2_D >= m1_D**2 / D,
            given=("dominant spread about x",),
            variable=x,
            value=m1_D / D,
        ),
        Instantiate(
            "bulk Cauchy-Schwarz",
            m2_B >= m1_B**2 / B,
            given=("bulk spread about x",),
            variable=x,
            value=m1_B / B,
        ),
        Certified(
            "each block is at least the square of its mean contraction",
            D * B * G_next >= B * (D - eta * m1_D) ** 2 + D * (B - eta * m1_B) ** 2,
            given=("dominant Cauchy-Schwarz", "bulk Cauchy-Schwarz", "dominant", "bulk"),
            by=("SA-1/dominant energy", "SA-1/bulk energy"),
        ),
        Certified(
            "the mean contractions cannot both vanish",
            B * (D - eta * m1_D) ** 2 + D * (B - eta * m1_B) ** 2 > 0,
            given=("p is positive", "dominant", "bulk", "step"),
            squares=(D + B - eta * m1_D - eta * m1_B,),
        ),
        Certified(
            "both blocks cannot vanish in one step",
            G_next > 0,
            given=(
                "each block is at least the square of its mean contraction",
                "the mean contractions cannot both vanish",
                "dominant",
                "bulk",
            ),
            keep=(G_next,),
        ),
    ),
    mutants={
        "critical step below the stability limit": eta_star_0 < 2 / lambda_1,
        "extreme eigenvalues": Eq(eta_star_0, 2 / (lambda_1 + lambda_d)),
        "contrast with twice the gap": p >= 2 * (lambda_k - lambda_k1) * D * B,
        "contrast one per cent larger": p >= Rational(101, 100) * (lambda_k - lambda_k1) * D * B,
    },
    weaker={"gap": lambda_k >= lambda_k1, "dominant": D >= 0, "bulk": B >= 0},
    examples={
        "no gap": Example(
            {"dominant": [["1", "1", "1"]], "bulk": [["1", "1", "0"]], "step_size": "1"},
            {p: "0", q: "1", sign(a_next - a): "1"},
        ),
        "a critical step beyond the stability limit": Example(
            {
                "dominant": [["10", "1/1000", "0"], ["1", "1", "0"]],
                "bulk": [["1/10", "1", "0"]],
                "step_size": "1",
            },
            {eta_star_0: "6740/4037", 2 / lambda_1: "1/5"},
        ),
        "three eigenvalues": Example(
            {
                "dominant": [["3", "1", "0"]],
                "bulk": [["2", "1", "0"], ["1", "1", "0"]],
                "step_size": "1",
            },
            {eta_star_0: "6/13", 2 / (lambda_1 + lambda_d): "1/2"},
        ),
        "indefinite": Example(
            {"dominant": [["1", "1", "0"]], "bulk": [["-2", "1", "0"]], "step_size": "1"},
            {p: "3", q: "-3"},
        ),
    },
    implied={"step": "only the last part mentions eta, through its square and against p > 0"},
    owes=("symbolic", "certified", "property"),
    domain=Domain(),
)
