"""The compiled inner loops of the simulator: random streams and literal SGD steps.

Random numbers come from Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
easy as 1, 2, 3", 2011): a function of (seed, replica, step, coordinate) and of nothing else, so
threads, chunks and the order of the loops cannot change a bit. Only +, -, *, /, sqrt, floor and bit
operations are used, and sums keep their order, so the bits do not depend on the width of the
machine's vectors or on its mathematical library either; the one exception is the inner product of a
minibatch with the state.

The generators are the family codes below, each with mean 0 and variance 1:
Rademacher: one bit. Uniform: the 2^32 midpoints of (-sqrt 3, sqrt 3). Gaussian: Box-Muller from a
40-bit radius and a 24-bit angle; the tails end at |z| = 7.6, a missing probability of 5e-13 per
pair. Laplace: inverse distribution function of a 63-bit word. Student t: Bailey's polar method
from a 40-bit radius and a 24-bit angle, tails cut at the same probability, rescaled so that the
variance of what is drawn is exactly one.

Everything compiled that shares a function stays in this one file: numba's cache watches the file
of the function it compiled, not the files of the functions called.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])
njit: Any = numba.njit  # the compiler's own types do not describe what it returns

RADEMACHER, GAUSSIAN, UNIFORM, LAPLACE, STUDENT_T = range(5)
BLOCK = 128  # coordinates served by one Philox call of Rademacher signs, and size of a tile
U = np.uint64
LOW = U(0xFFFFFFFF)
STEP_STREAM, FACTOR_STREAM, SAMPLE_STREAM, LABEL_STREAM = U(0), U(1), U(2), U(3)
STEP_SIZE, MOMENTUM, NOISE, DOMINANT, BULK = range(5)  # columns of a plan, one row per step
SIGN = U(0x8000000000000000)
HALF_WORD = U(32)
TWO_52 = 4503599627370496.0
QUARTER_TURN = math.pi / 2 / 2**22
TWO_52_BITS = U(0x4330000000000000)


def compiled(function: Function, **options: Any) -> Function:
    """Compile with a disk cache, or without one where no folder can be written."""
    options |= {"nogil": True, "error_model": "numpy"}
    try:
        cached: Function = njit(cache=True, **options)(function)
        return cached
    except RuntimeError:  # numba finds no writable folder for its cache
        plain: Function = njit(**options)(function)
        return plain


def reordered(function: Function) -> Function:
    """Compile with sums in the order that the machine's vectors prefer: the same on every run."""
    return compiled(function, fastmath={"reassoc"})


def inlined(function: Function) -> Function:
    """Compile into every caller, so that the caller's loop becomes one loop over vectors."""
    result: Function = njit(inline="always")(function)
    return result


def _bits_of(typing_context: Any, value: Any) -> Any:
    """The 64 bits of a double."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), generate


bits_of: Any = intrinsic(_bits_of)


def _double_of(typing_context: Any, value: Any) -> Any:
    """The double with these 64 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


double_of: Any = intrinsic(_double_of)


# --- random words -----------------------------------------------------------------------------


