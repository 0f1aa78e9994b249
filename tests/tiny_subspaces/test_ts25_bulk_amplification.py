"""TS-25 as prose: what heavy ball does to the effective rate of a block of flat modes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest

from theory.proof import examine
from theory.registry import LIBRARY, certificates, get
from theory.tiny_subspaces.momentum import m
from verify.tiny_subspaces.ts25_bulk_amplification import block_run

BETA, ETA = Fraction(81, 100), Fraction(1, 10)  # 1/(1-beta) = 5.26..., 1/(1-sqrt beta) = 10
CURVATURES = [Fraction(1, 100), Fraction(1, 20), Fraction(9, 100)]  # eta lambda < 1/100


def rates(steps, curvatures=CURVATURES, beta=BETA):
    """Rates of the block over eta, at every step."""
    starts = [Fraction(n) for n in (2, -3, 1)]
    return [rate / ETA for rate, _ in islice(block_run(curvatures, starts, beta, ETA), steps)]


def test_the_rate_starts_at_eta_and_passes_the_left_bound_once() -> None:
    """Fails when amplification is there at once, is lost again, or exceeds the right bound."""
    seen = rates(120)
    above = [rate >= 1 / (1 - BETA) for rate in seen]
    assert seen[0] == 1
    assert above == sorted(above)
    assert above[-1]
    assert max(seen) < 10


def test_without_momentum_nothing_is_amplified() -> None:
    """Fails when a block has another rate than eta for beta = 0."""
    assert set(rates(20, beta=Fraction(0))) == {1}


def test_beyond_the_root_condition_the_rate_has_no_floor() -> None:
    """Fails when the rate of modes with complex roots stays above eta at every step."""
    assert min(rates(40, [Fraction(5)] * 3)) < 1


@pytest.mark.parametrize("run", [0, 1])
def test_damped_momentum_stops_the_derivation(run) -> None:
    """Fails when the bounds are derived though the gradients enter with another factor."""
    claim = get("TS-25")
    runs = list(claim.domain.runs)
    runs[run] = replace(runs[run], step={**runs[run].step, m: runs[run].step[m] / 2})
    changed = replace(claim, domain=replace(claim.domain, runs=tuple(runs)))
    part = ("when it passes eta/(1-beta)", "block: below eta/(1-sqrt beta)")[run]
    assert part in set(examine(changed, LIBRARY, certificates("TS-25"))[1])
    assert not examine(claim, LIBRARY, certificates("TS-25"))[1]
