"""Loss after the switch: whole update, dominant part, bulk part (Figures 1, 9c, 10c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.tiny_subspaces import ts31_projected_sgd, ts34_edge_of_stability, ts35_sam
from verify.tiny_subspaces.experiment.look import COLOURS, QUIET, panels, weight
from verify.tiny_subspaces.experiment.report import Report
from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLAIMS = {
    "SGD": ts31_projected_sgd.CLAIM,
    "GD at the edge": ts34_edge_of_stability.CLAIM,
    "SAM": ts35_sam.CLAIM,
}


def draw_projected(report: Report) -> Figure:
    """Loss relative to the switch, in log scale; all seeds."""
    figure, axes = panels(len(CLAIMS))
    for panel, (method, claim) in zip(axes, CLAIMS.items(), strict=True):
        for seed in range(report.seeds):
            results = report.of(claim, seed)
            runs = results["dominant"]["runs"] | results["bulk"]["runs"]
            for name in (NONE, DOMINANT, BULK):
                losses = [loss / runs[name]["loss"][0] for loss in runs[name]["loss"]]
                panel.plot(losses, color=COLOURS[name], **weight(seed))
                if seed == 0:
                    _label(panel, name, method, losses)
        panel.axhline(1, color=QUIET, linewidth=0.7, zorder=0)
        panel.set_yscale("log")
        panel.set_yticks([0.8, 0.9, 1.0, 1.1], labels=["0.8", "0.9", "1", "1.1"])
        panel.minorticks_off()
        panel.set_ylim(0.77, 1.13)
        panel.set_xlim(0, report.size.after)
        panel.set_xlabel("steps after the switch")
        panel.set_title(method)
    axes[0].set_ylabel("loss / loss at the switch")
    return figure


def _label(panel: Axes, name: str, method: str, losses: list[float]) -> None:
    """The name of a method beside its curve: the whole update above it, the bulk part below."""
    place = int(len(losses) * 0.5)
    words = {NONE: "", DOMINANT: "Dom-", BULK: "Bulk-"}[name] + method.split()[0]
    height = max(1, *losses[place // 2 :]) if name == DOMINANT else losses[place]
    shift = {NONE: (12, 14), DOMINANT: (0, 5), BULK: (-8, -8)}[name]
    panel.annotate(
        words,
        (place, height),
        xytext=shift,
        textcoords="offset points",
        color=COLOURS[name],
        fontsize=8.5,
        weight="bold",
        ha="right" if name == BULK else "left",
        va="top" if name == BULK else "bottom",
    )
