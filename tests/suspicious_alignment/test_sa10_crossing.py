"""SA-10 as prose: a run turns in the step in which the critical step size passes the step size."""

from __future__ import annotations

from fractions import Fraction

EIGENVALUES = [Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(1, 20)]
ENERGIES = [Fraction(100), Fraction(50), Fraction(20), Fraction(10)]
STEP_SIZE, K = Fraction(1, 2), 2


def step(energies, step_size):
    """Expected squared gradients after one step with unit noise."""
    return [
        (1 - step_size * e) ** 2 * g + (step_size * e) ** 2
        for e, g in zip(EIGENVALUES, energies, strict=True)
    ]


def rises(energies, step_size) -> bool:
    """Whether a step of this size raises the alignment."""
    before, after = energies, step(energies, step_size)
    return sum(after[:K]) * sum(before) > sum(before[:K]) * sum(after)


def critical_step_size(energies) -> Fraction:
    """The step size between falling and rising, by bisection on what steps do."""
    low, high = Fraction(0), Fraction(8)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(energies, middle) else (middle, high)
    return high


def test_the_critical_step_passes_the_step_where_the_run_turns() -> None:
    """Fails when alignment turns before or after the critical step size passes eta."""
    energies, states = ENERGIES, []
    for _ in range(16):
        states.append(energies)
        energies = step(energies, STEP_SIZE)
    directions = [rises(state, STEP_SIZE) for state in states]
    turn = directions.index(True)
    assert turn == 11
    assert directions == [False] * 11 + [True] * 5
    assert all(critical_step_size(state) > STEP_SIZE for state in states[:turn])
    assert all(critical_step_size(state) < STEP_SIZE for state in states[turn:])
