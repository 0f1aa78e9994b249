"""With momentum the change of alignment is a full quadratic in the step: up to two roots."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.claim import Claim, Domain, Example
from theory.language import With
from theory.steps import Algebra, Certified, Expectation
from theory.vocabulary import (
    B_next,
    D_next,
    G,
    G_next,
    S,
    a,
    a_next,
    c_0,
    eta,
    gy_B,
    gy_D,
    m2_B,
    m2_D,
    n_B,
    n_D,
    p,
    p_1,
    q,
    theta,
    y2_B,
    y2_D,
)

dominant = Eq(D_next, y2_D - 2 * eta * gy_D + eta**2 * (m2_D + n_D))
bulk = Eq(B_next, y2_B - 2 * eta * gy_B + eta**2 * (m2_B + n_B))
difference = Eq(S, c_0 - 2 * p_1 * eta + q * eta**2)
between = (q * eta - p_1) ** 2 < p_1**2 - q * c_0
outside = (q * eta - p_1) ** 2 > p_1**2 - q * c_0
small_steps = Implies(And(c_0 > 0, eta > 0, eta < 1, eta * (2 + p_1**2 + q**2) < c_0), a_next > a)
averages = ("average the squared update (dominant)", "average the squared update (bulk)")

claim = Claim(
    id="SA-19",
    title="Momentum breaks the single threshold",
    source="extension (our formalisation)",
    functional="ratio of expectations",
    assumptions={"energy": G > 0, "next energy": G_next > 0},
    conclusion={
        "dominant energy": dominant,
        "bulk energy": bulk,
        "cross difference": difference,
        "q > 0: falls between two roots": Implies(q > 0, Equivalent(between, a_next < a)),
        "q < 0: falls outside them": Implies(q < 0, Equivalent(outside, a_next < a)),
        "q = 0: one root": Implies(Eq(q, 0), Equivalent(c_0 < 2 * p_1 * eta, a_next < a)),
        "small steps": small_steps,
    },
    derivation=(
        Expectation(averages[0], dominant, update="heavy ball"),
        Expectation(averages[1], bulk, update="heavy ball"),
        Algebra("expand the cross difference", difference, given=averages),
        Algebra("one denominator", Eq(a_next - a, S / (G * G_next))),
        Certified(
            "complete the square, q > 0",
            Implies(q > 0, Equivalent(between, a_next < a)),
            given=(*averages, "energy", "next energy"),
        ),
        Certified(
            "complete the square, q < 0",
            Implies(q < 0, Equivalent(outside, a_next < a)),
            given=(*averages, "energy", "next energy"),
        ),
        Certified(
            "without the square",
            Implies(Eq(q, 0), Equivalent(c_0 < 2 * p_1 * eta, a_next < a)),
            given=(*averages, "energy", "next energy"),
        ),
        Certified(
            "the constant term wins for small steps",
            Implies(
                And(c_0 > 0, eta > 0, eta < 1, eta * (2 + p_1**2 + q**2) < c_0),
                c_0 - 2 * p_1 * eta + q * eta**2 > 0,
            ),
            keep=(c_0, p_1, q),
            squares=(p_1 - 1, q + 1, q),
        ),
        Certified(
            "so alignment rises",
            small_steps,
            given=(*averages, "energy", "next energy", "the constant term wins for small steps"),
        ),
    ),
    mutants={
        "a single critical step": Implies(
            And(q > 0, S > 0, eta > 0), With(S, "step", eta * (1 + theta)) > 0
        ),
        "the identity without momentum": Eq(S, eta * (eta * q - 2 * p)),
        "momentum enters the constant term only": Eq(S, c_0 - 2 * p * eta + q * eta**2),
        "noise term one per cent larger": Eq(
            S, c_0 - 2 * p_1 * eta + Rational(101, 100) * q * eta**2
        ),
        "small steps lower the alignment": Implies(c_0 > 0, a_next < a),
    },
    notes=(
        "The specification counts 0, 1 or 2 critical steps. If c_0 = p' = q = 0 every step leaves "
        "alignment unchanged, so the count needs (c_0, p', q) != 0; the parts above say what holds "
        "in every case.",
    ),
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(momentum=True, square=True),
    examples={
        "every step is critical": Example(
            {
                "dominant": [["2", "1", "0", "-2"]],
                "bulk": [["1", "1", "3", "-2"]],
                "step_size": "7/5",
                "momentum": "1/2",
            },
            {c_0: "0", p_1: "0", q: "0", a: "1/2", a_next: "1/2"},
        ),
        "rises, falls, rises": Example(
            {
                "dominant": [["1", "1", "0", "1"]],
                "bulk": [["1/2", "1", "0"]],
                "step_size": "4/3",
                "momentum": "1/2",
            },
            {c_0: "5/4", p_1: "1", q: "3/4", a_next: "1/5"},
        ),
    },
)
