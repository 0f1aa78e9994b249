"""The gradient correlation of an unbiased step is negative; noise enters at second order only."""

from sympy import Eq, Rational

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.language import Formula
from theory.steps import Certified
from theory.tiny_subspaces.sampled_step import (
    QUIET,
    SAMPLED_STEP,
    drift,
    expected_correlation,
    expected_second_order,
    full_1,
    full_2,
    full_square,
    mean_1,
    mean_2,
    noise_curvature,
    noise_trace,
)
from theory.vocabulary import eta

correlation = Eq(expected_correlation, -eta * full_square)
second_order = Eq(expected_second_order, eta**2 / 2 * (drift + noise_curvature))
UNBIASED = ("unbiased, first coordinate", "unbiased, second coordinate")

claim = Claim(
    id="TS-3",
    title="Expected gradient correlation",
    source="section 3.1, (2)",
    functional="none",
    assumptions={
        "step": eta > 0,
        "gradient": full_square > 0,
        UNBIASED[0]: Eq(full_1, mean_1),
        UNBIASED[1]: Eq(full_2, mean_2),
    },
    conclusion={
        "correlation": correlation,
        "negative": expected_correlation < 0,
        "second order": second_order,
    },
    derivation=(
        OneStep("average over the sample", correlation, given=UNBIASED),
        Certified(
            "a step against the gradient",
            expected_correlation < 0,
            given=("average over the sample", "step", "gradient"),
            keep=(full_square,),
        ),
        OneStep("average the square", second_order, given=UNBIASED),
    ),
    mutants={
        "the second order without the noise": Eq(expected_second_order, eta**2 / 2 * drift),
        "noise enters the correlation": Eq(
            expected_correlation, -eta * (full_square + noise_trace)
        ),
        "the noise counts without the Hessian": Eq(
            expected_second_order, eta**2 / 2 * (drift + noise_trace)
        ),
        "one per cent less": Eq(expected_correlation, -Rational(99, 100) * eta * full_square),
        "inside a reshuffled epoch": Formula(
            r"E[\langle G, -\eta g_t\rangle \mid \theta_t] = -\eta\|G\|^2 "
            r"\text{ for batches of a reshuffled epoch}",
            "inside a reshuffled epoch",
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=SAMPLED_STEP,
    examples={
        "noise at a stationary point": Example(
            {
                **QUIET,
                "full_1": "0",
                "full_2": "0",
                "hessian_11": "1",
                "sample_11": "1",
                "sample_12": "0",
                "sample_21": "-1",
                "sample_22": "0",
            },
            {expected_second_order: "1/200", expected_correlation: "0", eta**2 / 2: "1/200"},
        ),
        "a biased gradient": Example(
            {
                **QUIET,
                "full_1": "1",
                "full_2": "0",
                **{f"sample_{i}1": "-1" for i in (1, 2, 3)},
                **{f"sample_{i}2": "0" for i in (1, 2, 3)},
            },
            {expected_correlation: "1/10"},
        ),
    },
    notes=(
        "The paper writes E[g_t] = grad L without saying given what. Given the present state it "
        "holds for a fresh draw, with or without replacement inside the batch; inside a reshuffled "
        "epoch the state tells which samples are left, and it fails.",
        "At a stationary point the correlation is 0, not negative, as (2) says of every state.",
    ),
)
