"""`gradalign diagnose`: the directions it decides, the theories it refutes, what it prints."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import typer
from numpy.typing import NDArray
from scipy.stats import chi2
from typer.testing import CliRunner

import verify.conditional_change
from verify.betting import RangeError
from verify.commands.diagnose import _conclusion, command, percent
from verify.conditional_change import Block, OneStep, decide_direction
from verify.conditions import Conditions, conditions
from verify.datasets import load
from verify.diagnose import Diagnosis, conditions_at, diagnose, probe_times
from verify.diagnose_figure import draw
from verify.errors import InputError
from verify.least_squares import LeastSquares
from verify.minibatches import all_batches, random_batches
from verify.rounding import Interval
from verify.sgd_run import Settings, choose_settings, stream, visited_states
from verify.tails import squared_caps

FloatArray = NDArray[np.float64]


def small(seed: int = 0, samples: int = 7, width: int = 3) -> LeastSquares:
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((samples, width)) @ rng.standard_normal((width, width))
    return LeastSquares.from_data("small", features, rng.standard_normal(samples))


def direction_at(problem: LeastSquares, x: FloatArray, settings: Settings, **options: Any) -> int:
    """The direction that all minibatches, or random ones, give at a state."""
    step = OneStep(problem, settings.k, x, settings.step_size)
    decided = decide_direction(
        step,
        settings.batch_size,
        replacement=settings.replacement,
        rng=np.random.default_rng(0),
        error_probability=1e-9,
        max_draws=options.get("max_draws", 100_000),
    )
    return decided.sign


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("batch_size", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_all_minibatches_turn_at_the_critical_step_size(
    seed: int, batch_size: int, replacement: bool
) -> None:
    """Enumeration falls just below eta* and rises just above; with none it falls everywhere.

    Fails for any wrong factor in the critical step size larger than one in a million.
    """
    problem = small(seed)
    settings = choose_settings(problem, k=1, batch_size=batch_size, replacement=replacement)
    states = np.random.default_rng(seed).standard_normal((8, 3)) * np.geomspace(0.1, 10, 8)[:, None]
    for x in states:
        critical = conditions_at(problem, x, settings).critical_step_size
        for eta, expected in (
            [(0.999999 * critical, -1), (1.000001 * critical, 1)]
            if critical is not None
            else [(0.01, -1), (1.0, -1), (100.0, -1)]
        ):
            assert (
                direction_at(problem, x, dataclasses.replace(settings, step_size=eta)) == expected
            )


def test_the_critical_step_size_test_meets_both_regimes() -> None:
    """The test above is not vacuous: its states include some with and without a critical step."""
    regimes = {
        conditions_at(small(seed), x, choose_settings(small(seed), k=1, batch_size=1)).low_alignment
        for seed in range(4)
        for x in np.random.default_rng(seed).standard_normal((8, 3))
        * np.geomspace(0.1, 10, 8)[:, None]
    }
    assert regimes == {True, False}


@pytest.mark.parametrize("replacement", [False, True])
def test_resampling_agrees_with_enumeration(
    monkeypatch: pytest.MonkeyPatch, replacement: bool
) -> None:
    """Random batches never decide against what all 15753 (or 15931) batches of two say."""
    problem = load("wine")
    settings = choose_settings(problem, batch_size=2, replacement=replacement, steps=60)
    states = list(visited_states(problem, settings))[::12]
    truth = [direction_at(problem, x, settings) for x in states]
    monkeypatch.setattr(verify.conditional_change, "ENUMERATION_LIMIT", 0)
    found = [direction_at(problem, x, settings) for x in states]
    assert {-1, 1} <= set(truth)
    assert [t if f else 0 for t, f in zip(truth, found, strict=True)] == found
    assert found.count(0) <= 1


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_mirrored_and_cut_off_batches_keep_the_mean(batch_size: int, replacement: bool) -> None:
    """Over all batches: mirroring keeps the mean, the cut-off encloses it, all within the range."""
    problem, x = small(3, samples=9), np.array([0.5, -1.0, 2.0])
    step = OneStep(problem, 1, x, 0.4)
    batches, probabilities = all_batches(problem.samples, batch_size, replacement)
    mean = probabilities @ step.change(*step.energies(batches)).middle()
    mirrored = step.mirrored_energies(batches)
    np.testing.assert_allclose(probabilities @ step.change(*mirrored).middle(), mean)
    blocks = step.block_bounds(batch_size, replacement)
    cut = step.change(*(b.cut_off(e) for b, e in zip(blocks, mirrored, strict=True)))
    assert probabilities @ cut.lower <= mean <= probabilities @ cut.upper
    low, high = step.change_range(*blocks)
    assert np.all(low <= cut.lower)
    assert np.all(cut.upper <= high)


def test_an_energy_outside_its_bounds_is_refused() -> None:
    block = Block(least=1.0, cap=2.0, cut=0.1, most=3.0)
    for value in (0.5, 3.5):
        with pytest.raises(RangeError, match="left its range"):
            block.cut_off(Interval(np.array([value]), np.array([value])))


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 6])
def test_what_is_cut_off_is_bounded(batch_size: int, replacement: bool) -> None:
    """Over all batches of a short list, even and with an outlier; a quarter of the cap fails."""
    values = np.column_stack([np.arange(-3.5, 4), [-1, -1, -1, -1, -1, -1, -1, 7], np.zeros(8)])
    caps, excess = squared_caps(values, batch_size)
    batches, probabilities = all_batches(8, batch_size, replacement)
    squares = values[batches].mean(axis=1) ** 2
    for part, within in ((1.0, True), (0.02, False)):
        above = probabilities @ np.maximum(squares - part * caps, 0)
        assert np.all(above <= excess) == within


def test_caps_are_useful_for_large_batches_of_real_data() -> None:
    """For near-normal means a cap of a few dozen variances suffices."""
    values = np.random.default_rng(0).standard_normal((500, 4))
    caps, excess = squared_caps(values - values.mean(axis=0), 32)
    assert np.all(caps < 30 * values.var(axis=0) / 32)
    assert np.all(excess < values.var(axis=0) / 32)


@pytest.mark.parametrize("replacement", [False, True])
def test_all_batches_are_all_ordered_draws(replacement: bool) -> None:
    batches, probabilities = all_batches(4, 3, replacement)
    ordered = list(
        itertools.product(range(4), repeat=3)
        if replacement
        else itertools.permutations(range(4), 3)
    )
    expected = {
        key: sum(tuple(sorted(one)) == key for one in ordered) / len(ordered)
        for key in {tuple(sorted(one)) for one in ordered}
    }
    found = {tuple(b): p for b, p in zip(batches.tolist(), probabilities, strict=True)}
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("replacement", [False, True])
def test_random_batches_are_uniform(replacement: bool) -> None:
    """Chi-squared at a false-alarm probability of 1e-9."""
    batches, probabilities = all_batches(5, 3, replacement)
    drawn = random_batches(5, 3, 40_000, replacement, np.random.default_rng(0))
    keys, counts = np.unique(np.sort(drawn, axis=1), axis=0, return_counts=True)
    np.testing.assert_array_equal(keys, batches)
    expected = probabilities * len(drawn)
    assert np.sum((counts - expected) ** 2 / expected) < chi2.isf(1e-9, len(batches) - 1)


def test_a_state_at_the_minimiser_is_left_undecided() -> None:
    """There the alignment is rounding noise; deciding anything would be a lie."""
    problem = small()
    minimiser = np.linalg.solve(problem.hessian, problem.linear)
    settings = choose_settings(problem, k=1, batch_size=7)
    assert direction_at(problem, minimiser, settings) == 0


class TestConditions:
    """The conditions at one state against the numbers of the specification."""

    def test_worked_instance_of_sa3(self) -> None:
        state = conditions(np.array([1.0, 0.5]), np.array([2.0, 2.0]), np.array([9.0, 4.0]), 1)
        np.testing.assert_allclose(state.critical_step_size or 0, 4 / 11)
        assert state.alignment == 0.5
        assert [state.direction(step) for step in (3 / 11, 0.5)] == [-1, 1]

    def test_high_alignment_falls_at_every_step_size(self) -> None:
        state = conditions(np.array([1.0, 0.5]), np.array([3.0, 1.0]), np.array([1.0, 100.0]), 1)
        assert state.critical_step_size is None
        assert state.low_alignment is False
        assert {state.direction(step) for step in (0.01, 1.0, 1000.0)} == {-1}

    def test_projection_interval_of_sa14(self) -> None:
        values, noise = np.array([1.0, 0.1]), np.ones(2)
        high = conditions(values, np.sqrt([0.99, 0.01]), noise, 1)
        assert high.projection_interval is None
        np.testing.assert_allclose(high.dominant_step_limit or 0, 198 / 199)
        np.testing.assert_allclose(high.bulk_step_limit or 0, 20 / 101)
        wide = conditions(values, np.sqrt([0.9, 0.1]), noise, 1)
        np.testing.assert_allclose(wide.projection_interval or 0, [18 / 19, 20 / 11])

    @pytest.mark.parametrize(
        ("gradient", "noise", "alignment", "direction"),
        [
            ([0.0, 1.0], [1.0, 1.0], 0.0, 1),
            ([0.0, 1.0], [0.0, 1.0], 0.0, 0),
            ([1.0, 0.0], [1.0, 1.0], 1.0, -1),
            ([1.0, 0.0], [1.0, 0.0], 1.0, 0),
            ([0.0, 0.0], [1.0, 1.0], None, 0),
        ],
    )
    def test_degenerate_states_of_sa6(
        self, gradient: list[float], noise: list[float], alignment: float | None, direction: int
    ) -> None:
        state = conditions(np.array([2.0, 1.0]), np.array(gradient), np.array(noise), 1)
        assert (state.alignment, state.direction(0.5)) == (alignment, direction)


@pytest.fixture(scope="module")
def wine() -> Diagnosis:
    return diagnose(load("wine"))


@pytest.mark.parametrize("name", ["diabetes", "breast-cancer", "wine"])
@pytest.mark.parametrize("seed", [0, 1])
def test_on_real_data_every_enumerated_direction_is_the_predicted_one(name: str, seed: int) -> None:
    problem = load(name)
    found = diagnose(problem, choose_settings(problem, batch_size=1, steps=200, seed=seed))
    assert (found.decided, found.confirmed) == (len(found.probes), len(found.probes))
    assert found.error_probability == 0
    assert {probe.predicted_direction for probe in found.probes} == {-1, 1}


@pytest.mark.full
@pytest.mark.parametrize("name", ["digits", "diabetes", "breast-cancer", "wine"])
@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("batch_size", [8, 64])
def test_on_real_data_no_direction_contradicts(
    name: str, replacement: bool, batch_size: int
) -> None:
    problem = load(name)
    settings = choose_settings(problem, batch_size=batch_size, replacement=replacement, seed=2)
    found = diagnose(problem, settings)
    assert found.confirmed == found.decided >= 0.9 * len(found.probes)


def test_defaults_decide_and_confirm(wine: Diagnosis) -> None:
    assert wine.confirmed == wine.decided
    assert wine.decided >= 0.9 * len(wine.probes) == 36
    resampled = sum(probe.decided.method == "resampled" for probe in wine.probes)
    assert wine.error_probability == pytest.approx(resampled / 10**9)


def test_wrong_theories_score_lower(wine: Diagnosis) -> None:
    """Each deliberately wrong theory is contradicted by several decided directions."""
    assert all(right <= wine.decided - 3 for right in wine.rivals_confirmed.values())


def test_a_planted_wrong_batch_factor_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = LeastSquares.noise_variance

    def wrong(self: LeastSquares, x: FloatArray, batch_size: int, **how: bool) -> FloatArray:
        return right(self, x, batch_size, **how) * batch_size

    monkeypatch.setattr(LeastSquares, "noise_variance", wrong)
    found = diagnose(load("wine"))
    assert found.confirmed <= found.decided - 3


def test_a_planted_swap_of_the_subspaces_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Predicting for the bulk where the dominant subspace was meant."""
    import verify.diagnose

    def swapped(values: FloatArray, gradient: FloatArray, noise: FloatArray, k: int) -> Conditions:
        return conditions(values, gradient[::-1], noise[::-1], k)

    monkeypatch.setattr(verify.diagnose, "conditions", swapped)
    found = diagnose(load("wine"))
    assert found.confirmed <= found.decided - 3


