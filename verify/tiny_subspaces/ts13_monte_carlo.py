"""TS-13 by Monte Carlo: chi_1 on long paths of literal SGD, with decisions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.signal import lfilter

from verify.checks import Settings, check
from verify.decide import Draws, decide_equal, decide_proportion, decide_sign
from verify.evidence import Outcome
from verify.laws import Array, Bounded
from verify.montecarlo import demand, together
from verify.noise import TwoSample
from verify.simulate import simulate

BURN_IN = 200
QUANTILES = {0.01: (0.27, 0.31), 0.05: (0.82, 0.84), 0.10: (0.944, 0.952), 0.50: (0.9975, 0.9985)}
MEAN, MEAN_SQUARE, MEAN_WITHIN = 0.9671, 0.9486, 0.004
DEVIATIONS = {1: 0.12, 2: 0.15}  # of chi and of chi^2, for planning
LEVEL, WEIGHT = 0.95, 0.1
WINDOW, WARM_UP = 1001, 150  # steps of the moving average, and before them
ABOVE, ABOVE_WITHIN = 0.79, 0.02
MINIMUM = (0.80, 0.82)  # around the median 0.81


def chi(first: int, count: int, seed: int, observe: list[int]) -> Array:
    """chi_1 of paths from (0, 1) at these times, shape (paths, times)."""
    seen = simulate(
        np.array([1000.0, 1.0]),
        1,
        TwoSample(100.0),
        step_size=1e-4,
        steps=observe[-1],
        replicas=count,
        first_replica=first,
        seed=seed,
        start=np.array([0.0, 1.0]),
        observe=observe,
        losses=False,
    )
    return np.asarray(np.sqrt(seen.alignment))


def after_burn_in(seed: int, of: Callable[[Array], Array]) -> Draws:
    """Draws of a function of chi_1 after the burn-in, one per path."""

    def draws(start: int, count: int) -> Array:
        return of(chi(start, count, seed, [BURN_IN])[:, 0])

    return draws


def to_the_power(n: int, values: Array) -> Array:
    """The values to the power n."""
    return np.asarray(values**n)


def moving_averages(start: int, count: int, seed: int) -> Array:
    """The moving average of chi_1 over a window of steps, shape (paths, steps)."""
    times = list(range(BURN_IN, BURN_IN + WARM_UP + WINDOW))
    values = chi(start, count, seed, times)
    averages = lfilter([WEIGHT], [1, -(1 - WEIGHT)], values, axis=1)
    return np.asarray(averages[:, WARM_UP:])


@check("TS-13", "monte-carlo", "mean and median of a long run")
def mean_and_median(settings: Settings) -> Outcome:
    """Fails if E chi or E chi^2 is not printed like this, or the median is outside its bounds."""
    found = []
    for name, value, power in (("mean", MEAN, 1), ("mean square", MEAN_SQUARE, 2)):
        draws = after_burn_in(settings.stream("TS-13", name), partial(to_the_power, power))
        decision = decide_equal(draws, value, MEAN_WITHIN, Bounded(0.0, 1.0, DEVIATIONS[power]))
        found.append(demand(decision, "equal", f"{name} of chi"))
    for level, answer in ((0.997, "negative"), (0.999, "positive")):
        found.append(of_quantile(settings.stream("TS-13", "median"), 0.5, level, answer, 0.04))
    return together(*found)


def of_quantile(seed: int, share: float, level: float, answer: str, smallest: float) -> Outcome:
    """Whether more than this share of paths is below the level ("positive") or less."""
    law = Bounded(-share, 1 - share, (share * (1 - share)) ** 0.5)
    draws = after_burn_in(seed, lambda x: np.asarray((x < level) - share, dtype=np.float64))
    return demand(decide_sign(draws, law, smallest), answer, f"P(chi < {level}) - {share}")


@check("TS-13", "monte-carlo", "quantiles of a long run", tier="full")
def quantiles(settings: Settings) -> Outcome:
    """Fails if a printed quantile lies outside its interval."""
    found = []
    for share, (low, high) in QUANTILES.items():
        for level, answer in ((low, "negative"), (high, "positive")):
            seed = settings.stream("TS-13", "quantile", str(level))
            found.append(of_quantile(seed, share, level, answer, 0.04 * share))
    return together(*found)


@check("TS-13", "monte-carlo", "moving average of chi", tier="full")
def moving_average(settings: Settings) -> Outcome:
    """Fails if the moving average is above .95 in another share of steps, or has other minima."""
    seed = settings.stream("TS-13", "average")

    def above(start: int, count: int) -> Array:
        return np.asarray(moving_averages(start, count, seed)[:, -1] > LEVEL, dtype=np.float64)

    found = [demand(decide_proportion(above, ABOVE, ABOVE_WITHIN), "equal", "EMA above .95")]
    for level, answer in zip(MINIMUM, ("negative", "positive"), strict=True):

        def lower(start: int, count: int, level: float = level) -> Array:
            least = moving_averages(start, count, seed).min(axis=1)
            return np.asarray((least < level) - 0.5, dtype=np.float64)

        decision = decide_sign(lower, Bounded(-0.5, 0.5, 0.5), 0.1)
        found.append(demand(decision, answer, f"P(least EMA < {level}) - 1/2"))
    return together(*found)
