"""The step-size condition of a state: what the next step does to its alignment, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from verify import thresholds
from verify.exact_numbers import (
    DOUBLE_DIGITS,
    Number,
    as_given,
    checked_precision,
    json_interval,
    json_number,
)
from verify.state import State, state_from

GUARD_DIGITS = 20
NO_STEP = "needs step_size"
NO_BLOCK = "needs a gradient in both blocks"
KEYS = (
    "alignment",
    "alignment_next",
    "critical_step_size",
    "low_alignment",
    "alignment_threshold",
    "fixed_step_threshold",
    "projection_threshold",
    "dominant_step_limit",
    "bulk_step_limit",
    "full_step_limit",
)
INTERVALS = ("projection_interval", "expected_ratio_next")


@dataclass(frozen=True)
class Analysis:
    """What the theory says about one state; None where undefined, with the reason by name.

    Numbers are rationals when the input was exact (irrational thresholds: rationals within
    10^-precision) and doubles otherwise. Alignments and thresholds are dimensionless, steps have
    the unit 1/eigenvalue; `expected_ratio_next` is an enclosure of E[D+/G+] for Gaussian noise.
    Source: SA-1, 3, 4, 5, 6, 7, 14 (our formalisation).
    """

    alignment: Number | None
    alignment_next: Number | None
    critical_step_size: Number | None
    low_alignment: bool | None
    alignment_threshold: Number | None
    fixed_step_threshold: Number | None
    projection_threshold: Number | None
    dominant_step_limit: Number | None
    bulk_step_limit: Number | None
    full_step_limit: Number | None
    projection_interval: tuple[Number, Number] | None
    expected_ratio_next: tuple[Number, Number] | None
    reason: Mapping[str, str]
    step_size: Fraction | None
    exact: bool
    precision: int
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON values: numbers, or strings for more than 17 digits."""
        out: dict[str, Any] = {}
        for key in KEYS:
            value = getattr(self, key)
            out[key] = value if isinstance(value, bool) else json_number(value, self.precision)
        for key in INTERVALS:
            bounds = getattr(self, key)
            out[key] = None if bounds is None else json_interval(bounds, self.precision)
        if self.projection_interval is not None:  # its ends are two limits, rounded as they are
            out["projection_interval"] = [out["dominant_step_limit"], out["bulk_step_limit"]]
        out["reason"] = dict(self.reason)
        return out

    @property
    def sentence(self) -> str:
        """The regime and what to do about it, in plain words."""
        from verify.regime import sentence

        return sentence(self)


def analyse(state: State | Mapping[str, Any], *, precision: int = DOUBLE_DIGITS) -> Analysis:
    """What a step of SGD does to the alignment of this state, on average.

    `state` is a State or a mapping with the keys of the input file. `precision` is the number of
    significant digits of printed and of irrational results; beyond 17 the input must be exact.
    Raises InputError for bad input.
    """
    precision = checked_precision(precision)
    if not isinstance(state, State):
        state = state_from(state, precision=precision)
    if precision > DOUBLE_DIGITS and not state.exact:
        warning = f'{DOUBLE_DIGITS} digits: the input has doubles; write numbers as strings "0.1"'
        state = replace(state, warnings=(*state.warnings, warning))
        precision = DOUBLE_DIGITS
    return _Analyst(state, precision).report()


