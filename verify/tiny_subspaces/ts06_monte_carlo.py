"""TS-6 by Monte Carlo: literal SGD that settles, and then moves one block only."""

from __future__ import annotations

import numpy as np

from verify.checks import Settings, check
from verify.decide import Draws, decide_equal, decide_sign
from verify.evidence import Outcome
from verify.laws import Array, Bounded
from verify.montecarlo import demand, together
from verify.noise import AdditiveNoise
from verify.simulate import simulate

EIGENVALUES = np.array([1.0, 0.9, 0.8, 0.05, 0.02])
K, STEP_SIZE, SETTLING, AFTER = 3, 0.5, 40, 30
START = np.array([0.0, 0.0, 0.0, 1.0, 1.0])  # dominant modes start at the minimum, bulk ones far
DISCREPANCY = {"fast": 0.02, "full": 0.005}

# Noise of +-1 and eta lambda <= 1 keep |g| <= 1 from a start with |g| <= 1, so that the loss of a
# mode is at most 1/(2 lambda): 1.69 for the dominant modes together, 35 for the bulk.
DOMINANT_CHANGE, BULK_CHANGE = Bounded(-1.7, 1.7, 0.5), Bounded(-35.0, 35.0, 2.0)
LEAST_PROGRESS = 5.0  # GD alone would lower the bulk loss by 6.7 after the switch


@check("TS-6", "monte-carlo", "literal Dom-SGD and Bulk-SGD after settling")
def after_settling(settings: Settings) -> Outcome:
    """Fails when the mean loss of Dom-SGD changes, or Bulk-SGD's does not fall, after the switch.

    After 40 steps a dominant mode is stationary up to (1 - 0.4)^80 < 1e-17 of its level.
    """
    tier = "fast" if settings.tier == "fast" else "full"
    constant = decide_equal(
        changes("dominant", settings.stream("TS-6", "dominant")),
        0.0,
        DISCREPANCY[tier],
        DOMINANT_CHANGE,
    )
    falls = decide_sign(
        changes("bulk", settings.stream("TS-6", "bulk")), BULK_CHANGE, LEAST_PROGRESS
    )
    return together(
        demand(constant, "equal", "change of the mean loss under Dom-SGD against 0"),
        demand(falls, "negative", "change of the mean loss under Bulk-SGD"),
    )


def changes(moving: str, seed: int) -> Draws:
    """Changes of the loss after the switch, as the simulator measures them."""
    schedule = ["full"] * SETTLING + [moving] * AFTER

    def draws(start: int, count: int) -> Array:
        seen = simulate(
            EIGENVALUES,
            K,
            AdditiveNoise("rademacher", np.ones(len(EIGENVALUES))),
            step_size=STEP_SIZE,
            steps=len(schedule),
            update=schedule,
            replicas=count,
            first_replica=start,
            seed=seed,
            initial_gradient=START,
            observe=[SETTLING, len(schedule)],
            losses=True,
        )
        assert seen.dominant_loss is not None
        assert seen.bulk_loss is not None
        loss = np.asarray(seen.dominant_loss) + np.asarray(seen.bulk_loss)
        change: Array = loss[:, 1] - loss[:, 0]
        return change

    return draws
