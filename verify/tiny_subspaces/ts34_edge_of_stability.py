"""TS-34: GD with a large step at the edge of stability, whole and projected."""

from __future__ import annotations

from dataclasses import replace

from verify.tiny_subspaces.network.units import BULK, DOMINANT, NONE, Branch, Unit, Watch
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import Size

EVERY = 25


def run(size: Size, seed: int) -> Watch:
    """GD up to the switch."""
    return Watch(size.task, seed, size.edge, tuple(range(0, size.edge_switch + 1, EVERY)))


def branch(size: Size, seed: int, *projections: str) -> Branch:
    """GD to the switch, then the projections."""
    return Branch(size.task, seed, size.edge, size.edge_switch, size.after_full_batch, projections)


def units(size: Size, seed: int) -> dict[str, Unit]:
    """The run, GD and Dom-GD after the switch, Bulk-GD after the switch."""
    return {
        "run": run(size, seed),
        "dominant": branch(size, seed, NONE, DOMINANT),
        "bulk": branch(size, seed, BULK),
    }


def measured(size: Size, results: Results) -> dict[str, float]:
    """Sharpness relative to 2/eta, alignment in the last third, loss relative to the switch."""
    seen = results["run"]
    third = [i for i, step in enumerate(seen["step"]) if 3 * step >= 2 * size.edge_switch]
    edge = 2 / size.edge.step_size
    sharpness = [seen["eigenvalues"][i][0] / edge for i in third]
    runs = results["dominant"]["runs"] | results["bulk"]["runs"]
    loss = {name: run["loss"][-1] / run["loss"][0] for name, run in runs.items()}
    final = {name: run["final_sharpness"][0] / edge for name, run in runs.items()}
    return {
        "least_sharpness": min(sharpness),
        "greatest_sharpness": max(sharpness),
        "least_alignment": min(seen["alignment_10"][i] for i in third),
        "loss_gd": loss[NONE],
        "loss_dominant": loss[DOMINANT],
        "loss_bulk": loss[BULK],
        "bulk_minus_gd": loss[BULK] - loss[NONE],
        "dominant_minus_gd": loss[DOMINANT] - loss[NONE],
        "sharpness_gd": final[NONE],
        "sharpness_dominant": final[DOMINANT],
        "sharpness_bulk": final[BULK],
    }


def halved(size: Size) -> Size:
    """GD with half the step size: it never comes to the edge."""
    return replace(size, edge=replace(size.edge, step_size=size.edge.step_size / 2))


def small_step(size: Size, seed: int) -> dict[str, Unit]:
    """The run before the switch with half the step size."""
    return units(size, seed) | {"run": run(halved(size), seed)}


def small_measured(size: Size, results: Results) -> dict[str, float]:
    """The numbers, relative to the edge of half the step size."""
    return measured(halved(size), results)


AT_THE_EDGE = (Bounds("least_sharpness", low=0.97), Bounds("greatest_sharpness", high=1.05))
ALIGNED = (Bounds("least_alignment", low=0.98),)

CLAIM = NetworkClaim(
    id="TS-34",
    units=units,
    measured=measured,
    parts={
        "the sharpness stays at the edge": AT_THE_EDGE,
        "the gradient aligns": ALIGNED,
        "the dominant part does not train": (Bounds("loss_dominant", low=0.94),),
        "the bulk part trains like GD": (Bounds("bulk_minus_gd", low=-0.03, high=0.03),),
        "the sharpness falls, and rises": (
            Bounds("sharpness_dominant", high=1, strict=True),
            Bounds("sharpness_bulk", low=1, strict=True),
        ),
    },
    mutants={
        "half the step size": Change((*AT_THE_EDGE, *ALIGNED), small_step, small_measured),
        "the dominant part trains like GD": Change(
            (Bounds("dominant_minus_gd", low=-0.03, high=0.03),)
        ),
        "the bulk part keeps the sharpness": Change((Bounds("sharpness_bulk", high=1),)),
    },
    dropped={"large step": Change((*AT_THE_EDGE, *ALIGNED), small_step, small_measured)},
)
CLAIM.register()
