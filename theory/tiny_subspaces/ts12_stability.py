"""In the toy quadratic mean squares may diverge although almost every path converges."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.cases import ByCases
from theory.claim import Claim, Example
from theory.language import Formula
from theory.random_steps import Iterated
from theory.sealed import Sealed, seal
from theory.setting import some
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.toy import (
    PAPER,
    SHAPE,
    TOY,
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
from theory.tiny_subspaces.toy_growth import growth, moment_root, ratio_limit
from theory.vocabulary import eta

w, root = ratio_limit, moment_root
symbols = (root, keep_x, keep_y, mixing)
stable = eta**2 * coupling**4 < sharp * flat * (2 - eta * sharp) * (2 - eta * flat)
same_growth = Eq(w * x2_next + y2_next, growth * (w * x2 + y2))
positive = And(w > 0, growth > 0)
in_mean_square = Equivalent(growth < 1, stable)
grown = Eq(w * x2_after + y2_after, growth**run_length * (w * x2 + y2))
critical_coupling = (sharp * flat * (2 - eta * sharp) * (2 - eta * flat) / eta**2) ** Rational(1, 4)

claim = Claim(
    id="TS-12",
    title="Mean-square stability and almost-sure stability",
    source="appendix A.2 (extension)",
    functional="none",
    assumptions={
        **SHAPE,
        "stable without noise": eta < 2 / sharp,
    },
    conclusion={
        "a positive combination": positive,
        "it grows by the same factor": same_growth,
        "over all steps": grown,
        "stable in mean square": in_mean_square,
        "paths converge beyond": Formula(
            r"\lambda=1000,\ \mu=1,\ \eta=10^{-4},\ c \in \{800, 1000, 1500\}:\ \Lambda > 1 "
            r"\text{, and for some } h \text{ and every direction } u:\ "
            r"E[\log\|Au\| + h(Au)] - h(u) < 0 \Rightarrow \theta_t \to 0 \text{ almost surely}",
            "growth for every direction",
        ),
        "products shrink": Formula(
            r"\text{for these } c:\ \frac1T E \log \|A_T \cdots A_1\|_F < 0,\ T = 2000",
            "paths converge although mean squares diverge",
        ),
        "Lyapunov exponents": Formula(
            r"\frac1t \log \|\theta_t\| \to -1.97,\ -3.2,\ -10.8 \text{ times } 10^{-4} "
            r"\text{ for } c = 800, 1000, 1500 \text{, almost surely}",
            "exponents enclosed",
        ),
    },
    derivation=(
        Certified(
            "cleared step", eta * sharp < 2, given=("sharper", "curved", "stable without noise")
        ),
        Certified("mixing is positive", mixing > 0, given=("coupled", "step")),
        Certified(
            "x^2 is not kept",
            1 - keep_x > 0,
            given=("sharper", "curved", "step", "cleared step"),
        ),
        Certified(
            "y^2 is not kept",
            1 - keep_y > 0,
            given=("sharper", "curved", "step", "cleared step"),
        ),
        Certified("kept amounts (x)", keep_x >= 0, squares=(1 - eta * sharp,)),
        Certified("kept amounts (y)", keep_y >= 0, squares=(1 - eta * flat,)),
        Algebra("the root squared", Eq(root**2, (keep_y - keep_x) ** 2 + 4 * mixing**2)),
        ByCases(
            "the root is positive",
            root > 0,
            given=("mixing is positive",),
            word=root,
            keep=symbols[1:],
            strict=True,
            squares=(keep_y - keep_x,),
        ),
        Sealed(
            "the root is larger than the gap",
            keep_y - keep_x + root > 0,
            given=("the root squared", "the root is positive", "mixing is positive"),
            keep=symbols,
            squares=(seal(root) + seal(keep_y) - seal(keep_x),),
        ),
        Sealed(
            "both are positive",
            positive,
            given=(
                "the root is larger than the gap",
                "the root is positive",
                "mixing is positive",
                "kept amounts (x)",
                "kept amounts (y)",
            ),
            keep=symbols,
        ),
        Sealed(
            "put the root in",
            And(Eq(keep_x * w + mixing, growth * w), Eq(mixing * w + keep_y, growth)),
            given=("the root is larger than the gap", "the root squared"),
            keep=symbols,
        ),
        Sealed(
            "an eigenvector",
            same_growth,
            given=("put the root in",),
            by=("TS-9/sharp", "TS-9/flat"),
            keep=(w, keep_x, keep_y, mixing, growth),
        ),
        Iterated(
            "repeat the step",
            grown,
            given=("an eigenvector",),
            quantity=w * x2 + y2,
            factor=growth,
        ),
        Sealed(
            "below one",
            Equivalent(growth < 1, mixing**2 < (1 - keep_x) * (1 - keep_y)),
            given=(
                "the root squared",
                "the root is positive",
                "x^2 is not kept",
                "y^2 is not kept",
            ),
            keep=symbols,
        ),
        Certified(
            "multiplied out",
            Equivalent(mixing**2 < (1 - keep_x) * (1 - keep_y), stable),
            given=("sharper", "curved", "step", "cleared step"),
        ),
        Sealed(
            "the condition",
            in_mean_square,
            given=("below one", "multiplied out"),
            keep=(growth,),
        ),
    ),
    checked_only={
        "paths converge beyond": "about random products: enclosed in interval arithmetic for every "
        "direction at once, which is no derivation",
        "products shrink": "a random decision",
        "Lyapunov exponents": "enclosed in interval arithmetic (full tier)",
    },
    mutants={
        "a step below 2/lambda suffices": growth < 1,
        "each sample must be convex": Implies(growth < 1, coupling**2 < sharp * flat),
        "mean squares tell what paths do": Formula(
            r"\Lambda > 1 \Rightarrow \theta_t \not\to 0 \text{, at } c = 800",
            "mean squares tell what paths do",
        ),
        "one per cent more room": Equivalent(
            growth < 1,
            eta**2 * coupling**4
            < Rational(101, 100) * sharp * flat * (2 - eta * sharp) * (2 - eta * flat),
        ),
        "noise of the square instead of the fourth power": Equivalent(
            growth < 1,
            eta * coupling**2 < sharp * flat * (2 - eta * sharp) * (2 - eta * flat),
        ),
    },
    implied={
        "sharper": "where eta mu >= 2, both sides of the condition are false",
        "curved": "where mu <= 0, both sides of the condition are false",
    },
    weaker={"coupled": coupling >= 0},
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=TOY.drawing(eta=some("share") * 2 / sharp),
    examples={
        "the paper's values": Example(PAPER, {critical_coupling: "785.12800807845816"}),
    },
    notes=(
        "The combination w E x^2 + E y^2 has positive weights, so mean squares tend to 0 exactly "
        "if Lambda < 1.",
        "With h as in the part on paths, log |theta_t| + h(theta_t) less the sum of its expected "
        "changes is a martingale with bounded increments: the changes bound the exponent.",
        "Paths also tend to 0 where E log of the norm of some product of T step matrices is "
        "negative (Furstenberg and Kesten): the norm of a product is at most the product of norms.",
        "The specification's exponents, -2.00(3), -3.26(5) and -10.9(1) times 10^-4 by Monte "
        "Carlo, are at most 1.5 standard errors from the enclosures; literal paths agree.",
        "For c above c_ms sample means of the loss are useless: their tails are heavy.",
        "The samples are indefinite for c^2 > lambda mu, as with the paper's numbers, where mean "
        "squares nevertheless converge.",
    ),
)
