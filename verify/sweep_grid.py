"""The grid of a sweep: read from TOML, checked, and turned into points in a fixed order."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from verify.errors import InputError
from verify.state import MOST_STEPS

FORMAT = 1
MOST_POINTS = 5_000_000
MOST_VALUES = 100_000
MOST_WORK = 10**10
LARGEST_FILE = 2**20
SPECTRA = ("two-level", "geometric", "power-law")
STEP_UNITS = ("absolute", "2/lambda_1", "2/(lambda_1+lambda_{k+1})")
# What each parameter may be: least and greatest value, and whether only whole numbers make sense.
PARAMETERS: dict[str, tuple[float, float, bool]] = {
    "condition_number": (math.nextafter(1.0, 2.0), 1e15, False),
    "step_size": (1e-30, 1e30, False),
    "noise_variance": (0.0, 1e60, False),
    "d": (2, 10**6, True),
    "k": (1, 10**6, True),
    "batch": (1, 10**9, True),
    "initial_gradient": (0.0, 1e30, False),
    "initial_position": (0.0, 1e30, False),
    "initial_alignment": (0.0, 1.0, False),
}
REQUIRED = ("condition_number", "step_size", "noise_variance", "d", "k")
STARTS = ("initial_gradient", "initial_position")
OBSERVABLES: dict[str, str] = {
    "regime": "course of the alignment, a code of REGIMES",
    "alignment": "alignment at each of `times`",
    "alignment_end": "alignment after `steps` steps",
    "alignment_limit": "alignment as t grows",
    "alignment_turn": "alignment at the first turn",
    "turning_time": "first turn",
    "turns": "number of turns",
    "direction_first": "sign of the first change",
    "low_alignment": "1 when q > 0 at the start, else 0",
    "stable": "1 when step_size < 2/lambda_1, else 0",
}
WHOLE = ("regime", "turning_time", "turns", "direction_first", "low_alignment", "stable")
# Always there: what the lines of the figure are drawn from.
LANDMARKS: dict[str, str] = {
    "step": "step size, absolute",
    "stability_limit": "2/lambda_1",
    "two_phase_limit": "2/(lambda_1 + lambda_{k+1})",
    "critical_step_size": "eta* at the start (nan: none)",
    "alignment_start": "alignment at the start",
    "alignment_threshold": "a* at the start",
}
# 1 where fewer than 11 digits, or a turn, are sure although digits were added; 0 elsewhere.
UNSURE = "unsure"
TOP_KEYS = (
    "title", "spectrum", "step_unit", "steps", "times", "observables", "chunk", "grid", "plot",
)  # fmt: skip
RANGE_KEYS = ("from", "to", "points", "scale")
PLOT_KEYS = ("x", "y", "color")


@dataclass(frozen=True)
class Axis:
    """One parameter that varies, with its values in the order of the grid."""

    name: str
    values: tuple[float, ...]
    log: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked of every point: the family of spectra, unit of the step, observables."""

    spectrum: str
    step_unit: str
    steps: int
    times: tuple[int, ...]
    observables: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that answer it."""
        return (*LANDMARKS, *self.observables, UNSURE)


@dataclass(frozen=True)
class Grid:
    """A parameter grid: the last axis varies fastest, and `chunk` points are computed together.

    `fixed` holds the parameters that do not vary; `plot` the axes and colours of the figure.
    """

    question: Question
    axes: tuple[Axis, ...]
    fixed: tuple[tuple[str, float], ...]
    chunk: int
    title: str
    plot: tuple[str, str | None, tuple[str, ...]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def points(self) -> int:
        """Number of points."""
        return math.prod(self.shape)

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.points // self.chunk)

    def rows(self, chunk: int) -> list[dict[str, float]]:
        """The parameters of each point of a chunk."""
        first = chunk * self.chunk
        indices = np.arange(first, min(first + self.chunk, self.points))
        places = np.unravel_index(indices, self.shape)
        rows = [dict(self.fixed) for _ in indices]
        for axis, place in zip(self.axes, places, strict=True):
            for row, i in zip(rows, place.tolist(), strict=True):
                row[axis.name] = axis.values[i]
        return rows

    def to_json(self) -> dict[str, Any]:
        """All that decides the numbers, as plain JSON values (the figure does not)."""
        return {
            "format": FORMAT,
            "question": asdict(self.question),
            "axes": {axis.name: list(axis.values) for axis in self.axes},
            "fixed": dict(self.fixed),
            "chunk": self.chunk,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what decides the numbers."""
        return hashlib.sha256(json.dumps(self.to_json()).encode()).hexdigest()


