"""TS-21 as prose: which curvature makes a SAM step turn the gradient round."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
SHARE = st.builds(lambda n: Fraction(n, 10), st.integers(1, 9))


def gradient_after(curvature, gradient, step_size, radius):
    """The gradient of lambda x^2/2 after one SAM step from where it is `gradient` > 0."""
    x = gradient / curvature
    return curvature * (x - step_size * curvature * (x + radius))


def turning(gradient, radius, root):
    """Step size and SAM edge for which the square root in the edge is `root`."""
    step_size = 8 * radius / (gradient * (root**2 - 1))
    return step_size, gradient / (2 * radius) * (root - 1)


@given(gradient=POSITIVE, radius=POSITIVE, excess=POSITIVE)
def test_at_the_edge_a_step_turns_the_gradient_into_its_negative(gradient, radius, excess) -> None:
    """Fails unless the gradient after the step is exactly -g."""
    step_size, edge = turning(gradient, radius, 1 + excess)
    assert gradient_after(edge, gradient, step_size, radius) == -gradient


@given(gradient=POSITIVE, radius=POSITIVE, excess=POSITIVE, share=SHARE)
def test_below_the_edge_the_gradient_shrinks_and_above_it_grows(
    gradient, radius, excess, share
) -> None:
    """Fails when a flatter direction does not shrink the gradient, or a sharper one does."""
    step_size, edge = turning(gradient, radius, 1 + excess)
    assert abs(gradient_after(edge * share, gradient, step_size, radius)) < gradient
    assert abs(gradient_after(edge / share, gradient, step_size, radius)) > gradient


@given(gradient=POSITIVE, radius=POSITIVE, excess=POSITIVE)
def test_sam_is_at_its_edge_before_gradient_descent_would_be(gradient, radius, excess) -> None:
    """Fails when the edge reaches 2/eta."""
    step_size, edge = turning(gradient, radius, 1 + excess)
    assert 0 < edge < 2 / step_size


def test_the_gradient_norm_in_the_edge_is_the_one_before_the_perturbation() -> None:
    """Fails when the edge at the norm of the perturbed gradient is a threshold as well."""
    gradient = radius = Fraction(1)
    step_size, edge = turning(gradient, radius, Fraction(3))
    perturbed = gradient + radius * edge
    assert step_size * edge * (gradient + radius * edge) == 2 * gradient
    assert step_size * edge * (perturbed + radius * edge) != 2 * perturbed
