"""SA-17: how often the run's own step harms the dominant block of a stationary state."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import quadratic
from verify.quadratic_forms import probability_below_mean
from verify.suspicious_alignment import words_projection, words_run  # noqa: F401  # meanings

SQUARES = ("0", "1/9", "1/4", "1", "9/4", "4")
HALF = flint.arb(flint.fmpq(1, 2))
PRINTED = {1: "0.68269", 2: "0.63212"}


def chi_square_below_mean(k: int) -> Any:
    """P(chi^2_k < k) as a ball: the regularised lower incomplete gamma function at (k/2, k/2)."""
    half = flint.arb(flint.fmpq(k, 2))
    return half.gamma_lower(half, regularized=1)


@check("SA-17", "exact", "probability of harm")
def probability_of_harm(settings: Settings) -> Outcome:
    """Fails if harm is not the event chi^2_k < k, or its probability not as stated."""
    states = 0
    for first in SQUARES:
        for second in SQUARES:
            states += harm_is_a_small_chi_square((Fraction(first), Fraction(second)))
    balls = [chi_square_below_mean(k) for k in range(1, 201)]
    for k, printed in PRINTED.items():
        if abs(balls[k - 1] - flint.arb(printed)) > flint.arb("0.000005"):
            raise Failed(f"P(chi^2_{k} < {k}) is {balls[k - 1]}, printed {printed}")
    if not all(one > other > HALF for one, other in pairwise(balls)):
        raise Failed("P(chi^2_k < k) does not fall towards one half")
    for k in (10**2, 10**4, 10**6):
        scaled = (chi_square_below_mean(k) - HALF) * flint.arb(k).sqrt()
        if not abs(scaled - 1 / (3 * flint.arb.pi().sqrt())) < 1 / flint.arb(k):
            raise Failed(f"the distance to one half at k = {k} is not 1/(3 sqrt(pi k))")
    return Outcome(f"harm is chi^2_k < k in {states} states; balls for k = 1 to 200, and at 10^6")


def harm_is_a_small_chi_square(squares: tuple[Fraction, Fraction]) -> int:
    """Whether the dominant step raises the expected loss exactly if the squares sum to less than 2.

    The state has g_i^2 = c_i z_i^2 with the stationary c = eta lambda sigma^2 / (2 - eta lambda).
    """
    level = Fraction(3, 5) * 2 * 5 / (2 - Fraction(3, 5) * 2)
    energies = " ".join(str(level * z) for z in squares)
    world = World(quadratic("2 2 1/7", 2, f"{energies} 1", "5 5 1", "3/5"))
    harmed = world.word("loss_after_dominant_step") > world.word("loss")
    if harmed != (sum(squares) < 2):
        raise Failed(f"harm and chi^2 < 2 differ at z^2 = {squares}")
    return 1


@check("SA-17", "property", "probability of harm, all spectra")
def probability_for_all_spectra(settings: Settings) -> Outcome:
    """Fails if some weighting of the squares gives a probability outside (1/2, P(chi^2_1 < 1)]."""
    import numpy as np

    count = 40 if settings.tier == "fast" else 250
    generator = np.random.default_rng(settings.stream("SA-17", "weights"))
    most, seen = chi_square_below_mean(1), []
    for _ in range(count):
        weights = np.exp(generator.uniform(0, 3, size=int(generator.integers(2, 9))))
        low, high = probability_below_mean(weights)
        if not (low > 0.5 and flint.arb(high) < most):
            raise Failed(f"weights {weights}: the probability is between {low} and {high}")
        seen.append((low + high) / 2)
    return Outcome(f"{count} weightings: {min(seen):.4f} to {max(seen):.4f}")


@check("SA-17", "mutant", "probability one half")
def not_one_half(settings: Settings) -> Outcome:
    """Fails unless the probability for one dominant direction is above one half."""
    if not chi_square_below_mean(1) > flint.arb("0.68"):
        raise Failed("P(chi^2_1 < 1) may be one half")
    return Outcome("k = 1: P(chi^2_1 < 1) = 0.6827")
