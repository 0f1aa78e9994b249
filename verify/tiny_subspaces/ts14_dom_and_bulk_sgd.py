"""TS-14: all three methods run on from a state that SGD has settled in."""

from __future__ import annotations

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.tiny_subspaces import words_toy_paths  # noqa: F401  # registers meanings
from verify.tiny_subspaces.toy_switched import BITS, Switched, ball

PASSES = 5319  # printed: the steps after which SGD is below the floor of Bulk-SGD
LIMITS = {"dom": (1000, "0.999636887018761"), "bulk": (400_000, "0.345238029186271")}


@check("TS-14", "exact", "three methods after the switch")
def after_the_switch(settings: Settings) -> Outcome:
    """Fails if Dom-SGD or Bulk-SGD ends elsewhere, or SGD passes the floor at another step."""
    with precision(BITS):
        run = Switched()
        for method, (steps, printed) in LIMITS.items():
            low, high = map(ball, rounding_interval(printed))
            found = run.fraction(method, steps)
            if not (low <= found and found <= high):
                raise Failed(f"{method} ends at {found}, printed {printed}")
        floor = run.fraction("bulk", LIMITS["bulk"][0])
        if not (run.fraction("sgd", PASSES - 1) > floor > run.fraction("sgd", PASSES)):
            raise Failed(f"SGD does not pass the floor of Bulk-SGD at step {PASSES}")
    return Outcome(f"both limits as printed; SGD passes the floor at step {PASSES}")
