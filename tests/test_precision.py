"""Where float64 moments lose digits, and that the answers of the commands do not.

The reference is the one-step map v -> r v + c itself, composed with itself by repeated squaring in
80-digit mpmath: it shares no formula with the closed forms of the package, in float64 or in balls.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from tests.test_cli import gradalign
from verify.float_run import FloatRun
from verify.state import run_from
from verify.sweep import sweep
from verify.sweep_grid import grid_from
from verify.trajectory import trajectory

DIGITS = 80
SHARP = 30

NEAR_LIMIT = {
    "eigenvalues": [1, "1/4"], "k": 1, "initial_gradient": [10, 3],
    "noise_variance": ["1e-12", 1], "step_size": "1.999999999999", "steps": 10**13,
}  # fmt: skip
ILL_CONDITIONED = {
    "eigenvalues": [1, "1e-12"], "k": 1, "initial_gradient": [10, 7],
    "noise_variance": [1, "1/3"], "step_size": "1/3", "steps": 10**14,
}  # fmt: skip
BOTH = {
    **ILL_CONDITIONED, "noise_variance": ["1e-12", "1/3"], "step_size": "1.999999999999",
}  # fmt: skip
RUNS = {"near 2/lambda_1": NEAR_LIMIT, "condition number 1e12": ILL_CONDITIONED, "both": BOTH}


def real(value: Any) -> Any:
    exact = Fraction(value)
    return mpmath.mpf(exact.numerator) / exact.denominator


def moments(raw: dict[str, Any], t: int, number: Any) -> list[Any]:
    """E g(t)^2 per direction by repeated squaring of the one-step map, in the given arithmetic."""
    eta = number(raw["step_size"])
    found = []
    rows = zip(raw["eigenvalues"], raw["initial_gradient"], raw["noise_variance"], strict=True)
    for eigenvalue, gradient, variance in rows:
        factor = eta * number(eigenvalue)
        rate, added = (1 - factor) ** 2, factor**2 * number(variance)
        total_rate, total_added = number(1), number(0)
        remaining = t
        while remaining:
            if remaining % 2:
                total_rate, total_added = total_rate * rate, total_added * rate + added
            rate, added = rate * rate, added * rate + added
            remaining //= 2
        found.append(total_rate * number(gradient) ** 2 + total_added)
    return found


def alignment(raw: dict[str, Any], t: int, number: Any) -> Any:
    v = moments(raw, t, number)
    return sum(v[: raw["k"]]) / sum(v)


def in_doubles(value: Any) -> float:
    return float(Fraction(value))


def textbook(raw: dict[str, Any], t: int) -> float:
    """The alignment from level + (start - level) rate^t, as one would type it, in doubles."""
    eta = in_doubles(raw["step_size"])
    v = []
    rows = zip(raw["eigenvalues"], raw["initial_gradient"], raw["noise_variance"], strict=True)
    for eigenvalue, gradient, variance in rows:
        factor = eta * in_doubles(eigenvalue)
        level = factor * in_doubles(variance) / (2 - factor)
        v.append(level + (in_doubles(gradient) ** 2 - level) * (1 - factor) ** (2 * t))
    return sum(v[: raw["k"]]) / sum(v)


def right_digits(value: float, exact: Any) -> int:
    """How many leading digits of a double are right."""
    error = abs(mpmath.mpf(value) / exact - 1)
    return 17 if error == 0 else int(min(17, mpmath.floor(-mpmath.log10(error))))


def test_squaring_is_stepping() -> None:
    """Fails when the reference is not the plain recursion."""
    raw = {**NEAR_LIMIT, "step_size": "7/5"}
    v = [Fraction(x) ** 2 for x in raw["initial_gradient"]]
    for t in range(20):
        assert moments(raw, t, Fraction) == v
        rows = zip(v, raw["eigenvalues"], raw["noise_variance"], strict=True)
        factors = [(x, Fraction(7, 5) * Fraction(lam), Fraction(s)) for x, lam, s in rows]
        v = [(1 - f) ** 2 * x + f * f * s for x, f, s in factors]


@pytest.mark.parametrize("name", RUNS)
def test_the_command_is_right_to_the_digits_it_prints(name: str, tmp_path: Path) -> None:
    """Fails when one of 30 printed digits is wrong where doubles are left with 5 or fewer."""
    raw = RUNS[name]
    file = tmp_path / "run.json"
    file.write_text(json.dumps(raw))
    shown = gradalign("trajectory", str(file), "--json", "--precision", str(SHARP))
    printed = json.loads(shown.stdout)["alignment"][::50]
    with mpmath.workdps(DIGITS):
        typed, squared = [], []
        for t, value in printed:
            exact = alignment(raw, t, real)
            assert abs(mpmath.mpf(value) / exact - 1) < mpmath.mpf(10) ** (1 - SHARP), t
            typed.append(right_digits(textbook(raw, t), exact))
            squared.append(right_digits(alignment(raw, t, in_doubles), exact))
    assert min(typed) <= 5
    assert min(squared) <= 5


@pytest.mark.parametrize("name", RUNS)
def test_doubles_given_to_the_command_are_taken_at_their_word(name: str) -> None:
    """Fails when JSON doubles, the usual input, lose digits: 15 are right for those doubles."""
    raw = dict(RUNS[name])
    for key in ("eigenvalues", "initial_gradient", "noise_variance"):
        raw[key] = [in_doubles(x) for x in raw[key]]
    raw["step_size"] = in_doubles(raw["step_size"])
    answer = trajectory(raw)
    assert not answer.warnings
    with mpmath.workdps(DIGITS):
        for t, value in answer.alignment[::50]:
            assert value is not None
            assert right_digits(float(value), alignment(raw, t, real)) >= 15, t


def many_directions(steps: int) -> dict[str, Any]:
    """401 different eigenvalues from 1 to 1e-12: the float64 engine, with eta just below 2."""
    eigenvalues = np.geomspace(1, 1e-12, 401)
    return {
        "eigenvalues": eigenvalues, "k": 3, "initial_gradient": np.linspace(2, 1, 401),
        "noise_variance": np.ones(401), "step_size": "1.999999999999", "steps": steps,
    }  # fmt: skip


def test_the_float64_engine_keeps_eleven_digits_there() -> None:
    """Fails when the engine for many directions loses digits that it does not announce."""
    raw = many_directions(10**13)
    answer = trajectory(raw)
    assert not any("digits" in text for text in answer.warnings)
    with mpmath.workdps(DIGITS):
        for t, value in answer.alignment[::200]:
            assert value is not None
            exact = alignment({key: _listed(x) for key, x in raw.items()}, t, real)
            assert right_digits(float(value), exact) >= 11, t


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def nearly_self_correcting() -> tuple[dict[str, Any], Fraction]:
    """A start whose q is 1e-9 of the terms it is the difference of, and its eta* in rationals."""
    lam = [Fraction(x) for x in np.linspace(1, 2, 3)[::-1].tolist()]
    lam += [Fraction(x) for x in np.linspace(0.1, 0.9, 400)[::-1].tolist()]
    dominant, bulk = lam[:3], lam[3:]
    gap = sum(x * x for x in dominant) / 3 - sum(x * x for x in bulk) / 400
    variance = float(gap * 400 / sum(x * x for x in bulk) * (1 - Fraction(1, 10**9)))
    raw = {
        "eigenvalues": np.array([float(x) for x in lam]), "k": 3,
        "initial_gradient": np.ones(403),
        "noise_variance": np.array([0.0] * 3 + [variance] * 400), "step_size": 0.5, "steps": 20,
    }  # fmt: skip
    p = sum(dominant) * 400 - 3 * sum(bulk)
    lifted = sum(x * x * (1 + Fraction(variance)) for x in bulk)
    return raw, 2 * p / (sum(x * x for x in dominant) * 400 - 3 * lifted)


def test_lost_digits_of_the_critical_step_are_redone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Float64 alone has 9 digits or fewer; the answer has 15, or a warning when too dear."""
    raw, exact = nearly_self_correcting()
    alone = FloatRun(run_from(raw))
    (_, lost) = alone.point(0)
    assert lost is not None
    assert alone.lost_steps == [0]
    redone = trajectory(raw)
    with mpmath.workdps(DIGITS):
        assert right_digits(lost, real(exact)) <= 9
        assert right_digits(float(redone.critical_step_size[0][1] or 0), real(exact)) >= 15
    assert not redone.warnings
    monkeypatch.setattr("verify.trajectory.REDONE_WORK", 0)
    assert any("fewer than 11 digits" in text for text in trajectory(raw).warnings)


