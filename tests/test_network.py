"""The digits network, what is measured on it, and how its experiment is kept and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from verify import cli
from verify.checks import Settings
from verify.errors import InputError, Interrupted
from verify.evidence import Failed
from verify.tiny_subspaces import network_claim
from verify.tiny_subspaces.network.results import result
from verify.tiny_subspaces.network.sam_edge import sam_edge, sam_edge_as_printed
from verify.tiny_subspaces.network.settings import Rule, Task
from verify.tiny_subspaces.network.trigger import Trigger, averaged, fires
from verify.tiny_subspaces.network.units import (
    BULK,
    DOMINANT,
    FROZEN,
    NONE,
    RANDOM,
    Branch,
    Distances,
    Rates,
    Unit,
    Watch,
)
from verify.tiny_subspaces.network_claim import Bounds, Change, NetworkClaim
from verify.tiny_subspaces.sizes import SIZES, Size
from verify.tiny_subspaces.ts36_effective_rates import OPTIMISERS

pytest.importorskip("torch", reason="needs PyTorch: the extra torch")
TINY = Task(width=4, samples=40, batch_size=10)
SGD = Rule("SGD", 0.05)


@pytest.fixture
def torch() -> Iterator[Any]:
    """PyTorch with one thread, as the experiment uses it; or a skipped test."""
    module: Any = pytest.importorskip("torch", reason="needs PyTorch: the extra torch")
    threads = module.get_num_threads()
    module.set_num_threads(1)
    with threadpool_limits(1):
        yield module
    module.set_num_threads(threads)


def path_of(problem: Any, rule: Rule, steps: int) -> list[Any]:
    """The points of a run, step by step from the formula."""
    points = [problem.position]
    for step in range(steps):
        batch = problem.batch(step) if rule.method == "SGD" else None
        problem.position = points[-1] - rule.step_size * problem.gradient(batch)
        points.append(problem.position)
    return points


def test_data_and_network_are_as_specified(torch: Any) -> None:
    """Fails for other data, another scale, another width, another start or another loss."""
    from verify.tiny_subspaces.network.problem import Problem, digits

    features, targets = digits(1000, False)
    assert features.shape == (1000, 64)
    assert float((features**2).mean()) == pytest.approx(1)
    assert float(features.min()) == 0  # not centred: pixels are not negative
    assert (targets.sum(dim=1) == 1).all()
    assert abs(digits(1000, True)[0].mean(dim=0)).max() < 1e-12
    problem = Problem(Task(), 0)
    assert len(problem.position) == 3466
    assert len(Problem(Task(width=16), 0).position) == 1482
    for layer in problem.model:
        for parameter in layer.parameters():
            bound = layer.in_features**-0.5
            assert 0.8 * bound < float(abs(parameter).max().detach()) <= bound
    hidden = features.numpy()
    for layer in problem.model:
        if hasattr(layer, "weight"):
            hidden = hidden @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
        else:
            hidden = np.tanh(hidden)
    assert problem.value() == pytest.approx(((hidden - targets.numpy()) ** 2).sum() / 2000)
    assert (Problem(Task(), 1).position != problem.position).all()


@pytest.mark.parametrize("task", [TINY, *(size.task for size in SIZES.values())])
def test_derivatives_are_those_of_pytorch(torch: Any, task: Task) -> None:
    """Fails when value, gradient or a Hessian-vector product is not that of automatic
    differentiation, at a random point as well as at the start; products are also symmetric."""
    from verify.adapters.hessian import LocalLoss
    from verify.tiny_subspaces.network.problem import Problem

    problem, rng = Problem(task, 0), np.random.default_rng(0)
    for _ in range(2):
        ours, theirs = problem.local(), LocalLoss.at(problem.loss, problem.parameters)
        assert ours.size == theirs.size
        assert ours.value == pytest.approx(theirs.value, rel=1e-12)
        assert relative_error(ours.gradient, theirs.gradient) < 1e-12
        v, w = rng.standard_normal((2, ours.size))
        assert relative_error(ours.hessian_times(v), theirs.hessian_times(v)) < 1e-12
        assert w @ ours.hessian_times(v) == pytest.approx(v @ ours.hessian_times(w), rel=1e-9)
        problem.position = rng.standard_normal(ours.size)


def relative_error(found: Any, expected: Any) -> float:
    """Largest difference over the largest entry."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def test_a_batch_has_the_mean_gradient_of_its_samples(torch: Any) -> None:
    """Fails when a batch is summed, or divided by the number of all samples."""
    from verify.tiny_subspaces.network.problem import Problem

    problem = Problem(TINY, 0)
    batch = problem.batch(5)
    alone = [problem.gradient(np.array([sample])) for sample in batch]
    assert problem.gradient(batch) == pytest.approx(np.mean(alone, axis=0))
    assert problem.gradient(np.arange(TINY.samples)) == pytest.approx(problem.gradient())


