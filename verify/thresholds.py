"""Block sums of a state, and the alignment, steps and thresholds they define.

Everything here is computed from definitions in rationals (section 0 and SA-3, 4, 5, 6, 14 of the
specification), so nothing cancels. The sums themselves are rational for states kept in rationals
and carry 31 digits for larger ones.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np

from verify import double_double as dd
from verify.exact_numbers import square_root
from verify.state import State
from verify.state_values import Doubles, doubles, rationals

ZERO = Fraction(0)
ONE = Fraction(1)
# Sums of a million pairs of doubles keep 30 digits; a difference that cancels 14 of them keeps 16.
PAIR_ERROR = Fraction(1, 10**30)
LARGEST_CANCELLATION = 10**14


@dataclass(frozen=True)
class Block:
    """Sums over one block of directions, with lambda the eigenvalues, g the gradient, v the noise.

    energy g^2; curvature lambda g^2 (m1); curvature_squared lambda^2 g^2 (m2); noise lambda v (s);
    noise_squared lambda^2 v (n).
    """

    energy: Fraction
    curvature: Fraction
    curvature_squared: Fraction
    noise: Fraction
    noise_squared: Fraction


@dataclass(frozen=True)
class BlockSums:
    """The sums over the dominant and the bulk block; `relative_error` bounds that of each sum."""

    dominant: Block
    bulk: Block
    relative_error: Fraction = ZERO

    @property
    def energy(self) -> Fraction:
        """G = D + B."""
        return self.dominant.energy + self.bulk.energy

    @property
    def alignment(self) -> Fraction:
        """D / G. Raises ZeroDivisionError for a zero gradient."""
        return self.dominant.energy / self.energy

    @property
    def both(self) -> bool:
        """Whether D > 0 and B > 0."""
        return self.dominant.energy > 0 and self.bulk.energy > 0

    @property
    def p(self) -> Fraction:
        """m1_D B - D m1_B."""
        return _crossed(self, "curvature")

    @property
    def q(self) -> Fraction:
        """(m2_D + n_D) B - D (m2_B + n_B); 0 when it is below what the input can resolve."""
        dominant, bulk = self.dominant, self.bulk
        gain = (dominant.curvature_squared + dominant.noise_squared) * bulk.energy
        loss = (bulk.curvature_squared + bulk.noise_squared) * dominant.energy
        return ZERO if abs(gain - loss) <= self.relative_error * (gain + loss) else gain - loss

    @property
    def contrast(self) -> Fraction:
        """Delta r, the difference of the block means of lambda under g^2."""
        return self.p / (self.dominant.energy * self.bulk.energy)

    @property
    def contrast_squared(self) -> Fraction:
        """Delta s, the difference of the block means of lambda^2 under g^2."""
        return _crossed(self, "curvature_squared") / (self.dominant.energy * self.bulk.energy)


def _crossed(sums: BlockSums, name: str) -> Fraction:
    dominant, bulk = sums.dominant, sums.bulk
    above: Fraction = getattr(dominant, name) * bulk.energy
    below: Fraction = getattr(bulk, name) * dominant.energy
    return above - below


def block_sums(state: State) -> BlockSums:
    """The block sums of a state; in rationals when 31 digits would not be enough."""
    if isinstance(state.eigenvalues, tuple):
        return _rational_sums(state)
    if _in_pair_range(state):
        sums = _pair_sums(state)
        if not _cancels(sums):
            return sums
    return _rational_sums(_in_rationals(state))


def next_energies(state: State, step_size: Fraction) -> tuple[Fraction, Fraction]:
    """(E D+, E B+) after one step: sums of (1 - eta lambda)^2 g^2 + eta^2 lambda^2 v."""
    if not isinstance(state.eigenvalues, tuple):
        reach = step_size * Fraction(float(state.eigenvalues[0]))
        if _in_pair_range(state) and Fraction(2) ** -200 < reach < Fraction(2) ** 200:
            return _pair_next_energies(state, step_size)
        state = _in_rationals(state)
    totals = [
        (1 - step_size * lam) ** 2 * g**2 + (step_size * lam) ** 2 * v for lam, g, v in _rows(state)
    ]
    return sum(totals[: state.k], ZERO), sum(totals[state.k :], ZERO)


def critical_step_size(sums: BlockSums) -> tuple[Fraction | None, str]:
    """eta* = 2p/q with D, B > 0 and q > 0, else 0 or None with the reason (SA-3, SA-6)."""
    if sums.energy == 0:
        return None, "the gradient is zero: the next alignment does not depend on the step size"
    if sums.dominant.energy == 0:
        if sums.dominant.noise_squared > 0:
            return ZERO, "no dominant gradient: noise raises the alignment at every step size"
        return None, "no dominant gradient and no dominant noise: the alignment stays 0"
    if sums.bulk.energy == 0:
        if sums.bulk.noise_squared > 0:
            return None, "no bulk gradient: noise lowers the alignment at every step size"
        return None, "no bulk gradient and no bulk noise: the alignment stays 1"
    if sums.q <= 0:
        return None, "q <= 0 (self-correcting): the alignment falls at every step size"
    return 2 * sums.p / sums.q, ""


def low_alignment(sums: BlockSums) -> tuple[bool | None, str]:
    """Whether q > 0, that is, whether some step size raises the alignment (SA-3, SA-6)."""
    if not sums.both and sums.q == 0:
        return None, critical_step_size(sums)[1]
    return sums.q > 0, ""


def threshold(
    contrast: Fraction, dominant: Fraction, bulk: Fraction, digits: int
) -> Fraction | None:
    """Where contrast a(1-a) + dominant (1-a) - bulk a turns from positive to negative on (0, 1).

    dominant, bulk >= 0. The supremum of the positive set when an end of the interval is reached (0
    or 1), None when the quadratic is zero throughout. Exact when rational, else to `digits` digits.
    Source: SA-4 (contrast = G Delta s), SA-5 and SA-14 with their own contrasts.
    """
    if dominant == 0 and bulk == 0:
        return None if contrast == 0 else (ONE if contrast > 0 else ZERO)
    if dominant == 0:
        return max(ZERO, 1 - bulk / contrast) if contrast > 0 else ZERO
    if bulk == 0:
        return ONE if contrast >= 0 else min(ONE, dominant / -contrast)
    if contrast == 0:
        return dominant / (dominant + bulk)
    linear = contrast - dominant - bulk
    root = square_root(linear**2 + 4 * contrast * dominant, digits)
    if linear > 0:
        return (linear + root) / (2 * contrast)
    return 2 * dominant / (root - linear)


def loss_limit(energy: Fraction, curvature: Fraction) -> Fraction | None:
    """The step above which a block's expected loss rises: 2 energy / curvature (SA-14)."""
    return 2 * energy / curvature if curvature > 0 else None


