"""TS-3: minibatches enumerated, drawn with and without replacement, and in a reshuffled epoch."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations, permutations, product

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.exact_matrices import (
    Matrix,
    dot,
    random_basis,
    random_vector,
    scaled,
    trace,
    with_spectrum,
)
from verify.tiny_subspaces import words_sampled_step  # noqa: F401  # registers meanings

INSTANCES = {"fast": 4, "full": 40}
SAMPLES, ETA = 4, Fraction(1, 7)


def mean(vectors: Iterable[Matrix]) -> Matrix:
    """The mean of some vectors."""
    found = list(vectors)
    return scaled(Fraction(1, len(found)), sum(found[1:], found[0]))


@check("TS-3", "exact", "minibatches with and without replacement")
def minibatches(settings: Settings) -> Outcome:
    """Fails when the mean over all minibatches of the correlation is not -eta |grad|^2, or the
    second order not eta^2/2 (grad^T H grad + tr(H Sigma)) with the covariance of that draw."""
    source = random.Random(settings.stream("TS-3", "minibatches"))
    count, batches = INSTANCES.get(settings.tier, INSTANCES["full"]), 0
    for _ in range(count):
        size = source.randint(2, 4)
        spectrum = [Fraction(source.randint(-5, 9), 2) for _ in range(size)]
        hessian = with_spectrum(spectrum, random_basis(size, source))
        gradients = [random_vector(size, source) for _ in range(SAMPLES)]
        full = mean(gradients)
        noises = [g - full for g in gradients]
        covariance = mean(xi * xi.transpose() for xi in noises)
        for b in range(1, SAMPLES + 1):
            left = Fraction(SAMPLES - b, SAMPLES - 1)  # what drawing without replacement leaves
            draws = (
                (product(gradients, repeat=b), Fraction(1, b)),
                (combinations(gradients, b), left / b),
            )
            for batch_list, factor in draws:
                steps = [scaled(-ETA, mean(batch)) for batch in batch_list]
                first = sum((dot(full, step) for step in steps), Fraction(0)) / len(steps)
                second = sum((dot(s, hessian * s) for s in steps), Fraction(0)) / 2 / len(steps)
                noise = factor * trace(hessian * covariance)
                expected = ETA**2 / 2 * (dot(full, hessian * full) + noise)
                if first != -ETA * dot(full, full) or second != expected:
                    raise Failed(f"{first} and {second} for batches of {b} of {SAMPLES}")
                batches += len(steps)
    return Outcome(f"{batches} minibatches of {count} losses, every batch size")


@check("TS-3", "exact", "one batch of a shuffle is a fresh draw")
def marginal_of_a_shuffle(settings: Settings) -> Outcome:
    """Fails when, averaged over all orders, some batch of an epoch is biased at a fixed state."""
    source = random.Random(settings.stream("TS-3", "shuffles"))
    gradients = [random_vector(3, source) for _ in range(SAMPLES)]
    orders = list(permutations(gradients))
    for position in range(0, SAMPLES, 2):
        if mean(mean(order[position : position + 2]) for order in orders) != mean(gradients):
            raise Failed(f"the batch at position {position} is biased")
    return Outcome(f"{len(orders)} orders: every batch has the full gradient as its mean")


@check("TS-3", "mutant", "inside a reshuffled epoch")
def reshuffled_epoch(settings: Settings) -> Outcome:
    """Fails unless the second step of an epoch has a positive correlation, given the first.

    Losses (x - 3)^2/2 and (x + 1)^2/2, batches of one, from x = 0, eta = 1/10: whoever knows that
    the first step went to 3/10 knows which sample is left.
    """
    centres, eta = (Fraction(3), Fraction(-1)), Fraction(1, 10)
    states: dict[Fraction, list[Fraction]] = {}
    for order in permutations(centres):
        x = -eta * (0 - order[0])
        states.setdefault(x, []).append(x - order[1])
    seen = []
    for x, second in states.items():
        full = sum((x - c for c in centres), Fraction(0)) / 2
        correlation = -eta * full * sum(second, Fraction(0)) / len(second)
        if correlation == -eta * full**2:
            raise Failed(f"the second step from {x} is unbiased")
        seen.append(f"{correlation} against {-eta * full**2} at x = {x}")
    if not any(text.startswith("-") is False for text in seen):
        raise Failed("no correlation is positive")
    return Outcome("; ".join(seen))