def test_the_model_and_the_arrays_share_one_position(torch: Any) -> None:
    """Fails when an optimiser of PyTorch trains a copy, or the position is no copy."""
    from verify.tiny_subspaces.network.problem import Problem

    problem = Problem(TINY, 0)
    before, gradient = problem.position, problem.gradient()
    optimiser = torch.optim.SGD(problem.parameters, lr=0.5)
    problem.loss().backward()
    optimiser.step()
    assert problem.position == pytest.approx(before - 0.5 * gradient, abs=1e-14)
    assert (problem.position != before).any()
    problem.position = before
    assert float(problem.loss().detach()) == pytest.approx(problem.value(), rel=1e-12)


def test_minibatches_depend_on_seed_and_step_only(torch: Any) -> None:
    """Fails for repeated samples in a batch, or batches that remember earlier draws."""
    from verify.tiny_subspaces.network.problem import Problem

    one, other = Problem(TINY, 3), Problem(TINY, 3)
    other.batch(0)
    assert (one.batch(7) == other.batch(7)).all()
    assert len(set(one.batch(7).tolist())) == TINY.batch_size
    assert (one.batch(7) != one.batch(8)).any()
    assert (one.batch(7) != Problem(TINY, 4).batch(7)).any()


def test_sam_follows_the_gradient_at_the_perturbed_point(torch: Any) -> None:
    """Fails when SAM forgets to return, to normalise, or uses another radius."""
    from verify.tiny_subspaces.network.problem import Problem
    from verify.tiny_subspaces.network.sam import sam_gradient

    problem = Problem(TINY, 0)
    here, gradient = problem.position, problem.gradient()
    found = sam_gradient(problem, 0.3)
    assert (problem.position == here).all()
    problem.position = here + 0.3 * gradient / np.linalg.norm(gradient)
    assert (found == problem.gradient()).all()
    problem.position = here
    assert (sam_gradient(problem, 0.0) == gradient).all()


@pytest.mark.parametrize(("task", "steps"), [(TINY, 3), (SIZES["quick"].task, 20)])
def test_the_dominant_subspace_is_that_of_the_whole_hessian(
    torch: Any, task: Task, steps: int
) -> None:
    """Fails when Lanczos misses one of several close eigenvalues, or a warm start misleads it."""
    from verify.tiny_subspaces.network.problem import Problem
    from verify.tiny_subspaces.network.spectrum import spectrum_at

    problem = Problem(task, 2)
    before = spectrum_at(problem)
    problem.position = path_of(problem, SGD, steps)[-1]
    local = problem.local()
    hessian = np.array([local.hessian_times(unit) for unit in np.eye(local.size)])
    values, vectors = np.linalg.eigh(hessian)
    exact = vectors[:, :-11:-1]
    for found in (spectrum_at(problem), spectrum_at(problem, before)):
        error = exact - found.dominant.dominant(exact)
        assert np.linalg.norm(error, 2) < 1e-3
        assert found.top.eigenvalues == pytest.approx(values[:-12:-1], rel=1e-6)
        assert found.gap == pytest.approx((values[-10] - values[-11]) / values[-1], rel=1e-4)


DECADES = list(product((1e-3, 0.1, 2.0), (1e-3, 0.1, 3.0), (1e-4, 0.1, 50.0)))


