"""What the extreme contractions mean: run the noise-free update on one mode."""

from __future__ import annotations

from fractions import Fraction

from verify.balls import Undefined
from verify.meaning import World, gradient_after, means
from verify.models import Mode


def contraction(mode: Mode, step_size: Fraction) -> Fraction:
    """By how much one noise-free step multiplies the squared gradient of a mode."""
    one, zero = Fraction(1), Fraction(0)
    return gradient_after(mode, one, zero, step_size, zero) ** 2


def dominant_contractions(world: World) -> list[Fraction]:
    """The contraction of every dominant mode; Undefined if there is none."""
    found = [contraction(mode, world.step_size) for mode in world.model.dominant]
    if not found:
        raise Undefined("an empty block has no contraction")
    return found


@means("rho_max")
def _largest(world: World) -> Fraction:
    return max(dominant_contractions(world))


@means("rho_min")
def _smallest(world: World) -> Fraction:
    return min(dominant_contractions(world))
