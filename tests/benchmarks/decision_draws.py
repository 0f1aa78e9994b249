"""How many draws the decisions need, against a fixed-N z-test and a DKWM bound."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats
from measure import table

from verify.decide import decide_sign, design_sign
from verify.laws import Bounded, GaussianForm, RademacherForm


def decisions() -> None:
    """Median draws over 31 runs at alpha = miss = 1e-9, mean = `smallest`."""
    w, b, s = np.array([[1.0, -1.0, 0.5], [1.0, 0.5, 0.0], [0.5, 1.0, 0.3]])
    centre = float(np.sum(w * (b**2 + s**2)))
    ends = np.sum(np.abs(2 * w * b * s))

    def draw(kind: str, mean: float, seed: int) -> Callable[[int, int], Any]:
        rng = np.random.default_rng(seed)

        def draws(start: int, count: int) -> Any:
            shape = (count, 3)
            z = rng.standard_normal(shape) if kind == "gaussian" else rng.choice([-1, 1], shape)
            return ((b + s * z) ** 2) @ w - centre + mean

        return draws

    rows = []
    for fraction in (0.5, 0.2, 0.1, 0.05):
        for kind in ("gaussian", "rademacher", "bounded"):
            law: Any = GaussianForm.of(w, b, s)
            width = math.inf
            if kind != "gaussian":
                law = RademacherForm.of(w, b, s)
                mean = fraction * law.deviation
                width = 2 * ends
            if kind == "bounded":
                law = Bounded(mean - ends - 1e-9, mean + ends + 1e-9, law.deviation)
                law = Bounded(-abs(law.high), abs(law.high), law.deviation)
            mean = fraction * law.deviation
            used = [decide_sign(draw(kind, mean, i), law, mean).draws for i in range(31)]
            z_test = (2 * scipy.stats.norm.isf(0.5e-9) * law.deviation / mean) ** 2
            dkwm = (width * (math.log(2e9) ** 0.5 * 2) / (2**0.5 * mean)) ** 2
            rows.append(
                [
                    kind,
                    f"{fraction}",
                    f"{np.median(used):.0f}",
                    f"{design_sign(law, mean).draws}",
                    f"{z_test:.0f}",
                    "none (unbounded)" if math.isinf(width) else f"{dkwm:.0f}",
                ]
            )
    header = ["law", "mean / deviation", "median draws", "predicted", "fixed-N z-test*", "DKWM"]
    table("Decisions on the sign of a mean, both errors 1e-9", header, rows)
    print("* not valid at this level for non-Gaussian draws, nor if looked at twice.")
