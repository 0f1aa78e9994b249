"""SA-13 as prose: gradient descent never ends aligned, and a run from the minimiser only falls."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))


def spectrum_and_step(flat, gaps, share):
    """A dominant and two bulk eigenvalues, and a step below 2/(lambda_1 + lambda_{k+1})."""
    eigenvalues = (flat + gaps[0] + gaps[1], flat + gaps[0], flat)
    return eigenvalues, 2 / (eigenvalues[0] + eigenvalues[1]) * share / (1 + share)


def alignments(eigenvalues, energies, variances, step_size, steps):
    """Exact second moments of literal SGD, one recursion per direction."""
    path = []
    for _ in range(steps):
        path.append(energies[0] / sum(energies))
        energies = [
            (1 - step_size * e) ** 2 * g + (step_size * e) ** 2 * v
            for e, g, v in zip(eigenvalues, energies, variances, strict=True)
        ]
    return path


@settings(max_examples=100)
@given(flat=POSITIVE, gaps=st.tuples(POSITIVE, POSITIVE), share=POSITIVE,
       energies=st.tuples(POSITIVE, POSITIVE, POSITIVE))  # fmt: skip
def test_gradient_descent_only_falls(flat, gaps, share, energies) -> None:
    """Fails when a noise-free run raises its alignment."""
    eigenvalues, step_size = spectrum_and_step(flat, gaps, share)
    path = alignments(eigenvalues, energies, (0, 0, 0), step_size, 6)
    assert all(later < now or later == now == 0 for now, later in itertools.pairwise(path))


@settings(max_examples=100)
@given(flat=POSITIVE, gaps=st.tuples(POSITIVE, POSITIVE), share=POSITIVE,
       variances=st.tuples(POSITIVE, POSITIVE, POSITIVE))  # fmt: skip
def test_a_run_from_the_minimiser_only_falls(flat, gaps, share, variances) -> None:
    """Fails when alignment rises in a run that starts at the minimiser."""
    eigenvalues, step_size = spectrum_and_step(flat, gaps, share)
    first = [(step_size * e) ** 2 * v for e, v in zip(eigenvalues, variances, strict=True)]
    path = alignments(eigenvalues, first, variances, step_size, 6)
    assert all(later < now for now, later in itertools.pairwise(path))
