"""SA-17 as prose: on the plateau the run's own step just fails to harm the dominant block."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
MODE = st.tuples(POSITIVE, POSITIVE, POSITIVE)


def run(modes, step_size, steps):
    """Expected energies along a run with additive noise."""
    energies = [energy for _, _, energy in modes]
    for _ in range(steps + 1):
        yield energies
        energies = [
            (1 - step_size * c) ** 2 * e + (step_size * c) ** 2 * v
            for (c, v, _), e in zip(modes, energies, strict=True)
        ]


def limit(modes, energies):
    """The step beyond which the expected loss of these modes rises."""
    curvature = sum(c * (e + v) for (c, v, _), e in zip(modes, energies, strict=True))
    return 2 * sum(energies) / curvature


@settings(max_examples=60)
@given(modes=st.lists(MODE, min_size=1, max_size=3), share=st.integers(1, 9))
def test_the_own_step_never_harms_a_block_started_above_stationarity(modes, share) -> None:
    """Fails when a block's expected loss rises under the run's own step."""
    step_size = Fraction(share, 5) / max(c for c, _, _ in modes)
    above = [(c, v, step_size * c * v / (2 - step_size * c) + excess) for c, v, excess in modes]
    for energies in run(above, step_size, 6):
        assert limit(above, energies) >= step_size


def test_a_five_per_cent_larger_step_is_harmful_from_step_7_to_109() -> None:
    """Fails when the window of the printed instance is another one."""
    dominant, bulk = [(Fraction(1), Fraction(1), Fraction(100))], [(Fraction(1, 10), 1, 100)]
    step_size, larger = Fraction(1, 2), Fraction(105, 200)
    limits = zip(run(dominant, step_size, 120), run(bulk, step_size, 120), strict=True)
    inside = [
        t
        for t, (d, b) in enumerate(limits)
        if limit(dominant, d) < larger < limit(bulk, [Fraction(e) for e in b])
    ]
    assert inside == list(range(7, 110))
