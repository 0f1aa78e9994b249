"""SA-8 as prose: where a run settles, its own step changes nothing and a larger one raises."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 6))
MODE = st.tuples(POSITIVE, POSITIVE)  # curvature above the block's floor, noise variance


def step(modes: list[Any], energies: list[Fraction], step_size: Fraction) -> list[Fraction]:
    """Expected squared gradients after one step of this size."""
    return [
        (1 - step_size * curvature) ** 2 * energy + (step_size * curvature) ** 2 * variance
        for (curvature, variance), energy in zip(modes, energies, strict=True)
    ]


def settled(modes: list[Any], step_size: Fraction) -> list[Fraction]:
    """The energies that a step reproduces, from what it makes of energies 0 and 1."""
    zeros, ones = [Fraction(0)] * len(modes), [Fraction(1)] * len(modes)
    from_zero, from_one = step(modes, zeros, step_size), step(modes, ones, step_size)
    return [z / (1 - (o - z)) for z, o in zip(from_zero, from_one, strict=True)]


def share(energies: list[Fraction], k: int) -> Fraction:
    """The share of the first k modes."""
    return sum(energies[:k], Fraction(0)) / sum(energies)


@settings(max_examples=80)
@given(
    dominant=st.lists(MODE, min_size=1, max_size=3),
    bulk=st.lists(MODE, min_size=1, max_size=3),
    part=st.integers(1, 19),
)
def test_a_settled_run_is_in_the_low_alignment_regime(dominant, bulk, part) -> None:
    """Fails when, in the settled state, a larger step lowers or a smaller step raises alignment."""
    k, top = len(dominant), max(curvature for curvature, _ in bulk)
    modes = [(top + curvature, variance) for curvature, variance in dominant] + bulk
    step_size = Fraction(part, 20) * 2 / max(curvature for curvature, _ in modes)
    energies = settled(modes, step_size)
    here = share(energies, k)
    assert step(modes, energies, step_size) == energies
    for factor in (Fraction(11, 10), Fraction(2), Fraction(1000)):
        assert share(step(modes, energies, factor * step_size), k) > here
        assert share(step(modes, energies, step_size / factor), k) < here


def test_condition_number_alone_does_not_make_alignment_high() -> None:
    """Fails when a thousand flat directions cannot outweigh one that is 100 times as sharp."""
    modes = [(Fraction(1), 1)] + [(Fraction(1, 100), 1)] * 1000
    assert share(settled(modes, Fraction(1)), 1) == Fraction(199, 1199)
