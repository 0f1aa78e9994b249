"""The curvature at which SAM stops descending: derived, and as printed."""

from __future__ import annotations

import math


def sam_edge(step_size: float, radius: float, gradient_norm: float) -> float:
    """The curvature at which a SAM step turns the gradient g into -g.

    On a quadratic with g along an eigenvector of eigenvalue lambda the perturbed gradient has the
    length |g| + rho lambda, so the step multiplies g by 1 - eta lambda (1 + rho lambda/|g|). That
    is -1 where eta rho lambda^2 + eta |g| lambda - 2 |g| = 0; the positive root is written so that
    nothing cancels. It tends to 2/eta for rho -> 0 (our derivation; the paper prints 8/(eta |g|)
    without rho, which is not dimensionless).
    """
    if gradient_norm == 0:
        return 2 / step_size if radius == 0 else 0.0
    excess = 8 * radius / (step_size * gradient_norm)
    return (4 / step_size) / (math.sqrt(1 + excess) + 1)


def sam_edge_as_printed(step_size: float, radius: float, gradient_norm: float) -> float:
    """The paper's formula (SAM-edge), for comparison."""
    root = math.sqrt(1 + 8 / (step_size * gradient_norm))
    return gradient_norm / (2 * radius) * (root - 1)
