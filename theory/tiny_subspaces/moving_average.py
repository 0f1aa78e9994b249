"""The exponential moving average that triggers the switch, fed with a constant value.

average <- factor * average + (1 - factor) * value. Source: arXiv 2405.16002, section 3.2 (factor
.9, threshold .95); the start is not specified there.
"""

from __future__ import annotations

import sympy

from theory.deterministic_run import Run
from theory.language import computed, number
from theory.setting import Setting, some

ema = sympy.Symbol("ema", real=True)  # the state: not a word

ema_factor = number("ema_factor", "f", "factor of the moving average: what a sample keeps of it")
ema_start = number("ema_start", "m_0", "moving average before the first sample")
ema_value = number("ema_value", r"\chi", "value of every sample")
ema_threshold = number("ema_threshold", r"\tau", "level whose crossing triggers the switch")
ema_samples = number("ema_samples", "n", "number of samples averaged so far", whole=True)
ema_after = computed("ema_after", "m_n", "moving average after that many samples")
ema_later = computed("ema_later", "m_{n+1}", "moving average after one sample more")


def averaged(old: sympy.Expr) -> sympy.Expr:
    """The moving average after one sample more."""
    return ema_factor * old + (1 - ema_factor) * ema_value


EMA = Setting(
    "a moving average of a constant",
    {
        ema_factor: some("share"),
        ema_start: some("switch") * some("share"),
        ema_value: some("share", 2) + some("switch", 2) * (1 - some("share", 2)),
        ema_threshold: ema_start + (1 - ema_start) * some("share", 3),
        ema_samples: some("count") - 1,
    },
    runs=(
        Run(
            start={ema: ema_start},
            step={ema: averaged(ema)},
            reads={ema_after: ema, ema_later: averaged(ema)},
            steps=ema_samples,
        ),
    ),
)
PAPER = {
    "setting": EMA.name,
    "ema_factor": "9/10",
    "ema_start": "0",
    "ema_value": "1",
    "ema_threshold": "19/20",
}
