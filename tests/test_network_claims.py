"""How a claim about the network is decided: bounds, seeds, mutants, and what is flagged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tiny_network import SGD, TINY

from verify.checks import Settings
from verify.evidence import Failed
from verify.tiny_subspaces import network_claim, ts33_distances
from verify.tiny_subspaces.network.results import result
from verify.tiny_subspaces.network.units import Unit, Watch
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim

pytest.importorskip("torch", reason="needs PyTorch: the extra torch")


def claim(low: float) -> NetworkClaim:
    """A claim about the alignment at the start of the tiny network."""

    def units(size: Any, seed: int) -> dict[str, Unit]:
        return {"run": Watch(TINY, seed, SGD, (0,))}

    bounds = (Bounds("alignment", low=low),)
    return NetworkClaim(
        id="TS-0",
        units=units,
        measured=lambda size, results: {"alignment": results["run"]["alignment_10"][0]},
        parts={"part": bounds},
        mutants={"mutant": Change(bounds, measured=lambda size, results: {"alignment": low / 2})},
    )


def test_a_part_fails_outside_its_bounds_and_a_mutant_inside(torch: Any) -> None:
    """Fails when a number outside the bounds passes, or when a mutant inside them does."""
    right, wrong = claim(0.1), claim(1.5)
    assert "seen" in network_claim._part(right, right.parts["part"], Settings("experiment")).detail
    seeds = "seed 0 has .*, seed 1 has .*, seed 2 has "
    with pytest.raises(Failed, match=f"TS-0 is not reproduced: alignment >= 1.5 fails: {seeds}"):
        network_claim._part(wrong, wrong.parts["part"], Settings("experiment"))
    assert (
        "refused"
        in network_claim._refused(right, right.mutants["mutant"], Settings("experiment")).detail
    )
    with pytest.raises(Failed, match="not noticed"):
        network_claim._refused(right, Change(right.parts["part"]), Settings("experiment"))


def test_only_the_seeds_outside_are_named(torch: Any) -> None:
    """Fails when the message does not say exactly which seed is outside, and its number."""
    bounds = claim(0.1).parts["part"]
    seen = [result(Watch(TINY, s, SGD, (0,)))["alignment_10"][0] for s in range(3)]
    between = sum(sorted(seen)[:2]) / 2
    least = seen.index(min(seen))
    strict = (replace(bounds[0], low=between),)
    expected = f"fails: seed {least} has {strict[0].shown(min(seen), digits=4)} \\("
    with pytest.raises(Failed, match=expected):
        network_claim._part(claim(0.1), strict, Settings("experiment"))


def test_a_subspace_without_a_gap_is_flagged(torch: Any) -> None:
    """Fails when a vanishing gap below the dominant subspace goes unnoticed."""
    clear: Any = {"gap": [0.2, 0.05]}
    branch: Any = {"runs": {"a": clear, "b": {"gap": [2e-4, 0.3]}, "c": {"loss": [1.0]}}}
    assert network_claim.gaps(branch) == [0.2, 0.05, 2e-4, 0.3]
    assert network_claim.flag(clear) == network_claim.flag({"between": [1.0]}) == ""
    assert "1 of 4 steps, lambda_10 - lambda_11 = 0.0002 lambda_1" in network_claim.flag(branch)
    tiny = claim(0.1)  # fewer samples than parameters: lambda_10 = lambda_11 for seed 0
    told = network_claim._part(tiny, tiny.parts["part"], Settings("experiment")).detail
    assert "; run, seed 0: dominant subspace hardly determined at 1 of 1 steps" in told


def test_numbers_near_a_bound_show_their_side() -> None:
    """Fails when a rounded number lies on the other side of its bound, or on the bound itself."""
    strict, closed = Bounds("x", high=1, strict=True), Bounds("x", low=-0.03, high=0.98)
    assert strict.shown(1.0003) == "1.0003"
    assert strict.shown(0.99998) == "0.99998"
    assert strict.shown(1.0) == "1"
    assert closed.shown(0.97999) == "0.97999"
    assert closed.shown(0.980001) == "0.980001"
    assert closed.shown(0.12345) == "0.123"
    assert closed.shown(float("nan")) == "nan"
    last = float(np.nextafter(1, 2))
    assert float(strict.shown(last)) == last


def test_bounds_refuse_what_is_no_number() -> None:
    """Fails when nan counts as inside, or a strict bound lets its end in."""
    assert not Bounds("x", high=1).hold({"x": float("nan")})
    assert Bounds("x", high=1).hold({"x": 1.0})
    assert not Bounds("x", high=1, strict=True).hold({"x": 1.0})
    assert not Bounds("x", low=0.5, high=1).hold({"x": 0.4})


def test_another_step_size_is_held_against_the_same_bound() -> None:
    """Fails when TS-33 without its assumption, or its mutant, has another bound than the claim."""
    claim = ts33_distances.CLAIM
    bounds = claim.parts["GD stays near SGD"]
    assert claim.dropped["small step"].bounds == bounds
    assert claim.mutants["twice the step size"].bounds == bounds
