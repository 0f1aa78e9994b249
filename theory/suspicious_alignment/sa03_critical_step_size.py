"""Below the critical step size alignment falls, above it alignment rises; if q <= 0 it always falls."""

from sympy import And, Eq, Implies, sign

from theory.claim import Claim, Domain
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
    },
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(indefinite=None),
)