@pytest.mark.parametrize(("step_size", "radius", "norm"), DECADES)
def test_at_the_sam_edge_a_step_turns_the_gradient(
    step_size: float, radius: float, norm: float
) -> None:
    """Fails when one SAM step on the quadratic with this curvature does not reverse the gradient;
    with the printed formula it does not, but for radius 1."""
    edge = sam_edge(step_size, radius, norm)
    assert after_sam(edge, step_size, radius, norm) == pytest.approx(-norm)
    assert 0 < edge < 2 / step_size
    printed = sam_edge_as_printed(step_size, radius, norm)
    assert after_sam(printed, step_size, radius, norm) != pytest.approx(-norm)


def after_sam(curvature: float, step_size: float, radius: float, norm: float) -> float:
    """The gradient after one SAM step on curvature x^2/2, from the point where it is `norm`."""
    x = norm / curvature
    return curvature * (x - step_size * curvature * (x + radius))


def test_without_radius_the_sam_edge_is_that_of_gd() -> None:
    """Fails when the limit of the edge for a vanishing radius is not 2/eta."""
    assert sam_edge(0.05, 0.0, 0.3) == 40
    assert sam_edge(0.05, 1e-9, 0.3) == pytest.approx(40)


def test_a_trigger_started_at_zero_needs_29_samples() -> None:
    """Fails when the old average and the new sample have swapped weights."""
    average, samples = 0.0, 0
    while not fires(average):
        average, samples = averaged(average, 1.0), samples + 1
    assert samples == 29
    assert not fires(averaged(0.0, 1.0))
    assert fires(averaged(0.96, 0.96))  # started at the first sample: at once


def test_the_trigger_waits_for_its_warm_up_and_its_deadline(torch: Any) -> None:
    """Fails when the switch comes before the warm-up, or never."""
    from verify.tiny_subspaces.network.branch import until_triggered
    from verify.tiny_subspaces.network.problem import Problem

    at_once = until_triggered(Problem(TINY, 0), SGD, Trigger(2, 9, first=10.0))
    assert at_once[0] == 2
    never = until_triggered(Problem(TINY, 0), SGD, Trigger(2, 4))
    assert never[0] == 4
    assert len(never[1]) == 2
    problem = Problem(TINY, 0)
    until_triggered(problem, SGD, Trigger(2, 4))
    assert (problem.position == path_of(Problem(TINY, 0), SGD, 4)[-1]).all()


def test_watching_does_not_disturb_a_run(torch: Any) -> None:
    """Fails when a probe changes the run, or when the second rule starts at another step."""
    from verify.tiny_subspaces.network.compute import compute
    from verify.tiny_subspaces.network.problem import Problem

    seen = compute(Watch(TINY, 1, SGD, (0, 3, 6), 20, switch=3, then=Rule("GD", 0.1)))
    problem = Problem(TINY, 1)
    problem.position = path_of(problem, SGD, 3)[-1]
    third = problem.value()
    problem.position = path_of(problem, Rule("GD", 0.1), 3)[-1]
    assert seen["step"] == [0, 3, 6]
    assert seen["loss"][1:] == [third, problem.value()]
    assert seen["update_alignment"][2] == pytest.approx(seen["alignment_10"][2])  # GD
    for values in zip(*(seen[f"alignment_{k}"] for k in (1, 9, 10, 20)), strict=True):
        assert list(values) == sorted(values)
    assert all(sorted(e, reverse=True) == e for e in seen["eigenvalues"])


