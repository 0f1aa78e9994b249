"""SAM on a quadratic with two directions: words, literal update, setting.

L = (lambda x^2 + lambda' y^2)/2 with x > 0; the axes are eigenvectors. With gradient g at a point,
SAM steps by -eta times the gradient at the point + rho g/||g||; Dom-SAM keeps the x-part of that
step, Bulk-SAM the y-part. The cycle of x is a run x, -x, x, ... with y = 0.
Source: arXiv 2405.16002, appendix B.2; the model is our formalisation.
"""

from __future__ import annotations

from typing import Any

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.tiny_subspaces.one_mode import curvature, position
from theory.tiny_subspaces.sam import radius
from theory.vocabulary import eta

other_curvature = number("other_curvature", r"\lambda'", "curvature along the other direction")
other_position = number("other_position", "y", "position along the other direction")
plane_norm = number("plane_norm", r"\|\nabla L\|", "norm of the gradient at the point (x, y)")

sam_next = computed("sam_next", "x^+", "x after one SAM step from (x, 0)")
sam_mirror = computed("sam_mirror", r"x^+(-x)", "the same from (-x, 0)")
sam_y_next = computed("sam_y_next", "y^+", "y after one SAM step from (x, y)")
dom_sam_x = computed("dom_sam_x", r"x^+_{\mathrm{dom}}", "x after one Dom-SAM step from (x, y)")
dom_sam_y = computed("dom_sam_y", r"y^+_{\mathrm{dom}}", "y after one Dom-SAM step from (x, y)")
bulk_sam_x = computed("bulk_sam_x", r"x^+_{\mathrm{bulk}}", "x after one Bulk-SAM step from (x, y)")
bulk_sam_y = computed("bulk_sam_y", r"y^+_{\mathrm{bulk}}", "y after one Bulk-SAM step from (x, y)")
own_multiplier = computed(
    "own_multiplier", r"\partial x^+/\partial x", "what a step makes of a small change of x"
)
multiplier = computed(
    "multiplier",
    r"\partial y^+/\partial y",
    "what a step on the cycle of x makes of a small displacement along y",
)
cycle_amplitude = defined(
    "cycle_amplitude",
    r"x_*",
    "amplitude of SAM's cycle along x",
    eta * curvature * radius / (2 - eta * curvature),
)

x, y, mirror, dx, dy = sympy.symbols("x y mirror dx dy", real=True)  # the state: not words
dom_x, dom_y, bulk_x, bulk_y = sympy.symbols("dom_x dom_y bulk_x bulk_y", real=True)
KEPT = {dom_x: (1, 0), dom_y: (0, 0), bulk_x: (0, 0), bulk_y: (0, 1)}  # what projections keep
LENGTH = sympy.Symbol("length", positive=True)  # norm of the gradient, until it is put in
STEEP, FAR = sympy.symbols("steep far", positive=True)  # curvature and position, positive


def loss(a: Any, b: Any) -> Any:
    """The quadratic."""
    return (curvature * a**2 + other_curvature * b**2) / 2


def slopes(a: Any, b: Any) -> tuple[Any, Any]:
    """The gradient of the loss at a point."""
    return tuple(sympy.diff(loss(x, y), s).subs({x: a, y: b}, simultaneous=True) for s in (x, y))


NORM = (
    plane_norm > 0,
    sympy.Eq(plane_norm**2, (curvature * position) ** 2 + (other_curvature * other_position) ** 2),
)  # what plane_norm is


def sam_gradient_at(a: Any, b: Any, length: Any) -> tuple[Any, Any]:
    """The gradient at the perturbed point; `length` is the norm of the gradient at (a, b)."""
    g, h = slopes(a, b)
    return slopes(a + radius * g / length, b + radius * h / length)


def across_the_cycle() -> Any:
    """The derivative of y after a step with respect to y, on the cycle of x."""
    g, h = slopes(FAR, y)
    length = sympy.sqrt(g**2 + h**2).subs(curvature, STEEP)
    after = y - eta * sam_gradient_at(FAR, y, length)[1]
    at_cycle = sympy.diff(after, y).subs(y, 0)
    return at_cycle.xreplace({STEEP: curvature, FAR: cycle_amplitude})


def one_step() -> dict[sympy.Symbol, Any]:
    """One SAM step along x from either side, in the plane, and of small displacements."""
    along = x - eta * sam_gradient_at(x, 0, curvature * x)[0]
    opposite = mirror - eta * sam_gradient_at(mirror, 0, -curvature * mirror)[0]
    in_plane = sam_gradient_at(position, other_position, plane_norm)
    projected = {
        s: s - eta * (first * in_plane[0] + second * in_plane[1])
        for s, (first, second) in KEPT.items()
    }
    return {
        **projected,
        x: sympy.expand(along),
        mirror: sympy.expand(opposite),
        y: y - eta * sam_gradient_at(position, y, plane_norm)[1],
        dx: sympy.diff(sympy.expand(along), x) * dx,
        dy: across_the_cycle() * dy,
    }


STEP = one_step()
UPDATE = Update(
    outcomes=((sympy.Integer(1), STEP),),
    moments={
        x: position,
        mirror: -position,
        y: other_position,
        dx: sympy.Integer(1),
        dy: sympy.Integer(1),
        dom_x: position,
        dom_y: other_position,
        bulk_x: position,
        bulk_y: other_position,
    },
    after={
        sam_next: x,
        sam_mirror: mirror,
        sam_y_next: y,
        dom_sam_x: dom_x,
        dom_sam_y: dom_y,
        bulk_sam_x: bulk_x,
        bulk_sam_y: bulk_y,
        own_multiplier: dx,
        multiplier: dy,
    },
    where=(  # x > 0, its cycle exists, and the norm is the norm
        eta > 0,
        radius > 0,
        curvature > 0,
        other_curvature > 0,
        position > 0,
        eta * curvature < 2,
        *NORM,
    ),
)
_tangent = some("share")
SAM_PLANE = Setting(
    "SAM on a quadratic",
    {
        radius: some("positive"),
        curvature: some("positive"),
        eta: 2 * some("share") / curvature,
        other_curvature: curvature
        * (
            some("switch") * some("positive")
            + (1 - some("switch")) * some("switch", 2)
            + (1 - some("switch")) * (1 - some("switch", 2)) * some("share")
        ),
        position: some("switch") * eta * curvature * radius / (2 - eta * curvature)
        + (1 - some("switch")) * some("positive"),
        other_position: some("switch", 2)
        * some("sign")
        * curvature
        * position
        * 2
        * _tangent
        / ((1 - _tangent**2) * other_curvature),
        plane_norm: sympy.sqrt(
            (curvature * position) ** 2 + (other_curvature * other_position) ** 2
        ),
    },
    UPDATE,
)