def read_grid(path: str | Path) -> Grid:
    """The grid in a TOML file. Raises InputError, in one line, for anything wrong with it."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        raise InputError(f"cannot read {path}: {why}; give a TOML file") from None
    if len(content) > LARGEST_FILE:
        raise InputError(f"{path} is larger than {LARGEST_FILE // 2**20} MiB; use ranges for axes")
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        raise InputError(f"{path} is nested too deeply; a grid is one flat table") from None
    except ValueError as error:  # not UTF-8, not TOML, or a number of thousands of digits
        raise InputError(f"{path} is not TOML: {' '.join(str(error).split())}") from None
    return grid_from(raw)


def grid_from(raw: Mapping[str, Any]) -> Grid:
    """The grid with the keys of the TOML file. Raises InputError for anything wrong with it."""
    _known(raw, TOP_KEYS, "the grid file")
    table = raw.get("grid")
    if not isinstance(table, Mapping):
        raise InputError("[grid] is missing; add the table with " + ", ".join(REQUIRED))
    _known(table, tuple(PARAMETERS), "[grid]")
    axes, fixed = _parameters(table)
    question = _question(raw)
    points = math.prod(len(axis.values) for axis in axes)
    if points > MOST_POINTS:
        raise InputError(f"the grid has {points} points; at most {MOST_POINTS}: use fewer values")
    bounds = _bounds(axes, fixed)
    if points * bounds["d"][1] > MOST_WORK:
        raise InputError(f"{points} points of up to {bounds['d'][1]:.0f} directions are too many")
    if bounds["k"][1] >= bounds["d"][0]:
        raise InputError(f"k reaches {bounds['k'][1]:.0f}; keep it below d ({bounds['d'][0]:.0f})")
    start = next(name for name in STARTS if name in bounds)
    if bounds[start][0] == 0 and bounds["noise_variance"][0] == 0:
        raise InputError(f"{start} and noise_variance are both 0 somewhere: nothing moves there")
    chunk = _whole(raw.get("chunk", 64), "chunk", 1, MOST_POINTS)
    title = raw.get("title", "")
    if not isinstance(title, str) or len(title) > 200 or "\n" in title:
        raise InputError("title must be one line of at most 200 characters")
    return Grid(question, axes, fixed, chunk, title, _plot(raw.get("plot", {}), axes, question))


def _question(raw: Mapping[str, Any]) -> Question:
    spectrum = _choice(raw.get("spectrum", "two-level"), SPECTRA, "spectrum")
    unit = _choice(raw.get("step_unit", "absolute"), STEP_UNITS, "step_unit")
    steps = _whole(raw.get("steps", 10**6), "steps", 1, MOST_STEPS)
    default = ["regime", "alignment_limit", "turning_time"]
    names = _items(raw.get("observables", default), "observables")
    for name in names:
        if name not in LANDMARKS:
            _choice(name, tuple(OBSERVABLES), "observables")
    chosen = tuple(dict.fromkeys(name for name in names if name not in LANDMARKS))
    times = tuple(
        _whole(t, f"times[{i}]", 0, MOST_STEPS)
        for i, t in enumerate(_items(raw["times"], "times") if "times" in raw else ())
    )
    if ("alignment" in chosen) != bool(times):
        raise InputError('times goes with the observable "alignment": give both or neither')
    return Question(spectrum, unit, steps, times, chosen)


def _parameters(
    table: Mapping[str, Any],
) -> tuple[tuple[Axis, ...], tuple[tuple[str, float], ...]]:
    for name in REQUIRED:
        if name not in table:
            raise InputError(f"{name} is missing in [grid]; give a number, a list or a range")
    if sum(name in table for name in STARTS) != 1:
        raise InputError("[grid] needs exactly one of " + " and ".join(STARTS))
    if "initial_alignment" in table and "initial_gradient" not in table:
        raise InputError("initial_alignment divides initial_gradient: give that one too")
    axes = []
    fixed = {"batch": 1.0} if "batch" not in table else {}
    for name, value in table.items():
        if isinstance(value, (list, Mapping)):
            axes.append(_axis(name, value))
        else:
            fixed[name] = _parameter(value, name, name)
    if not axes:
        raise InputError("nothing varies in [grid]; give at least one list or range")
    return tuple(axes), tuple(sorted(fixed.items()))


def _axis(name: str, value: Any) -> Axis:
    log = False
    if isinstance(value, list):
        values = [_parameter(x, name, f"{name}[{i}]") for i, x in enumerate(value)]
    else:
        values, log = _range(name, value)
    if not 1 <= len(values) <= MOST_VALUES:
        raise InputError(f"{name} has {len(values)} values; give 1 to {MOST_VALUES}")
    if len(set(values)) < len(values):
        raise InputError(f"{name} repeats a value; write each once")
    if values != sorted(values):
        raise InputError(f"{name} is not in rising order; sort it")
    return Axis(name, tuple(values), log)


def _range(name: str, table: Mapping[str, Any]) -> tuple[list[float], bool]:
    _known(table, RANGE_KEYS, name)
    for key in RANGE_KEYS[:3]:
        if key not in table:
            raise InputError(f"{name}: {key!r} is missing; write {{from = 1, to = 9, points = 5}}")
    low, high = (_parameter(table[key], name, f"{name}.{key}") for key in ("from", "to"))
    points = _whole(table["points"], f"{name}.points", 2, MOST_VALUES)
    scale = _choice(table.get("scale", "linear"), ("linear", "log"), f"{name}.scale")
    if not low < high:
        raise InputError(f"{name}: from = {low:g} must be below to = {high:g}")
    if scale == "log":
        if low <= 0:
            raise InputError(f"{name}: a log scale starts above 0, not at {low:g}")
        values = np.geomspace(low, high, points)
    else:
        values = np.linspace(low, high, points)
    if PARAMETERS[name][2]:
        values = np.unique(np.round(values))
    return values.tolist(), scale == "log"


def _parameter(value: Any, name: str, where: str) -> float:
    low, high, whole = PARAMETERS[name]
    if whole:
        return float(_whole(value, where, int(low), int(high)))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{where} must be a number, not {_shown(value)}")
    if not low <= value <= high:
        raise InputError(f"{where} is {_shown(value)}; choose between {low:g} and {high:g}")
    return float(value)


def _whole(value: Any, where: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{where} must be a whole number, not {_shown(value)}")
    if not low <= value <= high:
        raise InputError(f"{where} is {_shown(value)}; choose between {low} and {high}")
    return value


def _items(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list) or not value or len(value) > 1000:
        raise InputError(f"{where} must be a list of 1 to 1000 entries, not {_shown(value)}")
    return value


def _plot(
    raw: Any, axes: tuple[Axis, ...], question: Question
) -> tuple[str, str | None, tuple[str, ...]]:
    if not isinstance(raw, Mapping):
        raise InputError("plot must be a table: [plot] with x, y and color")
    _known(raw, PLOT_KEYS, "[plot]")
    names = [axis.name for axis in axes]
    guess = "step_size" if "step_size" in names else names[0]
    x = _choice(raw.get("x", guess), names, "plot.x")
    others = [name for name in names if name != x]
    y = _choice(raw["y"] if "y" in raw else others[0], others, "plot.y") if others else None
    if y is None and "y" in raw:
        raise InputError("plot.y: only one parameter varies; leave y away")
    color = raw.get("color", list(question.observables[:3]))
    wanted = _items([color] if isinstance(color, str) else color, "plot.color")
    for name in wanted:
        _choice(name, question.columns, "plot.color")
    return x, y, tuple(wanted)


def _bounds(
    axes: tuple[Axis, ...], fixed: tuple[tuple[str, float], ...]
) -> dict[str, tuple[float, float]]:
    bounds = {name: (value, value) for name, value in fixed}
    bounds.update({axis.name: (axis.values[0], axis.values[-1]) for axis in axes})
    return bounds


def _known(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise InputError(f"unknown key {_shown(key)} in {where}; {_hint(key, known)}")


def _choice(value: Any, known: Iterable[str], where: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise InputError(f"{where}: unknown {_shown(value)}; {_hint(value, known)}")
    return value


def _hint(value: Any, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(value)[:80], list(known), 1, 0.5)
    return f"did you mean {close[0]!r}?" if close else "use one of " + ", ".join(known)


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else text[:37] + "..."
