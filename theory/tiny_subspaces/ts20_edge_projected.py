"""At the edge Dom-GD freezes flat directions and lowers sharpness; Bulk-GD learns and raises it."""

from sympy import And, Eq, Implies

from theory.averaging import OneStep
from theory.claim import Claim
from theory.language import Formula
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.edge_model import (
    flat_curvature,
    flat_position,
    orbit_x,
    pull,
    target,
)
from theory.tiny_subspaces.edge_projected import (
    EDGE_PROJECTED,
    TOP,
    axis_edge_y,
    bulk_edge_x,
    bulk_edge_y,
    bulk_edge_z,
    dom_edge_loss,
    dom_edge_x,
    dom_edge_y,
    dom_edge_z,
    edge_loss,
    image_x,
    image_y,
    image_z,
    tilt,
)
from theory.vocabulary import eta

edge = 2 / eta
top_eigenvalue = edge + orbit_x * tilt
eigenvector = And(Eq(image_x, top_eigenvalue), Eq(image_y, top_eigenvalue * tilt), Eq(image_z, 0))
largest = And(top_eigenvalue > pull - orbit_x * tilt, top_eigenvalue > flat_curvature)
above = top_eigenvalue > edge
share = 1 / (1 + tilt**2)
gd_x = -orbit_x
motion = 2 * orbit_x * tilt * share
dom_y, bulk_y = Eq(dom_edge_y, edge - motion), Eq(bulk_edge_y, edge + motion)
dom_x = Eq(dom_edge_x, orbit_x - 2 * orbit_x * share)
bulk_x = Eq(bulk_edge_x, orbit_x - 2 * orbit_x * (1 - share))
frozen = Eq(dom_edge_z, flat_position)
learns = Eq(bulk_edge_z, (1 - eta * flat_curvature) * flat_position)
sharpness = And(dom_edge_y < edge, bulk_edge_y > edge)
adds = And(Eq(dom_edge_x + bulk_edge_x - orbit_x, gd_x), Eq(dom_edge_y + bulk_edge_y - edge, edge))
decays = dom_edge_x**2 < orbit_x**2
axis = Eq(axis_edge_y, edge)
z_loss = flat_curvature * flat_position**2 / 2
floor = Implies(dom_edge_y >= 0, dom_edge_loss >= z_loss)
SLOPE_Y = orbit_x**2 / 2 - pull * (target - edge)
ALONG = (2 * orbit_x / eta + tilt * SLOPE_Y) * share  # the gradient along (1, tau), over its length
PLACE = ("step", "orbit", "tilt", "eigenvector", "flat")  # where the projected steps are made
TARGET = ("target of the orbit", "step", "pull")
MOVES_X = ("dominant step along x on the orbit", "bulk step along x on the orbit")
MOVES_Y = ("dominant step along y on the orbit", "bulk step along y on the orbit")

