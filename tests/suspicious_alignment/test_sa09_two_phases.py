"""SA-9 as prose: started above stationarity with a small step, alignment falls, then rises."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 6))
EXCESS = st.one_of(st.just(Fraction(0)), POSITIVE, POSITIVE.map(lambda x: 1000 * x))
MODE = st.tuples(POSITIVE, POSITIVE, EXCESS)  # curvature above the block's floor, noise, excess


def run(modes: list[Any], step_size: Fraction, steps: int) -> list[list[Fraction]]:
    """Expected squared gradients: E (g - eta lambda (g + xi))^2, mode by mode, step after step."""
    states = [[energy for _, _, energy in modes]]
    for _ in range(steps):
        states.append(
            [
                (1 - step_size * curvature) ** 2 * energy + (step_size * curvature) ** 2 * variance
                for (curvature, variance, _), energy in zip(modes, states[-1], strict=True)
            ]
        )
    return states


def alignments(modes: list[Any], k: int, step_size: Fraction, steps: int) -> list[Fraction]:
    """The share of the first k modes in the energy, along the run."""
    return [sum(s[:k], Fraction(0)) / sum(s) for s in run(modes, step_size, steps)]


def level(curvature: Fraction, variance: Fraction, step_size: Fraction) -> Fraction:
    """The energy that one step reproduces: e = (1 - eta lambda)^2 e + (eta lambda)^2 variance."""
    kept = (1 - step_size * curvature) ** 2
    return (step_size * curvature) ** 2 * variance / (1 - kept)


@settings(max_examples=80)
@given(
    dominant=st.lists(MODE, min_size=1, max_size=3),
    bulk=st.lists(MODE, min_size=1, max_size=3),
    share=st.integers(1, 19),
)
def test_once_alignment_rises_it_never_falls_again(dominant, bulk, share) -> None:
    """Fails when a run that starts above its stationary level turns more than once."""
    top = max(curvature for curvature, _, _ in bulk)
    spectrum = [(top + curvature, *rest) for curvature, *rest in dominant] + bulk
    step_size = Fraction(share, 20) * 2 / (max(c for c, _, _ in spectrum) + top)
    modes = [(c, v, level(c, v, step_size) + excess) for c, v, excess in spectrum]
    path = alignments(modes, len(dominant), step_size, 8)
    rising = [after >= before for before, after in pairwise(path)]
    assert rising == sorted(rising)


def test_the_turn_is_the_minimum_and_bisection_finds_it() -> None:
    """Fails when the first rise is not the first minimum of the run, step 11 of the instance."""
    curvatures, energies = ("1", "1/2", "1/10", "1/20"), (100, 50, 20, 10)
    modes = [(Fraction(c), 1, Fraction(e)) for c, e in zip(curvatures, energies, strict=True)]
    path = alignments(modes, 2, Fraction(1, 2), 40)
    turn = bisect_left(range(40), True, key=lambda t: path[t + 1] >= path[t])
    assert turn == path.index(min(path)) == 11


def test_one_direction_that_starts_low_is_enough_for_a_third_phase() -> None:
    """Fails when alignment falls once only although one bulk mode starts without gradient."""
    modes = [(Fraction(1), 1, Fraction(10**4)), (Fraction(1, 4), 0, Fraction(100)),
             (Fraction(1, 50), 40, Fraction(0))]  # fmt: skip
    path = alignments(modes, 1, Fraction(1, 2), 60)
    assert path[0] > path[9] < path[36] > path[60]
