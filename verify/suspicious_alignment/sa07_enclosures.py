"""SA-7 for Gaussian noise: rigorous enclosures of E R, against integrals and sums of other kinds.

`verify.enclosure` integrates E[D+ exp(-u G+)] over u, as the claim says. Here E R is found from the
law of the direction of the next gradient (two directions), or from a mixture of beta laws.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import Any

import flint

from verify.checks import Settings, check
from verify.enclosure import Enclosure, expected_ratio_enclosure, precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.meaning import World, exact_root
from verify.state import State
from verify.suspicious_alignment.sa07_expected_ratio import Case, cases, dot

DIGITS, BITS = 14, 120
STEP = Fraction(1, 4)
Row = Sequence[Fraction]


def ball(x: Fraction) -> Any:
    """A rational as an Arb ball."""
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


def enclosed(mean: Row, covariance: Sequence[Row] | Row, k: int) -> Enclosure:
    """E R for a next gradient with this mean and covariance (a row: its diagonal)."""
    d = len(mean)
    curvatures = tuple(Fraction(2) if i < k else Fraction(1) for i in range(d))
    gradient = tuple(m / (1 - STEP * c) for m, c in zip(mean, curvatures, strict=True))
    factors = [STEP * c for c in curvatures]
    full = None
    diagonal = [x for x in covariance if isinstance(x, Fraction)]
    if not diagonal:
        rows = [list(row) for row in covariance if not isinstance(row, Fraction)]
        if any(rows[i][j] for i in range(d) for j in range(d) if i != j):
            full = tuple(
                tuple(rows[i][j] / (factors[i] * factors[j]) for j in range(d)) for i in range(d)
            )
        diagonal = [rows[i][i] for i in range(d)]
    variances = tuple(v / f**2 for v, f in zip(diagonal, factors, strict=True))
    state = State(curvatures, gradient, variances, full, k, STEP, True)
    found, why = expected_ratio_enclosure(state, STEP, DIGITS)
    if found is None:
        raise Failed(why)
    if found[1] - found[0] > Fraction(1, 10 ** (DIGITS - 2)):
        raise Failed("the enclosure is too wide to decide anything")
    return found


def demand_inside(value: Any, found: Enclosure, what: str) -> None:
    """Raise Failed unless a ball of small radius meets the enclosure."""
    low, high = ball(found[0]), ball(found[1])
    if value.rad() > ball(Fraction(1, 10 ** (DIGITS - 2))) or value < low or value > high:
        raise Failed(f"{what}: {value} is not in [{float(found[0])}, {float(found[1])}]")


def demand_printed(found: Enclosure, printed: str) -> None:
    """Raise Failed unless everything in the enclosure rounds to the printed number."""
    low, high = rounding_interval(printed)
    if not (low <= found[0] and found[1] <= high):
        raise Failed(f"[{float(found[0])}, {float(found[1])}] is not printed as {printed}")


def by_angle(mean: Row, covariance: Sequence[Row]) -> Any:
    """E cos^2 of the angle of m + K^(1/2) z in the plane, from the density of the angle."""
    (a, b), (_, c) = covariance
    determinant = a * c - b * b
    inverse = ((c / determinant, -b / determinant), (-b / determinant, a / determinant))
    pull = [sum((x * m for x, m in zip(row, mean, strict=True)), Fraction(0)) for row in inverse]
    spent = sum((x * m for x, m in zip(pull, mean, strict=True)), Fraction(0))
    xx, xy, yy = ball(inverse[0][0]), ball(inverse[0][1]), ball(inverse[1][1])

    def density(angle: Any, analytic: bool) -> Any:
        x, y = angle.cos(), angle.sin()
        width = xx * x * x + 2 * xy * x * y + yy * y * y
        root = width.sqrt(analytic=analytic)
        shift = (ball(pull[0]) * x + ball(pull[1]) * y) / root / flint.arb(2).sqrt()
        mixed = 1 + flint.arb.pi().sqrt() * shift * (shift * shift).exp() * shift.erf()
        return x * x * mixed / width

    total = flint.acb.integral(density, flint.arb(0), flint.arb.pi()).real
    return total * (-ball(spent) / 2).exp() / (flint.arb.pi() * ball(determinant).sqrt())


def by_mixture(dominant: Fraction, bulk: Fraction, k: int, d: int, terms: int = 60) -> Any:
    """E R for K = I, squared means summing to these: a Poisson mixture of beta laws."""
    weights = []
    for half in (ball(dominant / 2), ball(bulk / 2)):
        weight, row = (-half).exp(), []
        for n in range(terms):
            row.append(weight)
            weight = weight * half / (n + 1)
        weights.append(row)
    total, mass = flint.arb(0), flint.arb(0)
    for i, u in enumerate(weights[0]):
        for j, v in enumerate(weights[1]):
            total += u * v * (flint.arb(k) / 2 + i) / (flint.arb(d) / 2 + i + j)
            mass += u * v
    left = (1 - mass).upper()
    return total + flint.arb(left / 2, left / 2)


I1_MEAN = (Fraction(1), Fraction(3, 2))
I1_VARIANCES = (Fraction(9, 4), Fraction(1, 4))


@check("SA-7", "exact", "one-dimensional integral")
def one_dimensional_integral(settings: Settings) -> Outcome:
    """Fails if the integral over u differs from the one over the angle, or from the mixture."""
    count = 0
    with precision(BITS):
        for correlation in ("0", "1/2", "-2/3"):
            off = Fraction(correlation)
            covariance = ((I1_VARIANCES[0], off), (off, I1_VARIANCES[1]))
            for mean in (I1_MEAN, (Fraction(2), Fraction(-1, 3)), (Fraction(0), Fraction(1))):
                found = enclosed(mean, covariance if off else I1_VARIANCES, 1)
                demand_inside(by_angle(mean, covariance), found, f"m = {mean}")
                count += 1
        ones = (Fraction(1),) * 5
        for k in (1, 2, 4):
            far = tuple(map(Fraction, ("1", "-1/2", "2", "0", "1/3")))
            squares = [m * m for m in far]
            value = by_mixture(sum(squares[:k]), sum(squares[k:]), k, 5)  # type: ignore[arg-type]
            demand_inside(value, enclosed(far, ones, k), f"K = I, k = {k}")
            count += 1
    return Outcome(f"{count} enclosures of width 1e-{DIGITS - 2} meet the independent value")


@check("SA-7", "exact", "two directions, zero mean")
def two_directions(settings: Settings) -> Outcome:
    """Fails if E R is not sqrt(c_1) / (sqrt(c_1) + sqrt(c_2)), or 0.39564 for c = (3, 7)."""
    zero = (Fraction(0), Fraction(0))
    pairs = [(Fraction(x), Fraction(y)) for x, y in ((3, 7), (1, 1), (1, 100), (5, "1/3"))]
    with precision(BITS):
        for c in pairs:
            roots = [ball(x).sqrt() for x in c]
            demand_inside(roots[0] / (roots[0] + roots[1]), enclosed(zero, c, 1), f"c = {c}")
    demand_printed(enclosed(zero, pairs[0], 1), "0.39564")
    return Outcome(f"{len(pairs)} pairs of variances; 0.39564 > a+ = 0.3 for c = (3, 7)")


def principal(case: Case) -> tuple[Row, Row]:
    """Mean and variances in the eigenbasis of a block-diagonal K, which keeps D+ and B+.

    Column j of the factor A = Q S is the eigenvector times the deviation of direction j.
    """
    mean, variances = [], []
    for column in zip(*case.factor, strict=True):
        deviation = exact_root(dot(column, column))
        if not deviation:
            raise Failed("the factor must have columns of positive rational length")
        mean.append(dot(column, case.mean) / deviation)
        variances.append(deviation**2)
    return mean, variances


@check("SA-7", "exact", "independent blocks")
def independent_blocks(settings: Settings) -> Outcome:
    """Fails if b_1, or E R - a+, exceeds its bound for Gaussian noise with independent blocks."""
    count = 0
    for case in cases(blocks=True, count=6):
        world = World(case.model)
        a_next, scale = world.word("a_next"), 4 * case.largest / world.word("G_next")
        if abs(world.word("b_1")) > scale * a_next * (1 - a_next):
            raise Failed(f"|b_1| exceeds its bound with m = {case.mean}")
        low, high = enclosed(*principal(case), case.k)
        if max(high - a_next, a_next - low) > scale:
            raise Failed(f"|E R - a+| exceeds its bound with m = {case.mean}")
        count += 1
    return Outcome(f"{count} laws within both bounds")


@check("SA-7", "mutant", "Gaussian noise keeps the sign")
def gaussian_sign(settings: Settings) -> Outcome:
    """Fails unless a+ = 13/23 > a = 1/2 > E R = 0.42835 in the instance I1 with Gaussian noise."""
    found = enclosed(I1_MEAN, I1_VARIANCES, 1)
    demand_printed(found, "0.42835")
    if not found[1] < Fraction(1, 2) < Fraction(13, 23):
        raise Failed("the signs agree")
    return Outcome(f"a+ = 13/23, a = 1/2, E R = {float(found[0]):.10f}")


@check("SA-7", "mutant", "many directions suffice")
def many_directions(settings: Settings) -> Outcome:
    """Fails unless E R stays at 0.344320 as d grows, while a+ = 1/2."""
    dimensions = (2, 5, 26, 101)
    with precision(BITS):
        tail = flint.arb(1) - (1 / flint.arb(2).sqrt()).erf()
        limit = 1 - (flint.arb.pi() * flint.arb(1).exp() / 2).sqrt() * tail
        for d in dimensions:
            share = Fraction(1, isqrt(d - 1))
            mean = (Fraction(0), *(share for _ in range(d - 1)))
            if share**2 * (d - 1) != 1:
                raise Failed("the bulk energy is not 1")
            found = enclosed(mean, (Fraction(1), *(Fraction(0) for _ in range(d - 1))), 1)
            demand_inside(limit, found, f"d = {d}")
            demand_printed(found, "0.344320")
    return Outcome(f"E R = 0.344320 for d = {', '.join(map(str, dimensions))}, a+ = 1/2")


@check("SA-7", "mutant", "order 1 over root m")
def order_of_the_difference(settings: Settings) -> Outcome:
    """Fails unless m (E R - a+) converges, so that sqrt(m) (E R - a+) vanishes."""
    a_next, limit = Fraction(4, 5), -Fraction("7.2") / Fraction("39.0625")
    printed = {1: "-0.13263", 10: "-0.18523", 100: "-0.18463", 1000: "-0.18435"}
    distances = []
    for copies, text in printed.items():
        mean = (Fraction(1),) * copies + (Fraction(1, 2),) * copies
        variances = (Fraction(4),) * copies + (Fraction(1),) * copies
        low, high = (copies * (x - a_next) for x in enclosed(mean, variances, copies))
        demand_printed((low, high), text)
        distances.append(max(abs(low - limit), abs(high - limit)))
    falling = all(y < x for x, y in pairwise(distances))
    if not falling or distances[-1] > Fraction(1, 10**4):
        raise Failed("m (E R - a+) does not approach its limit")
    return Outcome(f"m (E R - a+) = {', '.join(printed.values())}, limit {float(limit):.4f}")
