"""SA-1 by Monte Carlo: the mean change in many dimensions is the one that the identity gives."""

from __future__ import annotations

from verify.checks import Settings, check
from verify.decide import decide_equal
from verify.evidence import Outcome
from verify.montecarlo import DIRECTIONS, cross_difference, demand, low_alignment

DISCREPANCY = {"fast": 0.1, "full": 0.02}  # of the predicted mean


@check("SA-1", "monte-carlo", "mean cross difference of literal steps")
def mean_cross_difference(settings: Settings) -> Outcome:
    """Fails when the mean of D+ B - D B+ over literal SGD steps is not eta (eta q - 2 p)."""
    tier = "fast" if settings.tier == "fast" else "full"
    problem = low_alignment(DIRECTIONS[tier])
    (dominant, bulk), (m1_d, m1_b) = problem.energies, problem.block_sums(1)
    (m2_d, m2_b), (n_d, n_b) = problem.block_sums(2), problem.block_sums(2, noise=True)
    p = m1_d / dominant - m1_b / bulk
    q = (m2_d + n_d) / dominant - (m2_b + n_b) / bulk
    expected = problem.step_size * (problem.step_size * q - 2 * p)
    draws, law = cross_difference(problem, settings.stream("SA-1", "monte-carlo"))
    decision = decide_equal(draws, expected, DISCREPANCY[tier] * abs(expected), law)
    return demand(decision, "equal", f"mean change in d = {len(problem.eigenvalues)}")
