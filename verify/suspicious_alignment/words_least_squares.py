"""What the words about Gaussian least squares mean: the stationary state is solved for exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from verify.balls import Undefined
from verify.meaning import World, means
from verify.models import Model
from verify.suspicious_alignment import words_projection  # noqa: F401  # registers meanings


@means("least_squares")
def _least_squares(world: World) -> bool:
    return world.model.batch_size is not None and world.model.schedule == "constant"


def solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """The solution of a square linear system, by elimination. Raises Undefined if there is none."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column]), None)
        if pivot is None:
            raise Undefined("no unique stationary state")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [x / rows[column][column] for x in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[column], strict=True)]
    return [row[-1] for row in rows]


def stationary(model: Model) -> tuple[Fraction, ...]:
    """The energies that one literal step reproduces; Undefined unless a run converges to them.

    The step is affine in the energies, so its matrix is read off from its values at unit vectors.
    For a nonnegative matrix and a positive inflow the run converges if and only if the solution is
    positive (Perron and Frobenius).
    """

    def after(energies: list[int]) -> tuple[Fraction, ...]:
        return World(model.with_energies(tuple(map(Fraction, energies)))).energies_next

    size = len(model.modes)
    inflow = after([0] * size)
    columns = [
        [x - y for x, y in zip(after([int(i == j) for i in range(size)]), inflow, strict=True)]
        for j in range(size)
    ]
    matrix = [[Fraction(int(i == j)) - columns[j][i] for j in range(size)] for i in range(size)]
    solution = solve(matrix, list(inflow))
    if min(inflow) <= 0 or min(solution) <= 0:
        raise Undefined("a run does not converge to a stationary state")
    return tuple(solution)


def stationary_alignment(model: Model) -> Fraction:
    """Share of the dominant modes in the stationary energies."""
    energies = stationary(model)
    return Fraction(sum(energies[: len(model.dominant)]) / sum(energies))


@means("a_stationary")
def _a_stationary(world: World) -> Fraction:
    return stationary_alignment(world.model)


@means("a_stationary_twice")
def _a_stationary_twice(world: World) -> Fraction:
    return stationary_alignment(replace(world.model, batch_size=2 * (world.model.batch_size or 0)))
