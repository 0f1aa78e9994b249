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

from theory.deterministic_run import Run
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
momentum_root = defined(
    "momentum_root", r"\sqrt\beta", "square root of the momentum factor", sympy.sqrt(mode_momentum)
)

# a second mode of the same block: the momentum factor, the product of the roots, is the same
second_slow = number("second_slow", "z'_+", "larger characteristic root of a second mode")
second_fast = number("second_fast", "z'_-", "smaller characteristic root of a second mode")
second_curvature = defined(
    "second_curvature",
    r"\lambda'",
    "curvature of the second mode",
    (1 - second_slow) * (1 - second_fast) / eta,
)
second_rate = computed(
    "second_rate", "e'_t", "effective rate of the second mode after that many steps"
)
second_limit = defined(
    "second_limit",
    "E'",
    "limit of the effective rate of the second mode",
    (1 - second_slow) / second_curvature,
)
first_start = number("first_start", "g_0", "first gradient along the mode")
second_start = number("second_start", "g'_0", "first gradient along the second mode")
first_gradient = computed("first_gradient", "g_t", "gradient along the mode after that many steps")
second_gradient = computed(
    "second_gradient", "g'_t", "gradient along the second mode after that many steps"
)
block_rate = defined(
    "block_rate",
    r"\eta^{\mathrm{bulk}}_t",
    "effective rate of the block of both modes: the mean weighted by squared gradients (TS-24)",
    (mode_rate * first_gradient**2 + second_rate * second_gradient**2)
    / (first_gradient**2 + second_gradient**2),
)


one_momentum = sympy.Eq(second_slow * second_fast, slow_root * fast_root)


def mode_run(
    slow: sympy.Symbol,
    fast: sympy.Symbol,
    curvature: sympy.Symbol,
    rate: sympy.Symbol,
    where: tuple[sympy.Basic, ...] = (),
) -> Run:
    """Heavy ball on a mode with these roots; the first gradient sets the unit."""
    return Run(
        start={m: sympy.Integer(1), g: sympy.Integer(1)},
        step={m: slow * fast * m + g - eta * curvature * m, g: g - eta * curvature * m},
        reads={rate: eta * m / g},
        steps=steps,
        where=(slow > fast, slow < 1, *where),  # else there may be no curvature, no gradient
    )


_middle = (slow_root + fast_root) / 2  # at least the root of the product
MODE = Setting(
    "one mode with momentum",
    {
        eta: some("positive"),
        slow_root: some("share"),
        fast_root: slow_root * some("share"),
        steps: some("count") - 1,
        second_slow: some("switch") * (slow_root + (1 - slow_root) * some("share"))
        + (1 - some("switch")) * (_middle + (slow_root - _middle) * some("share")),
        second_fast: slow_root * fast_root / second_slow,
        first_start: some("real"),
        second_start: some("positive"),
    },
    runs=(
        mode_run(slow_root, fast_root, mode_curvature, mode_rate),
        mode_run(second_slow, second_fast, second_curvature, second_rate, (one_momentum,)),
    ),
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
