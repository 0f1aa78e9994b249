"""TS-36: effective learning rates of GD and Adam, with and without momentum."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from verify.tiny_subspaces.network.settings import Optimiser
from verify.tiny_subspaces.network.units import Rates, Unit
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import Size

STEP_SIZE, ADAM_STEP_SIZE, BETA = 0.01, 0.001, 0.9


def _gd(**options: float) -> Optimiser:
    return Optimiser("SGD", (("lr", STEP_SIZE), *options.items()))


def _adam(beta: float) -> Optimiser:
    return Optimiser("Adam", (("lr", ADAM_STEP_SIZE), ("betas", (beta, 0.999))))


OPTIMISERS = {
    "gd": _gd(),
    "gd_momentum": _gd(momentum=BETA),
    "adam": _adam(0.0),
    "adam_momentum": _adam(BETA),
}
"""Table 1, from the slowest to the fastest."""


def units(size: Size, seed: int) -> dict[str, Unit]:
    """The four optimisers of Table 1."""
    return {name: Rates(size.task, seed, o, size.rate_steps) for name, o in OPTIMISERS.items()}


def measured(size: Size, results: Results) -> dict[str, float]:
    """Means (and deviations) over the measured steps of Dom-LR and Bulk-LR, and final losses."""
    out: dict[str, float] = {}
    for name in OPTIMISERS:
        seen = results[name]
        out[f"loss_{name}"] = seen["final_loss"][0]
        for block in ("dominant", "bulk"):
            rates = np.array(seen[f"{block}_rate"], dtype=float)
            out[f"{block}_{name}"] = float(rates.mean())
            out[f"{block}_sd_{name}"] = float(rates.std())
        for vector in ("gradient", "update"):
            out[f"{vector}_alignment_{name}"] = float(np.mean(seen[f"{vector}_alignment"]))
    exact = [results["gd"][f"{block}_rate"] for block in ("dominant", "bulk")]
    out["gd_error"] = float(np.max(np.abs(np.array(exact, dtype=float) - STEP_SIZE)))
    for name in ("dominant", "bulk"):
        out[f"least_rise_{name}"] = _least_rise([out[f"{name}_{o}"] for o in OPTIMISERS])
    out["least_fall_loss"] = _least_rise([-out[f"loss_{o}"] for o in OPTIMISERS])
    return out


def _least_rise(values: list[float]) -> float:
    return min(after - before for before, after in pairwise(values))


def with_momentum(**options: float) -> Change:
    """Another momentum of GD."""

    def changed(size: Size, seed: int) -> dict[str, Unit]:
        other = Rates(size.task, seed, _gd(**options), size.rate_steps)
        return units(size, seed) | {"gd_momentum": other}

    return Change(AMPLIFIED, units=changed)


def factor_two(name: str, value: float) -> Bounds:
    """Within a factor of two of a value seen before."""
    return Bounds(name, low=value / 2, high=2 * value)


AMPLIFIED = (Bounds("bulk_gd_momentum", low=0.085, high=0.13),)
FASTER = Bounds("least_fall_loss", low=0, strict=True)

CLAIM = NetworkClaim(
    id="TS-36",
    units=units,
    measured=measured,
    parts={
        "GD has its step size": (Bounds("gd_error", high=1e-10),),
        "momentum amplifies the bulk rate": AMPLIFIED,
        "the bulk rate orders the speed": (Bounds("least_rise_bulk", low=0, strict=True), FASTER),
        "Adam amplifies the bulk rate": (
            factor_two("bulk_adam", 0.2053),
            factor_two("bulk_adam_momentum", 0.5213),
        ),
    },
    mutants={
        "momentum as a mean": with_momentum(momentum=BETA, dampening=BETA),
        "momentum 0.5": with_momentum(momentum=0.5),
        "the dominant rate orders the speed": Change(
            (Bounds("least_rise_dominant", low=0, strict=True), FASTER)
        ),
    },
    dropped={"momentum": with_momentum(momentum=0.5)},
)
CLAIM.register()
