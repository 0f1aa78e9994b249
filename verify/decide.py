"""Decisions about means with both error probabilities stated, valid at every stopping time.

Evidence is a product of factors whose expectation is at most 1 under the null hypothesis, averaged
over a few rates. By Ville's inequality it ever exceeds 1/level with probability at most `level`,
however often one looks. "undecided" at the largest number of draws is never a pass.

Draws are requested as `draws(start, count)`: the values number start ... start + count - 1 of a
fixed sequence of independent, identically distributed numbers, shape (count,).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verify import ledger
from verify.errors import InputError
from verify.laws import Array, Law, Proportion

ALPHA = 1e-9
SPREAD = (0.5, 1.0, 2.0, 4.0, 8.0)  # rates played, as multiples of the best one for the design
POWERS = np.geomspace(0.02, 1.0, 12)  # exponents tried in Chernoff's bound on a miss
FIRST_BATCH, LARGEST_BATCH = 32, 4096

LONGEST = 1e15  # no decision is planned or begun beyond this many draws
WALKS, WALK_TIMES = 200, 150  # size of the simulation behind a predicted number of draws

Draws = Callable[[int, int], ArrayLike]
Judge = Callable[[list[float]], tuple[float, str, int]]  # crossing times -> when, answer, sign


@dataclass(frozen=True)
class Design:
    """What a decision will cost, known before the first draw.

    draws: predicted median when the truth is as assumed (for signs: mean +discrepancy, and
    draws_if_negative for mean -discrepancy). max_draws: where "undecided" is declared.
    miss: bound on the probability of not finding a mean exactly `discrepancy` off (for `Bounded`
    laws, given their stated deviation). alpha: bound on the probability of a wrong answer.
    """

    draws: int
    draws_if_negative: int
    max_draws: int
    discrepancy: float
    alpha: float
    miss: float


@dataclass(frozen=True)
class Decision:
    """An answer with its error probabilities.

    answer: "positive", "negative" (signs), "equal", "different" (equality) or "undecided".
    draws: how many were used; mean: theirs. A wrong answer has probability at most `alpha`; a
    discrepancy of `discrepancy` goes unnoticed with probability at most `miss`.
    sign: of the mean, or of its difference from the expected value; 0 unless found.
    """

    answer: str
    draws: int
    mean: float
    sign: int
    alpha: float
    miss: float
    discrepancy: float
    max_draws: int

    @property
    def decided(self) -> bool:
        return self.answer != "undecided"


class _Bet:
    """Evidence that the mean is above `null` (side = 1) or below it (side = -1)."""

    def __init__(self, law: Law, null: float, side: int, excess: float, level: float) -> None:
        self.law = law if side > 0 else law.mirrored()
        self.null, self.side, self.excess = side * null, side, excess
        limit = self.law.largest_rate(self.null)
        best = min(_best_rate(self.law, self.null, excess, limit), limit)
        rates = np.array([best * factor for factor in SPREAD])
        self.rates: Array = rates[rates <= limit]
        self.threshold = math.log(1 / level)
        self.logs: Array = np.zeros(len(self.rates))

    def play(self, draws: Array) -> NDArray[np.bool_]:
        """After which of these draws the evidence is sufficient."""
        factors = self.law.log_factors(self.side * draws - self.null, self.rates)
        path = self.logs + np.cumsum(factors, axis=0)
        self.logs = path[-1]
        enough: NDArray[np.bool_] = _log_mean(path) >= self.threshold
        return enough

    def expected_crossing(self, mean: float) -> float:
        """When the evidence would be enough if every draw equalled its mean; inf if never."""
        excess = np.array([self.side * mean - self.null])
        growth = float(self.law.growth(excess, self.rates, self.null).max())
        return self.threshold / growth if growth > 0 else math.inf

    def first_crossing(self, average: Array, times: Array) -> Array:
        """When running averages of shape (walks, times) give enough evidence; inf if never."""
        excess = self.side * average - self.null
        growth = self.law.growth(excess.ravel(), self.rates, self.null).reshape(*excess.shape, -1)
        enough = _log_mean(times[:, None] * growth) >= self.threshold
        crossing: Array = np.where(enough.any(1), times[np.argmax(enough, 1)], math.inf)
        return crossing

    def longest(self, miss: float) -> int:
        """Draws after which the evidence is insufficient with probability at most `miss`."""
        needed = self.threshold + math.log(len(self.rates))
        rates = tuple(float(rate) for rate in self.rates)
        return _longest(self.law, self.null, rates, self.excess, needed, miss)


@functools.lru_cache(maxsize=64)
def _longest(
    law: Law, null: float, rates: tuple[float, ...], excess: float, needed: float, miss: float
) -> int:
    """Chernoff: P(evidence < needed after n draws) <= exp(power needed + n shrinkage) = miss."""
    best = math.inf
    for rate in rates:
        for power in POWERS:
            slope = law.shrinkage(excess, rate, float(power), null)
            if slope < 0:
                best = min(best, (math.log(1 / miss) + power * needed) / -slope)
    if math.isinf(best):
        raise InputError("no number of draws makes the miss probability this small")
    return math.ceil(best)


def _log_mean(logs: Array) -> Array:
    mean: Array = np.logaddexp.reduce(logs, axis=-1) - math.log(logs.shape[-1])
    return mean


def _predict(bets: tuple[_Bet, ...], judge: Judge, mean: float, deviation: float) -> int:
    """Median number of draws, from Gaussian walks with this mean and deviation per draw.

    The walks are drawn from a fixed stream, at times that grow until more than half have ended.
    """
    shape = (WALKS, WALK_TIMES)
    noise = np.random.default_rng(WALKS).standard_normal(shape).cumsum(axis=1) / WALK_TIMES**0.5
    times = np.arange(1, WALK_TIMES + 1) / WALK_TIMES
    horizon = max(4.0, 1.5 * min(bet.expected_crossing(mean) for bet in bets))
    while horizon < LONGEST:
        n = horizon * times
        average = mean + deviation * math.sqrt(horizon) * noise / n
        crossed = [bet.first_crossing(average, n) for bet in bets]
        ends = [judge([float(c[w]) for c in crossed])[0] for w in range(WALKS)]
        median = float(np.median(ends))
        if median <= 0.7 * horizon:
            return math.ceil(median)
        horizon *= 1.5
    raise InputError("the discrepancy is too small to be found by any number of draws")


def _best_rate(law: Law, null: float, excess: float, limit: float) -> float:
    """The rate of fastest expected growth; growth is concave in the rate near zero."""
    rough = excess / (law.deviation**2 + excess**2) if law.deviation > 0 else 1 / excess
    rates = np.geomspace(rough / 30, rough * 30, 200)
    rates = rates[rates <= limit]
    if len(rates) == 0:
        return limit
    with np.errstate(all="ignore"):
        growth = np.nan_to_num(law.growth(np.array([excess]), rates, null)[0], nan=-np.inf)
    return float(rates[np.argmax(growth)])


def _check(alpha: float, miss: float, discrepancy: float) -> None:
    if not (0 < alpha < 1 and 0 < miss < 1):
        raise InputError(f"alpha={alpha} and miss={miss} must lie strictly between 0 and 1")
    if not (discrepancy > 0 and math.isfinite(discrepancy)):
        raise InputError(f"the discrepancy must be positive and finite, not {discrepancy}")


def _side_bets(law: Law, null: float, excess: float, level: float) -> tuple[_Bet, _Bet]:
    return _Bet(law, null, 1, excess, level), _Bet(law, null, -1, excess, level)


def _equality_bets(
    law: Law, expected: float, discrepancy: float, alpha: float
) -> tuple[_Bet, _Bet, _Bet, _Bet]:
    """Above and below the expected value, and inside both ends of the interval around it."""
    return (
        *_side_bets(law, expected, discrepancy, alpha / 2),
        _Bet(law, expected - discrepancy, 1, discrepancy, alpha),
        _Bet(law, expected + discrepancy, -1, discrepancy, alpha),
    )


def _judge_sign(crossed: list[float]) -> tuple[float, str, int]:
    up, down = crossed
    return min((up, "positive", 1), (down, "negative", -1))


def _judge_equality(crossed: list[float]) -> tuple[float, str, int]:
    above, below, over_lower, under_upper = crossed
    within = max(over_lower, under_upper)
    return min((above, "different", 1), (below, "different", -1), (within, "equal", 0))


def design_sign(
    law: Law, smallest: float, *, alpha: float = ALPHA, miss: float | None = None
) -> Design:
    """Draws needed by `decide_sign` when |mean| = smallest; miss defaults to alpha."""
    miss = alpha if miss is None else miss
    _check(alpha, miss, smallest)
    bets = _side_bets(law, 0.0, smallest, alpha / 2)
    longest = max(bet.longest(miss) for bet in bets)
    up, down = (_predict(bets, _judge_sign, s * smallest, law.deviation) for s in (1, -1))
    return Design(up, down, max(longest, up, down), smallest, alpha, miss)


def design_equal(
    law: Law,
    expected: float,
    discrepancy: float,
    *,
    alpha: float = ALPHA,
    miss: float | None = None,
) -> Design:
    """Draws needed by `decide_equal` when the mean is as expected; miss defaults to alpha."""
    miss = alpha if miss is None else miss
    _check(alpha, miss, discrepancy)
    bets = _equality_bets(law, expected, discrepancy, alpha)
    longest = max(bet.longest(miss / 2) for bet in bets)
    draws = _predict(bets, _judge_equality, expected, law.deviation)
    return Design(draws, draws, max(longest, draws), discrepancy, alpha, miss)


def smallest_discrepancy(
    law: Law, draws: int, *, alpha: float = ALPHA, miss: float | None = None
) -> float:
    """The smallest |mean| that `decide_sign` finds within `draws` draws, except with prob. miss."""
    if draws < 1:
        raise InputError(f"draws={draws}: use at least 1")
    miss = alpha if miss is None else miss
    _check(alpha, miss, 1.0)
    low, high = math.log(law.deviation * 1e-9), math.log(law.deviation * 1e9)
    for _ in range(50):
        middle = 0.5 * (low + high)
        try:
            bets = _side_bets(law, 0.0, math.exp(middle), alpha / 2)
            enough = max(bet.longest(miss) for bet in bets) <= draws
        except InputError:
            enough = False
        low, high = (low, middle) if enough else (middle, high)
    return math.exp(high)


def decide_sign(
    draws: Draws,
    law: Law,
    smallest: float,
    *,
    alpha: float = ALPHA,
    miss: float | None = None,
    max_draws: int | None = None,
) -> Decision:
    """Decide whether the mean of the draws is positive or negative.

    P(a wrong strict sign) <= alpha for every mean; a mean of +-smallest is found except with
    probability miss (alpha by default). max_draws replaces the designed limit; the miss probability
    is then not guaranteed and reported as 1. Raises InputError; RangeError when a draw contradicts
    the law. Source: Ville 1939; rates and mixture are our choice.
    """
    miss = alpha if miss is None else miss
    _check(alpha, miss, smallest)
    bets = _side_bets(law, 0.0, smallest, alpha / 2)
    limits = (max(bet.longest(miss) for bet in bets), max_draws)
    return _run(draws, law, bets, _judge_sign, limits, (smallest, alpha, miss))


def decide_equal(
    draws: Draws,
    expected: float,
    discrepancy: float,
    law: Law,
    *,
    alpha: float = ALPHA,
    miss: float | None = None,
    max_draws: int | None = None,
) -> Decision:
    """Decide whether the mean equals the expected value.

    "equal" means |mean - expected| < discrepancy and is wrong with probability at most alpha;
    "different" means mean != expected and is wrong with probability at most alpha. A mean within
    the discrepancy but not equal may get either answer: both are then true.
    Arguments, errors and source as in `decide_sign`.
    """
    miss = alpha if miss is None else miss
    _check(alpha, miss, discrepancy)
    bets = _equality_bets(law, expected, discrepancy, alpha)
    limits = (max(bet.longest(miss / 2) for bet in bets), max_draws)
    return _run(draws, law, bets, _judge_equality, limits, (discrepancy, alpha, miss))


def decide_proportion(
    draws: Draws,
    expected: float,
    discrepancy: float,
    *,
    alpha: float = ALPHA,
    miss: float | None = None,
    max_draws: int | None = None,
) -> Decision:
    """`decide_equal` for 0/1 (or boolean) draws: is the probability of a 1 the expected one?"""
    law = Proportion.near(expected)
    return decide_equal(
        draws, expected, discrepancy, law, alpha=alpha, miss=miss, max_draws=max_draws
    )


def decide_difference(
    first: Draws,
    second: Draws,
    law: Law,
    smallest: float,
    *,
    alpha: float = ALPHA,
    miss: float | None = None,
    max_draws: int | None = None,
) -> Decision:
    """Decide which of two means is larger: "positive" says the first.

    The draws of equal number are paired; give both the same seed and replica (common random
    numbers) and the law of their difference (`GaussianForm.of_blocks`, or `Bounded`), whose small
    deviation is what makes few draws suffice. Arguments, errors and source as in `decide_sign`.
    """

    def difference(start: int, count: int) -> Array:
        return _numbers(first, start, count) - _numbers(second, start, count)

    return decide_sign(difference, law, smallest, alpha=alpha, miss=miss, max_draws=max_draws)


def _numbers(draws: Draws, start: int, count: int) -> Array:
    values = np.asarray(draws(start, count), dtype=np.float64)
    if values.shape != (count,):
        raise InputError(f"draws({start}, {count}) returned shape {values.shape}, not ({count},)")
    return values


def _run(
    draws: Draws,
    law: Law,
    bets: tuple[_Bet, ...],
    judge: Judge,
    limits: tuple[int, int | None],
    promise: tuple[float, float, float],
) -> Decision:
    """Ask for draws in growing batches until the judge has an answer or the limit is reached."""
    designed, chosen = limits
    limit = designed if chosen is None else chosen
    if limit > LONGEST:
        raise InputError(
            f"a discrepancy of {promise[0]:.3g} may need {limit:.1e} draws; choose a larger one, "
            "or a largest number of draws"
        )
    discrepancy, alpha, miss = promise
    miss = miss if limit >= designed else 1.0
    crossed = [math.inf] * len(bets)
    seen, total, batch = 0, 0.0, FIRST_BATCH
    answer, sign = "undecided", 0
    while seen < limit:
        values = _numbers(draws, seen, min(batch, limit - seen))
        law.check(values)
        for i, bet in enumerate(bets):
            enough = bet.play(values)
            if math.isinf(crossed[i]) and enough.any():
                crossed[i] = seen + int(np.argmax(enough)) + 1
        when, verdict, side = judge(crossed)
        if math.isfinite(when):
            total += float(values[: int(when) - seen].sum())
            seen, answer, sign = int(when), verdict, side
            break
        total += float(values.sum())
        seen += len(values)
        batch = min(2 * batch, LARGEST_BATCH)
    mean = total / seen if seen else math.nan
    ledger.record(alpha, miss)
    return Decision(answer, seen, mean, sign, alpha, miss, discrepancy, limit)
