"""The paper's toy after SGD has settled: mean losses and alignments of other methods, as balls."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from verify.instances import InstanceWorld, instance
from verify.tiny_subspaces.words_toy import transfer

SETTLING, BITS = 400, 400  # steps before the switch; working precision
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

    def alignment(self, method: str, steps: int) -> Any:
        """The mean-square alignment after these steps."""
        moments = self.moments(method, steps, self.settled)
        dominant = ball(self.world["sharp"]) ** 2 * moments[0, 0]
        return dominant / (dominant + ball(self.world["flat"]) ** 2 * moments[1, 0])

    def fraction(self, method: str, steps: int) -> Any:
        """The mean loss after these steps, as a part of the mean loss at the switch."""
        return self.loss(self.moments(method, steps, self.settled)) / self.loss(self.settled)
