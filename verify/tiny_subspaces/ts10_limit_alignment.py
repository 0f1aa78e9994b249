"""TS-10: power iteration, without any formula for the limit."""

from __future__ import annotations

from fractions import Fraction

from theory import registry
from theory.tiny_subspaces.toy_growth import toy_a_inf
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.examples import disagreement
from verify.instances import Instance, InstanceWorld
from verify.kinds import from_json
from verify.tiny_subspaces import words_toy_paths  # noqa: F401  # registers meanings
from verify.tiny_subspaces.words_toy import moments_after

STARTS = (("1", "1", "1"), ("0", "1", "0"), ("1", "0", "0"), ("1", "1000000", "-1000"))
PRINTED = "0.99810559495509256"


@check("TS-10", "exact", "power iteration")
def power_iteration(settings: Settings) -> Outcome:
    """Fails if a run from some start does not settle at the printed limit, which is the formula's.

    Exact moments, multiplied out step by step from both samples.
    """
    model = from_json(registry.get("TS-10").examples["the paper's values"].model)
    assert isinstance(model, Instance)
    if disagreement(model, toy_a_inf, PRINTED) is not None:
        raise Failed("the formula is not the printed limit")
    half_unit = Fraction(1, 2 * 10**17)
    for start in STARTS:
        numbers = zip(("x2", "y2", "xy"), map(Fraction, start), strict=True)
        world = InstanceWorld(Instance(model.setting, (*model.values, *numbers)))
        x2, y2, _ = moments_after(world, "sgd", 300)
        dominant, bulk = world["sharp"] ** 2 * x2, world["flat"] ** 2 * y2
        if abs(dominant / (dominant + bulk) - Fraction(PRINTED)) > half_unit:
            raise Failed(f"from {start} the alignment does not settle at {PRINTED}")
    return Outcome(f"{len(STARTS)} starts settle at {PRINTED}")
