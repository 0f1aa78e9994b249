"""What the words about the random ratio mean: D+ and B+ in every outcome of a step, enumerated.

The noise law is that of the model; a model that gives variances only gets independent signs +-sigma
(or the asymmetric pair of `noise_atoms` where sigma is irrational).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from verify.balls import Undefined
from verify.meaning import (
    World,
    exact_root,
    gradient_after,
    gradient_atoms,
    means,
    noise_atoms,
)

Law = dict[tuple[Fraction, Fraction], Fraction]  # (D+, B+) -> probability
Quantity = Callable[[Fraction, Fraction], Fraction]


def signs(variance: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    """Noise +-sigma with probability one half each, if sigma is rational."""
    root = exact_root(variance)
    if root is None:
        return noise_atoms(variance)
    return ((Fraction(1, 2), root), (Fraction(1, 2), -root))


def energies_after(world: World) -> Law:
    """The joint law of (D+, B+)."""
    if "law of energies" not in world.values:
        world.values["law of energies"] = _energies_after(world)
    found: Law = world.values["law of energies"]
    return found


def _energies_after(world: World) -> Law:
    model = world.model
    if model.law is None:
        noises = [signs(v) for v in world.variances]
        return _independent(world, [[(p, xi) for p, xi in noise] for noise in noises])
    total: Law = {}
    for weight, outcome in model.law:
        for pair, chance in _independent(world, [[(Fraction(1), xi)] for xi in outcome]).items():
            total[pair] = total.get(pair, Fraction(0)) + weight * chance
    return total


def _independent(world: World, noises: list[list[tuple[Fraction, Fraction]]]) -> Law:
    """The law of (D+, B+) when the modes have independent noises with these atoms."""
    model = world.model
    law: Law = {(Fraction(0), Fraction(0)): Fraction(1)}
    for index, (mode, noise) in enumerate(zip(model.modes, noises, strict=True)):
        larger: Law = {}
        for chance, g in gradient_atoms(mode.energy):
            for weight, xi in noise:
                square = gradient_after(mode, g, xi, world.step_size, model.momentum) ** 2
                for (dominant, bulk), p in law.items():
                    inside = index < len(model.dominant)
                    pair = (dominant + square, bulk) if inside else (dominant, bulk + square)
                    larger[pair] = larger.get(pair, Fraction(0)) + p * chance * weight
        law = larger
    return law


def expectation(world: World, quantity: Quantity) -> Fraction:
    """The mean of a function of (D+, B+)."""
    law = energies_after(world)
    return sum((p * quantity(d, b) for (d, b), p in law.items()), Fraction(0))


def ratio(world: World) -> Quantity:
    """R = D+/G+, and theta/(1 + theta) where G+ = 0."""
    theta = world.model.theta
    return lambda d, b: d / (d + b) if d + b else theta / (1 + theta)


def covariance(world: World, first: Quantity, second: Quantity) -> Fraction:
    """E (x - E x)(y - E y)."""
    x, y = expectation(world, first), expectation(world, second)
    return expectation(world, lambda d, b: (first(d, b) - x) * (second(d, b) - y))


def dominant(d: Fraction, b: Fraction) -> Fraction:
    """D+ as a function of the outcome."""
    return d


def bulk(d: Fraction, b: Fraction) -> Fraction:
    """B+ as a function of the outcome."""
    return b


def energy(d: Fraction, b: Fraction) -> Fraction:
    """G+ as a function of the outcome."""
    return d + b


def _covariances(pairs: Iterable[tuple[str, Quantity, Quantity]]) -> None:
    for name, first, second in pairs:
        means(name)(lambda world, x=first, y=second: covariance(world, x, y))  # type: ignore[misc]


_covariances(
    (
        ("V_D", dominant, dominant),
        ("V_B", bulk, bulk),
        ("V_G", energy, energy),
        ("C_DB", dominant, bulk),
    )
)


@means("E_R")
def _expected_ratio(world: World) -> Fraction:
    return expectation(world, ratio(world))


@means("C_RG")
def _ratio_and_energy(world: World) -> Fraction:
    return covariance(world, ratio(world), energy)


@means("remainder")
def _remainder(world: World) -> Fraction:
    both, first = expectation(world, energy), expectation(world, dominant)
    if not both:
        raise Undefined("no energy is left after the step")
    share = ratio(world)
    return expectation(world, lambda d, b: (share(d, b) - first / both) * ((d + b) / both - 1) ** 2)
