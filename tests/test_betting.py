"""The betting test decides the sign of a mean, rarely wrongly, from draws in a promised range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.betting import BOLDEST_SHARE, RATES, Gambler, RangeError, SignDecision, sign_of_mean
from verify.errors import InputError

FloatArray = NDArray[np.float64]
ALPHA = 0.05
pytestmark = pytest.mark.false_alarm(0, reason="all seeds in this file are fixed")


def decide(values: FloatArray, low: float, high: float, alpha: float = ALPHA) -> SignDecision:
    """Feed a fixed sequence of draws."""
    rest = iter(values)

    def draw(number: int) -> tuple[FloatArray, FloatArray]:
        draws = np.array([next(rest) for _ in range(number)])
        return draws, draws

    return sign_of_mean(draw, low=low, high=high, error_probability=alpha, max_draws=len(values))


def two_point(rng: np.random.Generator, low: float, high: float, n: int) -> FloatArray:
    """Draws of `low` and `high` with mean zero."""
    return np.where(rng.random(n) < high / (high - low), low, high)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-1.0, 9.0), (-9.0, 1.0)])
def test_at_the_null_false_decisions_stay_below_alpha(low: float, high: float) -> None:
    """Fails if the threshold, the range or the shares made the test more eager than told."""
    rng = np.random.default_rng(20)
    runs = [decide(two_point(rng, low, high, 600), low, high) for _ in range(400)]
    assert sum(run.sign != 0 for run in runs) <= ALPHA * len(runs)


def test_capital_is_a_martingale_at_the_null() -> None:
    """Exact, over all 2^10 paths of a fair coin: the expected capital stays 1."""
    paths = 2 * ((np.arange(1024)[:, None] >> np.arange(10)) & 1) - 1.0
    final = [math.exp(Gambler(-1.0).play(path)[-1]) for path in paths]
    np.testing.assert_allclose(np.mean(final), 1)


def test_a_bolder_gambler_than_allowed_would_be_caught() -> None:
    """The same expectation exceeds 1 when the mean is positive: the check above can fail."""
    paths = 2 * ((np.arange(1024)[:, None] >> np.arange(10)) & 1) - 0.9
    final = [math.exp(Gambler(-1.0).play(path)[-1]) for path in paths]
    assert np.mean(final) > 1.1


@pytest.mark.parametrize("sign", [-1, 1])
def test_both_signs_are_found(sign: int) -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        values = np.clip(sign * 0.2 + rng.uniform(-0.8, 0.8, 20_000), -1, 1)
        decision = decide(values, -1.0, 1.0, alpha=1e-9)
        assert decision.sign == sign
        assert decision.error_probability == 1e-9


def test_the_number_of_draws_is_near_its_prediction() -> None:
    """With range far above the deviation, about ln(2J/alpha) / ln(1 + mean/range) draws are due."""
    mean, alpha = 0.1, 1e-9
    expected = math.log(2 * RATES / alpha) / math.log1p(BOLDEST_SHARE * mean)
    decision = decide(np.full(10_000, mean), -1.0, 1.0, alpha=alpha)
    assert decision.draws == math.ceil(expected)


def test_the_decision_does_not_depend_on_how_draws_are_chunked() -> None:
    values = 0.1 + np.random.default_rng(5).uniform(-0.9, 0.9, 5_000)
    found = set()
    for chunk in (1, 7, 5_000):
        start = iter(range(0, len(values), 1))

        def draw(number: int, start: object = start) -> tuple[FloatArray, FloatArray]:
            part = values[[next(start) for _ in range(number)]]  # type: ignore[call-overload]
            return part, part

        decision = sign_of_mean(
            draw,
            low=-1.0,
            high=1.0,
            error_probability=1e-6,
            max_draws=len(values),
            first_chunk=chunk,
            largest_chunk=chunk,
        )
        found.add((decision.sign, decision.draws))
    assert len(found) == 1


def test_undecided_is_reported_as_undecided() -> None:
    assert decide(np.zeros(1000), -1.0, 1.0) == SignDecision(0, 1000, ALPHA)


def test_the_range_alone_can_decide_without_any_error() -> None:
    assert decide(np.ones(5), 0.5, 2.0) == SignDecision(1, 0, 0.0)
    assert decide(-np.ones(5), -2.0, -0.5) == SignDecision(-1, 0, 0.0)


@pytest.mark.parametrize("bad", [-1.5, 1.5, math.nan])
def test_a_draw_outside_the_promised_range_is_refused(bad: float) -> None:
    with pytest.raises(RangeError, match="left its range"):
        decide(np.array([0.0] * 70 + [bad] * 70), -1.0, 1.0)


def test_draws_known_only_up_to_rounding_decide_nothing_within_it() -> None:
    def draw(number: int) -> tuple[FloatArray, FloatArray]:
        return np.full(number, -0.01), np.full(number, 0.03)

    decision = sign_of_mean(draw, low=-1, high=1, error_probability=0.5, max_draws=5_000)
    assert decision.sign == 0


def test_nonsense_is_refused() -> None:
    with pytest.raises(InputError, match="low must not exceed high"):
        decide(np.zeros(3), 1.0, -1.0)
    with pytest.raises(InputError, match="error_probability"):
        decide(np.zeros(3), -1.0, 1.0, alpha=0.0)
