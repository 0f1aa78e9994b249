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


def independent_batches(
    samples: int, batch_size: int, count: int, rng: np.random.Generator
) -> IndexArray:
    """`count` independent batches with replacement, shape (count, b)."""
    return rng.integers(samples, size=(count, batch_size))


def shuffled_passes(
    samples: int, batch_size: int, count: int, rng: np.random.Generator
) -> IndexArray:
    """`count` shuffled passes over the data, each cut into floor(N/b) batches without replacement.

    Shape (count, floor(N/b), b); what is left over at the end of a pass is dropped. Every batch on
    its own is uniform among all batches without replacement.
    """
    order = rng.permuted(np.tile(np.arange(samples), (count, 1)), axis=1)
    whole = samples // batch_size
    passes: IndexArray = order[:, : whole * batch_size].reshape(count, whole, batch_size)
    return passes
