"""The figure of `gradalign diagnose`: one run, what the theory said, what the minibatches did."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verify.diagnose import Diagnosis, Probe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]

RISE, FALL, WRONG = "#0b7a75", "#c8553d", "#e5007d"
INK, QUIET, BAND = "#22223b", "#8d8d99", "#c9a227"

STYLE: Any = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.hashsalt": "gradalign",
}

LOOKS: dict[str, dict[str, Any]] = {
    "rise confirmed": {"marker": "^", "color": RISE, "markeredgecolor": "white", "markersize": 8},
    "fall confirmed": {"marker": "v", "color": FALL, "markeredgecolor": "white", "markersize": 8},
    "undecided": {"marker": "o", "color": "white", "markeredgecolor": INK, "markersize": 5},
    "contradicted": {"marker": "X", "color": WRONG, "markeredgecolor": "white", "markersize": 10},
}


def draw(diagnosis: Diagnosis, kind: str) -> bytes:
    """The figure as the bytes of a file of that kind, "png" or "svg"."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(13, 7.2), layout="constrained")
        grid = figure.add_gridspec(2, 2, width_ratios=(1.9, 1))
        top = figure.add_subplot(grid[0, 0])
        bottom = figure.add_subplot(grid[1, 0], sharex=top)
        theorem = figure.add_subplot(grid[:, 1])
        figure.suptitle(_headline(diagnosis), x=0.008, ha="left", weight="bold", size=13)
        _draw_alignment(top, diagnosis)
        _draw_step_sizes(bottom, diagnosis)
        _draw_theorem(theorem, diagnosis)
        _scale_time(bottom, len(diagnosis.path) - 1)
        figure.legend(
            *theorem.get_legend_handles_labels(), loc="upper right", ncols=4, handletextpad=0.1
        )
        content = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else {"Software": "gradalign"}
        figure.savefig(content, format=kind, dpi=140, metadata=metadata)
    return content.getvalue()


def _draw_alignment(axes: Axes, diagnosis: Diagnosis) -> None:
    path, step_size = diagnosis.path, diagnosis.settings.step_size
    edges = np.maximum(np.arange(len(path) + 1) - 0.5, 0)
    directions = np.array([state.direction(step_size) for state in path])
    for direction, colour in ((1, RISE), (-1, FALL)):
        axes.stairs(directions == direction, edges, fill=True, color=colour, alpha=0.15, lw=0)
    axes.plot(_numbers([state.alignment for state in path]), color=INK, linewidth=0.9, alpha=0.7)
    for probe in diagnosis.probes:
        if probe.conditions.alignment is not None:
            look = LOOKS[_verdict(probe)]
            axes.plot(probe.t, probe.conditions.alignment, **look, clip_on=False, zorder=4)
    axes.set_ylim(0, 1)
    axes.set_ylabel("alignment  $D/(D+B)$")
    axes.set_title("The run; shaded where alignment is predicted to rise (green) or fall (red)")
    axes.tick_params(labelbottom=False)


def _draw_step_sizes(axes: Axes, diagnosis: Diagnosis) -> None:
    path, step_size = diagnosis.path, diagnosis.settings.step_size
    times = np.arange(len(path))
    critical = _numbers([state.critical_step_size for state in path])
    intervals = [state.projection_interval or (np.nan, np.nan) for state in path]
    lower, upper = (np.array(side) for side in zip(*intervals, strict=True))
    axes.set_yscale("log")
    axes.vlines(times, lower, upper, color=BAND, alpha=0.35, linewidth=1.6)
    axes.plot([], [], color=BAND, alpha=0.5, linewidth=6, label="projection interval")
    for chosen, colour in ((critical < step_size, RISE), (critical >= step_size, FALL)):
        axes.plot(times[chosen], critical[chosen], ".", color=colour, markersize=5)
    axes.plot([], [], ".", color=INK, label="critical step size $\\eta^*_t$")
    axes.axhline(step_size, color=INK, linewidth=1.4, label=f"step size $\\eta$ = {step_size:.3g}")
    none = np.isnan(critical)
    if none.any():
        place: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
        axes.plot(times[none], np.ones(none.sum()), "|", color=FALL, markersize=9, **place)
        axes.plot([], [], "|", color=FALL, markersize=9, label="none: always falls")
    positive = critical[critical > 0]
    if len(positive):
        axes.set_ylim(min(step_size / 10, float(np.quantile(positive, 0.05))), None)
    axes.set_ylabel("step size")
    axes.set_title("Step sizes")
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.01, 0.98),
        ncols=4,
        handlelength=1.2,
        handletextpad=0.4,
        columnspacing=1.2,
    )


