"""The closed form of the second moments against the step-by-step recursion, in every arithmetic."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.enclosure import precision
from verify.moments import SecondMoment, float_moments, recursion, second_moment

positive = st.fractions(Fraction(1, 50), 4, max_denominator=50)
nonnegative = st.fractions(0, 9, max_denominator=20)
NEAR_LIMIT = Fraction(2) - Fraction(1, 10**12)


def by_recursion(
    t: int, eigenvalue: Any, initial: Any, variance: Any, step_size: Any
) -> tuple[Any, ...]:
    """E g^2 after t literal applications of the one-step map."""
    steps = recursion([initial], [eigenvalue], [variance], step_size)
    return tuple(next(itertools.islice(steps, t, None)))


def by_enumeration(g: Fraction, sigma: Fraction, eigenvalue: Fraction, step_size: Fraction) -> Any:
    """E g(2)^2 by enumerating two steps of x <- x - eta (lambda x + xi) with xi = +-sigma."""
    values = []
    for signs in itertools.product((-1, 1), repeat=2):
        x = g / eigenvalue
        for sign in signs:
            x = x - step_size * (eigenvalue * x + sign * sigma)
        values.append((eigenvalue * x) ** 2)
    return sum(values) / 4


@settings(max_examples=100)
@given(positive, nonnegative, nonnegative, positive, st.integers(0, 12))
def test_closed_form_is_the_recursion(
    eigenvalue: Fraction, initial: Fraction, variance: Fraction, step_size: Fraction, t: int
) -> None:
    """Exactly, stable or not. Fails for a wrong level, excess, rate or growth."""
    moment = second_moment(eigenvalue, initial, variance, step_size)
    assert (moment.exact(t),) == by_recursion(t, eigenvalue, initial, variance, step_size)


@settings(max_examples=50)
@given(positive, nonnegative, nonnegative, positive)
def test_closed_form_is_what_sgd_does(
    eigenvalue: Fraction, g: Fraction, sigma: Fraction, step_size: Fraction
) -> None:
    """Two steps of SGD itself, all noises enumerated."""
    moment = second_moment(eigenvalue, g**2, sigma**2, step_size)
    assert moment.exact(2) == by_enumeration(g, sigma, eigenvalue, step_size)


@pytest.mark.parametrize("factor", [Fraction(2), Fraction(1), Fraction(0), Fraction(5, 2)])
def test_special_steps(factor: Fraction) -> None:
    """eta lambda = 2 grows linearly, 1 forgets at once, 0 keeps, more than 2 diverges."""
    moment = second_moment(factor, Fraction(3), Fraction(2), Fraction(1))
    for t in range(6):
        expected = by_recursion(t, factor, Fraction(3), Fraction(2), Fraction(1))
        assert (moment.exact(t),) == expected


CASES = [
    (Fraction(1, 2), Fraction(100), Fraction(1), Fraction(1, 3), 17),
    (Fraction(1), Fraction(0), Fraction(1), Fraction(1, 10**9), 3),
    (Fraction(1), Fraction(1, 7), Fraction(0), NEAR_LIMIT, 40),
    (Fraction(1), Fraction(5), Fraction(3), NEAR_LIMIT, 40),
    (Fraction(3), Fraction(5), Fraction(3), Fraction(1), 25),
]


@pytest.mark.parametrize("case", CASES)
def test_mpmath_has_fifty_digits(case: tuple[Fraction, Fraction, Fraction, Fraction, int]) -> None:
    """Against the recursion in rationals, also where level + excess rate^t cancels."""
    *numbers, t = case
    (exact,) = by_recursion(t, *numbers)
    value = second_moment(*numbers).mpmath(t, 50)
    with mpmath.workdps(80):
        reference = mpmath.mpf(exact.numerator) / exact.denominator
        assert mpmath.nstr(value, 50) == mpmath.nstr(reference, 50)


@pytest.mark.parametrize("case", CASES)
def test_arb_encloses(case: tuple[Fraction, Fraction, Fraction, Fraction, int]) -> None:
    """The ball contains the exact value and is narrow."""
    import flint

    *numbers, t = case
    (exact,) = by_recursion(t, *numbers)
    ball = second_moment(*numbers).arb(t, 200)
    with precision(400):
        assert ball.contains(flint.fmpq(exact.numerator, exact.denominator))
        assert ball.rel_accuracy_bits() > 90


def test_ball_does_not_contain_a_neighbour() -> None:
    """The enclosure can refuse: a value off by 1e-30 is outside."""
    import flint

    *numbers, t = CASES[0]
    (exact,) = by_recursion(t, *numbers)
    wrong = exact * (1 + Fraction(1, 10**30))
    ball = second_moment(*numbers).arb(t, 200)
    assert not ball.contains(flint.fmpq(wrong.numerator, wrong.denominator))


def test_float64_keeps_twelve_digits() -> None:
    """Over twelve orders of eigenvalues, near eta lambda = 1 and 2, from 0 to 10^12 steps."""
    rng = np.random.default_rng(11)
    eigenvalues = np.concatenate(
        [[2 - 1e-12, 2 - 1e-9, 1 + 1e-13, 1 - 1e-7], np.sort(10 ** rng.uniform(-12, 0, 40))[::-1]]
    )
    initial = 10 ** rng.uniform(-6, 2, len(eigenvalues))
    initial[5] = 0.0
    variances = 10 ** rng.uniform(-6, 2, len(eigenvalues))
    moments = float_moments(eigenvalues, initial, variances, Fraction(1))
    for t in (0, 1, 2, 7, 1000, 10**6, 10**12):
        found, shift = moments.at(t)
        assert shift == 0
        for i, row in enumerate(zip(eigenvalues, initial, variances, strict=True)):
            moment = second_moment(*(Fraction(float(x)) for x in row), Fraction(1))
            exact = moment.mpmath(t, 30)
            assert abs(found[i] - exact) <= 1e-12 * exact, (t, i)


def test_float64_change_is_the_difference() -> None:
    """rise - fall against E g(t+1)^2 - E g(t)^2 in rationals, including eta lambda of 2 and 3."""
    columns = np.array([3.0, 2.0, 1.5, 0.25]), np.array([1.0, 0.0, 4.0, 9.0]), np.ones(4)
    moments = float_moments(*columns, Fraction(1))
    for t in (0, 1, 5):
        rise, fall, shift = moments.change_at(t)
        for i, row in enumerate(zip(*columns, strict=True)):
            moment = second_moment(*(Fraction(x) for x in row), Fraction(1))
            assert float(moment.exact(t + 1) - moment.exact(t)) == pytest.approx(
                (rise[i] - fall[i]) * np.exp(shift), rel=1e-12
            )


def test_diverging_float64_moments_are_scaled() -> None:
    """Beyond the range of doubles the ratios are still right."""
    columns = np.array([3.0, 2.5]), np.array([1.0, 4.0]), np.ones(2)
    moments = float_moments(*columns, Fraction(1))
    t = 600
    scaled, shift = moments.at(t)
    assert shift > 300
    exact = [
        second_moment(*(Fraction(x) for x in row), Fraction(1)).mpmath(t, 30)
        for row in zip(*columns, strict=True)
    ]
    assert exact[0] > mpmath.mpf(2) ** 1100
    assert float(mpmath.log(scaled[1] / scaled[0])) == pytest.approx(
        float(mpmath.log(exact[1] / exact[0])), rel=1e-12
    )


def test_single_times_cost_the_same() -> None:
    """10^15 steps are as quick as 10: a recursion would not end."""
    moment = second_moment(Fraction(1, 3), Fraction(5), Fraction(1), Fraction(1, 10**6))
    assert isinstance(moment, SecondMoment)
    assert moment.mpmath(10**15, 30) == pytest.approx(float(moment.level))
    assert moment.arb(10**15, 128).rel_accuracy_bits() > 60
