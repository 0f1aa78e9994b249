"""TS-27 as prose: sign updates spend their steps where gradients are small."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Eq

from theory.language import ForAllModes
from theory.proof import examine
from theory.registry import LIBRARY, certificates, get
from theory.tiny_subspaces.sign_update import abs_g, sign_gain
from theory.vocabulary import eta
from verify import search
from verify.evidence import Failed
from verify.meaning import World
from verify.models import quadratic
from verify.tiny_subspaces import ts27_sign_updates
from verify.tiny_subspaces.ts27_sign_updates import rates

SIZE = st.builds(Fraction, st.integers(1, 20), st.integers(1, 5))
BLOCK = st.lists(SIZE, min_size=1, max_size=6)


def sign_rates(dominant, bulk):
    """Rates of a literal step of size 1 against the signs, the gradients being positive."""
    gradient = [*dominant, *bulk]
    return rates(gradient, [Fraction(-1)] * len(gradient), len(dominant))


@given(BLOCK, BLOCK)
def test_the_bulk_rate_is_larger_where_alignment_is_high(dominant, bulk) -> None:
    """Fails when alignment above k/(k+1) goes with a larger dominant rate."""
    energy, rest = (sum(g * g for g in block) for block in (dominant, bulk))
    of_dominant, of_bulk = sign_rates(dominant, bulk)
    if energy > len(dominant) * rest:
        assert of_bulk > of_dominant


def test_the_threshold_is_sharp() -> None:
    """Fails when the bulk rate is larger just below k/(k+1) as well."""
    for k in (1, 2, 10):
        of_dominant, of_bulk = sign_rates([Fraction(1)] * k, [Fraction(101, 100)])
        assert of_bulk < of_dominant


@pytest.mark.parametrize("gain", [eta * abs_g**2, abs_g, 2 * eta * abs_g])
def test_another_update_stops_the_derivation(gain) -> None:
    """Fails when the rates do not rest on what the sign update gains in each mode."""
    claim = get("TS-27")
    update = {"sign update": ForAllModes(Eq(sign_gain, gain))}
    changed = replace(claim, assumptions={**claim.assumptions, **update})
    assert "rates" in set(examine(changed, LIBRARY, certificates("TS-27"))[1])
    assert "rates" not in set(examine(claim, LIBRARY, certificates("TS-27"))[1])


def test_an_update_that_prefers_a_sign_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a gain that depends on the sign of the gradient crashes, or passes in a search."""
    monkeypatch.setattr(ts27_sign_updates, "_signed_move", lambda g, eta: -eta * (g > 0))
    (view,) = World(quadratic("1", 1, "4", "0", "1/2")).view("dominant")
    with pytest.raises(Failed, match=r"gains 1 at g = 2, and 0 at g = -2"):
        view.word("sign_gain")
    with pytest.raises(Failed):
        search.search(get("TS-27"), examples=20, seed=1)
