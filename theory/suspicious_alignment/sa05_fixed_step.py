"""A step size leaves one alignment unchanged; louder noise may lower or raise the critical step."""

from sympy import And, Eq, Equivalent, Expr, Implies, Rational, sign
from sympy.logic.boolalg import Boolean

from theory.changes import AfterChange, Elsewhere, elsewhere
from theory.claim import Claim, Domain, Example
from theory.language import With
from theory.proof import Step
from theory.sealed import Sealed, contrast_at, seal, threshold_steps, u, v
from theory.steps import Algebra, Summed
from theory.vocabulary import (
    B,
    D,
    Delta_r,
    Delta_s,
    G,
    G_next,
    a,
    a_hat,
    a_next,
    a_star,
    additive,
    eta,
    eta_star,
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
    theta,
)

x = theta / (1 + theta)  # an arbitrary alignment between 0 and 1
more = 1 + theta  # an arbitrary factor above 1
N = n_D + n_B
noisy = And(n_D > 0, n_B > 0)
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
K = Delta_s + n_D / D - n_B / B  # q / (D B)
quiet_enough = n_B / B - n_D / D < lambda_k1 * (lambda_k - lambda_k1)
at_the_limit = With(a_hat, "step", 2 / lambda_1)
with_a_longer_step = With(a_hat, "step", more * eta)
lower = With(eta_star, "alignment", theta * a)
louder = With(eta_star, "noise", more)
both_low = And(q > 0, With(q, "noise", more) > 0)
SUMS: dict[Expr, tuple[Expr, Expr, Expr]] = {
    a_hat: ((Delta_s - 2 * Delta_r / eta) * G, n_D, n_B),
    a_star: (Delta_s * G, n_D, n_B),
    at_the_limit: ((Delta_s - lambda_1 * Delta_r) * G, n_D, n_B),
    with_a_longer_step: ((Delta_s - 2 * Delta_r / (more * eta)) * G, n_D, n_B),
}
part: dict[str, Boolean] = {
    "inside": Implies(noisy, And(a_hat > 0, a_hat < 1)),
    "fixed step": Implies(noisy, Eq(sign(a_next - a), sign(a_hat - a))),
    "fixed step, every alignment": Implies(
        noisy, Eq(sign(With(a_next - a, "alignment", x)), sign(a_hat - x))
    ),
    "rises with the step": Implies(noisy, with_a_longer_step > a_hat),
    "below a*": Implies(noisy, a_hat < a_star),
    "limit of short steps": Implies(
        And(noisy, eta * Delta_s < 2 * Delta_r),
        a_hat <= n_D * eta / (G * (2 * Delta_r - eta * Delta_s)),
    ),
    "limit of long steps": Implies(noisy, a_star - a_hat <= Delta_r * G / (2 * eta * n_D)),
    "critical step rises with alignment, dominant noise": Implies(
        And(theta < 1, q > 0, n_D > 0), lower < eta_star
    ),
    "critical step rises with alignment, bulk noise": Implies(
        And(theta < 1, q > 0, n_B > 0), lower < eta_star
    ),
    "critical step without noise": Implies(
        And(Eq(n_D, 0), Eq(n_B, 0)), Eq(With(eta_star, "alignment", x), eta_star)
    ),
    "critical step near 0": Implies(
        q > 0,
        Eq(eta_star, 2 * Delta_r * G * a / (n_D + a * (Delta_s * G - n_B / (1 - a)))),
    ),
    "critical step near a*": Implies(
        And(noisy, q > 0),
        Eq(
            eta_star,
            2
            * Delta_r
            * G
            * a
            * (1 - a)
            * a_star
            / ((a_star - a) * (Delta_s * G * a * a_star + n_D)),
        ),
    ),
    "critical step near 1, quiet bulk": Implies(
        Eq(n_B, 0), Eq(eta_star, 2 * Delta_r * G * a / (Delta_s * G * a + n_D))
    ),
    "stable": Equivalent(
        And(q > 0, eta_star < 2 / lambda_1),
        n_B / B - n_D / D < Delta_s - lambda_1 * Delta_r,
    ),
    "stable, two levels": Implies(
        two_level,
        Equivalent(
            And(q > 0, eta_star < 2 / lambda_1),
            quiet_enough,
        ),
    ),
    "threshold of stable steps": Implies(noisy, at_the_limit < a_star),
    "above it every stable step lowers alignment": Implies(
        And(n_D > 0, n_B > 0, eta < 2 / lambda_1, a >= at_the_limit), a_next < a
    ),
    "critical step of louder noise": Implies(
        With(q, "noise", theta) > 0,
        Eq(
            1 / With(eta_star, "noise", theta),
            (Delta_s + theta * (n_D / D - n_B / B)) / (2 * Delta_r),
        ),
    ),
    "louder noise": Implies(And(both_low, N > 0), Eq(sign(louder - eta_star), sign(a - n_D / N))),
}
BLOCKS = ("dominant", "bulk")
SPECTRUM = ("gap", "positive")
MODEL = (*BLOCKS, *SPECTRUM, "step", "constant noise")
SHARPER = "dominant modes are sharper in mean square"
SHARPER_1 = "dominant modes are sharper on average"
ENERGY = "there is energy"
FORM_P, FORM_Q = "p in block means", "q in block means"
CHANGE = "the change of alignment in block means"
SOLVES, WITHIN = "a-hat solves its equation", "a-hat is between 0 and 1"
STAR_SOLVES, STAR_WITHIN = "a* solves its equation", "a* is between 0 and 1"
LAWS = ("SA-1/dominant energy", "SA-1/bulk energy")
LIMIT = ("the limit threshold solves its equation", "the limit threshold is between 0 and 1")
LONGER = ("the longer step's threshold solves its equation",
          "the longer step's threshold is between 0 and 1")  # fmt: skip


