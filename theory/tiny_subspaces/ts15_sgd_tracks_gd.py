"""On a quadratic SGD is GD on average, and its distance from GD is the spread of the noise."""

from sympy import And, Eq, Implies, Rational

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.language import Formula
from theory.random_steps import Iterated
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.toy import (
    START,
    flat,
    keep_x,
    run_length,
    sharp,
    x2,
    x2_after,
    xy,
    y2,
    y2_after,
)
from theory.tiny_subspaces.toy_means import (
    FIXED_START,
    apart,
    apart_after,
    apart_limit,
    apart_next,
    distance_to_gd,
    gd_mean_x_after,
    gd_mean_x_next,
    gd_mean_y_after,
    gd_mean_y_next,
    gd_travel,
    mean_x,
    mean_x_after,
    mean_x_next,
    mean_y,
    mean_y_after,
    mean_y_next,
    noise_size,
)
from theory.vocabulary import eta

T = run_length
kept_x, kept_y = 1 - eta * sharp, 1 - eta * flat
same_mean = And(Eq(mean_x_after, gd_mean_x_after), Eq(mean_y_after, gd_mean_y_after))
distance = Eq(distance_to_gd, x2_after + y2_after - gd_mean_x_after**2 - gd_mean_y_after**2)
settles = Eq(apart_after - apart_limit, keep_x**T * (apart - apart_limit))
forgets = And(keep_x >= 0, keep_x < 1)
level = And(apart_limit > 0, Eq(keep_x * apart_limit + eta**2 * noise_size**2, apart_limit))
fixed_start = And(Eq(x2, mean_x**2), Eq(y2, mean_y**2), Eq(xy, mean_x * mean_y))
STEPS = ("SGD moves the mean of x", "SGD moves the mean of y", "GD moves x", "GD moves y")
FAR = ("mean of x under SGD", "mean of y under SGD", "x under GD", "y under GD")
AFTER = (mean_x_after, mean_y_after, gd_mean_x_after, gd_mean_y_after)
NEXT = (mean_x_next, mean_y_next, gd_mean_x_next, gd_mean_y_next)
PRESENT = (mean_x, mean_y, mean_x, mean_y)
KEPT = (kept_x, kept_y, kept_x, kept_y)

claim = Claim(
    id="TS-15",
    title="SGD tracks GD",
    source="appendix G.2 (our exact model)",
    functional="none",
    assumptions={
        "curved": sharp > 0,
        "step": eta > 0,
        "stable without noise": eta * sharp < 2,
        "noise": noise_size > 0,
    },
    conclusion={
        "the mean of SGD is GD": same_mean,
        "distance from GD": distance,
        "additive noise: a level": level,
        "additive noise: reached geometrically": settles,
        "the start is forgotten": forgets,
    },
    derivation=(
        *(
            OneStep(name, Eq(after, kept * now))
            for name, after, kept, now in zip(STEPS, NEXT, KEPT, PRESENT, strict=True)
        ),
        *(
            Iterated(name, Eq(after, kept**T * now), given=(one,), quantity=now, factor=kept)
            for name, after, kept, now, one in zip(FAR, AFTER, KEPT, PRESENT, STEPS, strict=True)
        ),
        Algebra("both are the same power", same_mean, given=FAR),
        Algebra("the mean of the product", distance, given=FAR),
        Certified("kept amounts", keep_x >= 0, squares=(1 - eta * sharp,)),
        Certified("shrinks", keep_x < 1, given=("curved", "step", "stable without noise")),
        Certified(
            "the level keeps itself",
            level,
            given=("curved", "step", "stable without noise", "noise"),
        ),
        OneStep("a noisy step", Eq(apart_next, keep_x * apart + eta**2 * noise_size**2)),
        Certified(
            "distance from the level",
            Eq(apart_next - apart_limit, keep_x * (apart - apart_limit)),
            given=("a noisy step", "curved", "step", "stable without noise"),
        ),
        Iterated(
            "the level is reached",
            settles,
            given=("distance from the level",),
            quantity=apart - apart_limit,
            factor=keep_x,
        ),
    ),
    mutants={
        "SGD stays close to GD whatever the noise": Implies(
            fixed_start, 4 * distance_to_gd <= gd_travel
        ),
        "the mean of SGD is GD for every loss": Formula(
            r"E\theta^{SGD}_2 = \theta^{GD}_2 \text{ for } L = x^4/4",
            "the mean of SGD is GD for every loss",
        ),
        "the distance tends to 0 with additive noise": Eq(apart_after, keep_x**T * apart),
        "the mean is left out": Implies(fixed_start, Eq(distance_to_gd, x2_after + y2_after)),
        "one per cent more noise": Eq(
            apart_next, keep_x * apart + Rational(101, 100) * eta**2 * noise_size**2
        ),
    },
    weaker={"noise": noise_size >= 0},
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=FIXED_START,
    examples={
        "seven steps from the paper's start": Example(
            {**START, "run_length": "7", "mean_x": "1", "mean_y": "1"},
            {gd_mean_x_after: "0.4782969", gd_mean_y_after: "0.99930021"},
        ),
    },
    notes=(
        "Directions add up: with additive noise in every direction the limit of the root mean "
        "squared distance is sqrt(sum eta sigma_i^2 / (lambda_i (2 - eta lambda_i))).",
        "The start may be random; GD then starts from its mean.",
        "The printed chain of distances, much smaller on the left, holds with the paper's numbers "
        "and fails for stronger coupling.",
    ),
)
