"""The simulator's random numbers written a second time, slowly, in plain Python.

Follows the published description of Philox4x32-10; vectors from the authors' own test file.
"""

from __future__ import annotations

import math

import numpy as np

KNOWN = [  # counter, key, output
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


def philox(counter: list[int], key: list[int]) -> list[int]:
    c, k = list(counter), list(key)
    for _ in range(10):
        left, right = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [
            (right >> 32) ^ c[1] ^ k[0],
            right & 0xFFFFFFFF,
            (left >> 32) ^ c[3] ^ k[1],
            left & 0xFFFFFFFF,
        ]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def words(seed: int, block: int, step: int, replica: int, stream: int) -> list[int]:
    key = int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])
    counter = [block, step, replica & 0xFFFFFFFF, ((replica >> 32) << 8) | stream]
    return philox(counter, [key & 0xFFFFFFFF, key >> 32])


def sign(seed: int, coordinate: int, step: int, replica: int) -> float:
    bits = words(seed, coordinate // 128, step, replica, 0)
    place = coordinate % 128
    return -1.0 if bits[place // 32] >> (place % 32) & 1 else 1.0


def gaussian(seed: int, coordinate: int, step: int, replica: int, stream: int = 0) -> float:
    """Box-Muller with the library's logarithm, sine and cosine."""
    four = words(seed, coordinate // 4, step, replica, stream)
    low, high = four[:2] if coordinate % 4 < 2 else four[2:]
    u = (low + ((high >> 24) << 32) + 0.5) * 2.0**-40
    angle = math.pi / 4 + ((high & 0x3FFFFF) + 0.5 - 2**21) * (math.pi / 2) / 2**22
    x = -math.cos(angle) if high >> 23 & 1 else math.cos(angle)
    y = -math.sin(angle) if high >> 22 & 1 else math.sin(angle)
    return math.sqrt(-2 * math.log(u)) * (x if coordinate % 2 == 0 else y)
