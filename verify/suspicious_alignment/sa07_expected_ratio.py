"""SA-7: laws of the noise that are not independent signs: random ones, and Gaussian ones.

A Gaussian variable is replaced by a rational law with the same first five moments, so variances of
D+ and B+ (polynomials of degree four in the noise) are those of Gaussian noise, by enumeration.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from theory import registry
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Mode, Model, describe, quadratic
from verify.search import FALSE, TRUE, decide
from verify.suspicious_alignment import words_ratio  # registers meanings

Row = tuple[Fraction, ...]
Matrix = tuple[Row, ...]
FIVE_POINTS = tuple(
    (Fraction(x), Fraction(p))
    for x, p in ((-2, "1/12"), (-1, "1/6"), (0, "1/2"), (1, "1/6"), (2, "1/12"))
)
GAUSSIAN_MOMENTS = (1, 0, 1, 0, 3, 0)
CURVATURES = tuple(map(Fraction, ("2", "3/2", "1", "1/2")))


@dataclass(frozen=True)
class Case:
    """A next gradient m + A z with z standard Gaussian, and the largest eigenvalue of A A'."""

    mean: Row
    factor: Matrix
    largest: Fraction
    k: int

    @property
    def covariance(self) -> Matrix:
        """K = A A'."""
        return tuple(tuple(dot(r, s) for s in self.factor) for r in self.factor)

    @property
    def model(self) -> Model:
        """A model whose next gradient is m + A z, z with the five-point law in every coordinate."""
        step = Fraction(1, 4)
        curvatures = CURVATURES[: len(self.mean)]
        columns = range(len(self.factor[0]))
        law = []
        for atoms in product(FIVE_POINTS, repeat=len(columns)):
            z = tuple(x for x, _ in atoms)
            weight = Fraction(1)
            for _, p in atoms:
                weight *= p
            moves = zip(self.factor, curvatures, strict=True)
            law.append((weight, tuple(-dot(row, z) / (step * c) for row, c in moves)))
        modes = tuple(
            Mode(c, (m / (1 - step * c)) ** 2, Fraction(0))
            for c, m in zip(curvatures, self.mean, strict=True)
        )
        return Model(modes[: self.k], modes[self.k :], step, law=tuple(law))


