"""SA-1: noise with a mean, correlated noise, the other functional, on joint laws of the noise."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Model, quadratic

Law = tuple[tuple[Fraction, tuple[Fraction, ...]], ...]
I1 = quadratic("1 1/2", 1, "4 4", "9 4", "1/2")


def law(*outcomes: tuple[int, ...]) -> Law:
    """Equally likely outcomes of the noise."""
    weight = Fraction(1, len(outcomes))
    return tuple((weight, tuple(map(Fraction, xi))) for xi in outcomes)


LAWS = {
    "equal signs": law((3, 2), (-3, -2)),
    "opposite signs": law((3, -2), (-3, 2)),
    "independent signs": law(*product((3, -3), (2, -2))),
}


def identity(world: World) -> Fraction:
    """What the identity gives for a+, with the variances of this world."""
    w, eta = world.word, world.step_size
    energy = w("G") - 2 * eta * (w("m1_D") + w("m1_B"))
    energy += eta**2 * (w("m2_D") + w("n_D") + w("m2_B") + w("n_B"))
    return Fraction(w("a") + eta * (eta * w("q") - 2 * w("p")) / (w("G") * energy))


@check("SA-1", "exact", "only variances matter")
def only_variances_matter(settings: Settings) -> Outcome:
    """Fails if a joint law with the same variances leads to another alignment than the identity."""
    for name, joint in LAWS.items():
        world = World(replace(I1, law=joint))
        if not world.word("a_next") == identity(world) == Fraction(13, 23):
            raise Failed(f"{name}: a+ = {world.word('a_next')}, identity {identity(world)}")
    return Outcome(f"a+ = 13/23 for {', '.join(LAWS)}")


@check("SA-1", "mutant", "noise may be biased")
def biased(settings: Settings) -> Outcome:
    """Fails unless noise with a mean leads elsewhere than the identity with its variance 0."""
    world = World(replace(quadratic("1 1/2", 1, "1 1", "0 0", "1"), law=law((-1, 0))))
    found, claimed = world.word("a_next"), identity(world)
    if found == claimed:
        raise Failed(f"biased noise leads to {found}, as the identity says")
    return Outcome(f"xi = (-1, 0): a+ = {found}, the identity gives {claimed}")


@check("SA-1", "mutant", "correlated noise enters")
def correlated(settings: Settings) -> Outcome:
    """Fails unless q with the covariance added gives a wrong a+ for perfectly correlated noise."""
    world = World(replace(I1, law=LAWS["equal signs"]))
    covariance = sum(w * xi[0] * xi[1] for w, xi in LAWS["equal signs"])
    eigenvalues = [m.eigenvalue for m in world.model.modes]
    added = 2 * eigenvalues[0] * eigenvalues[1] * covariance
    scale = world.word("G") * world.word("G_next")
    claimed = identity(world) + world.step_size**2 * added / scale
    if world.word("a_next") == claimed:
        raise Failed(f"the covariance enters: a+ = {claimed}")
    return Outcome(f"a+ = {world.word('a_next')}, with the covariance in q it would be {claimed}")


@check("SA-1", "mutant", "the identity gives the expectation of the ratio")
def other_functional(settings: Settings) -> Outcome:
    """Fails unless the mean of D+/G+ over all outcomes differs from what the identity gives."""
    model = replace(I1, law=LAWS["independent signs"])
    mean = expected_ratio(model)
    if mean == identity(World(model)):
        raise Failed(f"E[D+/G+] = {mean}, as the identity says")
    return Outcome(f"E[D+/G+] = {mean}, the identity gives {identity(World(model))}")


def expected_ratio(model: Model) -> Fraction:
    """E[D+/G+] for one dominant and one bulk direction, gradient (2, 2), by enumeration."""
    total = Fraction(0)
    for weight, noise in model.law or ():
        steps = zip(model.modes, noise, strict=True)
        after = [2 - model.step_size * m.eigenvalue * (2 + xi) for m, xi in steps]
        total += weight * after[0] ** 2 / (after[0] ** 2 + after[1] ** 2)
    return total