def test_projections_are_compared_from_one_point_on_one_stream(torch: Any) -> None:
    """Fails when a projected run starts elsewhere, draws other batches, or leaves its subspace."""
    from verify.adapters.hessian import dominant_subspace
    from verify.tiny_subspaces.network.compute import compute
    from verify.tiny_subspaces.network.problem import Problem

    names = (NONE, DOMINANT, BULK, FROZEN, RANDOM)
    runs = compute(Branch(TINY, 2, SGD, 3, 2, names))["runs"]
    problem = Problem(TINY, 2)
    points = path_of(problem, SGD, 5)
    assert runs[NONE]["distance"][-1] == pytest.approx(np.linalg.norm(points[5] - points[3]))
    assert runs[NONE]["distance_to_start"][0] == np.linalg.norm(points[3] - points[0])
    assert len({tuple(run["loss"][:1]) for run in runs.values()}) == 1
    problem.position = points[3]
    local = problem.local()
    space = dominant_subspace(local.hessian_times, local.size, 10)
    step = SGD.step_size * problem.gradient(problem.batch(3))
    for name, part in ((DOMINANT, space.dominant(step)), (BULK, space.bulk(step))):
        assert runs[name]["distance"][1] == pytest.approx(np.linalg.norm(part), rel=1e-4)
        assert runs[name]["alignment"][0] == pytest.approx(space.alignment(local.gradient))
    assert runs[FROZEN]["distance"][1] == pytest.approx(runs[DOMINANT]["distance"][1], rel=1e-4)
    assert runs[RANDOM]["distance"][1] < runs[DOMINANT]["distance"][1]


def test_effective_rates_of_gd_are_its_step_size(torch: Any) -> None:
    """Fails with the printed sign, with the whole gradient in the denominator, or 0 for 0/0."""
    from verify.tiny_subspaces.network.compute import compute
    from verify.tiny_subspaces.network.rates import effective_rate

    dominant, bulk = np.array([3.0, 0.0]), np.array([0.0, 4.0])
    for update, rates in (
        (-0.1 * (dominant + bulk), (0.1, 0.1)),
        (-0.1 * dominant, (0.1, 0.0)),
        (-0.1 * bulk, (0.0, 0.1)),
    ):
        found = (effective_rate(update, dominant), effective_rate(update, bulk))
        assert found == pytest.approx(rates)
    assert effective_rate(dominant, np.zeros(2)) is None
    seen = compute(Rates(TINY, 0, OPTIMISERS["gd"], 6, every=2))
    assert seen["step"] == [0, 2, 4]
    assert seen["dominant_rate"] + seen["bulk_rate"] == pytest.approx([0.01] * 6)


def test_momentum_is_that_of_the_real_optimiser(torch: Any) -> None:
    """Fails when the first steps are not those of heavy ball without damping."""
    from verify.tiny_subspaces.network.compute import compute
    from verify.tiny_subspaces.network.problem import Problem

    seen = compute(Rates(TINY, 0, OPTIMISERS["gd_momentum"], 3, every=1))
    problem = Problem(TINY, 0)
    memory, losses = np.zeros_like(problem.position), []
    for _ in range(3):
        losses.append(problem.value())
        memory = 0.9 * memory + problem.gradient()
        problem.position = problem.position - 0.01 * memory
    assert seen["loss"] == pytest.approx(losses)
    assert seen["dominant_rate"][0] == pytest.approx(0.01)


def test_distances_are_those_of_the_two_paths(torch: Any) -> None:
    """Fails when the methods start apart, or the distance is to another time."""
    from verify.tiny_subspaces.network.compute import compute
    from verify.tiny_subspaces.network.problem import Problem

    seen = compute(Distances(TINY, 0, 0.05, (2, 4)))
    sgd = path_of(Problem(TINY, 0), SGD, 4)
    gd = path_of(Problem(TINY, 0), Rule("GD", 0.05), 4)
    assert seen["between"] == pytest.approx([np.linalg.norm(gd[t] - sgd[t]) for t in (2, 4)])
    assert seen["travel_sgd"][1] == pytest.approx(np.linalg.norm(sgd[4] - sgd[0]))


UNITS: dict[Unit, str] = {Watch(TINY, seed, SGD, (0, 2)): f"seed {seed}" for seed in range(4)}


