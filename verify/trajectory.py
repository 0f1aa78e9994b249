"""The alignment of SGD with constant noise along a whole run, from exact second moments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from verify.exact_numbers import DOUBLE_DIGITS, Number, as_given, checked_precision, json_number
from verify.float_bounds import DirectionBounds
from verify.float_run import FloatRun
from verify.precise_run import PreciseRun
from verify.state import Run, run_from
from verify.turns import bisected, first_not_falling, turning_times

MOST_POINTS = 1000
PRECISE_MODES = 300
FLOAT_WORK = 5 * 10**7
SCAN_WORK = 10**7
INTERVAL_WORK = 5 * 10**8
PRECISE_WORK = 2 * 10**6
REDONE_WORK = 10**5

Point = tuple[int, Number | None]
Progress = Callable[[Iterable[int], str], Iterable[int]]


@dataclass(frozen=True)
class Trajectory:
    """Alignment E D_t / (E D_t + E B_t) of a run and what the theory says about its course.

    `alignment` and `critical_step_size` are (t, value) at the same times (None where undefined);
    `direction_first` the sign of the first change; `turning_times` the first extrema t with
    0 < t < steps; `hypotheses` which of H1 (step below 2/(lambda_1 + lambda_{k+1})), H2 (additive
    noise) and H3 (every eigenspace starts at or above its stationary level) of SA-9 hold. Numbers
    are rationals within 10^-precision for exact input and doubles otherwise.
    Source: SA-8, 9, 10 (our formalisation).
    """

    alignment: tuple[Point, ...]
    direction_first: int | None
    turning_times: tuple[int, ...] | None
    alignment_limit: Number | None
    critical_step_size: tuple[Point, ...]
    hypotheses: Mapping[str, bool]
    reason: Mapping[str, str]
    step_size: Fraction
    steps: int
    precision: int
    turns_found_by: str
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON values: numbers, or strings for more than 17 digits."""

        def points(values: tuple[Point, ...]) -> list[list[Any]]:
            return [[t, json_number(value, self.precision)] for t, value in values]

        turns = self.turning_times
        return {
            "alignment": points(self.alignment),
            "direction_first": self.direction_first,
            "turning_times": None if turns is None else list(turns),
            "alignment_limit": json_number(self.alignment_limit, self.precision),
            "critical_step_size": points(self.critical_step_size),
            "hypotheses": dict(self.hypotheses),
            "reason": dict(self.reason),
        }

    @property
    def sentence(self) -> str:
        """The course of the run in plain words."""
        from verify.regime import course

        return course(self)


def trajectory(
    run: Run | Mapping[str, Any],
    *,
    precision: int = DOUBLE_DIGITS,
    progress: Progress | None = None,
) -> Trajectory:
    """The course of the alignment along a run of SGD with constant noise.

    `run` is a Run or a mapping with the keys of the input file. Up to 300 different eigenvalues,
    and always for exact input, it is computed in rationals and balls; else in float64, and times at
    which that loses digits are redone in balls, or counted in `warnings`. `progress(times, label)`
    may wrap the loop over the times. Raises InputError for bad input.
    """
    precision = checked_precision(precision)
    if not isinstance(run, Run):
        run = run_from(run, precision=precision)
    warnings = list(run.start.warnings)
    if precision > DOUBLE_DIGITS and not run.start.exact:
        warnings.append(f'{DOUBLE_DIGITS} digits: the input has doubles; write them as "0.1"')
        precision = DOUBLE_DIGITS
    return Course(run, precision, warnings, progress or silently).report()


def silently(times: Iterable[int], _: str) -> Iterable[int]:
    return times