@inlined
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Philox4x32-10: 128-bit counter, 64-bit key; each 32-bit word in the low half of a uint64."""
    for _ in range(10):
        left = c0 * U(0xD2511F53)
        right = c2 * U(0xCD9E8D57)
        c0 = (right >> HALF_WORD) ^ c1 ^ k0
        c1 = right & LOW
        c2 = (left >> HALF_WORD) ^ c3 ^ k1
        c3 = left & LOW
        k0 = (k0 + U(0x9E3779B9)) & LOW
        k1 = (k1 + U(0xBB67AE85)) & LOW
    return c0, c1, c2, c3


@inlined
def words(block: Any, step: Any, replica: Any, stream: Any, key: Any) -> Any:
    """Four 32-bit words belonging to this block of coordinates, step, replica and stream."""
    return philox(
        block,
        step,
        replica & LOW,
        ((replica >> HALF_WORD) << U(8)) | stream,
        key & LOW,
        key >> HALF_WORD,
    )


# --- numbers from words -----------------------------------------------------------------------


@inlined
def exact_double(integer: Any) -> Any:
    """An integer below 2^52 as a double."""
    return double_of(integer | TWO_52_BITS) - TWO_52


@inlined
def flip(value: Any, word: Any) -> Any:
    """The value with its sign changed where the top bit of the word is set."""
    return double_of(bits_of(value) ^ (word & SIGN))


@inlined
def minus_log(value: Any, exponent: Any) -> Any:
    """-ln(value 2^-exponent) for a double 0 < value <= 2^exponent (fdlibm's series)."""
    bits = bits_of(value) + U(0x00095F619980C433)  # powers then split at sqrt(1/2), not at 1
    power = double_of((bits >> U(52)) | TWO_52_BITS) - (TWO_52 + 1023.0)
    f = double_of((bits & U(0x000FFFFFFFFFFFFF)) + U(0x3FE6A09E667F3BCD)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = 0.1531383769920937332 + z * 0.1479819860511658591
    r = 0.2222219843214978396 + z * (0.1818357216161805012 + z * r)
    r = 0.3999999999940941908 + z * (0.2857142874366239149 + z * r)
    r = z * (0.6666666666666735130 + z * r)
    half_square = 0.5 * f * f
    return (exponent - power) * 0.6931471805599453094 - (f - (half_square - s * (half_square + r)))


@inlined
def direction(word: Any) -> Any:
    """sqrt 2 times a point of the unit circle, from the low 24 bits of a word."""
    angle = (exact_double(word & U(0x3FFFFF)) + (0.5 - 2097152.0)) * QUARTER_TURN
    z = angle * angle
    s = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10
    s = -1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 + z * s)
    s = -1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * s)
    s = angle + angle * z * s
    c = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11
    c = 2.48015872894767294178e-05 + z * (-2.75573143513906633035e-07 + z * c)
    c = 4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * c)
    c = 1.0 - 0.5 * z + z * z * c
    return flip(c - s, word << U(40)), flip(c + s, word << U(41))


@inlined
def radius_log(low: Any, high: Any) -> Any:
    """-ln of a uniform number with 40 random bits: all of `low`, the top eight of `high`."""
    return minus_log(exact_double(low | ((high >> U(24)) << HALF_WORD)) + 0.5, 40.0)


@inlined
def gaussian_pair(low: Any, high: Any) -> Any:
    """Two independent standard normal numbers (Box-Muller)."""
    radius = math.sqrt(radius_log(low, high))
    x, y = direction(high)
    return radius * x, radius * y


@inlined
def uniform(word: Any) -> Any:
    return (exact_double(word) + (0.5 - 2147483648.0)) * (1.7320508075688772935 / 2147483648.0)


@inlined
def laplace(low: Any, high: Any) -> Any:
    magnitude = exact_double(low) + 0.5 + exact_double(high & U(0x7FFFFFFF)) * 4294967296.0
    return flip(minus_log(magnitude, 63.0) * 0.70710678118654752440, high << HALF_WORD)


@inlined
def expm1(y: Any) -> Any:
    """e^y - 1 for 0 <= y < 600, from e^y = 2^k e^r with |r| <= ln 2 / 2 and a Taylor polynomial."""
    k = math.floor(y * 1.4426950408889634074 + 0.5)
    r = (y - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    p = 1.0 / 6227020800.0 + r * (1.0 / 87178291200.0)
    p = 1.0 / 39916800.0 + r * (1.0 / 479001600.0 + r * p)
    p = 1.0 / 362880.0 + r * (1.0 / 3628800.0 + r * p)
    p = 1.0 / 5040.0 + r * (1.0 / 40320.0 + r * p)
    p = 1.0 / 120.0 + r * (1.0 / 720.0 + r * p)
    p = r + r * r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * p)))
    power = double_of((bits_of(k + TWO_52) + U(1023)) << U(52))
    return power * p + (power - 1.0)


@inlined
def student_t(low: Any, high: Any, freedom: Any, scale: Any) -> Any:
    """sqrt(nu (u^(-2/nu) - 1)) cos(angle) has Student's law (Bailey 1994)."""
    radius = math.sqrt(expm1(radius_log(low, high) * (2.0 / freedom)))
    x, _ = direction(high)
    return radius * x * scale


@compiled
def fill_signs(out: Any, words_of_tile: Any, row: int) -> None:
    """Four rows of random signs from the bits of a tile."""
    shift = U(row & 63)
    source = words_of_tile[row >> 6]
    for j in range(4):
        target = out[j]
        up = U(63) - shift - U(j)
        for i in range(target.size):
            target[i] = flip(1.0, source[i] << up)


