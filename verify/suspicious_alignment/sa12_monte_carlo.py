"""SA-12 by Monte Carlo: the further out the start, the later the turn, in 10^4 dimensions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.montecarlo import low_alignment, together
from verify.suspicious_alignment.sa09_monte_carlo import window_of_the_turn

FACTORS = (1e2, 1e5, 1e10)  # on all energies


@check("SA-12", "monte-carlo", "the turn comes later from further out", tier="full")
def later_from_further(settings: Settings) -> Outcome:
    """Fails when the windows in which literal SGD turns do not move out with the start."""
    windows, outcomes = [], []
    for factor in FACTORS:
        start = low_alignment(10_000)
        eigenvalues = np.where(np.arange(10_000) < start.k, 1.0, 0.1)
        problem = replace(
            start, eigenvalues=eigenvalues, gradient=start.gradient * np.sqrt(factor), step_size=0.5
        )
        window, decided = window_of_the_turn(problem, 0.02, settings)
        windows.append(window)
        outcomes.append(replace(decided, detail=f"energies times {factor:.0e}: {window}"))
    if not windows[0][1] <= windows[1][0] <= windows[1][1] <= windows[2][0]:
        raise Failed(f"the windows of the turn overlap: {windows}")
    return together(*outcomes)
