"""TS-17 as prose: a valley with steep walls and a sloping floor."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 9))
SHARE = st.builds(lambda n: Fraction(n, 10), st.integers(1, 19))


@given(wall=POSITIVE, noise=POSITIVE, product=SHARE, y=POSITIVE)
def test_dominant_steps_leave_the_loss_where_it_is(wall, noise, product, y) -> None:
    """Fails unless a stationary E x^2 gives the same mean loss after a Dom-SGD step."""
    eta = product / wall
    x2 = eta * noise**2 / (wall * (2 - product))
    after = (1 - product) ** 2 * x2 + (eta * noise) ** 2  # mean square of x - eta (lambda x + xi)
    assert after == x2
    assert wall * x2 / 2 + y == eta * noise**2 / (2 * (2 - product)) + y


@given(wall=POSITIVE, slope=POSITIVE, product=st.sampled_from([Fraction(1, 2), Fraction(3, 2)]))
def test_without_noise_a_steep_valley_loses_its_alignment(wall, slope, product) -> None:
    """Fails unless over a linear floor the gradient turns towards the floor at every step."""
    x, shares = Fraction(1), []
    for _ in range(5):
        dominant = (wall * x) ** 2
        shares.append(dominant / (dominant + slope**2))
        x -= product / wall * wall * x
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == len(shares)


@given(wall=POSITIVE, noise=POSITIVE, product=SHARE, slope=POSITIVE)
def test_louder_noise_aligns_the_gradient_better(wall, noise, product, slope) -> None:
    """Fails when doubling the noise does not raise the stationary alignment."""

    def alignment(s):
        dominant = product * s**2 / (2 - product)
        return dominant / (dominant + slope**2)

    assert alignment(2 * noise) > alignment(noise)
