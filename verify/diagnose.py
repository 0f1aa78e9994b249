"""Run SGD on a least-squares problem and score the step-size condition at the states it visits.

At probed steps the theory predicts, from the exact conditional moments, which way the alignment
moves in expectation (SA-3 conditional on the state; the functional is the ratio of expectations
E D+ / (E D+ + E B+)). The prediction is then compared with what the minibatches of that state
really do (`verify.conditional_change`), which knows none of the theory's formulas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.conditional_change import Direction, OneStep, decide_direction
from verify.conditions import Conditions, conditions
from verify.errors import InputError
from verify.least_squares import LeastSquares, largest_gap

FloatArray = NDArray[np.float64]

ERROR_PROBABILITY = 1e-9
"""Of one probe; a run's error probability is the sum over its resampled probes."""

WORK_PER_PROBE = 30_000_000
"""Per-sample gradient entries that resampling may gather at one probe before it gives up."""


@dataclass(frozen=True)
class Settings:
    """Everything that determines a run, after defaults were filled in and checked."""

    k: int
    batch_size: int
    step_size: float
    steps: int
    replacement: bool
    seed: int
    probes: int
    initial_scale: float


@dataclass(frozen=True)
class Probe:
    """One probed step: what the theory predicts there and which direction was decided."""

    t: int
    conditions: Conditions
    predicted_direction: int
    decided: Direction

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
    def error_probability(self) -> float:
        """Bound on the probability that any decided direction is wrong (union over the probes)."""
        return float(sum(probe.decided.error_probability for probe in self.probes))

    def to_json(self) -> dict[str, Any]:
        """The result as plain data, with the keys that `gradalign diagnose --json` prints."""
        chosen = self.settings
        return {
            "dataset": self.problem.name,
            "samples": self.problem.samples,
            "d": self.problem.d,
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
            },
        }


def diagnose(
    problem: LeastSquares,
    *,
    k: int | None = None,
    batch_size: int | None = None,
    step_size: float | None = None,
    steps: int = 400,
    replacement: bool = False,
    seed: int = 0,
    probes: int = 40,
    initial_scale: float = 1.0,
    on_progress: Callable[[float], None] = lambda done: None,
) -> Diagnosis:
    """Run minibatch SGD and score the predicted direction of alignment at probed steps.

    Every step draws a fresh uniform minibatch; `replacement` says how. `k` defaults to the largest
    spectral gap, `batch_size` to 32 (a quarter of a small data set), `step_size` to `auto_step_size`.
    The run starts at independent normal coordinates of standard deviation `initial_scale`.
    `on_progress` is called with the fraction done. Raises `InputError` for settings that make no
    sense for this problem. Source: the abstract's critical-step claim; the experiment is ours.
    """
    settings = choose_settings(
        problem, k, batch_size, step_size, steps, replacement, seed, probes, initial_scale
    )
    probed = set(probe_times(settings.steps, settings.probes).tolist())
    path: list[Conditions] = []
    found: list[Probe] = []
    for t, x in enumerate(visited_states(problem, settings)):
        path.append(conditions_at(problem, x, settings))
        if t in probed:
            found.append(probe_state(problem, x, t, path[-1], settings))
            on_progress(len(found) / len(probed))
    return Diagnosis(problem, settings, tuple(path), tuple(found))


