"""Momentum amplifies the rate of a flat mode from eta to between eta/(1-b) and eta/(1-sqrt b)."""

from sympy import And, Eq

from theory.claim import Claim, Example
from theory.iteration import CertifiedPowers, ClosedForm, PowerOrder
from theory.language import Formula
from theory.steps import Certified
from theory.tiny_subspaces.momentum import (
    MODE,
    fast_root,
    g,
    m,
    mode_curvature,
    mode_momentum,
    mode_rate,
    rate_limit,
    slow_root,
    steps,
)
from theory.vocabulary import eta

slow, fast = slow_root ** (steps + 1), fast_root ** (steps + 1)
spread = slow_root - fast_root
trace = 1 + mode_momentum - eta * mode_curvature  # sum of the roots
remaining = slow * (1 - fast_root) - fast * (1 - slow_root)  # over the spread: g_t
rate = eta * (slow - fast) / remaining

characteristic = And(
    Eq(slow_root**2 - trace * slow_root + mode_momentum, 0),
    Eq(fast_root**2 - trace * fast_root + mode_momentum, 0),
)
real_roots = And(eta * mode_curvature > 0, trace > 0, trace**2 > 4 * mode_momentum)
closed_form = Eq(mode_rate, rate)
equation = Eq(
    (1 - mode_momentum) * rate_limit, eta + mode_curvature * rate_limit * (rate_limit - eta)
)
lower = rate_limit > eta / (1 - mode_momentum)
expansion = rate_limit > eta / (1 - mode_momentum) + (
    mode_momentum * mode_curvature * eta**2 / (1 - mode_momentum) ** 3
)
upper = (rate_limit - eta) ** 2 < mode_momentum * rate_limit**2
approach = And(mode_rate < rate_limit, (rate_limit - mode_rate) * slow < rate_limit * fast)
amplified = mode_rate >= eta
assumed = ("fast", "ordered", "below one", "step", "so is the fast root")
powers = And(fast_root**steps > 0, slow_root**steps >= fast_root**steps)

claim = Claim(
    id="TS-25",
    title="Momentum amplifies the rate of flat modes",
    source="appendix C, on momentum (our extension)",
    functional="none",
    assumptions={
        "fast": fast_root > 0,
        "ordered": slow_root > fast_root,
        "below one": slow_root < 1,
        "step": eta > 0,
    },
    conclusion={
        "characteristic equation": characteristic,
        "the roots are real": real_roots,
        "closed form": closed_form,
        "equation of the limit": equation,
        "more than eta/(1-beta)": lower,
        "more than two terms of its expansion": expansion,
        "less than eta/(1-sqrt beta)": upper,
        "geometric approach": approach,
        "never below eta": amplified,
    },
    derivation=(
        Certified("so is the fast root", fast_root < 1, given=("ordered", "below one")),
        Certified("the roots solve their equation", characteristic, given=assumed),
        Certified("their discriminant is a square", real_roots, given=assumed),
        ClosedForm(
            "solve the recursion",
            closed_form,
            given=("ordered", "below one"),
            states={m: (slow - fast) / spread, g: remaining / spread},
        ),
        Certified("put in the limit", equation, given=assumed),
        Certified("the product of the roots is below one", mode_momentum < 1, given=assumed),
        Certified(
            "compare with eta/(1-beta)",
            lower,
            given=(*assumed, "the product of the roots is below one"),
        ),
        Certified(
            "put the bound into the equation",
            expansion,
            given=(*assumed, "the product of the roots is below one"),
        ),
        Certified("compare with eta/(1-sqrt beta)", upper, given=assumed),
        PowerOrder("powers keep the order", powers, given=("fast", "ordered")),
        CertifiedPowers(
            "the gradient keeps its sign", remaining > 0, given=(*assumed, "powers keep the order")
        ),
        CertifiedPowers(
            "the gap closes geometrically",
            approach,
            given=(
                *assumed,
                "powers keep the order",
                "the gradient keeps its sign",
                "solve the recursion",
            ),
        ),
        CertifiedPowers(
            "the rate starts at eta and stays above",
            amplified,
            given=(
                *assumed,
                "powers keep the order",
                "the gradient keeps its sign",
                "solve the recursion",
            ),
        ),
    ),
    mutants={
        "always eta/(1-beta)": Eq(rate_limit, eta / (1 - mode_momentum)),
        "two terms of the expansion, doubled": rate_limit
        > eta / (1 - mode_momentum)
        + 2 * mode_momentum * mode_curvature * eta**2 / (1 - mode_momentum) ** 3,
        "at most eta/(1-beta)": rate_limit <= eta / (1 - mode_momentum),
        "from the first step on": mode_rate >= eta / (1 - mode_momentum),
        "momentum with damped gradients": (1 - mode_momentum) * mode_rate >= eta,
        "beyond the root condition": Formula(
            r"\eta\lambda>(1-\sqrt\beta)^2 \Rightarrow e_t \ge \eta", "beyond the root condition"
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=MODE,
    examples={
        "half of each root": Example(
            {
                "setting": MODE.name,
                "eta": "1",
                "slow_root": "1/2",
                "fast_root": "1/4",
                "steps": "1",
            },
            {mode_momentum: "1/8", mode_curvature: "3/8", rate_limit: "4/3", mode_rate: "6/5"},
        )
    },
    notes=(
        "The condition 0 < eta lambda < (1 - sqrt beta)^2 says that the roots are real, different "
        "and in (0, 1); instances are given by their roots, which makes every value rational.",
        "*less than eta/(1-sqrt beta)* is E < eta/(1 - sqrt beta) with the square root removed: "
        "1 - eta/E < sqrt beta, squared.",
        "For beta = .9 the rate of flat modes lies between 10 eta and 19.4868... eta; the "
        "specification rounds the upper number to 19.4869.",
        "The specification gives E = .104986111218276827 for lambda = .05; the last two digits are "
        "wrong, the value is .104986111218276810 (to 18 digits).",
    ),
)