def test_a_sweep_keeps_the_digits_too(tmp_path: Path) -> None:
    """Fails when the points of a sweep near 2/lambda_1 or of condition number 1e12 are noise."""
    grid = grid_from(
        {
            "steps": 10**14, "times": [3, 10**6, 10**13], "observables": ["alignment"],
            "step_unit": "2/lambda_1",
            "grid": {
                "condition_number": [4, 1e12], "step_size": [0.3, 1 - 2.0**-40],
                "noise_variance": 1, "d": 2, "k": 1, "initial_gradient": 3,
            },
        }
    )  # fmt: skip
    answer = sweep(grid, tmp_path / "data")
    assert not answer.columns["unsure"].any()
    with mpmath.workdps(DIGITS):
        for place, row in zip(np.ndindex(2, 2), grid.rows(0), strict=True):
            raw = {
                "eigenvalues": [1, 1 / Fraction(row["condition_number"])], "k": 1,
                "initial_gradient": [3, 3], "noise_variance": [1, 1],
                "step_size": 2 * Fraction(row["step_size"]),
            }  # fmt: skip
            for t, value in zip(
                grid.question.times, answer.columns["alignment"][place], strict=True
            ):
                assert right_digits(float(value), alignment(raw, t, real)) >= 15, (row, t)
