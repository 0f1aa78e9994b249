"""Colours and style that the figures of the experiment share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET = "#22223b", "#8d8d99"
RED, BLUE = "#c8553d", "#1f5fa8"
COLOURS = {NONE: INK, DOMINANT: RED, BULK: BLUE}
"""The whole update, its dominant part, its bulk part; eigenvalues of either block."""

METHODS = {
    "SGD": INK,
    "GD": "#7b4ea3",
    "SAM": "#0b7a75",
    "GD, momentum": "#e09f3e",
    "Adam, no momentum": "#c2568f",
    "Adam": "#4f772d",
}
"""One colour per method, the same in all figures."""

STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.3,
    "figure.constrained_layout.wspace": 0.06,
    "figure.constrained_layout.hspace": 0.06,
    "svg.hashsalt": "gradalign",
}


def panels(rows: int, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure with panels, row by row, and room for a legend below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.35 * columns, 2.6 * rows + 0.3), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def weight(seed: int) -> dict[str, Any]:
    """The first seed is drawn in full, the others faintly."""
    return {"alpha": 1.0, "zorder": 3} if seed == 0 else {"alpha": 0.35, "linewidth": 0.9}


def legend(figure: Figure, entries: dict[str, dict[str, Any]], seeds: int) -> None:
    """One legend below all panels: a label and the look of its line; then the faint seeds."""
    from matplotlib.lines import Line2D

    if seeds > 1:
        others = "seed 1" if seeds == 2 else f"seeds 1 to {seeds - 1}"
        entries = entries | {f"{others}, faint": {"color": QUIET, **weight(1)}}
    lines = [Line2D([], [], label=label, **look) for label, look in entries.items()]
    figure.legend(handles=lines, loc="outside lower center", ncols=len(lines), handlelength=1.6)
