"""What the loss after projected steps means: run the update on the moving block only."""

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


def expected_loss_after_all(world: World, moving: str) -> Fraction:
    """E L after as many projected steps as the run has made, from the run's start."""
    cut, model = len(world.model.dominant), world.start.model
    for _ in range(world.time):
        after = World(model).energies_next
        kept = tuple(mode.energy for mode in model.modes)
        mixed = after[:cut] + kept[cut:] if moving == DOMINANT else kept[:cut] + after[cut:]
        model = model.with_energies(mixed)
    return sum((mode.energy / (2 * mode.eigenvalue) for mode in model.modes), Fraction(0))


@means("loss_after_dominant_steps")
def _loss_after_dominant_steps(world: World) -> Fraction:
    return expected_loss_after_all(world, DOMINANT)


@means("loss_after_bulk_steps")
def _loss_after_bulk_steps(world: World) -> Fraction:
    return expected_loss_after_all(world, BULK)
