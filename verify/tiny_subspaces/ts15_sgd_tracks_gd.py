"""TS-15: the distance from GD over all sequences; a loss that is no quadratic; Monte Carlo."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from theory.tiny_subspaces.toy_means import distance_to_gd
from verify.checks import Settings, check
from verify.decide import decide_equal
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.laws import Array, Bounded
from verify.meaning import exact
from verify.montecarlo import demand
from verify.noise import TwoSample
from verify.simulate import simulate
from verify.tiny_subspaces.words_toy import step, transfer
from verify.tiny_subspaces.words_toy_means import mean_transfer

PAPER = {"sharp": "1000", "flat": "1", "eta": "1/10000"}
BITS = 400
STEPS, DISCREPANCY = 200, 1e-3
LARGEST = 1.5 * 2**0.5  # norm after the steps: each changes it by a factor below 1.00103
START = {
    "mean_x": "1",
    "mean_y": "2",
    "x2": "1",
    "y2": "4",
    "xy": "2",
    "noise_size": "1",
    "apart": "0",
}


@check("TS-15", "exact", "distance over all sequences")
def all_sequences(settings: Settings) -> Outcome:
    """Fails if the distance, multiplied out, is not the mean over all sequences of samples."""
    numbers = {"sharp": "3", "flat": "1/2", "eta": "1/3", "coupling": "2/5", **START}
    longest = 7 if settings.tier == "fast" else 12
    start = (Fraction(numbers["mean_x"]), Fraction(numbers["mean_y"]))
    points, gd = [start], start
    for steps in range(1, longest + 1):
        world = InstanceWorld(instance("toy quadratic", **numbers, run_length=steps))
        points = [step(world, p, sign) for p in points for sign in (1, -1)]
        gd = step(world, gd, 1, "gd")
        squares = ((x - gd[0]) ** 2 + (y - gd[1]) ** 2 for x, y in points)
        if sum(squares, Fraction(0)) / len(points) != exact(distance_to_gd)(world):
            raise Failed(f"the mean squared distance after {steps} steps differs")
    return Outcome(f"every T up to {longest}: 2^T sequences each")


def distances(coupling: int, steps: int) -> tuple[Any, Any]:
    """Root mean squared distance of SGD from GD, and travel of GD, from (1, 1), as Arb balls."""
    world = InstanceWorld(instance("toy quadratic", **PAPER, coupling=coupling))
    moments = flint.arb_mat(transfer(world, "sgd")) ** steps * flint.arb_mat(3, 1, [1, 1, 1])
    place = {
        m: flint.arb_mat(mean_transfer(world, m)) ** steps * flint.arb_mat(2, 1, [1, 1])
        for m in ("sgd", "gd")
    }
    squares, travel = moments[0, 0] + moments[1, 0], flint.arb(0)
    for i in range(2):
        squares += place["gd"][i, 0] * (place["gd"][i, 0] - 2 * place["sgd"][i, 0])
        travel += (place["gd"][i, 0] - 1) ** 2
    return squares.sqrt(), travel.sqrt()


@check("TS-15", "exact", "distances after 10^4 steps")
def after_ten_thousand_steps(settings: Settings) -> Outcome:
    """Fails if a printed distance, or a printed ratio of distances, is not the value rounded."""
    with precision(BITS):
        apart, travel = distances(100, 10**4)
        far, way = distances(700, 10**4)
        found = {
            "0.014628710621548": apart,
            "1.18304676856702": travel,
            "0.0124": apart / travel,
            "0.513": far / way,
        }
        for printed, value in found.items():
            low, high = (
                flint.arb(str(x.numerator)) / x.denominator for x in rounding_interval(printed)
            )
            if not (low <= value and value <= high):
                raise Failed(f"{value}, printed {printed}")
    return Outcome(f"printed: {', '.join(found)}")


@check("TS-15", "mutant", "the mean of SGD is GD for every loss")
def not_for_every_loss(settings: Settings) -> Outcome:
    """Fails unless two steps on L = x^4/4 with noise of both signs have another mean than GD."""
    eta, noise = Fraction(1, 10), Fraction(1)
    ends = [Fraction(1)]
    gd = Fraction(1)
    for _ in range(2):
        ends = [x - eta * (x**3 + sign * noise) for x in ends for sign in (1, -1)]
        gd -= eta * gd**3
    mean = sum(ends, Fraction(0)) / len(ends)
    if mean == gd:
        raise Failed("the mean of SGD is GD")
    return Outcome(f"E x = {mean}, GD is at {gd}")


@check("TS-15", "monte-carlo", "the mean of literal SGD")
def mean_of_sgd(settings: Settings) -> Outcome:
    """Fails if the mean of y over paths of literal SGD is not where GD is."""
    seed = settings.stream("TS-15", "mean")

    def draws(start: int, count: int) -> Array:
        seen = simulate(
            np.array([1000.0, 1.0]),
            1,
            TwoSample(100.0),
            step_size=1e-4,
            steps=STEPS,
            replicas=count,
            first_replica=start,
            seed=seed,
            start=np.array([1.0, 1.0]),
            observe=[STEPS],
            losses=False,
            positions=True,
        )
        assert seen.positions is not None
        return np.asarray(seen.positions[:, 0, 1])

    gd = float((1 - Fraction(1, 10**4)) ** STEPS)
    decision = decide_equal(draws, gd, DISCREPANCY, Bounded(-LARGEST, LARGEST, 0.02))
    return demand(decision, "equal", f"E y after {STEPS} steps")
