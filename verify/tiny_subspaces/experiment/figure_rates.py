"""Effective learning rates of the optimisers, and their losses (Figures 11, 23, 24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.tiny_subspaces import ts36_effective_rates
from verify.tiny_subspaces.experiment.look import BLUE, INK, ORANGE, QUIET, RED, panels, weight
from verify.tiny_subspaces.experiment.report import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKS = {
    "gd": ("GD", INK),
    "gd_momentum": ("GD, momentum", ORANGE),
    "adam": ("Adam, no momentum", BLUE),
    "adam_momentum": ("Adam", RED),
}


def draw_rates(report: Report) -> Figure:
    """Three panels: Dom-LR, Bulk-LR and loss, over the steps of training."""
    figure, axes = panels(3, height=3.0)
    series = ("dominant_rate", "bulk_rate", "loss")
    titles = ("Dom-LR: not the speed", "Bulk-LR: the order of speed", "Loss")
    for panel, name, title in zip(axes, series, titles, strict=True):
        for seed in range(report.seeds):
            results = report.of(ts36_effective_rates.CLAIM, seed)
            for optimiser, (label, colour) in LOOKS.items():
                seen = results[optimiser]
                shown = label if seed == 0 else None
                panel.plot(seen["step"], seen[name], color=colour, label=shown, **weight(seed))
        panel.set_xlim(0, report.size.rate_steps)
        panel.set_xlabel("step")
        panel.set_title(title)
    axes[0].set_ylim(-0.06, 0.22)
    axes[0].axhline(0, color=QUIET, linewidth=0.7, zorder=0)
    for panel in axes[1:]:
        panel.set_yscale("log")
    axes[2].set_yticks([0.02, 0.05, 0.1, 0.2, 0.5], labels=["0.02", "0.05", "0.1", "0.2", "0.5"])
    axes[2].minorticks_off()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure
