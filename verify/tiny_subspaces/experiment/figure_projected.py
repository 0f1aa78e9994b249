"""Loss after the switch: whole update, dominant part, bulk part (Figures 1, 9c, 10c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.tiny_subspaces import ts31_projected_sgd, ts34_edge_of_stability, ts35_sam
from verify.tiny_subspaces.experiment.look import COLOURS, QUIET, legend, panels, weight
from verify.tiny_subspaces.experiment.report import Report
from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLAIMS = {
    "SGD": ts31_projected_sgd.CLAIM,
    "GD at the edge of stability": ts34_edge_of_stability.CLAIM,
    "SAM": ts35_sam.CLAIM,
}
NAMES = {
    NONE: "whole update",
    DOMINANT: "its dominant part (Dom-)",
    BULK: "its bulk part (Bulk-)",
}


def draw_projected(report: Report) -> Figure:
    """Loss relative to the switch, in log scale; all seeds."""
    figure, axes = panels(1, len(CLAIMS))
    lowest = highest = 1.0
    for panel, (method, claim) in zip(axes, CLAIMS.items(), strict=True):
        for seed in range(report.seeds):
            results = report.of(claim, seed)
            runs = results["dominant"]["runs"] | results["bulk"]["runs"]
            for name in NAMES:
                losses = [loss / runs[name]["loss"][0] for loss in runs[name]["loss"]]
                panel.plot(losses, color=COLOURS[name], **weight(seed))
                panel.set_xlim(0, len(losses) - 1)
                lowest, highest = min(lowest, *losses), max(highest, *losses)
        panel.set_xlabel("steps after the switch")
        panel.set_title(method)
    for panel in axes:
        panel.axhline(1, color=QUIET, linewidth=0.7, zorder=0)
        panel.set_yscale("log")
        panel.set_yticks([0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1])
        panel.set_yticklabels(["0.8", "0.85", "0.9", "0.95", "1", "1.05", "1.1"])
        panel.minorticks_off()
        panel.set_ylim(lowest / 1.01, highest * 1.01)
    axes[0].set_ylabel("loss / loss at the switch")
    looks = {label: {"color": COLOURS[name]} for name, label in NAMES.items()}
    legend(figure, looks, report.seeds)
    return figure
