"""SA-20: the covariance of a minibatch gradient, long runs, and limits, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import lcm
from typing import Any

from theory.vocabulary import a_slow
from verify.balls import enclosure
from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.meaning import World
from verify.models import Mode, Model
from verify.suspicious_alignment.words_least_squares import stationary

Vector = tuple[Fraction, ...]
Matrix = list[list[Fraction]]


def exact_numbers(text: str) -> Vector:
    """Rationals from a line of text."""
    return tuple(Fraction(x) for x in text.split())


def stated_covariance(
    eigenvalues: Vector, position: Vector, label_noise: Fraction, batch: int
) -> Matrix:
    """The covariance as the claim states it."""
    gradient = [h * x for h, x in zip(eigenvalues, position, strict=True)]
    residual = sum((g * x for g, x in zip(gradient, position, strict=True)), label_noise)
    return [
        [(g * f + (residual * h if i == j else 0)) / batch for j, f in enumerate(gradient)]
        for i, (g, h) in enumerate(zip(gradient, eigenvalues, strict=True))
    ]


def pairings(items: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
    """All ways to split the positions into pairs."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for i, partner in enumerate(rest):
        for others in pairings(rest[:i] + rest[i + 1 :]):
            yield [(first, partner), *others]


def gaussian_moment(indices: Sequence[int], eigenvalues: Vector) -> Fraction:
    """E z_i z_j ... for independent z_l ~ N(0, lambda_l): sum over pairings (Isserlis)."""
    total = Fraction(0)
    for pairs in pairings(tuple(range(len(indices)))):
        value = Fraction(1)
        for one, other in pairs:
            same = indices[one] == indices[other]
            value *= eigenvalues[indices[one]] if same else 0
        total += value
    return total


def covariance_by_pairings(
    eigenvalues: Vector, position: Vector, label_noise: Fraction, batch: int
) -> Matrix:
    """Covariance of the mean of z (<z, x> - epsilon) over a batch, from Gaussian fourth moments."""
    modes = range(len(eigenvalues))

    def entry(i: int, j: int) -> Fraction:
        second = label_noise * gaussian_moment((i, j), eigenvalues)
        for m, n in product(modes, modes):
            moment = gaussian_moment((i, j, m, n), eigenvalues)
            second += position[m] * position[n] * moment
        means = [
            sum((position[m] * gaussian_moment((r, m), eigenvalues) for m in modes), Fraction(0))
            for r in (i, j)
        ]
        return (second - means[0] * means[1]) / batch

    return [[entry(i, j) for j in modes] for i in modes]


def covariance_by_enumeration(
    roots: Vector, position: Vector, label_root: Fraction, batch: int
) -> Matrix:
    """The same by drawing every minibatch of samples with the moments of a Gaussian up to order 4.

    A coordinate is -r, 0 or r with probabilities 1/6, 2/3, 1/6: variance r^2/3, fourth moment
    3 (r^2/3)^2. The label noise is -s or s.
    """
    third = (Fraction(1, 6), Fraction(2, 3), Fraction(1, 6))
    samples = []
    for signs in product((-1, 0, 1), repeat=len(roots)):
        for label_sign in (-1, 1):
            probability = Fraction(1, 2)
            for sign in signs:
                probability *= third[sign + 1]
            z = [r * sign for r, sign in zip(roots, signs, strict=True)]
            error = sum((x * y for x, y in zip(z, position, strict=True)), -label_sign * label_root)
            samples.append((probability, [x * error for x in z]))
    modes = range(len(roots))
    mean = [Fraction(0) for _ in modes]
    second = [[Fraction(0) for _ in modes] for _ in modes]
    for minibatch in product(samples, repeat=batch):
        probability = Fraction(1)
        for p, _ in minibatch:
            probability *= p
        gradient = [sum((g[i] for _, g in minibatch), Fraction(0)) / batch for i in modes]
        for i in modes:
            mean[i] += probability * gradient[i]
            for j in modes:
                second[i][j] += probability * gradient[i] * gradient[j]
    return [[second[i][j] - mean[i] * mean[j] for j in modes] for i in modes]


STATES = (
    ("2 1 3/10", "1 -2 1/2", "7/10"),
    ("3 1/2", "-1/3 5", "0"),
    ("5 5 1 1/100", "0 1 -1 20", "3"),
)