class Course:
    """One run, its engine (balls or float64), and the notes gathered on the way."""

    def __init__(self, run: Run, precision: int, warnings: list[str], progress: Progress) -> None:
        self.run = run
        self.precision = precision
        self.warnings = warnings
        self.progress = progress
        self.reason: dict[str, str] = {}
        self.precise: PreciseRun | None = None
        self.float: FloatRun | None = None
        distinct = len(np.unique(np.asarray(run.start.eigenvalues)))
        if run.start.exact or distinct <= PRECISE_MODES:
            self.precise = PreciseRun(run, precision)
        else:
            self.float = FloatRun(run)
        self.distinct = distinct
        self.budget = REDONE_WORK

    def report(self) -> Trajectory:
        hypotheses = self.hypotheses()
        first = self.direction_first()
        turns, found_by = self.turns(hypotheses)
        alignment, critical = self.points(turns or [])
        limit = self.limit()
        self.note_undefined(alignment, critical)
        engine = self.precise or self.float
        assert engine is not None
        return Trajectory(
            alignment=alignment,
            direction_first=first,
            turning_times=None if turns is None else tuple(turns),
            alignment_limit=limit,
            critical_step_size=critical,
            hypotheses=hypotheses,
            reason=self.reason,
            step_size=self.run.step_size,
            steps=self.run.steps,
            precision=self.precision,
            turns_found_by=found_by,
            warnings=(*self.warnings, *engine.warnings),
        )

    def hypotheses(self) -> dict[str, bool]:
        start = self.run.start
        ends = Fraction(start.eigenvalues[0]), Fraction(start.eigenvalues[start.k])
        engine = self.precise or self.float
        assert engine is not None
        return {
            "H1": self.run.step_size * (ends[0] + ends[1]) < 2,
            "H2": True,
            "H3": engine.all_above(),
        }

    def direction_first(self) -> int | None:
        if not np.any(np.asarray(self.run.start.gradient) != 0):
            self.reason["direction_first"] = "the run starts at the minimum, without an alignment"
            return None
        return self.direction(0)

    def direction(self, t: int) -> int:
        if self.precise is not None:
            return self.precise.direction(t)
        assert self.float is not None
        before = len(self.float.open_directions)
        sign = self.float.direction(t)
        if len(self.float.open_directions) > before and self.affordable(1):
            self.float.open_directions.pop()
            return self.second_opinion.direction(t)
        return sign

    def affordable(self, times: int) -> bool:
        """Whether so many times may be redone in balls; takes them from the budget if so."""
        cost = times * self.distinct
        if cost > self.budget:
            return False
        self.budget -= cost
        return True

    @cached_property
    def second_opinion(self) -> PreciseRun:
        """The same run in balls, for single times."""
        return PreciseRun(self.run, DOUBLE_DIGITS)

    def turns(self, hypotheses: Mapping[str, bool]) -> tuple[list[int] | None, str]:
        """The turning times before `steps`, and how they were found."""
        last = self.run.steps - 1
        if self.precise is not None and self.precise.series is not None:
            signs = [(0, self.precise.direction(0)), *self.precise.series.signs(1, last)]
            return turning_times(signs), "isolation of the sign changes: none can be missed"
        if all(hypotheses.values()):
            turn = first_not_falling(self.direction, last)
            rises = turn <= last and self.direction(last) > 0
            found = [turn] if rises and turn > 0 else []
            return found, "bisection: H1 to H3 allow one turn at most (SA-9)"
        if self.float is not None and self.float.stable:
            return self.bisected_turns(last)
        return self.scanned_turns(last)

    def bisected_turns(self, last: int) -> tuple[list[int], str]:
        """Turns by bounds over intervals, as far as the work allowed reaches."""
        assert self.float is not None
        bounds = DirectionBounds(self.float.block_moments)
        signs: list[tuple[int, int]] = [(0, self.direction(0))]
        allowed = max(500, INTERVAL_WORK // (10**4 + self.run.start.d))
        found = bisected(1, last, bounds.sign, self.direction)
        for _ in self.progress(range(allowed), "turns"):
            following = next(found, None)
            if following is None:
                return turning_times(
                    signs
                ), "isolation by float64 bounds with their rounding errors"
            signs.append(following)
        return turning_times(signs), self.stopped(signs[-1][0])

    def scanned_turns(self, last: int) -> tuple[list[int], str]:
        """Turns by looking at every step, as far as the work allowed reaches."""
        reach = min(last, max(1000, SCAN_WORK // self.run.start.d))
        if self.precise is not None:
            reach = min(last, PRECISE_WORK // self.distinct)
        times = self.progress(range(reach + 1), "turns")
        found = turning_times((t, self.direction(t)) for t in times)
        return found, "a look at every step" if reach == last else self.stopped(reach)

    def stopped(self, reach: int) -> str:
        self.reason["turning_times"] = (
            f"searched up to step {reach} only: with {self.distinct} different eigenvalues and "
            "without H1 to H3 the rest would take too long"
        )
        return f"a search up to step {reach}"

    def points(self, turns: list[int]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        count = MOST_POINTS
        if self.float is not None:
            count = min(count, max(50, FLOAT_WORK // self.run.start.d))
        times = output_times(self.run.steps, count, turns)
        alignment: list[Point] = []
        critical: list[Point] = []
        engine = self.precise or self.float
        assert engine is not None
        for t in self.progress(times, "alignment"):
            value, step = engine.point(t)
            alignment.append((t, self.number(value)))
            critical.append((t, self.number(step)))
        self.repair(alignment, critical)
        return tuple(alignment), tuple(critical)

    def repair(self, alignment: list[Point], critical: list[Point]) -> None:
        """Redo in balls the times at which float64 lost digits, or say how many there are."""
        if self.float is None:
            return
        lost = set(self.float.lost_steps)
        if lost and self.affordable(len(lost)):
            for i, (t, _) in enumerate(alignment):
                if t in lost:
                    value, step = self.second_opinion.point(t)
                    alignment[i], critical[i] = (t, self.number(value)), (t, self.number(step))
        elif lost:
            self.warnings.append(
                f"fewer than 11 digits are sure at {len(lost)} of {len(alignment)} times (first: "
                f"t = {min(lost)}), where q nearly vanishes or both blocks have decayed to nothing"
            )
        unclear = self.float.open_directions
        if unclear:
            self.warnings.append(
                f"the direction at {len(unclear)} steps (first: t = {unclear[0]}) is below the "
                "resolution of float64 and counted as none"
            )

    def number(self, value: Number | None) -> Number | None:
        if value is None or isinstance(value, float):
            return value
        return as_given(value, self.run.start.exact)

    def limit(self) -> Number | None:
        engine = self.precise or self.float
        assert engine is not None
        value = engine.limit()
        if value is None:
            self.reason["alignment_limit"] = "the gradient vanishes after finitely many steps"
        return self.number(value)

    def note_undefined(self, alignment: Iterable[Point], critical: Iterable[Point]) -> None:
        if any(value is None for _, value in alignment):
            self.reason["alignment"] = "null where the gradient is zero with certainty"
        if any(value is None for _, value in critical):
            self.reason["critical_step_size"] = (
                "null where q <= 0 (the alignment falls at every step size) or a block is empty"
            )


def output_times(steps: int, count: int, turns: Iterable[int] = ()) -> list[int]:
    """At most `count` times from 0 to `steps`, both included: all, or half even and half geometric.

    Turning times are added while there is room (up to 50 of them).
    """
    if steps < count:
        return list(range(steps + 1))
    chosen = {0, steps, *list(turns)[:50]}
    half = (count - len(chosen)) // 2
    chosen.update(round(Fraction(steps * i, half)) for i in range(half))
    ratio = float(steps) ** (1 / half)
    chosen.update(min(steps, int(ratio**i)) for i in range(half))
    return sorted(chosen)
