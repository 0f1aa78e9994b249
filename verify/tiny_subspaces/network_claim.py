"""A claim about the network: what is run, what is measured, and within which bounds it must lie.

The bounds are those of the specification. A mutant is the same code with one thing changed, and
the bounds must refuse it. Evidence of kind "experiment": seeds are repeated, but there is no
false-alarm probability; the detail shows the numbers of all seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf

from verify.checks import Run, Settings, check
from verify.evidence import Failed, Outcome
from verify.tiny_subspaces.network.results import Result, result
from verify.tiny_subspaces.network.units import Unit
from verify.tiny_subspaces.sizes import FULL, Size

Units = Callable[[Size, int], dict[str, Unit]]
Results = Mapping[str, Result]
Measured = Callable[[Size, Results], dict[str, float]]


EXACT_DIGITS = 17
"""So many significant digits tell any two doubles apart."""

CLEAR_GAP = 1e-3
"""Where lambda_10 - lambda_11 is less, over lambda_1, the dominant subspace is flagged."""


@dataclass(frozen=True)
class Bounds:
    """low <= quantity <= high, or < and > if `strict`."""

    quantity: str
    low: float = -inf
    high: float = inf
    strict: bool = False

    def hold(self, measured: Mapping[str, float]) -> bool:
        """Whether the quantity lies within the bounds; nan never does."""
        value = measured[self.quantity]
        if self.strict:
            return self.low < value < self.high
        return self.low <= value <= self.high

    @property
    def allowed(self) -> str:
        """The bounds without the quantity: `>= 0.98`."""
        below, above = ("<", ">") if self.strict else ("<=", ">=")
        if self.low > -inf and self.high < inf:
            return f"in [{self.low:g}, {self.high:g}]"
        return f"{above} {self.low:g}" if self.low > -inf else f"{below} {self.high:g}"

    def __str__(self) -> str:
        return f"{self.quantity} {self.allowed}"

    def shown(self, value: float, digits: int = 3) -> str:
        """The value with so many digits, or as many more as show on which side of a bound it is."""
        ends, text = (self.low, self.high), ""
        for number in range(digits, EXACT_DIGITS + 1):
            text = f"{value:.{number}g}"
            rounded = float(text)
            moved = rounded in ends and value not in ends
            if not moved and self.hold({self.quantity: rounded}) == self.hold(
                {self.quantity: value}
            ):
                break
        return text

    def outside(self, rows: Sequence[Mapping[str, float]]) -> list[int]:
        """The rows in which the quantity lies outside."""
        return [number for number, row in enumerate(rows) if not self.hold(row)]


@dataclass(frozen=True)
class Change:
    """A mutant, or an assumption dropped: what is changed, and the bounds that must refuse it."""

    bounds: tuple[Bounds, ...]
    units: Units | None = None
    measured: Measured | None = None


@dataclass(frozen=True)
class NetworkClaim:
    """What decides one of TS-30 ... TS-36.

    `units` are the runs for one seed, `measured` the numbers read off their results, `parts` the
    bounds by name of the conclusion's part; `quick` replaces some for the small network, where the
    specification has others. `dropped` says, by assumption, what is changed when it is dropped.
    """

    id: str
    units: Units
    measured: Measured
    parts: Mapping[str, tuple[Bounds, ...]]
    mutants: Mapping[str, Change]
    dropped: Mapping[str, Change] = field(default_factory=dict)
    quick: Mapping[str, tuple[Bounds, ...]] = field(default_factory=dict)

    def bounds(self, size: Size) -> dict[str, tuple[Bounds, ...]]:
        """The bounds of every part in a tier."""
        return {**self.parts, **(self.quick if size.tier == "quick" else {})}

    def register(self) -> None:
        """Make a check of every part, mutant and assumption; they run in the tier `experiment`."""
        for name, bounds in self.parts.items():
            self._register("experiment", name, partial(_part, self, bounds))
        for name, change in self.mutants.items():
            self._register("mutant", name, partial(_refused, self, change))
        for name, change in self.dropped.items():
            self._register("assumption", name, partial(_refused, self, change))

    def _register(self, kind: str, name: str, run: Run) -> None:
        check(self.id, kind, name, tier="experiment")(run)


def seeds(settings: Settings) -> tuple[int, ...]:
    """The seeds of the starts and minibatches: 0, 1, 2, and others for another root seed."""
    return tuple(range(FULL.seeds * settings.seed, FULL.seeds * (settings.seed + 1)))


def measured(claim: NetworkClaim, change: Change | None, seed: int) -> dict[str, float]:
    """The numbers of one seed at full size, after the change if there is one."""
    units = claim.units if change is None or change.units is None else change.units
    read = claim.measured if change is None or change.measured is None else change.measured
    return read(FULL, {name: result(unit) for name, unit in units(FULL, seed).items()})


def gaps(result: Result) -> list[float]:
    """The relative gaps below all dominant subspaces in a result; empty if it has none."""
    runs = [result, *result.get("runs", {}).values()]
    return [gap for run in runs for gap in run.get("gap", ())]


def flag(result: Result) -> str:
    """What to say where eigenvalues nearly meet at the end of the dominant subspace, or nothing."""
    seen = gaps(result)
    close = sum(gap < CLEAR_GAP for gap in seen)
    if not close:
        return ""
    return (
        f"dominant subspace hardly determined at {close} of {len(seen)} steps, "
        f"lambda_10 - lambda_11 = {min(seen):.1g} lambda_1 at worst"
    )


def _part(claim: NetworkClaim, bounds: tuple[Bounds, ...], settings: Settings) -> Outcome:
    """Fails when for one of three seeds a number lies outside the bounds of the specification."""
    starts = seeds(settings)
    rows = [measured(claim, None, seed) for seed in starts]
    told = "; ".join(_told(b, rows) for b in bounds) + _flags(claim, starts)
    wrong = [_wrong(b, starts, rows) for b in bounds if b.outside(rows)]
    if wrong:
        raise Failed(f"{claim.id} is not reproduced: {'; '.join(wrong)} ({told})")
    return Outcome(f"{told} (one number per seed; no false-alarm probability)")


def _flags(claim: NetworkClaim, starts: Sequence[int]) -> str:
    found = (
        f"; {name}, seed {seed}: {flag(result(unit))}"
        for seed in starts
        for name, unit in claim.units(FULL, seed).items()
        if flag(result(unit))
    )
    return "".join(found)


def _refused(claim: NetworkClaim, change: Change, settings: Settings) -> Outcome:
    """Fails when the numbers of the changed run still lie within the bounds."""
    row = measured(claim, change, seeds(settings)[0])
    told = "; ".join(_told(b, [row]) for b in change.bounds)
    if all(b.hold(row) for b in change.bounds):
        raise Failed(f"{claim.id}: the change is not noticed: {told}")
    return Outcome(f"refused: {told}")


def _told(bounds: Bounds, rows: list[dict[str, float]]) -> str:
    seen = ", ".join(bounds.shown(row[bounds.quantity], digits=4) for row in rows)
    return f"{bounds}: seen {seen}"


def _wrong(bounds: Bounds, starts: Sequence[int], rows: list[dict[str, float]]) -> str:
    """Which seeds lie outside, and with which numbers."""
    found = (
        f"seed {starts[number]} has {bounds.shown(rows[number][bounds.quantity], digits=4)}"
        for number in bounds.outside(rows)
    )
    return f"{bounds} fails: {', '.join(found)}"
