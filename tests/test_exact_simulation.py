"""The exact simulator: orthogonal arrays, full enumeration and the meaning of a run agree."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from verify.exact_simulation import (
    enumerated_squares,
    expected_squares,
    independent_signs,
    literal_run,
    signs,
)
from verify.meaning import World
from verify.models import Mode, Model

RATIONALS = st.builds(Fraction, st.integers(1, 6), st.integers(1, 4))
MODES = st.lists(st.tuples(RATIONALS, RATIONALS, RATIONALS), min_size=2, max_size=3)


def test_the_array_has_strength_two() -> None:
    """Fails when two columns do not take all four pairs of signs equally often."""
    for factors in (1, 2, 3, 7, 12):
        rows = list(signs(factors))
        for i in range(factors):
            assert sum(row[i] for row in rows) == 0
            for j in range(i):
                assert sum(row[i] * row[j] for row in rows) == 0


@settings(max_examples=20)
@given(modes=MODES, step_size=RATIONALS, steps=st.integers(1, 2))
def test_array_and_enumeration_agree(modes, step_size, steps) -> None:
    """Fails when the orthogonal array misses a contribution to the second moments."""
    eigenvalues, start, deviations = zip(*modes, strict=True)
    law = independent_signs(deviations)
    by_array = expected_squares(eigenvalues, start, step_size, deviations, steps)
    assert by_array == enumerated_squares(eigenvalues, start, step_size, lambda x: law, steps)


@settings(max_examples=20)
@given(modes=MODES, step_size=RATIONALS, steps=st.integers(1, 5))
def test_a_run_of_worlds_is_what_literal_sgd_does(modes, step_size, steps) -> None:
    """Fails when the moments that sentences speak about are not those of simulated SGD."""
    eigenvalues, start, deviations = zip(*modes, strict=True)
    exact = expected_squares(eigenvalues, start, step_size, deviations, steps)
    world = World(
        Model(
            tuple(
                Mode(e, (e * x) ** 2, d * d)
                for e, x, d in zip(eigenvalues, start, deviations, strict=True)
            ),
            (),
            step_size,
        )
    )
    for _ in range(steps):
        world = world.next()
    assert tuple(m.energy for m in world.model.modes) == exact


def test_fifty_directions_four_steps() -> None:
    """Fails when the recursion in 50 dimensions differs from 256 literal runs."""
    eigenvalues = [Fraction(50, n) for n in range(1, 51)]
    start = [Fraction(n % 7 - 3, 5) for n in range(50)]
    deviations = [Fraction(1 + n % 3, 4) for n in range(50)]
    step_size = Fraction(1, 30)
    exact = expected_squares(eigenvalues, start, step_size, deviations, 4)
    energies = [(e * x) ** 2 for e, x in zip(eigenvalues, start, strict=True)]
    for _ in range(4):
        energies = [
            (1 - step_size * e) ** 2 * g + (step_size * e * d) ** 2
            for e, g, d in zip(eigenvalues, energies, deviations, strict=True)
        ]
    assert tuple(energies) == exact


def test_without_noise_a_run_contracts_every_direction() -> None:
    """Fails when the simulator's sign or curvature is wrong."""
    (gradient,) = literal_run([Fraction(2)], [Fraction(3)], Fraction(1, 8), [[Fraction(0)]] * 2)
    assert gradient == 6 * Fraction(3, 4) ** 2
