"""TS-30: the alignment of the gradient along SGD, and the top of the Hessian's spectrum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.tiny_subspaces.network.settings import K, Rule
from verify.tiny_subspaces.network.units import Unit, Watch
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import Size

EARLY = range(0, 60, 2)
MIDDLE = range(60, 1000, 40)
"""Steps looked at before the alignment settles: the dip, then the rise."""


def run(size: Size, seed: int) -> Watch:
    """SGD, watched with twice as many eigenvalues as classes."""
    settled = range(size.settled, size.end + 1, size.every)
    middle = [step for step in MIDDLE if step < size.settled]
    probes = (*EARLY, *middle, *settled)
    return Watch(size.task, seed, size.sgd, probes, eigenvalues=2 * K)


def units(size: Size, seed: int) -> dict[str, Unit]:
    """One run of SGD."""
    return {"run": run(size, seed)}


def measured(size: Size, results: Results) -> dict[str, float]:
    """Alignments (not squared) averaged from `settled` on; ratios of eigenvalues at the switch."""
    seen = results["run"]
    step = np.array(seen["step"])
    settled, early = step >= size.settled, step <= EARLY[-1]
    top = seen["eigenvalues"][int(np.argmin(np.abs(step - size.switch)))]
    dip = np.array(seen["alignment_10"])[early]
    means = {
        f"mean_alignment_{k}": float(np.mean(np.array(seen[f"alignment_{k}"])[settled]))
        for k in (1, 9, 10, 20)
    }
    return {
        "mean_alignment": means.pop("mean_alignment_10"),
        "least_alignment": float(np.min(np.array(seen["alignment_10"])[settled])),
        **means,
        "first_alignment": float(dip[0]),
        "dip": float(dip.min()),
        "dip_step": float(step[early][int(dip.argmin())]),
        "gap_9_10": top[8] / top[9],
        "gap_10_11": top[9] / top[10],
        "spread_1_10": top[0] / top[9],
    }


def random_subspace(size: Size, results: Results) -> dict[str, float]:
    """The mean alignment with a random subspace of the same dimension."""
    seen = results["run"]
    settled = np.array(seen["step"]) >= size.settled
    return {"mean_alignment": float(np.mean(np.array(seen["random_alignment"])[settled]))}


def centred(size: Size, seed: int) -> dict[str, Unit]:
    """The same run on centred features."""
    return units(replace(size, task=replace(size.task, centred=True)), seed)


def small_step(size: Size, seed: int) -> dict[str, Unit]:
    """The same run with a fifth of the step size."""
    return {"run": replace(run(size, seed), rule=Rule("SGD", 0.01))}


ALIGNED = (Bounds("mean_alignment", low=0.93),)

CLAIM = NetworkClaim(
    id="TS-30",
    units=units,
    measured=measured,
    parts={"the gradient aligns": ALIGNED},
    quick={"the gradient aligns": (Bounds("mean_alignment", low=0.90),)},
    mutants={
        "centred data": Change(ALIGNED, units=centred),
        "a fifth of the step size": Change(ALIGNED, units=small_step),
        "a random subspace": Change(ALIGNED, measured=random_subspace),
    },
    dropped={
        "uncentred": Change(ALIGNED, units=centred),
        "step size": Change(ALIGNED, units=small_step),
    },
)
CLAIM.register()