@compiled
def fill_gaussian(out: Any, block: int, step: int, first: int, stream: Any, key: Any) -> None:
    a, b, c, d = out[0], out[1], out[2], out[3]
    for i in range(a.size):
        w0, w1, w2, w3 = words(U(block), U(step), U(first + i), stream, key)
        a[i], b[i] = gaussian_pair(w0, w1)
        c[i], d[i] = gaussian_pair(w2, w3)


@compiled
def fill_uniform(out: Any, block: int, step: int, first: int, stream: Any, key: Any) -> None:
    a, b, c, d = out[0], out[1], out[2], out[3]
    for i in range(a.size):
        w0, w1, w2, w3 = words(U(block), U(step), U(first + i), stream, key)
        a[i], b[i], c[i], d[i] = uniform(w0), uniform(w1), uniform(w2), uniform(w3)


@compiled
def fill_laplace(out: Any, block: int, step: int, first: int, stream: Any, key: Any) -> None:
    for half in range(2):
        a, b = out[2 * half], out[2 * half + 1]
        for i in range(a.size):
            w0, w1, w2, w3 = words(U(2 * block + half), U(step), U(first + i), stream, key)
            a[i], b[i] = laplace(w0, w1), laplace(w2, w3)


@compiled
def fill_student_t(
    out: Any, block: int, step: int, first: int, stream: Any, key: Any, freedom: float, scale: float
) -> None:
    for half in range(2):
        a, b = out[2 * half], out[2 * half + 1]
        for i in range(a.size):
            w0, w1, w2, w3 = words(U(2 * block + half), U(step), U(first + i), stream, key)
            a[i] = student_t(w0, w1, freedom, scale)
            b[i] = student_t(w2, w3, freedom, scale)


@compiled
def fill_words(out: Any, block: int, step: int, first: int, stream: Any, key: Any) -> None:
    """The 128 random bits of each replica for a tile, as two rows of uint64."""
    low, high = out[0], out[1]
    for i in range(low.size):
        w0, w1, w2, w3 = words(U(block), U(step), U(first + i), stream, key)
        low[i] = w0 | (w1 << HALF_WORD)
        high[i] = w2 | (w3 << HALF_WORD)


