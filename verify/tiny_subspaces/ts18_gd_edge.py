"""Gradient descent and momentum run literally on a parabola; a loss that is not one."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import flint

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld
from verify.meaning import means

State = tuple[Fraction, Fraction]  # position, momentum
RUNS, STEPS = 40, 250


def loss(curvature: Fraction, x: Fraction) -> Fraction:
    """The parabola."""
    return curvature * x**2 / 2


def slope(curvature: Fraction, x: Fraction) -> Fraction:
    """The derivative of the parabola: a central difference is exact for degree 2."""
    return (loss(curvature, x + 1) - loss(curvature, x - 1)) / 2


def moved(world: InstanceWorld, state: State, keep: Fraction, weight: Fraction) -> State:
    """One step: m = keep m + weight g, then x = x - eta m."""
    x, m = state
    m = keep * m + weight * slope(world["curvature"], x)
    return x - world["eta"] * m, m


def position_after(
    steps: int, factors: Callable[[InstanceWorld], tuple[Fraction, Fraction]]
) -> Callable[[InstanceWorld], Fraction]:
    """Where a run is after some steps; `factors` says what a method keeps and adds."""

    def value(world: InstanceWorld) -> Fraction:
        state = (world["position"], world["momentum_buffer"])
        for _ in range(steps):
            state = moved(world, state, *factors(world))
        return state[0]

    return value


METHODS: dict[str, Callable[[InstanceWorld], tuple[Fraction, Fraction]]] = {
    "gd": lambda world: (Fraction(0), Fraction(1)),
    "ball": lambda world: (world["beta"], Fraction(1)),
    "damped": lambda world: (world["beta"], 1 - world["beta"]),
}
for name, factors in METHODS.items():
    means(f"{name}_next")(position_after(1, factors))
    means(f"{name}_second")(position_after(2, factors))


@check("TS-18", "exact", "runs converge below the edge only")
def runs(settings: Settings) -> Outcome:
    """Fails when a literal run grows 2 per cent below an edge, or shrinks 2 per cent above it.

    Arb balls enclose the run; eta = 1, so that the edges depend on beta alone.
    """
    source = random.Random(settings.stream("TS-18", "runs"))
    for number in range(RUNS):
        beta = Fraction(source.randint(0, 9), 10)
        damping = Fraction(1) if number % 2 else 1 - beta
        for factor, converges in ((Fraction(49, 50), True), (Fraction(51, 50), False)):
            curvature = factor * 2 * (1 + beta) / damping
            with precision(1024):
                start = flint.arb(1)
                x, m = start, flint.arb(0)
                first, second = ball(damping * curvature), ball(beta)
                for _ in range(STEPS):
                    m = second * m + first * x
                    x = x - m
                size = abs(x) + abs(m)
            if not (size < start if converges else size > start):
                raise Failed(f"beta = {beta}, lambda = {curvature}: size {size} at the end")
    return Outcome(f"{2 * RUNS} runs of {STEPS} steps, half of them beyond the edge")


def ball(x: Fraction) -> flint.arb:
    """A rational as a ball."""
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


@check("TS-18", "mutant", "sharpness below 2/eta: any loss falls")
def any_loss_falls(settings: Settings) -> Outcome:
    """Fails unless L = e^{-x} + x rises in a step from x = 3 with eta = 20, although L'' < 2/eta.

    The printed values (sharpness 0.0498, loss 3.05, then 8.9e6) are checked by enclosures.
    """
    with precision(128):
        x, eta = flint.arb(3), flint.arb(20)
        sharpness = (-x).exp()
        after = x - eta * (1 - (-x).exp())
        losses = [(-y).exp() + y for y in (x, after)]
        if not (sharpness < 2 / eta and losses[0] < losses[1]):
            raise Failed("the loss does not rise")
        for value, printed in (
            (sharpness, "0.0498"),
            (losses[0], "3.05"),
            (losses[1] / 10**6, "8.9"),
        ):
            low, high = map(ball, rounding_interval(printed))
            if not low <= value <= high:
                raise Failed(f"{value}, printed {printed}")
    return Outcome("L = exp(-x) + x at x = 3, eta = 20: from 3.05 to 8.9e6")
