"""TS-16: both orders measured on a run that has settled."""

from __future__ import annotations

from fractions import Fraction

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces import words_toy_paths  # noqa: F401  # registers meanings
from verify.tiny_subspaces.words_toy import Point, moments_after, step

PRINTED = {"both": "0.997108395974522", "x": "0.999000313435", "y": "0.000313435108"}


def orders(world: InstanceWorld, point: Point) -> dict[str, tuple[Fraction, Fraction]]:
    """First- and second-order change of the loss from a point, by block, averaged over samples."""
    found = {}
    for index, (name, curvature) in enumerate((("x", "sharp"), ("y", "flat"))):
        moves = [step(world, point, s)[index] - point[index] for s in (1, -1)]
        gradient = world[curvature] * point[index]
        bend = sum((world[curvature] * m * m / 2 for m in moves), Fraction(0)) / 2
        found[name] = (gradient * sum(moves, Fraction(0)) / 2, bend)
    both = tuple(a + b for a, b in zip(found["x"], found["y"], strict=True))
    return {**found, "both": (both[0], both[1])}


@check("TS-16", "exact", "orders on a settled run")
def on_a_settled_run(settings: Settings) -> Outcome:
    """Fails if 300 steps from (1, 1) do not end in the printed shares of both orders."""
    paper = {"sharp": "1000", "flat": "1", "eta": "1/10000", "coupling": "100"}
    world = InstanceWorld(instance("toy quadratic", **paper, x2=1, y2=1, xy=1))
    x2, y2, _ = moments_after(world, "sgd", 300)
    zero, one = Fraction(0), Fraction(1)
    along_x, along_y = orders(world, (one, zero)), orders(world, (zero, one))
    for name, printed in PRINTED.items():  # both orders are quadratic: add the two directions
        slope, bend = (x2 * a + y2 * b for a, b in zip(along_x[name], along_y[name], strict=True))
        low, high = rounding_interval(printed)
        if not low <= bend / -slope <= high:
            raise Failed(f"{name}: {float(bend / -slope):.15g}, printed {printed}")
    return Outcome(", ".join(f"{name}: {printed}" for name, printed in PRINTED.items()))
