"""Projected gradient descent on the orbit at the edge of stability: words, update, setting.

The model of `edge_model`, at (X, 2/eta, z). The top eigenvector of the Hessian there lies in the
plane of x and y, along (1, tau). Dom-GD makes the part of a step along it, Bulk-GD the rest.
Source: our exact model of arXiv 2405.16002, appendix B.1, Dom-GD and Bulk-GD.
"""

from __future__ import annotations

from typing import Any

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.tiny_subspaces.edge_model import (
    POWERS,
    REST,
    flat_curvature,
    flat_position,
    loss,
    orbit_x,
    pull,
    slope,
    target,
    x,
    y,
    z,
)
from theory.vocabulary import eta

tilt = number("tilt", r"\tau", "slope dy/dx of the top eigenvector on the orbit")
SPOT = "from (X, 2/eta, z)"
dom_edge_x = computed("dom_edge_x", r"x^+_{\mathrm{dom}}", f"x after one Dom-GD step {SPOT}")
dom_edge_y = computed("dom_edge_y", r"y^+_{\mathrm{dom}}", f"y after one Dom-GD step {SPOT}")
dom_edge_z = computed("dom_edge_z", r"z^+_{\mathrm{dom}}", f"z after one Dom-GD step {SPOT}")
bulk_edge_x = computed("bulk_edge_x", r"x^+_{\mathrm{bulk}}", f"x after one Bulk-GD step {SPOT}")
bulk_edge_y = computed("bulk_edge_y", r"y^+_{\mathrm{bulk}}", f"y after one Bulk-GD step {SPOT}")
bulk_edge_z = computed("bulk_edge_z", r"z^+_{\mathrm{bulk}}", f"z after one Bulk-GD step {SPOT}")
axis_edge_y = computed(
    "axis_edge_y",
    r"y^+_{\mathrm{axis}}",
    f"y after one step {SPOT} without its x-part, instead of the part along the eigenvector",
)
image_x = computed("image_x", r"(Hu)_x", "the Hessian on the orbit times (1, tau), along x")
image_y = computed("image_y", r"(Hu)_y", "the Hessian on the orbit times (1, tau), along y")
image_z = computed("image_z", r"(Hu)_z", "the Hessian on the orbit times (1, tau), along z")
edge_loss = defined(
    "edge_loss",
    "L",
    "loss on the orbit",
    loss().subs({x: orbit_x, y: 2 / eta, z: flat_position}),
)
dom_edge_loss = defined(
    "dom_edge_loss",
    r"L^+_{\mathrm{dom}}",
    "loss after one Dom-GD step",
    loss().subs({x: dom_edge_x, y: dom_edge_y, z: dom_edge_z}, simultaneous=True),
)

PLACE = (x, y, z)
dom = sympy.symbols("dom_x dom_y dom_z", real=True)  # the state: not words
bulk = sympy.symbols("bulk_x bulk_y bulk_z", real=True)
AXIS_Y = sympy.Symbol("axis_y", real=True)


def one_step() -> dict[Any, Any]:
    """The projected steps at the place itself."""
    gradient = [slope(s) for s in PLACE]
    top = (sympy.Integer(1), tilt, sympy.Integer(0))
    along = sum(u * g for u, g in zip(top, gradient, strict=True)) / (1 + tilt**2)
    parts = zip(gradient, top, dom, bulk, strict=True)
    moved = {}
    for g, u, kept, rest in parts:
        moved[kept] = kept - eta * along * u
        moved[rest] = rest - eta * (g - along * u)
    return {**moved, AXIS_Y: AXIS_Y - eta * gradient[1], **{s: s for s in REST.values()}}


def image(axis: Any) -> Any:
    """An entry of the Hessian times (1, tau)."""
    return slope(x, axis) + tilt * slope(y, axis)


TOP = sympy.Eq(orbit_x * (1 - tilt**2), (2 / eta - pull) * tilt)  # (1, tau) is an eigenvector
START = (orbit_x, 2 / eta, flat_position)
UPDATE = Update(
    outcomes=((sympy.Integer(1), one_step()),),
    moments={
        **{REST[x] ** i * REST[y] ** j: value for (i, j), value in POWERS.items() if i + j > 0},
        REST[z]: flat_position,
        **dict(zip(dom, START, strict=True)),
        **dict(zip(bulk, START, strict=True)),
        AXIS_Y: 2 / eta,
    },
    after={
        **dict(zip((dom_edge_x, dom_edge_y, dom_edge_z), dom, strict=True)),
        **dict(zip((bulk_edge_x, bulk_edge_y, bulk_edge_z), bulk, strict=True)),
        axis_edge_y: AXIS_Y,
        image_x: image(x),
        image_y: image(y),
        image_z: image(z),
    },
    where=(eta > 0, orbit_x > 0, tilt > 0, TOP, flat_curvature < 2 / eta),  # it is the top one
)
EDGE_PROJECTED = Setting(
    "projected steps at the edge of stability",
    {
        eta: some("positive"),
        tilt: some("switch") * some("share") + (1 - some("switch")) / some("share"),
        orbit_x: 2 / eta * some("share") * tilt / sympy.Abs(1 - tilt**2),
        pull: 2 / eta - orbit_x * (1 - tilt**2) / tilt,
        target: 2 / eta + orbit_x**2 / (2 * pull),
        flat_curvature: 2 / eta * (1 - some("switch") * some("positive") - some("share")),
        flat_position: some("real"),
    },
    UPDATE,
)
