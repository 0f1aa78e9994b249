"""Sharpness-aware minimisation along one eigenvector: words, update, setting.

L = lambda x^2/2 along a direction whose axis points uphill, so that the gradient there is its norm
g > 0. A SAM step is theta - eta grad L(theta + rho grad L/||grad L||).
Source: arXiv 2405.16002, appendix B.2; the one-dimensional model is our formalisation.
"""

from __future__ import annotations

from typing import Any

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.tiny_subspaces.one_mode import curvature
from theory.vocabulary import eta, theta

radius = number("radius", r"\rho", "radius of SAM's perturbation")
gradient_norm = number("gradient_norm", r"\|\nabla L\|", "norm of the gradient before the step")

sam_gradient = computed(
    "sam_gradient",
    r"(L')^+",
    "gradient after one SAM step along an eigenvector, positive if its sign has not changed",
)


def edge_at(step: Any, perturbation: Any, norm: Any) -> Any:
    """The positive root of step lambda (norm + perturbation lambda) = 2 norm."""
    return norm / (2 * perturbation) * (sympy.sqrt(1 + 8 * perturbation / (step * norm)) - 1)


def printed_edge_at(step: Any, perturbation: Any, norm: Any) -> Any:
    """The threshold as the paper prints it, without the radius under the root."""
    return norm / (2 * perturbation) * (sympy.sqrt(1 + 8 / (step * norm)) - 1)


sam_edge = defined(
    "sam_edge",
    r"\lambda_{\mathrm{SAM}}",
    "SAM edge: the curvature for which a SAM step turns the gradient into its negative",
    edge_at(eta, radius, gradient_norm),
)
sam_edge_larger = defined(
    "sam_edge_larger",
    r"\lambda_{\mathrm{SAM}}\left((1+\theta)g\right)",
    "SAM edge where the gradient norm is 1 + theta times as large",
    edge_at(eta, radius, (1 + theta) * gradient_norm),
)
sam_edge_in_proportion = defined(
    "sam_edge_in_proportion",
    r"(1+\theta)\lambda_{\mathrm{SAM}}",
    "what the SAM edge would be if it grew in proportion to the gradient norm",
    (1 + theta) * sam_edge,
)
printed_edge = defined(
    "printed_edge",
    r"\lambda_{\mathrm{printed}}",
    "SAM edge as printed",
    printed_edge_at(eta, radius, gradient_norm),
)
printed_edge_larger = defined(
    "printed_edge_larger",
    r"\lambda_{\mathrm{printed}}\left((1+\theta)g\right)",
    "SAM edge as printed, where the gradient norm is 1 + theta times as large",
    printed_edge_at(eta, radius, (1 + theta) * gradient_norm),
)

uphill = sympy.Symbol("uphill", real=True)  # the state: distance from the minimum, positive


def gradient(x: Any) -> Any:
    """The derivative of the loss along the direction, at a point of it."""
    return sympy.diff(curvature * uphill**2 / 2, uphill).subs(uphill, x)


def sam_step(x: Any) -> Any:
    """One SAM step from x > 0: the normalised gradient is 1."""
    return x - eta * gradient(x + radius)


UPDATE = Update(
    outcomes=((sympy.Integer(1), {uphill: sam_step(uphill)}),),
    moments={uphill: gradient_norm / curvature},
    after={sam_gradient: gradient(uphill)},
    where=(gradient_norm > 0, curvature > 0),
)
_root = 1 + some("positive")  # the square root in the edge, rational
SAM_EDGE = Setting(
    "SAM along an eigenvector",
    {
        radius: some("positive"),
        gradient_norm: some("positive"),
        eta: 8 * radius / (gradient_norm * (_root**2 - 1)),
        theta: some("positive"),
        curvature: edge_at(eta, radius, gradient_norm)
        * (1 + some("switch") * some("sign") * some("share")),
    },
    UPDATE,
)
