"""Run SGD on a least-squares problem and score the step-size condition at the states it visits.

At probed steps the theory predicts, from the exact conditional moments, which way the alignment
moves in expectation (SA-3 conditional on the state; the functional is the ratio of expectations
E D+ / (E D+ + E B+)). The prediction is then compared with what the minibatches of that state
really do (`verify.conditional_change`), which knows none of the theory's formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.conditional_change import Direction, OneStep, decide_direction
from verify.conditions import Conditions, conditions
from verify.errors import InputError, Stopped
from verify.least_squares import LeastSquares, sampling_factor
from verify.rivals import RIVALS, margin, rival_directions
from verify.sgd_run import Settings, choose_settings, stream, visited_states

FloatArray = NDArray[np.float64]

ERROR_PROBABILITY = 1e-9
"""Of one resampled probe; the error probability of a run is the sum over its probes."""

WORK = 1_000_000_000
"""Feature entries that all resampled minibatches of a run may read before giving up."""


@dataclass(frozen=True)
class Probe:
    """One probed step: what the theory and its rivals predict, and the direction decided."""

    t: int
    conditions: Conditions
    predicted_direction: int
    decided: Direction
    rivals: tuple[int, ...]

    @property
    def confirmed(self) -> bool | None:
        """Whether the decided direction is the predicted one; None when undecided."""
        return None if self.decided.sign == 0 else self.decided.sign == self.predicted_direction


@dataclass(frozen=True)
class Diagnosis:
    """A run and its score. `path` holds the conditions at every step, `probes` the tested steps."""

    problem: LeastSquares
    settings: Settings
    path: tuple[Conditions, ...]
    probes: tuple[Probe, ...]

    @property
    def decided(self) -> int:
        """How many probes had their direction decided."""
        return sum(probe.confirmed is not None for probe in self.probes)

    @property
    def confirmed(self) -> int:
        """How many decided directions were the predicted ones."""
        return sum(probe.confirmed is True for probe in self.probes)

    @property
    def rivals_confirmed(self) -> dict[str, int]:
        """How many of the decided directions each wrong theory of `verify.rivals` predicted."""
        return {
            name: sum(p.decided.sign != 0 and p.rivals[i] == p.decided.sign for p in self.probes)
            for i, name in enumerate(RIVALS)
        }

    @property
    def closest_margin(self) -> float | None:
        """The smallest |eta*/eta - 1| among the confirmed predictions; None if there is none."""
        margins = [
            margin(p.conditions, self.settings.step_size) for p in self.probes if p.confirmed
        ]
        return min((value for value in margins if np.isfinite(value)), default=None)

    @property
    def error_probability(self) -> float:
        """Bound on the probability that any decided direction is wrong (union over the probes)."""
        return math.fsum(probe.decided.error_probability for probe in self.probes)

    def to_json(self) -> dict[str, Any]:
        """The result as plain data, with the keys that `gradalign diagnose --json` prints."""
        chosen = self.settings
        return {
            "dataset": self.problem.name,
            "samples": self.problem.samples,
            "d": self.problem.d,
            "scaling": self.problem.scaling,
            "k": chosen.k,
            "batch_size": chosen.batch_size,
            "step_size": chosen.step_size,
            "replacement": chosen.replacement,
            "seed": chosen.seed,
            "eigenvalues": self.problem.eigenvalues.tolist(),
            "steps": [_probe_json(probe) for probe in self.probes],
            "score": {
                "decided": self.decided,
                "confirmed": self.confirmed,
                "undecided": len(self.probes) - self.decided,
                "error_probability": self.error_probability,
                "closest_margin": self.closest_margin,
                "rivals_confirmed": self.rivals_confirmed,
            },
        }


def diagnose(
    problem: LeastSquares,
    settings: Settings | None = None,
    *,
    probes: int = 40,
    on_progress: Callable[[float], None] = lambda done: None,
) -> Diagnosis:
    """Run minibatch SGD and score the predicted direction of alignment at probed steps.

    `settings` come from `verify.sgd_run.choose_settings` (all defaults when left out);
    `on_progress` is called with the fraction done. Raises `InputError` when the run diverges or no
    probe is asked for, and `Stopped` with the diagnosis so far on Ctrl-C. Source: the abstract's
    critical step size; the experiment is ours.
    """
    from threadpoolctl import threadpool_limits

    if probes < 1:
        raise InputError(f"probes = {probes}: at least one probe is needed")
    settings = choose_settings(problem) if settings is None else settings
    times = probe_times(settings.steps, probes)
    with threadpool_limits(limits=1, user_api="blas"):  # same bits whatever the machine's cores
        path, found = _run(problem, settings, times, on_progress)
    return Diagnosis(problem, settings, tuple(path), tuple(found))


def _run(
    problem: LeastSquares,
    settings: Settings,
    times: list[int],
    on_progress: Callable[[float], None],
) -> tuple[list[Conditions], list[Probe]]:
    path: list[Conditions] = []
    found: list[Probe] = []
    work_left = WORK
    try:
        for t, x in enumerate(visited_states(problem, settings)):
            path.append(conditions_at(problem, x, settings))
            if t in times:
                per_draw = settings.batch_size * len(x)
                share = work_left // (len(times) - len(found))
                probe = probe_state(problem, x, t, settings, max_draws=max(100, share // per_draw))
                work_left = max(0, work_left - probe.decided.draws * per_draw)
                found.append(probe)
                on_progress(len(found) / len(times))
    except KeyboardInterrupt:
        raise Stopped(Diagnosis(problem, settings, tuple(path), tuple(found))) from None
    return path, found


def probe_times(steps: int, probes: int) -> list[int]:
    """Probed steps from 0 to `steps` - 1, denser early, where the alignment moves fastest."""
    count = min(probes, steps)
    spread = np.round((steps - 1) * np.linspace(0, 1, count) ** 2)
    return [int(t) for t in np.unique(np.maximum(spread, np.arange(count)))]


def conditions_at(problem: LeastSquares, x: FloatArray, settings: Settings) -> Conditions:
    """The theory's conditions at the state x (p,)."""
    noise = problem.noise_variance(x, settings.batch_size, replacement=settings.replacement)
    gradient = problem.in_eigenbasis(problem.gradient(x))
    return conditions(problem.eigenvalues, gradient, noise, settings.k)


