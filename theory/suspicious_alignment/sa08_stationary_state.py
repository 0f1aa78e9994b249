"""At stationarity the critical step is the run's own, and alignment is low, whatever the batch."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.cases import ROOT
from theory.changes import AfterChange
from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, ExpectationOfMode, Member, WithStep
from theory.language import ForAllModes, ForBulkModes, ForDominantModes, With
from theory.reasoning import Conclude, Follows, SameSign, Suppose
from theory.sealed import OfThreshold, Sealed, contrast_at
from theory.sealed import c as x_c
from theory.sealed import u as x_u
from theory.sealed import v as x_v
from theory.sealed import y as x_y
from theory.steps import Algebra, Certified, Modewise, Summed
from theory.vocabulary import (
    C_B,
    C_D,
    B,
    C_B_larger,
    C_D_larger,
    D,
    Delta_r,
    Delta_s,
    G,
    M,
    a,
    a_hat,
    a_inf,
    a_next,
    a_star,
    additive,
    c,
    c_larger,
    eta,
    eta_larger,
    eta_star,
    g2,
    g2_next,
    k,
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
    p,
    q,
    s2,
    s_B,
    s_D,
    t_B,
    t_D,
    theta,
)

HAT = ((Delta_s - 2 * Delta_r / eta) * G, n_D, n_B)
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
isotropic = Eq(t_D * M, t_B * k)
stable_larger = eta_larger * lambda_1 < 2
small = eta < 2 / (lambda_1 + lambda_k1)
with_larger_step = With(a_inf, "step", eta_larger)
dominant_part = k * lambda_k * (2 - eta * lambda_k1)
bulk_part = M * lambda_k1 * (2 - eta * lambda_k)
isotropic_start = k * lambda_k**2 / (k * lambda_k**2 + M * lambda_k1**2)
isotropic_share = dominant_part / (dominant_part + bulk_part)
isotropic_limit = Implies(And(two_level, isotropic), Eq(a_inf, isotropic_share))
isotropic_limit_of_levels = Implies(isotropic, Eq(a_inf, isotropic_share))
start_is_high = Equivalent(isotropic_start > isotropic_share, eta < 2 / (lambda_k + lambda_k1))
isotropic_high = Implies(two_level, start_is_high)
headroom = theta * eta * (1 + theta) * (lambda_k - lambda_k1)
noise = eta * lam * s2
lead = (lambda_k - lambda_k1) * (2 - eta * (lambda_1 + lambda_k1))
TEN = {
    "dominant": [["1", "1", "1"]],
    "bulk": [["1/10", "1/19", "1"]] * 10,
    "step_size": "1",
}
STABLE = ("gap", "positive", "step", "stable at the sharpest mode")
LEVELS = ("what a level is", "levels are not negative", "every mode is stable")
POSITIVE_LEVELS = ("the dominant level is positive", "the bulk level is positive")
NOISES = ("the dominant noise has curvature", "the bulk noise has curvature")

claim = Claim(
    id="SA-8",
    title="The stationary state",
    source="abstract, second half of A4 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "stable": eta < 2 / lambda_1,
        "additive": additive,
        "dominant noise": n_D > 0,
        "bulk noise": n_B > 0,
        "stationary": ForAllModes(Eq(g2_next, g2)),
        "factor": theta > 0,
    },
    conclusion={
        "levels": ForAllModes(Eq(g2, c)),
        "alignment": Eq(a, a_inf),
        "critical step": Eq(eta_star, eta),
        "low alignment": And(Eq(q, 2 * p / eta), q > 0),
        "never self-correcting": a_inf < a_star,
        "fixed-step threshold": Eq(a_inf, a_hat),
        "independent of the start": Eq(With(a_inf, "scale", theta), a_inf),
        "independent of the batch": Eq(With(a_inf, "noise", theta), a_inf),
        "rises with the step": Implies(stable_larger, with_larger_step > a_inf),
        "limit of small steps": And(
            a_inf > s_D / (s_D + s_B),
            a_inf <= 2 * s_D / (2 * s_D + (2 - eta * lambda_1) * s_B),
        ),
        "limit of large steps": And(
            ForDominantModes(a_inf >= eta * lam * s2 / (eta * lam * s2 + (2 - eta * lam) * C_B)),
            C_B * (2 - eta * lambda_k1) <= eta * s_B,
        ),
        "below the share of the noise": Implies(small, a_inf < n_D / (n_D + n_B)),
        "two levels, isotropic": isotropic_limit,
        "two levels, isotropic start": isotropic_high,
    },
    derivation=(
        # --- one mode
        Certified("the sharpest mode is curved", lambda_1 > 0, given=("gap", "positive")),
        Certified(
            "stable at the sharpest mode",
            eta * lambda_1 < 2,
            given=("stable", "the sharpest mode is curved"),
        ),
        Modewise("every mode is curved", ForAllModes(lam > 0), given=("gap", "positive")),
        Modewise("every mode is stable", ForAllModes(eta * lam < 2), given=STABLE),
        ExpectationOfMode(
            "average the squared update over the noise",
            ForAllModes(Eq((1 - eta * lam) ** 2 * g2 + eta**2 * lam**2 * s2, g2_next)),
        ),
        Modewise(
            "the only fixed point",
            ForAllModes(Eq(g2, c)),
            given=(
                "average the squared update over the noise",
                "stationary",
                "every mode is curved",
                "every mode is stable",
                "step",
            ),
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
        # --- sums
        Summed(
            "dominant energy is its level", Eq(D, C_D), given=("the only fixed point",), keep=(c,)
        ),
        Summed("bulk energy is its level", Eq(B, C_B), given=("the only fixed point",), keep=(c,)),
        Summed(
            "noise makes dominant levels",
            2 * lambda_1 * C_D >= eta * n_D,
            given=(*LEVELS, "step", "positive"),
            keep=(c,),
        ),
        Summed(
            "noise makes bulk levels",
            2 * lambda_1 * C_B >= eta * n_B,
            given=(*LEVELS, "step", "positive", "gap"),
            keep=(c,),
        ),
        Certified(
            "the dominant level is positive",
            C_D > 0,
            given=(
                "noise makes dominant levels",
                "dominant noise",
                "step",
                "the sharpest mode is curved",
            ),
        ),
        Certified(
            "the bulk level is positive",
            C_B > 0,
            given=(
                "noise makes bulk levels",
                "bulk noise",
                "step",
                "the sharpest mode is curved",
            ),
        ),
        Certified(
            "so alignment is the stationary one",
            Eq(a, a_inf),
            given=(
                "dominant energy is its level",
                "bulk energy is its level",
                *POSITIVE_LEVELS,
            ),
        ),
        # --- the critical step is the run's own
        Summed(
            "dominant energy does not change",
            Eq(D - 2 * eta * m1_D + eta**2 * (m2_D + n_D), D),
            given=("average the squared update over the noise", "stationary"),
        ),
        Summed(
            "bulk energy does not change",
            Eq(B - 2 * eta * m1_B + eta**2 * (m2_B + n_B), B),
            given=("average the squared update over the noise", "stationary"),
        ),
        Certified(
            "dominant energy",
            D > 0,
            given=("dominant energy is its level", "the dominant level is positive"),
        ),
        Certified(
            "bulk energy", B > 0, given=("bulk energy is its level", "the bulk level is positive")
        ),
        Certified(
            "the two contrasts balance",
            Eq(eta * q, 2 * p),
            given=("dominant energy does not change", "bulk energy does not change", "step"),
        ),
        Follows(
            "curvature contrast", p > 0, given=("dominant energy", "bulk energy"), by=("SA-2/p",)
        ),
        Certified(
            "low alignment",
            And(Eq(q, 2 * p / eta), q > 0),
            given=("the two contrasts balance", "curvature contrast", "step"),
            keep=(p, q),
        ),
        Certified(
            "critical step",
            Eq(eta_star, eta),
            given=("low alignment", "the two contrasts balance", "step"),
            keep=(p, q),
        ),
        SameSign(
            "below the threshold",
            a_star - a > 0,
            given=("dominant energy", "bulk energy", "low alignment", "dominant noise"),
            by=("SA-4/threshold",),
        ),
        Certified(
            "never self-correcting",
            a_inf < a_star,
            given=("below the threshold", "so alignment is the stationary one"),
            keep=(a, a_inf, a_star),
        ),
        # --- the step leaves exactly one alignment unchanged
        *(
            OfThreshold(
                name,
                general.xreplace(dict(zip((x_c, x_u, x_v, x_y), (*HAT, a_hat), strict=True))),
                given=("dominant noise", "bulk noise", "dominant energy", "bulk energy", "step"),
                word=a_hat,
                arguments=HAT,
                general=general,
                signs=(x_u > 0, x_v > 0),
                strict=True,
                squares=(x_c + x_u - x_v, ROOT - (x_c + x_u - x_v), ROOT - (x_c + x_u + x_v)),
            )
            for name, general in {
                "the fixed-step threshold solves its equation": Eq(
                    contrast_at(x_y, x_c, x_u, x_v), 0
                ),
                "it is positive": x_y > 0,
                "it is below 1": x_y < 1,
            }.items()
        ),
        Algebra(
            "what the equation says of the alignment itself",
            Eq(contrast_at(a, *HAT), (q - 2 * p / eta) / G),
            given=("dominant energy", "bulk energy", "step"),
        ),
        Certified(
            "the stationary alignment solves it too",
            Eq(contrast_at(a, *HAT), 0),
            given=(
                "what the equation says of the alignment itself",
                "the two contrasts balance",
                "step",
                "dominant energy",
                "bulk energy",
            ),
        ),
        Certified("alignment is positive", a > 0, given=("dominant energy", "bulk energy")),
        Certified("alignment is below 1", a < 1, given=("dominant energy", "bulk energy")),
        *(
            Sealed(
                name,
                Eq(contrast_at(one, *HAT) * other * (1 - other), 0),
                given=(solved, "step"),
                keep=(a, a_hat, Delta_s, Delta_r, G),
            )
            for name, one, other, solved in (
                ("put the other in", a_hat, a, "the fixed-step threshold solves its equation"),
                ("both ways", a, a_hat, "the stationary alignment solves it too"),
            )
        ),
        Sealed(
            "two solutions differ by nothing",
            Eq((a - a_hat) * (n_D * (1 - a) * (1 - a_hat) + n_B * a * a_hat), 0),
            given=("put the other in", "both ways", "step"),
            keep=(a, a_hat, Delta_s, Delta_r, G),
        ),
        Sealed(
            "as the noise pulls one way",
            n_D * (1 - a) * (1 - a_hat) + n_B * a * a_hat > 0,
            given=(
                "dominant noise",
                "bulk noise",
                "alignment is positive",
                "alignment is below 1",
                "it is positive",
                "it is below 1",
            ),
            keep=(a, a_hat),
        ),
        Sealed(
            "so they are the same",
            Eq(a_hat, a),
            given=("two solutions differ by nothing", "as the noise pulls one way"),
            keep=(a, a_hat),
        ),
        Sealed(
            "fixed-step threshold",
            Eq(a_inf, a_hat),
            given=("so they are the same", "so alignment is the stationary one"),
            keep=(a, a_inf, a_hat),
        ),
        # --- changes
        AfterChange(
            "independent of the start",
            Eq(With(a_inf, "scale", theta), a_inf),
            given=("additive", *POSITIVE_LEVELS),
        ),
        AfterChange(
            "independent of the batch",
            Eq(With(a_inf, "noise", theta), a_inf),
            given=("additive", "factor", *POSITIVE_LEVELS),
        ),
        Suppose("the larger step is stable", stable_larger),
        Modewise(
            "every mode is stable with the larger step",
            ForAllModes(eta_larger * lam < 2),
            given=("the larger step is stable", "gap", "positive", "step", "factor"),
        ),
        Modewise(
            "the larger step raises dominant levels more",
            ForDominantModes(
                c_larger * (2 - eta_larger * lambda_k) >= (1 + theta) * (2 - eta * lambda_k) * c
            ),
            given=(
                "every mode is stable with the larger step",
                "every mode is stable",
                "step",
                "factor",
                "positive",
                "gap",
                "the larger step is stable",
            ),
        ),
        Modewise(
            "than bulk levels",
            ForBulkModes(
                c_larger * (2 - eta_larger * lambda_k)
                <= ((1 + theta) * (2 - eta * lambda_k) - headroom) * c
            ),
            given=(
                "every mode is stable with the larger step",
                "every mode is stable",
                "step",
                "factor",
                "positive",
                "gap",
                "the larger step is stable",
            ),
        ),
        Modewise(
            "larger levels are not negative",
            ForAllModes(c_larger >= 0),
            given=("every mode is stable with the larger step", "positive", "step", "factor"),
        ),
        Summed(
            "dominant levels are not negative",
            C_D_larger >= 0,
            given=("larger levels are not negative",),
        ),
        Summed(
            "bulk levels are not negative",
            C_B_larger >= 0,
            given=("larger levels are not negative",),
        ),
        Summed(
            "the dominant level rises more",
            C_D_larger * (2 - eta_larger * lambda_k) >= (1 + theta) * (2 - eta * lambda_k) * C_D,
            given=("the larger step raises dominant levels more",),
        ),
        Summed(
            "than the bulk level",
            C_B_larger * (2 - eta_larger * lambda_k)
            <= ((1 + theta) * (2 - eta * lambda_k) - headroom) * C_B,
            given=("than bulk levels",),
        ),
        Certified(
            "the larger step is stable at the gap",
            eta_larger * lambda_k < 2,
            given=("the larger step is stable", "step", "factor"),
        ),
        Certified("there is headroom", headroom > 0, given=("gap", "step", "factor")),
        Certified(
            "so the share of the dominant level rises",
            C_D_larger * C_B > C_D * C_B_larger,
            given=(
                "the dominant level rises more",
                "than the bulk level",
                "the larger step is stable at the gap",
                "there is headroom",
                *POSITIVE_LEVELS,
            ),
        ),
        WithStep(
            "the stationary alignment with the larger step",
            Eq(with_larger_step, C_D_larger / (C_D_larger + C_B_larger)),
            given=("additive",),
        ),
        CertifiedInTime(
            "is larger",
            with_larger_step > a_inf,
            given=(
                "the stationary alignment with the larger step",
                "so the share of the dominant level rises",
                "dominant levels are not negative",
                "bulk levels are not negative",
                *POSITIVE_LEVELS,
            ),
        ),
        Conclude(
            "rises with the step",
            Implies(stable_larger, with_larger_step > a_inf),
            given=("the larger step is stable", "is larger"),
        ),
        # --- limits of the step
        *(
            step
            for name, block, bound in (
                ("dominant levels, at least", ForDominantModes, c * (2 - eta * lambda_k) >= noise),
                ("dominant levels, at most", ForDominantModes, c * (2 - eta * lambda_1) <= noise),
                ("bulk levels, at most", ForBulkModes, c * (2 - eta * lambda_k1) <= noise),
                ("bulk levels, at least", ForBulkModes, 2 * c >= noise),
            )
            for step in (
                Modewise(name, block(bound), given=("every mode is stable", "step", "positive")),
                Summed(
                    f"{name}, summed",
                    bound.xreplace(
                        {c: C_D, noise: eta * s_D}
                        if block is ForDominantModes
                        else {c: C_B, noise: eta * s_B}
                    ),
                    given=(name,),
                ),
            )
        ),
        Summed("dominant noise has curvature", lambda_1 * s_D >= n_D, given=("positive",)),
        Summed("bulk noise has curvature", lambda_1 * s_B >= n_B, given=("positive", "gap")),
        Certified(
            "dominant noise share",
            s_D > 0,
            given=(
                "dominant noise has curvature",
                "dominant noise",
                "the sharpest mode is curved",
            ),
        ),
        Certified(
            "bulk noise share",
            s_B > 0,
            given=("bulk noise has curvature", "bulk noise", "the sharpest mode is curved"),
        ),
        Certified("stable at the gap", eta * lambda_k < 2, given=STABLE),
        Certified(
            "both shares",
            2 * s_D + (2 - eta * lambda_1) * s_B > 0,
            given=("dominant noise share", "bulk noise share", "stable at the sharpest mode"),
        ),
        Certified(
            "limit of small steps",
            And(
                a_inf > s_D / (s_D + s_B),
                a_inf <= 2 * s_D / (2 * s_D + (2 - eta * lambda_1) * s_B),
            ),
            given=(
                "dominant levels, at least, summed",
                "dominant levels, at most, summed",
                "bulk levels, at least, summed",
                "bulk levels, at most, summed",
                "dominant noise share",
                "bulk noise share",
                "both shares",
                "stable at the gap",
                "stable at the sharpest mode",
                "gap",
                "step",
                *POSITIVE_LEVELS,
            ),
        ),
        Member("one of many", ForDominantModes(c <= C_D), given=("levels are not negative",)),
        Modewise(
            "the share of one mode",
            ForDominantModes(a_inf >= noise / (noise + (2 - eta * lam) * C_B)),
            given=(
                "one of many",
                "every mode is stable",
                "positive",
                "step",
                *POSITIVE_LEVELS,
            ),
        ),
        Certified(
            "what the bulk keeps",
            C_B * (2 - eta * lambda_k1) <= eta * s_B,
            given=("bulk levels, at most, summed",),
        ),
        Follows(
            "limit of large steps",
            And(
                ForDominantModes(a_inf >= noise / (noise + (2 - eta * lam) * C_B)),
                C_B * (2 - eta * lambda_k1) <= eta * s_B,
            ),
            given=("the share of one mode", "what the bulk keeps"),
        ),
        # --- a small step
        Suppose("small", small),
        Certified(
            "cleared step",
            eta * (lambda_1 + lambda_k1) < 2,
            given=("gap", "positive", "small"),
        ),
        Modewise(
            "dominant noise beats its level",
            ForDominantModes(eta * lam**2 * s2 >= (lambda_k1 * (2 - eta * lambda_k1) + lead) * c),
            given=(
                "what a level is",
                "levels are not negative",
                "cleared step",
                "step",
                "gap",
                "positive",
            ),
            keep=(c,),
        ),
        Modewise(
            "by more than bulk noise",
            ForBulkModes(eta * lam**2 * s2 <= lambda_k1 * (2 - eta * lambda_k1) * c),
            given=(
                "what a level is",
                "levels are not negative",
                "cleared step",
                "step",
                "gap",
                "positive",
            ),
            keep=(c,),
        ),
        Summed(
            "dominant noise beats its level, summed",
            eta * n_D >= (lambda_k1 * (2 - eta * lambda_k1) + lead) * C_D,
            given=("dominant noise beats its level",),
        ),
        Summed(
            "by more than bulk noise, summed",
            eta * n_B <= lambda_k1 * (2 - eta * lambda_k1) * C_B,
            given=("by more than bulk noise",),
        ),
        Certified("the lead is positive", lead > 0, given=("gap", "cleared step")),
        Certified(
            "so the noise is more aligned",
            eta * (n_D * C_B - n_B * C_D) > 0,
            given=(
                "dominant noise beats its level, summed",
                "by more than bulk noise, summed",
                "the lead is positive",
                *POSITIVE_LEVELS,
            ),
        ),
        Certified(
            "than the stationary state",
            a_inf < n_D / (n_D + n_B),
            given=(
                "so the noise is more aligned",
                "step",
                "dominant noise",
                "bulk noise",
                *POSITIVE_LEVELS,
            ),
        ),
        Conclude(
            "below the share of the noise",
            Implies(small, a_inf < n_D / (n_D + n_B)),
            given=("small", "than the stationary state"),
        ),
        # --- two levels
        Summed("there are dominant modes", k > 0),
        Summed("there are bulk modes", M > 0),
        Certified("is curved at the gap", lambda_k > 0, given=("gap", "positive")),
        Certified("is curved beyond it", lambda_k1 > 0, given=("positive",)),
        Suppose("two levels", two_level),
        *(
            Summed(
                name,
                relation,
                given=(
                    "two levels",
                    "what a level is",
                    "every mode is stable",
                    "levels are not negative",
                    "step",
                ),
                keep=(c,),
            )
            for name, relation in {
                "dominant level, not less": C_D * (2 - eta * lambda_k) >= eta * lambda_k * t_D,
                "dominant level, not more": C_D * (2 - eta * lambda_k) <= eta * lambda_k * t_D,
                "bulk level, not less": C_B * (2 - eta * lambda_k1) >= eta * lambda_k1 * t_B,
                "bulk level, not more": C_B * (2 - eta * lambda_k1) <= eta * lambda_k1 * t_B,
            }.items()
        ),
        Certified(
            "the larger level has stable room",
            And(2 - eta * lambda_k > 0, 2 - eta * lambda_k1 > 0),
            given=("stable at the gap", "gap", "step"),
        ),
        Certified(
            "dominant part",
            dominant_part > 0,
            given=(
                "there are dominant modes",
                "the larger level has stable room",
                "gap",
                "positive",
                "is curved at the gap",
            ),
        ),
        Certified(
            "bulk part",
            bulk_part > 0,
            given=(
                "there are bulk modes",
                "the larger level has stable room",
                "gap",
                "positive",
                "is curved at the gap",
            ),
        ),
        Certified(
            "both parts", dominant_part + bulk_part > 0, given=("dominant part", "bulk part")
        ),
        Certified(
            "balance of levels, not less",
            Implies(isotropic, C_D * bulk_part >= C_B * dominant_part),
            given=(
                "dominant level, not less",
                "bulk level, not more",
                "there are dominant modes",
                "there are bulk modes",
                "gap",
                "positive",
                "is curved at the gap",
            ),
        ),
        Certified(
            "balance of levels, not more",
            Implies(isotropic, C_D * bulk_part <= C_B * dominant_part),
            given=(
                "dominant level, not more",
                "bulk level, not less",
                "there are dominant modes",
                "there are bulk modes",
                "gap",
                "positive",
                "is curved at the gap",
            ),
        ),
        Certified(
            "share of levels",
            isotropic_limit_of_levels,
            given=(
                "balance of levels, not less",
                "balance of levels, not more",
                "dominant part",
                "bulk part",
                "both parts",
                *POSITIVE_LEVELS,
            ),
        ),
        Conclude(
            "two levels and isotropic",
            Implies(
                two_level,
                isotropic_limit_of_levels,
            ),
            given=("two levels", "share of levels"),
        ),
        Follows("two levels, isotropic", isotropic_limit, given=("two levels and isotropic",)),
        Certified(
            "start part",
            k * lambda_k**2 > 0,
            given=("there are dominant modes", "is curved at the gap"),
        ),
        Certified(
            "modes of both kinds, curved and apart",
            k * M * lambda_k * lambda_k1 * (lambda_k - lambda_k1) > 0,
            given=(
                "there are dominant modes",
                "there are bulk modes",
                "gap",
                "is curved at the gap",
                "is curved beyond it",
            ),
        ),
        Certified(
            "an isotropic start is high",
            start_is_high,
            given=(
                "dominant part",
                "bulk part",
                "both parts",
                "start part",
                "modes of both kinds, curved and apart",
                "there are dominant modes",
                "there are bulk modes",
                "gap",
                "positive",
                "is curved at the gap",
            ),
        ),
        Follows(
            "two levels, isotropic start",
            isotropic_high,
            given=("an isotropic start is high",),
        ),
    ),
    mutants={
        "condition number alone gives high alignment": Implies(
            lambda_k >= 100 * lambda_k1, a_inf > Rational(1, 2)
        ),
        "the run ends self-correcting": a_inf >= a_star,
        "the limit is the share of the noise": Eq(a_inf, n_D / (n_D + n_B)),
        "a larger batch lowers the limit": Implies(theta > 1, With(a_inf, "noise", theta) > a_inf),
        "a larger step lowers the limit": Implies(stable_larger, with_larger_step < a_inf),
        "below the share of the noise for every stable step": a_inf < n_D / (n_D + n_B),
        "high isotropic start for every stable step": Implies(
            two_level, isotropic_start > isotropic_share
        ),
        "critical step one per cent larger": Eq(eta_star, Rational(101, 100) * eta),
        "limit of small steps one per cent higher": a_inf > Rational(101, 100) * s_D / (s_D + s_B),
    },
    implied={
        "positive": "a stationary mode of negative curvature has neither noise nor energy, and a"
        " mode of zero curvature has no energy: such modes change no sum",
        "factor": "theta stands for an arbitrary positive number in every model",
    },
    weaker={"stationary": Eq(a_next, a)},
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(step="stable", stationary=True, positive=None),
    examples={
        "condition number 100, 1001 directions": Example(
            {
                "dominant": [["1", "1/1", "1"]],
                "bulk": [["1/100", "1/199", "1"]] * 1000,
                "step_size": "1",
            },
            {a: "199/1199", a_inf: "0.166"},
        ),
        "ten bulk directions": Example(TEN, {a_inf: "19/29", eta_star: "1", a_star: "0.9608"}),
        "the noise is more aligned": Example(TEN, {a_inf: "0.6552", n_D / (n_D + n_B): "10/11"}),
        "twice the noise": Example(TEN, {With(a_inf, "noise", 2): "19/29"}),
    },
    notes=(
        "The parts about eta* need no additive noise: any fixed point of the moments will do.",
        "Limits are stated as bounds that close up: a_inf -> s_D/(s_D + s_B) as eta -> 0, and"
        " a_inf -> 1 as eta lambda_1 -> 2 where the sharpest mode is noisy.",
    ),
)
