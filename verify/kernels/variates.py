"""Numbers of mean 0 and variance 1 from random words.

Rademacher: one bit. Uniform: the 2^32 midpoints of (-sqrt 3, sqrt 3). Gaussian: Box-Muller from a
40-bit radius and a 24-bit angle; the tails end at |z| = 7.6, a missing probability of 5e-13 per
pair. Laplace: inverse distribution function of a 63-bit word. Student t: Bailey's polar method
from a 40-bit radius and a 24-bit angle, tails cut at the same probability, rescaled so that the
variance of what is drawn is exactly one.
"""

from __future__ import annotations

import math
from typing import Any

from verify.kernels.compilation import bits_of, double_of, fused, inlined
from verify.kernels.words import HALF_WORD, U

SIGN = U(0x8000000000000000)
TWO_52 = 4503599627370496.0
TWO_52_BITS = U(0x4330000000000000)
QUARTER_TURN = math.pi / 2 / 2**22


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
    r = fused(z, 0.1479819860511658591, 0.1531383769920937332)
    r = fused(z, fused(z, r, 0.1818357216161805012), 0.2222219843214978396)
    r = fused(z, fused(z, r, 0.2857142874366239149), 0.3999999999940941908)
    r = z * fused(z, r, 0.6666666666666735130)
    half_square = 0.5 * f * f
    fraction = f - fused(-s, half_square + r, half_square)
    return fused(exponent - power, 0.6931471805599453094, -fraction)


@inlined
def direction(word: Any) -> Any:
    """sqrt 2 times a point of the unit circle, from the low 24 bits of a word."""
    angle = (exact_double(word & U(0x3FFFFF)) + (0.5 - 2097152.0)) * QUARTER_TURN
    z = angle * angle
    s = fused(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08)
    s = fused(z, fused(z, s, 2.75573137070700676789e-06), -1.98412698298579493134e-04)
    s = fused(z, fused(z, s, 8.33333333332248946124e-03), -1.66666666666666324348e-01)
    s = fused(angle * z, s, angle)
    c = fused(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09)
    c = fused(z, fused(z, c, -2.75573143513906633035e-07), 2.48015872894767294178e-05)
    c = fused(z, fused(z, c, -1.38888888888741095749e-03), 4.16666666666666019037e-02)
    c = fused(z, fused(z, c, -0.5), 1.0)
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
    """One of the midpoints of 2^32 equal parts of (-sqrt 3, sqrt 3)."""
    return (exact_double(word) + (0.5 - 2147483648.0)) * (1.7320508075688772935 / 2147483648.0)


@inlined
def laplace(low: Any, high: Any) -> Any:
    """A sign and -ln of a uniform number with 63 random bits, scaled."""
    magnitude = exact_double(low) + 0.5 + exact_double(high & U(0x7FFFFFFF)) * 4294967296.0
    return flip(minus_log(magnitude, 63.0) * 0.70710678118654752440, high << HALF_WORD)


@inlined
def expm1(y: Any) -> Any:
    """e^y - 1 for 0 <= y < 600, from e^y = 2^k e^r with |r| <= ln 2 / 2 and a Taylor polynomial."""
    k = math.floor(fused(y, 1.4426950408889634074, 0.5))
    r = fused(-k, 1.90821492927058770002e-10, fused(-k, 0.693147180369123816490, y))
    p = fused(r, 1.0 / 87178291200.0, 1.0 / 6227020800.0)
    p = fused(r, fused(r, p, 1.0 / 479001600.0), 1.0 / 39916800.0)
    p = fused(r, fused(r, p, 1.0 / 3628800.0), 1.0 / 362880.0)
    p = fused(r, fused(r, p, 1.0 / 40320.0), 1.0 / 5040.0)
    p = fused(r, fused(r, p, 1.0 / 720.0), 1.0 / 120.0)
    p = fused(r, fused(r, p, 1.0 / 24.0), 1.0 / 6.0)
    p = fused(r * r, fused(r, p, 0.5), r)
    power = double_of((bits_of(k + TWO_52) + U(1023)) << U(52))
    return fused(power, p, power - 1.0)


@inlined
def student_t(low: Any, high: Any, freedom: Any, scale: Any) -> Any:
    """sqrt(nu (u^(-2/nu) - 1)) cos(angle) has Student's law (Bailey 1994)."""
    radius = math.sqrt(expm1(radius_log(low, high) * (2.0 / freedom)))
    x, _ = direction(high)
    return radius * x * scale
