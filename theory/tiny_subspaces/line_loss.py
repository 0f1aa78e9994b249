"""A loss along a line: a polynomial of degree four, a point and a move.

Its third derivative is linear, so that on the way it is largest in size at an end. Source: arXiv
2405.16002, section 3.1, (1); our formalisation.
"""

from __future__ import annotations

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number, unfold
from theory.setting import Setting, some

z = sympy.Symbol("z", real=True)  # the position: not a word

line_1 = number("line_1", "c_1", "coefficient of z in the loss along the line")
line_2 = number("line_2", "c_2", "coefficient of z^2/2")
line_3 = number("line_3", "c_3", "coefficient of z^3/6")
line_4 = number("line_4", "c_4", "coefficient of z^4/24")
point = number("point", "z", "position before the move")
move = number("move", r"\Delta", "the move")
lipschitz = number(
    "lipschitz", "M", "Lipschitz constant of the second derivative", nonnegative=True
)
LOSS = line_1 * z + line_2 * z**2 / 2 + line_3 * z**3 / 6 + line_4 * z**4 / 24


def derivative(order: int, at: sympy.Expr) -> sympy.Expr:
    """A derivative of the loss at a position."""
    return sympy.diff(LOSS, z, order).xreplace({z: at})


loss_here = defined("loss_here", "L(z)", "loss before the move", derivative(0, point))
loss_moved = computed("loss_moved", r"L(z+\Delta)", "loss after the move")
slope_here = defined("slope_here", "L'(z)", "slope before the move", derivative(1, point))
second_here = defined("second_here", "L''(z)", "second derivative before the move",
                      derivative(2, point))  # fmt: skip
third_here = defined("third_here", "L'''(z)", "third derivative before the move",
                     derivative(3, point))  # fmt: skip
third_moved = defined("third_moved", r"L'''(z+\Delta)", "third derivative after the move",
                      derivative(3, point + move))  # fmt: skip
third_mean = defined(
    "third_mean",
    r"\bar L'''",
    "mean of the third derivative along the move, early positions counting more",
    (3 * third_here + third_moved) / 4,
)
quadratic_model = defined(
    "quadratic_model",
    "Q",
    "change of the loss in the quadratic Taylor approximation",
    slope_here * move + second_here * move**2 / 2,
)
taylor_error = defined(
    "taylor_error",
    "r",
    "error of the quadratic Taylor approximation",
    loss_moved - loss_here - quadratic_model,
)
LINE = Setting(
    "a loss along a line",
    {
        line_1: some("real"),
        line_2: some("real"),
        line_3: some("real"),
        line_4: some("real") * some("switch"),
        point: some("real"),
        move: some("real"),
        lipschitz: sympy.Max(*(sympy.Abs(unfold(x)) for x in (third_here, third_moved)))
        * (1 + some("switch") * some("positive")),
    },
    Update(outcomes=((sympy.Integer(1), {z: point + move}),), moments={}, after={loss_moved: LOSS}),
)
NOTHING = {f"line_{i}": "0" for i in (1, 2, 3, 4)}
PARABOLA = {"setting": LINE.name, **NOTHING, "line_2": "1", "point": "1", "move": "-1",
            "lipschitz": "0"}  # fmt: skip
CUBIC = {"setting": LINE.name, **NOTHING, "line_3": "1", "point": "1", "move": "1",
         "lipschitz": "1"}  # fmt: skip
