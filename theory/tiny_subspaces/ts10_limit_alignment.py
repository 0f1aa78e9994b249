"""From every start the mean-square alignment of the toy quadratic tends to the same limit."""

from sympy import And, Eq, Equivalent, Implies, Rational, sqrt

from theory.cases import ByCases
from theory.claim import Claim, Example
from theory.random_steps import Iterated
from theory.sealed import Sealed
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.toy import (
    PAPER,
    SMALL_STEP,
    START,
    coupling,
    flat,
    keep_x,
    keep_y,
    mixing,
    run_length,
    sharp,
    x2,
    x2_after,
    x2_next,
    y2,
    y2_after,
    y2_next,
)
from theory.tiny_subspaces.toy_growth import (
    SETTLED,
    growth,
    growth_2,
    kept_gap,
    moment_root,
    odds_limit,
    ratio_limit,
    toy_a_after,
    toy_a_inf,
)
from theory.tiny_subspaces.toy_paths import mean_share_next
from theory.vocabulary import eta

w, root = ratio_limit, moment_root
solves = Eq(mixing * w**2 + kept_gap * w - mixing, 0)
inside = And(w > 0, w < 1)
only_there = Implies(y2 > 0, Equivalent(Eq(x2_next * y2, y2_next * x2), Eq(x2, w * y2)))
eigenvectors = And(
    Eq(keep_x * w + mixing, growth * w),
    Eq(mixing * w + keep_y, growth),
    Eq(keep_x - mixing * w, growth_2),
)
grows = Eq(w * x2_next + y2_next, growth * (w * x2 + y2))
decays = Eq(x2_next - w * y2_next, growth_2 * (x2 - w * y2))
slower = And(growth > 0, growth_2 < growth, -growth_2 < growth)
grown = Eq(w * x2_after + y2_after, growth**run_length * (w * x2 + y2))
decayed = Eq(x2_after - w * y2_after, growth_2**run_length * (x2 - w * y2))
energy = sharp**2 * x2_after + flat**2 * y2_after
off = Implies(
    energy > 0,
    Eq(
        (toy_a_after - toy_a_inf) * energy * (1 + odds_limit),
        sharp**2 * (x2_after - w * y2_after),
    ),
)
enough_energy = energy >= flat**2 * (w * x2_after + y2_after)
ROOT_FACTS = ("the root squared", "the root is positive")
GAP = ("y^2 is kept better", "mixing is positive")
MOMENTS = ("TS-9/sharp", "TS-9/flat")
symbols = (root, keep_x, keep_y, mixing)

