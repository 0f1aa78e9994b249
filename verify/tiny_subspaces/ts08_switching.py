"""TS-8: GD continued from a settled run of SGD, and both possible first steps of SGD."""

from __future__ import annotations

from fractions import Fraction

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces.toy_switched import BITS, WORLD, Switched, ball
from verify.tiny_subspaces.words_toy import step
from verify.tiny_subspaces.words_toy_paths import share

PRINTED = {0: "0.9981", 10: "0.9847", 20: "0.8866", 30: "0.4878", 40: "0.1040", 60: "0.0017"}
CHI = "0.9950381753"


@check("TS-8", "exact", "GD after a settled run of SGD")
def gd_after_sgd(settings: Settings) -> Outcome:
    """Fails if the alignment of the continued run is not the printed one at some printed time."""
    with precision(BITS):
        run = Switched()
        for steps, printed in PRINTED.items():
            low, high = map(ball, rounding_interval(printed))
            found = run.alignment("gd", steps)
            if not (low <= found and found <= high):
                raise Failed(f"after {steps} steps: {found}, printed {printed}")
    return Outcome(f"{len(PRINTED)} printed alignments")


@check("TS-8", "exact", "both first steps from the valley floor")
def both_first_steps(settings: Settings) -> Outcome:
    """Fails if chi_1 after the first step of SGD differs between the samples, or from print."""
    world = InstanceWorld(instance("toy quadratic", **WORLD))
    point = (Fraction(0), Fraction(1))
    found = {share(world, step(world, point, sign)) for sign in (1, -1)}
    low, high = rounding_interval(CHI)
    if len(found) != 1 or not low**2 <= found.pop() <= high**2:
        raise Failed(f"chi_1 after the first step is {found}, printed {CHI}")
    return Outcome(f"chi_1 = {CHI} for both samples")
