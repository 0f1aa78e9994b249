"""The sharpness of GD and SAM at their edges, and the alignment there (Figures 9ab, 10ab)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from verify.tiny_subspaces import ts34_edge_of_stability, ts35_sam
from verify.tiny_subspaces.experiment.look import COLOURS, INK, METHODS, legend, panels, weight
from verify.tiny_subspaces.experiment.report import Report
from verify.tiny_subspaces.network.sam_edge import sam_edge
from verify.tiny_subspaces.network.units import DOMINANT
from verify.tiny_subspaces.sizes import RADIUS, STEP_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHARPEST: dict[str, Any] = {"color": COLOURS[DOMINANT]}
OTHERS: dict[str, Any] = {"color": COLOURS[DOMINANT], "linewidth": 0.8, "alpha": 0.4}
EDGE: dict[str, Any] = {"color": INK, "linestyle": "--", "linewidth": 1.0}


def draw_edges(report: Report) -> Figure:
    """Three panels: eigenvalues of GD and 2/eta; those of SAM and its edge; alignments."""
    figure, (gd, sam, alignment) = panels(1, 3)
    step_size = report.size.edge.step_size
    seen = report.of(ts34_edge_of_stability.CLAIM, 0)["run"]
    _spectrum(gd, seen, f"GD, step size {step_size:g}", [2 / step_size] * len(seen["step"]))
    seen = report.of(ts35_sam.CLAIM, 0)["run"]
    edges = [sam_edge(STEP_SIZE, RADIUS, norm) for norm in seen["gradient_norm"]]
    _spectrum(sam, seen, f"SAM, step size {STEP_SIZE:g}, radius {RADIUS:g}", edges)
    gd.set_ylabel("eigenvalue of the Hessian")
    _alignments(alignment, report)
    looks = {
        r"$\lambda_1$": SHARPEST,
        r"$\lambda_2 \ldots \lambda_{10}$": OTHERS,
        r"edge: $2/\eta$ for GD, that of TS-21 for SAM": EDGE,
        "GD": {"color": METHODS["GD"]},
        "SAM": {"color": METHODS["SAM"]},
    }
    legend(figure, looks, report.seeds)
    return figure


def _spectrum(panel: Axes, seen: dict[str, Any], title: str, edge: list[float]) -> None:
    values = np.array(seen["eigenvalues"])
    panel.plot(seen["step"], values[:, 1:], **OTHERS)
    panel.plot(seen["step"], values[:, 0], **SHARPEST)
    panel.plot(seen["step"], edge, **EDGE)
    panel.set_xlim(0, seen["step"][-1])
    panel.set_ylim(0, None)
    panel.set_xlabel("step")
    panel.set_title(title)


def _alignments(panel: Axes, report: Report) -> None:
    for seed in range(report.seeds):
        gd = report.of(ts34_edge_of_stability.CLAIM, seed)["run"]
        sam = report.of(ts35_sam.CLAIM, seed)["run"]
        panel.plot(gd["step"], gd["alignment_10"], color=METHODS["GD"], **weight(seed))
        panel.plot(sam["step"], sam["update_alignment"], color=METHODS["SAM"], **weight(seed))
    panel.set_xlim(0, report.size.sam_switch)
    panel.set_ylim(0, 1.02)
    panel.set_xlabel("step")
    panel.set_ylabel(r"alignment $\chi_{10}$ of the update")
    panel.set_title("Both align at their edges")
