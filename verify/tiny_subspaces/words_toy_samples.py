"""The samples of the toy quadratic, literally: losses, differences of losses, noise of draws."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from verify.instances import InstanceWorld
from verify.meaning import means
from verify.tiny_subspaces.words_toy import Point, start

SIGNS = (1, -1)  # of c x y in the two samples


def sample_loss(world: InstanceWorld, point: Point, sign: int) -> Fraction:
    """The loss of a sample at a point."""
    x, y = point
    return (world["sharp"] * x**2 + world["flat"] * y**2) / 2 + sign * world["coupling"] * x * y


def gradient(world: InstanceWorld, point: Point, sign: int) -> Point:
    """The gradient of a sample, by central differences: exact, since losses are quadratic."""
    x, y = point
    rises = (((x + 1, y), (x - 1, y)), ((x, y + 1), (x, y - 1)))
    along_x, along_y = (
        (sample_loss(world, there, sign) - sample_loss(world, back, sign)) / 2
        for there, back in rises
    )
    return along_x, along_y


def noises(world: InstanceWorld) -> list[tuple[Fraction, Point]]:
    """Every draw from every start: its probability, and its gradient less the mean gradient."""
    found = []
    for weight, point in start(world):
        drawn = [gradient(world, point, sign) for sign in SIGNS]
        mean = [sum(column, Fraction(0)) / len(SIGNS) for column in zip(*drawn, strict=True)]
        found += [(weight / len(SIGNS), (g[0] - mean[0], g[1] - mean[1])) for g in drawn]
    return found


def _mean_noise(power_x: int, power_y: int, world: InstanceWorld) -> Fraction:
    return sum((w * x**power_x * y**power_y for w, (x, y) in noises(world)), Fraction(0))


for _name, _powers in {
    "noise_xx": (2, 0),
    "noise_yy": (0, 2),
    "noise_xy": (1, 1),
}.items():
    means(_name)(partial(_mean_noise, *_powers))


def _mean_loss(sign: int, world: InstanceWorld) -> Fraction:
    return sum((w * sample_loss(world, p, sign) for w, p in start(world)), Fraction(0))


def _bend(sign: int, world: InstanceWorld) -> Fraction:
    """The second difference along the direction, the same at every start."""
    p, q = world["along_x"], world["along_y"]
    (x, y), *_ = (point for _, point in start(world))
    there, back = (sample_loss(world, (x + s * p, y + s * q), sign) for s in (1, -1))
    return there + back - 2 * sample_loss(world, (x, y), sign)


for _index, _sign in enumerate(SIGNS, start=1):
    means(f"sample_loss_{_index}")(partial(_mean_loss, _sign))
    means(f"sample_bend_{_index}")(partial(_bend, _sign))
