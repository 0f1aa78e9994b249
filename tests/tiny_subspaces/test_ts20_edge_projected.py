"""TS-20 as prose: what projected steps do at the edge of stability."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
SHARE = st.builds(lambda n: Fraction(n, 10), st.integers(1, 9))


def on_the_orbit(step_size, tilt, share):
    """Amplitude and pull for which the top eigenvector of [[2/eta, X], [X, m]] is (1, tilt)."""
    edge = 2 / step_size
    amplitude = edge * share * tilt / (1 - tilt**2)
    return amplitude, edge - amplitude * (1 - tilt**2) / tilt


@given(step_size=POSITIVE, tilt=SHARE, share=SHARE)
def test_the_gradient_along_x_has_a_part_along_the_leaning_eigenvector(
    step_size, tilt, share
) -> None:
    """Fails unless one part of a step along (2X/eta, 0) lowers y and the other raises it."""
    amplitude, pull = on_the_orbit(step_size, tilt, share)
    edge = 2 / step_size
    image = (edge + amplitude * tilt, amplitude + pull * tilt)
    assert image[1] == tilt * image[0]  # an eigenvector
    along = edge * amplitude / (1 + tilt**2)
    dominant, bulk = edge - step_size * along * tilt, edge + step_size * along * tilt
    assert dominant < edge < bulk
    assert dominant + bulk == 2 * edge


def loss_after(steps, method, z=1.0):
    """Loss of the specification's instance after some steps of Dom-GD, Bulk-GD or GD."""
    eta, pull, target, flat = 0.1, 0.01, 20.5, 0.3
    x, y = 0.1, 20.0
    for _ in range(steps):
        g = (x * y, x * x / 2 - pull * (target - y), flat * z)
        top = ((y + pull) + ((y - pull) ** 2 + 4 * x * x) ** 0.5) / 2
        u = (top - pull, x)
        along = (u[0] * g[0] + u[1] * g[1]) / (u[0] ** 2 + u[1] ** 2)
        dominant = (along * u[0], along * u[1], 0.0)
        bulk = tuple(a - b for a, b in zip(g, dominant, strict=True))
        moved = {"dom": dominant, "bulk": bulk, "gd": g}[method]
        x, y, z = (a - eta * b for a, b in zip((x, y, z), moved, strict=True))
    return y * x * x / 2 + pull * (target - y) ** 2 / 2 + flat * z * z / 2


def test_dominant_steps_lower_the_loss_once_and_never_below_the_flat_part() -> None:
    """Fails when Dom-GD gains nothing at all, or reaches what the flat direction holds."""
    start, end = loss_after(0, "dom"), loss_after(200, "dom")
    assert 0.3 / 2 < end < start


def test_bulk_steps_do_what_gradient_descent_does() -> None:
    """Fails when Bulk-GD ends above GD, or Dom-GD below it."""
    ends = {method: loss_after(200, method) for method in ("gd", "dom", "bulk")}
    assert ends["bulk"] < ends["gd"] < ends["dom"]
