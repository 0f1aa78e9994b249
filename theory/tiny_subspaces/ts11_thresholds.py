"""The toy quadratic keeps an alignment only from a threshold of coupling, or of step size, on."""

from sympy import And, Eq, Equivalent, Implies, Rational, sqrt

from theory.cases import ByCases
from theory.claim import Claim, Example
from theory.reasoning import Follows
from theory.sealed import Sealed
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.toy import (
    PAPER,
    SMALL_STEP,
    coupling,
    flat,
    keep_x,
    keep_y,
    mixing,
    sharp,
)
from theory.tiny_subspaces.toy_growth import ratio_limit, toy_a_inf
from theory.tiny_subspaces.toy_levels import (
    LEVELS,
    asked,
    coupling_needed,
    noise_needed,
    other_coupling,
    other_eta,
    other_gap,
    other_limit,
    other_mixing,
    other_ratio,
    other_root,
    ratio_needed,
    step_needed,
)
from theory.vocabulary import eta

w, z, W = ratio_limit, ratio_needed, noise_needed
reached = toy_a_inf >= asked
enough_noise = coupling**2 * eta >= (sharp - flat) * (2 - eta * (sharp + flat)) * W
out_of_reach = Implies(z >= 1, toy_a_inf < asked)
threshold = Implies(z < 1, Equivalent(reached, enough_noise))
of_coupling = Implies(z < 1, Equivalent(reached, coupling >= coupling_needed))
of_step = Implies(z < 1, Equivalent(reached, eta >= step_needed))
more_noise = And(
    other_coupling >= coupling,
    other_eta >= eta,
    other_eta * (sharp + flat) < 2,
    other_eta * other_coupling**2 > eta * coupling**2,
)
increasing = Implies(more_noise, other_limit > toy_a_inf)

ratios_compare = Equivalent(reached, w >= z)
cleared = mixing * (1 - z**2) >= (keep_y - keep_x) * z
quadratics_compare = Equivalent(w >= z, cleared)
noise_compares = Implies(z < 1, Equivalent(cleared, enough_noise))
root_of_coupling = Implies(
    z < 1,
    And(
        coupling_needed >= 0,
        Eq(coupling_needed**2 * eta, (sharp - flat) * (2 - eta * (sharp + flat)) * W),
    ),
)
step_compares = Implies(z < 1, Equivalent(enough_noise, eta >= step_needed))
GAP = ("y^2 is kept better", "mixing is positive")
POSITIVE = ("sharper", "curved", "step", "coupled", "cleared step")
LIMIT = ("TS-10/limit ratio solves a quadratic", "TS-10/limit ratio")
ASKED = ("sharper", "curved", "asked for something", "not for everything")
OTHER = ("second gap", "second mixing")
others = (other_root, other_gap, other_mixing)

