"""TS-16 as prose: the loss falls although the second-order term nearly cancels the first."""

from __future__ import annotations

SHARP, FLAT, COUPLING, ETA = 1000.0, 1.0, 100.0, 1e-4


def settled() -> tuple[float, float]:
    """E x^2 and E y^2 after 300 steps from (0, 1)."""
    u, v = 0.0, 1.0
    for _ in range(300):
        u, v = (
            (1 - ETA * SHARP) ** 2 * u + (ETA * COUPLING) ** 2 * v,
            (1 - ETA * FLAT) ** 2 * v + (ETA * COUPLING) ** 2 * u,
        )
    return u, v


def orders(curvature: float, own: float, other: float) -> tuple[float, float]:
    """First- and second-order change of the loss along a direction, from both mean squares."""
    first = -ETA * curvature**2 * own
    second = ETA**2 / 2 * curvature * (curvature**2 * own + COUPLING**2 * other)
    return first, second


def test_the_bulk_makes_nearly_all_progress() -> None:
    """Fails when the dominant block gains more than a tenth of a percent of its first order."""
    u, v = settled()
    (dominant_first, dominant_second), (bulk_first, bulk_second) = (
        orders(SHARP, u, v),
        orders(FLAT, v, u),
    )
    assert 0.999 < dominant_second / -dominant_first < 1
    assert bulk_second / -bulk_first < 0.001
    assert dominant_first + dominant_second + bulk_first + bulk_second < 0


def test_without_noise_the_first_order_dominates() -> None:
    """Fails when the second order exceeds five percent of the first for full-batch steps."""
    u, v = settled()
    first = ETA * (SHARP**2 * u + FLAT**2 * v)
    second = ETA**2 / 2 * (SHARP**3 * u + FLAT**3 * v)
    assert second < 0.05 * first
