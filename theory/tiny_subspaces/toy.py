"""The toy quadratic of the paper's appendix: words, update and setting.

Two samples with losses l_1, l_2 = L +- c x y, where L = (lambda x^2 + mu y^2)/2; each step draws
one of them with probability 1/2. The gradient is (lambda x, mu y), the dominant direction is x, so
alignment (squared) is the share lambda^2 x^2 of it. E x^2 and E y^2 stand for squares along a run.
Source: arXiv 2405.16002, appendix A.2; the moments are our formalisation.
"""

from __future__ import annotations

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.vocabulary import eta

x, y = sympy.symbols("x y", real=True)  # the state: not words

sharp = number("sharp", r"\lambda", "eigenvalue of the sharp direction x")
flat = number("flat", r"\mu", "eigenvalue of the flat direction y")
coupling = number("coupling", "c", "strength of the term +-c x y by which the two samples differ")
x2 = number("x2", "u", "E x^2, mean square along the sharp direction", nonnegative=True)
y2 = number("y2", "v", "E y^2, mean square along the flat direction", nonnegative=True)
xy = number("xy", "E xy", "mean product of the two coordinates")

x2_next = computed("x2_next", "u^+", "E x^2 after one step of SGD", nonnegative=True)
y2_next = computed("y2_next", "v^+", "E y^2 after one step of SGD", nonnegative=True)
xy_next = computed("xy_next", r"E (xy)^+", "E xy after one step of SGD")

keep_x = defined(
    "keep_x", r"\alpha", "what a step keeps of x^2 without noise", (1 - eta * sharp) ** 2
)
keep_y = defined(
    "keep_y", r"\beta", "what a step keeps of y^2 without noise", (1 - eta * flat) ** 2
)
mixing = defined("mixing", r"\kappa", "what a step moves between x^2 and y^2", eta**2 * coupling**2)


def loss(sign: int) -> sympy.Expr:
    """The loss of one of the two samples."""
    return (sharp * x**2 + flat * y**2) / 2 + sign * coupling * x * y


def sgd(sign: int) -> dict[sympy.Symbol, sympy.Expr]:
    """One step of SGD on that sample: the gradient of its loss."""
    return {s: s - eta * sympy.diff(loss(sign), s) for s in (x, y)}


UPDATE = Update(
    outcomes=((sympy.Rational(1, 2), sgd(1)), (sympy.Rational(1, 2), sgd(-1))),
    moments={x**2: x2, y**2: y2, x * y: xy},
    after={x2_next: x**2, y2_next: y**2, xy_next: x * y},
)
TOY = Setting(
    "toy quadratic",
    {
        flat: some("positive"),
        sharp: flat + some("positive"),
        eta: some("share") * 2 / (sharp + flat),
        coupling: some("positive"),
        x2: some("positive") ** 2,  # squares: the search needs points with these moments
        y2: some("positive") ** 2,
        xy: some("sign") * some("share") * sympy.sqrt(x2) * sympy.sqrt(y2),
    },
    UPDATE,
)
PAPER = {"setting": TOY.name, "sharp": "1000", "flat": "1", "eta": "1/10000", "coupling": "100"}
START = {**PAPER, "x2": "1", "y2": "1", "xy": "1"}  # the paper's numbers and its start (1, 1)
