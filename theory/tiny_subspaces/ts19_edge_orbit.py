"""An exact orbit at sharpness 2/eta attracts exactly if the target sharpness is below 5/(2 eta)."""

from sympy import And, Eq, Implies, Rational, sign

from theory.averaging import OneStep
from theory.cases import ROOT, ByCases
from theory.claim import Claim, Example
from theory.language import Formula
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.edge_model import (
    EDGE_MODEL,
    edge_bend_xx,
    edge_bend_xy,
    edge_bend_yy,
    edge_determinant,
    edge_growth,
    edge_sharpness,
    edge_slope_x,
    edge_slope_y,
    edge_slope_z,
    edge_trace,
    edge_x,
    edge_x_back,
    edge_y,
    edge_y_back,
    edge_z,
    flat_curvature,
    flat_position,
    orbit_x,
    pull,
    tangent_x,
    tangent_x_next,
    tangent_x_second,
    tangent_y,
    tangent_y_next,
    tangent_y_second,
    target,
)
from theory.tiny_subspaces.spectral_radius import converging, growth_steps
from theory.vocabulary import eta

limit = Rational(5, 2) / eta
orbit = And(Eq(edge_x, -orbit_x), Eq(edge_y, 2 / eta))
back = And(Eq(edge_x_back, orbit_x), Eq(edge_y_back, 2 / eta))
gradient = And(
    Eq(edge_slope_x, 2 * orbit_x / eta),
    Eq(edge_slope_y, 0),
    Eq(edge_slope_z, flat_curvature * flat_position),
)
flat = Eq(edge_z, (1 - eta * flat_curvature) * flat_position)
first_x = Eq(tangent_x_next, tangent_x + eta * orbit_x * tangent_y)
first_y = Eq(tangent_y_next, (1 - eta * pull) * tangent_y - eta * orbit_x * tangent_x)
recursion = And(
    Eq(tangent_x_second, edge_trace * tangent_x_next - edge_determinant * tangent_x),
    Eq(tangent_y_second, edge_trace * tangent_y_next - edge_determinant * tangent_y),
)
attracts = Implies(target < limit, edge_growth < 1)
neutral = Implies(Eq(target, limit), Eq(edge_growth, 1))
repels = Implies(target > limit, edge_growth > 1)
hessian = And(Eq(edge_bend_xx, 2 / eta), Eq(edge_bend_xy, orbit_x), Eq(edge_bend_yy, pull))
above = edge_sharpness > 2 / eta
UNIT = {
    "setting": EDGE_MODEL.name,
    "eta": "1",
    "flat_curvature": "1/2",
    "flat_position": "1",
    "tangent_x": "0",
    "tangent_y": "0",
}
TARGET = ("target of the orbit", "step", "pull")
GIVEN_TARGET = (*TARGET, "weak pull", "orbit")
PAIR = (edge_trace, edge_determinant)
AFTER_Y = 2 / eta - eta * (orbit_x**2 / 2 - pull * (target - 2 / eta))
NEXT_X, NEXT_Y = first_x.rhs, first_y.rhs
X2 = Eq(orbit_x**2, 2 * pull * (target - 2 / eta))

