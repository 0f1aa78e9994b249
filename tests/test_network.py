"""The digits network, its derivatives, and what is measured on it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from tiny_network import SGD, TINY, path_of

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
    Watch,
)
from verify.tiny_subspaces.sizes import SIZES
from verify.tiny_subspaces.ts36_effective_rates import OPTIMISERS

pytest.importorskip("torch", reason="needs PyTorch: the extra torch")


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
    from verify.tiny_subspaces.network.spectrum import TOLERANCE

    names = (NONE, DOMINANT, BULK, FROZEN, RANDOM)
    runs = compute(Branch(TINY, 2, SGD, 3, 2, names))["runs"]
    problem = Problem(TINY, 2)
    points = path_of(problem, SGD, 5)
    assert runs[NONE]["distance"][-1] == pytest.approx(np.linalg.norm(points[5] - points[3]))
    assert runs[NONE]["distance_to_start"][0] == np.linalg.norm(points[3] - points[0])
    assert len({tuple(run["loss"][:1]) for run in runs.values()}) == 1
    problem.position = points[3]
    local = problem.local()
    space = dominant_subspace(local.hessian_times, local.size, 10, tolerance=1e-9)
    step = SGD.step_size * problem.gradient(problem.batch(3))
    gap = 0.15  # below the tenth eigenvalue; what Lanczos leaves of the residual turns a vector by
    turn = TOLERANCE * space.eigenvalues[0] / gap
    for name, part in ((DOMINANT, space.dominant(step)), (BULK, space.bulk(step))):
        assert runs[name]["distance"][1] == pytest.approx(np.linalg.norm(part), rel=turn)
        aligned = space.alignment(local.gradient)
        assert runs[name]["alignment"][0] == pytest.approx(aligned, rel=turn)
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
