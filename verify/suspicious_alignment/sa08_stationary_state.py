"""SA-8 by iteration: the literal moment map, from any start, arrives where the claim says."""

from __future__ import annotations

from fractions import Fraction

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Model, quadratic

STEPS = 60
STARTS = ("0 0 0", "7 1/3 100", "1/1000 1000 1/5")


@check("SA-8", "exact", "every start is forgotten")
def every_start_is_forgotten(settings: Settings) -> Outcome:
    """Fails unless runs from different starts, made of literal steps, end at the same alignment."""
    finals = [_after(quadratic("2 1 1/2", 1, start, "1/4 3 2", "3/5"), STEPS) for start in STARTS]
    stationary = quadratic("2 1 1/2", 1, STARTS[0], "1/4 3 2", "3/5")
    claimed = [
        view.word("c") for side in ("dominant", "bulk") for view in World(stationary).view(side)
    ]
    worst = max(abs(e - c) for final in finals for e, c in zip(final, claimed, strict=True))
    if worst > Fraction(1, 10**6):
        raise Failed(f"after {STEPS} steps a mode is still {float(worst):.2g} from its level")
    return Outcome(f"{len(STARTS)} starts, {STEPS} literal steps: within {float(worst):.1g}")


def _after(model: Model, steps: int) -> list[Fraction]:
    """Expected squared gradients after literal steps, rounded to 60 digits between steps."""
    for _ in range(steps):
        energies = World(model).energies_next
        model = model.with_energies(tuple(e.limit_denominator(10**60) for e in energies))
    return [m.energy for m in model.modes]


@check("SA-8", "exact", "least squares: the fixed point's critical step is the run's")
def state_dependent_noise(settings: Settings) -> Outcome:
    """Fails unless eta* tends to eta along a run whose noise depends on the state."""
    model = quadratic("2 1 1/2", 1, "1 1 1", "0 0 0", "1/5", batch_size=4, label_noise=Fraction(1))
    energies = _after(model, 200)
    world = World(model.with_energies(tuple(energies)))
    distance = abs(world.word("eta_star") - Fraction(1, 5))
    if distance > Fraction(1, 10**6):
        raise Failed(f"eta* is {float(world.word('eta_star'))}, the step is 1/5")
    return Outcome(f"|eta* - eta| = {float(distance):.1g} after 200 steps")