def _rows(state: State) -> zip[tuple[Fraction, Fraction, Fraction]]:
    return zip(
        rationals(state.eigenvalues),
        rationals(state.gradient),
        rationals(state.noise_variance),
        strict=True,
    )


def _in_rationals(state: State) -> State:
    return replace(
        state,
        eigenvalues=rationals(state.eigenvalues),
        gradient=rationals(state.gradient),
        noise_variance=rationals(state.noise_variance),
    )


def _rational_sums(state: State) -> BlockSums:
    sums = []
    rows = list(_rows(state))
    for block in (rows[: state.k], rows[state.k :]):
        energies = [g * g for _, g, _ in block]
        curvatures = [lam * e for (lam, _, _), e in zip(block, energies, strict=True)]
        noises = [lam * v for lam, _, v in block]
        squares = [lam * c for (lam, _, _), c in zip(block, curvatures, strict=True)]
        noise_squares = [lam * n for (lam, _, _), n in zip(block, noises, strict=True)]
        columns = (energies, curvatures, squares, noises, noise_squares)
        sums.append(Block(*(sum(column, ZERO) for column in columns)))
    return BlockSums(sums[0], sums[1], state.relative_error)


def _in_pair_range(state: State) -> bool:
    """Whether, after scaling to size 1, no product of six factors can underflow in doubles."""
    eigenvalues, gradient, variance, _, _ = scaled(state)
    lowest = ((eigenvalues, -120), (np.abs(gradient), -250), (variance, -500))
    return all(np.min(x[x > 0], initial=1.0) >= 2.0**bound for x, bound in lowest)


