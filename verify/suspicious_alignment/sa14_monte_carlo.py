"""SA-14 by Monte Carlo: between the limits the bulk step lowers the loss, the other raises it."""

from __future__ import annotations

import numpy as np

from verify.checks import Settings, check
from verify.decide import Draws, decide_sign
from verify.evidence import Failed, Outcome
from verify.laws import Array, GaussianForm
from verify.montecarlo import DIRECTIONS, Problem, demand, low_alignment, together


@check("SA-14", "monte-carlo", "projected steps inside the interval")
def inside_the_interval(settings: Settings) -> Outcome:
    """Fails when a projected literal step inside the interval changes the loss the other way."""
    problem = low_alignment(DIRECTIONS["fast" if settings.tier == "fast" else "full"])
    dominant_limit, bulk_limit = limits(problem)
    if not dominant_limit < bulk_limit:
        raise Failed(f"the interval ({dominant_limit}, {bulk_limit}) is empty")
    middle = problem.with_step(float(np.sqrt(dominant_limit * min(bulk_limit, 4 * dominant_limit))))
    gentle = problem.with_step(0.9 * dominant_limit)
    return together(
        loss_change(middle, "dominant", "positive", settings),
        loss_change(middle, "bulk", "negative", settings),
        loss_change(gentle, "dominant", "negative", settings),
    )


def limits(problem: Problem) -> tuple[float, float]:
    """eta_dom and eta_bulk as SA-14 claims them: the values under test."""
    (d, b), (m1_d, m1_b) = problem.energies, problem.block_sums(1)
    s_d, s_b = problem.block_sums(1, noise=True)
    return 2 * d / (m1_d + s_d), 2 * b / (m1_b + s_b)


def loss_change(problem: Problem, update: str, answer: str, settings: Settings) -> Outcome:
    """Decide the sign of the mean change of the loss under one projected literal step."""
    block = np.arange(len(problem.eigenvalues)) < problem.k
    moved = block if update == "dominant" else ~block
    half_inverse = np.where(moved, 1 / (2 * problem.eigenvalues), 0.0)
    before = float((half_inverse * problem.gradient**2).sum())
    contraction = 1 - problem.step_size * problem.eigenvalues
    spread = problem.step_size * problem.eigenvalues * np.sqrt(problem.variance)
    law = GaussianForm.of(half_inverse, contraction * problem.gradient, spread)
    after = float((half_inverse * ((contraction * problem.gradient) ** 2 + spread**2)).sum())
    seed = settings.stream("SA-14", update, answer)
    decision = decide_sign(draws(problem, update, before, seed), law, abs(after - before))
    return demand(decision, answer, f"{update} step at eta = {problem.step_size:.4g}")


def draws(problem: Problem, update: str, before: float, seed: int) -> Draws:
    """Changes of the moved block's loss, as the simulator measures them."""

    def change(start: int, count: int) -> Array:
        seen = problem.run(start, count, seed, update=update, observe=[1], losses=True)
        loss = seen.dominant_loss if update == "dominant" else seen.bulk_loss
        assert loss is not None
        return np.asarray(loss[:, 0]) - before

    return change
