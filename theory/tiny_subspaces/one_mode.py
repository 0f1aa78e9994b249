"""One direction of curvature lambda under gradient descent and under momentum: words, setting.

The loss is lambda x^2/2. Heavy ball adds the gradient to a buffer, m = beta m + g; the damped form
is m = beta m + (1 - beta) g; both step by -eta m.
Source: arXiv 2405.16002, appendix B.1; the momentum forms are our formalisation.
"""

from __future__ import annotations

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.tiny_subspaces.spectral_radius import largest_root
from theory.vocabulary import beta, eta

curvature = number("curvature", r"\lambda", "curvature of the loss along one direction")
position = number("position", "x", "distance from the minimum along that direction")
momentum_buffer = number("momentum_buffer", "m", "momentum before the step")

gd_next = computed("gd_next", "x^+", "position after one step of gradient descent")
gd_second = computed("gd_second", "x^{++}", "position after two steps of gradient descent")
ball_next = computed("ball_next", r"x^+_{\mathrm{hb}}", "position after one heavy-ball step")
ball_second = computed("ball_second", r"x^{++}_{\mathrm{hb}}", "position after two such steps")
damped_next = computed(
    "damped_next", r"x^+_{\mathrm{damped}}", "position after one step with damped momentum"
)
damped_second = computed(
    "damped_second", r"x^{++}_{\mathrm{damped}}", "position after two steps with damped momentum"
)
ball_trace = defined(
    "ball_trace",
    r"T_{\mathrm{hb}}",
    "trace of a heavy-ball step; its determinant is beta",
    1 + beta - eta * curvature,
)
damped_trace = defined(
    "damped_trace",
    r"T_{\mathrm{damped}}",
    "trace of a step with damped momentum; its determinant is beta",
    1 + beta - eta * (1 - beta) * curvature,
)
ball_growth = defined(
    "ball_growth",
    r"r_{\mathrm{hb}}",
    "spectral radius of a heavy-ball step: below 1, every run converges",
    largest_root(ball_trace, beta),
)
damped_growth = defined(
    "damped_growth",
    r"r_{\mathrm{damped}}",
    "spectral radius of a step with damped momentum",
    largest_root(damped_trace, beta),
)
edge = 2 / eta
ball_edge = 2 * (1 + beta) / eta
damped_edge = 2 * (1 + beta) / ((1 - beta) * eta)

x_gd, x_ball, m_ball, x_damped, m_damped = sympy.symbols("x_gd x_hb m_hb x_d m_d", real=True)


def gradient(x: sympy.Symbol) -> sympy.Expr:
    """The derivative of the loss."""
    return sympy.diff(curvature * x**2 / 2, x)


def one_step() -> dict[sympy.Symbol, sympy.Expr]:
    """One step of each of the three methods."""
    ball = beta * m_ball + gradient(x_ball)
    damped = beta * m_damped + (1 - beta) * gradient(x_damped)
    return {
        x_gd: x_gd - eta * gradient(x_gd),
        x_ball: x_ball - eta * ball,
        m_ball: ball,
        x_damped: x_damped - eta * damped,
        m_damped: damped,
    }


STEP = one_step()
UPDATE = Update(
    outcomes=((sympy.Integer(1), STEP),),
    moments={
        x_gd: position,
        x_ball: position,
        m_ball: momentum_buffer,
        x_damped: position,
        m_damped: momentum_buffer,
    },
    after={
        gd_next: x_gd,
        gd_second: STEP[x_gd],
        ball_next: x_ball,
        ball_second: STEP[x_ball],
        damped_next: x_damped,
        damped_second: STEP[x_damped],
    },
)
ONE_MODE = Setting(
    "one mode",
    {
        eta: some("positive"),
        beta: some("share") * (1 - 2 * some("switch") * some("switch", 2)),
        curvature: some("switch") * some("real") / eta
        + (1 - some("switch"))
        * 2
        / eta
        * (1 + some("switch", 2) * beta)
        / (1 - some("switch", 3) * beta)
        * (1 + some("switch", 4) * some("sign") * some("share")),
        position: some("positive") * some("sign"),
        momentum_buffer: some("real"),
    },
    UPDATE,
)
