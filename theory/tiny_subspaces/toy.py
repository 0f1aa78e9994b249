"""The toy quadratic of the paper's appendix: words, update and setting.

Two samples with losses l_1, l_2 = L +- c x y, where L = (lambda x^2 + mu y^2)/2; each step draws
one of them with probability 1/2. The gradient is (lambda x, mu y), the dominant direction is x, so
alignment (squared) is the share lambda^2 x^2 of it. E x^2 and E y^2 stand for squares along a run.
One step of other methods is taken from the same state: GD (no sample is drawn), Dom-SGD (only x
moves) and Bulk-SGD (only y moves). A draw also shows the losses of both samples, their curvatures
along a direction, and its noise: the gradient of its sample less that of L.
Source: arXiv 2405.16002, appendix A.2; the moments are our formalisation.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from theory.averaging import Repeated, Update
from theory.language import computed, defined, number
from theory.setting import Setting, same, some
from theory.vocabulary import eta

x, y = sympy.symbols("x y", real=True)  # the state: not words
gd_x, gd_y, dom_x, dom_y, bulk_x, bulk_y = sympy.symbols(
    "gd_x gd_y dom_x dom_y bulk_x bulk_y", real=True
)
# what a draw shows, beside where its step leads
noise_x, noise_y = sympy.symbols("noise_x noise_y", real=True)
LOSSES = sympy.symbols("loss_1 loss_2", real=True)
BENDS = sympy.symbols("bend_1 bend_2", real=True)
SIGNS = (1, -1)  # of c x y in the two samples

sharp = number("sharp", r"\lambda", "eigenvalue of the sharp direction x")
flat = number("flat", r"\mu", "eigenvalue of the flat direction y")
coupling = number("coupling", "c", "strength of the term +-c x y by which the two samples differ")
x2 = number("x2", "u", "E x^2, mean square along the sharp direction", nonnegative=True)
y2 = number("y2", "v", "E y^2, mean square along the flat direction", nonnegative=True)
xy = number("xy", "E xy", "mean product of the two coordinates")
run_length = number("run_length", "T", "number of steps of the run", whole=True)

x2_next = computed("x2_next", "u^+", "E x^2 after one step of SGD", nonnegative=True)
y2_next = computed("y2_next", "v^+", "E y^2 after one step of SGD", nonnegative=True)
xy_next = computed("xy_next", r"E (xy)^+", "E xy after one step of SGD")
x2_after = computed("x2_after", "u_T", "E x^2 after all steps of SGD", nonnegative=True)
y2_after = computed("y2_after", "v_T", "E y^2 after all steps of SGD", nonnegative=True)
xy_after = computed("xy_after", r"E (xy)_T", "E xy after all steps of SGD")

gd_x2_next = computed("gd_x2_next", "u^{GD+}", "E x^2 after one step of GD", nonnegative=True)
gd_y2_next = computed("gd_y2_next", "v^{GD+}", "E y^2 after one step of GD", nonnegative=True)
gd_x2_after = computed("gd_x2_after", "u^{GD}_T", "E x^2 after all steps of GD", nonnegative=True)
gd_y2_after = computed("gd_y2_after", "v^{GD}_T", "E y^2 after all steps of GD", nonnegative=True)

dom_x2_next = computed("dom_x2_next", "u^{D+}", "E x^2 after one Dom-SGD step", nonnegative=True)
dom_y2_next = computed("dom_y2_next", "v^{D+}", "E y^2 after one Dom-SGD step", nonnegative=True)
dom_x2_after = computed("dom_x2_after", "u^D_T", "E x^2 after all Dom-SGD steps", nonnegative=True)
dom_y2_after = computed("dom_y2_after", "v^D_T", "E y^2 after all Dom-SGD steps", nonnegative=True)

bulk_x2_next = computed("bulk_x2_next", "u^{B+}", "E x^2 after one Bulk-SGD step", nonnegative=True)
bulk_y2_next = computed("bulk_y2_next", "v^{B+}", "E y^2 after one Bulk-SGD step", nonnegative=True)
bulk_x2_after = computed(
    "bulk_x2_after", "u^B_T", "E x^2 after all Bulk-SGD steps", nonnegative=True
)
bulk_y2_after = computed(
    "bulk_y2_after", "v^B_T", "E y^2 after all Bulk-SGD steps", nonnegative=True
)

slope_x = computed("slope_x", r"E\,\partial_x L\,\Delta x", "first-order change of L along x")
slope_y = computed("slope_y", r"E\,\partial_y L\,\Delta y", "first-order change of L along y")
bend_x = computed(
    "bend_x",
    r"\tfrac12\lambda E(\Delta x)^2",
    "second-order change of L along x",
)
bend_y = computed("bend_y", r"\tfrac12\mu E(\Delta y)^2", "second-order change of L along y")

along_x = number("along_x", "p", "component of a direction along the sharp direction x")
along_y = number("along_y", "q", "component of a direction along the flat direction y")
noise_xx = computed(
    "noise_xx", r"E\xi_x^2", "mean square of the gradient noise along x", nonnegative=True
)
noise_yy = computed(
    "noise_yy", r"E\xi_y^2", "mean square of the gradient noise along y", nonnegative=True
)
noise_xy = computed("noise_xy", r"E\xi_x\xi_y", "mean product of the gradient noises")
sample_loss_1, sample_loss_2 = (
    computed(f"sample_loss_{i}", f"E l_{i}", f"mean loss of sample {i}") for i in (1, 2)
)
sample_bend_1, sample_bend_2 = (
    computed(
        f"sample_bend_{i}",
        rf"v^T\nabla^2 l_{i} v",
        f"curvature of the loss of sample {i} along the direction",
    )
    for i in (1, 2)
)

keep_x = defined(
    "keep_x", r"\alpha", "what a step keeps of x^2 without noise", (1 - eta * sharp) ** 2
)
keep_y = defined(
    "keep_y", r"\beta", "what a step keeps of y^2 without noise", (1 - eta * flat) ** 2
)
mixing = defined("mixing", r"\kappa", "what a step moves between x^2 and y^2", eta**2 * coupling**2)
toy_loss = defined("toy_loss", "E L", "mean loss", (sharp * x2 + flat * y2) / 2)
toy_loss_next = defined(
    "toy_loss_next",
    "E L^+",
    "mean loss after one step of SGD",
    (sharp * x2_next + flat * y2_next) / 2,
)


def loss(sign: int | sympy.Symbol) -> sympy.Expr:
    """The loss of one of the two samples; 0 stands for their mean."""
    return (sharp * x**2 + flat * y**2) / 2 + sign * coupling * x * y


def bend(sign: int) -> sympy.Expr:
    """The second difference of the loss of a sample along the direction."""
    there, back = ({x: x + s * along_x, y: y + s * along_y} for s in (1, -1))
    value = loss(sign)
    return sympy.expand(
        value.subs(there, simultaneous=True) + value.subs(back, simultaneous=True) - 2 * value
    )


def shown(sign: int) -> dict[sympy.Symbol, sympy.Expr]:
    """What a draw of this sample shows."""
    noise = {n: sympy.diff(loss(sign) - loss(0), s) for n, s in ((noise_x, x), (noise_y, y))}
    losses = {state: loss(s) for state, s in zip(LOSSES, SIGNS, strict=True)}
    bends = {state: bend(s) for state, s in zip(BENDS, SIGNS, strict=True)}
    return {**noise, **losses, **bends}


def sgd(sign: int) -> dict[sympy.Symbol, sympy.Expr]:
    """One step of SGD on that sample: the gradient of its loss."""
    return {s: s - eta * sympy.diff(loss(sign), s) for s in (x, y)}


def outcome(sign: int) -> dict[sympy.Symbol, sympy.Expr]:
    """One step of every method from the same state, on that sample."""
    moved, moved_by_gd = sgd(sign), sgd(0)
    others = {gd_x: moved_by_gd[x], gd_y: moved_by_gd[y], dom_x: moved[x], bulk_y: moved[y]}
    return {**moved, **others, dom_y: y, bulk_x: x, **shown(sign)}


UPDATE = Update(
    outcomes=tuple((sympy.Rational(1, 2), outcome(sign)) for sign in SIGNS),
    moments={x**2: x2, y**2: y2, x * y: xy},
    after={
        x2_next: x**2,
        y2_next: y**2,
        xy_next: x * y,
        gd_x2_next: gd_x**2,
        gd_y2_next: gd_y**2,
        dom_x2_next: dom_x**2,
        dom_y2_next: dom_y**2,
        bulk_x2_next: bulk_x**2,
        bulk_y2_next: bulk_y**2,
        slope_x: sharp * bulk_x * (dom_x - bulk_x),  # Bulk-SGD leaves x where it was
        slope_y: flat * dom_y * (bulk_y - dom_y),
        bend_x: sharp * (dom_x - bulk_x) ** 2 / 2,
        bend_y: flat * (bulk_y - dom_y) ** 2 / 2,
        noise_xx: noise_x**2,
        noise_yy: noise_y**2,
        noise_xy: noise_x * noise_y,
        **dict(zip((sample_loss_1, sample_loss_2), LOSSES, strict=True)),
        **dict(zip((sample_bend_1, sample_bend_2), BENDS, strict=True)),
    },
    runs=(
        Repeated(
            {x2: x2_next, y2: y2_next, xy: xy_next}, {x2: x2_after, y2: y2_after, xy: xy_after}
        ),
        Repeated(
            {x2: gd_x2_next, y2: gd_y2_next}, {x2: gd_x2_after, y2: gd_y2_after}, {gd_x: x, gd_y: y}
        ),
        Repeated(
            {x2: dom_x2_next, y2: dom_y2_next},
            {x2: dom_x2_after, y2: dom_y2_after},
            {dom_x: x, dom_y: y},
        ),
        Repeated(
            {x2: bulk_x2_next, y2: bulk_y2_next},
            {x2: bulk_x2_after, y2: bulk_y2_after},
            {bulk_x: x, bulk_y: y},
        ),
    ),
    steps=run_length,
)
TOY = Setting(
    "toy quadratic",
    {
        flat: some("positive"),
        sharp: flat + some("positive"),
        coupling: some("positive"),
        eta: some("share") * 2 / (sharp + flat),
        x2: some("positive") ** 2,  # squares: the search needs points with these moments
        y2: some("positive") ** 2,
        xy: some("sign") * some("share") * sympy.sqrt(x2) * sympy.sqrt(y2),
        run_length: some("count"),
    },
    UPDATE,
)
_telling = same("switch", 9)  # whether the direction is (+-c, -lambda), where samples may bend down
SAMPLES = replace(  # toys and a direction in which to look at the two samples
    TOY,
    draws={
        **TOY.draws,
        along_x: _telling * some("sign") * coupling + (1 - _telling) * some("real"),
        along_y: -_telling * sharp + (1 - _telling) * some("real"),
    },
)
PAPER = {"setting": TOY.name, "sharp": "1000", "flat": "1", "eta": "1/10000", "coupling": "100"}
START = {**PAPER, "x2": "1", "y2": "1", "xy": "1"}  # the paper's numbers and its start (1, 1)

# assumptions that claims about the toy share
SHAPE = {"sharper": sharp > flat, "curved": flat > 0, "coupled": coupling > 0, "step": eta > 0}
SMALL_STEP = {**SHAPE, "small step": eta < 2 / (sharp + flat)}
