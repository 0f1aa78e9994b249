"""Top eigenvalues, alignment along SGD and GD, and the noise switched (Figures 2 to 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verify.tiny_subspaces import ts30_low_rank, ts32_noise_on_and_off
from verify.tiny_subspaces.experiment.look import BLUE, INK, ORANGE, QUIET, RED, panels, weight
from verify.tiny_subspaces.experiment.report import Report
from verify.tiny_subspaces.network.settings import K

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_alignment(report: Report) -> Figure:
    """Three panels: spectrum of the first seed; chi_10 along SGD; chi_10 around the switches."""
    figure, (spectrum, along, around) = panels(3)
    _spectrum(spectrum, report)
    _along(along, report)
    _around(around, report)
    for panel in (along, around):
        panel.set_ylim(0, 1.02)
        panel.set_ylabel(r"$\chi_{10}(\nabla L)$")
    return figure


def _spectrum(panel: Axes, report: Report) -> None:
    seen = report.of(ts30_low_rank.CLAIM, 0)["run"]
    values = np.array(seen["eigenvalues"])
    panel.plot(seen["step"], values[:, K:], color=ORANGE, linewidth=0.8)
    panel.plot(seen["step"], values[:, :K], color=BLUE, linewidth=0.8)
    panel.plot([], [], color=BLUE, label=r"$\lambda_1 \ldots \lambda_{10}$")
    panel.plot([], [], color=ORANGE, label=r"$\lambda_{11} \ldots \lambda_{20}$")
    panel.set_yscale("log")
    panel.set_xlabel("step of SGD")
    panel.set_title("Top Hessian eigenvalues")
    panel.set_ylim(None, 2.2 * values.max())
    panel.legend(loc="upper right", ncols=2)


def _along(panel: Axes, report: Report) -> None:
    for seed in range(report.seeds):
        seen = report.of(ts30_low_rank.CLAIM, seed)["run"]
        panel.plot(seen["step"], seen["alignment_10"], color=INK, **weight(seed))
    panel.axvspan(report.size.settled, report.size.end, color=QUIET, alpha=0.12, linewidth=0)
    panel.text(report.size.settled, 0.04, "averaged here ", color=QUIET, ha="right")
    panel.set_xscale("symlog", linthresh=10)
    panel.set_xticks([0, 10, 100, 1000], labels=["0", "10", "100", "1000"])
    panel.set_xlim(0, report.size.end)
    panel.set_xlabel("step of SGD")
    panel.set_title("Alignment: a dip, then high")


def _around(panel: Axes, report: Report) -> None:
    for seed in range(report.seeds):
        results = report.of(ts32_noise_on_and_off.CLAIM, seed)
        for name, colour in (("off", RED), ("on", BLUE)):
            seen = results[name]
            steps = [step - report.size.end for step in seen["step"]]
            panel.plot(steps, seen["alignment_10"], color=colour, **weight(seed))
    panel.text(12, 0.12, "noise off: SGD to GD", color=RED)
    panel.text(12, 0.82, "noise on: GD to SGD", color=BLUE)
    panel.set_xlabel("steps after the switch")
    panel.set_title("Alignment comes with the noise")
