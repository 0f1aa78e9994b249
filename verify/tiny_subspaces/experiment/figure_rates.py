"""Effective learning rates of the optimisers, and their losses (Figures 11, 23, 24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.tiny_subspaces import ts36_effective_rates
from verify.tiny_subspaces.experiment.look import METHODS, QUIET, legend, panels, weight
from verify.tiny_subspaces.experiment.report import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {
    "gd": "GD",
    "gd_momentum": "GD, momentum",
    "adam": "Adam, no momentum",
    "adam_momentum": "Adam",
}
PANELS = {
    "dominant_rate": ("Dom-LR: not the order of speed", "effective step size, dominant"),
    "bulk_rate": ("Bulk-LR: the order of speed", "effective step size, bulk"),
    "loss": ("The speed", "loss"),
}
LOSSES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]


def draw_rates(report: Report) -> Figure:
    """Three panels: Dom-LR, Bulk-LR and loss, over the steps of training."""
    figure, axes = panels(1, 3)
    for panel, (quantity, (title, words)) in zip(axes, PANELS.items(), strict=True):
        for seed in range(report.seeds):
            results = report.of(ts36_effective_rates.CLAIM, seed)
            for optimiser, name in NAMES.items():
                seen = results[optimiser]
                panel.plot(seen["step"], seen[quantity], color=METHODS[name], **weight(seed))
        panel.set_xlim(0, report.size.rate_steps)
        panel.set_xlabel("step")
        panel.set_ylabel(words)
        panel.set_title(title)
    axes[0].set_ylim(-0.06, 0.22)
    axes[0].axhline(0, color=QUIET, linewidth=0.7, zorder=0)
    for panel in axes[1:]:
        panel.set_yscale("log")
    shown = axes[2].get_ylim()
    axes[2].set_yticks(LOSSES, labels=[f"{loss:g}" for loss in LOSSES])
    axes[2].minorticks_off()
    axes[2].set_ylim(shown)
    legend(figure, {name: {"color": METHODS[name]} for name in NAMES.values()}, report.seeds)
    return figure
