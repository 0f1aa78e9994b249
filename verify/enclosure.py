"""A rigorous enclosure of E[D+/(D+ + B+)] after one step with Gaussian noise.

With z = the next gradient, E[D/(D+B)] = int_0^inf E[D exp(-u (D+B))] du (SA-7 d). The integrand has
a closed form in the eigenvalues of the covariance of z; Arb integrates it in log u, and the two
tails are bounded by u0 E[D] and by E exp(-U (D+B)).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.state import State
from verify.state_values import rationals

MOST_GROUPS = 100
MOST_CORRELATED = 16
MOST_DIGITS = 60
SPARE_BITS = 40

Enclosure = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Spectrum:
    """The next gradient z, split by the distinct eigenvalues ("groups") of its covariance.

    Per group: the variance, how many directions share it, and the squared mean of z inside it; for
    the dominant block P: `traces` tr(P E_a) and `cross` [a][b] = (E_a m)' P (E_b m), E_a the
    eigenprojector, m the mean. Values are Arb balls. `cross` is None when it is diagonal, and then
    `squares` holds its diagonal.
    """

    variances: list[Any]
    counts: list[int]
    means: list[Any]
    traces: list[Any]
    squares: list[Any]
    cross: list[list[Any]] | None = None


def expected_ratio_enclosure(
    state: State, step_size: Fraction, digits: int = 17
) -> tuple[Enclosure | None, str]:
    """An interval around E[D+/G+] for Gaussian noise, or None and the reason.

    Its width is below 10^-digits (digits at most 60) unless the noise is close to degenerate.
    Source: SA-7 d (our formalisation).
    """
    digits = min(digits, MOST_DIGITS)
    import flint

    if not isinstance(state.eigenvalues, tuple):
        return None, f"more than {MOST_GROUPS} different noise levels: no enclosure in short time"
    mean = [
        (1 - step_size * lam) * g for lam, g in zip(state.eigenvalues, state.gradient, strict=True)
    ]
    factors = [step_size * lam for lam in state.eigenvalues]
    variances = [f * f * v for f, v in zip(factors, rationals(state.noise_variance), strict=True)]
    energies = [m * m + v for m, v in zip(mean, variances, strict=True)]
    dominant, bulk = sum(energies[: state.k]), sum(energies[state.k :])
    if dominant + bulk == 0:
        return None, "the next gradient is zero with certainty, so it has no alignment"
    if dominant == 0 or bulk == 0:
        return (Fraction(bulk == 0), Fraction(bulk == 0)), ""
    total = dominant + bulk
    if not any(variances):
        return (dominant / total, dominant / total), ""
    with precision(int(3.33 * digits) + SPARE_BITS):
        if state.noise_covariance is None:
            if len(set(variances)) > MOST_GROUPS:
                return None, (
                    f"more than {MOST_GROUPS} different noise levels: no enclosure in short time"
                )
            spectrum = _independent(mean, variances, state.k, total)
        else:
            if state.d > MOST_CORRELATED:
                return None, (
                    f"correlated noise in more than {MOST_CORRELATED} directions: no enclosure"
                )
            found = _correlated(state, mean, factors, total)
            if found is None:
                return None, "the noise covariance is too close to degenerate for an enclosure"
            spectrum = found
        cut = flint.arb(10) ** (-digits - 3)
        share = dominant / total
        return _integrated(spectrum, _ball(share), cut), ""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Arb at this working precision, restored afterwards."""
    import flint

    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def _ball(value: Fraction) -> Any:
    import flint

    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def _independent(
    mean: list[Fraction], variances: list[Fraction], k: int, total: Fraction
) -> Spectrum:
    levels = sorted(set(variances))
    place = {level: a for a, level in enumerate(levels)}
    counts, traces = [0] * len(levels), [0] * len(levels)
    means, squares = [Fraction(0)] * len(levels), [Fraction(0)] * len(levels)
    for i, (m, v) in enumerate(zip(mean, variances, strict=True)):
        a = place[v]
        counts[a] += 1
        means[a] += m * m
        if i < k:
            traces[a] += 1
            squares[a] += m * m
    scaled = [[_ball(x / total) for x in column] for column in (levels, means, squares)]
    return Spectrum(scaled[0], counts, scaled[1], traces, scaled[2])


