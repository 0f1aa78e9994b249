"""The error rates of the decisions themselves, measured.

At the boundary of the null hypothesis a wrong answer may occur with probability alpha = 0.05; the
counts are compared with the largest count that a rate of 0.05 explains with probability 1e-9.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats

from verify.betting import RangeError
from verify.decide import (
    Decision,
    _Bet,
    decide_difference,
    decide_equal,
    decide_proportion,
    decide_sign,
    design_equal,
    design_sign,
    smallest_discrepancy,
)
from verify.errors import InputError
from verify.laws import Bounded, GaussianForm, Proportion, RademacherForm

ALPHA = 0.05
pytestmark = pytest.mark.false_alarm(0, reason="all seeds in this file are fixed")
WEIGHTS, MEANS, DEVIATIONS = np.array([[1.0, -1.0, 0.5], [1.0, 0.5, 0.0], [0.5, 1.0, 0.3]])
CENTRE = float(np.sum(WEIGHTS * (MEANS**2 + DEVIATIONS**2)))

GAUSSIAN = GaussianForm.of(WEIGHTS, MEANS, DEVIATIONS)
RADEMACHER = RademacherForm.of(WEIGHTS, MEANS, DEVIATIONS)
BOUNDED = Bounded(-3.0, 3.0, 1 / np.sqrt(2))
LAWS: dict[str, Any] = {"gaussian": GAUSSIAN, "rademacher": RADEMACHER, "bounded": BOUNDED}


def centred(name: str, rng: np.random.Generator, count: int) -> Any:
    """Draws of each law with mean zero, made from their definition."""
    if name == "bounded":
        return np.where(rng.random(count) < 0.2, 2.0, -0.5) / np.sqrt(2)
    shape = (count, 3)
    z = rng.standard_normal(shape) if name == "gaussian" else rng.choice([-1.0, 1.0], shape)
    return ((MEANS + DEVIATIONS * z) ** 2) @ WEIGHTS - CENTRE


def source(name: str, seed: Any, mean: float = 0.0) -> Callable[[int, int], Any]:
    rng = np.random.default_rng(seed)
    return lambda start, count: centred(name, rng, count) + mean


def most(runs: int, rate: float) -> int:
    """The largest count that a true rate explains with probability above 1e-9."""
    return int(scipy.stats.binom.isf(1e-9, runs, rate))


def runs(count: int, decide: Callable[[int], Decision]) -> list[Decision]:
    return [decide(seed) for seed in range(count)]


@pytest.mark.parametrize("name", LAWS)
def test_law_knows_its_draws(name: str) -> None:
    """Deviation and cumulant function agree with a large sample, to four standard errors."""
    law, z = LAWS[name], centred(name, np.random.default_rng(0), 200_000)
    assert abs(np.var(z) - law.deviation**2) < 6 * np.std((z - z.mean()) ** 2) / np.sqrt(len(z))
    if name != "bounded":
        for rate in (-0.1, 0.1):
            factors = np.exp(rate * z - law.psi(np.array([rate]))[0])
            assert abs(factors.mean() - 1) < 6 * factors.std() / np.sqrt(len(z))


def check_null_sign(name: str, count: int) -> None:
    """Mean exactly zero: every declared sign is wrong."""
    law = LAWS[name]
    done = runs(count, lambda i: decide_sign(source(name, [1, i]), law, 0.4, alpha=ALPHA))
    wrong = sum(run.decided for run in done)
    assert 0 < wrong <= most(count, ALPHA), wrong


def check_null_equal(name: str, count: int) -> None:
    """Mean exactly as expected: "different" is wrong; exactly one discrepancy off: "equal" is."""
    law, wide = LAWS[name], 0.5
    same = runs(count, lambda i: decide_equal(source(name, [2, i]), 0.0, wide, law, alpha=ALPHA))
    off = runs(
        count, lambda i: decide_equal(source(name, [3, i], wide), 0.0, wide, law, alpha=ALPHA)
    )
    assert sum(run.answer == "different" for run in same) <= most(count, ALPHA)
    assert sum(run.answer == "equal" for run in off) <= most(count, ALPHA)
    assert sum(run.answer == "undecided" for run in off) <= most(count, ALPHA)
    assert sum(run.answer == "equal" for run in same) > 0.8 * count


def check_prediction(name: str, count: int) -> None:
    """The predicted number of draws is within 25 % of the measured median."""
    law = LAWS[name]
    for mean, attribute in ((0.4, "draws"), (-0.4, "draws_if_negative")):
        design = design_sign(law, 0.4)
        done = runs(count, lambda i, m=mean: decide_sign(source(name, [4, i], m), law, 0.4))  # type: ignore[misc]
        assert {run.sign for run in done} == {int(np.sign(mean))}
        median = float(np.median([run.draws for run in done]))
        assert 0.75 < median / getattr(design, attribute) < 1.25
    design = design_equal(law, 0.0, 0.4)
    done = runs(count, lambda i: decide_equal(source(name, [5, i]), 0.0, 0.4, law))
    assert {run.answer for run in done} == {"equal"}
    assert 0.75 < float(np.median([run.draws for run in done])) / design.draws < 1.25


@pytest.mark.parametrize("name", LAWS)
def test_false_signs_at_the_boundary(name: str) -> None:
    check_null_sign(name, 400)


def test_false_equalities_at_the_boundary() -> None:
    check_null_equal("gaussian", 150)


@pytest.mark.parametrize("name", LAWS)
def test_predicted_draws(name: str) -> None:
    check_prediction(name, 25)


@pytest.mark.full
@pytest.mark.parametrize("name", LAWS)
def test_calibration_in_full(name: str) -> None:
    check_null_sign(name, 2000)
    check_null_equal(name, 2000)
    check_prediction(name, 300)


@pytest.mark.full
@pytest.mark.parametrize("name", LAWS)
def test_planted_means_are_never_missed(name: str) -> None:
    law = LAWS[name]
    for mean in (0.4, -0.4):
        done = runs(500, lambda i, m=mean: decide_sign(source(name, [6, i], m), law, 0.4))  # type: ignore[misc]
        assert all(run.sign == np.sign(mean) for run in done)


def test_proportions() -> None:
    def coin(seed: int, p: float) -> Callable[[int, int], Any]:
        rng = np.random.default_rng(seed)
        return lambda start, count: rng.random(count) < p

    assert decide_proportion(coin(1, 0.3), 0.3, 0.05).answer == "equal"
    low, high = (decide_proportion(coin(2, p), 0.3, 0.05) for p in (0.25, 0.35))
    assert (low.answer, low.sign) == ("different", -1)
    assert (high.answer, high.sign) == ("different", 1)
    assert decide_proportion(coin(3, 0.0), 0.0, 0.05).answer == "equal"
    design = design_equal(Proportion.near(0.3), 0.3, 0.05)
    seen = [decide_proportion(coin(10 + i, 0.3), 0.3, 0.05).draws for i in range(25)]
    assert 0.75 < float(np.median(seen)) / design.draws < 1.25


def test_common_random_numbers_need_fewer_draws() -> None:
    """D after one step at two step sizes: paired, the same draws decide with far fewer of them."""
    eigenvalues, gradient, sigma = np.array([2.0, 1.0]), np.array([3.0, 1.0]), np.array([1.0, 1.0])
    steps = (0.30, 0.31)
    exact = [
        float(np.sum((1 - s * eigenvalues) ** 2 * gradient**2 + (s * eigenvalues * sigma) ** 2))
        for s in steps
    ]

    def energy(step: float, seed: int) -> Callable[[int, int], Any]:
        def draws(start: int, count: int) -> Any:
            z = np.random.default_rng([seed, start]).standard_normal((count, 2))
            g = gradient - step * eigenvalues * (gradient + sigma * z)
            return (g**2).sum(axis=1)

        return draws

    shape = (2, 2, 2)
    means = np.array(
        [[(1 - s * lam) * g for s in steps] for lam, g in zip(eigenvalues, gradient, strict=True)]
    )
    spread = np.array([[s * lam for s in steps] for lam in eigenvalues])
    weights = np.broadcast_to(np.diag([1.0, -1.0]), shape)
    paired = GaussianForm.of_blocks(weights, means, spread[:, :, None] * spread[:, None, :])
    apart = GaussianForm.of_blocks(weights, means, np.stack([np.diag(s**2) for s in spread]))
    smallest = abs(exact[0] - exact[1])
    close = decide_difference(energy(steps[0], 1), energy(steps[1], 1), paired, smallest)
    assert (close.answer, close.sign) == ("positive", 1)
    assert exact[0] > exact[1]
    assert 50 * close.draws < design_sign(apart, smallest).draws


def test_undecided_is_not_an_answer() -> None:
    run = decide_sign(source("gaussian", 1), GAUSSIAN, 0.4, max_draws=10)
    assert (run.answer, run.decided, run.sign, run.draws, run.miss) == (
        "undecided",
        False,
        0,
        10,
        1.0,
    )


def test_answer_does_not_depend_on_how_draws_are_delivered() -> None:
    """One look per draw, in the order of the draws: the answer names the first sufficient draw."""
    values = centred("gaussian", np.random.default_rng(5), 5000) + 0.4
    whole = decide_sign(lambda start, count: values[start : start + count], GAUSSIAN, 0.4)
    cut = decide_sign(
        lambda start, count: values[start : start + count], GAUSSIAN, 0.4, max_draws=whole.draws
    )
    less = decide_sign(
        lambda start, count: values[start : start + count], GAUSSIAN, 0.4, max_draws=whole.draws - 1
    )
    assert cut.answer == whole.answer == "positive"
    assert cut.draws == whole.draws
    assert less.answer == "undecided"


@pytest.mark.parametrize("name", LAWS)
def test_smallest_discrepancy_inverts_the_design(name: str) -> None:
    found = smallest_discrepancy(LAWS[name], 2000)
    assert design_sign(LAWS[name], found).max_draws <= 2000
    assert design_sign(LAWS[name], 0.98 * found).max_draws > 2000


def test_bad_input() -> None:
    draws = source("gaussian", 1)
    for options in ({"alpha": 0.0}, {"alpha": 1.0}, {"miss": 2.0}):
        with pytest.raises(InputError):
            decide_sign(draws, GAUSSIAN, 0.4, **options)
    for smallest in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(InputError):
            decide_sign(draws, GAUSSIAN, smallest)
    with pytest.raises(InputError):
        decide_sign(lambda start, count: [1.0], GAUSSIAN, 0.4)
    with pytest.raises(InputError):
        Bounded(1.0, 0.0, 1.0)
    with pytest.raises(RangeError):
        decide_sign(lambda start, count: np.full(count, 4.0), BOUNDED, 0.4)
    with pytest.raises(RangeError):
        decide_proportion(lambda start, count: np.full(count, 0.5), 0.5, 0.1)


def test_a_bet_pays_at_its_level() -> None:
    """Fails if the evidence is called enough at any other level: then the error is not alpha."""
    draws = centred("gaussian", np.random.default_rng(5), 2000) + 0.5
    bet = _Bet(GAUSSIAN, 0.0, 1, 0.5, 0.01)
    wealth = np.exp(np.cumsum(GAUSSIAN.log_factors(draws, bet.rates), axis=0)).mean(axis=1)
    assert wealth.argmax() > 0
    assert np.array_equal(bet.play(draws), wealth >= 100)


@pytest.mark.parametrize("chance", [0, 1, -0.5, 1.5, float("nan")])
@pytest.mark.parametrize("name", ["alpha", "miss"])
def test_error_probabilities_lie_between_zero_and_one(name: str, chance: float) -> None:
    """Fails if a decision that is never wrong, or always, can be asked for."""
    with pytest.raises(InputError, match=f"{name}={chance}"):
        design_sign(GAUSSIAN, 0.2, **{"alpha": 0.5, "miss": 0.5, name: chance})


@pytest.mark.parametrize("discrepancy", [0, -1.0, float("inf"), float("nan")])
def test_the_discrepancy_is_a_positive_number(discrepancy: float) -> None:
    with pytest.raises(InputError, match=f"not {discrepancy}"):
        design_sign(GAUSSIAN, discrepancy)


@pytest.mark.parametrize("name", LAWS)
def test_the_smallest_discrepancy_just_fits(name: str) -> None:
    """Fails if it is computed for another error than that of the decision."""
    smallest = smallest_discrepancy(LAWS[name], 3000, alpha=0.01, miss=0.01)
    assert design_sign(LAWS[name], smallest, alpha=0.01, miss=0.01).max_draws <= 3000
    assert design_sign(LAWS[name], 0.995 * smallest, alpha=0.01, miss=0.01).max_draws > 3000


def test_draws_are_asked_for_in_batches_that_double() -> None:
    """Fails if draws are asked for twice, left out, or far beyond what a decision may need."""
    asked = []

    def alternating(start: int, count: int) -> Any:
        asked.append((start, count))
        return np.where((start + np.arange(count)) % 2, 1.0, -1.0)

    run = decide_sign(alternating, BOUNDED, 0.4, max_draws=20_000)
    assert [count for _, count in asked[:9]] == [32 * 2**n for n in range(8)] + [4096]
    assert all(a + n == b for (a, n), (b, _) in itertools.pairwise(asked))
    assert sum(count for _, count in asked) == run.draws == 20_000
    assert run.mean == 0


@pytest.mark.parametrize("side", [1, -1])
def test_a_mean_on_the_wrong_side_never_pays(side: int) -> None:
    """Fails if the prediction counts on evidence that does not grow."""
    bet = _Bet(GAUSSIAN, 2.0, side, 0.5, 0.01)
    assert bet.expected_crossing(2.0) == bet.expected_crossing(2.0 - side) == np.inf
    assert 0 < bet.expected_crossing(2.0 + 2 * side) < bet.expected_crossing(2.0 + side) < np.inf


def test_a_decision_without_end_is_not_begun() -> None:
    """Fails if a discrepancy that needs 10^24 draws starts to draw them."""
    with pytest.raises(InputError, match="choose a larger one"):
        decide_sign(source("bounded", 0), BOUNDED, 1e-12)
    assert not decide_sign(source("bounded", 0), BOUNDED, 1e-12, max_draws=100).decided
