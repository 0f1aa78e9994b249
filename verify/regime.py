"""The regime of a state in plain words, with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.exact_numbers import brief, told_apart

if TYPE_CHECKING:
    from verify.analyse import Analysis
    from verify.trajectory import Trajectory


HYPOTHESES = {
    "H1": "step size below 2/(λ_1 + λ_{k+1})",
    "H2": "additive noise",
    "H3": "every eigenspace starts at or above its stationary level",
}


def sentence(analysis: Analysis) -> str:
    """One or two sentences: which regime, and which step size does what."""
    parts = (_regime(analysis), _projection(analysis), _functionals(analysis))
    return " ".join(filter(None, parts))


def _functionals(analysis: Analysis) -> str:
    """A warning where the two averages of the alignment move in opposite directions."""
    enclosure, before = analysis.expected_ratio_next, analysis.alignment
    after = analysis.alignment_next
    if enclosure is None or before is None or after is None:
        return ""
    low, high = enclosure
    if not ((after > before and high < before) or (after < before and low > before)):
        return ""
    return (
        "Alignment here is the ratio of expectations; the expectation of the random ratio moves "
        "the other way (SA-7)."
    )


def _regime(analysis: Analysis) -> str:
    if analysis.low_alignment is None:
        return f"Degenerate state: {analysis.reason['critical_step_size']}."
    if not analysis.low_alignment:
        if analysis.alignment == 1:
            return "Degenerate state: no bulk gradient, so bulk noise lowers the alignment always."
        return (
            "High-alignment (self-correcting) regime: every step size lowers the expected "
            "alignment; no choice of step size can raise it."
        )
    assert analysis.critical_step_size is not None
    if analysis.critical_step_size == 0:
        return "Degenerate state: no dominant gradient, so noise raises the alignment always."
    text = "Low-alignment regime: steps below {0} lower the alignment, above raise it."
    if analysis.step_size is None:
        text += " Add step_size to see what your step does."
        return text.format(brief(analysis.critical_step_size))
    if analysis.step_size < analysis.critical_step_size:
        text += " Yours, {1}, lowers it; choose a step above {0} to raise it."
    elif analysis.step_size > analysis.critical_step_size:
        text += " Yours, {1}, raises it; choose a step below {0} to lower it."
    else:
        text += " Yours, {1}, is critical: the alignment stays as it is."
    return text.format(*told_apart(analysis.critical_step_size, analysis.step_size))


def _projection(analysis: Analysis) -> str:
    if analysis.projection_interval is None:
        return ""
    low, high = analysis.projection_interval
    step = analysis.step_size
    ends = told_apart(low, high) if step is None else told_apart(low, high, step)[:2]
    text = (
        f"For steps between {ends[0]} and {ends[1]} the dominant part of the step raises "
        "the expected loss and the bulk part lowers it"
    )
    if step is None:
        return text + "."
    return f"{text}; your step is {'inside' if low < step < high else 'outside'}."


def course(run: Trajectory) -> str:
    """One or two sentences: how the alignment moves, turns and settles."""
    words = {-1: "falls", 0: "stays", 1: "rises", None: "is undefined"}
    text = f"The alignment first {words[run.direction_first]}"
    if run.turning_times is None:
        return text + "."
    times = ", ".join(map(str, run.turning_times[:5]))
    more = ", ..." if len(run.turning_times) > 5 else ""
    plural = "s" if len(run.turning_times) > 1 else ""
    turn = (
        f"turns at step{plural} {times}{more}"
        if run.turning_times
        else f"does not turn in {run.steps}"
    )
    text = f"{text} and {turn}{'' if run.turning_times else ' steps'}"
    if run.alignment_limit is not None:
        text += f"; it tends to {brief(run.alignment_limit)}"
    missing = [
        f"{name} ({HYPOTHESES[name]})" for name, holds in run.hypotheses.items() if not holds
    ]
    if missing:
        fails = "fails" if len(missing) == 1 else "fail"
        return (
            f"{text}. The two-phase theorem SA-9 does not apply: {' and '.join(missing)} {fails}."
        )
    return f"{text}. H1 to H3 hold, so it can only fall and then rise (SA-9)."
