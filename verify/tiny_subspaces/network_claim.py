"""A claim about the network: what is run, what is measured, and within which bounds it must lie.

The bounds are those of the specification. A mutant is the same code with one thing changed, and
the bounds must refuse it. Evidence of kind "experiment": seeds are repeated, but there is no
false-alarm probability; the detail shows the numbers of all seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

    def __str__(self) -> str:
        below, above = ("<", ">") if self.strict else ("<=", ">=")
        if self.low > -inf and self.high < inf:
            return f"{self.quantity} in [{self.low:g}, {self.high:g}]"
        if self.low > -inf:
            return f"{self.quantity} {above} {self.low:g}"
        return f"{self.quantity} {below} {self.high:g}"


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


def _part(claim: NetworkClaim, bounds: tuple[Bounds, ...], settings: Settings) -> Outcome:
    """Fails when for one of three seeds a number lies outside the bounds of the specification."""
    rows = [measured(claim, None, seed) for seed in seeds(settings)]
    told = "; ".join(_told(b, rows) for b in bounds)
    if not all(b.hold(row) for b in bounds for row in rows):
        raise Failed(f"{claim.id} is not reproduced: {told}")
    return Outcome(f"{told} (one number per seed; no false-alarm probability)")


def _refused(claim: NetworkClaim, change: Change, settings: Settings) -> Outcome:
    """Fails when the numbers of the changed run still lie within the bounds."""
    row = measured(claim, change, seeds(settings)[0])
    told = "; ".join(_told(b, [row]) for b in change.bounds)
    if all(b.hold(row) for b in change.bounds):
        raise Failed(f"{claim.id}: the change is not noticed: {told}")
    return Outcome(f"refused: {told}")


def _told(bounds: Bounds, rows: list[dict[str, float]]) -> str:
    seen = ", ".join(f"{row[bounds.quantity]:.4g}" for row in rows)
    return f"{bounds}: seen {seen}"
