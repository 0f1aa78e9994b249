"""Below the critical step alignment falls, above it alignment rises; if q <= 0 it always falls."""

from sympy import And, Eq, Implies, Rational, sign

from theory.claim import Claim, Domain, Example
from theory.language import With
from theory.steps import Algebra, Certified, Solve
from theory.vocabulary import (
    B,
    D,
    Delta_r,
    Delta_s,
    S,
    a,
    a_next,
    eta,
    eta_star,
    lambda_k,
    lambda_k1,
    m2_B,
    m2_D,
    n_B,
    n_D,
    p,
    q,
    t_B,
    t_D,
)

claim = Claim(
    id="SA-3",
    title="The critical step size",
    source="abstract, A1 and A2 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
    },
    conclusion={
        "low alignment": Implies(
            q > 0, And(eta_star > 0, Eq(sign(a_next - a), sign(eta - eta_star)))
        ),
        "high alignment": Implies(q <= 0, a_next < a),
        "the infinite step": Implies(
            m2_D + n_D + m2_B + n_B > 0,
            Eq(sign(q), sign((m2_D + n_D) / (m2_D + n_D + m2_B + n_B) - a)),
        ),
        "block form of the critical step": Implies(
            q > 0, Eq(1 / eta_star, (Delta_s + n_D / D - n_B / B) / (2 * Delta_r))
        ),
        "block form": Eq(p / (D * B), Delta_r),
        "block form of q": Eq(q / (D * B), Delta_s + n_D / D - n_B / B),
    },
    derivation=(
        Solve(
            "the step that leaves alignment unchanged",
            Eq(eta_star, 2 * p / q),
            by=("SA-1/dominant energy", "SA-1/bulk energy"),
            equation=S,
        ),
        Certified(
            "low states: the sign of eta - eta*",
            Implies(q > 0, And(eta_star > 0, Eq(sign(a_next - a), sign(eta - eta_star)))),
            given=("dominant", "bulk", "step"),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/p", "SA-2/next energy"),
        ),
        Certified(
            "high states: always down",
            Implies(q <= 0, a_next < a),
            given=("dominant", "bulk", "step"),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/p", "SA-2/next energy"),
        ),
        Certified(
            "the gradient of an infinite step",
            Implies(
                m2_D + n_D + m2_B + n_B > 0,
                Eq(sign(q), sign((m2_D + n_D) / (m2_D + n_D + m2_B + n_B) - a)),
            ),
            given=("dominant", "bulk"),
        ),
        Certified(
            "divide q by 2 p",
            Implies(q > 0, Eq(1 / eta_star, (Delta_s + n_D / D - n_B / B) / (2 * Delta_r))),
            given=("dominant", "bulk"),
            by=("SA-2/p",),
        ),
        Algebra("p per block energy", Eq(p / (D * B), Delta_r)),
        Algebra("q per block energy", Eq(q / (D * B), Delta_s + n_D / D - n_B / B)),
    ),
    mutants={
        "half the step": Implies(q > 0, Eq(sign(a_next - a), sign(eta - eta_star / 2))),
        "a large step still raises": Implies(And(q <= 0, eta > 1), a_next >= a),
        "only the total noise matters": Implies(
            q > 0,
            Eq(
                sign(a_next - a),
                sign(eta * ((m2_D + t_D) * B - D * (m2_B + t_B)) - 2 * p),
            ),
        ),
        "always falls": a_next < a,
        "one per cent longer": Implies(
            q > 0, Eq(sign(a_next - a), sign(eta - Rational(101, 100) * eta_star))
        ),
        "a rise is possible without dominant noise only": Implies(And(q > 0, n_D > 0), a_next <= a),
    },
    weaker={"gap": lambda_k >= lambda_k1, "dominant": D >= 0, "bulk": B >= 0, "step": eta >= 0},
    examples={
        "I1": Example(
            {"dominant": [["1", "4", "9"]], "bulk": [["1/2", "4", "4"]], "step_size": "1/2"},
            {
                p: "8",
                q: "44",
                eta_star: "4/11",
                p / q: "2/11",
                a: "1/2",
                With(a_next, "step", Rational(3, 11)): "337/707",
                With(a_next, "step", Rational(4, 11)): "1/2",
                a_next: "13/23",
            },
        ),
        "a high state": Example(
            {"dominant": [["1", "9", "1"]], "bulk": [["1/2", "1", "100"]], "step_size": "1"},
            {
                q: "-869/4",
                a: "9/10",
                With(a_next, "step", Rational(1, 100)): "352840/392541",
                a_next: "4/105",
                With(a_next, "step", 4): "97/498",
                With(a_next, "step", 1000): "0.2833",
            },
        ),
        "I1 with the variances exchanged": Example(
            {"dominant": [["1", "4", "4"]], "bulk": [["1/2", "4", "9"]], "step_size": "1/2"},
            {eta_star: "16/19"},
        ),
        "no bulk energy": Example(
            {"dominant": [["2", "1", "1"]], "bulk": [["1", "0", "0"]], "step_size": "1/2"},
            {
                q: "0",
                a: "1",
                a_next: "1",
                With(a_next, "step", 5): "1",
            },
        ),
    },
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(indefinite=None),
)
