"""In the toy quadratic the mean squares follow a linear recursion, apart from the mean product."""

from sympy import And, Eq, Equivalent, Implies

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.toy import (
    SAMPLES,
    START,
    along_x,
    along_y,
    coupling,
    flat,
    keep_x,
    keep_y,
    mixing,
    noise_xx,
    noise_xy,
    noise_yy,
    run_length,
    sample_bend_1,
    sample_bend_2,
    sample_loss_1,
    sample_loss_2,
    sharp,
    toy_loss,
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

loss_1 = Eq(sample_loss_1, toy_loss + coupling * xy)
loss_2 = Eq(sample_loss_2, toy_loss - coupling * xy)
mean_of_samples = Eq((sample_loss_1 + sample_loss_2) / 2, toy_loss)

on_the_diagonal = And(Eq(noise_xx, coupling**2 * y2), Eq(noise_yy, coupling**2 * x2))
off_the_diagonal = Eq(noise_xy, coupling**2 * xy)

plain = sharp * along_x**2 + flat * along_y**2
bend_1 = Eq(sample_bend_1, plain + 2 * coupling * along_x * along_y)
bend_2 = Eq(sample_bend_2, plain - 2 * coupling * along_x * along_y)
strong = coupling**2 > sharp * flat


def first(side):
    """The direction (+-c, -lambda), in which a sample bends down before it does in any other."""
    return And(sharp > 0, Eq(along_x, side * coupling), Eq(along_y, -sharp))


down = And(
    Implies(first(1), Equivalent(sample_bend_1 < 0, strong)),
    Implies(first(-1), Equivalent(sample_bend_2 < 0, strong)),
)
up = Implies(
    And(sharp > 0, Eq(along_y, 0), along_x**2 > 0), And(sample_bend_1 > 0, sample_bend_2 > 0)
)
convex = Implies(
    And(sharp > 0, coupling**2 <= sharp * flat), And(sample_bend_1 >= 0, sample_bend_2 >= 0)
)
CURVATURES = ("curvature of the first sample", "curvature of the second sample")

claim = Claim(
    id="TS-9",
    title="Second moments of the toy quadratic",
    source="appendix A.2 (our formalisation)",
    functional="ratio of expectations",
    assumptions={},
    conclusion={
        "sharp": sharp_square,
        "flat": flat_square,
        "product": product,
        "mean of the samples": mean_of_samples,
        "variances of the noise": on_the_diagonal,
        "covariance of the noise": off_the_diagonal,
        "samples bend up along x": up,
        "samples bend down somewhere exactly if c^2 > lambda mu": down,
        "and else nowhere": convex,
    },
    derivation=(
        OneStep("average the squared step along x", sharp_square),
        OneStep("average the squared step along y", flat_square),
        OneStep("average the product", product),
        OneStep("loss of the first sample", loss_1),
        OneStep("loss of the second sample", loss_2),
        Algebra(
            "average the losses",
            mean_of_samples,
            given=("loss of the first sample", "loss of the second sample"),
        ),
        *(
            OneStep(f"average the squared noise along {axis}", Eq(word, coupling**2 * moment))
            for axis, word, moment in (("x", noise_xx, y2), ("y", noise_yy, x2))
        ),
        OneStep("average the product of the noises", off_the_diagonal),
        OneStep(CURVATURES[0], bend_1),
        OneStep(CURVATURES[1], bend_2),
        Certified("along x only lambda counts", up, given=CURVATURES),
        Certified("the direction that bends first", down, given=CURVATURES),
        Certified(
            "complete the square",
            convex,
            given=CURVATURES,
            squares=(
                sharp * along_x + coupling * along_y,
                sharp * along_x - coupling * along_y,
                along_y,
            ),
        ),
    ),
    mutants={
        "no exchange from x to y": Eq(y2_next, keep_y * y2),
        "diagonal noise": Eq(x2_next, (keep_x + mixing) * x2),
        "half the coupling": Eq(x2_next, keep_x * x2 + mixing / 4 * y2),
        "twice the curvatures": Eq(x2_next, (1 - 2 * eta * sharp) ** 2 * x2 + mixing * y2),
        "noise of each coordinate from itself": And(
            Eq(noise_xx, coupling**2 * x2), Eq(noise_yy, coupling**2 * y2)
        ),
        "noises of the coordinates uncorrelated": Eq(noise_xy, 0),
        "the loss is the sum of the samples": Eq(sample_loss_1 + sample_loss_2, toy_loss),
        "samples are always indefinite": Implies(first(1), sample_bend_1 < 0),
        "indefinite at c^2 = lambda mu already": Implies(
            first(1), Equivalent(sample_bend_1 < 0, coupling**2 >= sharp * flat)
        ),
        "indefinite one per cent earlier": Implies(
            first(1), Equivalent(sample_bend_1 < 0, 101 * coupling**2 > 100 * sharp * flat)
        ),
        "only one sample is indefinite": Implies(sharp > 0, sample_bend_2 >= 0),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=SAMPLES,
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
        "noise at the point (1, 2)": Example(
            {**START, "y2": "4", "xy": "2"},
            {noise_xx: "40000", noise_xy: "20000", noise_yy: "10000"},
        ),
        "the paper's samples are indefinite": Example(
            {**START, "along_x": "100", "along_y": "-1000"},
            {sample_bend_1: "-9000000", sample_bend_2: "31000000"},
        ),
    },
    notes=(
        "The specification prints 0.1220385813473517 for E x^2 after ten steps; the value goes on "
        "...35161, so the last digit is 6.",
        "From a point (x, y) the second moments are x^2, y^2 and xy: the noise there has the "
        "covariance c^2 [[y^2, xy], [xy, x^2]], which depends on the state and is not diagonal.",
        "A quadratic is indefinite if it bends up in one direction and down in another. At "
        "c^2 = lambda mu the samples are flat in one direction and bend down in none: the "
        "condition is strict.",
        "That E theta follows GD exactly is the first part of TS-15.",
    ),
)
