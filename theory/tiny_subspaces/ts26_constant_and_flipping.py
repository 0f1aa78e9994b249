"""Momentum amplifies the rate along a constant gradient and damps it along a flipping one."""

from sympy import And, Eq, Rational

from theory.claim import Claim, Example
from theory.deterministic_run import CertifiedPowers, ClosedForm, PowerOrder
from theory.steps import Certified
from theory.tiny_subspaces.momentum import (
    BLOCK,
    constant_limit,
    constant_rate,
    flipping_limit,
    flipping_rate,
    m,
    mean_rate,
    steps,
    total,
)
from theory.vocabulary import beta, eta

kept, flipped = beta ** (steps + 1), (-beta) ** (steps + 1)
momentum = (1 - kept) / (1 - beta)
constant = Eq(constant_rate, constant_limit * (1 - kept))
flipping = Eq(flipping_rate, flipping_limit * (1 - flipped))
mean = Eq(mean_rate, constant_limit * (1 - beta * momentum / (steps + 1)))
amplified = And(constant_rate >= eta, constant_rate < constant_limit)
damped = flipping_rate <= eta
quotient = Eq(constant_limit / flipping_limit, (1 + beta) / (1 - beta))
assumed = ("step", "momentum", "below one")
numbers = {"setting": BLOCK.name, "eta": "1/100", "beta": "9/10"}  # as in the paper's Table 1

claim = Claim(
    id="TS-26",
    title="Constant against alternating gradients",
    source="appendix C, Table 1 (our extension)",
    functional="none",
    assumptions={"step": eta > 0, "momentum": beta > 0, "below one": beta < 1},
    conclusion={
        "constant gradient": constant,
        "flipping gradient": flipping,
        "mean along a constant gradient": mean,
        "constant: amplified": amplified,
        "flipping: not amplified": damped,
        "quotient of the limits": quotient,
    },
    derivation=(
        ClosedForm("sum the constant gradients", constant, states={m: momentum}),
        ClosedForm("sum the flipping gradients", flipping, states={m: (1 - flipped) / (1 + beta)}),
        ClosedForm(
            "average the sums",
            mean,
            states={m: momentum, total: (steps + 1 - beta * momentum) / (1 - beta)},
        ),
        Certified("the flipped factor", And(-beta >= -1, -beta <= 1), given=assumed),
        PowerOrder("positive powers", beta**steps > 0, given=("momentum",)),
        Certified("the factor", And(beta >= -1, beta <= 1), given=assumed),
        PowerOrder("powers of the factor", beta**steps <= 1, given=("the factor",)),
        PowerOrder(
            "powers of the flipped factor", (-beta) ** steps <= 1, given=("the flipped factor",)
        ),
        CertifiedPowers(
            "between the first rate and the limit",
            amplified,
            given=(
                *assumed,
                "sum the constant gradients",
                "positive powers",
                "powers of the factor",
            ),
        ),
        CertifiedPowers(
            "never above the first rate",
            damped,
            given=(*assumed, "sum the flipping gradients", "powers of the flipped factor"),
        ),
        Certified("divide the limits", quotient, given=assumed),
    ),
    mutants={
        "flipping gradients amplified": Eq(flipping_rate, eta * (1 + beta) * (1 - flipped)),
        "every rate amplified": flipping_rate >= eta,
        "mean equal to the limit": Eq(mean_rate, constant_limit),
        "one per cent above the limit": Eq(
            constant_rate, Rational(101, 100) * constant_limit * (1 - kept)
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=BLOCK,
    examples={
        "Table 1's numbers": Example(
            {**numbers, "steps": "999"},
            {
                mean_rate: "0.0991",
                constant_limit: "1/10",
                flipping_limit: "0.00526",
                constant_limit / flipping_limit: "19",
            },
        ),
        "the second step": Example(
            {**numbers, "steps": "1"}, {constant_rate: "19/1000", flipping_rate: "1/1000"}
        ),
    },
    notes=(
        "Table 1 prints .0070 (.0232) and .0828 (.0576) for gradient descent with momentum. That "
        "the first is near eta/(1+beta) = .0053 and the second near eta/(1-beta) = .1 fits the "
        "picture of a flipping dominant and a constant bulk gradient; the spread shows that it is "
        "a picture, and nothing is claimed about the table.",
    ),
)
