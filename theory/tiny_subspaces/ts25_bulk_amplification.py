"""Momentum amplifies the rate of a flat mode from eta to between eta/(1-b) and eta/(1-sqrt b)."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.cases import ByCases
from theory.claim import Claim, Example
from theory.deterministic_run import CertifiedPowers
from theory.language import Formula
from theory.reasoning import Follows
from theory.sealed import Sealed
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.momentum import (
    MODE,
    block_rate,
    fast_root,
    first_gradient,
    mode_curvature,
    mode_momentum,
    mode_rate,
    momentum_root,
    one_momentum,
    rate_limit,
    second_fast,
    second_gradient,
    second_rate,
    second_slow,
    slow_root,
    steps,
)
from theory.tiny_subspaces.momentum_rates import ROOT, after, passed, rate_steps
from theory.vocabulary import eta

slow, fast = slow_root ** (steps + 1), fast_root ** (steps + 1)
trace = 1 + mode_momentum - eta * mode_curvature  # sum of the roots
gathered, remaining = after(slow_root, fast_root)

characteristic = And(
    Eq(slow_root**2 - trace * slow_root + mode_momentum, 0),
    Eq(fast_root**2 - trace * fast_root + mode_momentum, 0),
)
real_roots = And(eta * mode_curvature > 0, trace > 0, trace**2 > 4 * mode_momentum)
closed_form = Eq(mode_rate, eta * gathered / remaining)
equation = Eq(
    (1 - mode_momentum) * rate_limit, eta + mode_curvature * rate_limit * (rate_limit - eta)
)
lower = rate_limit > eta / (1 - mode_momentum)
expansion = rate_limit > eta / (1 - mode_momentum) + (
    mode_momentum * mode_curvature * eta**2 / (1 - mode_momentum) ** 3
)
upper = (rate_limit - eta) ** 2 < mode_momentum * rate_limit**2
by_fast_root = Eq(rate_limit, eta / (1 - fast_root))
below_root = rate_limit < eta / (1 - momentum_root)
flat_limit = rate_limit <= eta / (1 - mode_momentum) + (
    4 * mode_curvature * eta**2 / (1 - mode_momentum) ** 3
)
merging = Eq(
    mode_momentum * rate_limit**2 - (rate_limit - eta) ** 2,
    fast_root * (slow_root - fast_root) * rate_limit**2,
)
condition = eta * mode_curvature < (1 - momentum_root) ** 2


lower_bound = eta / (1 - mode_momentum)
passes = Equivalent(mode_rate >= lower_bound, passed(slow_root, fast_root))
passed_all = And(passed(slow_root, fast_root), passed(second_slow, second_fast))
block_below = block_rate < eta / (1 - momentum_root)
block_above = Implies(passed_all, block_rate >= lower_bound)
approach = And(mode_rate < rate_limit, (rate_limit - mode_rate) * slow < rate_limit * fast)
amplified = mode_rate >= eta
assumed = ("fast", "ordered", "below one", "step", "so is the fast root")
run = (*assumed, *(f"mode: {step}" for step in ("powers", "its gradient keeps its sign", "rate")))
SECOND = ("second ordered", "second below one", "second fast", "one momentum")


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
        "second fast": second_fast > 0,
        "second ordered": second_slow > second_fast,
        "second below one": second_slow < 1,
        "one momentum": one_momentum,
        "block gradient": first_gradient**2 + second_gradient**2 > 0,
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
        "limit by the fast root": by_fast_root,
        "below eta/(1-sqrt beta)": below_root,
        "root condition": condition,
        "left bound reached as lambda vanishes": flat_limit,
        "right bound reached as the roots merge": merging,
        "when it passes eta/(1-beta)": passes,
        "block: below eta/(1-sqrt beta)": block_below,
        "block: above eta/(1-beta) from then on": block_above,
    },
    derivation=(
        Certified("so is the fast root", fast_root < 1, given=("ordered", "below one")),
        Certified("the roots solve their equation", characteristic, given=assumed),
        Certified("their discriminant is a square", real_roots, given=assumed),
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
        Certified("momentum is positive", mode_momentum > 0, given=assumed),
        Algebra(
            "the root squared",
            Eq(momentum_root**2, mode_momentum),
            given=("momentum is positive",),
        ),
        ByCases(
            "the root is positive",
            momentum_root > 0,
            given=assumed,
            word=momentum_root,
            strict=True,
        ),
        Certified(
            "the root is below one",
            momentum_root < 1,
            given=(*ROOT[:3], "the product of the roots is below one"),
            keep=(momentum_root,),
        ),
        Certified("one factor cancels", by_fast_root, given=assumed),
        *rate_steps("mode", (slow_root, fast_root), mode_momentum, mode_rate, assumed),
        CertifiedPowers("the gap closes geometrically", approach, given=run),
        CertifiedPowers("the rate starts at eta and stays above", amplified, given=run),
        *rate_steps(
            "second mode",
            (second_slow, second_fast),
            mode_momentum,
            second_rate,
            (*SECOND, "step"),
        ),
        Sealed(
            "the limit is below as well",
            below_root,
            given=(
                *assumed,
                *ROOT,
                "one factor cancels",
                "mode: the fast root is below the root of beta",
            ),
            keep=(momentum_root, rate_limit),
        ),
        Certified(
            "compare with the root condition",
            condition,
            given=(*assumed, *ROOT),
            keep=(momentum_root,),
        ),
        Certified(
            "bound the excess by the curvature",
            flat_limit,
            given=(*assumed, "the product of the roots is below one"),
        ),
        Certified("distance from the upper bound", merging, given=assumed),
        Sealed(
            "a mean of rates below",
            block_below,
            given=(
                *ROOT,
                "mode: bound of its rate",
                "second mode: bound of its rate",
                "block gradient",
            ),
            keep=(momentum_root,),
        ),
        Sealed(
            "a mean of rates above",
            Implies(
                And(mode_rate >= lower_bound, second_rate >= lower_bound), block_rate >= lower_bound
            ),
            given=("the product of the roots is below one", "block gradient"),
        ),
        Follows(
            "once both have passed",
            block_above,
            given=("mode: when it passes", "second mode: when it passes", "a mean of rates above"),
        ),
    ),
    implied={
        "second below one": "with a root above 1 the second mode never passes, and its rate stays "
        "below its limit all the same; with a root of 1 it has no gradient",
    },
    mutants={
        "always eta/(1-beta)": Eq(rate_limit, eta / (1 - mode_momentum)),
        "two terms of the expansion, doubled": rate_limit
        > eta / (1 - mode_momentum)
        + 2 * mode_momentum * mode_curvature * eta**2 / (1 - mode_momentum) ** 3,
        "at most eta/(1-beta)": rate_limit <= eta / (1 - mode_momentum),
        "from the first step on": mode_rate >= eta / (1 - mode_momentum),
        "momentum with damped gradients": (1 - mode_momentum) * mode_rate >= eta,
        "one per cent below eta/(1-sqrt beta)": rate_limit
        < Rational(99, 100) * eta / (1 - momentum_root),
        "eta/(1-sqrt beta) for every mode": Eq(rate_limit, eta / (1 - momentum_root)),
        "the left bound before the transient has passed": block_rate >= lower_bound,
        "the block follows its first mode": Implies(
            passed(slow_root, fast_root), block_rate >= lower_bound
        ),
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
        ),
        "the paper's momentum": Example(
            {
                "setting": MODE.name,
                "eta": "1/100",
                "slow_root": "24/25",
                "fast_root": "15/16",
                "steps": "0",
            },
            {
                mode_momentum: "9/10",
                1 / (1 - mode_momentum): "10",
                1 / (1 - momentum_root): "19.4868",
                (1 - momentum_root) ** 2: "0.0026334",
                eta * mode_curvature: "0.0025",
                rate_limit / eta: "16",
            },
        ),
    },
    notes=(
        "The condition 0 < eta lambda < (1 - sqrt beta)^2 says that the roots are real, different "
        "and in (0, 1); instances are given by their roots, which makes every value rational.",
        "*less than eta/(1-sqrt beta)* is E < eta/(1 - sqrt beta) with the square root removed: "
        "1 - eta/E < sqrt beta, squared.",
        "For beta = .9 the rate of flat modes lies between 10 eta and 19.4868... eta; the "
        "specification rounds the upper bound up, to 19.4869, and the condition "
        "eta lambda <= .0026334 down.",
        "Two modes stand for a block of any number: the rate of a block is the mean of those of "
        "its modes, weighted by squared gradients (TS-24). Blocks of up to six modes are run.",
        "A mode has passed eta/(1-beta) exactly when z_+^t (1 - z_+) >= z_-^t (1 - z_-), which "
        "holds from some step on; the flatter the mode, the later.",
        "Neither bound is reached by a mode with different roots: the left one in the limit "
        "lambda -> 0, the right one where the roots merge, at eta lambda = (1 - sqrt beta)^2; a "
        "check runs a mode there, whose rate approaches eta/(1 - sqrt beta) like 1/t.",
        "The specification gives E = .104986111218276827 for lambda = .05; the last two digits are "
        "wrong, the value is .104986111218276810 (to 18 digits).",
    ),
)