def probe_state(
    problem: LeastSquares, x: FloatArray, t: int, settings: Settings, *, max_draws: int
) -> Probe:
    """Decide the direction at one state and put it beside what the theory and rivals predict."""
    decided = decide_direction(
        OneStep(problem, settings.k, x, settings.step_size),
        settings.batch_size,
        replacement=settings.replacement,
        rng=stream(settings.seed, "probe", problem.name, str(t)),
        error_probability=ERROR_PROBABILITY,
        max_draws=max_draws,
    )
    state = conditions_at(problem, x, settings)
    rivals = rival_directions(
        problem.eigenvalues,
        problem.in_eigenbasis(problem.gradient(x)),
        problem.noise_variance(x, settings.batch_size, replacement=settings.replacement),
        settings.k,
        settings.step_size,
        sampling_factor(problem.samples, settings.batch_size, settings.replacement),
    )
    return Probe(t, state, state.direction(settings.step_size), decided, rivals)


def _probe_json(probe: Probe) -> dict[str, Any]:
    interval = probe.conditions.projection_interval
    return {
        "t": probe.t,
        "alignment": probe.conditions.alignment,
        "critical_step_size": probe.conditions.critical_step_size,
        "low_alignment": probe.conditions.low_alignment,
        "projection_interval": None if interval is None else list(interval),
        "predicted_direction": probe.predicted_direction,
        "confirmed": probe.confirmed,
        "method": probe.decided.method,
        "draws": probe.decided.draws,
        "measured_change": probe.decided.measured_change,
    }