class _Analyst:
    """Collects values and the reasons for those that do not exist."""

    def __init__(self, state: State, precision: int) -> None:
        self.state = state
        self.sums = thresholds.block_sums(state)
        self.precision = precision
        self.digits = precision + GUARD_DIGITS
        self.reason: dict[str, str] = {}

    def report(self) -> Analysis:
        sums = self.sums
        critical, why = thresholds.critical_step_size(sums)
        low, why_low = thresholds.low_alignment(sums)
        if low is None:
            self.missing("low_alignment", why_low)
        interval, limits = self.projection_interval()
        return Analysis(
            alignment=self.number(sums.alignment),
            alignment_next=self.kept("alignment_next", *self.alignment_next()),
            critical_step_size=self.kept("critical_step_size", critical, why),
            low_alignment=low,
            alignment_threshold=self.kept("alignment_threshold", *self.alignment_threshold()),
            fixed_step_threshold=self.kept("fixed_step_threshold", *self.fixed_step_threshold()),
            projection_threshold=self.kept("projection_threshold", *self.projection_threshold()),
            dominant_step_limit=limits[0],
            bulk_step_limit=limits[1],
            full_step_limit=self.full_step_limit(),
            projection_interval=interval,
            expected_ratio_next=self.expected_ratio_next(),
            reason=self.reason,
            step_size=self.state.step_size,
            exact=self.state.exact,
            precision=self.precision,
            warnings=self.state.warnings,
        )

    def number(self, value: Fraction) -> Number:
        return as_given(value, self.state.exact)

    def missing(self, key: str, why: str) -> None:
        self.reason[key] = why

    def kept(self, key: str, value: Fraction | None, why: str) -> Number | None:
        if value is not None:
            return self.number(value)
        self.reason[key] = why
        return None

    def alignment_next(self) -> tuple[Fraction | None, str]:
        if self.state.step_size is None:
            return None, NO_STEP
        dominant, bulk = thresholds.next_energies(self.state, self.state.step_size)
        if dominant + bulk == 0:
            return None, "the next gradient is zero with certainty"
        return dominant / (dominant + bulk), ""

    def alignment_threshold(self) -> tuple[Fraction | None, str]:
        if not self.sums.both:
            return None, NO_BLOCK
        return self.threshold(self.sums.energy * self.sums.contrast_squared, "noise_squared")

    def fixed_step_threshold(self) -> tuple[Fraction | None, str]:
        step = self.state.step_size
        if step is None:
            return None, NO_STEP
        if not self.sums.both:
            return None, NO_BLOCK
        contrast = self.sums.contrast_squared - 2 * self.sums.contrast / step
        return self.threshold(self.sums.energy * contrast, "noise_squared")

    def projection_threshold(self) -> tuple[Fraction | None, str]:
        if not self.sums.both:
            return None, NO_BLOCK
        return self.threshold(self.sums.energy * self.sums.contrast, "noise")

    def threshold(self, contrast: Fraction, noise: str) -> tuple[Fraction | None, str]:
        blocks = self.sums.dominant, self.sums.bulk
        value = thresholds.threshold(
            contrast, getattr(blocks[0], noise), getattr(blocks[1], noise), self.digits
        )
        return value, "" if value is not None else "every alignment is kept: there is no threshold"

    def projection_interval(
        self,
    ) -> tuple[tuple[Number, Number] | None, tuple[Number | None, Number | None]]:
        limits: list[Fraction | None] = []
        for key, block in (("dominant", self.sums.dominant), ("bulk", self.sums.bulk)):
            limit = thresholds.loss_limit(block.energy, block.curvature + block.noise)
            if limit is None:
                self.missing(f"{key}_step_limit", f"no gradient and no noise in the {key} block")
            limits.append(limit)
        low, high = limits
        printed = tuple(None if x is None else self.number(x) for x in limits)
        if low is None or high is None:
            self.missing("projection_interval", "one block has no step limit")
        elif not low < high:
            self.missing(
                "projection_interval",
                "empty: the dominant block tolerates steps at least as large as the bulk does",
            )
        else:
            return (self.number(low), self.number(high)), (printed[0], printed[1])
        return None, (printed[0], printed[1])

    def full_step_limit(self) -> Number | None:
        blocks = self.sums.dominant, self.sums.bulk
        curvature = sum((b.curvature + b.noise for b in blocks), Fraction(0))
        return self.kept(
            "full_step_limit", thresholds.loss_limit(self.sums.energy, curvature), "no curvature"
        )

    def expected_ratio_next(self) -> tuple[Number, Number] | None:
        from verify.enclosure import expected_ratio_enclosure

        if self.state.step_size is None:
            self.missing("expected_ratio_next", NO_STEP)
            return None
        bounds, why = expected_ratio_enclosure(self.state, self.state.step_size, self.precision)
        if bounds is None:
            self.missing("expected_ratio_next", why)
        return bounds
