"""SA-7 by Monte Carlo: the mean of the ratio is not the ratio of the means."""

from __future__ import annotations

import numpy as np

from verify.checks import Settings, check
from verify.decide import Draws, decide_equal
from verify.evidence import Failed, Outcome
from verify.laws import Array, Bounded
from verify.montecarlo import demand, together
from verify.noise import AdditiveNoise
from verify.simulate import simulate

EXPECTED = {"gaussian": 0.42834983873, "rademacher": 43727 / 101065}  # printed in SA-7, mutant M1
RATIO_OF_MEANS = 13 / 23
DISCREPANCY = {"fast": 0.02, "full": 0.003}


@check("SA-7", "monte-carlo", "the mean of the random ratio")
def mean_ratio(settings: Settings) -> Outcome:
    """Fails when the mean of D+/G+ over literal steps is not the printed number, or is 13/23."""
    tier = "fast" if settings.tier == "fast" else "full"
    outcomes = []
    for family, expected in EXPECTED.items():
        decision = decide_equal(
            ratios(family, settings.stream("SA-7", family)),
            expected,
            DISCREPANCY[tier],
            Bounded(0.0, 1.0, 0.5),
        )
        outcomes.append(demand(decision, "equal", f"E[D+/G+], {family} noise"))
        if abs(RATIO_OF_MEANS - expected) <= DISCREPANCY[tier]:
            raise Failed("the discrepancy does not separate the two functionals")
    return together(*outcomes)


def ratios(family: str, seed: int) -> Draws:
    """Draws of D+/G+ after one literal step of the instance I1 (lambda = 1 | 1/2, eta = 1/2)."""
    eigenvalues, gradient = np.array([1.0, 0.5]), np.array([2.0, 2.0])
    noise = AdditiveNoise(family, np.array([9.0, 4.0]))

    def draws(start: int, count: int) -> Array:
        seen = simulate(
            eigenvalues,
            1,
            noise,
            step_size=0.5,
            steps=1,
            replicas=count,
            first_replica=start,
            seed=seed,
            initial_gradient=gradient,
            observe=[1],
            losses=False,
        )
        return np.asarray(seen.alignment[:, 0])

    return draws
