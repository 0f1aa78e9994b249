"""Least squares as a model: its noise against all minibatches, its data against bad input."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from verify.datasets import load
from verify.errors import InputError
from verify.least_squares import LeastSquares, largest_gap, scaled_columns

FloatArray = NDArray[np.float64]


def small(seed: int = 0, samples: int = 6, width: int = 3) -> LeastSquares:
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((samples, width)) * np.arange(1, width + 1)
    return LeastSquares.from_data("small", features, rng.standard_normal(samples))


def literal_batches(samples: int, size: int, replacement: bool) -> Iterator[tuple[int, ...]]:
    """Every batch as often as it is likely: all ordered draws."""
    if replacement:
        return itertools.product(range(samples), repeat=size)
    return itertools.permutations(range(samples), size)


@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_noise_variance_is_that_of_all_minibatches(size: int, replacement: bool) -> None:
    """Fails for a wrong batch factor, a missing finite-population factor, a wrong basis."""
    problem, x = small(), np.array([0.3, -2.0, 1.5])
    gradients = [
        problem.features[list(batch)].T
        @ (problem.features[list(batch)] @ x - problem.targets[list(batch)])
        / size
        for batch in literal_batches(problem.samples, size, replacement)
    ]
    covariance = np.cov(np.array(gradients).T, bias=True)
    in_basis = np.diag(problem.basis.T @ covariance @ problem.basis)
    found = problem.noise_variance(x, size, replacement=replacement)
    np.testing.assert_allclose(found, in_basis)


@pytest.mark.parametrize("wrong", ["no batch", "no population", "other basis"])
def test_a_wrong_noise_variance_would_be_noticed(wrong: str) -> None:
    problem, x = small(), np.array([0.3, -2.0, 1.5])
    right = problem.noise_variance(x, 3, replacement=False)
    planted = {"no batch": 3 * right, "no population": right * 5 / 3, "other basis": right[::-1]}
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(planted[wrong], right)


def test_a_batch_of_everything_without_replacement_has_no_noise() -> None:
    problem = small()
    assert not problem.noise_variance(np.ones(3), problem.samples, replacement=False).any()


@given(seed=st.integers(0, 2**32 - 1), samples=st.integers(3, 12), size=st.integers(1, 12))
@settings(max_examples=50)
def test_drawing_without_replacement_never_adds_noise(seed: int, samples: int, size: int) -> None:
    problem = small(seed, samples, 2)
    x = np.array([1.0, -1.0])
    size = min(size, samples)
    without, with_replacement = (
        problem.noise_variance(x, size, replacement=replacement) for replacement in (False, True)
    )
    assert np.all(without <= with_replacement)


def test_gradient_is_the_slope_of_the_loss_and_the_mean_of_the_samples() -> None:
    """A central difference of a quadratic is its slope, whatever the width."""
    problem, x = small(), np.array([0.3, -2.0, 1.5])
    slope = [(problem.loss(x + e) - problem.loss(x - e)) / 2 for e in np.eye(3)]
    np.testing.assert_allclose(problem.gradient(x), slope)
    np.testing.assert_allclose(problem.sample_gradients(x).mean(axis=0), slope)


def test_zero_modes_are_dropped_and_nothing_is_lost() -> None:
    """A repeated column gives a zero eigenvalue; no per-sample gradient has a part along it."""
    rng = np.random.default_rng(1)
    columns = rng.standard_normal((9, 3))
    problem = LeastSquares.from_data("copies", columns[:, [0, 1, 2, 0, 0]], rng.standard_normal(9))
    assert problem.d == 3
    gradients = problem.sample_gradients(rng.standard_normal(5))
    kept = problem.in_eigenbasis(gradients)
    np.testing.assert_allclose(np.sum(kept**2, axis=1), np.sum(gradients**2, axis=1))


def test_more_features_than_samples_leave_the_samples_rank() -> None:
    assert small(0, samples=5, width=9).d == 4  # one direction is lost to centring


def test_eigenbasis_diagonalises_the_hessian() -> None:
    problem = load("wine")
    rotated = problem.basis.T @ problem.hessian @ problem.basis
    np.testing.assert_allclose(np.diag(rotated), problem.eigenvalues)
    assert np.all(np.diff(problem.eigenvalues) <= 0)


def test_scaling() -> None:
    rng = np.random.default_rng(0)
    columns = rng.standard_normal((40, 3)) * [1, 10, 100] + [5, 0, -7]
    columns = np.column_stack([columns, np.full(40, 0.1)])
    standard = scaled_columns(columns, "standardise")
    common = scaled_columns(columns, "centre")
    assert standard.shape == common.shape == (40, 3)
    np.testing.assert_allclose(standard.var(axis=0), 1)
    np.testing.assert_allclose(common.var(axis=0).mean(), 1)
    ratios = common / (columns[:, :3] - columns[:, :3].mean(axis=0))
    np.testing.assert_allclose(ratios, ratios[0, 0])


def test_extreme_magnitudes_do_not_overflow() -> None:
    rng = np.random.default_rng(0)
    raw = rng.standard_normal((20, 2))
    problem = LeastSquares.from_data("huge", raw * [1e300, 1e-300], raw[:, 0])
    np.testing.assert_allclose(problem.eigenvalues.sum(), 2)


def test_below_the_stable_step_size_the_distance_contracts() -> None:
    """Without label noise, over all batches of two: the mean squared distance shrinks."""
    rng = np.random.default_rng(2)
    features = rng.standard_normal((7, 3)) * [1, 2, 3]
    problem = LeastSquares.from_data("exact fit", features, features @ np.array([1.0, -2.0, 0.5]))
    minimiser = np.linalg.solve(problem.hessian, problem.linear)
    step = 0.999 * problem.stable_step_size(2)
    for _ in range(20):
        x = minimiser + rng.standard_normal(3)
        gradients = problem.sample_gradients(x)
        pairs = [(gradients[i] + gradients[j]) / 2 for i in range(7) for j in range(7)]
        later = np.mean([np.sum((x - step * pair - minimiser) ** 2) for pair in pairs])
        assert later < np.sum((x - minimiser) ** 2)


def test_the_largest_gap_is_a_difference() -> None:
    assert largest_gap(np.array([9.0, 8.0, 3.0, 1.0, 0.001])) == 2
    assert largest_gap(np.array([3.0, 2.0, 1.0])) == 1


@pytest.mark.parametrize(
    ("name", "samples", "d"),
    [("digits", 1797, 61), ("diabetes", 442, 10), ("breast-cancer", 569, 30), ("wine", 178, 13)],
)
def test_built_in_data(name: str, samples: int, d: int) -> None:
    problem = load(name)
    assert (problem.name, problem.samples, problem.d) == (name, samples, d)


TABLE = "a,b,price\n1,2,3\n4,5,7\n1,8,2\n0,1,1\n"


@pytest.mark.parametrize("target", ["price", "2", "-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_target_by_name_or_index(tmp_path: Path, target: str, separator: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE.replace(",", separator), encoding="utf-8-sig")
    problem = load(str(path), target)
    expected = scaled_columns(np.array([[3.0], [7], [2], [1]]), "standardise")[:, 0]
    np.testing.assert_array_equal(problem.targets, expected)
    assert problem.features.shape == (4, 2)


def test_csv_without_header(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text(TABLE.partition("\n")[2])
    assert load(str(path), "2").samples == 4


@pytest.mark.parametrize(
    ("content", "target", "message"),
    [
        (TABLE, None, r"say which column .* columns: a, b, price"),
        (TABLE, "prize", r"no target column 'prize'; did you mean 'price'"),
        (TABLE, "7", r"no target column '7'; columns: a, b, price"),
        ("a,b,c\n1,2,3\n4,red,6\n", "c", r"row 3, column 'b': 'red' is not a number"),
        ("a,b,c\n1,2,3\n4,,6\n", "c", r"row 3, column 'b' is empty"),
        ("a,b,c\n1,2,3\n4,nan,6\n", "c", r"row 3, column 'b' is nan"),
        ("a,b,c\n1,2,3\n4,1e999,6\n", "c", r"row 3, column 'b' is 1e999"),
        ("a,b,c\n1,2,3\n4,5\n", "c", r"row 3 has 2 cells, but the first row has 3"),
        ("a,b,c\n", "c", r"a header but no rows"),
        ("", "c", r"the file is empty"),
        ("a,b,c\n1,2,3\n", "c", r"1 sample\(s\); at least two"),
        ("a,b,c\n1,2,3\n4,5,3\n7,1,3\n", "c", r"the target is constant"),
        ("a,b,c\n1,2,3\n1,5,4\n1,1,5\n", "c", r"only 1 of 2 feature columns vary"),
        ("a,b,c\n1,2,3\n2,4,9\n3,6,5\n", "c", r"1 positive eigenvalue"),
    ],
)
def test_bad_csv_is_told_in_one_line(
    tmp_path: Path, content: str, target: str | None, message: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=message) as caught:
        load(str(path), target)
    assert "\n" not in str(caught.value)


def test_csv_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match="not a text file"):
        load(str(path), "0")


def archive(path: Path, **arrays: object) -> str:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return str(path)


def test_npz(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    features, targets = rng.standard_normal((8, 3)), rng.standard_normal(8)
    by_default = load(archive(tmp_path / "a.npz", X=features, y=targets))
    by_name = load(archive(tmp_path / "b.npz", X=features, price=targets[:, None]), "price")
    np.testing.assert_array_equal(by_default.targets, by_name.targets)


@pytest.mark.parametrize(
    ("arrays", "target", "message"),
    [
        ({"X": np.eye(3)}, None, "needs the features under 'X' and the target under 'y'; it has X"),
        ({"X": np.eye(3), "y": np.arange(3.0)}, "z", "target under 'z'; it has X, y"),
        ({"X": np.eye(3), "y": np.arange(4.0)}, None, "do not fit"),
        ({"X": np.arange(3.0), "y": np.arange(3.0)}, None, r"'X' has shape \(3,\)"),
        ({"X": np.eye(3), "y": np.eye(3)}, None, r"'y' has shape \(3, 3\)"),
        ({"X": np.eye(3) * 1j, "y": np.arange(3.0)}, None, "must hold real numbers"),
        ({"X": np.array([["a", "b"]]), "y": np.arange(1.0)}, None, "must hold real numbers"),
        (
            {"X": np.array([[1, 2], [3, np.nan]]), "y": np.arange(2.0)},
            None,
            "feature 1 of sample 1",
        ),
        ({"X": np.eye(2), "y": np.array([1, np.inf])}, None, "target of sample 1 is inf"),
        ({"X": np.array([[{}], [{}]]), "y": np.arange(2.0)}, None, "cannot be read as an NPZ"),
    ],
)
def test_bad_npz_is_told_in_one_line(
    tmp_path: Path, arrays: dict[str, object], target: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load(archive(tmp_path / "data.npz", **arrays), target)
    assert "\n" not in str(caught.value)


def test_a_single_array_is_not_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    with path.open("wb") as file:
        np.save(file, np.eye(3))
    with pytest.raises(InputError, match="cannot be read as an NPZ"):
        load(str(path))


def test_too_many_features() -> None:
    with pytest.raises(InputError, match="10001 features"):
        LeastSquares.from_data("wide", np.zeros((2, 10_001)), np.arange(2.0))


@pytest.mark.parametrize("kept", [0, 1, 30, 200, 400])
def test_truncated_npz(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "data.npz"
    archive(path, X=np.eye(9), y=np.arange(9.0))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="cannot be read as an NPZ"):
        load(str(path))


@pytest.mark.parametrize(
    ("data", "target", "message"),
    [
        ("diabets", None, "unknown data set 'diabets'; did you mean 'diabetes'"),
        ("breast_cancer", None, "did you mean 'breast-cancer'"),
        ("mnist784", None, "choose from digits"),
        ("nowhere.csv", "0", "no such file: nowhere.csv"),
        ("digits", "price", "brings its own target"),
    ],
)
def test_unknown_data(data: str, target: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(data, target)


def test_unknown_kind_of_file_and_folders(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_text("x")
    with pytest.raises(InputError, match="not a known kind of file"):
        load(str(path))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        load(str(tmp_path / "folder.csv"), "0")
