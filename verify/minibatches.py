"""Minibatches of a data set as index arrays: all of them with their weights, or random ones."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]


def number_of_batches(samples: int, batch_size: int, replacement: bool) -> int:
    """How many different batches there are (order ignored)."""
    if replacement:
        return math.comb(samples + batch_size - 1, batch_size)
    return math.comb(samples, batch_size)


def all_batches(samples: int, batch_size: int, replacement: bool) -> tuple[IndexArray, FloatArray]:
    """Every batch once, shape (m, b), and its probability, shape (m,).

    With replacement a batch is a multiset, drawn in b!/(m_1! m_2! ...) of the N^b equally likely
    orders.
    """
    if not replacement:
        batches = np.array(list(itertools.combinations(range(samples), batch_size)), dtype=np.intp)
        return batches, np.full(len(batches), 1 / len(batches))
    multisets = list(itertools.combinations_with_replacement(range(samples), batch_size))
    orders = np.array([_orders(multiset) for multiset in multisets])
    return np.array(multisets, dtype=np.intp), orders / float(samples) ** batch_size


def _orders(multiset: tuple[int, ...]) -> float:
    repeats = (math.factorial(len(list(group))) for _, group in itertools.groupby(multiset))
    return float(math.factorial(len(multiset)) // math.prod(repeats))


def random_batches(
    samples: int, batch_size: int, count: int, replacement: bool, rng: np.random.Generator
) -> IndexArray:
    """`count` independent uniform batches, shape (count, b)."""
    if replacement:
        return rng.integers(samples, size=(count, batch_size))
    return _random_subsets(samples, batch_size, count, rng)


def _random_subsets(samples: int, size: int, count: int, rng: np.random.Generator) -> IndexArray:
    """Floyd's algorithm for all rows at once: every subset of the given size is equally likely."""
    chosen = np.empty((count, size), dtype=np.intp)
    for position, newest in enumerate(range(samples - size, samples)):
        candidate = rng.integers(newest + 1, size=count)
        taken = (chosen[:, :position] == candidate[:, None]).any(axis=1)
        chosen[:, position] = np.where(taken, newest, candidate)
    return chosen
