"""Standardised noise of many coordinates: LANES numbers, one per replica, for each coordinate.

Coordinates come in fours (`block` is the number of the first four, `quads` how many fours), end to
end in `out`. The number of lanes is a constant, so that the compiler can unroll and vectorise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.kernels.compilation import compiled
from verify.kernels.variates import flip, gaussian_pair, laplace, student_t, uniform
from verify.kernels.words import HALF_WORD, U, words

RADEMACHER, GAUSSIAN, UNIFORM, LAPLACE, STUDENT_T = range(5)
LANES = 16  # replicas advanced together
FIRST: Any = np.int64(0)  # a literal 0 is a type of its own: everything would compile twice
BLOCK = 128  # coordinates served by one Philox call of Rademacher signs, and size of a tile


@compiled
def fill_words(out: Any, block: int, step: int, first: int, stream: Any, key: Any) -> None:
    """The 128 random bits of each replica for a tile: a row of low words, a row of high ones."""
    for i in range(LANES):
        w0, w1, w2, w3 = words(U(block), U(step), U(first + i), stream, key)
        out[i] = w0 | (w1 << HALF_WORD)
        out[LANES + i] = w2 | (w3 << HALF_WORD)


@compiled
def fill_signs(
    out: Any, bits: Any, block: int, quads: int, step: int, first: int, stream: Any, key: Any
) -> None:
    """Signs, from the bits of a tile of 32 fours; `bits` is room for two rows of words."""
    for q in range(quads):
        number = block + q
        if q == 0 or number % 32 == 0:
            fill_words(bits, number // 32, step, first, stream, key)
        four, row = out[4 * q * LANES :], 4 * (number % 32)
        source, up = bits[(row >> 6) * LANES :], U(60) - U(row & 63)
        for i in range(LANES):
            word = source[i] << up
            four[3 * LANES + i] = flip(1.0, word)
            four[2 * LANES + i] = flip(1.0, word << U(1))
            four[LANES + i] = flip(1.0, word << U(2))
            four[i] = flip(1.0, word << U(3))


@compiled
def fill_gaussian(
    out: Any, block: int, quads: int, step: int, first: int, stream: Any, key: Any
) -> None:
    for q in range(quads):
        four, number = out[4 * q * LANES :], U(block + q)
        for i in range(LANES):
            w0, w1, w2, w3 = words(number, U(step), U(first + i), stream, key)
            four[i], four[LANES + i] = gaussian_pair(w0, w1)
            four[2 * LANES + i], four[3 * LANES + i] = gaussian_pair(w2, w3)


@compiled
def fill_uniform(
    out: Any, block: int, quads: int, step: int, first: int, stream: Any, key: Any
) -> None:
    for q in range(quads):
        four, number = out[4 * q * LANES :], U(block + q)
        for i in range(LANES):
            w0, w1, w2, w3 = words(number, U(step), U(first + i), stream, key)
            four[i], four[LANES + i] = uniform(w0), uniform(w1)
            four[2 * LANES + i], four[3 * LANES + i] = uniform(w2), uniform(w3)


@compiled
def fill_laplace(
    out: Any, block: int, quads: int, step: int, first: int, stream: Any, key: Any
) -> None:
    for q in range(2 * quads):
        pair, number = out[2 * q * LANES :], U(2 * block + q)
        for i in range(LANES):
            w0, w1, w2, w3 = words(number, U(step), U(first + i), stream, key)
            pair[i], pair[LANES + i] = laplace(w0, w1), laplace(w2, w3)


@compiled
def fill_student_t(
    out: Any,
    block: int,
    quads: int,
    step: int,
    first: int,
    stream: Any,
    key: Any,
    freedom: float,
    scale: float,
) -> None:
    for q in range(2 * quads):
        pair, number = out[2 * q * LANES :], U(2 * block + q)
        for i in range(LANES):
            w0, w1, w2, w3 = words(number, U(step), U(first + i), stream, key)
            pair[i] = student_t(w0, w1, freedom, scale)
            pair[LANES + i] = student_t(w2, w3, freedom, scale)


@compiled
def fill(
    out: Any,
    bits: Any,
    family: int,
    parameters: Any,
    block: int,
    quads: int,
    step: int,
    first: int,
    stream: Any,
    key: Any,
) -> None:
    """Noise of any family."""
    if family == RADEMACHER:
        fill_signs(out, bits, block, quads, step, first, stream, key)
    elif family == GAUSSIAN:
        fill_gaussian(out, block, quads, step, first, stream, key)
    elif family == UNIFORM:
        fill_uniform(out, block, quads, step, first, stream, key)
    elif family == LAPLACE:
        fill_laplace(out, block, quads, step, first, stream, key)
    else:
        freedom, scale = parameters[0], parameters[1]
        fill_student_t(out, block, quads, step, first, stream, key, freedom, scale)