def solved(word: Expr, names: tuple[str, str]) -> tuple[Step, Step]:
    """That a threshold solves its equation, and lies strictly between 0 and 1, with noise."""
    return threshold_steps(
        word,
        SUMS[word],
        names,
        (u > 0, v > 0),
        noisy,
        given=(SHARPER, ENERGY, "step"),
        keep=(Delta_s, Delta_r, G),
    )


def below(
    name: str,
    statement: Boolean,
    smaller: Expr,
    larger: Expr,
    names: tuple[str, str, str, str],
) -> tuple[Step, ...]:
    """That one threshold lies below another, because the other contrast is larger there.

    `names`: steps saying that each solves its equation and is inside, first the smaller one.
    """
    contrast, dominant, _ = SUMS[larger]
    keep = (a_hat, a_star, Delta_s, Delta_r, G)
    premise, goal = statement.args
    bump, at, terms, slope = (
        f"{name}: {s}" for s in ("both blocks", "contrast", "what the slope is made of", "slope")
    )
    return (
        AfterChange(
            bump,
            Implies(noisy, Delta_r * G * smaller * (1 - smaller) > 0),
            given=(names[1], SHARPER_1, ENERGY, "constant noise"),
            keep=keep,
        ),
        AfterChange(
            at,
            Implies(premise, contrast_at(smaller, *SUMS[larger]) > 0),
            given=(names[0], bump, "step", "factor", *SPECTRUM, "constant noise"),
            keep=keep,
        ),
        AfterChange(
            terms,
            Implies(
                noisy,
                And(n_B * smaller * larger > 0, n_D * (1 - smaller) * (1 - larger) > 0),
            ),
            given=(names[1], names[3], "constant noise"),
            keep=keep,
        ),
        AfterChange(
            slope,
            Implies(premise, contrast * smaller * larger + dominant > 0),
            given=(names[2], names[3], terms, "step", "factor", *SPECTRUM, "constant noise"),
            keep=keep,
        ),
        AfterChange(
            f"{name}: so it lies above",
            Implies(premise, goal),
            given=(names[2], names[3], at, slope, "step", "factor", *SPECTRUM, "constant noise"),
            keep=keep,
        ),
    )


def bounds(block: str, sums: tuple[Expr, Expr, Expr], low: Expr, high: Expr) -> tuple[Step, ...]:
    """The block sums of lambda g^2 and lambda^2 g^2 between the extreme eigenvalues."""
    energy, first, second = sums
    return (
        Summed(f"{block} curvature from below", first >= low * energy),
        Summed(f"{block} curvature from above", high * energy >= first),
        Summed(
            f"{block} squared curvature from below", second >= low**2 * energy, given=("positive",)
        ),
        Summed(
            f"{block} squared curvature from above", high**2 * energy >= second, given=("positive",)
        ),
    )


BOUNDS = (
    *bounds("dominant", (D, m1_D, m2_D), lambda_k, lambda_1),
    *bounds("bulk", (B, m1_B, m2_B), lambda_d, lambda_k1),
)
solves_hat, within_hat = solved(a_hat, (SOLVES, WITHIN))
KEEP = (a_hat, a_star, Delta_s, Delta_r, G)