claim = Claim(
    id="TS-11",
    title="Thresholds of coupling and step size",
    source='appendix A.2, "stays close to 1" (extension)',
    functional="ratio of expectations",
    assumptions={
        **SMALL_STEP,
        "asked for something": asked > 0,
        "not for everything": asked < 1,
    },
    conclusion={
        "out of reach": out_of_reach,
        "threshold of the noise": threshold,
        "threshold of the coupling": of_coupling,
        "threshold of the step size": of_step,
        "increasing": increasing,
    },
    derivation=(
        Certified(
            "cleared step", eta * (sharp + flat) < 2, given=("sharper", "curved", "small step")
        ),
        Certified(GAP[0], keep_y - keep_x > 0, given=("sharper", "step", "cleared step")),
        Certified(GAP[1], mixing > 0, given=("coupled", "step")),
        Certified("some ratio is needed", z > 0, given=ASKED),
        Sealed(
            "alignment grows with the ratio",
            ratios_compare,
            given=ASKED,
            by=LIMIT[1:],
            keep=(w,),
        ),
        Sealed(
            "the quadratic changes sign at the limit",
            quadratics_compare,
            given=(*GAP, "some ratio is needed"),
            by=LIMIT,
            keep=(w, z, keep_x, keep_y, mixing),
        ),
        Sealed(
            "no ratio of 1 is reached",
            Implies(z >= 1, w < z),
            by=LIMIT[1:],
            keep=(w, z),
        ),
        Follows(
            "so no larger one",
            out_of_reach,
            given=("alignment grows with the ratio", "no ratio of 1 is reached"),
        ),
        Sealed(
            "divide by what the ratio needs",
            noise_compares,
            given=(*POSITIVE, "some ratio is needed"),
            keep=(z,),
        ),
        Follows(
            "the threshold",
            threshold,
            given=(
                "alignment grows with the ratio",
                "the quadratic changes sign at the limit",
                "divide by what the ratio needs",
            ),
        ),
        Sealed(
            "noise is needed",
            Implies(z < 1, W > 0),
            given=("some ratio is needed",),
            keep=(z,),
        ),
        ByCases(
            "the square root",
            root_of_coupling,
            given=("noise is needed", "step", "sharper", "cleared step"),
            word=coupling_needed,
            keep=(W, z),
        ),
        Sealed(
            "divide by eta",
            Implies(z < 1, Equivalent(enough_noise, coupling**2 >= coupling_needed**2)),
            given=("the square root", "step"),
            keep=(coupling_needed, W, z),
        ),
        Sealed(
            "both are positive",
            Implies(z < 1, coupling + coupling_needed > 0),
            given=("the square root", "coupled"),
            keep=(coupling_needed, W, z),
        ),
        Sealed(
            "compare squares",
            Implies(
                z < 1, Equivalent(coupling**2 >= coupling_needed**2, coupling >= coupling_needed)
            ),
            given=("both are positive", "coupled"),
            keep=(coupling_needed, z),
        ),
        Follows(
            "solved for c",
            of_coupling,
            given=("the threshold", "divide by eta", "compare squares"),
        ),
        Sealed(
            "the denominator of the step size",
            Implies(z < 1, coupling**2 + (sharp**2 - flat**2) * W > 0),
            given=("noise is needed", "sharper", "curved", "coupled"),
            keep=(W, z),
        ),
        Sealed(
            "linear in the step size",
            step_compares,
            given=("noise is needed", "the denominator of the step size", *POSITIVE),
            keep=(W, z),
        ),
        Follows("solved for eta", of_step, given=("the threshold", "linear in the step size")),
        # --- a second toy with more noise
        Certified(
            "second gap",
            Implies(more_noise, other_gap > 0),
            given=("sharper", "step"),
        ),
        Certified(
            "second mixing",
            Implies(more_noise, other_mixing > 0),
            given=("coupled", "step"),
        ),
        Algebra("second root squared", Eq(other_root**2, other_gap**2 + 4 * other_mixing**2)),
        ByCases(
            "second root",
            Implies(more_noise, other_root > 0),
            given=OTHER,
            word=other_root,
            keep=(other_gap, other_mixing),
            strict=True,
        ),
        Sealed(
            "second limit ratio",
            Implies(
                more_noise,
                And(
                    other_ratio > 0,
                    Eq(other_mixing * other_ratio**2 + other_gap * other_ratio, other_mixing),
                ),
            ),
            given=(*OTHER, "second root", "second root squared"),
            keep=others,
        ),
        Certified("some noise", eta * coupling**2 > 0, given=("step", "coupled")),
        Certified("some curvature", sharp + flat > 0, given=("sharper", "curved")),
        Certified(
            "a larger product, a smaller remainder",
            Implies(
                more_noise,
                other_eta * other_coupling**2 * (2 - eta * (sharp + flat))
                > eta * coupling**2 * (2 - other_eta * (sharp + flat)),
            ),
            given=("some noise", "some curvature", "cleared step"),
        ),
        Certified("a positive second step", Implies(more_noise, other_eta > 0), given=("step",)),
        Certified(
            "relatively more mixing",
            Implies(more_noise, other_mixing * (keep_y - keep_x) > mixing * other_gap),
            given=(
                "a larger product, a smaller remainder",
                "a positive second step",
                "step",
                "sharper",
            ),
        ),
        Sealed(
            "more than the first ratio needs",
            Implies(more_noise, other_mixing * (1 - w**2) > other_gap * w),
            given=("relatively more mixing", *GAP),
            by=LIMIT,
            keep=(w, keep_x, keep_y, mixing, other_gap, other_mixing),
        ),
        Sealed(
            "a larger ratio",
            Implies(more_noise, other_ratio > w),
            given=("more than the first ratio needs", "second limit ratio", *OTHER),
            by=LIMIT[1:],
            keep=(w, other_ratio, other_gap, other_mixing),
        ),
        Sealed(
            "a larger alignment",
            increasing,
            given=("a larger ratio", "curved", "sharper"),
            by=LIMIT[1:],
            keep=(w, other_ratio),
        ),
    ),
    mutants={
        "high for every step size if curvatures are far apart": Implies(
            sharp >= 1000 * flat, toy_a_inf >= Rational(9, 10)
        ),
        "the level of chi used for chi squared": Implies(
            z < 1, Equivalent(sqrt(toy_a_inf) >= asked, enough_noise)
        ),
        "curvatures need not differ": Implies(coupling >= 100, toy_a_inf >= Rational(9, 10)),
        "noise is not needed": Implies(sharp >= 1000 * flat, toy_a_inf >= Rational(1, 2)),
        "threshold of the coupling one per cent too large": Implies(
            z < 1, Equivalent(reached, coupling >= Rational(101, 100) * coupling_needed)
        ),
        "threshold of the step size without its denominator": Implies(
            z < 1, Equivalent(reached, eta * coupling**2 >= 2 * (sharp - flat) * W)
        ),
        "smaller steps help": Implies(
            And(other_eta < eta, other_eta > 0, Eq(other_coupling, coupling)),
            other_limit >= toy_a_inf,
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=LEVELS,
    examples={
        "the paper's values, chi = .95": Example(
            {**PAPER, "asked": "361/400"},
            {coupling_needed: "13.254685056165", step_needed: "1.84772044525e-6"},
        ),
        ".95 used for the square": Example({**PAPER, "asked": "19/20"}, {coupling_needed: "18.99"}),
        "a small step": Example({**PAPER, "eta": "1/1000000"}, {toy_a_inf: "0.83354172"}),
        "a weak coupling": Example({**PAPER, "coupling": "10"}, {toy_a_inf: "0.84047738"}),
        "equal curvatures": Example({**PAPER, "flat": "1000"}, {toy_a_inf: "1/2"}),
        "no coupling": Example({**PAPER, "coupling": "0"}, {toy_a_inf: "0"}),
    },
    notes=(
        "A threshold for chi = 0.95 asks for the alignment 0.95^2 = 0.9025, which is a square.",
        "The limit falls below every level as eta tends to 0: SGD with a tiny step follows the "
        "gradient flow, whose gradient turns to the flat direction.",
    ),
)
