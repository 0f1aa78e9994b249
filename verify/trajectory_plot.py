"""The figure of a trajectory: alignment above, critical step below, turn and limit marked."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

from verify.errors import InputError
from verify.exact_numbers import Number, brief, nearest_double
from verify.files import check_figure, write_atomically
from verify.trajectory import Trajectory

BLUE, ORANGE, GREY = "#1f5fa8", "#c2551b", "#777777"
LINEAR_STEPS = 200
LINEAR_FROM_0 = 2  # a longer run is drawn linearly up to here, logarithmically from here on
LABEL_WIDTH = 0.2  # of the axes
MOST_SHADED = 100
DRAWN = (1e-290, 1e290)  # step sizes whose multiples are doubles


def plot(run: Trajectory, path: Path) -> None:
    """Write the figure (PNG or SVG by its ending), whole or not at all.

    Raises InputError for another ending or a place that cannot be written.
    """
    kind = check_figure(path)
    if not DRAWN[0] < run.step_size < DRAWN[1]:
        raise InputError(f"--plot: cannot draw a step size of {brief(run.step_size)}; leave it out")
    import matplotlib

    matplotlib.use("Agg")
    with matplotlib.rc_context(
        {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
    ):
        buffer = io.BytesIO()
        figure = _figure(run)
        metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {}
        figure.savefig(buffer, format=kind, dpi=160, metadata=metadata)
    write_atomically(path, buffer.getvalue())


def _figure(run: Trajectory) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 5.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _scale_time(lower, run.steps)
    _alignment(upper, run)
    _critical(lower, run)
    for turn in (run.turning_times or ())[:20]:
        for axes in (upper, lower):
            axes.axvline(turn, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)))
    return figure


def _scale_time(axes: Any, steps: int) -> None:
    """A long run on a logarithmic axis, with room for the start; both parts meet without a kink."""
    label = "step t"
    if steps > LINEAR_STEPS:
        smooth = 0.9 / math.log(10)  # equal slopes on both sides, base 10
        axes.set_xscale("symlog", linthresh=LINEAR_FROM_0, linscale=smooth)
        powers = range(1, len(str(steps)))
        axes.set_xticks([0, *(10**i for i in powers[:: 1 + len(powers) // 9])])
        label = f"step t (logarithmic from t = {LINEAR_FROM_0} on)"
    axes.set_xlim(0, steps)
    axes.set_xlabel(label)


def _series(points: tuple[tuple[int, Number | None], ...]) -> tuple[list[int], list[float]]:
    values = [float("nan") if value is None else nearest_double(value) for _, value in points]
    return [t for t, _ in points], values


def _alignment(axes: Any, run: Trajectory) -> None:
    times, values = _series(run.alignment)
    style: dict[str, Any] = {"marker": "o", "markersize": 3} if len(times) <= 60 else {}
    axes.plot(times, values, color=BLUE, linewidth=1.8, **style)
    axes.set_ylim(-0.12, 1.1)  # room for a label below a deep minimum
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.set_ylabel("alignment  $a_t = E D_t/(E D_t + E B_t)$")
    axes.set_title(_title(run), fontsize=11, loc="left")
    if run.alignment_limit is not None:
        limit = float(run.alignment_limit)
        axes.axhline(limit, color=GREY, linewidth=0.9, linestyle="--")
        near = [v - limit for t, v in zip(times, values, strict=True)
                if _across(axes, t) > 1 - LABEL_WIDTH]  # fmt: skip
        below = max(near, key=abs) > 0
        axes.annotate(
            f"limit {limit:.4g}", (0.995, limit), xycoords=("axes fraction", "data"),
            xytext=(0, -4 if below else 4), textcoords="offset points",
            ha="right", va="top" if below else "bottom", color=GREY,
        )  # fmt: skip
    _label_turns(axes, run)


def _label_turns(axes: Any, run: Trajectory) -> None:
    """Name the first turns where there is room: minima from below, maxima from above."""
    known = dict(run.alignment)
    rising = run.direction_first == 1
    free = {True: 0.0, False: 0.0}
    for turn in (run.turning_times or ())[:3]:
        rising = not rising
        value, place = known.get(turn), _across(axes, turn)
        if value is None:
            continue
        height = float(value)
        axes.plot([turn], [height], "o", color=BLUE, markersize=6)
        left = place > 1 - LABEL_WIDTH
        if place - LABEL_WIDTH * left < free[rising]:
            continue
        free[rising] = place + LABEL_WIDTH * (not left)
        axes.annotate(
            f"turn at t = {turn}", (turn, height), xytext=(-2 if left else 2, -8 if rising else 8),
            textcoords="offset points", ha="right" if left else "left",
            va="top" if rising else "bottom", color=BLUE,
        )  # fmt: skip


def _across(axes: Any, time: int) -> float:
    """Where a step lies between the left end of the axes, 0, and the right end, 1."""
    return float((axes.transData - axes.transAxes).transform((time, 0))[0])


def _critical(axes: Any, run: Trajectory) -> None:
    times, values = _series(run.critical_step_size)
    style: dict[str, Any] = {"marker": "o", "markersize": 3} if len(times) <= 60 else {}
    axes.plot(
        times, values, color=ORANGE, linewidth=1.8, label="critical step $\\eta^*_t$", **style
    )
    step = nearest_double(run.step_size)
    axes.axhline(step, color="black", linewidth=1.0, label=f"step size $\\eta$ = {step:.4g}")
    finite = [x for x in values if x == x]
    top = max([step, *(x for x in finite if x < 20 * step)], default=step)
    axes.set_ylim(0, 1.25 * top)
    _regions(axes, run)
    axes.set_ylabel("step size")
    place: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1.01, 1), "ncols": 3}
    axes.legend(**place, frameon=False, borderaxespad=0.2, columnspacing=1.4)


def _regions(axes: Any, run: Trajectory) -> None:
    """Shade the steps along which the alignment rises, from the exact turning times."""
    if run.turning_times is None or run.direction_first not in (-1, 1):
        return
    turns = run.turning_times
    bounds = [0, *turns, run.steps]
    first_rising = 0 if run.direction_first == 1 else 1
    label: str | None = "alignment rises"
    for i in range(first_rising, min(len(bounds) - 1, MOST_SHADED), 2):
        axes.axvspan(bounds[i], bounds[i + 1], color=BLUE, alpha=0.08, linewidth=0, label=label)
        label = None


def _title(run: Trajectory) -> str:
    words = {-1: "falls", 0: "stays", 1: "rises", None: "starts"}
    first = words[run.direction_first]
    count = len(run.turning_times or ())
    if count == 0:
        return f"Alignment {first}, without a turn in {run.steps} steps"
    if count == 1:
        then = "rises" if run.direction_first == -1 else "falls"
        return f"Alignment first {first}, then {then}: the critical step crosses the step size"
    return f"Alignment first {first}; it turns {count} times, where the critical step crosses"
