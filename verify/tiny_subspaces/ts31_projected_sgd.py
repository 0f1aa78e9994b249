"""TS-31: the loss after the switch to the dominant or the bulk part of the SGD update."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.tiny_subspaces.network.settings import K, Rule
from verify.tiny_subspaces.network.trigger import Trigger, averaged
from verify.tiny_subspaces.network.units import (
    BULK,
    DOMINANT,
    FROZEN,
    NONE,
    RANDOM,
    Branch,
    Unit,
    Watch,
)
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import Size

LOOKED_AT = 60
"""Steps before the switch over which the moving average, started at 0, is taken."""


def branch(size: Size, seed: int, *projections: str) -> Branch:
    """SGD to the switch, then the projections."""
    return Branch(size.task, seed, size.sgd, size.switch, size.after, projections)


def units(size: Size, seed: int) -> dict[str, Unit]:
    """SGD and Dom-SGD; Bulk-SGD; and the alignment shortly before the switch."""
    before = tuple(range(size.switch - LOOKED_AT, size.switch))
    return {
        "dominant": branch(size, seed, NONE, DOMINANT),
        "bulk": branch(size, seed, BULK),
        "before": Watch(size.task, seed, size.sgd, before, eigenvalues=K),
    }


def measured(size: Size, results: Results) -> dict[str, float]:
    """Mean loss of the last steps over the loss at the switch, and how aligned the gradient is."""
    runs = results["dominant"]["runs"] | results["bulk"]["runs"]
    sgd, dominant, bulk = (_progress(size, runs[name]["loss"]) for name in (NONE, DOMINANT, BULK))
    average = 0.0
    for alignment in results["before"]["alignment_10"]:
        average = averaged(average, alignment)
    return {
        "moving_average": average,
        "loss_sgd": sgd,
        "loss_dominant": dominant,
        "loss_bulk": bulk,
        "bulk_minus_sgd": bulk - sgd,
        "kept_share": float(np.mean(np.square(runs[DOMINANT]["alignment"]))),
        "last_alignment": runs[DOMINANT]["alignment"][-1],
    }


def _progress(size: Size, losses: list[float]) -> float:
    return float(np.mean(losses[-size.last :])) / losses[0]


def random_units(size: Size, seed: int) -> dict[str, Unit]:
    """A random subspace in the place of the dominant one."""
    return units(size, seed) | {"dominant": branch(size, seed, NONE, RANDOM)}


def random_measured(size: Size, results: Results) -> dict[str, float]:
    """The numbers, with the random subspace read as the dominant one."""
    runs = results["dominant"]["runs"]
    renamed = {NONE: runs[NONE], DOMINANT: runs[RANDOM]}
    return measured(size, {**results, "dominant": {"runs": renamed}})


def at_once(size: Size, seed: int) -> dict[str, Unit]:
    """The switch before the first step, which a moving average started at chi_0 may cause."""
    return {
        "dominant": replace(branch(size, seed, NONE, DOMINANT), switch=0),
        "bulk": branch(size, seed, BULK),
        "before": Watch(size.task, seed, size.sgd, (0,), eigenvalues=K),
    }


def swapped(size: Size, results: Results) -> dict[str, float]:
    """Dom-SGD and Bulk-SGD in each other's place."""
    seen = measured(size, results)
    return seen | {"loss_dominant": seen["loss_bulk"]}


def frozen(size: Size, seed: int) -> Branch:
    """Projected on the dominant subspace of the switch: shown, for it stops training as well."""
    return branch(size, seed, FROZEN)


def triggered(size: Size, seed: int) -> Branch:
    """The paper's protocol with twice the step size: the trigger says when to switch."""
    trigger = Trigger(warm_up=0, deadline=size.settled)
    rule = Rule("SGD", 2 * size.sgd.step_size)
    return Branch(size.task, seed, rule, trigger, size.after // 2, (NONE, DOMINANT, BULK))


def shown(size: Size, results: Results) -> dict[str, float]:
    """Numbers without bounds, of the runs that are only shown; empty where they were not made."""
    if "frozen" not in results:
        return {}
    fixed, fired = results["frozen"]["runs"][FROZEN], results["triggered"]
    out = {
        "frozen_loss": _progress(size, fixed["loss"]),
        "frozen_share": float(np.mean(np.square(fixed["alignment"]))),
        "fired_at": fired["switch"],
        "fired_with": fired["moving_average"][-1],
    }
    for name, run in fired["runs"].items():
        out[f"triggered_{name}"] = float(np.mean(run["loss"][-50:])) / run["loss"][0]
    return out


SGD_TRAINS = (Bounds("loss_sgd", high=0.90),)
STOPS = (Bounds("loss_dominant", low=0.96),)
SAME = (Bounds("bulk_minus_sgd", low=-0.03, high=0.03),)
MAJORITY = (Bounds("kept_share", low=0.5, strict=True),)

CLAIM = NetworkClaim(
    id="TS-31",
    units=units,
    measured=measured,
    parts={
        "SGD trains": SGD_TRAINS,
        "the dominant part does not": STOPS,
        "the bulk part trains like SGD": SAME,
        "the dominant part is the majority": MAJORITY,
    },
    quick={"SGD trains": (Bounds("loss_sgd", high=0.95),)},
    mutants={
        "switch at the start": Change(STOPS, units=at_once),
        "a random subspace": Change((*STOPS, *MAJORITY), random_units, random_measured),
        "dominant and bulk swapped": Change(STOPS, measured=swapped),
    },
    dropped={"settled": Change(STOPS, units=at_once)},
)
CLAIM.register()
