"""SA-11 without regimes: a run turns at most as often as its coefficients change sign."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from random import Random

import theory.vocabulary  # noqa: F401  # the words that are looked up
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Mode, Model, quadratic
from verify.suspicious_alignment.words_run import contraction

MODELS, STEPS = 40, 12
FORGETS_AT_ONCE = quadratic("2 6/5 7/10 1/10", 2, "3 1/100 6 8000", "0 1 1 10", "1/2")
# Turns of the runs that the specification prints; the last run, with eta lambda = 1, is one that
# this check found when it left the base 0 out.
KNOWN = (
    (quadratic("1 1/4 1/50", 1, "10000 100 0", "1 0 40", "1/2"), 40, 2),
    (quadratic("6 4 1/10", 1, "100 1000 10", "1 1 1", "6/25"), 8, 2),
    (quadratic("1 1/2", 1, "100 100", "1 1", "4/3"), 8, 0),
    (FORGETS_AT_ONCE, 8, 1),
)


@check("SA-11", "exact", "number of turns")
def number_of_turns(settings: Settings) -> Outcome:
    """Fails when a run turns more often than its coefficients, ordered by base, change sign."""
    random = Random(settings.stream("SA-11", "turns"))
    runs = [(any_model(random), STEPS, None) for _ in range(MODELS)]
    most = 0
    for model, steps, known in (*runs, *KNOWN):
        turns, allowed = sign_changes(differences(model, steps)), sign_changes(coefficients(model))
        if turns > allowed:
            raise Failed(f"{turns} turns, but {allowed} sign changes, in {model}")
        if known is not None and turns != known:
            raise Failed(f"{turns} turns, known are {known}, in {model}")
        most = max(most, turns)
    if most < 2:
        raise Failed("no run turned twice: nothing was tested")
    return Outcome(f"{MODELS + len(KNOWN)} runs, up to {most} turns, never more than allowed")


def any_model(random: Random) -> Model:
    """A stable model with any spectrum, start and noise: modes above and below their levels."""
    eigenvalues = sorted((Fraction(random.randint(1, 30), 10) for _ in range(4)), reverse=True)
    energies = [Fraction(random.choice((0, 1, 10, 1000)) * random.randint(1, 9)) for _ in range(4)]
    energies = [max(e, Fraction(1, 100)) for e in energies]
    variances = [Fraction(random.choice((0, 1, 10))) for _ in range(4)]
    rows = zip(eigenvalues, energies, variances, strict=True)
    modes = tuple(Mode(*row) for row in rows)
    step_size = 2 / eigenvalues[0] * Fraction(random.randint(1, 19), 20)
    return Model(modes[:2], modes[2:], step_size)


def differences(model: Model, steps: int) -> list[Fraction]:
    """The sign-giving cross difference E D+ B - D E B+ along literal steps."""
    world, found = World(model), []
    for _ in range(steps):
        found.append(
            world.word("D_next") * world.word("B") - world.word("D") * world.word("B_next")
        )
        world = world.next()
    return found


def coefficients(model: Model) -> list[Fraction]:
    """The coefficients of S_t = sum_b gamma_b b^t as SA-9 states them, largest base first.

    The base 0, of a mode with eta lambda = 1, counts like any other: 0^0 = 1 is seen at the start.
    """
    world = World(model)
    dominant, bulk = (
        [
            (view.word("excess"), contraction(view.mode, model.step_size))
            for view in world.view(side)
        ]
        for side in ("dominant", "bulk")
    )
    terms = [(base, world.word("C_D") * excess * (1 - base)) for excess, base in bulk]
    terms += [(base, -world.word("C_B") * excess * (1 - base)) for excess, base in dominant]
    for (alpha, rho_i), (beta, rho_j) in product(dominant, bulk):
        terms.append((rho_i * rho_j, -alpha * beta * (rho_j - rho_i)))
    gathered: dict[Fraction, Fraction] = {}
    for base, coefficient in terms:
        gathered[base] = gathered.get(base, Fraction(0)) + coefficient
    return [gathered[base] for base in sorted(gathered, reverse=True)]


def sign_changes(numbers: list[Fraction]) -> int:
    """How often the sign changes from one nonzero number to the next."""
    signs = [x > 0 for x in numbers if x]
    return sum(one != other for one, other in pairwise(signs))
