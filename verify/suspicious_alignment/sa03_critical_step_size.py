"""SA-3 by Monte Carlo: in many dimensions alignment turns from falling to rising at eta*."""

from __future__ import annotations

from verify.checks import Settings, check
from verify.decide import decide_sign
from verify.evidence import Failed, Outcome
from verify.montecarlo import (
    DIRECTIONS,
    Problem,
    cross_difference,
    demand,
    low_alignment,
    together,
)

MARGIN = {"fast": 0.1, "full": 0.02}  # how close to eta* the step sizes are


@check("SA-3", "monte-carlo", "below and above the critical step size")
def both_sides(settings: Settings) -> Outcome:
    """Fails when literal SGD just below eta* does not fall, or just above it does not rise."""
    tier = "fast" if settings.tier == "fast" else "full"
    problem = low_alignment(DIRECTIONS[tier])
    critical, margin = problem.critical_step_size(), MARGIN[tier]
    return together(
        *(
            direction(problem.with_step(critical * factor), answer, settings)
            for factor, answer in ((1 - margin, "negative"), (1 + margin, "positive"))
        )
    )


@check("SA-3", "monte-carlo", "the mutant with half the step is refuted")
def half_the_step(settings: Settings) -> Outcome:
    """Fails when literal SGD at 3/4 eta* does not contradict the mutant eta*/2."""
    problem = low_alignment(DIRECTIONS["fast"])
    step_size = 0.75 * problem.critical_step_size()
    return direction(problem.with_step(step_size), "negative", settings)


@check("SA-3", "monte-carlo", "no step raises a high alignment")
def self_correction(settings: Settings) -> Outcome:
    """Fails when literal SGD raises an alignment above a*, at any of four step sizes."""
    problem = low_alignment(DIRECTIONS["fast"], alignment=0.998)
    if problem.critical_step_size() > 0:
        raise Failed("the state is not in the high-alignment regime")
    steps = (0.1, 0.5, 1.0, 5.0)
    return together(*(direction(problem.with_step(s), "negative", settings) for s in steps))


def direction(problem: Problem, answer: str, settings: Settings) -> Outcome:
    """Decide the direction of the mean change of alignment at one step size."""
    draws, law = cross_difference(problem, settings.stream("SA-3", f"{problem.step_size:.17g}"))
    effect = predicted_change(problem)
    decision = decide_sign(draws, law, abs(effect))
    return demand(decision, answer, f"eta = {problem.step_size:.4g}")


def predicted_change(problem: Problem) -> float:
    """The size of the effect, for planning the number of draws only."""
    contraction = (1 - problem.step_size * problem.eigenvalues) ** 2 * problem.gradient**2
    noise = (problem.step_size * problem.eigenvalues) ** 2 * problem.variance
    after = contraction + noise
    dominant, bulk = problem.energies
    return float(after[: problem.k].sum() / dominant - after[problem.k :].sum() / bulk)