def choose_settings(
    problem: LeastSquares,
    k: int | None,
    batch_size: int | None,
    step_size: float | None,
    steps: int,
    replacement: bool,
    seed: int,
    probes: int,
    initial_scale: float,
) -> Settings:
    """Fill in the defaults and check every setting. Raises `InputError`."""
    if k is None:
        k = largest_gap(problem.eigenvalues)
    _require(1 <= k < problem.d, f"k = {k}: it must lie in 1..{problem.d - 1}, as d = {problem.d}")
    upper, lower = (float(value) for value in problem.eigenvalues[k - 1 : k + 1])
    _require(
        upper - lower > 1e-10 * float(problem.eigenvalues[0]),
        f"no spectral gap at k = {k}: lambda_{k} and lambda_{k + 1} are both {upper:.6g}; "
        "choose another k",
    )
    if batch_size is None:
        batch_size = max(1, min(32, problem.samples // 4))
    _require(batch_size >= 1, f"batch size {batch_size}: it must be at least 1")
    _require(
        replacement or batch_size <= problem.samples,
        f"batch size {batch_size} exceeds the {problem.samples} samples; "
        "take a smaller batch or draw with replacement",
    )
    if step_size is None:
        step_size = auto_step_size(problem, k, batch_size)
    _require(
        bool(np.isfinite(step_size)) and step_size > 0,
        f"step size {step_size}: it must be a positive number",
    )
    _require(steps >= 1, f"steps = {steps}: at least one step is needed")
    _require(probes >= 1, f"probes = {probes}: at least one probe is needed")
    _require(seed >= 0, f"seed {seed}: it must not be negative")
    _require(
        bool(np.isfinite(initial_scale)) and initial_scale >= 0,
        f"initial scale {initial_scale}: it must be a number that is not negative",
    )
    return Settings(k, batch_size, step_size, steps, replacement, seed, probes, initial_scale)


def auto_step_size(problem: LeastSquares, k: int, batch_size: int) -> float:
    """Half of the smaller of 2/(lambda_1 + lambda_{k+1}) and the stable step size of the noise.

    Below the first number a run can first fall and then rise (SA-9); below the second it contracts.
    """
    eigenvalues = problem.eigenvalues
    turning = 2 / float(eigenvalues[0] + eigenvalues[k])
    return min(turning, problem.stable_step_size(batch_size)) / 2


def probe_times(steps: int, probes: int) -> NDArray[np.intp]:
    """Probed steps between 0 and `steps` - 1, denser early, where the alignment moves fastest."""
    return np.unique(np.round((steps - 1) * np.linspace(0, 1, probes) ** 2).astype(np.intp))


def visited_states(problem: LeastSquares, settings: Settings) -> Any:
    """The states x_0, x_1, ... of one SGD run, each of shape (p,)."""
    rng = stream(settings.seed, "sgd", problem.name)
    x = settings.initial_scale * rng.standard_normal(problem.features.shape[1])
    for t in range(settings.steps):
        if not np.all(np.abs(x) < 1e100):
            raise InputError(
                f"SGD diverged after {t} steps at step size {settings.step_size:.6g}; "
                "take a smaller step size or a larger batch"
            )
        yield x
        batch = rng.choice(problem.samples, settings.batch_size, replace=settings.replacement)
        rows = problem.features[batch]
        gradient = (rows @ x - problem.targets[batch]) @ rows / settings.batch_size
        x = x - settings.step_size * gradient


def conditions_at(problem: LeastSquares, x: FloatArray, settings: Settings) -> Conditions:
    """The theory's conditions at the state x (p,)."""
    noise = problem.noise_variance(x, settings.batch_size, replacement=settings.replacement)
    gradient = problem.in_eigenbasis(problem.gradient(x))
    return conditions(problem.eigenvalues, gradient, noise, settings.k)


def probe_state(
    problem: LeastSquares, x: FloatArray, t: int, predicted: Conditions, settings: Settings
) -> Probe:
    """Decide the direction at one state and put it beside the prediction."""
    decided = decide_direction(
        OneStep(problem, settings.k, x, settings.step_size),
        settings.batch_size,
        replacement=settings.replacement,
        rng=stream(settings.seed, "probe", problem.name, str(t)),
        error_probability=ERROR_PROBABILITY,
        max_draws=max(100, WORK_PER_PROBE // (settings.batch_size * len(x))),
    )
    return Probe(t, predicted, predicted.direction(settings.step_size), decided)


def stream(seed: int, *words: str) -> np.random.Generator:
    """A random stream keyed by its content, independent of the order in which it is made."""
    digest = hashlib.sha256("/".join(words).encode()).digest()
    key = [int.from_bytes(digest[i : i + 4], "big") for i in range(0, 32, 4)]
    return np.random.default_rng(np.random.SeedSequence([seed, *key]))


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
    }


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise InputError(message)
