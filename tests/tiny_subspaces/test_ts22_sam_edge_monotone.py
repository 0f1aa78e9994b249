"""TS-22 as prose: what happens to the SAM edge when gradients shrink."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
SHARE = st.builds(lambda n: Fraction(n, 20), st.integers(1, 19))


def norm_at_the_edge(curvature, step_size, radius):
    """The gradient norm from which a SAM step turns the gradient into its negative.

    After the step the gradient is g - eta lambda (g + rho lambda), linear in g: solve for -g.
    """
    at_zero = -step_size * curvature**2 * radius
    slope = 1 - step_size * curvature
    return -at_zero / (1 + slope)


@given(step_size=POSITIVE, radius=POSITIVE, shares=st.tuples(SHARE, SHARE))
def test_a_sharper_direction_is_at_its_edge_for_a_larger_gradient(
    step_size, radius, shares
) -> None:
    """Fails when the edge does not rise with the norm: the order of norms and edges must agree."""
    edges = [share * 2 / step_size for share in shares]
    norms = [norm_at_the_edge(edge, step_size, radius) for edge in edges]
    assert (edges[0] < edges[1]) == (norms[0] < norms[1])
    assert (edges[0] == edges[1]) == (norms[0] == norms[1])


@given(step_size=POSITIVE, radius=POSITIVE, share=SHARE)
def test_every_curvature_below_two_over_eta_is_an_edge(step_size, radius, share) -> None:
    """Fails when some curvature in (0, 2/eta) needs a gradient norm that is not positive."""
    assert norm_at_the_edge(share * 2 / step_size, step_size, radius) > 0


@given(step_size=POSITIVE, radius=POSITIVE)
def test_the_edge_has_no_positive_floor(step_size, radius) -> None:
    """Fails unless a millionth of 2/eta is the edge of a gradient norm below a millionth."""
    norm = norm_at_the_edge(Fraction(2, 10**6) / step_size, step_size, radius)
    assert norm * step_size < radius / Fraction(10**6)
