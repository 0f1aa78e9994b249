"""The compiled inner loops of the simulator: random streams and literal SGD steps.

Random numbers come from Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
easy as 1, 2, 3", 2011): a function of (seed, replica, step, coordinate) and of nothing else, so
threads, chunks and the order of the loops cannot change a bit. Only +, -, *, /, sqrt and bit
operations are used for the families but Student's t, without re-association, so the bits do not
depend on the width of the machine's vectors either.

Everything compiled that shares a function stays in this one file: numba's cache watches the file
of the function it compiled, not the files of the functions called.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])

RADEMACHER, GAUSSIAN, UNIFORM, LAPLACE, STUDENT_T = range(5)
BLOCK = 128  # coordinates served by one Philox call of Rademacher signs, and size of a tile
U = np.uint64
LOW = U(0xFFFFFFFF)
SIGN = U(0x8000000000000000)
HALF_WORD = U(32)
TWO_52 = 4503599627370496.0
TWO_52_BITS = U(0x4330000000000000)


def compiled(function: Function) -> Function:
    """Compile with a disk cache, or without one where no folder can be written."""
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]
    except RuntimeError:
        return njit(nogil=True, error_model="numpy")(function)  # type: ignore[no-any-return]


@intrinsic  # type: ignore[untyped-decorator]
def bits_of(typing_context: Any, value: Any) -> Any:
    """The 64 bits of a double."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), generate


@intrinsic  # type: ignore[untyped-decorator]
def double_of(typing_context: Any, value: Any) -> Any:
    """The double with these 64 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


# --- random words -----------------------------------------------------------------------------


@njit(inline="always")  # type: ignore[untyped-decorator]
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Philox4x32-10 of a 128-bit counter and a 64-bit key, each word in the low half of a uint64."""
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


@njit(inline="always")  # type: ignore[untyped-decorator]
def minus_log(mantissa: Any, exponent: Any) -> Any:
    """-ln(mantissa 2^-exponent) >= 0 for a double 0 < mantissa < 2^exponent, to about 1 ulp."""
    bits = bits_of(mantissa) + U(0x00095F61998EA2C8)  # move [1, 2) to [sqrt(1/2), sqrt(2))
    power = double_of((bits >> U(52)) | TWO_52_BITS) - (TWO_52 + 1023.0)
    f = double_of((bits & U(0x000FFFFFFFFFFFFF)) + U(0x3FE6A09E667F3BCD - 0x0)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = z * (
        0.6666666666666735130
        + z
        * (
            0.3999999999940941908
            + z
            * (
                0.2857142874366239149
                + z
                * (
                    0.2222219843214978396
                    + z
                    * (
                        0.1818357216161805012
                        + z * (0.1531383769920937332 + z * 0.1479819860511658591)
                    )
                )
            )
        )
    )
    half_square = 0.5 * f * f
    log1p = f - (half_square - s * (half_square + r))
    return (exponent - power) * 0.6931471805599453094 - log1p
