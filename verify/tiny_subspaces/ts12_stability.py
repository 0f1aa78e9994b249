"""TS-12: paths converge though mean squares diverge, by enclosures and by Monte Carlo."""

from __future__ import annotations

import math

import flint
import numpy as np

from theory.tiny_subspaces.toy_growth import growth
from verify.checks import Settings, check
from verify.decide import Draws, decide_equal, decide_sign
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.laws import Array, Bounded
from verify.meaning import truth
from verify.montecarlo import demand, together
from verify.noise import TwoSample
from verify.simulate import simulate
from verify.tiny_subspaces.toy_drift import growth_bounds

SHARP, FLAT, STEP = 1000.0, 1.0, 1e-4
STEPS, BURN_IN = 2000, 200
COARSE, FINE = (24, 100), (256, 800)  # terms of the fit, cells of directions
DIGITS = {800: "-0.000197", 1000: "-0.00032", 1500: "-0.00108"}  # of the exponents per step
EXPONENTS = {800: -2.00e-4, 1000: -3.26e-4, 1500: -1.09e-3}  # per step, printed in TS-12
MARGIN = 1e-9  # beyond rounding in the bounds below
DEVIATION = 1e-3  # of the mean growth over the steps, for planning
DISCREPANCY = {800: 3e-5, 1000: 4e-5, 1500: 1e-4}


def positions(coupling: float, start: tuple[float, float], first: int, count: int, seed: int,
              observe: list[int]) -> Array:  # fmt: skip
    """Paths of literal SGD from a point; same seed and replica: the same samples."""
    seen = simulate(
        np.array([SHARP, FLAT]),
        1,
        TwoSample(coupling),
        step_size=STEP,
        steps=observe[-1],
        replicas=count,
        first_replica=first,
        seed=seed,
        start=np.array(start),
        observe=observe,
        losses=False,
        positions=True,
    )
    assert seen.positions is not None
    return seen.positions


def logarithms(coupling: float) -> tuple[float, float]:
    """Least and largest logarithm by which one step changes a norm.

    A step matrix is symmetric, with the same eigenvalues in absolute value for both samples.
    """
    matrix = np.eye(2) - STEP * np.array([[SHARP, coupling], [coupling, FLAT]])
    sizes = np.log(np.abs(np.linalg.eigvalsh(matrix)))
    return float(sizes.min()), float(sizes.max())


def of_products(coupling: float, seed: int) -> Draws:
    """Draws of log ||A_T ... A_1||_F / T: the same samples act on both unit vectors."""

    def draws(start: int, count: int) -> Array:
        columns = [
            positions(coupling, point, start, count, seed, [STEPS])[:, 0, :]
            for point in ((1.0, 0.0), (0.0, 1.0))
        ]
        squares = sum((column**2).sum(axis=1) for column in columns)
        return np.asarray(0.5 * np.log(squares) / STEPS)

    return draws


def of_paths(coupling: float, seed: int) -> Draws:
    """Draws of the mean growth of log ||theta|| per step, after the burn-in."""

    def draws(start: int, count: int) -> Array:
        observe = [BURN_IN, BURN_IN + STEPS]
        path = positions(coupling, (0.0, 1.0), start, count, seed, observe)
        norms = np.log((path**2).sum(axis=2)) / 2
        return np.asarray((norms[:, 1] - norms[:, 0]) / STEPS)

    return draws


def shrinks(coupling: int, seed: int) -> Outcome:
    """Whether the mean log-norm of the product is negative although mean squares grow.

    The Frobenius norm of a product is at least the root of twice the product of determinants, and
    at most the product of largest eigenvalues times the root of 2.
    """
    if not truth(growth > 1)(toy(coupling)):
        raise Failed(f"c = {coupling}: mean squares do not diverge")
    low, high = logarithms(coupling)
    slack = math.log(2) / (2 * STEPS)
    law = Bounded((low + high) / 2 - MARGIN, high + slack + MARGIN, DEVIATION)
    smallest = -EXPONENTS[coupling] / 2
    decision = decide_sign(of_products(coupling, seed), law, smallest)
    return demand(decision, "negative", f"c = {coupling}, growth of the norm of products")


@check("TS-12", "monte-carlo", "paths converge although mean squares diverge")
def paths_converge(settings: Settings) -> Outcome:
    """Fails if products of step matrices do not shrink on average, or mean squares do as well."""
    found = [shrinks(c, settings.stream("TS-12", "products", str(c))) for c in EXPONENTS]
    return together(*found)


def toy(coupling: int) -> InstanceWorld:
    """The toy with the paper's numbers, but this coupling."""
    numbers = {"sharp": "1000", "flat": "1", "eta": "1/10000", "coupling": str(coupling)}
    return InstanceWorld(instance("toy quadratic", **numbers))


def converges(coupling: int) -> str:
    """Bounds of the growth of paths, all negative, where mean squares grow. Raises Failed."""
    world = toy(coupling)
    if not truth(growth > 1)(world):
        raise Failed(f"c = {coupling}: mean squares do not diverge")
    low, high = growth_bounds(world, *COARSE)
    if not high < 0:
        raise Failed(f"c = {coupling}: log |theta| grows by at most {high} per step")
    return f"c = {coupling}: between {float(low):.3g} and {float(high):.3g}"


@check("TS-12", "exact", "growth for every direction")
def growth_for_every_direction(settings: Settings) -> Outcome:
    """Fails if mean squares do not grow, or the bound of the growth of paths is not negative."""
    return Outcome("growth of log |theta| per step, " + "; ".join(map(converges, EXPONENTS)))


@check("TS-12", "mutant", "mean squares tell what paths do")
def mean_squares_mislead(settings: Settings) -> Outcome:
    """Fails unless paths shrink at c = 800, just beyond 785.128, where mean squares grow."""
    return Outcome(converges(800))


@check("TS-12", "exact", "exponents enclosed", tier="full")
def exponents_enclosed(settings: Settings) -> Outcome:
    """Fails if the bounds of the growth of paths do not round to the digits in the claim."""
    for coupling, printed in DIGITS.items():
        low, high = growth_bounds(toy(coupling), *FINE)
        least, most = (
            flint.arb(str(x.numerator)) / x.denominator for x in rounding_interval(printed)
        )
        if not (least <= low and high <= most):
            raise Failed(f"c = {coupling}: between {low} and {high}, not {printed}")
    return Outcome(", ".join(f"c = {c}: {digits}" for c, digits in DIGITS.items()))


@check("TS-12", "monte-carlo", "printed exponents", tier="full")
def printed_exponents(settings: Settings) -> Outcome:
    """Fails if the growth of log ||theta|| per step is not the printed one."""
    found = []
    for coupling, exponent in EXPONENTS.items():
        low, high = logarithms(coupling)
        draws = of_paths(coupling, settings.stream("TS-12", "paths", str(coupling)))
        law = Bounded(low - MARGIN, high + MARGIN, DEVIATION)
        decision = decide_equal(draws, exponent, DISCREPANCY[coupling], law)
        found.append(demand(decision, "equal", f"c = {coupling}: exponent {exponent}"))
    return together(*found)