def test_an_interrupted_experiment_goes_on_where_it_stopped(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a finished unit is lost or computed twice, or Ctrl-C says nothing."""
    from verify.tiny_subspaces.experiment import run as running

    real, computed = running.compute, []

    def counted(unit: Unit, last: int) -> Any:
        if len(computed) == last:
            raise KeyboardInterrupt
        computed.append(unit)
        return real(unit)

    monkeypatch.setattr(running, "compute", lambda unit: counted(unit, 2))
    with pytest.raises(Interrupted, match="2 of 4 units are kept"):
        running.run(UNITS, tmp_path, 1)
    kept = {file: file.read_bytes() for file in tmp_path.rglob("*.json")}
    assert len(kept) == 2
    monkeypatch.setattr(running, "compute", lambda unit: counted(unit, -1))
    events: list[bool] = []
    results = running.run(UNITS, tmp_path, 1, lambda unit, new: events.append(new))
    assert computed == list(UNITS)
    assert events == [False, False, True, True]
    assert all(file.read_bytes() == content for file, content in kept.items())
    damaged = next(iter(kept))
    damaged.write_bytes(damaged.read_bytes()[:50])  # as a crash of the machine may leave it
    assert running.run(UNITS, tmp_path, 1) == results
    assert len(computed) == 5


def test_the_cheapest_units_come_first() -> None:
    """Fails when Ctrl-C soon after the start finds only long units at work, and keeps nothing."""
    from verify.tiny_subspaces.experiment.plan import cost, plan

    for size in SIZES.values():
        costs = [cost(unit) for unit in plan(size, size.seeds)]
        assert costs == sorted(costs)
        early = sum(np.cumsum(costs) < sum(costs) / 3)
        assert early > 0.5 * len(costs)  # a third of the time finishes half of the units
        assert max(costs) < 0.2 * sum(costs)  # and no unit in work is a large loss


WITH_CTRL_C = """
import signal
from verify.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C")
def test_ctrl_c_keeps_what_is_finished(torch: Any, tmp_path: Path) -> None:
    """Fails when a run that is stopped after its first unit keeps nothing, or keeps half a file."""
    command = [sys.executable, "-c", WITH_CTRL_C, "experiment", "tiny-subspaces"]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path), "--jobs", "2"], stderr=subprocess.PIPE, text=True
    ) as running:
        while running.poll() is None and not list(tmp_path.glob("units/*.json")):
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    kept = [json.loads(file.read_text()) for file in tmp_path.glob("units/*.json")]
    assert len(kept) >= 1
    assert f"interrupted: {len(kept)} of 18 units are kept" in told


def test_any_number_of_workers_finds_the_same_bits(torch: Any, tmp_path: Path) -> None:
    """Fails when a result depends on the process that computes it, or on what ran before it."""
    from verify.tiny_subspaces.experiment import run as running

    units: dict[Unit, str] = {
        **UNITS,
        Branch(TINY, 2, SGD, 3, 2, (NONE, DOMINANT, BULK)): "branch",
        Rates(TINY, 0, OPTIMISERS["adam"], 6, every=2): "rates",
    }
    alone = running.run(units, tmp_path / "one", 1)
    assert running.run(units, tmp_path / "two", 2) == alone


