"""Random words: a function of (seed, stream, replica, step, block) and of nothing else.

Philox4x32-10 of Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from verify.kernels.compilation import inlined

U = np.uint64
LOW = U(0xFFFFFFFF)
HALF_WORD = U(32)
STEP_STREAM, FACTOR_STREAM, SAMPLE_STREAM, LABEL_STREAM = U(0), U(1), U(2), U(3)


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
