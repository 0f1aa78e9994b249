"""In the toy quadratic the mean squares follow a linear recursion, apart from the mean product."""

from sympy import Eq

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.tiny_subspaces.toy import (
    START,
    TOY,
    flat,
    keep_x,
    keep_y,
    mixing,
    run_length,
    sharp,
    x2,
    x2_after,
    x2_next,
    xy,
    xy_next,
    y2,
    y2_after,
    y2_next,
)
from theory.vocabulary import eta

sharp_square = Eq(x2_next, keep_x * x2 + mixing * y2)
flat_square = Eq(y2_next, keep_y * y2 + mixing * x2)
product = Eq(xy_next, ((1 - eta * sharp) * (1 - eta * flat) + mixing) * xy)

claim = Claim(
    id="TS-9",
    title="Second moments of the toy quadratic",
    source="appendix A.2 (our formalisation)",
    functional="ratio of expectations",
    assumptions={},
    conclusion={"sharp": sharp_square, "flat": flat_square, "product": product},
    derivation=(
        OneStep("average the squared step along x", sharp_square),
        OneStep("average the squared step along y", flat_square),
        OneStep("average the product", product),
    ),
    mutants={
        "no exchange from x to y": Eq(y2_next, keep_y * y2),
        "diagonal noise": Eq(x2_next, (keep_x + mixing) * x2),
        "half the coupling": Eq(x2_next, keep_x * x2 + mixing / 4 * y2),
        "twice the curvatures": Eq(x2_next, (1 - 2 * eta * sharp) ** 2 * x2 + mixing * y2),
    },
    owes=("symbolic", "exact", "property"),
    domain=TOY,
    examples={
        "one step from the paper's start": Example(
            START, {x2_next: "0.8101", y2_next: "0.99990001"}
        ),
        "ten steps from the paper's start": Example(
            {**START, "run_length": "10"},
            {
                x2_after: "0.1220385813473516",
                y2_after: "0.9984639440425494",
                keep_y**run_length: "0.998001899",  # no exchange from x to y
                (keep_x + mixing) ** run_length: "0.12172683",  # diagonal noise
                (keep_y + mixing) ** run_length: "0.99900055",
            },
        ),
    },
    notes=(
        "The specification prints 0.1220385813473517 for E x^2 after ten steps; the value goes on "
        "...35161, so the last digit is 6.",
    ),
)
