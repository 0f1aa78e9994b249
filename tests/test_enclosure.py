"""The enclosure of E[D+/G+] against closed forms, direct quadrature and the specification."""

from __future__ import annotations

from fractions import Fraction
from time import process_time
from typing import Any

import mpmath
import numpy as np
import pytest

from verify.enclosure import Enclosure, expected_ratio_enclosure
from verify.state import state_from

I1: dict[str, Any] = {"eigenvalues": [1, "1/2"], "k": 1, "gradient": [2, 2]}


def enclosure(raw: dict[str, Any], step: str, digits: int = 20) -> Enclosure:
    bounds, why = expected_ratio_enclosure(state_from(raw), Fraction(step), digits)
    assert bounds is not None, why
    return bounds


def contains(bounds: Enclosure, value: Any) -> bool:
    low, high = (mpmath.mpf(x.numerator) / x.denominator for x in bounds)
    return bool(low <= value <= high)


def test_centred_plane_has_a_closed_form() -> None:
    """sqrt(c1)/(sqrt(c1) + sqrt(c2)) for independent zero-mean coordinates (SA-7)."""
    raw = {"eigenvalues": [1, "1/2"], "k": 1, "gradient": [1, 0], "noise_variance": [3, 28]}
    # eta = 1 kills the mean of the first direction; variances are 3 and 28/4 = 7.
    bounds = enclosure(raw, "1", 40)
    with mpmath.workdps(60):
        exact = mpmath.sqrt(3) / (mpmath.sqrt(3) + mpmath.sqrt(7))
        assert contains(bounds, exact)
        assert not contains(bounds, exact * (1 + mpmath.mpf(10) ** -38))
    assert bounds[1] - bounds[0] < Fraction(1, 10**40)


def test_fixed_bulk_energy_in_closed_form() -> None:
    """SA-7 M4: one N(0,1) direction and bulk energy exactly 1: 1 - sqrt(pi e/2) erfc(1/sqrt 2)."""
    raw = {"eigenvalues": [2, 1], "k": 1, "gradient": [0, 2], "noise_variance": [1, 0]}
    with mpmath.workdps(40):
        exact = 1 - mpmath.sqrt(mpmath.pi * mpmath.e / 2) * mpmath.erfc(1 / mpmath.sqrt(2))
        assert contains(enclosure(raw, "1/2", 25), exact)


def by_quadrature(mean: list[float], covariance: list[list[float]]) -> Any:
    """E[x^2/(x^2+y^2)] by integrating the Gaussian density over the plane on a fine grid."""
    c = np.array(covariance)
    root = np.linalg.cholesky(c)
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    x, y = np.meshgrid(nodes, nodes, indexing="ij")
    z = root @ np.stack([x.ravel(), y.ravel()]) + np.array(mean)[:, None]
    weight = np.outer(weights, weights).ravel()
    return np.sum(weight * z[0] ** 2 / (z[0] ** 2 + z[1] ** 2)) / np.sum(weight)


@pytest.mark.parametrize("covariance", [[[1, 0], [0, 1]], [[9, 5], [5, 4]], [[4, -1], [-1, 2]]])
def test_plane_with_a_mean_against_quadrature(covariance: list[list[int]]) -> None:
    """Correlated noise enters; means far from the origin make quadrature accurate to 8 digits."""
    raw = {"eigenvalues": [1, "1/2"], "k": 1, "gradient": [20, 12], "noise_covariance": covariance}
    factors = np.array([0.5, 0.25])
    mean = (1 - factors) * np.array([20, 12])
    direct = by_quadrature(mean.tolist(), (factors[:, None] * covariance * factors).tolist())
    low, high = (float(x) for x in enclosure(raw, "1/2"))
    assert high - low < 1e-15
    assert round(direct, 8) == round(low, 8)


def test_specification_number_for_gaussian_noise() -> None:
    """SA-7 M1: 0.42835, while the ratio of expectations is 13/23 = 0.565."""
    low, high = enclosure(I1 | {"noise_variance": [9, 4]}, "1/2")
    assert f"{float(low):.5f}" == f"{float(high):.5f}" == "0.42835"


def test_covariance_route_agrees_with_the_independent_route() -> None:
    """A tiny correlation changes the answer continuously; none leaves it unchanged."""
    diagonal = enclosure(I1 | {"noise_variance": [9, 4]}, "1/2")
    tiny = enclosure(I1 | {"noise_covariance": [[9, "1e-18"], ["1e-18", 4]]}, "1/2")
    assert abs(diagonal[0] - tiny[0]) < Fraction(1, 10**17)


def test_perfectly_correlated_noise() -> None:
    """A singular covariance: z = m + (3/2, 1/2... ) w with one normal w, against one integral."""
    raw = I1 | {"noise_covariance": [[9, 6], [6, 4]]}
    with mpmath.workdps(25):

        def density(w: Any) -> Any:
            x = 1 - mpmath.mpf(3) / 2 * w
            y = mpmath.mpf(3) / 2 - mpmath.mpf(1) / 2 * w
            return mpmath.npdf(w) * x * x / (x * x + y * y)

        direct = mpmath.quad(density, [-12, -2, 0, 1, 2, 3, 4, 12])
        low, _ = enclosure(raw, "1/2")
        assert mpmath.nstr(direct, 12) == mpmath.nstr(mpmath.mpf(float(low)), 12)


def test_digits_narrow_the_enclosure_and_nest() -> None:
    """More digits: narrower, and still overlapping."""
    raw = I1 | {"noise_variance": [9, 4]}
    wide, narrow = enclosure(raw, "1/2", 8), enclosure(raw, "1/2", 40)
    assert narrow[1] - narrow[0] < Fraction(1, 10**38) < wide[1] - wide[0] < Fraction(1, 10**8)
    assert wide[0] <= narrow[1]
    assert narrow[0] <= wide[1]


@pytest.mark.parametrize(("gradient", "value"), [([1, 0], 1), ([0, 1], 0)])
def test_an_empty_block_is_exact(gradient: list[int], value: int) -> None:
    """No energy in a block after the step: 0 or 1 exactly."""
    raw = {"eigenvalues": [2, 1], "k": 1, "gradient": gradient, "noise_variance": 0}
    assert enclosure(raw, "1/3") == (value, value)


def test_too_many_levels_give_a_reason() -> None:
    """No answer is better than a slow one, and it says why."""
    d = 200
    raw = {
        "eigenvalues": list(range(d, 0, -1)),
        "k": 3,
        "gradient": [1] * d,
        "noise_variance": 1,
    }
    bounds, why = expected_ratio_enclosure(state_from(raw), Fraction(1, 300))
    assert bounds is None
    assert "noise levels" in why


def test_ten_directions_are_quick() -> None:
    """Well under 100 ms with independent noise (measured: 10 to 30 ms); three tries."""
    rng = np.random.default_rng(7)
    raw = {
        "eigenvalues": np.sort(rng.random(10))[::-1].copy(),
        "k": 3,
        "gradient": rng.normal(size=10),
        "noise_variance": rng.random(10),
    }
    times = []
    for _ in range(3):
        start = process_time()
        enclosure(raw, "1", 17)
        times.append(process_time() - start)
    assert min(times) < 0.1
