"""Where alignment exceeds k/(k+1) the sign update has its larger effective rate in the bulk."""

from sympy import And, Eq, Implies, Rational, sqrt, symbols

from theory.claim import Claim, Domain, Example
from theory.language import ForAllModes, Formula
from theory.outcomes import Discriminant
from theory.squares import SquareOfSum
from theory.steps import Certified, Modewise, Summed
from theory.tiny_subspaces.sign_update import (
    abs_g,
    gain_B,
    gain_D,
    norm1_B,
    norm1_D,
    share_D,
    sign_gain,
    sign_rate_B,
    sign_rate_D,
    square_B,
    square_D,
)
from theory.vocabulary import eta, k

x = symbols("x", real=True)
update = ForAllModes(Eq(sign_gain, eta * abs_g))
rates = And(Eq(sign_rate_D, eta * norm1_D / square_D), Eq(sign_rate_B, eta * norm1_B / square_B))
few = norm1_D**2 <= k * square_D
ratio = sign_rate_B**2 * k * square_B >= sign_rate_D**2 * square_D
above = Implies(share_D * (k + 1) > k, sign_rate_B > sign_rate_D)
blocks = ("dominant", "bulk", "step", "dominant gain", "bulk gain")
sharp, flat = norm1_B * square_D, norm1_D * square_B  # the rates over eta, on one denominator
squared = Implies(share_D * (k + 1) > k, sharp**2 > flat**2)
EQUAL = {"bulk": [["1", "4", "0"]], "step_size": "1"}  # one bulk gradient, equal dominant ones

claim = Claim(
    id="TS-27",
    title="Sign-type updates amplify the bulk",
    source="appendix C, on adaptive methods (our extension)",
    functional="none",
    assumptions={
        "step": eta > 0,
        "dominant": square_D > 0,
        "bulk": And(square_B > 0, norm1_B > 0),
        "sign update": update,
    },
    conclusion={
        "rates": rates,
        "quotient of the rates": ratio,
        "above the threshold": above,
        "frozen preconditioner": Formula(
            r"v_i > v_j \text{ for all } i\le k<j \Rightarrow"
            r"\eta^{\mathrm{bulk}} \ge \eta/\max_j\sqrt{v_j} >"
            r"\eta/\min_i\sqrt{v_i} \ge \eta^{\mathrm{dom}}",
            "frozen preconditioners",
        ),
        "axes matter": Formula(
            r"u_{1,2}=(1,\pm1)/\sqrt2,\ g=\alpha u_1+\gamma u_2,\ \alpha>\gamma>0 \Rightarrow"
            r"\eta^{\mathrm{bulk}}_{\mathrm{sign}}=0,\ \eta^{\mathrm{dom}}_{\mathrm{sign}}"
            r"=\sqrt2\,\eta/\alpha",
            "rotated by half a right angle",
        ),
    },
    derivation=(
        Summed("dominant gain", Eq(gain_D, eta * norm1_D), given=("sign update",)),
        Summed("bulk gain", Eq(gain_B, eta * norm1_B), given=("sign update",)),
        Certified("rates from absolute values", rates, given=blocks),
        Summed(
            "a sum of squares",
            x**2 * k - 2 * x * norm1_D + square_D >= 0,
            squares=(x - abs_g,),
        ),
        Discriminant("k terms at most", few, given=("a sum of squares",), variable=x),
        Modewise("absolute values", ForAllModes(abs_g >= 0)),
        SquareOfSum("one term at least", norm1_B**2 >= square_B, given=("absolute values",)),
        Certified(
            "divide the rates",
            ratio,
            given=(*blocks, "k terms at most", "one term at least"),
        ),
        Certified(
            "compare the squares",
            squared,
            given=(*blocks, "k terms at most", "one term at least"),
        ),
        Certified("not both are zero", sharp + flat > 0, given=blocks),
        Certified(
            "compare the rates",
            above,
            given=(*blocks, "compare the squares", "not both are zero"),
        ),
    ),
    mutants={
        "rates of moves as long as the gradient": Eq(sign_rate_D, eta),
        "rates by the largest gradient": Eq(sign_rate_D * norm1_D, eta * k),
        "threshold at one half": Implies(share_D > Rational(1, 2), sign_rate_B > sign_rate_D),
        "threshold one per cent lower": Implies(
            And(share_D * (k + 1) > Rational(99, 100) * k), sign_rate_B > sign_rate_D
        ),
        "the dominant rate is larger": Implies(share_D * (k + 1) > k, sign_rate_D > sign_rate_B),
        "in any basis": Formula(
            r"\eta^{\mathrm{bulk}}_{\mathrm{sign}} > \eta^{\mathrm{dom}}_{\mathrm{sign}}"
            r"\text{ where } \chi_1^2 > 1/2 \text{, whatever the axes}",
            "in any basis",
        ),
        "any preconditioner": Formula(
            r"\eta^{\mathrm{bulk}} > \eta^{\mathrm{dom}}\text{ for } v_1=\dots=v_d",
            "any preconditioner",
        ),
        "however large eps": Formula(
            r"\eta^{\mathrm{bulk}}/\eta^{\mathrm{dom}} \ge 2 \text{ for } g=(4,1)\text{ and every }"
            r"\epsilon",
            "however large eps",
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    implied={"sign update": "it is what the gain means: the update is made literally to find it"},
    examples={
        "the threshold for ten directions": Example(
            {**EQUAL, "dominant": [["2", "1", "0"]] * 10},
            {
                sqrt(k / (k + 1)): "0.9535",
                sign_rate_B**2 * k * square_B / (sign_rate_D**2 * square_D): "1",
            },
        ),
        "two of three directions dominant, g = (1, 1 | 1.2)": Example(
            {
                "dominant": [["2", "1", "0"], ["2", "1", "0"]],
                "bulk": [["1", "36/25", "0"]],
                "step_size": "1",
            },
            {share_D: "0.5814", sign_rate_D: "1", sign_rate_B: "0.8333"},
        ),
    },
    domain=Domain(square=True),
    checked_only={
        "frozen preconditioner": "about a number per direction that no word names; exact instances",
        "axes matter": "a single computation in another basis, done exactly",
    },
    notes=(
        "The bound on the quotient of the rates, sqrt(D/(k B)), is stated squared. It is reached: "
        "by equal dominant gradients beside a single bulk one.",
        "Adam itself averages gradients and divides by a running root mean square; the sign update "
        "is its limit beta1 = beta2 = 0, eps = 0, and only about that limit is anything claimed.",
    ),
)
