"""The smallest model with an exact orbit at the edge of stability: words, literal update, setting.

L = y x^2/2 + m (Y - y)^2/2 + s z^2/2. The curvature along x is y itself, which m pulls towards
Y > 2/eta; z is flat. The orbit is (X, 2/eta), (-X, 2/eta), ... with X^2 = 2m (Y - 2/eta).
Source: our exact model of arXiv 2405.16002, appendix B.1.
"""

from __future__ import annotations

from typing import Any

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.tiny_subspaces.spectral_radius import largest_root
from theory.vocabulary import eta

pull = number("pull", "m", "how strongly the sharpness y is pulled towards its target")
target = number("target", "Y", "sharpness towards which y is pulled")
orbit_x = number("orbit_x", "X", "amplitude of the orbit along x")
flat_curvature = number("flat_curvature", "s", "curvature along the flat direction z")
flat_position = number("flat_position", "z", "position along the flat direction")
tangent_x = number("tangent_x", r"\delta x", "small displacement from the orbit along x")
tangent_y = number("tangent_y", r"\delta y", "small displacement from the orbit along y")

ORBIT = "from (X, 2/eta, z)"
edge_x = computed("edge_x", "x^+", f"x after one step of gradient descent {ORBIT}")
edge_y = computed("edge_y", "y^+", f"y after one step of gradient descent {ORBIT}")
edge_z = computed("edge_z", "z^+", f"z after one step of gradient descent {ORBIT}")
edge_x_back = computed("edge_x_back", "x^{++}", f"x after two steps {ORBIT}")
edge_y_back = computed("edge_y_back", "y^{++}", f"y after two steps {ORBIT}")
edge_slope_x = computed("edge_slope_x", r"\partial_x L", "gradient along x at (X, 2/eta, z)")
edge_slope_y = computed("edge_slope_y", r"\partial_y L", "gradient along y at (X, 2/eta, z)")
edge_slope_z = computed("edge_slope_z", r"\partial_z L", "gradient along z at (X, 2/eta, z)")
edge_bend_xx = computed("edge_bend_xx", "H_{xx}", "Hessian on the orbit, entry xx")
edge_bend_xy = computed("edge_bend_xy", "H_{xy}", "Hessian on the orbit, entry xy")
edge_bend_yy = computed("edge_bend_yy", "H_{yy}", "Hessian on the orbit, entry yy")
tangent_x_next = computed(
    "tangent_x_next",
    r"\delta x^+",
    "the displacement along x after a step and a reflection of x, to first order",
)
tangent_x_second = computed(
    "tangent_x_second", r"\delta x^{++}", "the same after two steps, each with a reflection"
)
tangent_y_next = computed(
    "tangent_y_next", r"\delta y^+", "the displacement along y after a step, to first order"
)
tangent_y_second = computed(
    "tangent_y_second", r"\delta y^{++}", "the same after two steps, to first order"
)
edge_trace = defined(
    "edge_trace", "T", "trace of a step and a reflection, linearised on the orbit", 2 - eta * pull
)
edge_determinant = defined(
    "edge_determinant", r"\Delta", "its determinant", 1 - eta * pull + eta**2 * orbit_x**2
)
edge_growth = defined(
    "edge_growth",
    "r",
    "its spectral radius: below 1, the orbit attracts; above, it repels",
    largest_root(edge_trace, edge_determinant),
)
edge_sharpness = defined(
    "edge_sharpness",
    r"\lambda_1",
    "largest eigenvalue of the Hessian on the orbit",
    (
        edge_bend_xx
        + edge_bend_yy
        + sympy.sqrt((edge_bend_xx - edge_bend_yy) ** 2 + 4 * edge_bend_xy**2)
    )
    / 2,
)

x, y, z, dx, dy = sympy.symbols("x y z dx dy", real=True)  # the state: not words
rest_x, rest_y, rest_z = sympy.symbols("rest_x rest_y rest_z", real=True)  # the place itself
PLACE = (x, y, z)
REST = dict(zip(PLACE, (rest_x, rest_y, rest_z), strict=True))


def loss() -> sympy.Expr:
    """The loss at (x, y, z)."""
    return y * x**2 / 2 + pull * (target - y) ** 2 / 2 + flat_curvature * z**2 / 2


def gd() -> dict[sympy.Symbol, sympy.Expr]:
    """One step of gradient descent."""
    return {s: s - eta * sympy.diff(loss(), s) for s in PLACE}


def reflected_tangent() -> dict[sympy.Symbol, sympy.Expr]:
    """One step followed by x -> -x, linearised at (X, 2/eta): the orbit is its fixed point."""
    new = gd()
    there = {x: orbit_x, y: 2 / eta}

    def change(moved: Any) -> Any:
        return sum((sympy.diff(moved, s) * d).subs(there) for s, d in ((x, dx), (y, dy)))

    return {dx: change(-new[x]), dy: change(new[y])}


def slope(*along: Any) -> sympy.Expr:
    """A derivative of the loss at the place itself."""
    return sympy.diff(loss(), *along).subs(REST, simultaneous=True)


STEP = {**gd(), **reflected_tangent(), **{s: s for s in REST.values()}}
POWERS = {(i, j): orbit_x**i * (2 / eta) ** j for i in range(5) for j in range(5)}
UPDATE = Update(
    outcomes=((sympy.Integer(1), STEP),),
    moments={
        **{x**i * y**j: value for (i, j), value in POWERS.items()},
        **{rest_x**i * rest_y**j: value for (i, j), value in POWERS.items()},
        z: flat_position,
        rest_z: flat_position,
        dx: tangent_x,
        dy: tangent_y,
    },
    after={
        edge_x: x,
        edge_y: y,
        edge_z: z,
        edge_x_back: STEP[x],
        edge_y_back: STEP[y],
        tangent_x_next: dx,
        tangent_y_next: dy,
        tangent_x_second: STEP[dx],
        tangent_y_second: STEP[dy],
        edge_slope_x: slope(x),
        edge_slope_y: slope(y),
        edge_slope_z: slope(z),
        edge_bend_xx: slope(x, x),
        edge_bend_xy: slope(x, y),
        edge_bend_yy: slope(y, y),
    },
)
EDGE_MODEL = Setting(
    "edge of stability",
    {
        eta: some("positive"),
        orbit_x: some("share") * (1 + some("switch") * some("positive")) / eta,
        pull: some("switch") * some("switch", 2) * eta * orbit_x**2  # neutral
        + (1 - some("switch") * some("switch", 2)) * 2 * some("share") / eta,
        target: 2 / eta + orbit_x**2 / (2 * pull),
        flat_curvature: some("share") / eta,
        flat_position: some("real"),
        tangent_x: some("real"),
        tangent_y: some("real"),
    },
    UPDATE,
)
