"""TS-32: GD does not align; alignment goes and comes with the noise of SGD."""

from __future__ import annotations

from dataclasses import replace

from verify.tiny_subspaces.network.settings import Rule
from verify.tiny_subspaces.network.units import Unit, Watch
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim, Results
from verify.tiny_subspaces.sizes import Size

OFFSETS = (0, 1, 2, 5, 10, 20, 40)
"""Steps after the noise is switched off."""


def gd(size: Size, seed: int) -> Watch:
    """GD with the step size of SGD, in the second half of the run."""
    probes = tuple(range(size.end // 2, size.end + 1, size.end // 20))
    return Watch(size.task, seed, size.gd, probes)


def units(size: Size, seed: int) -> dict[str, Unit]:
    """GD alone; SGD that goes on as GD; GD that goes on as SGD."""
    off = tuple(size.end + offset for offset in OFFSETS)
    on = tuple(range(size.end, size.end + 41))
    return {
        "gd": gd(size, seed),
        "off": Watch(size.task, seed, size.sgd, off, switch=size.end, then=size.gd),
        "on": Watch(size.task, seed, size.gd, on, switch=size.end, then=size.sgd),
    }


def measured(size: Size, results: Results) -> dict[str, float]:
    """chi_10 of the full gradient so many steps after the switch."""
    off, on = results["off"], results["on"]
    after = dict(zip(OFFSETS, off["alignment_10"], strict=True))
    back = on["alignment_10"][1:]
    return {
        "alignment_gd": max(results["gd"]["alignment_10"]),
        **{f"off_after_{offset}": alignment for offset, alignment in after.items()},
        "on_after_1": back[0],
        "on_mean": sum(back) / len(back),
        "on_least": min(back),
        "loss_change": max(abs(seen["loss"][2] / seen["loss"][0] - 1) for seen in (off, on)),
    }


def at_the_edge(size: Size, seed: int) -> dict[str, Unit]:
    """GD with a step size that takes it to the edge of stability."""
    return units(size, seed) | {"gd": replace(gd(size, seed), rule=Rule("GD", 0.1))}


NOT_ALIGNED = (Bounds("alignment_gd", high=0.01),)
GOES = (Bounds("off_after_20", high=0.02),)

CLAIM = NetworkClaim(
    id="TS-32",
    units=units,
    measured=measured,
    parts={
        "GD does not align": NOT_ALIGNED,
        "alignment goes with the noise": GOES,
        "alignment comes with the noise": (Bounds("on_after_1", low=0.9),),
        "the loss hardly changes": (Bounds("loss_change", high=0.05, strict=True),),
    },
    quick={"alignment goes with the noise": (Bounds("off_after_40", high=0.01),)},
    mutants={
        "GD at the edge of stability": Change(NOT_ALIGNED, units=at_the_edge),
        "gone after two steps": Change((Bounds("off_after_2", high=GOES[0].high),)),
        "alignment stays without noise": Change((Bounds("off_after_20", low=0.9),)),
        "alignment comes back slowly": Change((Bounds("on_after_1", high=0.5),)),
    },
    dropped={"small step": Change(NOT_ALIGNED, units=at_the_edge)},
)
CLAIM.register()