def scaled(state: State) -> tuple[Doubles, Doubles, Doubles, int, int]:
    """Eigenvalues, gradient and noise of size about 1, and the powers of two taken out."""
    names = ("eigenvalues", "gradient", "noise_variance")
    lam, g, v = (doubles(getattr(state, name), name) for name in names)
    curvature = int(np.frexp(np.max(lam))[1])
    largest, noisiest = np.max(np.abs(g)), np.max(v)
    sizes = [int(np.frexp(largest)[1])] if largest > 0 else []
    sizes += [int(np.frexp(noisiest)[1]) // 2 + 1] if noisiest > 0 else []
    size = max(sizes, default=0)
    return (
        np.ldexp(lam, -curvature),
        np.ldexp(g, -size),
        np.ldexp(v, -2 * size),
        curvature,
        size,
    )


def _pair_sums(state: State) -> BlockSums:
    lam, g, v, curvature, size = scaled(state)
    energy = dd.product_of_doubles(g, g)
    slope = dd.multiply(dd.pair(lam), energy)
    square = dd.multiply(dd.pair(lam), slope)
    noise = dd.product_of_doubles(lam, v)
    noise_square = dd.multiply(dd.pair(lam), noise)
    powers = [2 * size + curvature * order for order in (0, 1, 2, 1, 2)]
    columns = (energy, slope, square, noise, noise_square)
    blocks = [
        Block(
            *(
                dd.total((high[part], low[part])) * Fraction(2) ** power
                for (high, low), power in zip(columns, powers, strict=True)
            )
        )
        for part in (slice(None, state.k), slice(state.k, None))
    ]
    return BlockSums(blocks[0], blocks[1], max(PAIR_ERROR, state.relative_error))


def _pair_next_energies(state: State, step_size: Fraction) -> tuple[Fraction, Fraction]:
    lam, g, v, curvature, size = scaled(state)
    eta = step_size * Fraction(2) ** curvature
    high = float(eta)
    low = float(eta - Fraction(high))
    step = dd.multiply((np.full_like(lam, high), np.full_like(lam, low)), dd.pair(lam))
    kept = dd.add(dd.pair(np.ones_like(lam)), (-step[0], -step[1]))
    remaining = dd.multiply(dd.multiply(kept, kept), dd.product_of_doubles(g, g))
    added = dd.multiply(dd.multiply(step, step), dd.pair(v))
    energies = dd.add(remaining, added)
    scale = Fraction(2) ** (2 * size)
    dominant = dd.total((energies[0][: state.k], energies[1][: state.k])) * scale
    return dominant, dd.total((energies[0][state.k :], energies[1][state.k :])) * scale


def _cancels(sums: BlockSums) -> bool:
    """Whether a difference of sums lost so many digits that fewer than 16 are left."""
    blocks = sums.dominant, sums.bulk
    crossed = [
        (
            getattr(blocks[0], f.name) * blocks[1].energy,
            getattr(blocks[1], f.name) * blocks[0].energy,
        )
        for f in fields(Block)[1:3]
    ]
    gain = crossed[1][0] + blocks[0].noise_squared * blocks[1].energy
    loss = crossed[1][1] + blocks[1].noise_squared * blocks[0].energy
    return any(
        abs(above - below) * LARGEST_CANCELLATION < above + below
        for above, below in (*crossed, (gain, loss))
    )