@check("SA-20", "exact", "covariance of a minibatch gradient")
def covariance(settings: Settings) -> Outcome:
    """Fails if the stated covariance is not what the Gaussian moments, or all minibatches, give."""
    compared = 0
    for eigenvalues, position, noise in STATES:
        for batch in (1, 3):
            at = (exact_numbers(eigenvalues), exact_numbers(position), Fraction(noise), batch)
            if stated_covariance(*at) != covariance_by_pairings(*at):
                raise Failed(f"the pairings give another covariance for {at}")
            compared += 1
    for roots, position, label_root, batch in (
        ("3 2 1", "1 -2 1/2", "1/2", 1),
        ("3 1", "1 -2", "2", 2),
    ):
        places, root = exact_numbers(roots), Fraction(label_root)
        drawn = covariance_by_enumeration(places, exact_numbers(position), root, batch)
        eigenvalues_ = tuple(r * r / 3 for r in places)
        if drawn != stated_covariance(eigenvalues_, exact_numbers(position), root**2, batch):
            raise Failed(f"enumerating minibatches gives another covariance: {drawn}")
        compared += 1
    return Outcome(f"{compared} covariance matrices agree exactly")


@check("SA-20", "mutant", "the noise is diagonal")
def not_diagonal(settings: Settings) -> Outcome:
    """Fails if the noise in two directions is uncorrelated in the specification's state."""
    eigenvalues, position, noise = STATES[0]
    found = covariance_by_pairings(
        exact_numbers(eigenvalues), exact_numbers(position), Fraction(noise), 1
    )
    if found[0][1] != -4:
        raise Failed(f"the covariance of the first two coordinates is {found[0][1]}")
    return Outcome("the covariance of the first two coordinates is -4")


def least_squares(
    dominant: Sequence[tuple[str, str]],
    bulk: Sequence[tuple[str, str]],
    step_size: str,
    batch: int,
    label_noise: str,
) -> Model:
    """A model from (eigenvalue, squared gradient) pairs."""
    heads, tails = (
        tuple(Mode(Fraction(h), Fraction(g), Fraction(0)) for h, g in side)
        for side in (dominant, bulk)
    )
    return Model(
        heads, tails, Fraction(step_size), batch_size=batch, label_noise=Fraction(label_noise)
    )


def whole(x: Fraction) -> int:
    """The integer that x is."""
    if x.denominator != 1:
        raise AssertionError(f"{x} is not whole")
    return x.numerator


def minibatch_run(model: Model, steps: int) -> list[Fraction]:
    """Alignments of a run: second moments of x_{t+1} = x_t - eta (minibatch gradient), in integers.

    Written with the second moments u_l = E x_l^2 of the position, from the variance of one sample;
    numerators over a common denominator keep long runs fast.
    """
    step, batch = model.step_size, Fraction(model.batch_size or 0)
    eigenvalues = [m.eigenvalue for m in model.modes]
    denominators = [x.denominator for h in eigenvalues for x in (h, step * h)]
    scale = lcm(*denominators) ** 2 * step.denominator**2
    scale *= int(batch) * model.label_noise.denominator
    second = [m.energy / m.eigenvalue**2 for m in model.modes]
    common = lcm(*(u.denominator for u in second))
    moments = [whole(u * common) for u in second]
    kept = [whole(scale * ((1 - step * h) ** 2 + (step * h) ** 2 / batch)) for h in eigenvalues]
    fed = [
        [whole(scale * step**2 * h * other / batch) for other in eigenvalues] for h in eigenvalues
    ]
    inflow = [whole(scale * step**2 * h * model.label_noise / batch) for h in eigenvalues]
    cut, found = len(model.dominant), []
    for _ in range(steps + 1):
        energies = [h * h * u for h, u in zip(eigenvalues, moments, strict=True)]
        found.append(Fraction(sum(energies[:cut])) / sum(energies))
        moments = [
            keep * u + sum(f * v for f, v in zip(row, moments, strict=True)) + add * common
            for keep, u, row, add in zip(kept, moments, fed, inflow, strict=True)
        ]
        common *= scale
    return found


M1 = least_squares([("1", "10"), ("1/10", "10000")], [("1/20", "10000")], "1/2", 8, "1")


@check("SA-20", "exact", "two turns with three levels")
def two_turns(settings: Settings) -> Outcome:
    """Fails if the specification's run does not rise, fall and rise, with the printed numbers."""
    run = minibatch_run(M1, 399)
    if run[:4] != [world.word("a") for world in _worlds(M1, 4)]:
        raise Failed("the run differs from the one that makes the step on every outcome")
    printed = {0: "0.50025", 3: "0.691207", 125: "0.501158", 399: "0.997805"}
    for time, text in printed.items():
        low, high = rounding_interval(text)
        if not low <= run[time] <= high:
            raise Failed(f"alignment at time {time} is {float(run[time])}, printed {text}")
    turns = [t for t in range(1, 399) if (run[t] - run[t - 1]) * (run[t + 1] - run[t]) < 0]
    if turns != [3, 125]:
        raise Failed(f"alignment turns at {turns}")
    return Outcome("rises to 0.691207, falls to 0.501158 at 125, rises to 0.997805 at 399")


