"""In a steep valley noise alone aligns the gradient, and Dom-SGD never moves along the floor."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.averaging import OneStep
from theory.claim import Claim
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.valley import (
    VALLEY,
    floor_curvature,
    floor_height,
    floor_slope,
    valley_alignment,
    valley_bulk_loss,
    valley_bulk_x2,
    valley_bulk_y,
    valley_dom_loss,
    valley_dom_y,
    valley_dominant,
    valley_dominant_next,
    valley_level,
    valley_loss,
    valley_sgd_loss,
    valley_slope_next,
    valley_stationary,
    wall,
    wall_noise,
    wall_x2,
)
from theory.vocabulary import eta, theta

kept = (1 - eta * wall) ** 2
dom_frozen = Eq(valley_dom_y, 0)


def relaxes_to(limit):
    """Under Dom-SGD the distance of the expected loss from this limit shrinks by a fixed factor."""
    return Eq(valley_dom_loss - limit, kept * (valley_loss - limit))


dom_limit = relaxes_to(floor_height + valley_level)
stationary = Eq(
    valley_dominant_next - valley_stationary, kept * (valley_dominant - valley_stationary)
)
high = Equivalent(
    valley_alignment >= theta / (1 + theta), valley_stationary >= theta * floor_slope**2
)
quiet = Eq(wall_noise, 0)
cross_ratio = Implies(
    quiet,
    Eq(
        valley_dominant_next * floor_slope**2 * (1 - eta * floor_curvature) ** 2,
        valley_dominant * valley_slope_next**2 * kept,
    ),
)
floor_is_slower = eta * (wall + floor_curvature) < 2
falls = Implies(
    And(quiet, floor_is_slower, valley_dominant > 0),
    valley_dominant_next * floor_slope**2 < valley_dominant * valley_slope_next**2,
)
bulk_step = And(Eq(valley_bulk_x2, wall_x2), Eq(valley_bulk_y, -eta * floor_slope))
bulk_gain = eta * (1 - eta * floor_curvature / 2) * floor_slope**2
bulk_progress = And(Eq(valley_bulk_loss, valley_loss - bulk_gain), valley_bulk_loss < valley_loss)
additive = Eq(
    valley_sgd_loss - valley_loss,
    (valley_dom_loss - valley_loss) + (valley_bulk_loss - valley_loss),
)
WIDE = ("dominant",)  # the walls are steeper than the floor is curved
WALLS = ("step", "below 2", "walls")

claim = Claim(
    id="TS-17",
    title="The ill-conditioned valley",
    source="appendix A.3, Figure 8 (our exact model)",
    functional="ratio of expectations",
    assumptions={
        "step": eta > 0,
        "walls": wall > 0,
        "below 2": eta * wall < 2,
        "dominant": wall > floor_curvature,
        "slope": floor_slope**2 > 0,
    },
    conclusion={
        "Dom-SGD stays at its y": dom_frozen,
        "loss under Dom-SGD": dom_limit,
        "what a step keeps of the distance": kept < 1,
        "stationary gradient": stationary,
        "when alignment is high": high,
        "without noise: ratio": cross_ratio,
        "without noise: falls": falls,
        "Bulk-SGD": bulk_step,
        "Bulk-SGD makes progress": bulk_progress,
        "SGD adds both": additive,
    },
    derivation=(
        OneStep("the dominant step moves no y", dom_frozen, given=WIDE),
        OneStep(
            "loss after a dominant step",
            Eq(
                valley_dom_loss,
                wall / 2 * (kept * wall_x2 + eta**2 * wall_noise) + floor_height,
            ),
            given=WIDE,
        ),
        Algebra("distance from the limit", dom_limit, given=(*WALLS, "loss after a dominant step")),
        Certified(
            "less than all is kept",
            kept < 1,
            given=WALLS,
            squares=(1 - eta * wall,),
        ),
        OneStep(
            "gradient along x after a step",
            Eq(valley_dominant_next, wall**2 * (kept * wall_x2 + eta**2 * wall_noise)),
            given=WIDE,
        ),
        Algebra(
            "distance from the stationary gradient",
            stationary,
            given=(*WALLS, "gradient along x after a step"),
        ),
        Certified("the stationary gradient", valley_stationary >= 0, given=WALLS),
        Certified(
            "noise or slope",
            eta * wall * wall_noise + (2 - eta * wall) * floor_slope**2 > 0,
            given=(*WALLS, "slope"),
        ),
        Certified(
            "compare with the slope",
            high,
            given=(*WALLS, "slope", "noise or slope"),
        ),
        OneStep(
            "slope after a step",
            Eq(valley_slope_next, (1 - eta * floor_curvature) * floor_slope),
            given=WIDE,
        ),
        Certified(
            "both shrink by a factor",
            cross_ratio,
            given=("gradient along x after a step", "slope after a step"),
        ),
        Certified(
            "the floor keeps more",
            Implies(floor_is_slower, kept < (1 - eta * floor_curvature) ** 2),
            given=("step", "dominant"),
        ),
        Certified(
            "the walls shrink faster",
            falls,
            given=(
                "slope",
                "the floor keeps more",
                "gradient along x after a step",
                "slope after a step",
            ),
        ),
        OneStep("the bulk step keeps x", Eq(valley_bulk_x2, wall_x2), given=WIDE),
        OneStep("the bulk step descends", Eq(valley_bulk_y, -eta * floor_slope), given=WIDE),
        OneStep(
            "loss after a bulk step", Eq(valley_bulk_loss, valley_loss - bulk_gain), given=WIDE
        ),
        Certified(
            "the floor is not too curved",
            bulk_progress,
            given=(*WALLS, "dominant", "slope", "loss after a bulk step"),
        ),
        OneStep(
            "loss after a step of SGD",
            Eq(
                valley_sgd_loss,
                wall / 2 * (kept * wall_x2 + eta**2 * wall_noise) + floor_height - bulk_gain,
            ),
            given=WIDE,
        ),
        Algebra(
            "add the two",
            additive,
            given=(
                "loss after a dominant step",
                "loss after a bulk step",
                "loss after a step of SGD",
            ),
        ),
    ),
    mutants={
        "steep walls are enough": Implies(
            wall > 1000 * floor_curvature, valley_alignment >= Rational(1, 2)
        ),
        "steep walls keep alignment without noise": Implies(
            quiet, valley_dominant_next * floor_slope**2 >= valley_dominant * valley_slope_next**2
        ),
        "Dom-SGD reaches the bottom of the floor": Implies(
            floor_curvature > 0,
            relaxes_to(floor_height + valley_level - floor_slope**2 / (2 * floor_curvature)),
        ),
        "Dom-SGD moves along the floor": Eq(valley_dom_y, -eta * floor_slope),
        "noise keeps twice as much loss": relaxes_to(floor_height + 2 * valley_level),
        "alignment falls for every step size": Implies(
            And(quiet, valley_dominant > 0),
            valley_dominant_next * floor_slope**2 < valley_dominant * valley_slope_next**2,
        ),
        "dominant steps make the progress": valley_dom_loss < valley_bulk_loss,
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=VALLEY,
    notes=(
        "Without slope nothing is left to gain along the floor: dropping that assumption refutes "
        "the progress of Bulk-SGD, and alignment is then 1 wherever there is noise.",
        "Words about steps of SGD speak of a quadratic (or linear) floor. Dom-SGD does not move "
        "along the floor, whatever its shape; that is checked for floors that are not quadratic.",
        "If the floor is flatter than the walls are steep and eta (lambda + f'') < 2, alignment "
        "without noise falls at each step; with a larger step size the floor is the faster part.",
    ),
)
