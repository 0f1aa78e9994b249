"""SA-5: the limits, watched in exact models whose alignment or step size goes to an end."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from theory.vocabulary import a_hat, a_star
from verify.balls import enclosure
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import quadratic

NOISY = quadratic("3 2 1/2 1/5", 2, "1 2 3 1", "1 1/2 2 1", "1")
QUIET = quadratic("3 2 1/2 1/5", 2, "1 2 3 1", "1 1/2 0 0", "1")
POWERS = range(3, 10)


@check("SA-5", "exact", "limits of the critical step")
def limits_of_the_critical_step(settings: Settings) -> Outcome:
    """Fails if eta*/a does not approach 2 Delta_r G/n_D as a -> 0, or eta* 2 Delta_r G/(Delta_s G +
    n_D) as a -> 1 with a quiet bulk, ever more closely by a factor near 10 per digit."""
    for model, end in ((NOISY, 0), (QUIET, 1)):
        world = World(model)
        w = world.word
        if end == 0:
            limit = 2 * w("Delta_r") * w("G") / w("n_D")
        else:
            limit = 2 * w("Delta_r") * w("G") / (w("Delta_s") * w("G") + w("n_D"))
        errors = []
        for n in POWERS:
            small = Fraction(1, 10**n)
            there = world.changed("alignment", small if end == 0 else 1 - small)
            value = there.word("eta_star") / (small if end == 0 else 1)
            errors.append(abs(value - limit))
        if not all(9 * later < error for error, later in pairwise(errors)):
            raise Failed(f"towards alignment {end}: errors {[float(e) for e in errors]}")
    return Outcome(f"the error falls tenfold with every digit, {len(POWERS)} digits, both ends")


@check("SA-5", "exact", "limits of the threshold")
def limits_of_the_threshold(settings: Settings) -> Outcome:
    """Fails if a-hat does not go to 0 with the step size, or to a* as the step size grows, or if
    eta* does not grow without bound as alignment approaches a*."""
    world = World(NOISY)
    star = enclosure(a_star, world, 256)
    shorter = [enclosure(a_hat, world.changed("step", Fraction(1, 10**n)), 256) for n in POWERS]
    longer = [star - enclosure(a_hat, world.changed("step", Fraction(10**n)), 256) for n in POWERS]
    for name, values in (("short", shorter), ("long", longer)):
        if not all(x > 9 * y and y > 0 for x, y in pairwise(values)):
            raise Failed(f"{name} steps: {values}")
    mantissa, exponent = star.mid().man_exp()
    middle = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    steps = [
        world.changed("alignment", middle - Fraction(1, 10**n)).word("eta_star") for n in POWERS
    ]
    if not all(9 * x < y for x, y in pairwise(steps)):
        raise Failed(f"eta* below a*: {[float(x) for x in steps]}")
    return Outcome(f"{len(POWERS)} powers of ten towards each end")
