"""How often a predicted direction came true, with a binomial interval and a rival to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy import stats

CONFIDENCE = 0.95

CAVEAT = (
    "An experiment outside the hypotheses of SA-3: the loss need not be quadratic nor the\n"
    "optimiser SGD, the theorem speaks of an expectation and a probe sees one step; successive\n"
    "probes are not independent, as the intervals suppose."
)


@dataclass(frozen=True)
class Score:
    """Predicted and seen directions (+1 rises, -1 falls, None undecided) of the probed steps."""

    pairs: tuple[tuple[int | None, int | None], ...]

    @property
    def decided(self) -> list[tuple[int, int]]:
        """The probes where both the prediction and what happened are decided."""
        return [(p, s) for p, s in self.pairs if p is not None and s is not None]

    @property
    def right(self) -> int:
        """How many decided predictions came true."""
        return sum(p == s for p, s in self.decided)

    @property
    def always_falls(self) -> int:
        """How many the rival that always predicts a fall gets right, of the same probes."""
        return sum(s == -1 for _, s in self.decided)

    def interval(self, right: int) -> tuple[float, float] | None:
        """Exact (Clopper and Pearson) interval for the rate of success; None without a probe."""
        if not self.decided:
            return None
        found = stats.binomtest(right, len(self.decided)).proportion_ci(CONFIDENCE, "exact")
        return float(found.low), float(found.high)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "probes": len(self.pairs),
            "decided": len(self.decided),
            "came_true": self.right,
            "interval": self.interval(self.right),
            "confidence": CONFIDENCE,
            "always_falls": self.always_falls,
            "interval_always_falls": self.interval(self.always_falls),
            "caveat": CAVEAT.replace("\n", " "),
        }

    def __str__(self) -> str:
        if not self.decided:
            return f"No direction decided in {len(self.pairs)} probes.\n{CAVEAT}"
        n, undecided = len(self.decided), len(self.pairs) - len(self.decided)
        return (
            f"The predicted direction came true in {self.right} of {n} decided probes"
            f"{self._told(self.right)};\nalways predicting a fall: {self.always_falls} of {n}"
            f"{self._told(self.always_falls)}; {undecided} undecided.\n{CAVEAT}"
        )

    def _told(self, right: int) -> str:
        low, high = self.interval(right) or (0.0, 1.0)
        return f" ({CONFIDENCE:.0%} interval {low:.0%} to {high:.0%})"
