"""TS-14: all three methods run on from a state that SGD has settled in."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.examples import rounding_interval
from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces import words_toy_paths  # noqa: F401  # registers meanings
from verify.tiny_subspaces.words_toy import transfer

SETTLING, BITS = 400, 400  # steps before the switch; working precision
PASSES = 5319  # printed: the steps after which SGD is below the floor of Bulk-SGD
LIMITS = {"dom": (1000, "0.999636887018761"), "bulk": (400_000, "0.345238029186271")}
WORLD = {"sharp": "1000", "flat": "1", "eta": "1/10000", "coupling": "100"}


def ball(x: Fraction) -> Any:
    """A rational as an Arb ball."""
    return flint.arb(flint.fmpq(x.numerator, x.denominator))


class Switched:
    """Mean losses after a switch from a run of SGD that started in (0, 1), as Arb balls."""

    def __init__(self) -> None:
        self.world = InstanceWorld(instance("toy quadratic", **WORLD))
        self.settled = self.moments("sgd", SETTLING, flint.arb_mat(3, 1, [0, 1, 0]))

    def moments(self, method: str, steps: int, start: Any) -> Any:
        """E x^2, E y^2, E xy after these steps of a method."""
        return flint.arb_mat(transfer(self.world, method)) ** steps * start

    def loss(self, moments: Any) -> Any:
        """The mean loss with these moments."""
        sharp, flat = ball(self.world["sharp"]), ball(self.world["flat"])
        return (sharp * moments[0, 0] + flat * moments[1, 0]) / 2

    def fraction(self, method: str, steps: int) -> Any:
        """The mean loss after these steps, as a part of the mean loss at the switch."""
        return self.loss(self.moments(method, steps, self.settled)) / self.loss(self.settled)


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