claim = Claim(
    id="SA-5",
    title="Fixed-step threshold, stable range, noise level",
    source="abstract, A1 and A2, and an extension (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
        "constant noise": additive,
        "factor": theta > 0,
    },
    conclusion=part,
    derivation=(
        Algebra(FORM_P, Eq(p, Delta_r * D * B)),
        Algebra(FORM_Q, Eq(q, Delta_s * D * B + n_D * B - n_B * D)),
        Sealed(SHARPER, Delta_s > 0, given=BLOCKS, by=("SA-2/noise-free q",)),
        Sealed(SHARPER_1, Delta_r > 0, given=BLOCKS, by=("SA-2/p",)),
        Sealed(ENERGY, G > 0, given=BLOCKS),
        solves_hat,
        within_hat,
        Sealed("a-hat is inside", part["inside"], given=(WITHIN,), keep=(a_hat,)),
        Algebra(
            CHANGE,
            Eq(a_next, a + eta * D * B * (eta * K - 2 * Delta_r) / (G * G_next)),
            by=LAWS,
        ),
        Sealed(
            "the contrast with a fixed step falls through a-hat",
            Implies(noisy, (Delta_s - 2 * Delta_r / eta) * D * a_hat + n_D > 0),
            given=(SOLVES, WITHIN, "step", *BLOCKS),
            keep=(a_hat, Delta_s, Delta_r),
        ),
        Sealed(
            "compare alignment with a-hat",
            part["fixed step"],
            given=(
                CHANGE,
                SOLVES,
                WITHIN,
                "the contrast with a fixed step falls through a-hat",
                "step",
                *BLOCKS,
            ),
            by=("SA-2/next energy",),
            keep=(a_hat, a_next, G_next, Delta_s, Delta_r),
        ),
        Sealed(
            "both blocks keep the energy positive",
            G_next > 0,
            given=MODEL[:5],
            by=("SA-2/next energy",),
            keep=(G_next,),
        ),
        Elsewhere(
            "the same at every alignment",
            With(G_next, "alignment", x) > 0,
            given=("both blocks keep the energy positive", *MODEL, "factor"),
            change="alignment",
            value=x,
        ),
        Sealed(
            "the contrast at every alignment falls through a-hat",
            Implies(
                noisy,
                (Delta_s - 2 * Delta_r / eta) * G * theta * a_hat + n_D * (1 + theta) > 0,
            ),
            given=(SOLVES, WITHIN, "step", "factor", ENERGY),
            keep=(a_hat, Delta_s, Delta_r, G),
        ),
        AfterChange(
            "compare every alignment with a-hat",
            part["fixed step, every alignment"],
            given=(
                CHANGE,
                SOLVES,
                WITHIN,
                "the contrast at every alignment falls through a-hat",
                "the same at every alignment",
                "step",
                "factor",
                "constant noise",
                *BLOCKS,
            ),
            by=LAWS,
            keep=(a_hat, a_next, G_next, Delta_s, Delta_r),
        ),
        elsewhere(LONGER[0], solves_hat, "step", more * eta, (*MODEL, "factor")),
        elsewhere(LONGER[1], within_hat, "step", more * eta, (*MODEL, "factor")),
        *below(
            "a longer step",
            part["rises with the step"],
            a_hat,
            with_a_longer_step,
            (SOLVES, WITHIN, *LONGER),
        ),
        *solved(a_star, (STAR_SOLVES, STAR_WITHIN)),
        *below(
            "any step",
            part["below a*"],
            a_hat,
            a_star,
            (SOLVES, WITHIN, STAR_SOLVES, STAR_WITHIN),
        ),
        Sealed(
            "a short step leaves little dominant energy",
            part["limit of short steps"],
            given=(SOLVES, WITHIN, "step", ENERGY),
            keep=KEEP,
        ),
        Sealed(
            "the noise-free contrast between the thresholds",
            Implies(noisy, Delta_s * G * a_hat * a_star * (a_star - a_hat) > 0),
            given=(WITHIN, STAR_WITHIN, "any step: so it lies above", SHARPER, ENERGY),
            keep=KEEP,
        ),
        Sealed(
            "the difference of the two contrasts",
            Implies(
                noisy,
                n_D * (a_star - a_hat) <= 2 * Delta_r * G * a_hat * (1 - a_hat) * a_star / eta,
            ),
            given=(
                SOLVES,
                STAR_SOLVES,
                "the noise-free contrast between the thresholds",
                "step",
            ),
            keep=KEEP,
        ),
        Sealed(
            "a-hat (1 - a-hat) a* is at most 1/4",
            Implies(noisy, 4 * a_hat * (1 - a_hat) * a_star <= 1),
            given=(WITHIN, STAR_WITHIN),
            keep=KEEP,
            squares=(2 * seal(a_hat) - 1,),
        ),
        Sealed(
            "divide by n_D",
            part["limit of long steps"],
            given=(
                "the difference of the two contrasts",
                "a-hat (1 - a-hat) a* is at most 1/4",
                SHARPER_1,
                ENERGY,
                "step",
            ),
            keep=KEEP,
        ),
        Sealed(
            "room below the alignment",
            Implies(
                theta < 1,
                And(
                    Delta_r * (1 - theta) * D * B * (B + D * (1 - theta)) > 0,
                    Delta_r * (1 - theta) * theta * D**3 > 0,
                ),
            ),
            given=(SHARPER_1, "factor", *BLOCKS),
            keep=(Delta_r,),
        ),
        Sealed(
            "the contrast of curvature is concave",
            Delta_s * theta * D**2 > 0,
            given=(SHARPER, "factor", "dominant"),
            keep=(Delta_s,),
        ),
        AfterChange(
            "lower alignment keeps q positive",
            Implies(And(theta < 1, q > 0), With(q, "alignment", theta * a) > 0),
            given=(
                FORM_Q,
                "the contrast of curvature is concave",
                "factor",
                "constant noise",
                *BLOCKS,
            ),
            keep=(q, Delta_s),
        ),
        *(
            AfterChange(
                f"more dominant energy outweighs the {block} noise",
                part[f"critical step rises with alignment, {block} noise"],
                given=(
                    FORM_P,
                    FORM_Q,
                    "room below the alignment",
                    "lower alignment keeps q positive",
                    "factor",
                    "constant noise",
                    *BLOCKS,
                ),
                keep=(p, q, Delta_s, Delta_r),
            )
            for block in ("dominant", "bulk")
        ),
        AfterChange(
            "without noise both contrasts scale alike",
            part["critical step without noise"],
            given=(FORM_P, FORM_Q, SHARPER, "factor", "constant noise", *BLOCKS),
            keep=(p, q, Delta_s, Delta_r),
        ),
        Sealed(
            "divide both contrasts by B",
            part["critical step near 0"],
            given=(FORM_P, FORM_Q, *BLOCKS),
            keep=(p, q, Delta_s, Delta_r),
        ),
        Sealed(
            "the contrast falls through a*",
            Implies(noisy, Delta_s * D * a_star + n_D > 0),
            given=(STAR_WITHIN, SHARPER, *BLOCKS),
            keep=(a_star, Delta_s),
        ),
        Sealed(
            "a* is above a low alignment",
            Implies(And(noisy, q > 0), And(a_star > a, Delta_s * G * a * a_star + n_D > 0)),
            given=(
                STAR_SOLVES,
                STAR_WITHIN,
                "the contrast falls through a*",
                FORM_Q,
                SHARPER,
                *BLOCKS,
            ),
            keep=(q, a_star, Delta_s),
        ),
        Sealed(
            "factor q by its root",
            part["critical step near a*"],
            given=(
                STAR_SOLVES,
                STAR_WITHIN,
                "a* is above a low alignment",
                "the contrast falls through a*",
                FORM_P,
                FORM_Q,
                *BLOCKS,
            ),
            keep=(p, q, a_star, Delta_s, Delta_r),
        ),
        Sealed(
            "without bulk noise the contrast stays",
            part["critical step near 1, quiet bulk"],
            given=(FORM_P, FORM_Q, SHARPER, *BLOCKS),
            keep=(p, q, Delta_s, Delta_r),
        ),
        Sealed(
            "compare eta* with 2/lambda_1",
            part["stable"],
            given=(FORM_P, FORM_Q, SHARPER, SHARPER_1, *SPECTRUM, *BLOCKS),
            keep=(p, q, Delta_s, Delta_r),
        ),
        *BOUNDS,
        Sealed(
            "two levels: the contrasts of curvature",
            Implies(
                two_level,
                And(
                    Eq(Delta_r, lambda_k - lambda_k1),
                    Eq(Delta_s, (lambda_k - lambda_k1) * (lambda_k + lambda_k1)),
                ),
            ),
            given=(*(step.reason for step in BOUNDS), *BLOCKS),
        ),
        Sealed(
            "two levels: q is positive",
            Implies(And(*two_level.args, quiet_enough), q > 0),
            given=(
                "two levels: the contrasts of curvature",
                FORM_Q,
                *SPECTRUM,
                *BLOCKS,
            ),
            keep=(q, Delta_s, Delta_r),
        ),
        Sealed(
            "two levels: compare eta* with 2/lambda_1",
            part["stable, two levels"],
            given=(
                "two levels: the contrasts of curvature",
                "two levels: q is positive",
                FORM_P,
                FORM_Q,
                SHARPER_1,
                *SPECTRUM,
                *BLOCKS,
            ),
            keep=(p, q, Delta_s, Delta_r),
        ),
        elsewhere(LIMIT[0], solves_hat, "step", 2 / lambda_1, MODEL),
        elsewhere(LIMIT[1], within_hat, "step", 2 / lambda_1, MODEL),
        *below(
            "the longest stable step",
            part["threshold of stable steps"],
            at_the_limit,
            a_star,
            (*LIMIT, STAR_SOLVES, STAR_WITHIN),
        ),
        *below(
            "a stable step",
            Implies(And(n_D > 0, n_B > 0, eta < 2 / lambda_1), a_hat < at_the_limit),
            a_hat,
            at_the_limit,
            (SOLVES, WITHIN, *LIMIT),
        ),
        AfterChange(
            "above the threshold of its step alignment falls",
            part["above it every stable step lowers alignment"],
            given=(
                "a stable step: so it lies above",
                CHANGE,
                SOLVES,
                WITHIN,
                "the contrast with a fixed step falls through a-hat",
                "both blocks keep the energy positive",
                "step",
                "constant noise",
                *SPECTRUM,
                *BLOCKS,
            ),
            keep=(a_hat, a_next, G_next, Delta_s, Delta_r),
        ),
        AfterChange(
            "scale the noise in q",
            part["critical step of louder noise"],
            given=(FORM_P, FORM_Q, SHARPER_1, "factor", "constant noise", *BLOCKS),
            keep=(p, q, Delta_s, Delta_r),
        ),
        AfterChange(
            "compare the two critical steps",
            part["louder noise"],
            given=(FORM_P, FORM_Q, SHARPER_1, "factor", "constant noise", *BLOCKS),
            keep=(p, q, Delta_s, Delta_r),
        ),
    ),
    mutants={
        "critical step below the stability limit": Implies(q > 0, eta_star < 2 / lambda_1),
        "less noise always raises the critical step": Implies(
            And(both_low, N > 0), louder < eta_star
        ),
        "critical step falls with alignment": Implies(And(theta < 1, q > 0), lower > eta_star),
        "the threshold of a fixed step is a*": Implies(
            noisy, Eq(sign(a_next - a), sign(a_star - a))
        ),
        "threshold one per cent higher": Implies(
            noisy, Eq(sign(a_next - a), sign(Rational(101, 100) * a_hat - a))
        ),
        "falls with the step": Implies(noisy, with_a_longer_step <= a_hat),
        "stable below the threshold of the gap alone": Equivalent(
            And(q > 0, eta_star < 2 / lambda_1),
            quiet_enough,
        ),
    },
    examples={
        "critical step beyond the stability limit": Example(
            {"dominant": [["1", "9", "0"]], "bulk": [["1/10", "1", "16"]], "step_size": "1"},
            {eta_star: "180/83", 2 / lambda_1: "2"},
        ),
        "half the noise, high alignment": Example(
            {"dominant": [["1", "9", "1"]], "bulk": [["1/2", "1", "1"]], "step_size": "1"},
            {eta_star: "18/11", With(eta_star, "noise", Rational(1, 2)): "72/49"},
        ),
        "half the noise, low alignment": Example(
            {"dominant": [["1", "1", "1"]], "bulk": [["1/2", "1", "1"]], "step_size": "1"},
            {eta_star: "2/3", With(eta_star, "noise", Rational(1, 2)): "8/9"},
        ),
        "two alignments": Example(
            {"dominant": [["1", "4", "9"]], "bulk": [["1/2", "4", "4"]], "step_size": "1"},
            {eta_star: "4/11", With(eta_star, "alignment", Rational(1, 4)): "12/61"},
        ),
    },
    implied={"factor": "theta stands for an arbitrary positive number in every model"},
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(),
)
