"""TS-1: the law of chi_k^2 for a vector that is uniform on the sphere."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import factorial, prod

import numpy as np
import sympy
from scipy.stats import beta

from verify.checks import Settings, check
from verify.decide import Draws, decide_proportion
from verify.evidence import Failed, Outcome
from verify.laws import Array
from verify.montecarlo import demand, together

MOMENTS, LARGEST = 8, 8
DISCREPANCY = {"fast": 0.04, "full": 0.01}
P, K = 20, 4  # dimensions of the random vectors and of the block
QUANTILES = (0.05, 0.5, 0.95)


@cache
def gaussian_moment(dimension: int, n: int) -> int:
    """E |z|^(2n) of a standard Gaussian in this many dimensions, by the multinomial formula.

    E z_i^(2m) = (2m)!/(2^m m!), the number of pairings of 2m things, is all that is used.
    """
    if dimension == 0:
        return int(n == 0)
    one = [factorial(2 * m) // (2**m * factorial(m)) for m in range(n + 1)]
    return sum(
        factorial(n) // (factorial(m) * factorial(n - m)) * one[m]
        * gaussian_moment(dimension - 1, n - m)
        for m in range(n + 1)
    )  # fmt: skip


def fraction_moment(k: int, p: int, n: int) -> Fraction:
    """E chi_k^(2n): z/|z| is uniform and independent of |z|, so E|Pz|^2n = E chi^2n E|z|^2n."""
    return Fraction(gaussian_moment(k, n), gaussian_moment(p, n))


def beta_moment(first: Fraction, second: Fraction, n: int) -> Fraction:
    """E x^n of Beta(first, second)."""
    return prod(((first + r) / (first + second + r) for r in range(n)), start=Fraction(1))


@check("TS-1", "exact", "moments of the Beta law")
def moments(settings: Settings) -> Outcome:
    """Fails when a moment of chi^2 is not that of Beta(k/2, (p-k)/2), or its mean not k/p."""
    tried = 0
    for p in range(2, LARGEST + 1):
        for k in range(1, p):
            for n in range(MOMENTS + 1):
                expected = beta_moment(Fraction(k, 2), Fraction(p - k, 2), n)
                if fraction_moment(k, p, n) != expected:
                    raise Failed(f"moment {n} with k = {k}, p = {p} is not {expected}")
                tried += 1
            if fraction_moment(k, p, 1) != Fraction(k, p):
                raise Failed(f"the mean with k = {k}, p = {p} is not k/p")
    return Outcome(f"{tried} moments, all k < p <= {LARGEST}")


@check("TS-1", "symbolic", "mean of the Beta density")
def mean_of_the_density(settings: Settings) -> Outcome:
    """Fails when integrating x against the density of Beta(k/2, (p-k)/2) does not give k/p."""
    x = sympy.symbols("x", positive=True)
    for k, p in ((1, 3), (2, 3), (2, 4), (4, 6)):
        first, second = sympy.Rational(k, 2), sympy.Rational(p - k, 2)
        weight = x ** (first - 1) * (1 - x) ** (second - 1)
        whole = sympy.gamma(first) * sympy.gamma(second) / sympy.gamma(first + second)
        mean = sympy.integrate(sympy.expand(x * weight), (x, 0, 1)) / whole
        if sympy.simplify(mean - sympy.Rational(k, p)) != 0:
            raise Failed(f"the mean is {mean} for k = {k}, p = {p}")
    return Outcome("four densities integrated")


@check("TS-1", "mutant", "Beta law with k for k/2")
def not_beta_k(settings: Settings) -> Outcome:
    """Fails unless Beta(k, p-k) has the right mean and a wrong second moment."""
    means = {fraction_moment(1, 2, 1), beta_moment(Fraction(1), Fraction(1), 1)}
    squares = fraction_moment(1, 2, 2), beta_moment(Fraction(1), Fraction(1), 2)
    if len(means) != 1 or squares != (Fraction(3, 8), Fraction(1, 3)):
        raise Failed(f"means {means}, second moments {squares}")
    return Outcome("k = 1, p = 2: both have mean 1/2, second moments 3/8 and 1/3")


@check("TS-1", "mutant", "mean fraction is the root of k/p")
def mean_of_the_root(settings: Settings) -> Outcome:
    """Fails unless E chi = 1/2 for k = 1, p = 3, where the root of k/p is above 0.57."""
    x = sympy.symbols("x", positive=True)  # chi is uniform on [0, 1]: Archimedes' hat box
    height = sympy.integrate(x, (x, 0, 1))
    if Fraction(int(height.p), int(height.q)) ** 2 == fraction_moment(1, 3, 1):
        raise Failed("the mean of chi is the root of the mean of chi^2")
    return Outcome("k = 1, p = 3: E chi = 1/2, E chi^2 = 1/3")


@check("TS-1", "monte-carlo", "the distribution of chi_k^2")
def distribution(settings: Settings) -> Outcome:
    """Fails when the share of random vectors below a quantile of the Beta law is another one."""
    tier = "fast" if settings.tier == "fast" else "full"
    outcomes = []
    for level in QUANTILES:
        bound = float(beta.ppf(level, K / 2, (P - K) / 2))
        decision = decide_proportion(
            below(bound, settings.stream("TS-1", str(level))), level, DISCREPANCY[tier]
        )
        outcomes.append(demand(decision, "equal", f"share of chi^2 below {bound:.4f}"))
    return together(*outcomes)


def below(bound: float, seed: int) -> Draws:
    """Whether chi^2 of a uniform vector is below a bound, in a random basis."""
    generator = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(generator.standard_normal((P, P)))

    def draw(start: int, count: int) -> Array:
        stream = np.random.default_rng([seed % 2**63, start])
        v = stream.standard_normal((count, P))
        dominant = ((v @ basis[:, :K]) ** 2).sum(axis=1)
        shares: Array = dominant / (v**2).sum(axis=1)
        return (shares < bound).astype(float)

    return draw
