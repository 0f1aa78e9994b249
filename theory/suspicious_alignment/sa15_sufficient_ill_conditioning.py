"""Enough ill-conditioning at the gap makes the projection interval non-empty, in any dimension."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.claim import Claim, Domain, Example
from theory.steps import Certified, Summed
from theory.vocabulary import (
    B,
    D,
    M,
    X,
    Y,
    a,
    eta_bulk,
    eta_dom,
    k,
    kappa,
    kappa_min,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    m1_B,
    m1_D,
    noise_level,
    noise_ratio,
    s_B,
    s_D,
    t_B,
    t_D,
    tau,
)

two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
isotropic = And(Eq(t_D, k * noise_level), Eq(t_B, M * noise_level))
interval = eta_dom < eta_bulk
bound = (1 + t_B / B) / (1 + t_D / D)
limit = M * a / (k * (1 - a))
BLOCKS = (
    "dominant sum of noisy curvature",
    "bulk sum of noisy curvature",
    "positive",
    "dominant",
    "bulk",
)
COUNTED = (
    "the noise level is not negative",
    "there is a dominant direction",
    "there is a bulk direction",
)

claim = Claim(
    id="SA-15",
    title="Sufficient ill-conditioning",
    source="abstract, A3 (our formalisation)",
    functional="none",
    assumptions={"positive": lambda_d > 0, "dominant": D > 0, "bulk": B > 0},
    conclusion={
        "sufficient": Implies(kappa > bound, interval),
        "tight for two levels": Implies(two_level, Equivalent(interval, kappa > bound)),
        "two levels, isotropic noise": Implies(
            And(two_level, isotropic), Equivalent(interval, kappa > kappa_min)
        ),
        "much noise": Implies(
            tau > 0,
            And(
                kappa_min - limit <= a / (k * tau),
                limit - kappa_min <= M * a**2 / (k**2 * (1 - a) * tau),
            ),
        ),
        "total noise": Implies(And(kappa >= 1 + noise_ratio / (1 - a), t_D > 0), interval),
        "total noise, isotropic": Implies(
            And(kappa >= 1 + noise_ratio / (1 - a), isotropic, lambda_k > lambda_k1), interval
        ),
        "near full alignment": Implies(
            a >= Rational(1, 2), kappa_min >= M * tau / ((1 - a) * (1 + 2 * k * tau))
        ),
    },
    derivation=(
        Summed(
            "dominant sum of noisy curvature",
            m1_D + s_D >= lambda_k * (D + t_D),
        ),
        Summed(
            "bulk sum of noisy curvature",
            m1_B + s_B <= lambda_k1 * (B + t_B),
        ),
        Summed(
            "dominant sum, from above",
            m1_D + s_D <= lambda_1 * (D + t_D),
        ),
        Summed(
            "bulk sum, from below",
            m1_B + s_B >= lambda_d * (B + t_B),
        ),
        Summed("there is a dominant direction", k > 0),
        Summed("there is a bulk direction", M > 0),
        Certified(
            "noisy dominant curvature is positive",
            m1_D + s_D > 0,
            given=("dominant sum of noisy curvature", "positive", "dominant"),
        ),
        Certified(
            "noisy bulk curvature is positive",
            m1_B + s_B > 0,
            given=("bulk sum, from below", "positive", "bulk"),
        ),
        Certified(
            "the noise level is not negative",
            And(noise_level >= 0, tau >= 0, k * noise_level >= 0),
            given=(*BLOCKS, "there is a dominant direction", "there is a bulk direction"),
        ),
        Certified("compare the noisy curvatures", Implies(kappa > bound, X > Y), given=BLOCKS),
        Certified(
            "so the interval is not empty",
            Implies(kappa > bound, interval),
            given=("compare the noisy curvatures", *BLOCKS),
            by=("SA-14/interval",),
            keep=(eta_dom, eta_bulk, X, Y),
        ),
        Certified(
            "with two levels the bounds are equations",
            Implies(
                two_level,
                And(
                    Eq(m1_D, lambda_k * D + lambda_k * t_D - s_D),
                    Eq(m1_B, lambda_k1 * B + lambda_k1 * t_B - s_B),
                ),
            ),
            given=(*BLOCKS, "dominant sum, from above", "bulk sum, from below"),
        ),
        Certified(
            "so the comparison is exact",
            Implies(two_level, Equivalent(X > Y, kappa > bound)),
            given=("with two levels the bounds are equations", *BLOCKS),
        ),
        Certified(
            "two levels: exactly then",
            Implies(two_level, Equivalent(interval, kappa > bound)),
            given=("so the comparison is exact", *BLOCKS),
            by=("SA-14/interval",),
            keep=(eta_dom, eta_bulk, X, Y, kappa),
        ),
        Certified(
            "isotropic noise",
            Implies(isotropic, Eq(kappa_min, bound)),
            given=(*BLOCKS, "there is a dominant direction", "there is a bulk direction"),
            keep=(noise_level,),
        ),
        Certified(
            "two names for one bound",
            Implies(isotropic, Equivalent(kappa > kappa_min, kappa > bound)),
            given=("isotropic noise", *BLOCKS, *COUNTED),
            keep=(kappa_min, kappa, noise_level),
        ),
        Certified(
            "two levels, isotropic noise: exactly then",
            Implies(And(two_level, isotropic), Equivalent(interval, kappa > kappa_min)),
            given=("two names for one bound", "two levels: exactly then", *BLOCKS, *COUNTED),
            keep=(kappa_min, kappa, noise_level, eta_dom, eta_bulk),
        ),
        Certified(
            "distance to the limit",
            Implies(
                tau > 0,
                And(
                    kappa_min - limit <= a / (k * tau),
                    limit - kappa_min <= M * a**2 / (k**2 * (1 - a) * tau),
                ),
            ),
            given=(*BLOCKS, "there is a dominant direction", "there is a bulk direction"),
            keep=(tau,),
        ),
        Certified(
            "all noise in the bulk is the worst case",
            Implies(And(kappa >= 1 + noise_ratio / (1 - a), t_D > 0), kappa > bound),
            given=BLOCKS,
        ),
        Certified(
            "total noise: the interval",
            Implies(And(kappa >= 1 + noise_ratio / (1 - a), t_D > 0), interval),
            given=(
                "all noise in the bulk is the worst case",
                "so the interval is not empty",
                *BLOCKS,
            ),
            keep=(eta_dom, eta_bulk, kappa),
        ),
        Certified(
            "isotropic noise leaves some for the dominant directions",
            Implies(
                And(kappa >= 1 + noise_ratio / (1 - a), isotropic, lambda_k > lambda_k1),
                kappa > bound,
            ),
            given=(*BLOCKS, *COUNTED),
            keep=(noise_level,),
        ),
        Certified(
            "total noise, isotropic: the interval",
            Implies(
                And(kappa >= 1 + noise_ratio / (1 - a), isotropic, lambda_k > lambda_k1), interval
            ),
            given=(
                "isotropic noise leaves some for the dominant directions",
                "so the interval is not empty",
                *BLOCKS,
                *COUNTED,
            ),
            keep=(eta_dom, eta_bulk, kappa, noise_level),
        ),
        Certified(
            "what is left of the bulk",
            Implies(a >= Rational(1, 2), kappa_min >= M * tau / ((1 - a) * (1 + 2 * k * tau))),
            given=(*BLOCKS, *COUNTED),
            keep=(tau,),
        ),
    ),
    mutants={
        "condition number alone": Implies(And(two_level, isotropic, kappa >= 100), interval),
        "the bound for ten bulk directions serves all": Implies(
            And(two_level, isotropic, kappa > (1 + 10 * tau / (1 - a)) / (1 + k * tau / a)),
            interval,
        ),
        "one per cent less": Implies(kappa > Rational(99, 100) * bound, interval),
        "tight for all spectra": Equivalent(interval, kappa > bound),
        "without the share of the bulk": Implies(And(kappa >= 1 + noise_ratio, t_D > 0), interval),
    },
    examples={
        "a wide bulk": Example(
            {
                "dominant": [["100", "9/10", "1/100"]],
                "bulk": [["1", "1/100000", "1/100"]] * 10_000,
                "step_size": "1",
            },
            {kappa_min: "990", eta_dom: "0.01978", eta_bulk: "0.001998"},
        ),
        "a narrow bulk": Example(
            {
                "dominant": [["100", "9/10", "1/100"]],
                "bulk": [["1", "1/100", "1/100"]] * 10,
                "step_size": "1",
            },
            {kappa_min: "1.978"},
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(gap=None, two_level=None, isotropic=None),
)