def test_bad_luck_is_told_with_the_name_of_its_unit(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when Lanczos gives up and the message does not say in which unit."""
    from verify.tiny_subspaces.experiment import run as running
    from verify.tiny_subspaces.network import spectrum

    def gives_up(*arguments: Any, **options: Any) -> None:
        raise InputError("Lanczos did not separate")

    monkeypatch.setattr(spectrum, "dominant_subspace", gives_up)
    with pytest.raises(InputError, match=r"^seed 0: Lanczos did not separate$"):
        running.run(UNITS, tmp_path, 1)


def test_a_result_is_found_for_its_own_settings_only(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when another setting, seed, version or code finds an old result."""
    from verify.tiny_subspaces.experiment import store as storing

    store = storing.Store.opened(tmp_path)
    unit = Watch(TINY, 0, SGD, (0,))
    store.write(unit, "a name", {"x": [1.5]})
    assert store.read(unit) == {"x": [1.5]}
    others: list[Unit] = [
        Watch(TINY, 1, SGD, (0,)),
        Watch(TINY, 0, Rule("SGD", 0.06), (0,)),
        Watch(TINY, 0, SGD, (0, 1)),
        Watch(Task(width=4, samples=40, batch_size=10, centred=True), 0, SGD, (0,)),
    ]
    assert [store.read(other) for other in others] == [None] * 4
    monkeypatch.setattr(storing, "versions", lambda: {"code": "another"})
    assert store.read(unit) is None


def claim(low: float) -> NetworkClaim:
    """A claim about the alignment at the start of the tiny network."""

    def units(size: Any, seed: int) -> dict[str, Unit]:
        return {"run": Watch(TINY, seed, SGD, (0,))}

    bounds = (Bounds("alignment", low=low),)
    return NetworkClaim(
        id="TS-0",
        units=units,
        measured=lambda size, results: {"alignment": results["run"]["alignment_10"][0]},
        parts={"part": bounds},
        mutants={"mutant": Change(bounds, measured=lambda size, results: {"alignment": low / 2})},
    )


def test_a_part_fails_outside_its_bounds_and_a_mutant_inside(torch: Any) -> None:
    """Fails when a number outside the bounds passes, or when a mutant inside them does."""
    right, wrong = claim(0.1), claim(1.5)
    assert "seen" in network_claim._part(right, right.parts["part"], Settings("experiment")).detail
    seeds = "seed 0 has .*, seed 1 has .*, seed 2 has "
    with pytest.raises(Failed, match=f"TS-0 is not reproduced: alignment >= 1.5 fails: {seeds}"):
        network_claim._part(wrong, wrong.parts["part"], Settings("experiment"))
    assert (
        "refused"
        in network_claim._refused(right, right.mutants["mutant"], Settings("experiment")).detail
    )
    with pytest.raises(Failed, match="not noticed"):
        network_claim._refused(right, Change(right.parts["part"]), Settings("experiment"))


def test_only_the_seeds_outside_are_named(torch: Any) -> None:
    """Fails when the message does not say exactly which seed is outside, and its number."""
    bounds = claim(0.1).parts["part"]
    seen = [result(Watch(TINY, s, SGD, (0,)))["alignment_10"][0] for s in range(3)]
    between = sum(sorted(seen)[:2]) / 2
    least = seen.index(min(seen))
    strict = (replace(bounds[0], low=between),)
    expected = f"fails: seed {least} has {strict[0].shown(min(seen), digits=4)} \\("
    with pytest.raises(Failed, match=expected):
        network_claim._part(claim(0.1), strict, Settings("experiment"))


def test_a_subspace_without_a_gap_is_flagged(torch: Any) -> None:
    """Fails when a vanishing gap below the dominant subspace goes unnoticed."""
    clear: Any = {"gap": [0.2, 0.05]}
    branch: Any = {"runs": {"a": clear, "b": {"gap": [2e-4, 0.3]}, "c": {"loss": [1.0]}}}
    assert network_claim.gaps(branch) == [0.2, 0.05, 2e-4, 0.3]
    assert network_claim.flag(clear) == network_claim.flag({"between": [1.0]}) == ""
    assert "1 of 4 steps, lambda_10 - lambda_11 = 0.0002 lambda_1" in network_claim.flag(branch)
    tiny = claim(0.1)  # fewer samples than parameters: lambda_10 = lambda_11 for seed 0
    told = network_claim._part(tiny, tiny.parts["part"], Settings("experiment")).detail
    assert "; run, seed 0: dominant subspace hardly determined at 1 of 1 steps" in told


def test_numbers_near_a_bound_show_their_side() -> None:
    """Fails when a rounded number lies on the other side of its bound, or on the bound itself."""
    strict, closed = Bounds("x", high=1, strict=True), Bounds("x", low=-0.03, high=0.98)
    assert strict.shown(1.0003) == "1.0003"
    assert strict.shown(0.99998) == "0.99998"
    assert strict.shown(1.0) == "1"
    assert closed.shown(0.97999) == "0.97999"
    assert closed.shown(0.980001) == "0.980001"
    assert closed.shown(0.12345) == "0.123"
    assert closed.shown(float("nan")) == "nan"
    last = float(np.nextafter(1, 2))
    assert float(strict.shown(last)) == last


def test_bounds_refuse_what_is_no_number() -> None:
    """Fails when nan counts as inside, or a strict bound lets its end in."""
    assert not Bounds("x", high=1).hold({"x": float("nan")})
    assert Bounds("x", high=1).hold({"x": 1.0})
    assert not Bounds("x", high=1, strict=True).hold({"x": 1.0})
    assert not Bounds("x", low=0.5, high=1).hold({"x": 0.4})


def test_every_unit_of_the_plan_can_be_made_without_pytorch() -> None:
    """Fails when a claim has a part, mutant or assumption that no check decides."""
    from theory import registry
    from verify.tiny_subspaces.experiment.plan import CLAIMS, cost, plan

    for size in SIZES.values():
        units = plan(size, 2)
        assert len(set(units.values())) == len(units)
        assert all(cost(unit) > 0 for unit in units)
    for entry in CLAIMS:
        stated = registry.get(entry.id)
        assert set(entry.parts) == set(stated.conclusion)
        assert set(entry.mutants) == set(stated.mutants)
        assert set(entry.dropped) == set(stated.assumptions)


WRONG = [
    (["tiny", "--out", "{}"], "no experiment 'tiny'; choose tiny-subspaces"),
    (["tiny-subspaces", "--out", "{}", "--tier", "slow"], "--tier is 'slow'"),
    (["tiny-subspaces", "--out", "{}", "--seeds", "0"], "--seeds is 0; choose 1 to 100"),
    (["tiny-subspaces", "--out", "{}", "--figures", "pdf"], "--figures is 'pdf'"),
    (["tiny-subspaces", "--out", "{}", "--json", "{}"], "it is a folder"),
    (["tiny-subspaces", "--out", "{}/file/inside"], "cannot write {}/file/inside: Not a directory"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_bad_input_ends_in_one_line(
    torch: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """Fails when bad input ends in a traceback, several lines, or another exit code than 2."""
    (tmp_path / "file").write_text("")
    filled = [a.replace("{}", str(tmp_path)) for a in arguments]
    assert cli.run(["experiment", *filled]) == 2
    told = capsys.readouterr().err
    assert message.replace("{}", str(tmp_path)) in told
    assert told.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_without_pytorch_the_command_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a missing PyTorch ends in a traceback, or after work was begun."""
    monkeypatch.setattr("verify.adapters.importlib.util.find_spec", lambda name: None)
    assert cli.run(["experiment", "tiny-subspaces", "--out", str(tmp_path / "out")]) == 2
    assert 'pip install -e ".[torch]"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="PyTorch"):
        result(Watch(TINY, 99, SGD, (0,)))


SMALLEST = Size(
    tier="quick",
    task=TINY,
    settled=64,
    switch=64,
    end=80,
    after=2,
    last=2,
    every=8,
    edge=Rule("GD", 0.1),
    edge_switch=50,
    sam_switch=50,
    after_full_batch=2,
    rate_steps=6,
    seeds=1,
)


def test_a_whole_experiment_writes_figures_and_strict_json(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fails when a figure or the results are missing, or a second run computes anything."""
    from verify.tiny_subspaces import sizes
    from verify.tiny_subspaces.experiment import run as running
    from verify.tiny_subspaces.experiment.figures import FIGURES
    from verify.tiny_subspaces.experiment.plan import plan
    from verify.tiny_subspaces.experiment.report import Report

    monkeypatch.setitem(sizes.SIZES, "quick", SMALLEST)
    where = ["experiment", "tiny-subspaces", "--out", str(tmp_path), "--jobs", "1"]
    assert cli.run(where) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "The full tier decides" in told
    assert "Note: TS-31 before, seed 0: dominant subspace hardly determined" in told
    for name in FIGURES:
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "results.json").read_text())
    assert {part["claim"] for part in found["parts"]} == {f"TS-{n}" for n in range(30, 37)}
    assert all(len(part["seen"]) == 1 for part in found["parts"])
    assert 0 < found["least_gap"] < 1
    monkeypatch.setattr(running, "compute", None)  # must not be called
    again = running.run(plan(SMALLEST, 1), tmp_path, 1)
    assert json.loads(json.dumps(Report(SMALLEST, 1, again).to_json())) == found
