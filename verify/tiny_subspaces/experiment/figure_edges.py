"""The sharpness of GD and SAM at their edges, and the alignment there (Figures 9ab, 10ab)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from verify.tiny_subspaces import ts34_edge_of_stability, ts35_sam
from verify.tiny_subspaces.experiment.look import BLUE, GREEN, INK, RED, panels, weight
from verify.tiny_subspaces.experiment.report import Report
from verify.tiny_subspaces.network.sam_edge import sam_edge
from verify.tiny_subspaces.sizes import RADIUS, STEP_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_edges(report: Report) -> Figure:
    """Three panels: eigenvalues of GD and 2/eta; those of SAM and its edge; alignments."""
    figure, (gd, sam, alignment) = panels(3)
    step_size = report.size.edge.step_size
    seen = report.of(ts34_edge_of_stability.CLAIM, 0)["run"]
    _spectrum(gd, seen, f"GD, step size {step_size:g}")
    gd.axhline(2 / step_size, color=RED, linestyle="--")
    gd.text(seen["step"][-1], 2.06 / step_size, r"$2/\eta$", color=RED, ha="right", va="bottom")
    seen = report.of(ts35_sam.CLAIM, 0)["run"]
    _spectrum(sam, seen, f"SAM, step size {STEP_SIZE:g}, radius {RADIUS:g}")
    edges = [sam_edge(STEP_SIZE, RADIUS, norm) for norm in seen["gradient_norm"]]
    sam.plot(seen["step"], edges, color=RED, linestyle="--", label="SAM edge")
    sam.legend(loc="upper right")
    sam.set_ylim(0, 1.1 * max(edges[0], seen["eigenvalues"][0][0]))
    _alignments(alignment, report)
    return figure


def _spectrum(panel: Axes, seen: dict[str, Any], title: str) -> None:
    values = np.array(seen["eigenvalues"])
    panel.plot(seen["step"], values[:, 1:], color=BLUE, linewidth=0.8, alpha=0.45)
    panel.plot(seen["step"], values[:, 0], color=BLUE)
    panel.set_xlabel("step")
    panel.set_ylabel(r"$\lambda_1 \ldots \lambda_{10}$")
    panel.set_title(title)


def _alignments(panel: Axes, report: Report) -> None:
    for seed in range(report.seeds):
        gd = report.of(ts34_edge_of_stability.CLAIM, seed)["run"]
        sam = report.of(ts35_sam.CLAIM, seed)["run"]
        panel.plot(gd["step"], gd["alignment_10"], color=INK, **weight(seed))
        panel.plot(sam["step"], sam["update_alignment"], color=GREEN, **weight(seed))
    panel.text(0.5, 0.86, "SAM", color=GREEN, transform=panel.transAxes, weight="bold")
    panel.text(0.5, 0.10, "GD", color=INK, transform=panel.transAxes, weight="bold")
    panel.set_ylim(0, 1.02)
    panel.set_xlabel("step")
    panel.set_ylabel(r"$\chi_{10}$ of the update")
    panel.set_title("Alignment of the update")
