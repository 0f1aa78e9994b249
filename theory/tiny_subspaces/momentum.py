"""Heavy ball on one mode and on a gradient that stays or flips: words, runs, settings.

m_t = beta m_{t-1} + g_t with m_{-1} = 0, and the position moves by -eta m_t: no damping factor.
The effective rate of a mode at time t is the e with which it moves by -e g_t. On a mode of
curvature lambda the gradients obey a recursion with the characteristic roots z_- < z_+ of
z^2 - (1 + beta - eta lambda) z + beta; an instance gives the roots, so that all is rational:
beta = z_+ z_- and eta lambda = (1 - z_+)(1 - z_-).
Source: arXiv 2405.16002, appendix C; the analysis is our extension.
"""

from __future__ import annotations

import sympy

from theory.iteration import Run
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.vocabulary import beta, eta

m, g = sympy.symbols("m g_t", real=True)  # the state: momentum and gradient

steps = number("steps", "t", "number of steps made before this one", whole=True)
slow_root = number("slow_root", "z_+", "larger characteristic root of the mode")
fast_root = number("fast_root", "z_-", "smaller characteristic root of the mode")
mode_momentum = defined("mode_momentum", r"\beta", "momentum factor", slow_root * fast_root)
mode_curvature = defined(
    "mode_curvature",
    r"\lambda",
    "curvature of the mode",
    (1 - slow_root) * (1 - fast_root) / eta,
)
mode_rate = computed("mode_rate", "e_t", "effective rate of the mode after that many steps")
rate_limit = defined(
    "rate_limit", "E", "limit of the effective rate of the mode", (1 - slow_root) / mode_curvature
)
MODE_RUN = Run(
    start={m: sympy.Integer(1), g: sympy.Integer(1)},  # the first gradient sets the unit
    step={
        m: mode_momentum * m + g - eta * mode_curvature * m,
        g: g - eta * mode_curvature * m,
    },
    reads={mode_rate: eta * m / g},
    steps=steps,
    where=(slow_root > fast_root, slow_root < 1),  # else there may be no curvature, no gradient
)
MODE = Setting(
    "one mode with momentum",
    {
        eta: some("positive"),
        slow_root: some("share"),
        fast_root: slow_root * some("share"),
        steps: some("count") - 1,
    },
    runs=(MODE_RUN,),
)

constant_rate = computed(
    "constant_rate", r"e_t^{=}", "effective rate along a gradient that stays the same"
)
flipping_rate = computed(
    "flipping_rate", r"e_t^{\pm}", "effective rate along a gradient that changes sign every step"
)
mean_rate = computed(
    "mean_rate", r"\bar e_t", "mean of the rates along a constant gradient up to this step"
)
constant_limit = defined(
    "constant_limit",
    r"e_\infty^{=}",
    "limit of the rate along a constant gradient",
    eta / (1 - beta),
)
flipping_limit = defined(
    "flipping_limit",
    r"e_\infty^{\pm}",
    "limit of the rate along a flipping gradient",
    eta / (1 + beta),
)
total = sympy.Symbol("total", real=True)  # sum of the momenta so far
BLOCK = Setting(
    "momentum on a constant and on a flipping gradient",
    {eta: some("positive"), beta: some("share"), steps: some("count") - 1},
    runs=(
        Run({m: sympy.Integer(1)}, {m: beta * m + 1}, {constant_rate: eta * m}, steps),
        # in units of the present gradient, the old momentum changes sign with every flip
        Run({m: sympy.Integer(1)}, {m: -beta * m + 1}, {flipping_rate: eta * m}, steps),
        Run(
            {m: sympy.Integer(1), total: sympy.Integer(1)},
            {m: beta * m + 1, total: total + beta * m + 1},
            {mean_rate: eta * total / (steps + 1)},
            steps,
        ),
    ),
)
