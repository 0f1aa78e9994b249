"""A SAM step turns the gradient round exactly at the SAM edge and shrinks it exactly below."""

from sympy import And, Eq, Equivalent, Implies, Rational, sign, sqrt

from theory.averaging import OneStep
from theory.cases import ROOT, ByCases
from theory.claim import Claim
from theory.reasoning import Follows
from theory.sealed import Sealed
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.one_mode import curvature
from theory.tiny_subspaces.sam import (
    SAM_EDGE,
    edge_at,
    gradient_norm,
    radius,
    sam_edge,
    sam_edge_larger,
    sam_gradient,
)
from theory.vocabulary import eta, theta

after = Eq(sam_gradient, gradient_norm - eta * curvature * (gradient_norm + radius * curvature))
equation = Eq(eta * radius * sam_edge**2 + eta * gradient_norm * sam_edge, 2 * gradient_norm)
threshold = Eq(sign(sam_gradient + gradient_norm), sign(sam_edge - curvature))
shrinks = Equivalent(sam_gradient**2 < gradient_norm**2, curvature < sam_edge)
flips = Implies(Eq(curvature, sam_edge), Eq(sam_gradient, -gradient_norm))
inside = And(sam_edge > 0, sam_edge < 2 / eta)
limit = And(
    2 / eta - sam_edge <= 4 * radius / (eta**2 * gradient_norm),
    Eq(2 / eta - sam_edge, radius * sam_edge**2 / gradient_norm),
)
energy_unit = Eq(edge_at(eta / theta, radius, theta * gradient_norm), theta * sam_edge)
length_unit = Eq(
    edge_at(theta**2 * eta, theta * radius, gradient_norm / theta), sam_edge / theta**2
)
cycle_gradient = eta * curvature**2 * radius / (2 - eta * curvature)
on_the_cycle = Implies(
    And(eta * curvature < 2, Eq(gradient_norm, cycle_gradient)), Eq(sam_edge, curvature)
)
balanced = Eq(
    eta * curvature * (gradient_norm + radius * curvature), 2 * gradient_norm, evaluate=False
)
POSITIVE = ("step", "radius", "gradient", "curvature")
unnormalised = (sqrt(1 + 8 * radius / eta) - 1) / (2 * radius)
EDGE = ("the edge is positive", "the edge solves its equation")
STEP = (*EDGE, "one SAM step")
BELOW = "below the edge of gradient descent"


def seen(reason, statement, given):
    """A step that knows of the edge only what earlier steps say."""
    return Sealed(reason, statement, given=(*POSITIVE, *given), keep=(sam_edge,))


def threshold_at(edge):
    """The statement that this expression is the threshold."""
    return Eq(sign(sam_gradient + gradient_norm), sign(edge - curvature))


claim = Claim(
    id="TS-21",
    title="The SAM edge",
    source="appendix B.2, display (SAM-edge), repaired",
    functional="none",
    assumptions={
        "step": eta > 0,
        "radius": radius > 0,
        "gradient": gradient_norm > 0,
        "curvature": curvature > 0,
        "unit": theta > 0,
    },
    conclusion={
        "step": after,
        "equation": equation,
        "threshold": threshold,
        "shrinks": shrinks,
        "turns round": flips,
        "below 2/eta": inside,
        "small radius": limit,
        "unit of energy": energy_unit,
        "unit of length": length_unit,
        "on the cycle": on_the_cycle,
    },
    derivation=(
        OneStep("one SAM step", after, given=POSITIVE),
        Algebra("the edge solves its equation", equation, given=POSITIVE),
        ByCases(
            "the edge is positive",
            sam_edge > 0,
            given=POSITIVE,
            word=sam_edge,
            strict=True,
            squares=(ROOT - 1,),
        ),
        seen("below the edge of gradient descent", inside, EDGE),
        seen("compare the gradients", threshold, STEP),
        Certified(
            "the gradient falls",
            sam_gradient < gradient_norm,
            given=(*POSITIVE, "one SAM step"),
        ),
        Sealed(
            "squares and sums",
            Equivalent(sam_gradient**2 < gradient_norm**2, sam_gradient + gradient_norm > 0),
            given=("the gradient falls", "gradient"),
        ),
        seen(
            "below the edge the sum is positive",
            Implies(curvature < sam_edge, sam_gradient + gradient_norm > 0),
            STEP,
        ),
        seen(
            "from the edge on it is not",
            Implies(curvature >= sam_edge, sam_gradient + gradient_norm <= 0),
            STEP,
        ),
        Follows(
            "compare their squares",
            shrinks,
            given=(
                "squares and sums",
                "below the edge the sum is positive",
                "from the edge on it is not",
            ),
        ),
        seen("curvature at the edge", flips, STEP),
        seen("distance from the edge of gradient descent", limit, (*EDGE, BELOW)),
        Algebra("units of energy cancel", energy_unit, given=POSITIVE),
        Algebra("units of length cancel", length_unit, given=POSITIVE),
        Certified(
            "the cycle's curvature solves the equation",
            Implies(on_the_cycle.args[0], balanced),
            given=POSITIVE,
        ),
        seen(
            "below the edge the left side is smaller",
            Implies(curvature < sam_edge, balanced.lhs < balanced.rhs),
            EDGE,
        ),
        seen(
            "above the edge it is larger",
            Implies(curvature > sam_edge, balanced.lhs > balanced.rhs),
            EDGE,
        ),
        Follows(
            "the cycle has its curvature at the edge",
            on_the_cycle,
            given=(
                "the cycle's curvature solves the equation",
                "below the edge the left side is smaller",
                "above the edge it is larger",
            ),
        ),
    ),
    mutants={
        "the edge of gradient descent": threshold_at(2 / eta),
        "gradient norm at the perturbed point": threshold_at(
            edge_at(eta, radius, gradient_norm + radius * curvature)
        ),
        "ascent step not normalised": threshold_at(unnormalised),
        "the same for every gradient norm": Eq(sam_edge_larger, sam_edge),
        "one per cent more": threshold_at(Rational(101, 100) * sam_edge),
        "half the radius": threshold_at(edge_at(eta, radius / 2, gradient_norm)),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=SAM_EDGE,
    notes=(
        r"The edge is $\frac{g}{2\rho}\left(\sqrt{1+\frac{8\rho}{\eta g}}-1\right)$, the positive "
        r"root of $\eta\lambda(g+\rho\lambda)=2g$, with $g=\|\nabla L(\theta_t)\|$ before the "
        r"perturbation. The paper prints it without the $\rho$ under the root: TS-21P.",
        "One direction stands for any gradient along an eigenvector of a quadratic.",
    ),
)
