"""One point of a sweep: the run its parameters describe, and what is observed on it.

The moments are those of `gradalign trajectory`, in balls or in float64 that notices lost digits.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from verify import thresholds
from verify.exact_numbers import DOUBLE_DIGITS, Number
from verify.moments import Doubles
from verify.state import RATIONAL_DIRECTIONS, Run, State
from verify.state_values import Vector
from verify.sweep_grid import Question
from verify.trajectory import Course, silently
from verify.workers import end_with_parent

REGIMES = (
    "stays",
    "falls",
    "rises",
    "falls, then rises",
    "rises, then falls",
    "turns more than once",
    "unstable",
    "undecided",
)
STAYS, FALLS, RISES, FALLS_RISES, RISES_FALLS, MANY, UNSTABLE, UNDECIDED = range(len(REGIMES))

# The working precision of balls belongs to the process: one chunk at a time in each.
_one_at_a_time = threading.Lock()


def compute_chunk(question: Question, rows: Sequence[Mapping[str, float]]) -> dict[str, Doubles]:
    """The columns of a chunk, one row per point; nan where a value does not exist."""
    end_with_parent()
    with _one_at_a_time:
        found = [_Point(question, row).observed() for row in rows]
    return {name: np.array([row[name] for row in found]) for name in question.columns}


def run_at(question: Question, parameters: Mapping[str, float]) -> Run:
    """The run a point stands for: lambda_1 = 1, lambda_d = 1/condition_number.

    Spectra: two-level (k times 1, then 1/condition_number), geometric, power-law. The variance of a
    sample's noise is the same in every direction; a batch divides it. The start is a gradient, or a
    position x with gradient H x, equal in every direction; `initial_alignment` divides the squared
    gradient between the blocks instead, equally inside each.
    """
    d, k = int(parameters["d"]), int(parameters["k"])
    eigenvalues = _spectrum(question.spectrum, d, k, parameters["condition_number"])
    variance = Fraction(parameters["noise_variance"]) / int(parameters["batch"])
    gradient = _gradient(parameters, eigenvalues, k)
    step_size = Fraction(parameters["step_size"])
    if question.step_unit != "absolute":
        second = eigenvalues[k] if question.step_unit.endswith("+lambda_{k+1})") else 0
        step_size = step_size * 2 / (eigenvalues[0] + second)
    noise = _stored([variance] * d)
    start = State(_stored(eigenvalues), _stored(gradient), noise, None, k, step_size, exact=False)
    return Run(start, step_size, question.steps)


def _stored(values: Sequence[Fraction]) -> Vector:
    """Rationals, or doubles beyond the number of directions that are kept in rationals."""
    exact = len(values) <= RATIONAL_DIRECTIONS
    return tuple(values) if exact else np.array([float(x) for x in values])


def _gradient(
    parameters: Mapping[str, float], eigenvalues: Sequence[Fraction], k: int
) -> list[Fraction]:
    if "initial_position" in parameters:
        return [x * Fraction(parameters["initial_position"]) for x in eigenvalues]
    d, size = len(eigenvalues), parameters["initial_gradient"]
    if "initial_alignment" not in parameters:
        return [Fraction(size)] * d
    share = parameters["initial_alignment"]
    dominant = Fraction(size * math.sqrt(share * d / k))
    bulk = Fraction(size * math.sqrt((1 - share) * d / (d - k)))
    return [dominant] * k + [bulk] * (d - k)


def _spectrum(shape: str, d: int, k: int, condition_number: float) -> list[Fraction]:
    smallest = 1 / Fraction(condition_number)
    if shape == "two-level":
        return [Fraction(1)] * k + [smallest] * (d - k)
    decay = math.log(condition_number) / (d - 1 if shape == "geometric" else math.log(d))
    distances = (i if shape == "geometric" else math.log1p(i) for i in range(d))
    inner = [Fraction(math.exp(-decay * x)) for x in distances][1:-1]
    return [Fraction(1), *inner, smallest]


class _Point:
    """A run and its observables, each computed when it is first asked for."""

    def __init__(self, question: Question, parameters: Mapping[str, float]) -> None:
        self.question = question
        self.run = run_at(question, parameters)
        self.sums = thresholds.block_sums(self.run.start)

    def observed(self) -> dict[str, float | list[float]]:
        """Every column of the question."""
        return {name: COLUMNS[name](self) for name in self.question.columns}

    @cached_property
    def course(self) -> Course:
        return Course(self.run, DOUBLE_DIGITS, [], silently)

    @cached_property
    def direction(self) -> int | None:
        return self.course.direction_first()

    @cached_property
    def turns(self) -> list[int] | None:
        """The turning times, or None when the search had to stop early."""
        found, _ = self.course.turns(self.course.hypotheses())
        return None if "turning_times" in self.course.reason else found

    def alignment(self, times: Sequence[int]) -> list[float]:
        engine = self.course.precise or self.course.float
        assert engine is not None
        points = [(t, engine.point(t)) for t in times]
        alignment = [(t, value) for t, (value, _) in points]
        self.course.repair(alignment, [(t, step) for t, (_, step) in points])
        return [_float(value) for _, value in alignment]

    @property
    def limits(self) -> tuple[Fraction, Fraction]:
        """2/lambda_1 and 2/(lambda_1 + lambda_{k+1})."""
        start = self.run.start
        first, second = Fraction(start.eigenvalues[0]), Fraction(start.eigenvalues[start.k])
        return 2 / first, 2 / (first + second)

    def threshold(self) -> float:
        if not self.sums.both:
            return math.nan
        contrast = self.sums.energy * self.sums.contrast_squared
        noise = self.sums.dominant.noise_squared, self.sums.bulk.noise_squared
        return _float(thresholds.threshold(contrast, *noise, DOUBLE_DIGITS + 20))

    def regime(self) -> int:
        if self.run.step_size >= self.limits[0]:
            return UNSTABLE
        if self.turns is None:
            return UNDECIDED
        direction = self.direction
        if direction is None:  # at the minimum the noise decides from the first step on
            direction = self.course.direction(1)
        if len(self.turns) > 1:
            return MANY
        rises = bool(direction == 1)
        if self.turns:
            return RISES_FALLS if rises else FALLS_RISES
        return STAYS if direction == 0 else (RISES if rises else FALLS)

    def unsure(self) -> bool:
        """Whether an observable asked for before this may have lost digits."""
        engine = self.course.precise or self.course.float
        assert engine is not None
        cut = "turns" in self.__dict__ and self.turns is None
        open_directions = self.course.float is not None and bool(self.course.float.open_directions)
        return bool(self.course.warnings or engine.warnings or open_directions or cut)

    def first_turn(self) -> int | None:
        return self.turns[0] if self.turns else None

    def alignment_turn(self) -> float:
        turn = self.first_turn()
        return math.nan if turn is None else self.alignment([turn])[0]


def _float(value: Number | None) -> float:
    return math.nan if value is None else float(value)


COLUMNS: dict[str, Callable[[_Point], float | list[float]]] = {
    "step": lambda p: float(p.run.step_size),
    "stability_limit": lambda p: float(p.limits[0]),
    "two_phase_limit": lambda p: float(p.limits[1]),
    "critical_step_size": lambda p: _float(thresholds.critical_step_size(p.sums)[0]),
    "alignment_start": lambda p: _float(p.sums.alignment if p.sums.energy else None),
    "alignment_threshold": _Point.threshold,
    "regime": lambda p: float(p.regime()),
    "alignment": lambda p: p.alignment(p.question.times),
    "alignment_end": lambda p: p.alignment([p.run.steps])[0],
    "alignment_limit": lambda p: _float(p.course.limit()),
    "alignment_turn": _Point.alignment_turn,
    "turning_time": lambda p: _float(p.first_turn()),
    "turns": lambda p: _float(None if p.turns is None else len(p.turns)),
    "direction_first": lambda p: _float(p.direction),
    "low_alignment": lambda p: _float(thresholds.low_alignment(p.sums)[0]),
    "stable": lambda p: float(p.run.step_size < p.limits[0]),
    "unsure": lambda p: float(p.unsure()),
}
