"""SA-12 as prose: what must be large is the dominant energy, not the norm of the start."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))


def falls(eigenvalues, energies, variances, step_size) -> bool:
    """Whether one step lowers the alignment of one dominant and one bulk direction."""
    after = [
        (1 - step_size * e) ** 2 * g + (step_size * e) ** 2 * v
        for e, g, v in zip(eigenvalues, energies, variances, strict=True)
    ]
    return after[0] * energies[1] < energies[0] * after[1]


@settings(max_examples=200)
@given(flat=POSITIVE, gap=POSITIVE, share=POSITIVE, bulk=POSITIVE, surplus=POSITIVE,
       variances=st.tuples(POSITIVE, POSITIVE))  # fmt: skip
def test_above_the_critical_energy_alignment_falls(
    flat, gap, share, bulk, surplus, variances
) -> None:
    """Fails when a dominant energy above D_crit does not lower alignment, whatever the bulk."""
    eigenvalues = (flat + gap, flat)
    step_size = 2 / sum(eigenvalues) * share / (1 + share)
    noise = eigenvalues[0] ** 2 * variances[0]
    critical = step_size * noise / (gap * (2 - step_size * sum(eigenvalues)))
    assert falls(eigenvalues, (critical + surplus, bulk), variances, step_size)


def test_a_large_norm_is_not_enough() -> None:
    """Fails when a start far out in the bulk only lowers alignment."""
    for norm in (10, 10**6, 10**12):
        start = (Fraction(1, 3), Fraction(norm))
        assert not falls((1, Fraction(1, 10)), start, (1, 1), Fraction(1, 2))
