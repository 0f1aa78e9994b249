"""SA-5 as prose: what one step size does at every alignment, and what louder noise changes."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
ALIGNMENTS = [Fraction(n, 40) for n in range(1, 40)]


def change(curvatures, energies, variances, step_size):
    """Change of alignment in one literal step, one direction in each block."""
    blocks = [
        (1 - step_size * lam) ** 2 * energy + (step_size * lam) ** 2 * variance
        for lam, energy, variance in zip(curvatures, energies, variances, strict=True)
    ]
    return blocks[0] / sum(blocks) - energies[0] / sum(energies)


@settings(max_examples=60)
@given(low=POSITIVE, gap=POSITIVE, energy=POSITIVE, variances=st.tuples(POSITIVE, POSITIVE),
       step_size=POSITIVE)  # fmt: skip
def test_a_step_size_raises_low_alignments_only(low, gap, energy, variances, step_size) -> None:
    """Fails when a step raises an alignment and lowers a smaller one, or a longer step does not
    raise what a shorter one raises."""
    curvatures = (low + gap, low)
    raised, with_longer = (
        [change(curvatures, (a * energy, (1 - a) * energy), variances, s) > 0 for a in ALIGNMENTS]
        for s in (step_size, 2 * step_size)
    )
    assert raised == sorted(raised, reverse=True)
    assert all(longer >= shorter for longer, shorter in zip(with_longer, raised, strict=True))


@settings(max_examples=100)
@given(low=POSITIVE, gap=POSITIVE, energies=st.tuples(POSITIVE, POSITIVE),
       variances=st.tuples(POSITIVE, POSITIVE), step_size=POSITIVE)  # fmt: skip
def test_louder_noise_helps_below_its_own_share(low, gap, energies, variances, step_size) -> None:
    """Fails when, below the share of the noise, louder noise stops a step from raising alignment;
    or, above that share, makes it raise alignment."""
    curvatures = (low + gap, low)
    noises = [lam**2 * v for lam, v in zip(curvatures, variances, strict=True)]
    louder = [3 * v for v in variances]
    now, then = (change(curvatures, energies, v, step_size) > 0 for v in (variances, louder))
    if energies[0] / sum(energies) <= noises[0] / sum(noises):
        assert then >= now
    else:
        assert then <= now


def test_half_the_noise_may_lower_the_critical_step() -> None:
    """Fails when the printed examples (18/11 and 72/49; 2/3 and 8/9) are wrong."""
    curvatures = (Fraction(1), Fraction(1, 2))
    for energies, variance, critical in (
        ((9, 1), Fraction(1), Fraction(18, 11)),
        ((9, 1), Fraction(1, 2), Fraction(72, 49)),
        ((1, 1), Fraction(1), Fraction(2, 3)),
        ((1, 1), Fraction(1, 2), Fraction(8, 9)),
    ):
        assert change(curvatures, [Fraction(e) for e in energies], [variance] * 2, critical) == 0
