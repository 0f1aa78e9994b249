"""The simulator against arithmetic that shares nothing with it.

Exact means come from recursions, enumerations and distribution functions written here in NumPy and
SciPy; agreement is decided by `verify.decide` with false-alarm and miss probability 1e-9 each.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import philox_reference as reference
import pytest
import scipy.stats

from verify.decide import decide_equal, decide_proportion
from verify.errors import InputError
from verify.laws import Bounded, GaussianForm
from verify.noise import AdditiveNoise, FreshSamples, LeastSquares, TwoSample, student_t_scale
from verify.simulate import piecewise, simulate, simulate_sums

LAMBDA = np.array([2.0, 1.0, 0.5, 0.2, 0.1])
SIGMA2 = np.array([1.0, 0.5, 2.0, 1.0, 3.0])
START = np.array([1.0, -2.0, 1.0, 4.0, 0.0])
K, ETA = 2, 0.4
SIDES = {"dominant_energy": slice(0, K), "bulk_energy": slice(K, None)}
ROOT = {"seed": 0}
FAMILIES = ("rademacher", "gaussian", "uniform", "laplace", "student_t")


@pytest.fixture(autouse=True)
def root_seed(pytestconfig: pytest.Config) -> None:
    """Every decision runs on fresh streams under `--claim-seed`."""
    ROOT["seed"] = pytestconfig.getoption("--claim-seed")


def draws_at(time: int, side: str, noise: Any, k: int = K, **options: Any) -> Callable[..., Any]:
    """D or B at one time as a sequence of draws, one per replica."""
    settings = {"step_size": ETA, "start": START, "seed": [ROOT["seed"], 5, time], "losses": False}
    settings |= options
    eigenvalues = settings.pop("eigenvalues", LAMBDA)

    def draws(first: int, count: int) -> Any:
        run = simulate(
            eigenvalues,
            k,
            noise,
            steps=time,
            observe=[time],
            replicas=count,
            first_replica=first,
            **settings,
        )
        return getattr(run, side)[:, 0]

    return draws


def gaussian_law(mean: Any, variance: Any, part: slice) -> tuple[GaussianForm, float]:
    """Law and mean of sum lambda^2 x^2 over a block, x ~ N(mean, diag(variance))."""
    weights = (LAMBDA**2)[part]
    exact = float(np.sum(weights * (mean[part] ** 2 + variance[part])))
    return GaussianForm.of(weights, mean[part], np.sqrt(variance[part])), exact


@pytest.mark.parametrize("case", reference.KNOWN, ids=["zeros", "ones", "pi"])
def test_reference_stream_is_philox(case: Any) -> None:
    counter, key, expected = case
    assert reference.philox(counter, key) == expected


@pytest.mark.parametrize(("family", "draw"), [("rademacher", "sign"), ("gaussian", "gaussian")])
def test_every_step_uses_its_own_numbers(family: str, draw: str) -> None:
    """Replays three steps of two replicas by hand; fails if a counter is reused or skipped."""
    d, eta, first = 131, 0.3, 2**32 - 1
    eigenvalues = np.linspace(2, 1, d)
    run = simulate(
        eigenvalues,
        5,
        AdditiveNoise(family, 0.25),
        step_size=eta,
        steps=3,
        replicas=2,
        first_replica=first,
        start=np.ones(d),
        seed=9,
        positions=True,
    )
    for replica in range(2):
        x = np.ones(d)
        for step in range(3):
            numbers = [getattr(reference, draw)(9, c, step, first + replica) for c in range(d)]
            x = x - eta * (eigenvalues * x + 0.5 * np.array(numbers))
        assert run.positions is not None
        np.testing.assert_array_almost_equal_nulp(run.positions[replica, -1] + 8, x + 8, 4)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("time", [1, 3, 8])
def test_mean_energies_of_gaussian_noise(time: int, side: str) -> None:
    mean, variance = START.copy(), np.zeros(5)
    for _ in range(time):
        mean, variance = (
            (1 - ETA * LAMBDA) * mean,
            (1 - ETA * LAMBDA) ** 2 * variance + ETA**2 * (SIGMA2),
        )
    law, exact = gaussian_law(mean, variance, SIDES[side])
    noise = AdditiveNoise("gaussian", SIGMA2)
    assert decide_equal(draws_at(time, side, noise), exact, 0.04 * exact, law).answer == "equal"


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("family", ["rademacher", "uniform"])
def test_mean_energies_of_bounded_noise(family: str, side: str) -> None:
    """Second moments are those of any unit-variance family; the range follows from the bound."""
    mean, variance, reach = START.copy(), np.zeros(5), np.zeros(5)
    bound = 1.0 if family == "rademacher" else np.sqrt(3)
    for _ in range(3):
        mean, variance = (
            (1 - ETA * LAMBDA) * mean,
            (1 - ETA * LAMBDA) ** 2 * variance + ETA**2 * (SIGMA2),
        )
        reach = np.abs(1 - ETA * LAMBDA) * reach + ETA * np.sqrt(SIGMA2) * bound
    law, exact = gaussian_law(mean, variance, SIDES[side])
    part = SIDES[side]
    top = float(np.sum((LAMBDA**2 * (np.abs(mean) + reach) ** 2)[part])) * 1.000001
    bounded = Bounded(0.0, top, law.deviation)
    draws = draws_at(3, side, AdditiveNoise(family, SIGMA2))
    assert decide_equal(draws, exact, 0.06 * exact, bounded).answer == "equal"


def test_factor_noise_has_the_covariance_of_its_factor() -> None:
    rng = np.random.default_rng(1)
    factor = rng.normal(size=(5, 6))
    noise = AdditiveNoise("gaussian", SIGMA2, factor=factor)
    covariance, mean, step = np.zeros((5, 5)), START.copy(), np.diag(1 - ETA * LAMBDA)
    for _ in range(2):
        mean = step @ mean
        covariance = step @ covariance @ step + ETA**2 * (np.diag(SIGMA2) + factor @ factor.T)
    for side, part in SIDES.items():
        weights = np.diag(LAMBDA[part] ** 2)
        inner = covariance[part, part]
        law = GaussianForm.of_blocks([weights], [mean[part]], [inner])
        exact = float(np.trace(weights @ (inner + np.outer(mean[part], mean[part]))))
        assert decide_equal(draws_at(2, side, noise), exact, 0.05 * exact, law).answer == "equal"


@pytest.mark.parametrize("side", SIDES)
def test_heavy_ball_moments(side: str) -> None:
    """Mean and covariance of (x, last move) per direction, by an independent 2 x 2 recursion."""
    beta, time = 0.6, 5
    mean, variance = np.zeros(5), np.zeros(5)
    for c in range(5):
        step = np.array([[1 - ETA * LAMBDA[c], beta], [-ETA * LAMBDA[c], beta]])
        state, spread = np.array([START[c], 0.0]), np.zeros((2, 2))
        for _ in range(time):
            state = step @ state
            spread = step @ spread @ step.T + ETA**2 * SIGMA2[c]
        mean[c], variance[c] = state[0], spread[0, 0]
    law, exact = gaussian_law(mean, variance, SIDES[side])
    draws = draws_at(time, side, AdditiveNoise("gaussian", SIGMA2), momentum=beta)
    assert decide_equal(draws, exact, 0.05 * exact, law).answer == "equal"


def noise_numbers(family: str, **options: Any) -> Callable[[int, int], Any]:
    """The noise itself: one step of size 1 from the minimiser is x = -xi, two coordinates."""

    def draws(first: int, count: int) -> Any:
        run = simulate(
            [1.0, 1.0],
            1,
            AdditiveNoise(family, 1.0, **options),
            step_size=1.0,
            steps=2,
            replicas=count,
            first_replica=first,
            start=[0.0, 0.0],
            seed=[ROOT["seed"], 11],
            positions=True,
        )
        assert run.positions is not None
        return -run.positions[:, 1:, :]

    return draws


DISTRIBUTIONS = {
    "gaussian": scipy.stats.norm(),
    "uniform": scipy.stats.uniform(-np.sqrt(3), 2 * np.sqrt(3)),
    "laplace": scipy.stats.laplace(scale=np.sqrt(0.5)),
    "student_t": scipy.stats.t(5.0, scale=np.sqrt(3 / 5)),
}


@pytest.mark.parametrize("family", DISTRIBUTIONS)
def test_distribution_function_of_each_family(family: str) -> None:
    """Fails for a wrong variance, mean or shape: P(noise <= q) at four points."""
    law, numbers = DISTRIBUTIONS[family], noise_numbers(family)
    for q in (-1.2, -0.4, 0.4, 1.2):

        def below(first: int, count: int, q: float = q) -> Any:
            return numbers(first, count)[:, 0, 0] <= q

        assert decide_proportion(below, float(law.cdf(q)), 0.02).answer == "equal"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("pair", [((0, 0), (0, 1)), ((0, 0), (1, 0))], ids=["space", "time"])
def test_coordinates_and_steps_are_independent(family: str, pair: Any) -> None:
    """Joint signs, and joint sizes, occur as often as for independent numbers."""
    (t0, c0), (t1, c1) = pair
    numbers = noise_numbers(family)
    middle = 1.0 if family == "rademacher" else float(DISTRIBUTIONS[family].ppf(0.75))

    def both(first: int, count: int) -> Any:
        z = numbers(first, count)
        signs = (z[:, t0, c0] > 0) & (z[:, t1, c1] > 0)
        sizes = (np.abs(z[:, t0, c0]) > middle) & (np.abs(z[:, t1, c1]) > middle)
        return signs if family == "rademacher" else signs ^ sizes

    # signs: 1/4; signs xor sizes, independent of each other: 2 (1/4) (3/4)
    expected = 0.25 if family == "rademacher" else 0.375
    assert decide_proportion(both, expected, 0.02).answer == "equal"


def test_student_scale_is_the_exact_one_of_what_is_drawn() -> None:
    """Close to sqrt((nu-2)/2) for thin tails; for nu near 2 the cut tails need a larger factor."""
    assert round(student_t_scale(8.0), 9) == round(float(np.sqrt(3)), 9)
    assert student_t_scale(2.05) > 1.1 * np.sqrt(0.025)


@pytest.mark.parametrize("family", FAMILIES)
def test_same_bits_for_any_threads_chunks_and_offsets(family: str) -> None:
    rng = np.random.default_rng(3)
    d = 700
    noise = AdditiveNoise(family, rng.uniform(size=d), factor=rng.normal(size=(d, 3)))
    common: dict[str, Any] = {"step_size": 0.5, "steps": 45, "start": np.ones(d), "seed": 4}
    eigenvalues = np.linspace(2, 0.1, d)
    whole = simulate(eigenvalues, 130, noise, replicas=70, threads=1, **common)
    again = simulate(eigenvalues, 130, noise, replicas=70, threads=2, **common)
    part = simulate(eigenvalues, 130, noise, replicas=3, first_replica=61, **common)
    for name in ("dominant_energy", "bulk_energy", "dominant_loss", "bulk_loss"):
        assert np.array_equal(getattr(whole, name), getattr(again, name))
        assert np.array_equal(getattr(whole, name)[61:64], getattr(part, name))
    sums = [
        simulate_sums(eigenvalues, 130, noise, replicas=70, chunk_size=size, **common)
        for size in (7, 64, 100)
    ]
    for other in sums[1:]:
        assert np.array_equal(sums[0].dominant_energy, other.dominant_energy)
        assert np.array_equal(sums[0].bulk_energy_squared, other.bulk_energy_squared)


@pytest.mark.parametrize("family", FAMILIES)
def test_same_bits_whatever_is_recorded(family: str) -> None:
    """Steps taken together or one by one: fails if recording a loss or fewer times changes one."""
    noise = AdditiveNoise(family, np.linspace(1, 2, 150))
    common: dict[str, Any] = {"steps": 29, "replicas": 19, "start": np.ones(150), "seed": 4}
    common["step_size"] = piecewise({0: 0.5, 11: 0.25}, 29)
    eigenvalues = np.linspace(2, 0.1, 150)
    energies = simulate(eigenvalues, 13, noise, losses=False, **common)
    everything = simulate(eigenvalues, 13, noise, positions=True, **common)
    sparse = simulate(eigenvalues, 13, noise, observe=[3, 16, 29], **common)
    for name in ("dominant_energy", "bulk_energy"):
        assert np.array_equal(getattr(energies, name), getattr(everything, name))
        assert np.array_equal(getattr(energies, name)[:, [3, 16, 29]], getattr(sparse, name))
    assert np.array_equal(everything.bulk_loss[:, [3, 16, 29]], sparse.bulk_loss)  # type: ignore[index,arg-type]


def test_noise_of_a_direction_does_not_depend_on_k() -> None:
    noise = AdditiveNoise("gaussian", 1.0)
    common: dict[str, Any] = {"step_size": 0.5, "steps": 6, "start": np.ones(300), "seed": 4}
    places = [
        simulate(np.linspace(2, 1, 300), k, noise, replicas=3, positions=True, **common).positions
        for k in (0, 1, 130, 300)
    ]
    assert all(np.array_equal(places[0], other) for other in places[1:])  # type: ignore[arg-type]


@pytest.mark.parametrize("noise", [AdditiveNoise("rademacher", 1.0), AdditiveNoise("laplace", 1.0)])
def test_projected_steps_freeze_one_block_and_do_not_touch_the_other(noise: AdditiveNoise) -> None:
    common: dict[str, Any] = {"step_size": ETA, "steps": 9, "start": START, "seed": 4}
    full = simulate(LAMBDA, K, noise, replicas=9, **common)
    dominant = simulate(LAMBDA, K, noise, replicas=9, update="dominant", **common)
    schedule = piecewise({0: "full", 5: "bulk"}, 9)
    switched = simulate(LAMBDA, K, noise, replicas=9, update=schedule, **common)
    assert np.array_equal(dominant.dominant_energy, full.dominant_energy)
    assert np.array_equal(dominant.bulk_loss, np.full((9, 10), dominant.bulk_loss[0, 0]))  # type: ignore[index]
    assert np.array_equal(switched.bulk_energy, full.bulk_energy)
    assert np.array_equal(switched.dominant_energy[:, :6], full.dominant_energy[:, :6])
    assert np.array_equal(switched.dominant_energy[:, 5], switched.dominant_energy[:, 9])


def test_noise_switched_off_is_gradient_descent() -> None:
    noise = AdditiveNoise("rademacher", 1.0)
    level = piecewise({0: 0.0, 3: 1.0}, 5)
    common: dict[str, Any] = {"step_size": 0.25, "start": START, "seed": 4, "replicas": 2}
    run = simulate(LAMBDA, K, noise, steps=5, noise_level=level, positions=True, **common)
    x = START.copy()
    for _ in range(3):
        x = x - 0.25 * (LAMBDA * x)
    assert run.positions is not None
    assert np.array_equal(run.positions[0, 3], x)
    assert not np.array_equal(run.positions[0, 4], run.positions[1, 4])


@pytest.mark.parametrize("replacement", [True, False])
def test_minibatches_against_enumeration(replacement: bool) -> None:
    """Two steps of least squares: all pairs of batches of two of four rows, in plain NumPy."""
    rng = np.random.default_rng(8)
    data, target = rng.normal(size=(4, 3)), rng.normal(size=4)
    noise = LeastSquares.of(data, target, 2, replacement)
    eigenvalues, start = noise.eigenvalues, np.array([1.0, -1.0, 2.0])
    batches: Any = itertools.product(range(4), repeat=2)
    if not replacement:
        batches = itertools.permutations(range(4), 2)
    outcomes = []
    for pair in itertools.product(list(batches), repeat=2):
        x = start
        for rows in pair:
            z, e = noise.features[list(rows)], noise.residuals[list(rows)]
            x = x - 0.2 * z.T @ (z @ x - e) / 2
        outcomes.append((eigenvalues * x) ** 2)
    energies = np.array(outcomes)
    for side, part in (("dominant_energy", slice(0, 1)), ("bulk_energy", slice(1, 3))):
        values = energies[:, part].sum(axis=1)
        width = 1e-9 * values.max()
        law = Bounded(values.min() - width, values.max() + width, values.std())
        draws = draws_at(2, side, noise, k=1, eigenvalues=eigenvalues, start=start, step_size=0.2)
        decision = decide_equal(draws, values.mean(), 0.04 * values.mean(), law)
        assert decision.answer == "equal"


def test_least_squares_rotation_keeps_the_problem() -> None:
    """The rotated problem has a diagonal Hessian, its spectrum, and residuals orthogonal to it."""
    rng = np.random.default_rng(2)
    data, target = rng.normal(size=(20, 4)), rng.normal(size=20)
    noise = LeastSquares.of(data, target, 3)
    gram = noise.features.T @ noise.features / 20
    spectrum = np.linalg.eigvalsh(data.T @ data / 20)[::-1]
    np.testing.assert_allclose(gram, np.diag(spectrum), atol=1e-12)
    np.testing.assert_allclose(noise.features.T @ noise.residuals, 0, atol=1e-12)


def test_fresh_samples_follow_their_definition() -> None:
    """Replays two steps with the reference stream: g = mean of z (z.x - e), z ~ N(0, H)."""
    eigenvalues, eta, batch, label = np.array([2.0, 1.0, 0.5]), 0.1, 2, 0.7
    run = simulate(
        eigenvalues,
        1,
        FreshSamples(batch, label**2),
        step_size=eta,
        steps=2,
        replicas=1,
        first_replica=6,
        start=np.ones(3),
        seed=1,
        positions=True,
    )
    x = np.ones(3)
    for t in range(2):
        gradient = np.zeros(3)
        for m in range(batch):
            normals = [reference.gaussian(1, 4 * m + c, t, 6, stream=2) for c in range(3)]
            z = np.sqrt(eigenvalues) * normals
            error = z @ x - label * reference.gaussian(1, 4 * m, t, 6, stream=3)
            gradient += z * error / batch
        x = x - eta * gradient
    assert run.positions is not None
    np.testing.assert_array_almost_equal_nulp(run.positions[0, 2], x, 64)


@pytest.mark.parametrize("side", ["dominant_energy", "bulk_energy"])
def test_two_sample_toy_against_all_sign_sequences(side: str) -> None:
    """TS-9: every one of 2^10 sequences of drawn samples, enumerated."""
    lam, mu, c, eta = 1000.0, 1.0, 100.0, 1e-4
    x, y = np.ones(1), np.ones(1)
    for _ in range(10):
        signs = np.repeat([1.0, -1.0], len(x))
        x, y = np.tile(x, 2), np.tile(y, 2)
        x, y = x - eta * (lam * x + signs * c * y), y - eta * (mu * y + signs * c * x)
    values = (lam * x) ** 2 if side == "dominant_energy" else (mu * y) ** 2
    width = 1e-9 * values.max()
    law = Bounded(values.min() - width, values.max() + width, values.std())
    draws = draws_at(
        10,
        side,
        TwoSample(c),
        k=1,
        eigenvalues=[lam, mu],
        start=[1.0, 1.0],
        step_size=eta,
    )
    assert decide_equal(draws, values.mean(), 0.1 * values.std(), law).answer == "equal"


BAD: list[tuple[str, dict[str, Any]]] = [
    ("descending", {"eigenvalues": [1.0, 2.0]}),
    ("not in 0", {"k": 3}),
    ("one finite number", {"step_size": [0.1, 0.1]}),
    ("update must be", {"update": "sideways"}),
    ("observe needs", {"observe": [4]}),
    ("exactly one", {"initial_gradient": [1.0, 1.0]}),
    ("not finite", {"start": [np.nan, 1.0]}),
    ("seed", {"seed": -1}),
    ("use >= 1", {"replicas": 0}),
    ("one or all", {"start": np.ones((2, 2))}),
    ("variance has shape", {"noise": AdditiveNoise("gaussian", [1.0, 1.0, 1.0])}),
    ("two-sample", {"noise": TwoSample(1.0), "eigenvalues": [3.0, 2.0, 1.0], "start": [1, 1, 1]}),
]


@pytest.mark.parametrize(("message", "change"), BAD, ids=[message for message, _ in BAD])
def test_bad_input_is_told_in_one_line(message: str, change: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        "eigenvalues": [2.0, 1.0],
        "k": 1,
        "noise": AdditiveNoise("gaussian", 1.0),
        "step_size": 0.1,
        "steps": 3,
        "replicas": 3,
        "seed": 1,
        "start": [1.0, 1.0],
    }
    with pytest.raises(InputError, match=message) as caught:
        simulate(**(arguments | change))
    assert "\n" not in str(caught.value)


@pytest.mark.full
def test_an_edit_of_a_called_file_is_compiled(tmp_path: Any) -> None:
    """Fails when the cache on disk serves loops whose callee in another file has changed."""
    package = tmp_path / "verify"
    shutil.copytree(Path(simulate.__code__.co_filename).parent, package)
    code = (
        "import verify.simulate as s, verify.noise as n;"
        "print(s.simulate([2., 1.], 1, n.AdditiveNoise('gaussian', 1.), step_size=.1, steps=2,"
        "replicas=1, seed=1, start=[1., 1.]).bulk_energy[0, -1])"
    )

    def result() -> str:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        ).stdout  # fmt: skip

    before, words = result(), package / "kernels/words.py"
    assert result() == before
    words.write_text(words.read_text().replace("range(10)", "range(7)"))
    assert result() != before


@pytest.mark.full
def test_works_where_no_folder_can_be_written(tmp_path: Any) -> None:
    """Compiles without a cache when neither the package nor the home folder is writable."""
    code = (
        "import numba.core.caching as c; c.CacheImpl._locator_classes = [];"
        "import verify.simulate as s, verify.noise as n;"
        "print(s.simulate([2., 1.], 1, n.AdditiveNoise('rademacher', 1.), step_size=.1, steps=2,"
        "replicas=2, seed=1, start=[1., 1.]).bulk_energy.shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(2, 3)"
