"""The SAM edge rises with the gradient norm from 0 towards 2/eta, and falls with it in training."""

from sympy import And, Eq, Implies, Rational, sqrt

from theory.cases import ROOT, ByCases
from theory.claim import Claim
from theory.reasoning import Follows
from theory.sealed import Sealed
from theory.steps import Algebra
from theory.tiny_subspaces.sam import (
    SAM_EDGE,
    edge_at,
    gradient_norm,
    radius,
    sam_edge,
    sam_edge_in_proportion,
    sam_edge_larger,
)
from theory.vocabulary import eta, theta

larger_norm = (1 + theta) * gradient_norm
rises = sam_edge_larger > sam_edge
less_than_in_proportion = sam_edge_larger < sam_edge_in_proportion
vanishes_with_the_gradient = And(sam_edge > 0, sam_edge**2 < 2 * gradient_norm / (eta * radius))
approaches = And(sam_edge < 2 / eta, 2 / eta - sam_edge < 4 * radius / (eta**2 * gradient_norm))
small_norm = Implies(eta * gradient_norm <= radius, sam_edge**2 >= gradient_norm / (eta * radius))
POSITIVE = ("step", "radius", "gradient", "factor")
EQUATION = Eq(eta * radius * sam_edge**2 + eta * gradient_norm * sam_edge, 2 * gradient_norm)
EQUATION_LARGER = Eq(
    eta * radius * sam_edge_larger**2 + eta * larger_norm * sam_edge_larger, 2 * larger_norm
)
POSITIVE_EDGES = ("the edge is positive", "the larger edge is positive")
EDGES = ("the edge solves its equation", "the edge is positive")
LARGER = ("the larger edge solves its equation", "the larger edge is positive")


def seen(reason, statement, given):
    """A step that knows of the edges only what earlier steps say."""
    return Sealed(reason, statement, given=(*POSITIVE, *given), keep=(sam_edge, sam_edge_larger))


def left(edge):
    """The left side of the equation at the larger norm."""
    return eta * radius * edge**2 + eta * larger_norm * edge


def compared(name, sentence, at_edge, otherwise, given):
    """Steps to `sentence`: the larger edge solves an equation that would fail otherwise."""
    first, second = f"{name}: put in", f"{name}: otherwise"
    return (
        seen(first, at_edge, given),
        Sealed(
            second,
            otherwise,
            given=(*POSITIVE, "positive in proportion", *POSITIVE_EDGES, first),
            keep=(sam_edge, sam_edge_larger, sam_edge_in_proportion),
        ),
        Follows(name, sentence, given=(first, second, "the larger edge solves its equation")),
    )


claim = Claim(
    id="TS-22",
    title="The SAM edge rises with the gradient norm",
    source="appendix B.2, the sentence after (SAM-edge), repaired",
    functional="none",
    assumptions={
        "step": eta > 0,
        "radius": radius > 0,
        "gradient": gradient_norm > 0,
        "factor": theta > 0,
    },
    conclusion={
        "rises": rises,
        "less than in proportion": less_than_in_proportion,
        "vanishes with the gradient": vanishes_with_the_gradient,
        "no faster than a square root": small_norm,
        "approaches 2/eta": approaches,
    },
    derivation=(
        Algebra("the edge solves its equation", EQUATION, given=POSITIVE),
        Algebra("the larger edge solves its equation", EQUATION_LARGER, given=POSITIVE),
        *(
            ByCases(
                f"the {name} is positive",
                edge > 0,
                given=POSITIVE,
                word=edge,
                strict=True,
                squares=(ROOT - 1,),
            )
            for name, edge in (("edge", sam_edge), ("larger edge", sam_edge_larger))
        ),
        seen("positive in proportion", sam_edge_in_proportion > 0, POSITIVE_EDGES),
        seen("below the edge of gradient descent", sam_edge < 2 / eta, EDGES),
        seen("so is the larger edge", sam_edge_larger < 2 / eta, LARGER),
        *compared(
            "the larger norm needs a larger edge",
            rises,
            left(sam_edge) < 2 * larger_norm,
            Implies(sam_edge_larger <= sam_edge, left(sam_edge_larger) < 2 * larger_norm),
            (*EDGES, "below the edge of gradient descent"),
        ),
        *compared(
            "an edge in proportion is too large",
            less_than_in_proportion,
            left(sam_edge_in_proportion) > 2 * larger_norm,
            Implies(
                sam_edge_larger >= sam_edge_in_proportion,
                left(sam_edge_larger) > 2 * larger_norm,
            ),
            EDGES,
        ),
        seen("the square is bounded", vanishes_with_the_gradient, EDGES),
        seen("distance from 2/eta", approaches, (*EDGES, "below the edge of gradient descent")),
        Sealed(
            "half of 2/eta is too large for a small norm",
            Implies(
                And(eta * gradient_norm <= radius, eta * sam_edge > 1), EQUATION.lhs > EQUATION.rhs
            ),
            given=POSITIVE,
            keep=(sam_edge,),
        ),
        Follows(
            "the edge is below half of 2/eta",
            Implies(eta * gradient_norm <= radius, eta * sam_edge <= 1),
            given=("half of 2/eta is too large for a small norm", "the edge solves its equation"),
        ),
        seen(
            "the square is not smaller than half its bound",
            Implies(And(eta * gradient_norm <= radius, eta * sam_edge <= 1), small_norm.args[1]),
            EDGES,
        ),
        Follows(
            "so it is for small norms",
            small_norm,
            given=(
                "the edge is below half of 2/eta",
                "the square is not smaller than half its bound",
            ),
        ),
    ),
    mutants={
        "constant in the gradient norm": Eq(sam_edge_larger, sam_edge),
        "falls": sam_edge_larger < sam_edge,
        "without bound: doubles when the norm quadruples": edge_at(eta, radius, 4 * gradient_norm)
        >= 2 * sam_edge,
        "never below a thousandth of 1/eta": sam_edge >= Rational(1, 1000) / eta,
        "in proportion": Eq(sam_edge_larger, sam_edge_in_proportion),
        "as the square root of the norm": Eq(sam_edge_larger, sqrt(1 + theta) * sam_edge),
    },
    owes=("symbolic", "certified", "property"),
    domain=SAM_EDGE,
    notes=(
        "The paper says the edge decreases with the norm: TS-22P. Since it increases, shrinking "
        "gradients lower it. Every curvature between 0 and 2/eta is the edge of one gradient norm "
        "(TS-21, on the cycle), so that no positive number bounds the edge from below.",
    ),
)