@compiled
def fill_quad(
    out: Any,
    signs: Any,
    family: int,
    parameters: Any,
    block: int,
    step: int,
    first: int,
    stream: Any,
    key: Any,
) -> None:
    """Standardised noise of coordinates 4 block ... 4 block + 3, a row each, a replica per lane."""
    if family == RADEMACHER:
        fill_signs(out, signs, 4 * (block % (BLOCK // 4)))
    elif family == GAUSSIAN:
        fill_gaussian(out, block, step, first, stream, key)
    elif family == UNIFORM:
        fill_uniform(out, block, step, first, stream, key)
    elif family == LAPLACE:
        fill_laplace(out, block, step, first, stream, key)
    else:
        fill_student_t(out, block, step, first, stream, key, parameters[0], parameters[1])


# --- additive noise ---------------------------------------------------------------------------


@compiled
def assign(target: Any, factor: float, source: Any) -> None:
    """target <- factor source; a loop compiles in a fraction of the time of an array expression."""
    for i in range(target.size):
        target[i] = factor * source[i]


@compiled
def observe(x: Any, curvature: Any, energy: Any, loss: Any, with_loss: bool) -> None:
    """Add this coordinate's squared gradient and its share of the loss."""
    for i in range(x.size):
        gradient = curvature * x[i]
        energy[i] += gradient * gradient
    if with_loss:
        for i in range(x.size):
            loss[i] += 0.5 * curvature * x[i] * x[i]


@compiled
def step_signs(
    x: Any, signs: Any, row: int, curvature: Any, scale: Any, eta: float, energy: Any
) -> None:
    """One literal SGD step of four coordinates with Rademacher noise; energy before the step."""
    x0, x1, x2, x3 = x[row], x[row + 1], x[row + 2], x[row + 3]
    l0, l1, l2, l3 = curvature[row], curvature[row + 1], curvature[row + 2], curvature[row + 3]
    s0, s1, s2, s3 = scale[row], scale[row + 1], scale[row + 2], scale[row + 3]
    source = signs[row >> 6]
    shift = U(60) - U(row & 63)
    for i in range(x0.size):
        word = source[i] << shift
        g0, g1, g2, g3 = l0 * x0[i], l1 * x1[i], l2 * x2[i], l3 * x3[i]
        energy[i] = energy[i] + g0 * g0 + g1 * g1 + g2 * g2 + g3 * g3
        x0[i] -= eta * (g0 + flip(s0, word << U(3)))
        x1[i] -= eta * (g1 + flip(s1, word << U(2)))
        x2[i] -= eta * (g2 + flip(s2, word << U(1)))
        x3[i] -= eta * (g3 + flip(s3, word))


@compiled
def step_rows(
    x: Any, noise: Any, row: int, curvature: Any, scale: Any, eta: float, energy: Any
) -> None:
    """One literal SGD step of four coordinates; energy before the step."""
    x0, x1, x2, x3 = x[row], x[row + 1], x[row + 2], x[row + 3]
    z0, z1, z2, z3 = noise[0], noise[1], noise[2], noise[3]
    l0, l1, l2, l3 = curvature[row], curvature[row + 1], curvature[row + 2], curvature[row + 3]
    s0, s1, s2, s3 = scale[row], scale[row + 1], scale[row + 2], scale[row + 3]
    for i in range(x0.size):
        g0, g1, g2, g3 = l0 * x0[i], l1 * x1[i], l2 * x2[i], l3 * x3[i]
        energy[i] = energy[i] + g0 * g0 + g1 * g1 + g2 * g2 + g3 * g3
        x0[i] -= eta * (g0 + s0 * z0[i])
        x1[i] -= eta * (g1 + s1 * z1[i])
        x2[i] -= eta * (g2 + s2 * z2[i])
        x3[i] -= eta * (g3 + s3 * z3[i])


@compiled
def heavy_row(
    x: Any, velocity: Any, noise: Any, curvature: float, scale: float, eta: float, beta: float
) -> None:
    """One heavy-ball step of one coordinate: v = beta v - eta (g + noise), x = x + v."""
    for i in range(x.size):
        velocity[i] = beta * velocity[i] - eta * (curvature * x[i] + scale * noise[i])
        x[i] += velocity[i]


@compiled
def add_factor(noise: Any, scale: Any, factor: Any, latent: Any) -> None:
    """noise <- scale * noise + factor latent, four coordinates."""
    for j in range(4):
        row = noise[j]
        for i in range(row.size):
            row[i] *= scale[j]
        for m in range(latent.shape[0]):
            weight = factor[j, m]
            source = latent[m]
            for i in range(row.size):
                row[i] += weight * source[i]


@compiled
def run_tile(
    low: int,
    high: int,
    side: int,
    curvature_all: Any,
    scale_all: Any,
    factor_all: Any,
    start: Any,
    family: int,
    parameters: Any,
    heavy: bool,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Coordinates low ... high - 1 of one block of 128 and one side, from first to last step."""
    lanes, steps, rank = energy.shape[1], plan.shape[0], factor_all.shape[1]
    base = (low // BLOCK) * BLOCK
    bottom, top = (low - base) // 4 * 4, (high - base + 3) // 4 * 4
    curvature, scale, ones = np.zeros(BLOCK), np.zeros(BLOCK), np.ones(BLOCK)
    factor = np.zeros((BLOCK, rank))
    x, velocity = np.zeros((BLOCK, lanes)), np.zeros((BLOCK, lanes))
    for c in range(low - base, high - base):
        curvature[c], scale[c] = curvature_all[base + c], scale_all[base + c]
        for m in range(rank):
            factor[c, m] = factor_all[base + c, m]
        for i in range(lanes):
            x[c, i] = start[min(i, start.shape[0] - 1), base + c]
    signs = np.zeros((2, lanes), np.uint64)
    factor_signs = np.zeros((2, lanes), np.uint64)
    noise, unread = np.zeros((4, lanes)), np.zeros(lanes)
    latent = np.zeros(((rank + 3) // 4 * 4, lanes))
    scale_now = np.zeros(BLOCK)
    with_loss, with_positions = loss.shape[0] > 0, positions.shape[0] > 0
    for t in range(steps + 1):
        slot = slots[t]
        moves = t < steps and plan[t, DOMINANT + side] != 0.0
        fused = moves and not heavy
        if slot >= 0:
            for c in range(low - base, high - base):
                if not fused:
                    observe(x[c], curvature[c], energy[slot], unread, False)
                if with_loss:
                    observe(x[c], curvature[c], unread, loss[slot], True)
                if with_positions:
                    assign(positions[slot, base + c], 1.0, x[c])
        if t == steps:
            break
        if not moves:
            for c in range(BLOCK):
                assign(velocity[c], 0.0, velocity[c])
            continue
        eta, beta, strength = plan[t, STEP_SIZE], plan[t, MOMENTUM], plan[t, NOISE]
        noisy = strength != 0.0
        record = energy[slot] if slot >= 0 else unread
        assign(scale_now, strength, scale)
        if noisy and family == RADEMACHER:
            fill_words(signs, low // BLOCK, t, first, STEP_STREAM, key)
        if noisy:
            for m in range(0, rank, 4):
                if family == RADEMACHER and m % BLOCK == 0:
                    fill_words(factor_signs, m // BLOCK, t, first, FACTOR_STREAM, key)
                fill_quad(
                    latent[m : m + 4],
                    factor_signs,
                    family,
                    parameters,
                    m // 4,
                    t,
                    first,
                    FACTOR_STREAM,
                    key,
                )
            for m in range(rank):
                assign(latent[m], strength, latent[m])
        if noisy and family == RADEMACHER and rank == 0 and not heavy:
            for c in range(bottom, top, 4):
                step_signs(x, signs, c, curvature, scale_now, eta, record)
            continue
        if not noisy:
            for j in range(4):
                assign(noise[j], 0.0, noise[j])
        for c in range(bottom, top, 4):
            weights = scale_now
            if noisy:
                fill_quad(
                    noise,
                    signs,
                    family,
                    parameters,
                    (base + c) // 4,
                    t,
                    first,
                    STEP_STREAM,
                    key,
                )
                if rank > 0:
                    add_factor(noise, scale_now[c : c + 4], factor[c : c + 4], latent[:rank])
                    weights = ones
            if heavy:
                for j in range(4):
                    heavy_row(
                        x[c + j],
                        velocity[c + j],
                        noise[j],
                        curvature[c + j],
                        weights[c + j],
                        eta,
                        beta,
                    )
            else:
                step_rows(x, noise, c, curvature, weights, eta, record)


@compiled
def run_additive(
    tiles: Any,
    curvature: Any,
    scale: Any,
    factor: Any,
    start: Any,
    family: int,
    parameters: Any,
    heavy: bool,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """All tiles (low, high, side) of one chunk; adds to energy[side, slot, lane] and loss."""
    for n in range(tiles.shape[0]):
        low, high, side = tiles[n, 0], tiles[n, 1], tiles[n, 2]
        run_tile(
            low,
            high,
            side,
            curvature,
            scale,
            factor,
            start,
            family,
            parameters,
            heavy,
            plan,
            slots,
            key,
            first,
            energy[side],
            loss[side],
            positions,
        )


# --- state-dependent noise --------------------------------------------------------------------


@inlined
def bounded(low: Any, high: Any, count: int) -> Any:
    """A uniform integer in [0, count) from 53 bits; bias below count 2^-53."""
    fraction = (exact_double(low | ((high >> U(12)) << HALF_WORD)) + 0.5) * 2.0**-52
    return int(fraction * count)


@compiled
def draw_rows(
    rows: Any, stamps: Any, stamp: int, count: int, distinct: bool, t: int, replica: int, key: Any
) -> None:
    """A minibatch of row indices; without replacement by Floyd's method."""
    size = rows.size
    for m in range(size):
        w0, w1, _, _ = words(U(m), U(t), U(replica), SAMPLE_STREAM, key)
        if distinct:
            last = count - size + m
            row = bounded(w0, w1, last + 1)
            if stamps[row] == stamp:
                row = last
            stamps[row] = stamp
            rows[m] = row
        else:
            rows[m] = bounded(w0, w1, count)


@compiled
def dot(a: Any, b: Any) -> float:
    """Inner product in eight interleaved sums: fast, and in the same order on every machine."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    end = a.size // 8 * 8
    for i in range(0, end, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    total = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
    for i in range(end, a.size):
        total += a[i] * b[i]
    return total


@compiled
def move(x: Any, velocity: Any, update: Any, eta: float, beta: float, low: int, high: int) -> None:
    """One step along a stochastic gradient inside [low, high); everything else stays put."""
    for c in range(x.size):
        if low <= c < high:
            velocity[c] = beta * velocity[c] - eta * update[c]
            x[c] += velocity[c]
        else:
            velocity[c] = 0.0


@reordered
def dot_four(a: Any, b: Any, c: Any, d: Any, x: Any, out: Any) -> None:
    """Four inner products with one pass over x."""
    s0 = s1 = s2 = s3 = 0.0
    for i in range(x.size):
        value = x[i]
        s0 += a[i] * value
        s1 += b[i] * value
        s2 += c[i] * value
        s3 += d[i] * value
    out[0], out[1], out[2], out[3] = s0, s1, s2, s3


@compiled
def add_four(update: Any, a: Any, b: Any, c: Any, d: Any, weights: Any) -> None:
    """update <- update + four weighted rows."""
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for i in range(update.size):
        update[i] += (w0 * a[i] + w1 * b[i]) + (w2 * c[i] + w3 * d[i])


@compiled
def minibatch_gradient(
    features: Any, residuals: Any, rows: Any, x: Any, errors: Any, update: Any
) -> None:
    """Mean over the batch of z (z . x - residual)."""
    fours = rows.size // 4 * 4
    for m in range(0, fours, 4):
        a, b, c, d = rows[m], rows[m + 1], rows[m + 2], rows[m + 3]
        dot_four(features[a], features[b], features[c], features[d], x, errors[m : m + 4])
    for m in range(fours, rows.size):
        errors[m] = dot(features[rows[m]], x)
    for m in range(rows.size):
        errors[m] = (errors[m] - residuals[rows[m]]) / rows.size
    assign(update, 0.0, update)
    for m in range(0, fours, 4):
        a, b, c, d = rows[m], rows[m + 1], rows[m + 2], rows[m + 3]
        add_four(update, features[a], features[b], features[c], features[d], errors[m : m + 4])
    for m in range(fours, rows.size):
        row = features[rows[m]]
        for i in range(x.size):
            update[i] += errors[m] * row[i]


@compiled
def run_minibatch(
    features: Any,
    residuals: Any,
    curvature: Any,
    start: Any,
    k: int,
    batch_size: int,
    distinct: bool,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Least squares with a real minibatch each step, one replica (lane) after the other."""
    count, d = features.shape
    steps, lanes = plan.shape[0], energy.shape[2]
    rows, errors = np.zeros(batch_size, np.int64), np.zeros(batch_size)
    stamps = np.zeros(count, np.int64)
    update, gradient = np.zeros(d), np.zeros(d)
    for lane in range(lanes):
        x, velocity = start[min(lane, start.shape[0] - 1)].copy(), np.zeros(d)
        for t in range(steps + 1):
            for c in range(d):
                gradient[c] = curvature[c] * x[c]
            slot = slots[t]
            if slot >= 0:
                energy[0, slot, lane] = dot(gradient[:k], gradient[:k])
                energy[1, slot, lane] = dot(gradient[k:], gradient[k:])
                if loss.shape[1] > 0:
                    loss[0, slot, lane] = 0.5 * dot(gradient[:k], x[:k])
                    loss[1, slot, lane] = 0.5 * dot(gradient[k:], x[k:])
                if positions.shape[0] > 0:
                    for c in range(d):
                        positions[slot, c, lane] = x[c]
            if t == steps:
                break
            strength = plan[t, NOISE]
            if strength == 0.0:
                assign(update, 1.0, gradient)
            else:
                stamp = lane * steps + t + 1  # never used before, never 0
                draw_rows(rows, stamps, stamp, count, distinct, t, first + lane, key)
                minibatch_gradient(features, residuals, rows, x, errors, update)
                if strength != 1.0:
                    for c in range(d):
                        update[c] = gradient[c] + strength * (update[c] - gradient[c])
            low = 0 if plan[t, DOMINANT] != 0.0 else k
            high = d if plan[t, BULK] != 0.0 else k
            move(x, velocity, update, plan[t, STEP_SIZE], plan[t, MOMENTUM], low, high)


@compiled
def observe_all(
    x: Any, curvature: Any, k: int, slot: int, energy: Any, loss: Any, positions: Any
) -> None:
    """All coordinates of all lanes at one time."""
    unread = np.zeros(x.shape[1])
    with_loss = loss.shape[1] > 0
    for c in range(x.shape[0]):
        side = 0 if c < k else 1
        target = loss[side, slot] if with_loss else unread
        observe(x[c], curvature[c], energy[side, slot], target, with_loss)
        if positions.shape[0] > 0:
            assign(positions[slot, c], 1.0, x[c])


@compiled
def run_fresh_samples(
    curvature: Any,
    label_scale: float,
    start: Any,
    k: int,
    batch_size: int,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """Least squares on fresh samples z ~ N(0, H), label noise N(0, label_scale^2)."""
    d, steps, lanes = curvature.size, plan.shape[0], energy.shape[2]
    quads = (d + 3) // 4
    x, velocity = np.zeros((d, lanes)), np.zeros((d, lanes))
    for c in range(d):
        for lane in range(lanes):
            x[c, lane] = start[min(lane, start.shape[0] - 1), c]
    sample, update = np.zeros((4 * quads, lanes)), np.zeros((d, lanes))
    label, error, root = np.zeros((4, lanes)), np.zeros(lanes), np.sqrt(curvature)
    for t in range(steps + 1):
        if slots[t] >= 0:
            observe_all(x, curvature, k, slots[t], energy, loss, positions)
        if t == steps:
            break
        eta, beta, strength = plan[t, STEP_SIZE], plan[t, MOMENTUM], plan[t, NOISE]
        for c in range(d):
            for i in range(lanes):
                update[c, i] = (1.0 - strength) * curvature[c] * x[c, i]
        for m in range(batch_size if strength != 0.0 else 0):
            fill_gaussian(label, m, t, first, LABEL_STREAM, key)
            assign(error, -label_scale, label[0])
            for q in range(quads):
                fill_gaussian(
                    sample[4 * q : 4 * q + 4], m * quads + q, t, first, SAMPLE_STREAM, key
                )
            for c in range(d):
                for i in range(lanes):
                    error[i] += root[c] * sample[c, i] * x[c, i]
            for c in range(d):
                for i in range(lanes):
                    update[c, i] += strength * root[c] * sample[c, i] * error[i] / batch_size
        for c in range(d):
            if plan[t, DOMINANT if c < k else BULK] == 0.0:
                assign(velocity[c], 0.0, velocity[c])
                continue
            for i in range(lanes):
                velocity[c, i] = beta * velocity[c, i] - eta * update[c, i]
                x[c, i] += velocity[c, i]


@compiled
def run_two_sample(
    curvature: Any,
    coupling: float,
    start: Any,
    plan: Any,
    slots: Any,
    key: Any,
    first: int,
    energy: Any,
    loss: Any,
    positions: Any,
) -> None:
    """The two-sample toy: losses L +- coupling x y, one of the two drawn at each step."""
    steps, lanes = plan.shape[0], energy.shape[2]
    x, velocity = np.zeros((2, lanes)), np.zeros((2, lanes))
    for c in range(2):
        for lane in range(lanes):
            x[c, lane] = start[min(lane, start.shape[0] - 1), c]
    signs = np.zeros((2, lanes), np.uint64)
    for t in range(steps + 1):
        if slots[t] >= 0:
            observe_all(x, curvature, 1, slots[t], energy, loss, positions)
        if t == steps:
            break
        if t % BLOCK == 0:
            fill_words(signs, 0, t // BLOCK, first, SAMPLE_STREAM, key)
        eta, beta, strength = plan[t, STEP_SIZE], plan[t, MOMENTUM], plan[t, NOISE]
        dominant, bulk = plan[t, DOMINANT] != 0.0, plan[t, BULK] != 0.0
        source, up = signs[(t >> 6) & 1], U(63) - U(t & 63)
        for i in range(lanes):
            mixed = flip(strength * coupling, source[i] << up)
            step_x = beta * velocity[0, i] - eta * (curvature[0] * x[0, i] + mixed * x[1, i])
            step_y = beta * velocity[1, i] - eta * (curvature[1] * x[1, i] + mixed * x[0, i])
            velocity[0, i] = step_x if dominant else 0.0
            velocity[1, i] = step_y if bulk else 0.0
            x[0, i] += velocity[0, i]
            x[1, i] += velocity[1, i]
