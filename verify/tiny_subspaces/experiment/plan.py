"""Which units an experiment computes, and roughly what each of them costs."""

from __future__ import annotations

from verify.tiny_subspaces import (
    ts30_low_rank,
    ts31_projected_sgd,
    ts32_noise_on_and_off,
    ts33_distances,
    ts34_edge_of_stability,
    ts35_sam,
    ts36_effective_rates,
)
from verify.tiny_subspaces.network.units import BULK, DOMINANT, Distances, Rates, Unit, Watch
from verify.tiny_subspaces.network_claim import NetworkClaim
from verify.tiny_subspaces.sizes import Size

CLAIMS: tuple[NetworkClaim, ...] = tuple(
    module.CLAIM
    for module in (
        ts30_low_rank,
        ts31_projected_sgd,
        ts32_noise_on_and_off,
        ts33_distances,
        ts34_edge_of_stability,
        ts35_sam,
        ts36_effective_rates,
    )
)
SPECTRUM, GRADIENT, OPTIMISER_STEP = 33.0, 0.8, 2.0
"""Cost of a dominant subspace, of a gradient, and of a step of PyTorch's optimisers, in
Hessian-vector products."""


def units_of(claim: NetworkClaim, size: Size, seed: int) -> dict[str, Unit]:
    """The units of a claim for one seed, and those that are only shown."""
    units = dict(claim.units(size, seed))
    if claim.id == "TS-31" and size.tier == "full":
        units["frozen"] = ts31_projected_sgd.frozen(size, seed)
        units["triggered"] = ts31_projected_sgd.triggered(size, seed)
    return units


def plan(size: Size, seeds: int) -> dict[Unit, str]:
    """Every unit once, with a name for people; the cheapest come first: Ctrl-C then loses least."""
    named: dict[Unit, str] = {}
    for seed in range(seeds):
        for claim in CLAIMS:
            for name, unit in units_of(claim, size, seed).items():
                named.setdefault(unit, f"{claim.id} {name.replace('_', ' ')}, seed {seed}")
    return dict(sorted(named.items(), key=lambda item: cost(item[0])))


def cost(unit: Unit) -> float:
    """Roughly how many Hessian-vector products a unit is worth, for the order and the time left."""
    if isinstance(unit, Watch):
        return len(unit.probes) * SPECTRUM * unit.eigenvalues / 10 + GRADIENT * max(unit.probes)
    if isinstance(unit, Rates):
        return unit.steps * (SPECTRUM / unit.every + OPTIMISER_STEP)
    if isinstance(unit, Distances):
        return 2 * max(unit.times) * GRADIENT
    anew = len({DOMINANT, BULK}.intersection(unit.projections))
    before = unit.switch if isinstance(unit.switch, int) else SPECTRUM * unit.switch.deadline / 4
    return GRADIENT * before + unit.after * (SPECTRUM * anew + GRADIENT)
