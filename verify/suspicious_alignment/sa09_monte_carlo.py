"""SA-9 by Monte Carlo: literal SGD falls to the predicted level, then rises to the predicted one.

The energies of both blocks are decided at the start of the rise and late in the run; the intervals
they leave order the alignments. Fast tier: d = 2000; full tier: d = 10^4 and 10^6.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.checks import Settings, check
from verify.decide import Draws, decide_equal
from verify.evidence import Failed, Outcome
from verify.laws import Array, GaussianForm
from verify.montecarlo import Problem, demand, low_alignment, together

SIZES = {"fast": (2_000,), "full": (2_000, 10_000, 1_000_000)}
DISCREPANCY = {"fast": 0.1, "full": 0.05}  # of each energy
LARGE = 1e4  # factor on all energies: far above stationary in every direction


@check("SA-9", "monte-carlo", "falls, turns and settles")
def two_phases(settings: Settings) -> Outcome:
    """Fails when a block's mean energy at the turn or at the end is not the predicted one."""
    tier = "fast" if settings.tier == "fast" else "full"
    return together(*(fall_and_rise(d, DISCREPANCY[tier], settings) for d in SIZES[tier]))


def large_start(d: int) -> Problem:
    """All directions far above their stationary level, and a step below 2/(lambda_1+lambda_k+1)."""
    problem = low_alignment(d)
    flattest = np.concatenate(
        [problem.eigenvalues[: problem.k], np.geomspace(0.5, 0.1, d - problem.k)]
    )
    return replace(
        problem, eigenvalues=flattest, gradient=problem.gradient * np.sqrt(LARGE), step_size=0.5
    )


def moments(problem: Problem, time: int) -> tuple[Array, Array]:
    """Mean and standard deviation of every g_l(t): linear in Gaussian noise, step by step."""
    mean, variance = problem.gradient.copy(), np.zeros_like(problem.gradient)
    contraction = 1 - problem.step_size * problem.eigenvalues
    noise = (problem.step_size * problem.eigenvalues) ** 2 * problem.variance
    for _ in range(time):
        mean, variance = contraction * mean, contraction**2 * variance + noise
    return mean, np.sqrt(variance)


def alignments(problem: Problem, steps: int) -> Array:
    """The predicted ratio of expectations at times 0 ... steps, by the moment recursion."""
    energy = problem.gradient**2
    contraction = (1 - problem.step_size * problem.eigenvalues) ** 2
    noise = (problem.step_size * problem.eigenvalues) ** 2 * problem.variance
    path = []
    for _ in range(steps + 1):
        path.append(energy[: problem.k].sum() / energy.sum())
        energy = contraction * energy + noise
    return np.array(path)


def fall_and_rise(d: int, discrepancy: float, settings: Settings) -> Outcome:
    """Decide D and B at the turn and late, and that these intervals order the alignments."""
    problem = large_start(d)
    steps = 120
    turn = int(np.argmin(alignments(problem, steps)))
    levels, outcomes = intervals(problem, (turn, steps), discrepancy, settings)
    start = problem.energies[0] / sum(problem.energies)
    if not (0 < turn < steps and levels[0][1] < start and levels[0][1] < levels[1][0]):
        raise Failed(f"d = {d}: the decided intervals {levels} do not show a fall and a rise")
    return replace(
        together(*outcomes),
        detail=f"d = {d}: {start:.3f} falls to at most {levels[0][1]:.3f} at t = {turn}, "
        f"rises to at least {levels[1][0]:.3f} at t = {steps}",
    )


def window_of_the_turn(
    problem: Problem, discrepancy: float, settings: Settings, steps: int = 200
) -> tuple[tuple[int, int], Outcome]:
    """Decide that the run's lowest alignment lies strictly between two times.

    The times are as close to the predicted turn as the discrepancy can tell apart; energies are
    decided at both and at the turn, and the three intervals must be in order.
    """
    path = alignments(problem, steps)
    turn = int(np.argmin(path))
    telling = path > path[turn] * (1 + 5 * discrepancy)
    before = max((t for t in range(turn) if telling[t]), default=-1)
    after = next((t for t in range(turn, steps) if telling[t]), -1)
    if before < 0 or after < 0:
        raise Failed(f"the discrepancy {discrepancy} cannot tell the turn at t = {turn}")
    levels, outcomes = intervals(problem, (before, turn, after), discrepancy, settings)
    if not levels[0][0] > levels[1][1] < levels[2][0]:
        raise Failed(f"the decided intervals {levels} at {before}, {turn}, {after} show no turn")
    return (before, after), together(*outcomes)


def intervals(
    problem: Problem, times: tuple[int, ...], discrepancy: float, settings: Settings
) -> tuple[list[tuple[float, float]], list[Outcome]]:
    """The interval left for the alignment at each time, and the decisions behind it."""
    levels, outcomes = [], []
    for time in times:
        interval, decided = energies_at(problem, time, discrepancy, settings)
        levels.append(interval)
        outcomes += decided
    return levels, outcomes


@check("SA-9", "monte-carlo", "when it turns and where it settles", tier="full")
def turn_and_limit(settings: Settings) -> Outcome:
    """Fails when literal SGD turns outside the window, or settles away from a_inf."""
    outcomes = []
    for d in (10_000, 1_000_000):
        problem = large_start(d)
        (before, after), decided = window_of_the_turn(problem, 0.02, settings)
        outcomes.append(replace(decided, detail=f"d = {d}: turns between {before} and {after}"))
    problem = large_start(10_000)
    limit = stationary_alignment(problem)
    (level,), settled = intervals(problem, (400,), 0.02, settings)
    if not level[0] <= limit <= level[1]:
        raise Failed(f"settles in {level}, a_inf is {limit}")
    told = together(*settled)
    outcomes.append(replace(told, detail=f"settles in {level[0]:.4f} .. {level[1]:.4f}"))
    return together(*outcomes)


def stationary_alignment(problem: Problem) -> float:
    """a_inf as SA-8 claims it: the value under test."""
    reach = problem.step_size * problem.eigenvalues
    levels = reach * problem.variance / (2 - reach)
    return float(levels[: problem.k].sum() / levels.sum())


def energies_at(
    problem: Problem, time: int, discrepancy: float, settings: Settings
) -> tuple[tuple[float, float], list[Outcome]]:
    """The interval left for the alignment at a time, after deciding both energies there."""
    mean, deviation = moments(problem, time)
    cut = problem.k
    outcomes = []
    for side in (slice(None, cut), slice(cut, None)):
        expected = float((mean[side] ** 2 + deviation[side] ** 2).sum())
        decision = decide_equal(
            draws_at(problem, time, side, settings),
            expected,
            discrepancy * expected,
            GaussianForm.of(1.0, mean[side], deviation[side]),
        )
        outcomes.append(demand(decision, "equal", f"energy at t = {time}"))
    energy = mean**2 + deviation**2
    dominant, bulk = float(energy[:cut].sum()), float(energy[cut:].sum())
    low, high = 1 - discrepancy, 1 + discrepancy
    return (
        dominant * low / (dominant * low + bulk * high),
        dominant * high / (dominant * high + bulk * low),
    ), outcomes


def draws_at(problem: Problem, time: int, side: slice, settings: Settings) -> Draws:
    """Draws of one block's energy at one time of literal SGD."""
    seed = settings.stream("SA-9", str(len(problem.gradient)), str(time))

    def draws(start: int, count: int) -> Array:
        seen = problem.run(start, count, seed, steps=time, observe=[time], losses=False)
        energy = seen.dominant_energy if side.start is None else seen.bulk_energy
        return np.asarray(energy[:, 0])

    return draws
