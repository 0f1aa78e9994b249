"""SA-12: isotropic starts in exact models, and the time and depth of the fall with many digits."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from theory.suspicious_alignment.sa12_large_initialisation import (
    above,
    isotropic_start,
    large_enough,
)
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World, truth
from verify.models import Mode, Model

MODELS = 200
DIGITS = 120
PRINTED = ("15.4514", "1.84097e-8", "0.925999")  # at energy 10^8 per block
EIGENVALUE, FLAT, BULK_DIRECTIONS, STEP_SIZE = Fraction(1), Fraction(1, 10), 9, Fraction(1, 2)


@check("SA-12", "exact", "isotropic starts")
def isotropic_starts(settings: Settings) -> Outcome:
    """Fails when an isotropic start is above its levels though the bound fails, or the reverse."""
    random = Random(settings.stream("SA-12", "isotropic"))
    seen = {True: 0, False: 0}
    for number in range(MODELS):
        world = World(isotropic_model(random, edge=number % 4 == 0))
        if not truth(isotropic_start)(world):
            raise Failed("the model does not start isotropically")
        stands = truth(above)(world)
        if stands is not truth(large_enough)(world):
            raise Failed(f"the bound decides wrongly in {world.model}")
        seen[stands] += 1
    if not all(seen.values()):
        raise Failed(f"only one side of the bound was visited: {seen}")
    return Outcome(f"{seen[True]} starts above their levels, {seen[False]} not, as the bound says")


def isotropic_model(random: Random, edge: bool) -> Model:
    """A model with E x_l(0)^2 = theta in every direction; at the edge, theta is just enough."""
    flat = Fraction(random.randint(1, 9), 10)
    eigenvalues: list[Fraction] = [flat + Fraction(random.randint(1, 20), 10), flat]
    step_size = Fraction(random.randint(1, 19), 10) / (eigenvalues[0] + eigenvalues[1])
    variance = Fraction(random.randint(1, 9))
    bounds = [step_size * variance / (e * (2 - step_size * e)) for e in eigenvalues]
    theta = max(bounds) if edge else Fraction(random.randint(1, 60), 10)
    modes = [Mode(e, e * e * theta, variance) for e in eigenvalues]
    return Model((modes[0],), (modes[1],), step_size, theta=theta)


@check("SA-12", "exact", "time and depth of the fall")
def time_and_depth(settings: Settings) -> Outcome:
    """Fails when the crossing does not approach the formula, or the depth leaves its power law."""
    import mpmath

    with mpmath.workdps(DIGITS):
        gaps, levels = [], []
        rate = 1 - mpmath.log(_contraction(FLAT)) / mpmath.log(_contraction(EIGENVALUE))
        for exponent in (4, 8, 16, 32, 64):
            size = mpmath.mpf(10) ** exponent
            crossing, lowest = crossing_and_lowest(size)
            gaps.append(abs(crossing - formula(size)))
            levels.append(mpmath.log(lowest) + rate * mpmath.log(size))
        crossing, lowest = crossing_and_lowest(mpmath.mpf(10) ** 8)
        found = [mpmath.nstr(x, 6) for x in (crossing, lowest, rate)]
        if found != list(PRINTED):
            raise Failed(f"crossing, lowest alignment and exponent are {found}, printed {PRINTED}")
        shrinking = all(later < now for now, later in pairwise(gaps))
        if not (shrinking and gaps[-1] < gaps[0] ** 4):
            raise Failed(f"the crossing does not approach the formula: {gaps}")
        if max(levels) - min(levels) > -mpmath.log(_contraction(EIGENVALUE)):
            raise Failed(f"the depth is no power of the size with exponent -{rate}: {levels}")
        return Outcome(
            f"crossing within {mpmath.nstr(gaps[-1], 2)} of the formula at size 10^64; "
            f"depth ~ size^-{mpmath.nstr(rate, 6)}"
        )


def _contraction(eigenvalue: Fraction) -> Any:
    import mpmath

    return mpmath.mpf((1 - STEP_SIZE * eigenvalue).numerator) ** 2 / (
        (1 - STEP_SIZE * eigenvalue).denominator ** 2
    )


def _level(eigenvalue: Fraction) -> Any:
    import mpmath

    level = STEP_SIZE * eigenvalue / (2 - STEP_SIZE * eigenvalue)
    return mpmath.mpf(level.numerator) / level.denominator


def energies(size: Any, time: Any) -> tuple[Any, Any]:
    """D and B at a (real) time, both started at `size`: levels plus decaying excesses."""
    dominant, bulk = _level(EIGENVALUE), BULK_DIRECTIONS * _level(FLAT)
    return (
        dominant + (size - dominant) * _contraction(EIGENVALUE) ** time,
        bulk + (size - bulk) * _contraction(FLAT) ** time,
    )


def crossing_and_lowest(size: Any) -> tuple[Any, Any]:
    """The real time at which steps stop lowering alignment, and the lowest alignment reached."""
    import mpmath

    def change(time: Any) -> Any:
        (d, b), (d_next, b_next) = energies(size, time), energies(size, time + 1)
        return d_next * b - d * b_next

    whole = 0
    while change(whole) < 0:
        whole += 1
    low, high = mpmath.mpf(whole - 1), mpmath.mpf(whole)
    for _ in range(4 * DIGITS):
        middle = (low + high) / 2
        low, high = (middle, high) if change(middle) < 0 else (low, middle)
    dominant, bulk = energies(size, whole)
    return high, dominant / (dominant + bulk)


def formula(size: Any) -> Any:
    """The claimed crossing: log[alpha (rho_B - rho_D) / (c_D (1 - rho_B))] / log(1/rho_D)."""
    import mpmath

    sharp, flat, level = _contraction(EIGENVALUE), _contraction(FLAT), _level(EIGENVALUE)
    return mpmath.log((size - level) * (flat - sharp) / (level * (1 - flat))) / -mpmath.log(sharp)
