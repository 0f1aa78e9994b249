"""The figure of a sweep: a phase diagram with the step sizes of the theory drawn in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from verify.files import check_figure, write_atomically
from verify.moments import Doubles
from verify.sweep import Sweep
from verify.sweep_grid import Axis
from verify.sweep_point import REGIMES, UNSTABLE

# Colour-blind safe; the two-phase regime stands out, what diverges recedes.
REGIME_COLORS = (
    "#ffffff", "#a8c6df", "#f0b98d", "#1f5fa8", "#c2551b", "#7b5aa6", "#dcdcdc", "#333333",
)  # fmt: skip
NO_VALUE = "#f6f6f6"
LABELS = {
    "condition_number": "condition number $\\lambda_1/\\lambda_d$",
    "step_size": "step size $\\eta$",
    "noise_variance": "noise variance $\\sigma^2$",
    "d": "directions $d$",
    "k": "dominant directions $k$",
    "batch": "batch size",
    "initial_gradient": "initial gradient, per direction",
    "initial_position": "initial distance, per direction",
    "initial_alignment": "alignment at the start $a_0$",
    "regime": "course of the alignment",
    "alignment": "alignment",
    "alignment_end": "alignment at the end",
    "alignment_limit": "limit of the alignment $a_\\infty$",
    "alignment_turn": "alignment at the first turn",
    "turning_time": "first turn $t^\\dagger$",
    "turns": "number of turns",
    "alignment_start": "alignment at the start $a_0$",
    "alignment_threshold": "threshold $a^*$ at the start",
    "critical_step_size": "critical step $\\eta^*$ at the start",
}
UNITS = {
    "absolute": "",
    "2/lambda_1": " / $(2/\\lambda_1)$",
    "2/(lambda_1+lambda_{k+1})": " / $(2/(\\lambda_1+\\lambda_{k+1}))$",
}
SHARES = ("alignment", "alignment_end", "alignment_limit", "alignment_turn", "alignment_start",
          "alignment_threshold", "low_alignment", "stable")  # fmt: skip
LINES: tuple[tuple[str, str, Any], ...] = (
    ("stability_limit", "stability limit $2/\\lambda_1$", "-"),
    ("two_phase_limit", "$2/(\\lambda_1+\\lambda_{k+1})$", (0, (5, 2))),
    ("critical_step_size", "critical step $\\eta^*$ at the start", (0, (1, 1.2))),
)
SELF_CORRECTING = "$a_0 = a^*$: self-correcting from there on"
MOST_PANELS = 5
MOST_CURVES = 6


def plot(answer: Sweep, path: Path) -> None:
    """Write the figure (PNG or SVG by its ending), whole or not at all.

    A third axis gives rows of panels; further axes are held at their first value, which the title
    names. Raises InputError for another ending or a place that cannot be written.
    """
    kind = check_figure(path)
    import matplotlib

    matplotlib.use("Agg")
    style: dict[Any, Any] = {"font.size": 10, "svg.hashsalt": "gradalign", "axes.titlesize": 10.5}
    with matplotlib.rc_context(style):
        buffer = io.BytesIO()
        figure = _figure(answer)
        metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {}
        figure.savefig(buffer, format=kind, dpi=160, metadata=metadata)
    write_atomically(path, buffer.getvalue())


class _View:
    """The columns with the axes of the figure first, and the panels to draw."""

    def __init__(self, answer: Sweep) -> None:
        self.answer = answer
        axes = {axis.name: axis for axis in answer.grid.axes}
        x, y, self.colors = answer.grid.plot
        self.x, self.y = axes[x], axes[y] if y else None
        rest = [axis for axis in answer.grid.axes if axis.name not in (x, y)]
        self.rows = rest[0] if rest else None
        self.held = rest[1:]
        names = [axis.name for axis in (self.x, self.y, self.rows) if axis is not None]
        self.order = [list(axes).index(name) for name in names]
        count = len(self.rows.values) if self.rows else 1
        self.chosen = sorted({round(i) for i in np.linspace(0, count - 1, min(count, MOST_PANELS))})

    def values(self, name: str, row: int = 0) -> Doubles:
        """One column over x (and y), for one row of panels; the last of `times` for alignment."""
        column = self.answer.columns[name]
        if name == "alignment":
            column = column[..., -1]
        others = [i for i in range(column.ndim) if i not in self.order]
        column = column.transpose(*self.order, *others)
        for _ in others:
            column = column[..., 0]
        return column[..., row] if self.rows is not None else column


def _figure(answer: Sweep) -> Any:
    from matplotlib.figure import Figure

    view = _View(answer)
    down, across = len(view.chosen), len(view.colors)
    if view.y is None:
        down = 1
    size = (4.3 * across + 0.6, (3.9 if down == 1 else 3.0) * down + 1.2)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=view.y is not None)
    lines: dict[str, Any] = {}
    for j, name in enumerate(view.colors):
        if view.y is None:
            _curves(grid[0, j], view, name)
            continue
        scale = _scale(view, name)
        for i, row in enumerate(view.chosen):
            image = _panel(grid[i, j], view, name, row, scale)
            lines.update(_landmarks(grid[i, j], view, row))
            grid[i, j].label_outer()
            if view.rows is not None and j == 0:
                label = LABELS[view.rows.name].split(",")[0]
                text = f"{label} = {view.rows.values[row]:.4g}\n{grid[i, j].get_ylabel()}"
                grid[i, j].set_ylabel(text)
        _key(figure, grid[:, j], view, name, image)
    if lines:
        figure.legend(
            lines.values(), lines.keys(), loc="outside lower center", ncols=4, frameon=False
        )
    figure.suptitle(_title(view), fontsize=12, x=0.01, ha="left")
    return figure


def _title(view: _View) -> str:
    grid = view.answer.grid
    held = {**dict(grid.fixed), **{axis.name: axis.values[0] for axis in view.held}}
    short = {"noise_variance": "σ²", "condition_number": "κ", "step_size": "η", "batch": "batch"}
    facts = [f"{short.get(name, name.replace('_', ' '))} = {x:.4g}" for name, x in held.items()]
    facts = [grid.question.spectrum + " spectrum", *facts]
    if "alignment" in view.colors:
        facts.append(f"alignment at t = {grid.question.times[-1]}")
    line = ", ".join(facts)
    return f"{grid.title}\n{line}" if grid.title else line


def _edges(axis: Axis) -> Doubles:
    """Borders of the cells around the values of an axis."""
    values = np.array(axis.values)
    values = np.log(values) if _is_log(axis) else values
    if len(values) == 1:
        edges = np.array([values[0] - 0.5, values[0] + 0.5])
    else:
        inner = (values[1:] + values[:-1]) / 2
        edges = np.array([2 * values[0] - inner[0], *inner, 2 * values[-1] - inner[-1]])
    return np.exp(edges) if _is_log(axis) else edges


def _is_log(axis: Axis) -> bool:
    """Whether the values are better spread on a log scale."""
    return axis.log or (axis.values[0] > 0 and axis.values[-1] > 100 * axis.values[0])


def _scale(view: _View, name: str) -> dict[str, Any]:
    """Colours of a column, the same in all its panels."""
    from matplotlib.colors import BoundaryNorm, ListedColormap, LogNorm, Normalize

    values = np.stack([view.values(name, row) for row in view.chosen])
    if name == "regime":
        codes = np.unique(values).astype(int)
        borders = [codes[0] - 0.5, *(codes[1:] + codes[:-1]) / 2, codes[-1] + 0.5]
        colors = ListedColormap([REGIME_COLORS[code] for code in codes])
        return {"cmap": colors, "norm": BoundaryNorm(borders, len(codes))}
    known = values[np.isfinite(values) & _stable(view, view.chosen)]
    if name in SHARES:
        return {"cmap": "cividis", "norm": Normalize(0, 1)}
    if known.size and known.min() > 0 and known.max() > 20 * known.min():
        return {"cmap": "viridis", "norm": LogNorm(known.min(), known.max())}
    low, high = (known.min(), known.max()) if known.size else (0.0, 1.0)
    return {"cmap": "viridis", "norm": Normalize(low, high if high > low else low + 1)}


def _stable(view: _View, rows: list[int]) -> Any:
    limits = [view.values("step", row) < view.values("stability_limit", row) for row in rows]
    return np.stack(limits)


def _panel(axes: Any, view: _View, name: str, row: int, scale: dict[str, Any]) -> Any:
    assert view.y is not None
    axes.set_facecolor(NO_VALUE)
    edges = _edges(view.x), _edges(view.y)
    values = np.ma.masked_invalid(view.values(name, row).T)
    image = axes.pcolormesh(*edges, values, rasterized=True, **scale)
    if name not in ("regime", "stable"):
        from matplotlib.colors import ListedColormap

        unstable = np.ma.masked_equal(~_stable(view, [row])[0].T * 1, 0)
        grey = ListedColormap([REGIME_COLORS[UNSTABLE]])
        axes.pcolormesh(*edges, unstable, rasterized=True, cmap=grey)
    for axis, which in ((view.x, "x"), (view.y, "y")):
        if _is_log(axis):
            getattr(axes, f"set_{which}scale")("log")
        getattr(axes, f"set_{which}label")(_axis_label(view, axis))
    return image


def _axis_label(view: _View, axis: Axis) -> str:
    unit = UNITS[view.answer.grid.question.step_unit] if axis.name == "step_size" else ""
    return LABELS[axis.name] + unit


def _landmarks(axes: Any, view: _View, row: int) -> dict[str, Any]:
    """Where the step size equals a step of the theory, and where a_0 = a*: handles by label."""
    from matplotlib.lines import Line2D

    assert view.y is not None
    if min(len(view.x.values), len(view.y.values)) < 2:
        return {}
    levels: list[tuple[str, Any, Doubles]] = []
    for name, label, style in LINES:
        levels.append((label, style, np.log(view.values("step", row) / view.values(name, row))))
    gap = view.values("alignment_start", row) - view.values("alignment_threshold", row)
    levels.append((SELF_CORRECTING, "-.", gap))
    handles = {}
    for label, style, level in levels:
        known = level[np.isfinite(level)]
        if known.size and known.min() < 0 <= known.max():
            for color, width in (("white", 3.2), ("black", 1.5)):
                axes.contour(
                    view.x.values, view.y.values, np.ma.masked_invalid(level.T), levels=[0.0],
                    colors=[color], linewidths=[width], linestyles=["-" if width > 2 else style],
                )  # fmt: skip
            handles[label] = Line2D([], [], color="black", linewidth=1.5, linestyle=style)
    return handles


def _key(figure: Any, column: Any, view: _View, name: str, image: Any) -> None:
    """A colour bar; that of the regimes names those that occur."""
    label = LABELS.get(name, name.replace("_", " "))
    column[0].set_title(label, loc="left")
    spacing: dict[str, Any] = {"spacing": "uniform"} if name == "regime" else {}
    bar = figure.colorbar(image, ax=list(column), aspect=30 * len(column), pad=0.02, **spacing)
    if name == "regime":
        codes = np.unique(np.stack([view.values(name, row) for row in view.chosen])).astype(int)
        borders = image.norm.boundaries
        names = [
            REGIMES[code].replace(", ", ",\n").replace("than once", "\nthan once") for code in codes
        ]
        bar.set_ticks((borders[1:] + borders[:-1]) / 2, labels=names)
        bar.ax.tick_params(length=0, which="both", labelsize=9)


def _curves(axes: Any, view: _View, name: str) -> None:
    """One varying parameter: the observable as a curve, one per value of a second parameter."""
    label = LABELS.get(name, name.replace("_", " "))
    axes.plot(view.x.values, view.values(name), ".-", color=REGIME_COLORS[3], markersize=4)
    if name == "regime":
        axes.set_yticks(range(len(REGIMES)), REGIMES)
        axes.set_ylim(-0.5, len(REGIMES) - 0.5)
    if _is_log(view.x):
        axes.set_xscale("log")
    axes.set_xlabel(_axis_label(view, view.x))
    axes.set_title(label, loc="left")
    if view.x.name == "step_size":
        steps = view.values("step")
        for landmark, text, style in LINES:
            here = float(view.values(landmark)[0])
            if steps[0] < here < steps[-1]:
                place = float(np.interp(here, steps, view.x.values))
                axes.axvline(place, color="black", linewidth=1.2, linestyle=style, label=text)
        axes.legend(frameon=False, fontsize=8)
