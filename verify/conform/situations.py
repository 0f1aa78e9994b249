"""The situations an optimiser is put into, simplest first: small quadratics in short fractions.

All are chosen so that plain SGD makes no rounding error in double precision: positions, gradients,
their products with the step size and the new positions are doubles. Only a run of several steps
can force SGD to round, and only if its step size has a long binary expansion.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice, product

from verify.conform.world import Exact, Situation
from verify.meaning import exact_root, noise_atoms
from verify.models import Mode, Model
from verify.search import weight

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
ONE, ZERO = Fraction(1), Fraction(0)
PAIRS = (
    (ONE, HALF),
    (HALF, QUARTER),
    (Fraction(2), ONE),
    (ONE, QUARTER),
    (Fraction(3, 2), ONE),
    (Fraction(1, 8), Fraction(1, 16)),
    (ONE, ONE),
    (ONE, -HALF),
)
"""Eigenvalues of one dominant and one bulk mode, in units of about 1/step size."""

LARGER = (((1, HALF), (QUARTER,)), ((1,), (HALF, QUARTER)), ((2, 1), (HALF, QUARTER / 2)))
LONG = ((HALF, QUARTER), (QUARTER, QUARTER / 2), (ONE, QUARTER), (ONE, HALF))
GRADIENTS = tuple(Fraction(x) for x in (1, 0, 2, HALF, 3, 4))
VARIANCES = tuple(Fraction(x) for x in (0, 1, 2, 3, HALF, 4))
BEFORE = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (1, -1))
STATES = 14
"""States (gradient, noise variance) of one mode: as many of the simplest as this."""

MAIN, FEW = 5, 8
"""The first spectra meet all states; the rest, and optimisers with a past, only the simplest."""

MANY = 60
"""Situations drawn from each larger spectrum."""

HORIZON = 3
"""Times at which a run is looked at."""


def is_double(x: Fraction) -> bool:
    """Whether x is a number of double precision."""
    return abs(x) < 2**1000 and Fraction(float(x)) == x


def exact_for_sgd(situation: Situation) -> bool:
    """Whether x - eta gamma makes no rounding error, now and in all steps made before."""
    step, places = situation.model.step_size, situation.origin
    for gradient in situation.earlier:
        if not all(_exact_step(x, step, g) for x, g in zip(places, gradient, strict=True)):
            return False
        places = tuple(x - step * g for x, g in zip(places, gradient, strict=True))
    return all(
        _exact_step(x, step, gradient + xi)
        for x, mode, gradient in zip(places, situation.model.modes, _roots(situation), strict=True)
        for chance, xi in noise_atoms(mode.variance)
        if chance
    )


@cache
def situations(step_size: Fraction, momentum: Fraction = ZERO) -> tuple[Situation, ...]:
    """Situations of one step, simplest first: fresh, elsewhere than at 0, after an earlier step.

    `momentum` is written into the models: it is what the word beta means.
    """
    scale = _unit(step_size)
    states = _states(step_size)
    made: list[Situation] = []
    for number, (first, second) in enumerate(PAIRS):
        for one, other in product(states if number < MAIN else states[:FEW], repeat=2):
            model = _model([(first * scale, *one)], [(second * scale, *other)], step_size, momentum)
            fresh = Situation(model, (ZERO, ZERO))
            made.append(fresh)
            made += islice(_elsewhere(fresh), 1)
            if number < MAIN and {one, other} <= set(states[:FEW]):
                made += (replace(fresh, earlier=(tuple(map(Fraction, b)),)) for b in BEFORE)
    made += _larger(scale, states, step_size, momentum)
    return tuple(sorted(filter(exact_for_sgd, made), key=simplicity))


def runs(step_size: Fraction, momentum: Fraction = ZERO) -> tuple[Situation, ...]:
    """Situations of several steps, simplest first, most of them with a large initial gradient."""
    scale = _unit(step_size)
    starts = tuple(map(Fraction, (1, 4, 16)))
    noises = ((ONE, ZERO), (ZERO, ONE), (ZERO, ZERO), (ONE, ONE))
    made = []
    for (first, second), g, h, (v, w) in product(LONG, starts, starts, noises):
        if v and w and g != h:
            continue  # four outcomes a step: a few such runs must do
        model = _model(
            [(first * scale, g, v)], [(second * scale, h, w)], step_size, momentum, HORIZON
        )
        made.append(Situation(model, (ZERO, ZERO)))
    return tuple(sorted(made, key=simplicity))


def _unit(step_size: Fraction) -> Fraction:
    """The power of two next to 1/step size."""
    return Fraction(2) ** round(-math.log2(step_size))


def _states(step_size: Fraction) -> list[tuple[Fraction, Fraction]]:
    """The simplest (gradient, variance) of a mode on which SGD from 0 does not round."""
    pairs = sorted(
        product(GRADIENTS, VARIANCES), key=lambda s: (_size(s[0]) + _size(s[1]), s[1], s[0])
    )
    good = [
        (g, v)
        for g, v in pairs
        if all(_exact_step(ZERO, step_size, g + xi) for w, xi in noise_atoms(v) if w)
    ]
    return good[:STATES]


def _size(x: Fraction) -> int:
    return x.numerator + 2 * (x.denominator - 1)


def _larger(
    scale: Fraction,
    states: list[tuple[Fraction, Fraction]],
    step_size: Fraction,
    momentum: Fraction,
) -> Iterator[Situation]:
    """A few situations with more than one mode in a block; always the same ones."""
    choose = random.Random(0)
    for dominant, bulk in LARGER:
        for _ in range(MANY):
            tops, flats = (
                [(Fraction(x) * scale, *choose.choice(states)) for x in side]
                for side in (dominant, bulk)
            )
            model = _model(tops, flats, step_size, momentum)
            origin = (ZERO,) * len(model.modes)
            before = tuple(Fraction(choose.choice((0, 1, 2))) for _ in origin)
            yield Situation(model, origin, (before,) if choose.random() < 0.5 else ())


def _model(
    dominant: list[tuple[Fraction, Fraction, Fraction]],
    bulk: list[tuple[Fraction, Fraction, Fraction]],
    step_size: Fraction,
    momentum: Fraction,
    horizon: int = 1,
) -> Model:
    sides = [tuple(Mode(x, g * g, v) for x, g, v in side) for side in (dominant, bulk)]
    return Model(sides[0], sides[1], step_size, horizon=horizon, momentum=momentum)


def _elsewhere(situation: Situation) -> Iterator[Situation]:
    """The situation with an optimiser that does not stand at 0."""
    step = situation.model.step_size
    for unit in (ONE, step, 2 * step, 4 * step, step / 2, -step, -2 * step):
        moved = replace(situation, origin=(unit,) * len(situation.origin))
        if exact_for_sgd(moved):
            yield moved


def _exact_step(x: Fraction, step: Fraction, gradient: Fraction) -> bool:
    return all(map(is_double, (x, gradient, step * gradient, x - step * gradient)))


def _roots(situation: Situation) -> Exact:
    return tuple(exact_root(m.energy) or ZERO for m in situation.model.modes)


def simplicity(situation: Situation) -> tuple[int, bool, tuple[int, int, int]]:
    """Fresh before warm, at 0 before elsewhere, then what looks simple."""
    return (len(situation.earlier), any(situation.origin), weight(situation.model))
