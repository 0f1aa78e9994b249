"""`trajectory` against runs stepped in rationals, and against the numbers of the specification."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.commands.trajectory import command
from verify.errors import InputError
from verify.float_bounds import DirectionBounds
from verify.float_run import FloatRun
from verify.moments import recursion
from verify.precise_run import PreciseRun
from verify.state import run_from
from verify.trajectory import Trajectory, output_times, trajectory
from verify.trajectory_plot import _figure, plot
from verify.turns import ExponentialSum, turning_times

I9: dict[str, Any] = {
    "eigenvalues": [1, "1/2", "1/10", "1/20"],
    "k": 2,
    "energies": [100, 50, 20, 10],
    "noise_variance": 1,
    "step_size": "1/2",
    "steps": 60,
}


def run_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Energies g^2 that are not squares are split over directions of the same eigenvalue."""
    raw = dict(raw)
    noise = raw["noise_variance"]
    noise = [noise] * len(raw["eigenvalues"]) if not isinstance(noise, list) else noise
    rows, dominant = [], 0
    for i, (lam, energy, variance) in enumerate(
        zip(raw["eigenvalues"], raw.pop("energies"), noise, strict=True)
    ):
        pieces = four_squares(Fraction(energy))
        dominant += len(pieces) if i < raw["k"] else 0
        rows += [(lam, piece, variance if j == 0 else 0) for j, piece in enumerate(pieces)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    raw["eigenvalues"], gradient, raw["noise_variance"] = columns
    return raw | {"initial_gradient": [str(x) for x in gradient], "k": dominant}


def four_squares(value: Fraction) -> list[Fraction]:
    """Rationals whose squares add up to the value (Lagrange), greedily and with backtracking."""
    n = value.numerator * value.denominator

    def search(rest: int, parts: int) -> list[int] | None:
        root = int(rest**0.5)
        while root * root > rest:
            root -= 1
        if root * root == rest:
            return [root]
        if parts == 1:
            return None
        for first in range(root, 0, -1):
            found = search(rest - first * first, parts - 1)
            if found is not None:
                return [first, *found]
        return None

    found = search(n, 4)
    assert found is not None
    return [Fraction(x, value.denominator) for x in found]


def stepped(raw: dict[str, Any], steps: int) -> list[tuple[Fraction | None, Fraction | None]]:
    """(alignment, eta*) at 0..steps by the plain recursion in rationals and the definitions."""
    lam = [Fraction(x) for x in raw["eigenvalues"]]
    noise = [Fraction(x) for x in raw["noise_variance"]]
    second = [Fraction(x) ** 2 for x in raw["initial_gradient"]]
    k, eta = raw["k"], Fraction(raw["step_size"])
    found = []
    moments = recursion(second, lam, noise, eta)
    for _ in range(steps + 1):
        v = next(moments)
        dominant, bulk = sum(v[:k], Fraction(0)), sum(v[k:], Fraction(0))
        total = dominant + bulk
        critical = None
        if dominant and bulk:
            first = [x * y for x, y in zip(lam, v, strict=True)]
            lifted = [x * x * (y + z) for x, y, z in zip(lam, v, noise, strict=True)]
            p = sum(first[:k]) * bulk - dominant * sum(first[k:])
            q = sum(lifted[:k]) * bulk - dominant * sum(lifted[k:])
            critical = 2 * p / q if q > 0 else None
        elif bulk and any(noise[:k]):
            critical = Fraction(0)
        found.append((dominant / total if total else None, critical))
    return found


def turns_by_eye(alignments: list[Fraction | None]) -> list[int]:
    """First extrema of a sequence: where a strict direction is followed by the opposite one."""
    turns, direction, since = [], 0, 0
    for t in range(len(alignments) - 1):
        here, there = alignments[t], alignments[t + 1]
        sign = 0 if here is None or there is None else (there > here) - (there < here)
        if sign == -direction and sign != 0:
            turns.append(since)
        if sign != 0:
            direction, since = sign, t + 1
    return turns


def agree(answer: Trajectory, raw: dict[str, Any]) -> None:
    expected = stepped(raw, answer.steps)
    for (t, alignment), (_, critical) in zip(
        answer.alignment, answer.critical_step_size, strict=True
    ):
        for found, exact in zip((alignment, critical), expected[t], strict=True):
            assert (found is None) == (exact is None), t
            if found is not None and exact is not None:
                assert round(Fraction(found) / exact if exact else found + 1, 25) == 1, t
    assert list(answer.turning_times or ()) == turns_by_eye([a for a, _ in expected])


def test_base_instance_of_the_two_phase_theorem() -> None:
    """SA-9 I9: t = 11, 0.044194, limit 0.925559; SA-10 M2: eta* crosses 1/2 there."""
    answer = trajectory(run_of(I9), precision=30)
    alignment, critical = dict(answer.alignment), dict(answer.critical_step_size)
    assert answer.turning_times == (11,)
    assert answer.direction_first == -1
    assert answer.hypotheses == {"H1": True, "H2": True, "H3": True}
    assert answer.alignment_limit is not None
    shown = [alignment[0], alignment[11], answer.alignment_limit, critical[10], critical[11]]
    digits = (4, 6, 6, 5, 5)
    assert [f"{float(x or 0):.{n}f}" for x, n in zip(shown, digits, strict=True)] == [
        "0.8333",
        "0.044194",
        "0.925559",
        "0.52597",
        "0.49601",
    ]
    agree(answer, run_of(I9))


TURNS: dict[str, tuple[dict[str, Any], list[int], int, str]] = {
    "SA-9 M1": (
        {
            "eigenvalues": [1, "1/4", "1/50"],
            "k": 1,
            "energies": [10**4, 100, 0],
            "noise_variance": [1, 0, 40],
        },
        [9, 36],
        -1,
        "H3",
    ),
    "SA-9 M1'": (
        {
            "eigenvalues": [1, "1/5", "1/100"],
            "k": 2,
            "energies": [0, 4, 4],
            "noise_variance": [9, 0, 0],
        },
        [2, 16],
        1,
        "H3",
    ),
    "SA-9 M2": (
        {
            "eigenvalues": [6, 4, "1/10"],
            "k": 1,
            "energies": [100, 1000, 10],
            "noise_variance": 1,
            "step_size": "6/25",
        },
        [1, 4],
        1,
        "H1",
    ),
    "SA-9 M3": (
        {"eigenvalues": [1, "1/10"], "k": 1, "energies": [4, 4], "noise_variance": [0, 1]},
        [],
        -1,
        "",
    ),
    "SA-12": (
        {
            "eigenvalues": [1, *["1/10"] * 9],
            "k": 1,
            "energies": [10**8, 10**8, *[0] * 8],
            "noise_variance": 1,
        },
        [16],
        -1,
        "",
    ),
    "SA-11 M2": (
        {
            "eigenvalues": [1, "1/2"],
            "k": 1,
            "energies": [100, 100],
            "noise_variance": 1,
            "step_size": "4/3",
        },
        [],
        1,
        "H1",
    ),
}


@pytest.mark.parametrize("name", TURNS)
def test_turns_of_the_specification(name: str) -> None:
    """Fails when a turn is missed, invented or off by one, even a hundred million steps long."""
    raw, turns, first, broken = TURNS[name]
    base = {"step_size": "1/2"} | raw
    answer = trajectory(run_of(base | {"steps": 10**8}), precision=20)
    assert list(answer.turning_times or ()) == turns
    assert answer.direction_first == first
    assert {key for key, holds in answer.hypotheses.items() if not holds} == (
        {broken} if broken else set()
    )
    agree(trajectory(run_of(base | {"steps": 45}), precision=30), run_of(base | {"steps": 45}))


def test_limits_of_the_specification() -> None:
    """SA-8 M2, SA-9 M3, SA-10 M4, SA-13, unstable runs."""

    def limit(**changes: Any) -> Any:
        base = {"eigenvalues": [1, "1/10"], "k": 1, "initial_gradient": [2, 2], "steps": 5}
        return trajectory(
            base | {"step_size": "1/2", "noise_variance": 1} | changes
        ).alignment_limit

    ten = {
        "eigenvalues": [1, *["1/10"] * 10],
        "initial_gradient": [1] * 11,
        "step_size": 1,
    }
    assert limit(**ten) == Fraction(19, 29)
    assert limit(noise_variance=[0, 1]) == 0
    assert limit(noise_variance=[1, 0]) == 1
    assert limit(noise_variance=0) == 0
    assert limit(noise_variance=0, step_size="19/10") == 1
    assert limit(noise_variance=0, step_size="20/11") == Fraction(1, 2)
    assert limit(noise_variance=0, eigenvalues=[2, 1], step_size=1) == 1
    assert limit(step_size=3) == 1
    assert limit(step_size=2) == 1
    gone = trajectory(
        {
            "eigenvalues": [1, "1/2"],
            "k": 1,
            "initial_gradient": [1, 0],
            "noise_variance": 0,
            "step_size": 1,
            "steps": 3,
        }
    )
    assert gone.alignment_limit is None
    assert "finitely many" in gone.reason["alignment_limit"]
    assert [value for _, value in gone.alignment] == [1, None, None, None]


def test_start_at_the_minimum() -> None:
    """SA-13 b: undefined at 0, n_D/(n_D + n_B) at 1, then strictly down to 13/14."""
    raw = {
        "eigenvalues": [1, "1/10"],
        "k": 1,
        "initial_gradient": [0, 0],
        "noise_variance": 1,
        "step_size": "1/2",
        "steps": 200,
    }
    answer = trajectory(raw, precision=20)
    assert answer.direction_first is None
    assert answer.alignment[0] == (0, None)
    assert (
        dict(answer.alignment)[1] == Fraction(100, 101)
        or round(Fraction(dict(answer.alignment)[1] or 0) - Fraction(100, 101), 20) == 0
    )
    assert answer.turning_times == ()
    assert answer.alignment_limit == Fraction(13, 14)
    assert set(answer.reason) == {"direction_first", "alignment", "critical_step_size"}


small = st.fractions(Fraction(1, 20), 2, max_denominator=20)
sizes = st.fractions(0, 30, max_denominator=6)


@st.composite
def runs(draw: Any) -> dict[str, Any]:
    """Small runs, stable or not, with zeros, ties and marginal steps among them."""
    dominant = draw(st.lists(st.tuples(small, sizes, sizes), min_size=1, max_size=2))
    bulk = draw(st.lists(st.tuples(small, sizes, sizes), min_size=1, max_size=3))
    gap = max(x[0] for x in bulk) + draw(small)
    dominant = [(lam + gap, g, v) for lam, g, v in dominant]
    rows = sorted(dominant, reverse=True) + sorted(bulk, reverse=True)
    lam = [row[0] for row in rows]
    step = draw(st.sampled_from([1 / x for x in lam] + [2 / x for x in lam] + [1 / (2 * lam[0])]))
    if draw(st.booleans()):
        step = draw(small)
    if not any(g for _, g, _ in rows):
        rows[0] = (rows[0][0], Fraction(1), rows[0][2])
    return {
        "eigenvalues": [str(x) for x in lam],
        "k": len(dominant),
        "initial_gradient": [str(g) for _, g, _ in rows],
        "noise_variance": [str(v) for _, _, v in rows],
        "step_size": str(step),
        "steps": 25,
    }


@settings(max_examples=50, deadline=None)
@given(runs())
def test_every_run_agrees_with_stepping(raw: dict[str, Any]) -> None:
    """Alignment, eta*, first direction and turns against the plain recursion in rationals."""
    answer = trajectory(raw, precision=30)
    agree(answer, raw)
    start, following = (a for a, _ in stepped(raw, 1))
    if start is not None and following is not None:
        assert answer.direction_first == (following > start) - (following < start)


def in_doubles(value: Any) -> Any:
    """Every exact number rounded to the nearest double."""
    if isinstance(value, list):
        return [float(Fraction(x)) for x in value]
    return float(Fraction(value)) if isinstance(value, str) else value


@settings(max_examples=40, deadline=None)
@given(runs())
def test_float_engine_agrees_with_the_precise_one(raw: dict[str, Any]) -> None:
    """Eleven digits, the same directions where it is sure, the same hypotheses."""
    run = run_from({key: in_doubles(value) for key, value in raw.items()})
    quick, precise = FloatRun(run), PreciseRun(run, 20)
    for t in (0, 1, 2, 5, 20, 1000):
        found, exact = quick.point(t), precise.point(t)
        lost = t in quick.lost_steps and exact[1] is not None
        for i in range(1 if lost else 2):
            reference = exact[i]
            if reference is None or reference < Fraction(1, 10**250):
                continue
            assert found[i] == pytest.approx(float(reference), rel=1e-11 if i == 0 else 1e-9)
        sign = quick.direction(t)
        if t not in quick.open_directions:
            assert sign == precise.direction(t), t
    assert quick.all_above() == precise.all_above()


def test_many_directions_in_float64() -> None:
    """5000 directions: bisection under H1 to H3, the same turn and values as in balls."""
    rng = np.random.default_rng(1)
    d = 5000
    raw = {
        "eigenvalues": np.concatenate([[1.0, 0.9], np.sort(rng.uniform(0.01, 0.3, d - 2))[::-1]]),
        "k": 2,
        "initial_gradient": np.full(d, 40.0),
        "noise_variance": 1.0,
        "step_size": 0.5,
        "steps": 10**6,
    }
    raw["initial_gradient"][:2] = 4000.0
    answer = trajectory(raw)
    assert answer.hypotheses == {"H1": True, "H2": True, "H3": True}
    assert answer.turns_found_by.startswith("bisection")
    (turn,) = answer.turning_times or ()
    precise = PreciseRun(run_from(raw), 17)
    assert precise.direction(turn - 1) < 0 <= precise.direction(turn)
    for t, value in answer.alignment[:: len(answer.alignment) // 4]:
        exact, _ = precise.point(t)
        assert value == pytest.approx(float(exact or 0), rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(runs(), st.integers(1, 30), st.integers(1, 30))
def test_bounds_over_intervals_are_never_wrong(raw: dict[str, Any], start: int, more: int) -> None:
    """Where the bounds decide an interval, every time in it has that direction."""
    run = run_from({key: in_doubles(value) for key, value in raw.items()})
    quick, precise = FloatRun(run), PreciseRun(run, 20)
    if quick.stable:
        sign = DirectionBounds(quick.block_moments).sign(start, start + more)
        found = {precise.direction(t) for t in range(start, start + more + 1)}
        assert sign is None or found == {sign}


def test_turns_of_many_directions_without_the_hypotheses() -> None:
    """600 directions of SA-9 M1's kind: both turns, 10^9 steps, float64."""
    d = 600
    spread = np.linspace(0, 1e-3, d // 3)
    raw = {
        "eigenvalues": np.concatenate([1 - spread, 0.25 - spread, 0.02 - spread]),
        "k": d // 3,
        "initial_gradient": np.repeat([100.0, 10.0, 0.0], d // 3),
        "noise_variance": np.repeat([1.0, 0.0, 40.0], d // 3),
        "step_size": 0.5,
        "steps": 10**9,
    }
    answer = trajectory(raw)
    assert answer.turns_found_by.startswith("isolation")
    turns = answer.turning_times or ()
    assert len(turns) == 2
    precise = PreciseRun(run_from(raw), 17)
    around = [precise.direction(t) for turn in turns for t in (turn - 1, turn)]
    assert around == [-1, 1, 1, -1]


def test_lost_digits_are_redone_or_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No noise, 10^9 steps, D and B both below e^-10^7: float64 alone would be wrong in digit 7."""
    bulk = 0.01 * (1 + np.linspace(0, 1e-3, 400))[::-1]
    eigenvalues = np.concatenate([[bulk[0] * (1 + 1e-9)], bulk])
    raw = {
        "eigenvalues": eigenvalues,
        "k": 1,
        "initial_gradient": np.ones(401),
        "noise_variance": 0,
        "step_size": 1.0,
        "steps": 10**9,
    }
    warned = trajectory(raw)
    assert any("fewer than 11 digits" in text for text in warned.warnings)
    monkeypatch.setattr("verify.trajectory.REDONE_WORK", 10**7)
    monkeypatch.setattr("verify.trajectory.MOST_POINTS", 60)
    redone = trajectory(raw)
    assert not any("digits" in text for text in redone.warnings)
    precise = PreciseRun(run_from(raw), 17)
    for t, value in redone.alignment[::20]:
        exact, _ = precise.point(t)
        assert exact is not None
        if exact > Fraction(1, 10**300):
            assert value == pytest.approx(float(exact), rel=1e-11)


def test_scan_finds_every_turn_and_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without H1 to H3 and with many directions, every step is looked at up to a stated one."""
    raw, turns, _, _ = TURNS["SA-9 M1"]
    run = run_of({"step_size": "1/2"} | raw | {"steps": 60})
    monkeypatch.setattr("verify.precise_run.MOST_PAIRS", 0)
    answer = trajectory(run)
    assert list(answer.turning_times or ()) == turns
    assert answer.turns_found_by == "a look at every step"
    monkeypatch.setattr("verify.trajectory.PRECISE_WORK", 60)
    stopped = trajectory(run)
    assert stopped.turning_times == (9,)
    assert "up to step 20 only" in stopped.reason["turning_times"]


def test_turn_that_falls_between_output_points() -> None:
    """A turn at t = 9 and one at 36 among 10^9 steps of which 1000 are printed."""
    raw, turns, _, _ = TURNS["SA-9 M1"]
    answer = trajectory(run_of({"step_size": "1/2"} | raw | {"steps": 10**9}))
    times = [t for t, _ in answer.alignment]
    assert list(answer.turning_times or ()) == turns
    assert len(times) <= 1000
    assert times[0] == 0
    assert times[-1] == 10**9
    assert times == sorted(set(times))


@given(st.integers(1, 10**15), st.integers(50, 1000), st.lists(st.integers(1, 50), max_size=60))
def test_output_times(steps: int, count: int, turns: list[int]) -> None:
    """At most `count`, first and last included, in order."""
    times = output_times(steps, count, [t for t in turns if t < steps])
    assert len(times) <= count
    assert (times[0], times[-1]) == (0, steps)
    assert times == sorted(set(times))


coefficients = st.fractions(-5, 5, max_denominator=9)
bases = st.fractions(Fraction(1, 30), Fraction(11, 10), max_denominator=30)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(bases, coefficients), max_size=6))
def test_isolation_finds_every_sign(terms: list[tuple[Fraction, Fraction]]) -> None:
    """Signs over intervals against direct evaluation at each time."""
    series = ExponentialSum.of(terms)
    direct = [sum((c * b**t for b, c in terms), Fraction(0)) for t in range(1, 60)]
    expected = [(x > 0) - (x < 0) for x in direct]
    found: list[int] = []
    starts = list(series.signs(1, 59))
    for (start, sign), (end, _) in zip(starts, [*starts[1:], (60, 0)], strict=True):
        found += [sign] * (end - start)
    assert found == expected


@pytest.mark.parametrize(
    ("signs", "turns"),
    [
        ([-1, -1, 1], [2]),
        ([-1, 0, 0, 1], [1]),
        ([-1, 0, -1, 1], [3]),
        ([0, 0, 1, 1], []),
        ([1, 0, -1, 0, 1, 0], [1, 3]),
        ([], []),
    ],
)
def test_turning_times_of_signs(signs: list[int], turns: list[int]) -> None:
    """A turn is the first extremum; flat stretches alone are none."""
    assert turning_times(enumerate(signs)) == turns


def test_thirty_digits_near_the_stability_limit() -> None:
    """eta = 2/lambda_1 - 1e-12 and condition number 1e12: mpmath's recursion agrees."""
    raw = {
        "eigenvalues": [1, "1e-12"],
        "k": 1,
        "initial_gradient": ["1e-3", 5],
        "noise_variance": ["0.7", "1/3"],
        "step_size": "1.999999999999",
        "steps": 400,
    }
    shown = trajectory(raw, precision=30).to_json()
    with mpmath.workdps(60):

        def real(x: Any) -> Any:
            exact = Fraction(x)
            return mpmath.mpf(exact.numerator) / exact.denominator

        lam = [real(x) for x in raw["eigenvalues"]]
        noise = [real(x) for x in raw["noise_variance"]]
        second = [real(x) ** 2 for x in raw["initial_gradient"]]
        moments = recursion(second, lam, noise, real(raw["step_size"]))
        for _, printed in shown["alignment"]:
            v = next(moments)
            expected = mpmath.nstr(v[0] / (v[0] + v[1]), 30, min_fixed=-mpmath.inf)
            assert Decimal(printed) == Decimal(expected)


def test_figure_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PNG and SVG by the ending; a bad ending, folder or failure leaves nothing behind."""
    answer = trajectory(run_of(I9))
    plot(answer, tmp_path / "run.png")
    plot(answer, tmp_path / "run.svg")
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")
    text = (tmp_path / "run.svg").read_text()
    assert text.startswith("<?xml")
    for name in ("run.pdf", "none/run.png"):
        with pytest.raises(InputError, match="--plot"):
            plot(answer, tmp_path / name)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(InputError, match="No space left"):
        plot(answer, tmp_path / "full.png")
    assert sorted(x.name for x in tmp_path.iterdir()) == ["run.png", "run.svg"]


def test_command_prints_json_and_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON with the documented keys; the table marks the turn and says what happens."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run_of(I9)))
    command(str(path), as_json=True, plot=None, precision=17)
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == [
        "alignment",
        "direction_first",
        "turning_times",
        "alignment_limit",
        "critical_step_size",
        "hypotheses",
        "reason",
    ]
    assert shown["turning_times"] == [11]
    assert shown["alignment"][0] == [0, 0.8333333333333334]
    command(str(path), as_json=False, plot=tmp_path / "run.svg", precision=17)
    out = " ".join(capsys.readouterr().out.split())
    assert "first falls and turns at step 11; it tends to 0.925559" in out


def test_the_table_is_straight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fails when the row of a turn is out of line, or digits that were asked for are left out."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run_of(I9)))
    command(str(path), as_json=False, plot=None, precision=17)
    lines = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    (turn,) = (line for line in lines if "turn" in line)
    ends = {len(line.removesuffix("turn").rstrip()) for line in lines}
    assert ends == {len(turn.removesuffix("turn").rstrip())}
    command(str(path), as_json=False, plot=None, precision=60)
    assert "…" not in capsys.readouterr().out


def test_hypotheses_that_fail_are_named_in_a_sentence() -> None:
    """Fails when one or two failing hypotheses are told in bad grammar, or by their number only."""
    fast = I9 | {"step_size": "19/10"}
    one = trajectory(run_of(fast)).sentence
    assert one.endswith("does not apply: H1 (step size below 2/(λ_1 + λ_{k+1})) fails.")
    two = trajectory(run_of(fast | {"energies": [0, 0, 0, 1]}))
    assert "λ_{k+1})) and H3 (every eigenspace" in two.sentence
    assert two.sentence.endswith("stationary level) fail.")


@pytest.mark.parametrize("steps", [12, 130, 200, 201, 2000, 10**7])
@pytest.mark.parametrize("change", [{}, {"step_size": "19/10"}, {"energies": [0, 0, 0, 1]}])
def test_labels_lie_beside_the_curve(steps: int, change: dict[str, Any]) -> None:
    """Fails when the curve runs through one of its labels, or its axis is logarithmic in secret."""
    figure = _figure(trajectory(run_of(I9 | change | {"steps": steps})))
    figure.draw_without_rendering()
    upper, lower = figure.axes
    assert ("logarithmic" in lower.get_xlabel()) == (steps > 200)
    (curve, *_) = upper.get_lines()
    path = upper.transData.transform_path(curve.get_path())
    boxes = [text.get_window_extent() for text in upper.texts]
    assert boxes
    for box in boxes:
        assert not path.intersects_bbox(box, filled=False)
        assert upper.get_window_extent().padded(1).contains(box.x1, box.y1)
    ticks = [tick.label1.get_window_extent() for tick in lower.xaxis.get_major_ticks()]
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(ticks))
