"""SA-20 as prose: minibatches of Gaussian samples make noise that depends on where the state is."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

AMOUNTS = st.builds(Fraction, st.integers(1, 30), st.integers(1, 10))


def run(dominant, bulk, step_size, batch, label_noise, steps):
    """Alignments along a run; every mode is (curvature, E x^2), one sample is z (<z, x> - e)."""
    modes, found = [*dominant, *bulk], []
    for _ in range(steps):
        energy = [h * h * u for h, u in modes]
        found.append(sum(energy[: len(dominant)]) / sum(energy))
        residual = sum(h * u for h, u in modes) + label_noise
        # E z^4 = 3 h^2: the variance of a sample's gradient is h^2 u + h * residual
        modes = [
            (h, (1 - step_size * h) ** 2 * u + step_size**2 * (h * h * u + h * residual) / batch)
            for h, u in modes
        ]
    return found


def turns(alignments):
    """How often the direction of alignment changes."""
    moves = [b - a for a, b in pairwise(alignments) if a != b]
    return sum(1 for a, b in pairwise(moves) if a * b < 0)


LEVELS = st.tuples(st.integers(2, 9), st.lists(AMOUNTS, min_size=1, max_size=2))


@settings(max_examples=60)
@given(
    sharp=LEVELS,
    flat=st.lists(AMOUNTS, min_size=1, max_size=2),
    step_size=AMOUNTS,
    batch=st.integers(1, 20),
    label_noise=st.one_of(st.just(Fraction(0)), AMOUNTS),
)
def test_two_levels_turn_at_most_once_and_never_without_label_noise(
    sharp, flat, step_size, batch, label_noise
) -> None:
    """Fails when a run with two eigenvalues changes direction too often, from any start."""
    curvature, energies = sharp
    alignments = run(
        [(curvature, u) for u in energies],
        [(1, u) for u in flat],
        step_size / 4,
        batch,
        label_noise,
        10,
    )
    assert turns(alignments) <= (1 if label_noise else 0)


def test_three_levels_can_turn_twice() -> None:
    """Fails when the state-dependent noise keeps the two phases of constant noise."""
    alignments = run(
        [(8, Fraction(0)), (5, Fraction(10, 25))], [(4, Fraction(1, 32))], Fraction(1, 5), 100, 1, 6
    )
    assert turns(alignments) == 2
