"""The compiled inner loops of the simulator: random streams and literal SGD steps.

Bits depend on the seed, the replica, the step and the coordinate, and on nothing else: threads,
chunks and the order of the loops cannot change them. Numbers are made with +, -, *, /, sqrt, floor,
fused multiply-add (each correctly rounded) and bit operations, and sums keep their order, so the
bits do not depend on the width of the machine's vectors or on its mathematical library either; the
one exception is the inner product of a minibatch with the state.
"""

from __future__ import annotations

from verify.kernels.additive import run_additive
from verify.kernels.fresh_samples import run_fresh_samples
from verify.kernels.minibatch import run_minibatch
from verify.kernels.two_sample import run_two_sample

__all__ = ["run_additive", "run_fresh_samples", "run_minibatch", "run_two_sample"]
