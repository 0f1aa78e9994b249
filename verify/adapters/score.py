"""How often a predicted direction came true, with a binomial interval and rivals to beat."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from scipy import stats

CONFIDENCE = 0.95

CAVEAT = (
    "An experiment outside the hypotheses of SA-3: the loss need not be quadratic nor the\n"
    "optimiser SGD, the theorem speaks of an expectation and a probe sees one step; successive\n"
    "probes are not independent, as the intervals suppose."
)


@dataclass(frozen=True)
class Trial:
    """One probe: the alignment before, the predicted and the seen direction (None: undecided)."""

    alignment: float | None
    predicted: int | None
    seen: int | None


@dataclass(frozen=True)
class Score:
    """The trials of a run, in order. Directions are +1 (rises) and -1 (falls)."""

    trials: tuple[Trial, ...]

    @property
    def decided(self) -> list[int]:
        """The trials where both the prediction and what happened are decided, by number."""
        return [
            i
            for i, trial in enumerate(self.trials)
            if trial.predicted is not None and trial.seen is not None
        ]

    @property
    def right(self) -> int:
        """How many decided predictions came true."""
        return sum(self.trials[i].predicted == self.trials[i].seen for i in self.decided)

    @property
    def rivals(self) -> dict[str, int]:
        """How many of the same trials two rivals without theory get right."""
        seen = [self.trials[i].seen for i in self.decided]
        towards = [self._towards_the_mean(i) for i in self.decided]
        return {
            "always a fall": sum(s == -1 for s in seen),
            "towards the mean so far": sum(s == t for s, t in zip(seen, towards, strict=True)),
        }

    def interval(self, right: int) -> tuple[float, float] | None:
        """Exact (Clopper and Pearson) interval for the rate of success; None without a trial."""
        if not self.decided:
            return None
        found = stats.binomtest(right, len(self.decided)).proportion_ci(CONFIDENCE, "exact")
        return float(found.low), float(found.high)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "probes": len(self.trials),
            "decided": len(self.decided),
            "came_true": self.right,
            "interval": self.interval(self.right),
            "confidence": CONFIDENCE,
            "rivals": {
                name: {"came_true": right, "interval": self.interval(right)}
                for name, right in self.rivals.items()
            },
            "caveat": CAVEAT.replace("\n", " "),
        }

    def __str__(self) -> str:
        n, undecided = len(self.decided), len(self.trials) - len(self.decided)
        if not n:
            return f"No direction decided in {len(self.trials)} probes.\n{CAVEAT}"
        rivals = [f"  {name}: {self._told(right)}" for name, right in self.rivals.items()]
        return "\n".join(
            (
                f"Decided probes in which the predicted direction came true: "
                f"{self._told(self.right)}; {undecided} undecided",
                f"The same probes, by rivals without theory ({CONFIDENCE:.0%} intervals):",
                *rivals,
                CAVEAT,
            )
        )

    def _told(self, right: int) -> str:
        low, high = self.interval(right) or (0.0, 1.0)
        return f"{right} of {len(self.decided)} ({low:.0%} to {high:.0%})"

    def _towards_the_mean(self, number: int) -> int:
        """The direction from the present alignment to the mean of those before; a fall at first."""
        earlier = [t.alignment for t in self.trials[:number] if t.alignment is not None]
        now = self.trials[number].alignment
        return 1 if earlier and now is not None and now < fmean(earlier) else -1
