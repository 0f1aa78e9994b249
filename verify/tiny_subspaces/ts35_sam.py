"""TS-35: full-batch SAM at its own edge, whole and projected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verify.tiny_subspaces.network.sam_edge import sam_edge, sam_edge_as_printed
from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE, Branch, Unit, Watch
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import RADIUS, SAM, STEP_SIZE, Size

EVERY = 25


def run(size: Size, seed: int) -> Watch:
    """SAM up to the switch."""
    return Watch(size.task, seed, SAM, tuple(range(0, size.sam_switch + 1, EVERY)))


def branch(size: Size, seed: int, *projections: str) -> Branch:
    """SAM to the switch, then the projections."""
    return Branch(size.task, seed, SAM, size.sam_switch, size.after_full_batch, projections)


def units(size: Size, seed: int) -> dict[str, Unit]:
    """The run, SAM and Dom-SAM after the switch, Bulk-SAM after the switch."""
    return {
        "run": run(size, seed),
        "dominant": branch(size, seed, NONE, DOMINANT),
        "bulk": branch(size, seed, BULK),
    }


def measured(size: Size, results: Results) -> dict[str, float]:
    """Sharpness relative to the derived edge, alignment of the update, loss after the switch."""
    return _measured(size, results, lambda norm: sam_edge(STEP_SIZE, RADIUS, norm))


def _measured(size: Size, results: Results, edge: Callable[[float], float]) -> dict[str, float]:
    seen = results["run"]
    half = [i for i, step in enumerate(seen["step"]) if 2 * step >= size.sam_switch]
    ratios = [seen["eigenvalues"][i][0] / edge(seen["gradient_norm"][i]) for i in half]
    runs = results["dominant"]["runs"] | results["bulk"]["runs"]
    loss = {name: run["loss"][-1] / run["loss"][0] for name, run in runs.items()}
    return {
        "least_alignment": min(seen["update_alignment"][i] for i in half),
        "sharpness_over_edge": sum(ratios) / len(ratios),
        "least_ratio": min(ratios),
        "greatest_ratio": max(ratios),
        "last_sharpness": seen["eigenvalues"][-1][0],
        "loss_sam": loss[NONE],
        "loss_dominant": loss[DOMINANT],
        "loss_bulk": loss[BULK],
        "bulk_minus_sam": loss[BULK] - loss[NONE],
    }


def edge_of_gd(size: Size, results: Results) -> dict[str, float]:
    """Sharpness relative to the edge of GD."""
    return _measured(size, results, lambda norm: 2 / STEP_SIZE)


def printed_edge(size: Size, results: Results) -> dict[str, float]:
    """Sharpness relative to the edge as the paper prints it."""
    return _measured(size, results, lambda norm: sam_edge_as_printed(STEP_SIZE, RADIUS, norm))


def no_radius(size: Size, seed: int) -> dict[str, Unit]:
    """SAM with radius 0, which is GD."""
    plain = replace(run(size, seed), rule=replace(SAM, radius=0.0))
    return units(size, seed) | {"run": plain}


ALIGNED = (Bounds("least_alignment", low=0.97),)
AT_THE_EDGE = (Bounds("sharpness_over_edge", low=0.95, high=1.3),)

CLAIM = NetworkClaim(
    id="TS-35",
    units=units,
    measured=measured,
    parts={
        "the update aligns": ALIGNED,
        "the sharpness stays at the SAM edge": AT_THE_EDGE,
        "the dominant part does not train": (Bounds("loss_dominant", low=0.97),),
        "the bulk part trains like SAM": (Bounds("bulk_minus_sam", low=-0.03, high=0.03),),
    },
    mutants={
        "the edge of GD": Change(AT_THE_EDGE, measured=edge_of_gd),
        "radius zero": Change(ALIGNED, units=no_radius),
        "the edge as printed": Change(AT_THE_EDGE, measured=printed_edge),
    },
    dropped={"radius": Change(ALIGNED, units=no_radius)},
)
CLAIM.register()