def _worlds(model: Model, count: int) -> list[World]:
    worlds = [World(model)]
    while len(worlds) < count:
        worlds.append(worlds[-1].next())
    return worlds


def _changes(run: Sequence[Fraction]) -> int:
    directions = [x for x in (b - a for a, b in pairwise(run)) if x]
    return sum(1 for a, b in pairwise(directions) if a * b < 0)


@check("SA-20", "exact", "at most one turn on long runs")
def one_turn(settings: Settings) -> Outcome:
    """Fails if a run with two levels turns twice, from above or below the stationary state,
    with a step for which the second moments converge or explode."""
    runs = turned = 0
    for step, batch, noise in product(("1/10", "1/3", "1", "3/2"), (1, 8), ("0", "1")):
        for energies in product(("1/100", "1", "100"), repeat=2):
            model = least_squares(
                [("1", energies[0])], [("1/4", energies[1]), ("1/4", "1/2")], step, batch, noise
            )
            turns = _changes(minibatch_run(model, 25))
            if turns > (noise == "1"):
                raise Failed(f"{turns} turns: {model}")
            runs, turned = runs + 1, turned + turns
    if not turned:
        raise Failed("no run turned: the check would not notice")
    return Outcome(f"{runs} runs of 25 steps, {turned} of them turned, none twice")


BITS = 2048
SMALL = 1e-3  # by how much a distance must have shrunk


@check("SA-20", "exact", "alignment converges to a_1")
def converges_to_slow_alignment(settings: Settings) -> Outcome:
    """Fails if a noise-free run with two levels crosses a_1, moves away from it, or stays apart."""
    checked = 0
    for step, batch in product(("1/3", "1", "5/2"), (1, 16)):
        for start in (("1000", "1"), ("1", "1000")):
            model = least_squares(
                [("1", start[0]), ("1", "3")], [("1/4", start[1])], step, batch, "0"
            )
            gaps = _distances(minibatch_run(model, 100), model)
            with precision(BITS):
                ratios = [new / old for old, new in pairwise(gaps)]
                approaches = all(0 < r < 1 for r in ratios) and gaps[-1] / gaps[0] < SMALL
            if not approaches:
                raise Failed(f"step {step}, batch {batch}, start {start}: {gaps[0]}, {gaps[-1]}")
            checked += 1
    return Outcome(f"{checked} runs approach a_1 at every one of 100 steps")


def _distances(run: Sequence[Fraction], model: Model) -> list[Any]:
    import flint

    limit = enclosure(a_slow, World(model), BITS)
    with precision(BITS):
        return [flint.arb(flint.fmpq(x.numerator, x.denominator)) - limit for x in run]


@check("SA-20", "exact", "the stationary step is critical")
def stationary_step_is_critical(settings: Settings) -> Outcome:
    """Fails if the critical step of a solved stationary state is not the step of the run."""
    checked = 0
    for step, batch in product(("1/10", "1/5", "1/3"), (1, 4, 32)):
        model = least_squares(
            [("4", "1"), ("3", "1")], [("1", "1"), ("1/5", "1")], step, batch, "2"
        )
        try:
            world = World(model.with_energies(stationary(model)))
        except ArithmeticError:
            continue
        if world.word("a_next") != world.word("a") or world.word("eta_star") != model.step_size:
            raise Failed(f"step {step}, batch {batch}: eta* is {world.word('eta_star')}")
        checked += 1
    if checked < 5:
        raise Failed(f"only {checked} stationary states")
    return Outcome(f"eta* = eta in {checked} stationary states")


@check("SA-20", "exact", "one threshold between two shapes")
def one_threshold(settings: Settings) -> Outcome:
    """Fails if q changes sign other than once, from + to -, as only the alignment grows."""
    models = (
        least_squares([("2", "1"), ("1", "3")], [("1/5", "1"), ("1/10", "1/2")], "1", 1, "1"),
        least_squares([("1", "1")], [("1/2", "1")] * 9, "1", 2, "10"),
        least_squares([("1", "1/1000")], [("9/10", "1/1000")], "1", 16, "100"),
        least_squares([("5", "1")], [("1/10", "1")], "1", 4, "0"),
    )
    alignments = [Fraction(n, 500) for n in range(1, 500)]
    alignments += [1 - Fraction(1, 10**n) for n in range(3, 9)]
    for model in models:
        world = World(model)
        values = [world.changed("alignment", x).word("q") for x in alignments]
        signs = [(x > 0) - (x < 0) for x in values]
        if signs != sorted(signs, reverse=True) or {signs[0], signs[-1]} != {1, -1}:
            raise Failed(f"q does not change sign once: {model}")
    return Outcome(f"one sign change along {len(alignments)} alignments in {len(models)} models")
