"""Gradient descent contracts exactly below sharpness 2/eta, heavy ball below 2(1+beta)/eta."""

from sympy import And, Eq, Equivalent, Implies, Rational, sign

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.language import Formula
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.one_mode import (
    ONE_MODE,
    ball_edge,
    ball_growth,
    ball_next,
    ball_second,
    ball_trace,
    curvature,
    damped_edge,
    damped_growth,
    damped_next,
    damped_second,
    damped_trace,
    edge,
    gd_next,
    gd_second,
    momentum_buffer,
    position,
)
from theory.tiny_subspaces.spectral_radius import converging, growth_steps
from theory.vocabulary import beta, eta

contracts = Equivalent(gd_next**2 < position**2, And(curvature > 0, curvature < edge))
period_two = Implies(Eq(curvature, edge), And(Eq(gd_next, -position), Eq(gd_second, position)))
ball_recursion = Eq(ball_second, ball_trace * ball_next - beta * position)
damped_recursion = Eq(damped_second, damped_trace * damped_next - beta * position)
GD_NEXT = (1 - eta * curvature) * position
BALL = "heavy ball"
DAMPED = "damped momentum"
GIVEN = ("step", "momentum")


def below(limit, growth):
    """Every run converges below the limit."""
    return Implies(And(curvature > 0, curvature < limit), growth < 1)


def beyond(limit, growth):
    """Some run does not converge from the limit on."""
    return Implies(curvature >= limit, growth >= 1)


def without_curvature(growth):
    """Some run does not converge where the loss is flat or curved downwards."""
    return Implies(curvature <= 0, growth >= 1)


parts = {
    "contracts": contracts,
    "period two": period_two,
    f"{BALL}: recursion": ball_recursion,
    f"{BALL}: below": below(ball_edge, ball_growth),
    f"{BALL}: beyond": beyond(ball_edge, ball_growth),
    f"{BALL}: no curvature": without_curvature(ball_growth),
    f"{DAMPED}: recursion": damped_recursion,
    f"{DAMPED}: below": below(damped_edge, damped_growth),
    f"{DAMPED}: beyond": beyond(damped_edge, damped_growth),
    f"{DAMPED}: no curvature": without_curvature(damped_growth),
}


def jury(name, trace, growth):
    """The steps about one spectral radius."""
    low = And(beta < 1, 1 + trace + beta <= 0)
    high = And(beta < 1, 1 - trace + beta <= 0)
    conditions = {"below": converging(trace, beta), "beyond": low, "no curvature": high}
    return tuple(
        step
        for part, condition in conditions.items()
        for step in growth_steps(
            f"{name}, {part}", parts[f"{name}: {part}"], condition, growth, (trace,), GIVEN
        )
    )


claim = Claim(
    id="TS-18",
    title="Stability thresholds of gradient descent and of momentum",
    source="appendix B.1, the stability threshold 2/eta; momentum is an extension",
    functional="none",
    assumptions={"step": eta > 0, "momentum": beta < 1, "away from 0": position**2 > 0},
    conclusion=parts,
    derivation=(
        OneStep("one step", Eq(gd_next, GD_NEXT)),
        OneStep("two steps", Eq(gd_second, (1 - eta * curvature) * GD_NEXT)),
        Certified(
            "compare the squares",
            contracts,
            given=("step", "away from 0", "one step"),
            squares=(eta * curvature * position, (2 - eta * curvature) * position),
        ),
        Certified("at the edge", period_two, given=("step", "one step", "two steps")),
        OneStep(
            "one heavy-ball step",
            Eq(ball_next, (1 - eta * curvature) * position - eta * beta * momentum_buffer),
        ),
        OneStep(
            "two heavy-ball steps",
            Eq(
                ball_second,
                ((1 - eta * curvature) ** 2 - eta * beta * curvature) * position
                - eta * beta * (1 + beta - eta * curvature) * momentum_buffer,
            ),
        ),
        Algebra(
            "leave the momentum out",
            ball_recursion,
            given=("one heavy-ball step", "two heavy-ball steps"),
        ),
        *jury(BALL, ball_trace, ball_growth),
        OneStep(
            "one damped step",
            Eq(
                damped_next,
                (1 - eta * (1 - beta) * curvature) * position - eta * beta * momentum_buffer,
            ),
        ),
        OneStep(
            "two damped steps",
            Eq(
                damped_second,
                ((1 - eta * (1 - beta) * curvature) ** 2 - eta * beta * (1 - beta) * curvature)
                * position
                - eta * beta * (1 + beta - eta * (1 - beta) * curvature) * momentum_buffer,
            ),
        ),
        Algebra(
            "leave the damped momentum out",
            damped_recursion,
            given=("one damped step", "two damped steps"),
        ),
        *jury(DAMPED, damped_trace, damped_growth),
    ),
    mutants={
        "half the edge": Equivalent(
            gd_next**2 < position**2, And(curvature > 0, curvature < 1 / eta)
        ),
        "one per cent above the edge": Equivalent(
            gd_next**2 < position**2, And(curvature > 0, curvature < Rational(101, 100) * edge)
        ),
        "momentum changes nothing": beyond(edge, ball_growth),
        "damping changes nothing": beyond(ball_edge, damped_growth),
        "momentum lowers the edge": below(2 / ((1 + beta) * eta), ball_growth)
        & beyond(2 / ((1 + beta) * eta), ball_growth),
        "sharpness below 2/eta: any loss falls": Formula(
            r"L''(\theta_t)<2/\eta\ \Rightarrow\ L(\theta_{t+1})<L(\theta_t)", "a curved loss"
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=ONE_MODE,
    examples={
        "heavy ball at 3/eta": Example(
            {
                "setting": ONE_MODE.name,
                "eta": "1",
                "beta": "9/10",
                "curvature": "3",
                "position": "1",
                "momentum_buffer": "0",
            },
            {sign(1 - ball_growth): "1"},
        ),
        "damped momentum at 5/eta": Example(
            {
                "setting": ONE_MODE.name,
                "eta": "1",
                "beta": "9/10",
                "curvature": "5",
                "position": "1",
                "momentum_buffer": "0",
            },
            {sign(1 - damped_growth): "1"},
        ),
    },
    notes=(
        "The specification asks for 0 <= beta < 1. Only beta < 1 is needed: for beta <= -1 the "
        "edge is not positive and no run converges.",
        "The thresholds hold for quadratics. Sharpness below 2/eta at the present point says "
        "nothing about the loss elsewhere: a mutant gives the specification's example, "
        "L = e^{-x} + x at x = 3 with eta = 20.",
    ),
)