claim = Claim(
    id="TS-19",
    title="An exact orbit at the edge of stability",
    source="appendix B.1 (our exact model)",
    functional="none",
    assumptions={
        "step": eta > 0,
        "pull": pull > 0,
        "weak pull": eta * pull <= 2,
        "orbit": orbit_x > 0,
        "amplitude": X2,
    },
    conclusion={
        "orbit": orbit,
        "and back": back,
        "gradient": gradient,
        "flat direction": flat,
        "recursion": recursion,
        "attracts": attracts,
        "neutral": neutral,
        "repels": repels,
        "Hessian": hessian,
        "sharpness": above,
    },
    derivation=(
        OneStep("one step along x", Eq(edge_x, -orbit_x)),
        OneStep(
            "one step along y",
            Eq(edge_y, 2 / eta - eta * (orbit_x**2 / 2 - pull * (target - 2 / eta))),
        ),
        Certified(
            "target of the orbit",
            Eq(target, 2 / eta + orbit_x**2 / (2 * pull)),
            given=("step", "pull", "amplitude"),
        ),
        Algebra(
            "the orbit keeps y", orbit, given=(*TARGET, "one step along x", "one step along y")
        ),
        OneStep("two steps along x", Eq(edge_x_back, -orbit_x * (1 - eta * AFTER_Y))),
        OneStep(
            "two steps along y",
            Eq(edge_y_back, AFTER_Y - eta * (orbit_x**2 / 2 - pull * (target - AFTER_Y))),
        ),
        Algebra(
            "the orbit closes", back, given=(*TARGET, "two steps along x", "two steps along y")
        ),
        OneStep("slope along x", Eq(edge_slope_x, 2 * orbit_x / eta)),
        OneStep("slope along y", Eq(edge_slope_y, orbit_x**2 / 2 - pull * (target - 2 / eta))),
        OneStep("slope along z", Eq(edge_slope_z, flat_curvature * flat_position)),
        Algebra(
            "the gradient on the orbit",
            gradient,
            given=(*TARGET, "slope along x", "slope along y", "slope along z"),
        ),
        OneStep("one step along z", flat),
        OneStep("a displacement along x", first_x),
        OneStep("a displacement along y", first_y),
        OneStep(
            "the displacement along x, again",
            Eq(tangent_x_second, NEXT_X + eta * orbit_x * NEXT_Y),
        ),
        OneStep(
            "the displacement along y, again",
            Eq(tangent_y_second, (1 - eta * pull) * NEXT_Y - eta * orbit_x * NEXT_X),
        ),
        Algebra(
            "trace and determinant",
            recursion,
            given=(
                "a displacement along x",
                "a displacement along y",
                "the displacement along x, again",
                "the displacement along y, again",
            ),
        ),
        *growth_steps("it attracts", attracts, converging(*PAIR), edge_growth, PAIR, GIVEN_TARGET),
        *growth_steps(
            "it is neutral",
            neutral,
            And(Eq(edge_determinant, 1), edge_trace < 2, edge_trace >= 0),
            edge_growth,
            PAIR,
            ("step", "pull", "weak pull", "orbit", "amplitude"),
        ),
        *growth_steps(
            "it repels",
            repels,
            And(edge_determinant > 1, edge_trace < 2, edge_trace >= 0),
            edge_growth,
            PAIR,
            GIVEN_TARGET,
        ),
        OneStep("entry xx", Eq(edge_bend_xx, 2 / eta)),
        OneStep("entry xy", Eq(edge_bend_xy, orbit_x)),
        OneStep("entry yy", Eq(edge_bend_yy, pull)),
        Algebra("the Hessian", hessian, given=("entry xx", "entry xy", "entry yy", "step")),
        ByCases(
            "its largest eigenvalue",
            above,
            given=("step", "pull", "orbit", "entry xx", "entry xy", "entry yy"),
            word=edge_sharpness,
            strict=True,
            squares=(eta * ROOT + eta * pull - 2, 2 - eta * pull),
        ),
    ),
    mutants={
        "attracts for every target": edge_growth < 1,
        "sharpness exactly 2/eta": Eq(edge_sharpness, 2 / eta),
        "the window widens with the pull": Implies(target < 2 / eta + pull, edge_growth < 1),
        "the window ends one per cent later": Implies(
            target < Rational(101, 100) * limit, edge_growth < 1
        ),
        "the gradient has a part along y": Eq(edge_slope_y, orbit_x**2 / 2),
        "an orbit below the edge as well": Formula(
            r"Y<2/\eta\ \Rightarrow\ x_t\not\to0", "an orbit below the edge"
        ),
    },
    implied={
        "step": "with eta < 0 every orbit repels and every target exceeds 5/(2 eta); with eta = 0 "
        "there is no amplitude",
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=EDGE_MODEL,
    examples={
        "target 2.01 over eta": Example(
            {**UNIT, "pull": "1/2", "orbit_x": "1/10", "target": "201/100"},
            {sign(1 - edge_growth): "1"},
        ),
        "target 2.3 over eta": Example(
            {**UNIT, "pull": "3/5", "orbit_x": "3/5", "target": "23/10"},
            {sign(1 - edge_growth): "1"},
        ),
        "target 2.49 over eta": Example(
            {**UNIT, "pull": "1/2", "orbit_x": "7/10", "target": "249/100"},
            {sign(1 - edge_growth): "1"},
        ),
        "target 2.51 over eta": Example(
            {**UNIT, "pull": "51/200", "orbit_x": "51/100", "target": "251/100"},
            {sign(1 - edge_growth): "-1"},
        ),
        "target 2.6 over eta": Example(
            {**UNIT, "pull": "3/10", "orbit_x": "3/5", "target": "13/5"},
            {sign(1 - edge_growth): "-1"},
        ),
        "sharpness on the orbit": Example(
            {**UNIT, "eta": "1/10", "pull": "1/100", "orbit_x": "1/10", "target": "41/2"},
            {edge_sharpness: "20.0005002376069"},
        ),
    },
    notes=(
        "The specification asks for eta m < 1; eta m <= 2 is enough. In this range the window for "
        "the target does not depend on m.",
        "The two-step map on the orbit is the square of a step followed by x -> -x, so that its "
        "multipliers are the squares of the roots here. A literal run from near the orbit returns "
        "for a target of 2.3/eta and moves away for 2.6/eta.",
    ),
)
