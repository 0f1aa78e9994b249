"""The monitor of a training loop, against definitions: enumeration, dense Hessians, known steps."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from verify.conditions import conditions
from verify.errors import InputError
from verify.least_squares import LeastSquares

torch: Any = pytest.importorskip("torch", reason="needs PyTorch: the extra torch")

from verify.adapters.hessian import LocalLoss, Vector, flatten  # noqa: E402
from verify.adapters.local_conditions import LocalConditions, Probe  # noqa: E402
from verify.adapters.score import Score, Trial  # noqa: E402
from verify.adapters.torch import (  # noqa: E402
    AlignmentMonitor,
    effective_step_size,
    limited_to,
)

SAMPLES = 6
LANCZOS = 1e-3
"""Relative error that the eigensolver's own tolerance allows in a block sum."""

MSE = torch.nn.MSELoss()


def network(samples: int = SAMPLES, seed: int = 0) -> tuple[Any, Any, Any]:
    """A small tanh network in double precision, inputs and targets."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(samples, 3, dtype=torch.float64, generator=generator)
    y = torch.randn(samples, 2, dtype=torch.float64, generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = torch.nn.Sequential(
            torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
        ).double()
    return model, x, y


def measured(
    model: Any, data: Any, k: int, batch_size: int, replacement: bool, products: int = 10**6
) -> LocalConditions:
    probe = Probe(
        model,
        MSE,
        data,
        k=k,
        batch_size=batch_size,
        replacement=replacement,
        products=products,
    )
    return probe.measure(np.random.default_rng(0), None)


def gradient_on(model: Any, x: Any, y: Any, rows: Any) -> Vector:
    rows = list(rows)
    return flatten(torch.autograd.grad(MSE(model(x[rows]), y[rows]), list(model.parameters())))


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_the_sums_are_those_of_all_minibatches(batch_size: int, replacement: bool) -> None:
    """Fails when a block sum is not that of a dense Hessian and of every minibatch, enumerated.

    Nothing is shared but the network: eigh instead of Lanczos, batches instead of a covariance. The
    wrong factor for sampling without replacement, (N-b)/N/b, would be off by N/(N-1) = 1.2.
    """
    model, x, y = network()
    k = 3
    found = measured(model, (x, y), k, batch_size, replacement)
    local = LocalLoss.at(lambda: MSE(model(x), y), model.parameters())
    hessian = np.array([local.hessian_times(e) for e in np.eye(local.size)])
    values, vectors = np.linalg.eigh(hessian)
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order]
    g = vectors.T @ gradient_on(model, x, y, range(SAMPLES))
    draw = (
        itertools.product(range(SAMPLES), repeat=batch_size)
        if replacement
        else itertools.combinations(range(SAMPLES), batch_size)
    )
    noises = np.array([vectors.T @ gradient_on(model, x, y, rows) - g for rows in draw])
    np.testing.assert_allclose(noises.mean(axis=0), 0, atol=LANCZOS)
    curved = np.mean((values * noises) ** 2, axis=0)
    for block, rows in ((0, slice(None, k)), (1, slice(k, None))):
        noise = found.noise[0] if block == 0 else found.noise[1].value
        np.testing.assert_allclose(
            [found.energy[block], found.first[block], found.second[block], noise],
            [
                np.sum(g[rows] ** 2),
                np.sum(values[rows] * g[rows] ** 2),
                np.sum((values[rows] * g[rows]) ** 2),
                np.sum(curved[rows]),
            ],
            rtol=LANCZOS,
        )


def least_squares(tilt: float = 0.0) -> tuple[LeastSquares, Any, Any, Any, Vector]:
    """A least-squares problem, and the same as a linear network in double precision.

    The state lies mostly in the sharp directions; `tilt` moves it along the two flattest.
    """
    rng = np.random.default_rng(3)
    features = rng.standard_normal((20, 6)) * [5, 4, 1, 0.5, 0.3, 0.2]
    problem = LeastSquares.from_data("test", features, rng.standard_normal(20), "centre")
    model = torch.nn.Linear(6, 1, bias=False).double()
    x = rng.standard_normal(6) + tilt * problem.basis[:, -2:].sum(axis=1)
    torch.nn.utils.vector_to_parameters(torch.from_numpy(x), model.parameters())
    inputs = torch.from_numpy(problem.features)
    targets = torch.from_numpy(problem.targets[:, None])
    return problem, model, inputs, targets, x


def test_the_critical_step_size_is_that_of_least_squares() -> None:
    """Fails when the critical step differs from `verify.conditions` in the full eigenbasis.

    MSE is twice the loss of least squares, so its Hessian is doubled and its step size halved.
    """
    regimes = set()
    for tilt, k, batch_size, replacement in itertools.product(
        (0.0, 30.0), (1, 2), (4, 7), (False, True)
    ):
        problem, model, inputs, targets, x = least_squares(tilt)
        found = measured(model, (inputs, targets), k, batch_size, replacement)
        noise = problem.noise_variance(x, batch_size, replacement=replacement)
        gradient = problem.in_eigenbasis(problem.gradient(x))
        expected = conditions(problem.eigenvalues, gradient, noise, k)
        assert found.critical_step_size is not None
        regimes.add(expected.low_alignment)
        if expected.critical_step_size is None:
            assert math.isinf(found.critical_step_size.lower)
            assert found.direction(1.0) == expected.direction(0.5) == -1
            continue
        np.testing.assert_allclose(
            2 * found.critical_step_size.value, expected.critical_step_size, rtol=LANCZOS
        )
        for step in (0.9, 1.1):
            predicted = expected.direction(step * expected.critical_step_size)
            assert found.direction(step * found.critical_step_size.value) == predicted
    assert regimes == {True, False}


def test_random_signs_estimate_the_noise() -> None:
    """Fails when the 99 % interval of the random products misses the exact value too often.

    Of 100 intervals at most 8 may miss: a true rate of 1 % exceeds that with probability 1e-6; the
    laws are skewed, so the true rate is only near 1 %. A trace off by 30 % fails.
    """
    model, x, y = network(samples=40)
    exact = measured(model, (x, y), 2, 4, False).noise[1].value
    probe = Probe(model, MSE, (x, y), k=2, batch_size=4, replacement=False, products=16)
    start, missed, means = None, 0, []
    for seed in range(100):
        with limited_to(1):
            found = probe.measure(np.random.default_rng(seed), start)
        start, noise = found.subspace, found.noise[1]
        missed += not noise.lower <= exact <= noise.upper
        means.append(noise.value)
    assert missed <= 8
    error = float(np.std(means)) / math.sqrt(len(means))
    assert abs(float(np.mean(means)) - exact) <= 5 * error


def test_gradient_descent_has_its_own_step_size() -> None:
    """Fails for another sign, another denominator, or a block mixed up: GD gets (eta, eta)."""
    model, x, y = network()
    step_size = 0.03
    optimizer = torch.optim.SGD(model.parameters(), lr=step_size)
    monitor = AlignmentMonitor(model, MSE, (x, y), k=2, batch_size=SAMPLES)
    optimizer.zero_grad()
    MSE(model(x), y).backward()
    with monitor.step(optimizer):
        optimizer.step()
    (report,) = monitor.reports
    np.testing.assert_allclose([report.dom_lr, report.bulk_lr], step_size, rtol=LANCZOS)
    np.testing.assert_allclose(report.chi_update, report.chi_gradient, rtol=LANCZOS)
    assert report.alignment is not None
    np.testing.assert_allclose(report.chi_gradient**2, report.alignment, rtol=LANCZOS)


def test_effective_step_sizes_of_known_updates() -> None:
    """Fails when Dom-GD is not (eta, 0), or the denominator is ||g||^2: g = (3, 4), k = 1."""
    dominant, bulk = np.array([3.0, 0.0]), np.array([0.0, 4.0])
    update = -0.5 * dominant
    assert effective_step_size(update, dominant) == 0.5
    assert effective_step_size(update, bulk) == 0.0
    assert effective_step_size(update, np.zeros(2)) is None


def test_the_predicted_direction_is_that_of_the_mean_over_batches() -> None:
    """Fails when, on a quadratic, the mean energies over all batches move against the prediction.

    There the hypotheses hold: the expected block energies after one step, enumerated over every
    minibatch, must move as predicted, below and above the critical step size.
    """
    problem, model, inputs, targets, x = least_squares(tilt=30.0)
    found = measured(model, (inputs, targets), 2, 2, False)
    top, critical = found.subspace.leading(2), found.critical_step_size
    assert critical is not None
    for step in (0.5 * critical.value, 0.98 * critical.value, 1.02 * critical.value):
        dominant = bulk = 0.0
        for rows in itertools.combinations(range(20), 2):
            batch = gradient_on(model, inputs, targets, rows)
            after = 2 * problem.gradient(x - step * batch)
            dominant += float(np.sum(top.dominant(after) ** 2))
            bulk += float(np.sum(top.bulk(after) ** 2))
        change = dominant / (dominant + bulk) - found.energy[0] / sum(found.energy)
        assert found.direction(step) == np.sign(change)


def test_the_score_is_binomial_and_has_rivals() -> None:
    """Fails when undecided probes count, an interval is not exact, or a rival is misjudged."""
    alignments = [0.5, 0.4, 0.7, 0.1, 0.9]  # the second rival: falls, rises, falls, rises, falls
    predicted = [-1, 1, 1, None, -1]
    seen = [-1, 1, -1, 1, -1]
    score = Score(tuple(map(Trial, alignments, predicted, seen)))
    assert score.decided == [0, 1, 2, 4]
    assert score.right == 3
    assert score.rivals == {"always a fall": 3, "towards the mean so far": 4}
    low, high = score.interval(3) or (0, 0)
    np.testing.assert_allclose(stats.binom.sf(2, 4, low), 0.025)
    np.testing.assert_allclose(stats.binom.cdf(3, 4, high), 0.025)
    assert "came true: 3 of 4" in str(score)
    assert "always a fall: 3 of 4" in str(score)
    assert "towards the mean so far: 4 of 4" in str(score)
    assert "1 undecided" in str(score)
    assert "outside the hypotheses" in str(score)
    assert "No direction" in str(Score((Trial(0.5, None, 1),)))


def trained(watched: bool) -> Vector:
    """The parameters after ten steps of SGD on random batches."""
    model, x, y = network(20)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    monitor = AlignmentMonitor(model, MSE, (x, y), k=2, batch_size=4, every=3)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        for _ in range(10):
            rows = torch.randperm(20)[:4]
            optimizer.zero_grad()
            MSE(model(x[rows]), y[rows]).backward()
            if watched:
                monitor.before_step(optimizer)
            optimizer.step()
            if watched:
                monitor.after_step()
    assert len(monitor.reports) == (4 if watched else 0)
    return flatten(model.parameters())


def test_watching_does_not_disturb_training() -> None:
    """Fails when a probe changes gradients, parameters or the random numbers of the training."""
    np.testing.assert_array_equal(trained(True), trained(False))


def probe_once(model: Any, x: Any, y: Any, loss: Any = MSE, **more: Any) -> None:
    settings = {"k": 2, "batch_size": 2, **more}
    monitor = AlignmentMonitor(model, loss, (x, y), **settings)
    monitor.before_step(torch.optim.SGD(model.parameters(), lr=0.1))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"k": 25}, "k = 25"),
        ({"k": 0}, "k = 0"),
        ({"batch_size": 7}, "batch_size = 7"),
        ({"batch_size": 0}, "batch_size = 0"),
        ({"products": 1}, "products = 1"),
        ({"every": 0}, "every = 0"),
        ({"threads": 0}, "threads = 0"),
        ({"loss": torch.nn.MSELoss(reduction="sum")}, "reduction='mean'"),
        ({"loss": lambda o, t: MSE(o, t) + torch.rand(())}, "random"),
        ({"loss": lambda o, t: MSE(o, t) * torch.nan}, "not finite"),
    ],
)
def test_what_cannot_be_measured_is_refused(settings: dict[str, Any], told: str) -> None:
    """Fails when an impossible setting or a loss that is no mean is measured anyway."""
    model, x, y = network()
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        probe_once(model, x, y, **settings)
    assert "\n" not in str(caught.value)


def test_layers_that_make_the_loss_random_are_named() -> None:
    """Fails when dropout or batch normalisation in training mode is not noticed by name."""
    _, x, y = network()
    for layer in (torch.nn.Dropout(0.5), torch.nn.BatchNorm1d(3)):
        model = torch.nn.Sequential(layer, torch.nn.Linear(3, 2)).double()
        with pytest.raises(InputError, match=type(layer).__name__):
            probe_once(model, x, y)
        probe_once(model.eval(), x, y)


def test_two_learning_rates_need_a_step_size() -> None:
    """Fails when a probe picks one of several learning rates silently."""
    model, x, y = network()
    first, *others = model.parameters()
    optimizer = torch.optim.SGD([{"params": [first], "lr": 0.1}, {"params": others}], lr=0.2)
    with pytest.raises(InputError, match="2 learning rates"):
        AlignmentMonitor(model, MSE, (x, y), k=2, batch_size=2).before_step(optimizer)
    fixed = AlignmentMonitor(model, MSE, (x, y), k=2, batch_size=2, step_size=0.1)
    fixed.before_step(optimizer)


@pytest.mark.full
def test_a_probe_of_a_large_network_is_quick() -> None:
    """Fails when a probe of 99 690 parameters on 1000 digits takes 2 s of one core, three times."""
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    x = torch.tensor(pixels[:1000] / 16, dtype=torch.float32)
    y = torch.nn.functional.one_hot(torch.tensor(digits[:1000]), 10).float()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 280),
            torch.nn.Tanh(),
            torch.nn.Linear(280, 280),
            torch.nn.Tanh(),
            torch.nn.Linear(280, 10),
        )
    assert sum(p.numel() for p in model.parameters()) == 99_690
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    monitor = AlignmentMonitor(model, MSE, (x, y), k=10, batch_size=32)
    threads, seconds = torch.get_num_threads(), []
    for _ in range(3):
        optimizer.zero_grad()
        MSE(model(x[:32]), y[:32]).backward()
        started = time.process_time()
        with monitor.step(optimizer):
            optimizer.step()
        seconds.append(time.process_time() - started)
    assert min(seconds) < 2
    assert torch.get_num_threads() == threads
    assert all(r.critical_step_size is not None for r in monitor.reports)


def test_the_page_runs() -> None:
    """Fails when the example of docs/monitor.md does not run, or its report is no JSON.

    Only what the lines are about is compared: libraries differ in the last digits, and a training
    run amplifies them. What must stay is that the score beats its rivals.
    """
    page = (Path(__file__).parent.parent / "docs/monitor.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    out = io.StringIO()
    names: dict[str, Any] = {}
    with torch.random.fork_rng(), redirect_stdout(out):
        exec(compile(code, "docs/monitor.md", "exec"), names)
    data = json.loads(json.dumps(names["data"], allow_nan=False))
    assert len(data["probes"]) == 20
    rivals = data["score"]["rivals"].values()
    assert all(data["score"]["came_true"] > rival["came_true"] for rival in rivals)
    about = re.compile(r"^ *\D{8,}")
    printed, promised = (
        [about.match(line) for line in text.strip().splitlines()]
        for text in (out.getvalue(), shown)
    )
    assert [m and m.group() for m in printed] == [m and m.group() for m in promised]
