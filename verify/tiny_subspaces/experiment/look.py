"""Colours and style that the figures of the experiment share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET = "#22223b", "#8d8d99"
RED, BLUE, ORANGE, GREEN = "#c8553d", "#1f5fa8", "#e09f3e", "#0b7a75"
COLOURS = {NONE: INK, DOMINANT: RED, BULK: BLUE}

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
    "svg.hashsalt": "gradalign",
}


def panels(count: int, height: float = 2.7) -> tuple[Figure, list[Axes]]:
    """A row of panels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.35 * count, height), layout="constrained")
    axes = figure.subplots(1, count)
    return figure, list(axes)


def weight(seed: int) -> dict[str, Any]:
    """The first seed is drawn in full, the others faintly."""
    return {"alpha": 1.0, "zorder": 3} if seed == 0 else {"alpha": 0.35, "linewidth": 0.9}


def at_end(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    """A label at the right end of a curve."""
    axes.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", color=colour, va="center",
        fontsize=8.5, annotation_clip=False,
    )  # fmt: skip