def test_a_planted_missing_population_factor_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of the data per batch: (N-b)/(N-1) is 2/11, forgetting it must show."""
    right = LeastSquares.noise_variance

    def wrong(self: LeastSquares, x: FloatArray, batch_size: int, **how: bool) -> FloatArray:
        return right(self, x, batch_size, replacement=True)

    problem = small(2, samples=12, width=4)
    settings = choose_settings(problem, batch_size=10, step_size=0.3, steps=200)
    honest = diagnose(problem, settings)
    monkeypatch.setattr(LeastSquares, "noise_variance", wrong)
    planted = diagnose(problem, settings)
    assert honest.confirmed == honest.decided == planted.decided
    assert planted.confirmed <= planted.decided - 3


def test_json_has_the_promised_keys(wine: Diagnosis) -> None:
    found = wine.to_json()
    top = {"dataset", "samples", "d", "k", "batch_size", "step_size", "steps", "score", "scaling"}
    assert top <= found.keys()
    step = {
        "t",
        "alignment",
        "critical_step_size",
        "low_alignment",
        "projection_interval",
        "predicted_direction",
        "confirmed",
    }
    assert all(step <= probe.keys() for probe in found["steps"])
    assert {"decided", "confirmed", "error_probability"} <= found["score"].keys()
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_same_seed_same_json(wine: Diagnosis) -> None:
    problem = load("wine")
    assert diagnose(problem).to_json() == wine.to_json()
    other = diagnose(problem, choose_settings(problem, seed=1), probes=5)
    assert other.to_json()["steps"] != wine.to_json()["steps"]


def test_a_probe_does_not_depend_on_the_other_probes(wine: Diagnosis) -> None:
    few = diagnose(wine.problem, wine.settings, probes=2)
    assert [few.probes[0], few.probes[-1]] == [wine.probes[0], wine.probes[-1]]


def test_streams_are_keyed_by_content() -> None:
    draws = {stream(*key).random() for key in [(0, "a"), (0, "b"), (1, "a"), (0, "a", "b")]}
    assert len(draws) == 4
    assert stream(0, "a").random() in draws


@pytest.mark.parametrize("steps", [1, 2, 39, 1000])
def test_probes_span_the_run(steps: int) -> None:
    times = probe_times(steps, 40)
    assert (times[0], times[-1]) == (0, steps - 1)
    assert len(set(times)) == len(times) == min(40, steps)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, r"k = 0: it must lie in 1\.\.12"),
        ({"k": 13}, r"k = 13: it must lie in 1\.\.12"),
        ({"batch_size": 0}, "at least 1"),
        ({"batch_size": 179}, "exceeds the 178 samples"),
        ({"step_size": 0.0}, "positive"),
        ({"step_size": -1.0}, "positive"),
        ({"step_size": float("nan")}, "positive"),
        ({"step_size": float("inf")}, "positive"),
        ({"steps": 0}, "at least one step"),
        ({"seed": -1}, "must not be negative"),
        ({"initial_scale": float("nan")}, "initial scale"),
    ],
)
def test_bad_settings(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        choose_settings(load("wine"), **options)
    assert "\n" not in str(caught.value)


def test_no_spectral_gap() -> None:
    corners = np.array(list(itertools.product([-1.0, 1.0], repeat=3)))
    problem = LeastSquares.from_data("cube", corners, np.arange(8.0))
    with pytest.raises(InputError, match="no spectral gap at k = 1"):
        choose_settings(problem)


def test_a_larger_batch_than_the_data_is_fine_with_replacement() -> None:
    settings = choose_settings(load("wine"), batch_size=500, replacement=True)
    assert settings.batch_size == 500


def test_divergence_is_told() -> None:
    problem = load("wine")
    with pytest.raises(InputError, match=r"diverged after \d+ steps .* smaller step size"):
        diagnose(problem, choose_settings(problem, step_size=50.0, batch_size=1))


@pytest.mark.full
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_figure_is_reproducible(wine: Diagnosis, kind: str) -> None:
    assert draw(wine, kind) == draw(wine, kind)


def test_figure_of_the_shortest_run() -> None:
    problem = load("wine")
    assert draw(diagnose(problem, choose_settings(problem, steps=1)), "png").startswith(b"\x89PNG")


class TestCommand:
    """The command line: thin, but its promises are tested."""

    app = typer.Typer()
    app.command()(command)

    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(self.app, list(arguments))

    def test_json_goes_to_stdout_and_the_figure_to_its_file(self, tmp_path: Path) -> None:
        target = tmp_path / "run.svg"
        options = ["--batch", "1", "--steps", "30", "--json", "--plot", str(target)]
        result = self.run("wine", *options)
        assert result.exit_code == 0
        found = json.loads(result.stdout)
        assert found["score"]["decided"] == found["score"]["confirmed"] == len(found["steps"])
        assert target.read_bytes().startswith(b"<?xml")
        assert [path.name for path in tmp_path.iterdir()] == ["run.svg"]

    def test_the_text_names_the_score(self) -> None:
        result = self.run("wine", "--batch", "1", "--steps", "30", "--with-replacement")
        assert result.exit_code == 0
        text = " ".join(result.stdout.split())
        assert re.search(r"right at (\d+) of \1 decided states", text)
        assert "every minibatch was enumerated" in text

    def test_a_contradicted_theory_exits_with_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Conditions, "direction", lambda self, step_size: 1)
        result = self.run("wine", "--batch", "1", "--steps", "30")
        assert result.exit_code == 1
        assert "contradicted" in result.stdout

    def test_a_close_call_is_no_zero(self) -> None:
        """Fails when the distance to the critical step is rounded to nothing."""
        told = SimpleNamespace(
            decided=1,
            confirmed=1,
            probes=(None,),
            error_probability=0.0,
            closest_margin=1.234e-5,
            rivals_confirmed={},
        )
        assert "critical step 0.0012 % off the step size." in _conclusion(told)[1]  # type: ignore[arg-type]
        assert [percent(x) for x in (0.0123, 0.996, 1.5)] == ["1.2 %", "100 %", "150 %"]

    def test_users_csv(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        table = rng.standard_normal((30, 4)) * [1, 2, 3, 4]
        path = tmp_path / "mine.csv"
        np.savetxt(path, table, delimiter=",", header="a,b,c,price", comments="")
        result = self.run(str(path), "--target", "price", "--batch", "2", "--json")
        assert json.loads(result.stdout)["dataset"] == "mine.csv"
        assert json.loads(result.stdout)["score"]["error_probability"] == 0

    @pytest.mark.parametrize(
        ("option", "scaling", "told"),
        [
            ([], "standardise", "features standardised: each has mean 0 and variance 1"),
            (["--no-standardise"], "centre", "features centred and divided by one common number"),
        ],
    )
    def test_what_becomes_of_the_data_is_said(
        self, tmp_path: Path, option: list[str], scaling: str, told: str
    ) -> None:
        """Fails when the data are scaled in silence, or otherwise than the user asked for."""
        path = tmp_path / "mine.csv"
        path.write_text("a,b,y\n0,0,1\n1,10,2\n0,10,4\n1,0,3\n1,10,6\n")
        asked = [str(path), "--target", "y", "--batch", "1", "--steps", "2", *option]
        assert f"Least squares; {told}." in self.run(*asked).stdout
        found = json.loads(self.run(*asked, "--json").stdout)
        assert found["scaling"] == scaling
        largest, least = found["eigenvalues"]
        assert (largest > 50 * least) == (scaling == "centre")  # one feature is ten times the other

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["wine", "--step-size", "fast"], "step size 'fast'"),
            (["wine", "--step-size", "0"], "positive"),
            (["wine", "--probes", "0"], "at least one probe"),
            (["wine", "--plot", "run.pdf"], "must end in .png or .svg"),
            (["digit"], "did you mean 'digits'"),
        ],
    )
    def test_bad_input(self, arguments: list[str], message: str) -> None:
        result = self.run(*arguments)
        assert isinstance(result.exception, InputError)
        assert message in str(result.exception)