def dot(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    """The inner product."""
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def rotated(scales: Sequence[Fraction], planes: Sequence[tuple[int, int]]) -> Matrix:
    """Q diag(scales) for a product Q of rotations by the angle with cosine 3/5."""
    rows = [
        [s if i == j else Fraction(0) for j in range(len(scales))] for i, s in enumerate(scales)
    ]
    cosine, sine = Fraction(3, 5), Fraction(4, 5)
    for i, j in planes:
        upper = [cosine * x - sine * y for x, y in zip(rows[i], rows[j], strict=True)]
        rows[j] = [sine * x + cosine * y for x, y in zip(rows[i], rows[j], strict=True)]
        rows[i] = upper
    return tuple(map(tuple, rows))


def cases(*, blocks: bool, count: int) -> Iterator[Case]:
    """Random next gradients in two and three directions; with `blocks` K is block-diagonal."""
    chance = random.Random(7)
    for number in range(count):
        d = 2 + number % 2
        k = 1 + (number // 2) % (d - 1)
        least = 1 if blocks else 0
        scales = [Fraction(chance.randint(least, 6), chance.randint(1, 4)) for _ in range(d)]
        scales[0] = scales[0] or Fraction(1)
        planes = [(0, 1), (0, 2), (1, 2)] if d == 3 else [(0, 1)]
        if blocks:
            planes = [(i, j) for i, j in planes if (i < k) == (j < k)]
        mean = tuple(Fraction(chance.randint(0, 5), chance.randint(1, 3)) for _ in range(d))
        yield Case(mean, rotated(scales, planes), max(scales) ** 2, k)


@check("SA-7", "exact", "random joint laws")
def random_joint_laws(settings: Settings) -> Outcome:
    """Fails if a part does not hold for some noise law with a few atoms, correlated or biased."""
    claim, chance = registry.get("SA-7"), random.Random(settings.stream("SA-7", "joint laws"))
    spoke = vanished = 0
    for _ in range(150 if settings.tier == "fast" else 2000):
        model = random_model(chance)
        verdict = decide(claim, model)
        if verdict == FALSE:
            raise Failed(f"fails in {describe(model)}")
        spoke += verdict == TRUE
        vanished += (Fraction(0), Fraction(0)) in words_ratio.energies_after(World(model))
    if not spoke or not vanished:
        raise Failed("no model spoke, or G+ never vanished")
    return Outcome(f"holds for {spoke} joint laws; G+ = 0 has a chance in {vanished}")


def random_model(chance: random.Random) -> Model:
    """Two or three directions, and a noise law with up to four atoms that often stops the run."""
    d = chance.randint(2, 3)
    step = Fraction(1, chance.randint(1, 4))
    modes = [
        Mode(c, Fraction(chance.randint(0, 3)) ** 2, Fraction(0))
        for c in sorted((Fraction(chance.randint(1, 8), 4) for _ in range(d)), reverse=True)
    ]
    stop = tuple(
        (1 - step * m.eigenvalue) * Fraction(round(float(m.energy) ** 0.5)) / (step * m.eigenvalue)
        for m in modes
    )
    count = chance.randint(1, 4)
    weights = [chance.randint(1, 5) for _ in range(count)]
    law = [
        (
            Fraction(w, sum(weights)),
            stop if chance.random() < 0.2 else tuple(Fraction(chance.randint(-4, 4)) for _ in stop),
        )
        for w in weights
    ]
    theta = Fraction(chance.randint(1, 9), chance.randint(1, 9))
    k = chance.randint(1, d - 1)
    return Model(tuple(modes[:k]), tuple(modes[k:]), step, theta=theta, law=tuple(law))


@check("SA-7", "exact", "Gaussian second moments")
def gaussian_second_moments(settings: Settings) -> Outcome:
    """Fails if a variance formula differs from the enumeration over a law with Gaussian moments."""
    for power, moment in enumerate(GAUSSIAN_MOMENTS):
        if sum(p * x**power for x, p in FIVE_POINTS) != moment:
            raise Failed(f"moment {power} of the five-point law is not Gaussian")
    count = 0
    for case in cases(blocks=False, count=8):
        world = World(case.model)
        sides = range(case.k), range(case.k, len(case.mean))
        expected = {
            "V_D": covariance(case, sides[0], sides[0]),
            "V_B": covariance(case, sides[1], sides[1]),
            "C_DB": covariance(case, *sides),
            "V_G": covariance(case, range(len(case.mean)), range(len(case.mean))),
        }
        for word, value in expected.items():
            if world.word(word) != value:
                raise Failed(f"{word} = {world.word(word)}, the formula says {value}")
            count += 1
    return Outcome(f"{count} variances and covariances agree exactly")


def covariance(case: Case, rows: range, columns: range) -> Fraction:
    """2 ||K_IJ||_F^2 + 4 m_I' K_IJ m_J: the formula under test."""
    K, m = case.covariance, case.mean
    pairs = list(product(rows, columns))
    squares = sum((K[i][j] ** 2 for i, j in pairs), Fraction(0))
    return 2 * squares + 4 * sum((m[i] * K[i][j] * m[j] for i, j in pairs), Fraction(0))


@check("SA-7", "exact", "effective dimension")
def effective_dimension(settings: Settings) -> Outcome:
    """Fails if cv^2 exceeds 4 ||K|| / E G+ for some Gaussian noise, correlated or not."""
    closest = Fraction(0)
    for case in cases(blocks=False, count=8):
        world = World(case.model)
        share = world.word("cv2") * world.word("G_next") / (4 * case.largest)
        if share > 1:
            raise Failed(f"cv^2 is {float(share):.4g} times the bound, with m = {case.mean}")
        closest = max(closest, share)
    return Outcome(f"8 laws; cv^2 is at most {float(closest):.3f} of the bound")


@check("SA-7", "mutant", "correlated blocks obey the bound on b_1")
def correlated_blocks(settings: Settings) -> Outcome:
    """Fails unless correlation across the blocks makes |b_1| larger than the bound."""
    direction = (Fraction(1, 10), Fraction(1, 30))
    case = Case(
        (Fraction(1), Fraction(2)), tuple((x,) for x in direction), dot(direction, direction), 1
    )
    world = World(case.model)
    a_next = world.word("a_next")
    bound = 4 * case.largest * a_next * (1 - a_next) / world.word("G_next")
    if abs(world.word("b_1")) <= bound:
        raise Failed("the bound holds here as well")
    return Outcome(f"|b_1| = {float(abs(world.word('b_1'))):.6f} > {float(bound):.6f}")


@check("SA-7", "mutant", "off-diagonal noise is irrelevant")
def off_diagonal(settings: Settings) -> Outcome:
    """Fails unless E R differs between noise laws with the same variances."""
    independent = quadratic("1 1/2", 1, "4 4", "9 4", "1/2")
    found = {str(World(independent).word("E_R"))}
    half = Fraction(1, 2)
    for sign in (1, -1):
        atoms = ((Fraction(3), Fraction(2 * sign)), (Fraction(-3), Fraction(-2 * sign)))
        law = tuple((half, xi) for xi in atoms)
        world = World(quadratic("1 1/2", 1, "4 4", "9 4", "1/2", law=law))
        if world.variances != World(independent).variances:
            raise Failed("the laws have different variances")
        found.add(str(world.word("E_R")))
    if len(found) != 3:
        raise Failed(f"E R does not depend on the correlation: {found}")
    return Outcome(f"E R = {', '.join(sorted(found))} with the same variances")
