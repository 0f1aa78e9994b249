"""A valley with steep walls and a sloping floor: words, literal update, setting.

L = lambda x^2/2 + f(y). Gradients have noise of mean 0 and variance s2 along x only. Words tell the
floor near the present y: its height f, slope f' and curvature f'' (a quadratic floor; Dom-SGD never
leaves the present y, so that it sees no more of any other floor). The walls are steeper than the
floor is curved, so that x is the dominant direction.
Source: arXiv 2405.16002, appendix A.3 and Figure 8; the model is our formalisation.
"""

from __future__ import annotations

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.vocabulary import eta, theta

wall = number("wall", r"\lambda", "curvature of the walls, along x")
wall_noise = number(
    "wall_noise", r"s^2", "variance of the gradient noise along x", nonnegative=True
)
wall_x2 = number("wall_x2", r"E x^2", "mean square distance from the floor", nonnegative=True)
floor_height = number("floor_height", "f", "height of the floor at the present y")
floor_slope = number("floor_slope", "f'", "slope of the floor at the present y")
floor_curvature = number("floor_curvature", "f''", "curvature of the floor")

valley_loss = defined(
    "valley_loss", "E L", "expected loss before the step", wall * wall_x2 / 2 + floor_height
)
valley_dom_loss = computed(
    "valley_dom_loss", r"E L^+_{\mathrm{dom}}", "expected loss after a Dom-SGD step"
)
valley_bulk_loss = computed(
    "valley_bulk_loss", r"E L^+_{\mathrm{bulk}}", "expected loss after a Bulk-SGD step"
)
valley_sgd_loss = computed("valley_sgd_loss", "E L^+", "expected loss after a step of SGD")
valley_dom_y = computed("valley_dom_y", r"y^+_{\mathrm{dom}}-y", "how far Dom-SGD moves along y")
valley_bulk_x2 = computed(
    "valley_bulk_x2", r"E (x^+_{\mathrm{bulk}})^2", "E x^2 after a Bulk-SGD step"
)
valley_bulk_y = computed(
    "valley_bulk_y", r"y^+_{\mathrm{bulk}}-y", "how far Bulk-SGD moves along y"
)
valley_dominant = defined(
    "valley_dominant", "E D", "expected squared gradient along x", wall**2 * wall_x2
)
valley_dominant_next = computed(
    "valley_dominant_next", "E D^+", "expected squared gradient along x after a step of SGD"
)
valley_slope_next = computed(
    "valley_slope_next", "f'(y^+)", "slope of the floor where a step of SGD ends"
)
valley_level = defined(
    "valley_level",
    r"\frac{\eta s^2}{2(2-\eta\lambda)}",
    "what the noise keeps of the loss above the floor",
    eta * wall_noise / (2 * (2 - eta * wall)),
)
valley_stationary = defined(
    "valley_stationary",
    r"E D_\infty",
    "stationary expected squared gradient along x",
    eta * wall * wall_noise / (2 - eta * wall),
)
valley_alignment = defined(
    "valley_alignment",
    r"a_\infty",
    "alignment (squared) where x is stationary",
    valley_stationary / (valley_stationary + floor_slope**2),
)

x, y, xi = sympy.symbols("x y xi", real=True)  # the state, and the noise of this step
dom_x, dom_y, bulk_x, bulk_y = sympy.symbols("dom_x dom_y bulk_x bulk_y", real=True)


def floor(at: sympy.Expr) -> sympy.Expr:
    """The floor at a distance from the present y."""
    return floor_height + floor_slope * at + floor_curvature * at**2 / 2


def loss(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    """The loss at a distance b from the present y."""
    return wall * a**2 / 2 + floor(b)


def one_step(sign: int) -> dict[sympy.Symbol, sympy.Expr]:
    """A step of SGD, Dom-SGD and Bulk-SGD with noise +-xi along x."""

    def along_x(a: sympy.Symbol, b: sympy.Symbol) -> sympy.Expr:
        return a - eta * (sympy.diff(loss(a, b), a) + sign * xi)

    def along_y(a: sympy.Symbol, b: sympy.Symbol) -> sympy.Expr:
        return b - eta * sympy.diff(loss(a, b), b)

    return {
        x: along_x(x, y),
        y: along_y(x, y),
        dom_x: along_x(dom_x, dom_y),
        dom_y: dom_y,
        bulk_x: bulk_x,
        bulk_y: along_y(bulk_x, bulk_y),
        xi: xi,
    }


ZERO = sympy.Integer(0)
UPDATE = Update(
    outcomes=tuple((sympy.Rational(1, 2), one_step(sign)) for sign in (1, -1)),
    moments={
        **{a**2: wall_x2 for a in (x, dom_x, bulk_x)},
        xi**2: wall_noise,
        **{a * xi: ZERO for a in (x, dom_x)},  # the noise does not depend on the state
        **{b**n: ZERO for b in (y, dom_y, bulk_y) for n in (1, 2)},
    },
    after={
        valley_dom_loss: loss(dom_x, dom_y),
        valley_bulk_loss: loss(bulk_x, bulk_y),
        valley_sgd_loss: loss(x, y),
        valley_dom_y: dom_y,
        valley_bulk_x2: bulk_x**2,
        valley_bulk_y: bulk_y,
        valley_dominant_next: sympy.diff(loss(x, y), x) ** 2,
        valley_slope_next: sympy.diff(floor(y), y),
    },
    where=(wall > floor_curvature,),  # otherwise x is not the dominant direction
)
VALLEY = Setting(
    "ill-conditioned valley",
    {
        wall: some("positive"),
        floor_curvature: wall
        * (1 - some("positive") * some("switch") - some("share") * (1 - some("switch"))),
        eta: some("switch") * 2 * some("share") / wall
        + (1 - some("switch")) * some("share") / wall,
        floor_slope: some("sign") * some("positive"),
        floor_height: some("real"),
        wall_noise: some("switch") * some("positive"),
        wall_x2: some("positive"),
        theta: some("positive"),
    },
    UPDATE,
)
