"""SA-18: long runs that step by the critical step size of every state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome

STEPS = 20_000
AGREEMENT = 0.02  # how near a limit must be after that many steps, as the specification says
LEAST_RATE = 0.01  # of 1/G per step, and of G times it: slower transients need longer runs
PRINTED = {10_000: "3.43", 40_000: "3.39", 160_000: "3.37"}


@dataclass
class Blocks:
    """Two-level states, one per entry: eigenvalues, energies and noise variances of both blocks."""

    curvature: Any  # arrays of shape (2, instances)
    energy: Any
    variance: Any

    def critical_step(self) -> Any:
        """The step size that keeps D : B, from the two moments of the update."""
        (d, b), (one, other) = self.energy, self.curvature
        noise, other_noise = self.curvature**2 * self.variance
        contrast = (one**2 * d + noise) * b - d * (other**2 * b + other_noise)
        return 2 * (one - other) * d * b / contrast

    def step(self) -> Any:
        """One expected update by the critical step, which is returned."""
        size = self.critical_step()
        spread = (size * self.curvature) ** 2 * self.variance
        self.energy = (1 - size * self.curvature) ** 2 * self.energy + spread
        return size


def share(block_sums: Any) -> Any:
    """The dominant share of a quantity of both blocks."""
    return block_sums[0] / (block_sums[0] + block_sums[1])


def rate(alignment: Any, blocks: Blocks) -> Any:
    """c: by how much 1/G grows per step, where there is little energy."""
    one, other = blocks.curvature
    noise, other_noise = blocks.curvature**2 * blocks.variance
    slope = 2 * (one - other) / (noise / alignment - other_noise / (1 - alignment))
    mean = alignment * one + (1 - alignment) * other
    return 2 * slope * mean - slope**2 * (noise + other_noise)


def settled_step(alignment: Any, blocks: Blocks) -> Any:
    """The step size whose stationary alignment this is."""
    odds = alignment / (1 - alignment)
    ratio = odds * blocks.curvature[1] * blocks.variance[1]
    ratio /= blocks.curvature[0] * blocks.variance[0]
    return 2 * (ratio - 1) / (ratio * blocks.curvature[0] - blocks.curvature[1])


def instances(count: int, annealing: bool, seed: int) -> tuple[Any, Blocks]:
    """Random alignments below (or between) a_L and a_N, and states with them."""
    generator = np.random.default_rng(seed)
    found: list[tuple[Any, ...]] = []
    while len(found) < count:
        curvature = np.array([1.0, np.exp(-generator.uniform(np.log(1.5), np.log(100)))])
        variance = np.exp(generator.normal(size=2)) * generator.integers(1, 30, size=2)
        low, high = share(curvature * variance), share(curvature**2 * variance)
        ends = (0.02 * low, 0.98 * low) if annealing else (low, high)
        alignment = generator.uniform(*ends)
        energy = np.exp(generator.uniform(np.log(1e-3), np.log(1e3)))
        energies = energy * np.array([alignment, 1 - alignment])
        speed = abs(rate(alignment, Blocks(curvature, energies, variance)))
        if min(speed, speed * energy) >= LEAST_RATE:
            found.append((alignment, curvature, energies, variance))
    alignments, *columns = zip(*found, strict=True)
    return np.array(alignments), Blocks(*(np.array(column).T for column in columns))


@check("SA-18", "property", "it anneals")
def it_anneals(settings: Settings) -> Outcome:
    """Fails if t G_t is not near 1/c after many steps, for some alignment below a_L."""
    count = 30 if settings.tier == "fast" else 250
    alignment, blocks = instances(count, True, settings.stream("SA-18", "anneal"))
    limit = 1 / rate(alignment, blocks)
    for _ in range(STEPS):
        blocks.step()
    return near(STEPS * blocks.energy.sum(axis=0), limit, "t G_t c")


@check("SA-18", "property", "it settles")
def it_settles(settings: Settings) -> Outcome:
    """Fails if the step size is not near its limit after many steps, between a_L and a_N."""
    count = 30 if settings.tier == "fast" else 250
    alignment, blocks = instances(count, False, settings.stream("SA-18", "settle"))
    limit = settled_step(alignment, blocks)
    for _ in range(STEPS):
        size = blocks.step()
    return near(size, limit, "eta_t / limit")


def near(values: Any, limits: Any, what: str) -> Outcome:
    """Raise Failed unless all values are near their limits."""
    ratios = values / limits
    worst = float(np.abs(ratios - 1).max())
    if not worst <= AGREEMENT:
        raise Failed(f"{what} is {ratios[np.abs(ratios - 1).argmax()]:.4f} after {STEPS} steps")
    return Outcome(f"{len(ratios)} runs of {STEPS} steps: {what} within {worst:.2%} of 1")


@check("SA-18", "mutant", "at a_L the energy falls like 1/t")
def slower_at_the_border(settings: Settings) -> Outcome:
    """Fails unless t G_t grows and sqrt(t) G_t takes the printed values at a_0 = a_L."""
    dominant, bulk, seen = 1 / 3, 2 / 3, []
    for time in range(1, max(PRINTED) + 1):
        contrast = (dominant + 1) * bulk - dominant * (bulk / 100 + 1 / 5)
        size = 2 * (9 / 10) * dominant * bulk / contrast
        dominant = (1 - size) ** 2 * dominant + size**2
        bulk = (1 - size / 10) ** 2 * bulk + size**2 / 5
        if time in PRINTED:
            seen.append(f"{np.sqrt(time) * (dominant + bulk):.2f}")
    if seen != list(PRINTED.values()):
        raise Failed(f"sqrt(t) G_t is {seen} at {list(PRINTED)}")
    return Outcome(f"sqrt(t) G_t = {', '.join(seen)} at t = {', '.join(map(str, PRINTED))}")