claim = Claim(
    id="TS-10",
    title="Limit of the mean-square alignment",
    source='appendix A.2, "stays close to 1" (our formalisation)',
    functional="ratio of expectations",
    assumptions=SMALL_STEP,
    conclusion={
        "limit ratio solves a quadratic": solves,
        "limit ratio": inside,
        "only this ratio lasts": only_there,
        "eigenvectors": eigenvectors,
        "one combination grows": grows,
        "the other is slower": decays,
        "slower indeed": slower,
        "growth over all steps": grown,
        "decay over all steps": decayed,
        "distance of the alignment": off,
        "energy is not lost": enough_energy,
    },
    derivation=(
        Certified(
            "cleared step", eta * (sharp + flat) < 2, given=("sharper", "curved", "small step")
        ),
        Certified(GAP[0], keep_y - keep_x > 0, given=("sharper", "step", "cleared step")),
        Certified(GAP[1], mixing > 0, given=("coupled", "step")),
        Algebra(ROOT_FACTS[0], Eq(root**2, (keep_y - keep_x) ** 2 + 4 * mixing**2)),
        ByCases(
            ROOT_FACTS[1],
            root > 0,
            given=GAP,
            word=root,
            keep=symbols[1:],
            strict=True,
        ),
        Sealed(
            "denominator",
            keep_y - keep_x + root > 0,
            given=(*ROOT_FACTS, *GAP),
            keep=symbols,
        ),
        Sealed(
            "the root of the quadratic",
            solves,
            given=("denominator", *ROOT_FACTS[:1]),
            keep=symbols,
        ),
        Sealed("between 0 and 1", inside, given=("denominator", *ROOT_FACTS, *GAP), keep=symbols),
        Sealed(
            "put the root in",
            eigenvectors,
            given=("denominator", *ROOT_FACTS, *GAP),
            keep=symbols,
        ),
        Sealed(
            "one root is negative",
            Implies(y2 > 0, w * x2 + y2 > 0),
            given=("between 0 and 1",),
            keep=(w,),
        ),
        Sealed(
            "the change of the ratio",
            Eq(w * (x2_next * y2 - y2_next * x2), mixing * (w * x2 + y2) * (w * y2 - x2)),
            given=("the root of the quadratic",),
            by=MOMENTS,
            keep=(w, keep_x, keep_y, mixing),
        ),
        Sealed(
            "the other root",
            only_there,
            given=(
                "the change of the ratio",
                "one root is negative",
                "between 0 and 1",
                "mixing is positive",
            ),
            by=MOMENTS,
            keep=(w, keep_x, keep_y, mixing),
        ),
        Sealed(
            "first eigenvector",
            grows,
            given=("put the root in",),
            by=MOMENTS,
            keep=(w, keep_x, keep_y, mixing, growth, growth_2),
        ),
        Sealed(
            "second eigenvector",
            decays,
            given=("put the root in",),
            by=MOMENTS,
            keep=(w, keep_x, keep_y, mixing, growth, growth_2),
        ),
        Certified("kept amounts (x)", keep_x >= 0, squares=(1 - eta * sharp,)),
        Sealed(
            "larger in absolute value",
            slower,
            given=(*GAP, *ROOT_FACTS, "kept amounts (x)"),
            keep=symbols,
        ),
        Iterated(
            "repeat the first",
            grown,
            given=("first eigenvector",),
            quantity=w * x2 + y2,
            factor=growth,
        ),
        Iterated(
            "repeat the second",
            decayed,
            given=("second eigenvector",),
            quantity=x2 - w * y2,
            factor=growth_2,
        ),
        Sealed(
            "one denominator",
            off,
            given=("between 0 and 1", "curved", "sharper"),
            keep=(w,),
        ),
        Sealed(
            "curvature only helps",
            enough_energy,
            given=("between 0 and 1", "curved", "sharper"),
            keep=(w,),
        ),
    ),
    mutants={
        "first order in the noise": Eq(w, mixing / kept_gap),
        "the two samples average out": Eq(x2_next, keep_x * x2),
        "curvatures not squared": Eq(toy_a_inf, sharp * w / (flat + sharp * w)),
        "the mean of the ratio": Implies(
            And(y2 > 0, Eq(x2, w * y2)), Eq(mean_share_next, toy_a_inf)
        ),
        "the slower factor is never negative": growth_2 >= 0,
        "the limit is reached in one step": Eq(x2_next, w * y2_next),
        "growth one per cent larger": Eq(
            w * x2_next + y2_next, Rational(101, 100) * growth * (w * x2 + y2)
        ),
    },
    weaker={"coupled": coupling >= 0},
    owes=("symbolic", "certified", "exact", "property"),
    domain=SETTLED,
    examples={
        "the paper's values": Example(
            PAPER,
            {
                growth: "0.99980006268702159",
                odds_limit: "526.87021586973343",
                toy_a_inf: "0.99810559495509256",
                sqrt(toy_a_inf): "0.99905234845582",
                (sharp / flat) ** 2 * mixing / kept_gap: "526.870362",
                sharp / flat * w: "0.527",
                growth_2 / growth: "0.8101619",
            },
        ),
        "the paper's values after 300 steps": Example(
            {**START, "run_length": "300"}, {toy_a_after: "0.99810559495509256"}
        ),
    },
    notes=(
        "These are ratios of second moments. The mean of the random share tends to another number: "
        "see TS-13.",
        "The parts together say that a_T - a_inf is at most a constant times "
        "(|Lambda_2| / Lambda)^T.",
        "Lambda_2 is negative for strong coupling: the ratio then alternates around its limit.",
    ),
)
