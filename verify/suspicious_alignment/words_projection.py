"""What the loss after a projected step means: run the update on the moving block only."""

from __future__ import annotations

from fractions import Fraction

from theory.language import BULK, DOMINANT
from verify.meaning import World, means


def expected_loss_after(world: World, moving: str) -> Fraction:
    """E L(x - eta P(g + xi)), P the projection on one block, by enumeration of outcomes."""
    cut, modes = len(world.model.dominant), world.model.modes
    total = Fraction(0)
    for index, mode in enumerate(modes):
        moves = (index < cut) == (moving == DOMINANT)
        second_moment = world.energies_next[index] if moves else mode.energy
        total += second_moment / (2 * mode.eigenvalue)
    return total


@means("loss_after_dominant_step")
def _loss_after_dominant_step(world: World) -> Fraction:
    return expected_loss_after(world, DOMINANT)


@means("loss_after_bulk_step")
def _loss_after_bulk_step(world: World) -> Fraction:
    return expected_loss_after(world, BULK)
