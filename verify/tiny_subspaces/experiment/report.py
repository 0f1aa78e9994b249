"""What the experiment found: every bound of every claim, with the numbers of every seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from theory import registry
from verify.tiny_subspaces import ts31_projected_sgd
from verify.tiny_subspaces.experiment.plan import CLAIMS, plan, units_of
from verify.tiny_subspaces.experiment.store import versions
from verify.tiny_subspaces.network.results import Result
from verify.tiny_subspaces.network.units import Unit
from verify.tiny_subspaces.network_claim import Bounds, NetworkClaim, flag, gaps
from verify.tiny_subspaces.sizes import Size


@dataclass(frozen=True)
class Line:
    """One bound of one part of a claim, and the numbers seen, one per seed."""

    claim: str
    part: str
    bounds: Bounds
    seen: tuple[float, ...]

    @property
    def outside(self) -> list[int]:
        """The seeds with a number outside."""
        return self.bounds.outside([{self.bounds.quantity: value} for value in self.seen])

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "claim": self.claim,
            "part": self.part,
            "bounds": str(self.bounds),
            "seen": [_number(value) for value in self.seen],
            "reproduced": not self.outside,
        }


@dataclass(frozen=True)
class Report:
    """The results of one tier, and what they say about the claims."""

    size: Size
    seeds: int
    results: dict[Unit, Result]

    def of(self, claim: NetworkClaim, seed: int) -> dict[str, Result]:
        """The results of a claim's units for one seed."""
        units = units_of(claim, self.size, seed)
        return {name: self.results[unit] for name, unit in units.items()}

    def measured(self, claim: NetworkClaim) -> list[dict[str, float]]:
        """The numbers of a claim, one row per seed."""
        return [claim.measured(self.size, self.of(claim, s)) for s in range(self.seeds)]

    def lines(self) -> list[Line]:
        """Every bound of every claim."""
        found = []
        for claim in CLAIMS:
            rows = self.measured(claim)
            for part, group in claim.bounds(self.size).items():
                for bounds in group:
                    seen = tuple(row[bounds.quantity] for row in rows)
                    found.append(Line(claim.id, part, bounds, seen))
        return found

    @property
    def reproduced(self) -> bool:
        """Whether every number of every seed lies within the bounds."""
        return not any(line.outside for line in self.lines())

    def least_gap(self) -> float:
        """The smallest lambda_10 - lambda_11 over lambda_1 of all units."""
        return min(gap for found in self.results.values() for gap in gaps(found))

    def flags(self) -> list[str]:
        """Where the dominant subspace is hardly determined, unit by unit."""
        named = plan(self.size, self.seeds).items()
        flags = [(name, flag(self.results[unit])) for unit, name in named]
        return [f"{name}: {told}" for name, told in flags if told]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: settings, versions, bounds with numbers, and all numbers measured."""
        return {
            "tier": self.size.tier,
            "seeds": list(range(self.seeds)),
            "units": len(plan(self.size, self.seeds)),
            "versions": versions(),
            "reproduced": self.reproduced,
            "least_gap": self.least_gap(),
            "flags": self.flags(),
            "parts": [line.to_json() for line in self.lines()],
            "shown": [self._shown(seed) for seed in range(self.seeds)],
            "claims": [
                {
                    "id": claim.id,
                    "title": registry.headline(claim.id)[0],
                    "measured": [
                        {name: _number(x) for name, x in row.items()}
                        for row in self.measured(claim)
                    ],
                }
                for claim in CLAIMS
            ],
        }

    def _shown(self, seed: int) -> dict[str, float]:
        """Runs without bounds: the frozen subspace, and the paper's protocol with a trigger."""
        results = self.of(ts31_projected_sgd.CLAIM, seed)
        return ts31_projected_sgd.shown(self.size, results)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
