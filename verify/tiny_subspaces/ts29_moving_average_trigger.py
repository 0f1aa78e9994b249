"""TS-29: the moving average computed sample by sample."""

from __future__ import annotations

import random
from collections.abc import Iterable
from fractions import Fraction
from itertools import repeat

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld
from verify.meaning import means

FACTOR, THRESHOLD = Fraction(9, 10), Fraction(95, 100)
SEQUENCES = {"fast": 30, "full": 500}
LONGEST = 200


def averages(
    samples: Iterable[Fraction], factor: Fraction, start: Fraction = Fraction(0)
) -> Iterable[Fraction]:
    """The moving average after every sample."""
    average = start
    for sample in samples:
        average = factor * average + (1 - factor) * sample
        yield average


def first_above(samples: Iterable[Fraction], factor: Fraction = FACTOR) -> int | None:
    """The number (from 1) of the first sample after which the average exceeds the threshold."""
    for number, average in enumerate(averages(samples, factor), start=1):
        if average > THRESHOLD:
            return number
    return None


def _after(world: InstanceWorld, more: int) -> Fraction:
    count = int(world["ema_samples"]) + more
    samples, start = repeat(world["ema_value"], count), world["ema_start"]
    return [start, *averages(samples, world["ema_factor"], start)][-1]


means("ema_after")(lambda world: _after(world, 0))
means("ema_later")(lambda world: _after(world, 1))


@check("TS-29", "exact", "sample 29")
def sample_29(settings: Settings) -> Outcome:
    """Fails unless constant chi = 1 fires after sample 29 for the first time, and then stays."""
    samples = [Fraction(1)] * LONGEST
    above = [average > THRESHOLD for average in averages(samples, FACTOR)]
    if above != [number >= 29 for number in range(1, LONGEST + 1)]:
        raise Failed(f"fires first after sample {first_above(samples)}")
    return Outcome(f"above .95 exactly from sample 29 on, of {LONGEST}")


@check("TS-29", "exact", "no earlier with any chi")
def no_earlier(settings: Settings) -> Outcome:
    """Fails when a sequence of chi in [0, 1] fires before sample 29, or exceeds 1 - .9^n."""
    source = random.Random(settings.stream("TS-29", "sequences"))
    count = SEQUENCES.get(settings.tier, SEQUENCES["full"])
    fired = 0
    for _ in range(count):
        low = source.randint(0, 100)
        samples = [Fraction(source.randint(low, 100), 100) for _ in range(60)]
        for n, average in enumerate(averages(samples, FACTOR), start=1):
            if average > 1 - FACTOR**n:
                raise Failed(f"the average after {n} samples is {float(average)}")
        number = first_above(samples)
        fired += number is not None
        if number is not None and number < 29:
            raise Failed(f"fires after sample {number}")
    if not fired:
        raise Failed("no sequence fired at all: the check cannot fail")
    return Outcome(f"{count} sequences, {fired} of which fire within 60 samples")


@check("TS-29", "mutant", "trigger on chi squared")
def chi_squared(settings: Settings) -> Outcome:
    """Fails unless chi = .96 fires and chi^2 = .9216 never does."""
    chi = Fraction(96, 100)
    found = first_above(repeat(chi, LONGEST)), first_above(repeat(chi**2, LONGEST))
    if found[0] is None or found[1] is not None:
        raise Failed(f"chi fires at {found[0]}, chi^2 at {found[1]}")
    return Outcome(f"chi = .96 fires after sample {found[0]}, chi^2 never")