def _draw_theorem(axes: Axes, diagnosis: Diagnosis) -> None:
    """Every probe: the measured change of alignment against the step size in units of eta*."""
    measured = [probe for probe in diagnosis.probes if np.isfinite(_measured(probe))]
    ratios = {probe.t: _ratio(probe, diagnosis.settings.step_size) for probe in measured}
    away = [max(ratio, 1 / ratio) for ratio in ratios.values() if 0.01 < ratio < 100]
    furthest = 1.5 * max([2, *away])
    nearest = 1 / furthest
    for probe in measured:
        place = min(max(ratios[probe.t], nearest), furthest)
        look = LOOKS[_verdict(probe)]
        axes.plot(place, _measured(probe), **look, linestyle="none", clip_on=False)
    for label, look in LOOKS.items():
        if label in map(_verdict, diagnosis.probes):
            axes.plot([], [], label=label, linestyle="none", **look)
    axes.set_xscale("log")
    axes.set_xlim(nearest, furthest)
    reach = 1.15 * max((abs(_measured(probe)) for probe in measured), default=1.0)
    axes.set_ylim(-reach, reach)
    axes.fill_between([1, furthest], 0, reach, color=RISE, alpha=0.15, linewidth=0)
    axes.fill_between([nearest, 1], -reach, 0, color=FALL, alpha=0.15, linewidth=0)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.axvline(1, color=QUIET, linewidth=0.8)
    axes.set_xlabel("$\\eta\\,/\\,\\eta^*_t$  (at the edges: beyond, or no critical step)")
    axes.set_ylabel("change of alignment measured on minibatches")
    axes.set_title("The theorem: the sign changes at $\\eta = \\eta^*_t$")
    axes.text(0.97, 0.03, _score(diagnosis), transform=axes.transAxes, ha="right", fontsize=9.5)


def _ratio(probe: Probe, step_size: float) -> float:
    critical = probe.conditions.critical_step_size
    if critical is None:
        return 0.0
    return step_size / critical if critical > 0 else float("inf")


def _measured(probe: Probe) -> float:
    change = probe.decided.measured_change
    return np.nan if change is None else change


def _verdict(probe: Probe) -> str:
    if probe.confirmed is None:
        return "undecided"
    if not probe.confirmed:
        return "contradicted"
    return "rise confirmed" if probe.predicted_direction > 0 else "fall confirmed"


def _headline(diagnosis: Diagnosis) -> str:
    chosen, problem = diagnosis.settings, diagnosis.problem
    return (
        f"{problem.name}: SGD with batches of {chosen.batch_size} of {problem.samples} samples, "
        f"{chosen.k} dominant of {problem.d} directions"
    )


def _score(diagnosis: Diagnosis) -> str:
    lines = [f"confirmed: {diagnosis.confirmed} of {diagnosis.decided} decided"]
    if diagnosis.decided < len(diagnosis.probes):
        lines.append(f"undecided: {len(diagnosis.probes) - diagnosis.decided}")
    lines.append(f"error probability: {diagnosis.error_probability:.2g}")
    return "\n".join(lines)


def _numbers(values: list[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values])


def _scale_time(axes: Axes, last: int) -> None:
    """A square-root scale gives the first steps, where most happens, the room they need."""
    spread = last * np.linspace(0, 1, 7) ** 2
    units = 10.0 ** np.floor(np.log10(np.maximum(spread, 1)))
    axes.set_xscale("function", functions=(lambda t: np.sqrt(np.maximum(t, 0)), np.square))
    axes.set_xlim(0, max(last, 1) * 1.01)
    axes.set_xticks(sorted({int(t) for t in np.round(spread / units) * units}))
    axes.set_xlabel("step t (square-root scale)")
