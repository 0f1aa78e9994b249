"""Planted bugs that the simulator and the decisions must find, and the clean run they must pass.

One SGD step from a low-alignment state at its critical step size: Z = D+ B - D B+ has mean zero
exactly there (SA-3), computed here from the sums in its definition. Every planted bug moves the
mean by at least DISCREPANCY, the size at which a miss has probability 1e-9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from verify.decide import Decision, decide_equal, decide_sign
from verify.laws import GaussianForm, RademacherForm
from verify.noise import AdditiveNoise
from verify.simulate import simulate

K = 2
EIGENVALUES = np.array([2.0, 1.5, 0.5, 0.25, 0.1])
GRADIENT = np.array([0.6, -0.4, 1.0, 2.0, -1.5])
VARIANCE = np.array([0.05, 0.02, 0.4, 0.2, 1.0])
DOMINANT = np.arange(5) < K
D, B = float(np.sum(GRADIENT[DOMINANT] ** 2)), float(np.sum(GRADIENT[~DOMINANT] ** 2))
WEIGHTS = np.where(DOMINANT, B, -D)


def expected(step_size: float, variance: Any = VARIANCE) -> float:
    """E Z by summing the second moments of the five gradient entries after the step."""
    after = (1 - step_size * EIGENVALUES) ** 2 * GRADIENT**2
    return float(np.sum(WEIGHTS * (after + step_size**2 * EIGENVALUES**2 * variance)))


def critical() -> float:
    """The positive root of E Z by bisection."""
    low, high = 1e-6, 100.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if expected(middle) < 0 else (low, middle)
    return high


ETA = critical()
DISCREPANCY = min(abs(expected(0.98 * ETA)), abs(expected(1.02 * ETA)))
ROOT = {"seed": 0}
LAWS = {"rademacher": RademacherForm, "gaussian": GaussianForm}


@pytest.fixture(autouse=True)
def root_seed(pytestconfig: pytest.Config) -> None:
    """Every decision runs on fresh streams under `--claim-seed`."""
    ROOT["seed"] = pytestconfig.getoption("--claim-seed")


def law(family: str, step_size: float = ETA) -> Any:
    means = (1 - step_size * EIGENVALUES) * GRADIENT
    return LAWS[family].of(WEIGHTS, means, step_size * EIGENVALUES * np.sqrt(VARIANCE))


def change(family: str, seed: list[int], bug: str) -> Callable[[int, int], Any]:
    """Draws of Z from literal steps, with one thing wrong."""
    start, variance, step_size = GRADIENT / EIGENVALUES, VARIANCE, ETA
    if bug == "critical step wrong by 2 %":
        step_size = 1.02 * ETA
    elif bug == "critical step wrong by -2 %":
        step_size = 0.98 * ETA
    elif bug == "lambda^2 lost in the noise":
        variance = VARIANCE / EIGENVALUES**2
    elif bug == "biased noise":
        # a constant c in xi moves the result like a start moved by eta c / (1 - eta lambda)
        start = start - ETA * 0.3 * np.sqrt(VARIANCE) / (1 - ETA * EIGENVALUES)

    def draws(first: int, count: int) -> Any:
        run = simulate(
            EIGENVALUES,
            K,
            AdditiveNoise(family, variance),
            step_size=step_size,
            steps=1,
            replicas=count,
            first_replica=first,
            start=start,
            observe=[1],
            seed=[ROOT["seed"], *seed],
            losses=False,
        )
        after = run.dominant_energy[:, 0], run.bulk_energy[:, 0]
        if bug == "subspaces swapped":
            after = after[::-1]
        return after[0] * B - D * after[1]

    return draws


BUGS = (
    "critical step wrong by 2 %",
    "critical step wrong by -2 %",
    "lambda^2 lost in the noise",
    "subspaces swapped",
    "biased noise",
)


def decide(family: str, seed: list[int], bug: str) -> Decision:
    return decide_equal(change(family, seed, bug), 0.0, DISCREPANCY, law(family))


def test_the_state_has_a_stable_critical_step() -> None:
    """Otherwise the planted bugs would be planted in a claim that says nothing."""
    assert 0 < ETA < 2 / EIGENVALUES[0]
    assert expected(0.98 * ETA) < 0 < expected(1.02 * ETA)
    assert abs(expected(ETA)) * 1e9 < DISCREPANCY


@pytest.mark.parametrize("family", LAWS)
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(family: str, bug: str) -> None:
    assert decide(family, [1, 2], bug).answer == "different"


@pytest.mark.parametrize("family", LAWS)
def test_clean_run_passes(family: str) -> None:
    assert decide(family, [1, 2], "none").answer == "equal"


@pytest.mark.parametrize("family", LAWS)
def test_both_signs_of_the_change_are_found(family: str) -> None:
    """Alignment falls just below the critical step and rises just above it."""
    for bug, sign in ((BUGS[0], 1), (BUGS[1], -1)):
        step_size = (1 + 0.02 * sign) * ETA
        smallest = abs(expected(step_size))
        found = decide_sign(change(family, [3], bug), law(family, step_size), smallest)
        assert found.sign == sign


@pytest.mark.full
@pytest.mark.parametrize("bug", BUGS)
def test_planted_bugs_are_never_missed(bug: str) -> None:
    """500 runs with fresh streams: no miss, and as many clean runs without a false alarm."""
    answers = [decide("rademacher", [7, run], bug).answer for run in range(500)]
    assert answers.count("different") == 500
    clean = [decide("rademacher", [8, BUGS.index(bug), run], "none").answer for run in range(100)]
    assert clean.count("equal") == 100
