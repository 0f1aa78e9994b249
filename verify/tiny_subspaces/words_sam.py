"""SAM run literally on an axis-aligned quadratic, in exact rationals."""

from __future__ import annotations

from fractions import Fraction

from verify.balls import OutOfScope, Undefined
from verify.instances import InstanceWorld
from verify.meaning import exact_root, means

Vector = tuple[Fraction, ...]


def gradient(curvatures: Vector, point: Vector) -> Vector:
    """The gradient of sum lambda_i x_i^2/2, by central differences, exact for quadratics."""

    def loss(at: list[Fraction]) -> Fraction:
        return sum((c * x**2 / 2 for c, x in zip(curvatures, at, strict=True)), Fraction(0))

    slopes = []
    for i in range(len(point)):
        up, down = list(point), list(point)
        up[i], down[i] = point[i] + 1, point[i] - 1
        slopes.append((loss(up) - loss(down)) / 2)
    return tuple(slopes)


def norm(vector: Vector) -> Fraction:
    """Euclidean norm. Raises OutOfScope where it is irrational."""
    root = exact_root(sum((x * x for x in vector), Fraction(0)))
    if root is None:
        raise OutOfScope("the gradient norm is irrational")
    return root


def sam_gradient_at(curvatures: Vector, point: Vector, radius: Fraction) -> Vector:
    """The gradient at the perturbed point. Raises Undefined where the gradient vanishes."""
    g = gradient(curvatures, point)
    length = norm(g)
    if not length:
        raise Undefined("SAM has no direction at a stationary point")
    perturbed = tuple(x + radius * s / length for x, s in zip(point, g, strict=True))
    return gradient(curvatures, perturbed)


def sam_step(curvatures: Vector, point: Vector, eta: Fraction, radius: Fraction) -> Vector:
    """One SAM step."""
    g = sam_gradient_at(curvatures, point, radius)
    return tuple(x - eta * s for x, s in zip(point, g, strict=True))


@means("sam_gradient")
def _gradient_after(world: InstanceWorld) -> Fraction:
    """Start where the gradient has the given norm, make one step, take the gradient there."""
    curvature, g = world["curvature"], world["gradient_norm"]
    if not curvature:
        raise Undefined("without curvature there is no gradient")
    (after,) = sam_step((curvature,), (g / curvature,), world["eta"], world["radius"])
    return gradient((curvature,), (after,))[0]