claim = Claim(
    id="TS-20",
    title="Dom-GD and Bulk-GD at the edge of stability",
    source="appendix B.1, Dom-GD, Bulk-GD, Figure 9 (our exact model)",
    functional="none",
    assumptions={
        "step": eta > 0,
        "pull": pull > 0,
        "orbit": orbit_x > 0,
        "amplitude": Eq(orbit_x**2, 2 * pull * (target - edge)),
        "tilt": tilt > 0,
        "eigenvector": TOP,
        "flat": flat_curvature < edge,
    },
    conclusion={
        "eigenvector": eigenvector,
        "largest eigenvalue": largest,
        "above the edge": above,
        "Dom-GD freezes z": frozen,
        "Bulk-GD contracts z": learns,
        "sharpness": sharpness,
        "the two add up": adds,
        "Dom-GD shrinks x": decays,
        "fixed projector": axis,
        "floor under Dom-GD": floor,
    },
    derivation=(
        OneStep("Hessian times (1, tau), along x", Eq(image_x, top_eigenvalue), given=PLACE),
        OneStep("Hessian times (1, tau), along y", Eq(image_y, orbit_x + tilt * pull), given=PLACE),
        OneStep("Hessian times (1, tau), along z", Eq(image_z, 0), given=PLACE),
        Certified(
            "it is an eigenvector",
            eigenvector,
            given=(
                "step",
                "eigenvector",
                "Hessian times (1, tau), along x",
                "Hessian times (1, tau), along y",
                "Hessian times (1, tau), along z",
            ),
        ),
        Certified(
            "the others are smaller",
            largest,
            given=("step", "pull", "orbit", "tilt", "flat", "eigenvector"),
        ),
        Certified("tilted upwards", above, given=("step", "orbit", "tilt")),
        OneStep("dominant step along z", frozen, given=PLACE),
        OneStep("bulk step along z", learns, given=PLACE),
        *(
            OneStep(f"{name} along {axis}", Eq(word, start - eta * value), given=PLACE)
            for name, axis, word, start, value in (
                ("dominant step", "x", dom_edge_x, orbit_x, ALONG),
                ("dominant step", "y", dom_edge_y, edge, tilt * ALONG),
                ("bulk step", "x", bulk_edge_x, orbit_x, 2 * orbit_x / eta - ALONG),
                ("bulk step", "y", bulk_edge_y, edge, SLOPE_Y - tilt * ALONG),
                ("step without its x-part", "y", axis_edge_y, edge, SLOPE_Y),
            )
        ),
        Certified(
            "target of the orbit",
            Eq(target, edge + orbit_x**2 / (2 * pull)),
            given=("step", "pull", "amplitude"),
        ),
        *(
            Algebra(f"{name} on the orbit", statement, given=(*TARGET, name))
            for name, statement in (
                ("dominant step along x", dom_x),
                ("dominant step along y", dom_y),
                ("bulk step along x", bulk_x),
                ("bulk step along y", bulk_y),
                ("step without its x-part along y", axis),
            )
        ),
        Certified("the sharpness moves", sharpness, given=("step", "orbit", "tilt", *MOVES_Y)),
        Algebra("both parts are the step", adds, given=("step", *MOVES_X, *MOVES_Y)),
        Certified("x comes closer to 0", decays, given=("orbit", "tilt", MOVES_X[0])),
        Certified(
            "what z keeps",
            floor,
            given=("pull", "dominant step along z"),
            squares=(dom_edge_x, target - dom_edge_y),
        ),
    ),
    mutants={
        "Dom-GD leaves the sharpness": Eq(dom_edge_y, edge),
        "Bulk-GD lowers the sharpness": bulk_edge_y < edge,
        "a fixed projector raises it as well": axis_edge_y > edge,
        "Dom-GD never lowers the loss": dom_edge_loss >= edge_loss,
        "Dom-GD contracts z": Eq(dom_edge_z, (1 - eta * flat_curvature) * flat_position),
        "after 200 steps Dom-GD is at 2/eta": Formula(
            r"\lambda_1=2/\eta\ \text{after 200 steps of Dom-GD}", "sharpness after 200 steps"
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=EDGE_PROJECTED,
    implied={
        "step": "every part holds for eta < 0 as well; with eta = 0 there is no edge",
    },
    notes=(
        "These parts speak of the step at the switch. Rigorous enclosures of the specification's "
        "runs (eta = 0.1, m = 0.01, Y = 20.5, s = 0.3, 200 steps) reproduce its eight numbers, and "
        "show y falling at every Dom-GD step and rising at every Bulk-GD step.",
        "The top eigenvector leans towards y because the Hessian has the entry x off its diagonal. "
        "With the fixed projector on x instead, y does not move: the rise of the sharpness is an "
        "effect of the eigenvector.",
        "Dom-GD lowers the loss once, by shrinking x; what is left is at least s z^2/2, and z is "
        "frozen. Neither m < 2/eta nor s >= 0 is needed.",
    ),
)
