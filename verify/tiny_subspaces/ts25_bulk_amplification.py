"""Rates under momentum, run literally: printed values, blocks of modes, roots that merge."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import mpmath

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.tiny_subspaces.words_momentum import mode_rate

DIGITS = 60
BLOCKS, SHORT = 12, 12
TRANSIENT, SETTLED = 40, 160  # steps
PRINTED = {"1/20": "0.104986111218276810", "1/5": "0.132423493278687371"}  # lambda -> E


@check("TS-25", "exact", "printed limits")
def printed_limits(settings: Settings) -> Outcome:
    """Fails when the run with eta = 1/100, beta = 9/10 settles at another rate than printed.

    The gap to the limit shrinks by the ratio of the roots in every step: 4000 steps leave less
    than 1e-40 of it, and 60 digits are carried.
    """
    with mpmath.workdps(DIGITS):
        for curvature, printed in PRINTED.items():
            mode = mpmath.mpf(Fraction(curvature).numerator) / Fraction(curvature).denominator
            one = mpmath.mpf(1)
            rate = mode_rate(mode, one * 9 / 10, one / 100, one, 4000)
            low, high = rounding_interval(printed)
            if not _number(low) <= rate <= _number(high):
                raise Failed(f"lambda = {curvature}: the rate settles at {rate}, not {printed}")
    return Outcome(f"{len(PRINTED)} printed limits agree")


def _number(x: Fraction) -> mpmath.mpf:
    return mpmath.mpf(x.numerator) / x.denominator


@check("TS-25", "mutant", "beyond the root condition")
def beyond_the_roots(settings: Settings) -> Outcome:
    """Fails when the rate of the mode lambda = 1 keeps above eta: its roots are complex."""
    rate = mode_rate(Fraction(1), Fraction(9, 10), Fraction(1, 100), Fraction(1), 24)
    low, high = rounding_interval("-1.596")
    if not low <= rate <= high:
        raise Failed(f"e_24 is {float(rate):.6g}, printed -1.596")
    return Outcome("eta = 1/100, beta = 9/10, lambda = 1: e_24 = -1.596")


def block_run(
    curvatures: list[Fraction], gradient: list[Fraction], momentum: Fraction, step_size: Fraction
) -> Iterator[tuple[Fraction, list[Fraction]]]:
    """The effective rate of a block and the gradients of its modes, at every step of heavy ball.

    The rate is minus the inner product of move and gradient, over the squared gradient.
    """
    place = [g / h for g, h in zip(gradient, curvatures, strict=True)]
    velocity = [Fraction(0)] * len(place)
    while True:
        slope = [h * x for h, x in zip(curvatures, place, strict=True)]
        velocity = [momentum * v + g for v, g in zip(velocity, slope, strict=True)]
        move = [-step_size * v for v in velocity]
        square = sum((g * g for g in slope), Fraction(0))
        yield -sum((d * g for d, g in zip(move, slope, strict=True)), Fraction(0)) / square, slope
        place = [x + d for x, d in zip(place, move, strict=True)]


@check("TS-25", "exact", "blocks of modes")
def blocks(settings: Settings) -> Outcome:
    """Fails when a block reaches eta/(1-sqrt beta), or its rate is not the mean of its modes'."""
    source = random.Random(settings.stream("TS-25", "blocks"))
    for _ in range(BLOCKS):
        root, eta = Fraction(source.randint(1, 9), 10), Fraction(source.randint(1, 9), 7)
        modes = [
            (1 - root) ** 2 / eta * Fraction(source.randint(1, 19), 20)
            for _ in range(source.randint(2, 6))
        ]
        starts = [Fraction(source.choice([-1, 1]) * source.randint(1, 9)) for _ in modes]
        run = block_run(modes, starts, root**2, eta)
        for step, (rate, slope) in enumerate(islice(run, SHORT)):
            singly = [mode_rate(h, root**2, eta, Fraction(1), step) for h in modes]
            weighted = sum((e * g * g for e, g in zip(singly, slope, strict=True)), Fraction(0))
            if rate * sum((g * g for g in slope), Fraction(0)) != weighted:
                raise Failed(f"step {step}: the rate {rate} of {modes} is not the weighted mean")
            if not eta <= rate < eta / (1 - root):
                raise Failed(f"step {step}: beta = {root**2}, eta = {eta}: the rate is {rate}")
    return Outcome(f"{BLOCKS} blocks of up to 6 modes, {SHORT} steps each")


@check("TS-25", "exact", "a block with the paper's momentum")
def printed_interval(settings: Settings) -> Outcome:
    """Fails when a block with beta = .9 and eta lambda <= .0026334 leaves [10, 19.4869] eta."""
    eta, momentum = Fraction(1, 100), Fraction(9, 10)
    modes = [Fraction(n) / eta for n in ("0.0005", "0.001", "0.002", "0.0026334")]
    run = block_run(modes, [Fraction(n) for n in (3, -2, 1, 5)], momentum, eta)
    rates = [rate / eta for rate, _ in islice(run, SETTLED)]
    if not all(10 <= rate <= Fraction("19.4869") for rate in rates[TRANSIENT:]):
        raise Failed(f"after {TRANSIENT} steps the rates still leave the interval")
    if rates[0] != 1:
        raise Failed(f"the first rate is {rates[0]} eta")
    return Outcome(f"from step {TRANSIENT} to {SETTLED} within [10, 19.4869] eta; eta at first")


@check("TS-25", "exact", "where the roots merge")
def merged_roots(settings: Settings) -> Outcome:
    """Fails when a mode with eta lambda = (1-r)^2, beta = r^2, has another rate after t steps than
    eta (1+t)/(1+(1-r)t), which tends to eta/(1-sqrt beta), the right bound."""
    for root in (Fraction(1, 2), Fraction(2, 3), Fraction(19, 20)):
        for step in (0, 1, 2, 10, 60):
            eta = Fraction(1, 3)
            rate = mode_rate((1 - root) ** 2 / eta, root**2, eta, Fraction(1), step)
            if rate != eta * (1 + step) / (1 + (1 - root) * step):
                raise Failed(f"sqrt beta = {root}: after {step} steps the rate is {rate}")
    return Outcome("eta (1+t)/(1+(1-r)t) for three momentum factors r^2")
