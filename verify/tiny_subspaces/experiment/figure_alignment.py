"""Top eigenvalues, alignment along SGD and GD, and the noise switched (Figures 2 to 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verify.tiny_subspaces import ts30_low_rank, ts32_noise_on_and_off
from verify.tiny_subspaces.experiment.look import (
    COLOURS,
    METHODS,
    QUIET,
    legend,
    panels,
    weight,
)
from verify.tiny_subspaces.experiment.report import Report
from verify.tiny_subspaces.network.settings import K
from verify.tiny_subspaces.network.units import BULK, DOMINANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

LABEL_FROM = 12  # steps after the switch
LABEL_GAP = 0.02


def draw_alignment(report: Report) -> Figure:
    """Four panels: spectrum of the first seed; chi_10 at the start of SGD, along it, and around
    the switches."""
    figure, (spectrum, start, along, around) = panels(2, 2)
    _spectrum(spectrum, report)
    _along(start, report, "At the start the alignment falls", ts30_low_rank.EARLY[-1])
    _along(along, report, "Later the gradient aligns", report.size.end)
    along.axvspan(report.size.settled, report.size.end, color=QUIET, alpha=0.18, linewidth=0)
    along.text(report.size.settled, 0.04, "averaged in TS-30 ", color=QUIET, ha="right")
    _around(around, report)
    for panel in (start, along, around):
        panel.set_ylim(0, 1.02)
        panel.set_ylabel(r"alignment $\chi_{10}$ of the gradient")
    looks = {
        r"$\lambda_1 \ldots \lambda_{10}$": {"color": COLOURS[DOMINANT]},
        r"$\lambda_{11} \ldots \lambda_{20}$": {"color": COLOURS[BULK]},
        "SGD": {"color": METHODS["SGD"]},
        "GD": {"color": METHODS["GD"]},
    }
    legend(figure, looks, report.seeds)
    return figure


def name_curves(panel: Axes, label: str, curves: Sequence[Line2D], *, above: bool) -> None:
    """Write what the curves are right above or below all of them, in their colour."""
    times = np.arange(LABEL_FROM, ts32_noise_on_and_off.OFFSETS[-1] + 1)
    heights = [
        np.interp(times, np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata()))
        for curve in curves
    ]
    place = np.max(heights) + LABEL_GAP if above else np.min(heights) - LABEL_GAP
    side = "bottom" if above else "top"
    panel.text(LABEL_FROM, place, label, color=curves[0].get_color(), va=side)


def _spectrum(panel: Axes, report: Report) -> None:
    seen = report.of(ts30_low_rank.CLAIM, 0)["run"]
    values = np.array(seen["eigenvalues"])
    panel.plot(seen["step"], values[:, K:], color=COLOURS[BULK], linewidth=0.8)
    panel.plot(seen["step"], values[:, :K], color=COLOURS[DOMINANT], linewidth=0.8)
    panel.set_yscale("log")
    panel.set_yticks([1, 2, 5, 10, 20], labels=["1", "2", "5", "10", "20"])
    panel.minorticks_off()
    panel.set_xlim(0, report.size.end)
    panel.set_xlabel("step of SGD")
    panel.set_ylabel("eigenvalue of the Hessian")
    panel.set_title("The twenty largest eigenvalues")


def _along(panel: Axes, report: Report, title: str, end: int) -> None:
    for seed in range(report.seeds):
        seen = report.of(ts30_low_rank.CLAIM, seed)["run"]
        shown = [at for at, step in enumerate(seen["step"]) if step <= end]
        steps, alignments = ([seen[key][at] for at in shown] for key in ("step", "alignment_10"))
        panel.plot(steps, alignments, color=METHODS["SGD"], **weight(seed))
    panel.set_xlim(0, end)
    panel.set_xlabel("step of SGD")
    panel.set_title(title)


def _around(panel: Axes, report: Report) -> None:
    for name, method, label in (
        ("off", "GD", "noise off: GD after SGD"),
        ("on", "SGD", "noise on: SGD after GD"),
    ):
        for seed in range(report.seeds):
            seen = report.of(ts32_noise_on_and_off.CLAIM, seed)[name]
            steps = [step - report.size.end for step in seen["step"]]
            panel.plot(steps, seen["alignment_10"], color=METHODS[method], **weight(seed))
        name_curves(panel, label, panel.get_lines()[-report.seeds :], above=name == "off")
    panel.set_xlim(0, ts32_noise_on_and_off.OFFSETS[-1])
    panel.set_xlabel("steps after the switch")
    panel.set_title("Alignment comes with the noise")
