"""SA-17 by Monte Carlo: how often the own step of a settled run harms the dominant loss."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtr

from verify.checks import Settings, check
from verify.decide import Draws, decide_proportion
from verify.evidence import Outcome
from verify.laws import Array
from verify.montecarlo import demand, together
from verify.noise import AdditiveNoise
from verify.simulate import simulate

DISCREPANCY = {"fast": 0.03, "full": 0.01}
STEP_SIZE, EIGENVALUE, BULK = 0.5, 1.0, 0.1
STATIONARY = 60  # steps after which what is left of the start is below (1/4)^60
BULK_DIRECTIONS = {"fast": 10, "full": 100}


@check("SA-17", "monte-carlo", "how often the run's own step raises the dominant loss")
def harmful_share(settings: Settings) -> Outcome:
    """Fails when the share of stationary states that the step harms is not P(chi^2_k < k)."""
    tier = "fast" if settings.tier == "fast" else "full"
    outcomes = []
    for k in (1, 2, 20):
        decision = decide_proportion(
            harmed(k, BULK_DIRECTIONS[tier], settings.stream("SA-17", str(k))),
            float(chdtr(k, k)),
            DISCREPANCY[tier],
        )
        outcomes.append(demand(decision, "equal", f"share of states harmed, k = {k}"))
    return together(*outcomes)


@check("SA-17", "monte-carlo", "the same share in ten thousand dimensions", tier="full")
def harmful_share_at_scale(settings: Settings) -> Outcome:
    """Fails when the share in d = 10^4 is not P(chi^2_k < k)."""
    decision = decide_proportion(
        harmed(20, 9_980, settings.stream("SA-17", "scale")), float(chdtr(20, 20)), 0.05
    )
    return demand(decision, "equal", "share of states harmed, d = 10000")


def harmed(k: int, bulk_directions: int, seed: int) -> Draws:
    """Whether the conditional expected dominant loss rises in a stationary state of literal SGD.

    The rise is -eta D + eta^2 (m1_D + s_D) / 2, from the definition of the loss.
    """
    eigenvalues = np.concatenate([np.full(k, EIGENVALUE), np.full(bulk_directions, BULK)])

    def draws(start: int, count: int) -> Array:
        seen = simulate(
            eigenvalues,
            k,
            AdditiveNoise("gaussian", 1.0),
            step_size=STEP_SIZE,
            steps=STATIONARY,
            replicas=count,
            first_replica=start,
            seed=seed,
            initial_gradient=np.ones(len(eigenvalues)),
            observe=[STATIONARY],
            losses=False,
        )
        energy = np.asarray(seen.dominant_energy[:, 0])
        noise = EIGENVALUE * k
        rise = -STEP_SIZE * energy + STEP_SIZE**2 * (EIGENVALUE * energy + noise) / 2
        return (rise > 0).astype(float)

    return draws