def _correlated(
    state: State, mean: list[Fraction], factors: list[Fraction], total: Fraction
) -> Spectrum | None:
    """Eigenvalues as certified roots of the characteristic polynomial, projectors by Lagrange."""
    import flint

    assert state.noise_covariance is not None
    size = range(state.d)
    rational = [
        [Fraction(state.noise_covariance[i][j]) * factors[i] * factors[j] / total for j in size]
        for i in size
    ]
    covariance = flint.fmpq_mat(
        state.d, state.d, [flint.fmpq(x.numerator, x.denominator) for row in rational for x in row]
    )
    with precision(flint.ctx.prec + 400):
        roots: list[Any] = covariance.charpoly().complex_roots()
        levels = [pair[0].real for pair in roots]
        counts = [int(pair[1]) for pair in roots]
        if not all(level.is_zero() or level > 0 for level in levels):
            return None
        matrix = flint.arb_mat(covariance)
        one = flint.arb_mat(
            flint.fmpq_mat(state.d, state.d, [int(i == j) for i in size for j in size])
        )
        shifted = [matrix - one * level for level in levels]
        scale = _ball(total).rsqrt()
        column = flint.arb_mat(state.d, 1, [_ball(m) * scale for m in mean])
        parts, traces = [], []
        for a, level in enumerate(levels):
            projector = one
            for b, other in enumerate(levels):
                if b != a:
                    projector = projector * shifted[b] * (1 / (level - other))
            traces.append(sum((projector[i, i] for i in range(state.k)), flint.arb(0)))
            parts.append(projector * column)
        means = [sum((part[i, 0] * part[i, 0] for i in size), flint.arb(0)) for part in parts]
        cross = [
            [sum((x[i, 0] * y[i, 0] for i in range(state.k)), flint.arb(0)) for y in parts]
            for x in parts
        ]
    if not all(x.is_finite() for x in (*means, *traces)):
        return None
    return Spectrum(levels, counts, means, traces, [], cross)


def _integrated(spectrum: Spectrum, share: Any, cut: Any) -> Enclosure:
    """The integral over u in [cut/E D, U] by Arb, widened by the tails; within [0, 1]."""
    import flint

    low = (cut / share).log()
    high = flint.arb(4)
    while not (_survival(spectrum, high.exp()) < cut):
        high = high * 1.3
    low, high = low.mid(), high.mid()

    def integrand(y: Any, analytic: bool) -> Any:
        u = y.exp()
        return u * _density(spectrum, u, analytic)

    body = flint.acb.integral(integrand, low, high, abs_tol=cut, rel_tol=cut).real
    tails = low.exp() * share + _survival(spectrum, high.exp())
    return (
        max(Fraction(0), _fraction(body.lower())),
        min(Fraction(1), _fraction((body + tails).upper())),
    )


def _survival(spectrum: Spectrum, u: Any) -> Any:
    """E exp(-u (D+B)) = prod (1 + 2 u s)^(-count/2) exp(-u m^2 / (1 + 2 u s)), u real."""
    product: Any = 1
    exponent: Any = 0
    for variance, count, mean in zip(
        spectrum.variances, spectrum.counts, spectrum.means, strict=True
    ):
        width = 1 + 2 * u * variance
        product = product * width**count
        exponent = exponent + mean / width
    return (-u * exponent).exp() * product.rsqrt()


def _density(spectrum: Spectrum, u: Any, analytic: bool) -> Any:
    """E[D exp(-u (D+B))], u complex."""
    import flint

    doubled = u + u
    product, exponent, factor = flint.acb(1), flint.acb(0), flint.acb(0)
    inverses = []
    for a, (variance, count) in enumerate(zip(spectrum.variances, spectrum.counts, strict=True)):
        inverse = 1 / (1 + doubled * variance)
        inverses.append(inverse)
        product = product * (inverse ** (count // 2))
        if count % 2:
            product = product * inverse.sqrt(analytic=analytic)
        exponent = exponent + spectrum.means[a] * inverse
        factor = factor + (variance * spectrum.traces[a]) * inverse
        if spectrum.cross is None:
            factor = factor + spectrum.squares[a] * inverse * inverse
        else:
            row = spectrum.cross[a]
            mixed = sum((row[b] * inverses[b] for b in range(a)), flint.acb(0))
            factor = factor + inverse * (mixed + mixed + row[a] * inverse)
    return (-u * exponent).exp() * product * factor


def _fraction(value: Any) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
