"""TS-33: how far GD is from SGD, and how far the projected methods move."""

from __future__ import annotations

from dataclasses import replace

from verify.tiny_subspaces import ts31_projected_sgd as ts31
from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE, Distances, Unit
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import Size

LARGER_STEP = 0.1


def paths(size: Size, seed: int) -> Distances:
    """SGD and GD from one start, compared at four times."""
    times = tuple(size.end * quarter // 4 for quarter in (1, 2, 3, 4))
    return Distances(size.task, seed, size.sgd.step_size, times)


def units(size: Size, seed: int) -> dict[str, Unit]:
    """The paths of SGD and GD, and the projected runs of TS-31."""
    return {
        "paths": paths(size, seed),
        "dominant": ts31.branch(size, seed, NONE, DOMINANT),
        "bulk": ts31.branch(size, seed, BULK),
    }


def measured(size: Size, results: Results) -> dict[str, float]:
    """Distances relative to the travel of GD, and to the travel of SGD since the switch."""
    return _measured(results, "distance")


def _measured(results: Results, distance: str) -> dict[str, float]:
    seen = results["paths"]
    runs = results["dominant"]["runs"] | results["bulk"]["runs"]
    sgd, dominant, bulk = (runs[name][distance][-1] for name in (NONE, DOMINANT, BULK))
    halfway = runs[DOMINANT][distance][len(runs[DOMINANT][distance]) // 2]
    return {
        "gd_from_sgd": max(b / t for b, t in zip(seen["between"], seen["travel_gd"], strict=True)),
        "travel_gd": seen["travel_gd"][-1],
        "travel_sgd": seen["travel_sgd"][-1],
        "distance_sgd": sgd,
        "distance_dominant": dominant,
        "distance_bulk": bulk,
        "dominant_over_sgd": dominant / sgd,
        "bulk_over_sgd": bulk / sgd,
        "dominant_second_half": dominant / halfway,
    }


def from_the_start(size: Size, results: Results) -> dict[str, float]:
    """Distances to the start of training instead of the switch."""
    return _measured(results, "distance_to_start")


def larger_step(size: Size, seed: int) -> dict[str, Unit]:
    """SGD and GD with twice the step size."""
    return units(size, seed) | {"paths": replace(paths(size, seed), step_size=LARGER_STEP)}


def swapped(size: Size, results: Results) -> dict[str, float]:
    """Dom-SGD and Bulk-SGD in each other's place."""
    seen = measured(size, results)
    return seen | {"dominant_over_sgd": seen["bulk_over_sgd"]}


NEAR = (Bounds("gd_from_sgd", high=0.12),)
LITTLE = (Bounds("dominant_over_sgd", high=0.2),)

CLAIM = NetworkClaim(
    id="TS-33",
    units=units,
    measured=measured,
    parts={
        "GD stays near SGD": NEAR,
        "the dominant part moves little": LITTLE,
        "the bulk part moves as far as SGD": (Bounds("bulk_over_sgd", low=0.95, high=1.05),),
    },
    mutants={
        "distance to the start of training": Change(LITTLE, measured=from_the_start),
        "twice the step size": Change(NEAR, units=larger_step),
        "dominant and bulk swapped": Change(LITTLE, measured=swapped),
    },
    dropped={
        "small step": Change(NEAR, units=larger_step),
    },
)
CLAIM.register()
