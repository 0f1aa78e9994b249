"""SA-20 by Monte Carlo: fresh samples whose moments up to the fifth are those of a Gaussian.

Features take the values 0 and +-sqrt(3 lambda) with probabilities 2/3 and 1/6, which gives the
fourth moments of N(0, H) in the eigenbasis; every draw is bounded, so a bounded bet is valid.
"""

from __future__ import annotations

import numpy as np

from verify.checks import Settings, check
from verify.decide import Draws, decide_equal
from verify.evidence import Outcome
from verify.laws import Array, Bounded
from verify.montecarlo import demand, together

EIGENVALUES = np.array([2.0, 1.0, 0.5])
POSITION = np.array([0.5, 1.0, -1.0])
LABEL_DEVIATION, STEP_SIZE, BATCH_SIZE, K = 0.5, 0.25, 2, 1
COUNTERS = 2  # of Philox, each worth four doubles: eight per draw
DISCREPANCY = {"fast": 0.08, "full": 0.02}


@check("SA-20", "monte-carlo", "one step on fresh samples")
def fresh_samples(settings: Settings) -> Outcome:
    """Fails when the mean energies after literal minibatch steps are not those of the recursion."""
    discrepancy = DISCREPANCY["fast" if settings.tier == "fast" else "full"]
    gradient = EIGENVALUES * POSITION
    spread = (gradient**2 / EIGENVALUES).sum() + LABEL_DEVIATION**2
    variance = (gradient**2 + EIGENVALUES * spread) / BATCH_SIZE
    expected = (1 - STEP_SIZE * EIGENVALUES) ** 2 * gradient**2
    expected = expected + (STEP_SIZE * EIGENVALUES) ** 2 * variance
    outcomes = []
    for name, side in (("dominant", slice(None, K)), ("bulk", slice(K, None))):
        highest = largest_energy(side)
        mean = float(expected[side].sum())
        decision = decide_equal(
            energies(side, settings.stream("SA-20", name)),
            mean,
            discrepancy * mean,
            Bounded(0.0, highest, min(highest / 2, 2 * mean)),
        )
        outcomes.append(demand(decision, "equal", f"{name} energy after a minibatch step"))
    return together(*outcomes)


def sample_bound() -> Array:
    """Largest size of each coordinate of a sample's gradient."""
    largest = np.sqrt(3 * EIGENVALUES)
    residual = np.abs(largest * POSITION).sum() + LABEL_DEVIATION
    return np.asarray(largest * residual)


def largest_energy(side: slice) -> float:
    """No minibatch can take a block's energy above this."""
    reach = np.abs(EIGENVALUES * POSITION) + STEP_SIZE * EIGENVALUES * sample_bound()
    return float((reach[side] ** 2).sum())


def energies(side: slice, seed: int) -> Draws:
    """Energies of a block after one step on a fresh minibatch, literally computed."""

    def draws(start: int, count: int) -> Array:
        stream = np.random.Philox(key=[seed, 0])
        stream.advance(start * COUNTERS)
        uniform = np.random.Generator(stream).random((count, 4 * COUNTERS))
        coins = uniform[:, :6].reshape(count, BATCH_SIZE, 3)
        signs = (coins < 1 / 6).astype(float) - (coins > 5 / 6)
        features = signs * np.sqrt(3 * EIGENVALUES)
        labels = LABEL_DEVIATION * np.where(uniform[:, 6:] < 0.5, 1.0, -1.0)
        residuals = features @ POSITION - labels
        gradients = np.einsum("rbl,rb->rl", features, residuals) / BATCH_SIZE
        after = EIGENVALUES * (POSITION - STEP_SIZE * gradients)
        return np.asarray((after[:, side] ** 2).sum(axis=1))

    return draws
