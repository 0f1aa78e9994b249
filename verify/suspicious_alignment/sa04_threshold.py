"""SA-4: a noise law that depends on the state can have several thresholds."""

from __future__ import annotations

from fractions import Fraction

import flint

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import World
from verify.models import Mode, Model

ALIGNMENTS = ("1/2000", "1/10", "16/25", "19/20")


def _contrast(alignment: Fraction, bits: int) -> object:
    """q at G = 1, lambda = (1, 1/2), variances 1/1000 and 16 (0.6 g_1 - 0.8 g_2)^2, as a ball.

    q is affine in the bulk variance: its value at two variances comes from the meaning of q.
    """
    dominant = Mode(Fraction(1), alignment, Fraction(1, 1000))

    def q_at(variance: int) -> Fraction:
        bulk = Mode(Fraction(1, 2), 1 - alignment, Fraction(variance))
        return Fraction(World(Model((dominant,), (bulk,), Fraction(1))).word("q"))

    flint.ctx.prec, before = bits, flint.ctx.prec
    try:
        g1, g2 = (flint.arb(_rational(x)).sqrt() for x in (alignment, 1 - alignment))
        root = flint.arb(3) / 5 * g1 - flint.arb(4) / 5 * g2
        still, slope = q_at(0), q_at(1) - q_at(0)
        noisy = flint.arb(_rational(slope)) * root * root * 16
        return flint.arb(_rational(still)) + noisy
    finally:
        flint.ctx.prec = before


def _rational(x: Fraction) -> flint.fmpq:
    return flint.fmpq(x.numerator, x.denominator)


@check("SA-4", "mutant", "one threshold for noise that depends on the state")
def one_threshold(settings: Settings) -> Outcome:
    """Fails unless the sign of q changes three times as alignment grows, for one noise law."""
    balls = [_contrast(Fraction(a), 128) for a in ALIGNMENTS]
    signs = "".join("+" if b > 0 else "-" if b < 0 else "?" for b in balls)  # type: ignore[operator]
    if signs != "+-+-":
        raise Failed(f"q has the signs {signs} at alignment {', '.join(ALIGNMENTS)}")
    return Outcome(f"q has the signs {signs} at alignment {', '.join(ALIGNMENTS)}")
