"""Hessian-vector products and the dominant subspace of a PyTorch loss, against other routes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from verify.errors import InputError

torch: Any = pytest.importorskip("torch", reason="needs PyTorch: the extra torch")

from verify.adapters import hessian  # noqa: E402
from verify.adapters.hessian import (  # noqa: E402
    LocalLoss,
    Subspace,
    Vector,
    dominant_subspace,
    flatten,
)


def network(seed: int = 0) -> tuple[Any, Any]:
    """A small tanh network with double precision, and its loss as a function of no arguments."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(12, 3, dtype=torch.float64, generator=generator)
    y = torch.randn(12, 2, dtype=torch.float64, generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = torch.nn.Sequential(
            torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
        ).double()
    return model, lambda: ((model(x) - y) ** 2).sum() / 24


def full_hessian(model: Any, loss: Any) -> Vector:
    """The Hessian column by column: central differences of the gradient."""
    at = flatten(model.parameters())
    columns = []
    for unit in np.eye(len(at)):
        sides = []
        for sign in (1, -1):
            torch.nn.utils.vector_to_parameters(
                torch.from_numpy(at + sign * 1e-5 * unit), model.parameters()
            )
            sides.append(flatten(torch.autograd.grad(loss(), list(model.parameters()))))
        columns.append((sides[0] - sides[1]) / 2e-5)
    torch.nn.utils.vector_to_parameters(torch.from_numpy(at), model.parameters())
    return np.array(columns).T


def test_products_are_those_of_the_full_hessian() -> None:
    """Fails when a product is not the derivative of the gradient, seen by finite differences."""
    model, loss = network()
    local = LocalLoss.at(loss, model.parameters())
    hessian = full_hessian(model, loss)
    for vector in np.random.default_rng(0).standard_normal((3, local.size)):
        np.testing.assert_allclose(local.hessian_times(vector), hessian @ vector, rtol=1e-6)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_the_subspace_is_that_of_the_full_hessian(k: int) -> None:
    """Fails when Lanczos misses an eigenvalue, or orders by absolute value."""
    model, loss = network()
    local = LocalLoss.at(loss, model.parameters())
    values, vectors = np.linalg.eigh(full_hessian(model, loss))
    assert abs(values[0]) > values[-10]  # by absolute value, a negative one would come in
    found = dominant_subspace(local.hessian_times, local.size, k, tolerance=1e-8)
    np.testing.assert_allclose(found.eigenvalues, values[::-1][:k], rtol=1e-5)
    top = vectors[:, ::-1][:, :k]
    np.testing.assert_allclose(found.vectors @ found.vectors.T, top @ top.T, rtol=0, atol=1e-5)
    assert found.residual is not None
    assert found.residual < 1e-8


@pytest.mark.parametrize(
    "spectrum",
    [np.arange(30) - 29.0, np.zeros(30), np.ones(30), np.r_[[3.0] * 3, [0.0] * 27], -np.ones(30)],
    ids=["largest is zero", "zero", "identity", "low rank", "negative"],
)
@pytest.mark.parametrize("k", [1, 3, 5, 29])
def test_degenerate_spectra(spectrum: Vector, k: int) -> None:
    """Fails when a null space or a repeated eigenvalue is lost."""
    found = dominant_subspace(lambda v: spectrum * v, 30, k)
    np.testing.assert_allclose(found.eigenvalues, np.sort(spectrum)[::-1][:k], atol=1e-6)
    np.testing.assert_allclose(found.vectors.T @ found.vectors, np.eye(k), atol=1e-10)


def test_projections_split_a_vector() -> None:
    """Fails when the parts do not add up, are not orthogonal, or P is no projector."""
    rng = np.random.default_rng(1)
    space = Subspace(np.ones(3), np.linalg.qr(rng.standard_normal((8, 3)))[0])
    v = rng.standard_normal(8)
    dominant, bulk = space.dominant(v), space.bulk(v)
    np.testing.assert_allclose(dominant + bulk, v)
    np.testing.assert_allclose(space.dominant(dominant), dominant)
    np.testing.assert_allclose(space.dominant(bulk), 0, atol=1e-14)
    assert space.alignment(v) ** 2 + (np.linalg.norm(bulk) / np.linalg.norm(v)) ** 2 == (
        pytest.approx(1)
    )
    assert space.alignment(np.zeros(8)) == 0
    assert space.alignment(v) == pytest.approx(space.alignment(-7 * v))


def test_a_warm_start_gives_the_same_subspace_for_fewer_products() -> None:
    """Fails when the start is ignored, or when it biases the answer."""
    spectrum = np.r_[np.linspace(5, 9, 10), np.random.default_rng(0).uniform(0, 4, 490)]
    count = 0

    def times(v: Vector) -> Vector:
        nonlocal count
        count += 1
        return spectrum * v

    cold = dominant_subspace(times, 500, 10, measure_residual=False)
    products, count = count, 0
    warm = dominant_subspace(times, 500, 10, start=cold, measure_residual=False)
    assert count < products
    np.testing.assert_allclose(warm.eigenvalues, cold.eigenvalues, rtol=1e-6)


def test_a_warm_start_finds_a_new_direction() -> None:
    """Fails when Lanczos stays in the old subspace although a larger eigenvalue lies outside."""
    spectrum = np.r_[np.linspace(5, 9, 10), np.random.default_rng(0).uniform(0, 1, 490)]
    old = dominant_subspace(lambda v: spectrum * v, 500, 10)
    spectrum[400] = 7.3
    new = dominant_subspace(lambda v: spectrum * v, 500, 10, start=old)
    np.testing.assert_allclose(new.eigenvalues, np.sort(spectrum)[::-1][:10], rtol=1e-6)


def test_no_convergence_ends_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when ARPACK's own error comes through, or half of the eigenvectors are returned."""
    spectrum = np.linspace(0, 1, 2000)
    monkeypatch.setattr(hessian, "eigsh", partial(hessian.eigsh, maxiter=1))
    with pytest.raises(InputError, match="did not separate 10 eigenvalues") as told:
        dominant_subspace(lambda v: spectrum * v, 2000, 10)
    assert "\n" not in str(told.value)


def test_same_input_same_bits() -> None:
    """Fails when hidden randomness enters (a repeated eigenvalue makes Lanczos restart)."""
    spectrum = np.r_[[3.0] * 3, [0.0] * 27]
    first, second = (dominant_subspace(lambda v: spectrum * v, 30, 5) for _ in range(2))
    assert (first.vectors == second.vectors).all()


def test_unused_and_frozen_parameters() -> None:
    """Fails when a parameter that the loss does not use breaks the product."""
    used, unused = (torch.ones(2, dtype=torch.float64, requires_grad=True) for _ in range(2))
    frozen = torch.ones(2)
    local = LocalLoss.at(lambda: (used**2).sum(), [used, unused, frozen])
    assert local.hessian_times(np.ones(4)).tolist() == [2, 2, 0, 0]
    linear = LocalLoss.at(lambda: used.sum(), [used])
    assert linear.hessian_times(np.ones(2)).tolist() == [0, 0]


def test_bad_input_is_explained() -> None:
    """Fails when bad input is accepted or ends in a message of another library."""
    w = torch.ones(3, dtype=torch.float64, requires_grad=True)
    for k in (0, 3):
        with pytest.raises(InputError, match="choose 1 <= k < 3"):
            dominant_subspace(lambda v: v, 3, k)
    with pytest.raises(InputError, match="not finite"):
        dominant_subspace(lambda v: v * np.nan, 3, 1)
    with pytest.raises(InputError, match="not finite"):
        LocalLoss.at(lambda: (w * np.inf).sum(), [w])
    with pytest.raises(InputError, match="no parameter"):
        LocalLoss.at(lambda: w.sum(), [w.detach()])
    wrong = Subspace(np.ones(1), np.ones((4, 1)))
    with pytest.raises(InputError, match="start has 4"):
        dominant_subspace(lambda v: v, 3, 1, start=wrong)
    skew = np.diag(np.ones(29), 1) * 5
    with pytest.raises(InputError, match="residual"):  # not symmetric: no Hessian
        dominant_subspace(lambda v: skew @ v, 30, 2)
