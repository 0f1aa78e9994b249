"""The figures of the experiment, drawn from its results."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.files import write_atomically
from verify.tiny_subspaces.experiment.figure_alignment import draw_alignment
from verify.tiny_subspaces.experiment.figure_edges import draw_edges
from verify.tiny_subspaces.experiment.figure_projected import draw_projected
from verify.tiny_subspaces.experiment.figure_rates import draw_rates
from verify.tiny_subspaces.experiment.look import STYLE
from verify.tiny_subspaces.experiment.report import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES: dict[str, Callable[[Report], Figure]] = {
    "projected": draw_projected,
    "alignment": draw_alignment,
    "edges": draw_edges,
    "rates": draw_rates,
}
"""Name of the file -> what draws it."""


def draw(report: Report, name: str, path: Path) -> None:
    """Write one figure, PNG or SVG by the end of the path, whole or not at all."""
    import matplotlib as mpl

    kind = path.suffix[1:]
    with mpl.rc_context(STYLE):
        figure = FIGURES[name](report)
        content = io.BytesIO()
        metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": "gradalign"}
        figure.savefig(content, format=kind, dpi=150, metadata=metadata)
    write_atomically(path, content.getvalue())
