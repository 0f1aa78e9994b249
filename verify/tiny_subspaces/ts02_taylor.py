"""TS-2: the loss after a move, the integral remainder, and losses in several dimensions."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import factorial
from typing import Any

import flint
import sympy

from verify.checks import Settings, check
from verify.enclosure import precision
from verify.evidence import Failed, Outcome
from verify.instances import InstanceWorld
from verify.meaning import means

INSTANCES = {"fast": 40, "full": 400}
BITS = 4000
DEGREE = 7  # of the polynomials for which the integral remainder is compared


@means("loss_moved")
def _loss_moved(world: InstanceWorld) -> Fraction:
    z, total = world["point"] + world["move"], Fraction(0)
    for power in (4, 3, 2, 1):
        total = (total + world[f"line_{power}"] / factorial(power)) * z
    return total


@check("TS-2", "symbolic", "remainder in integral form")
def integral_remainder(settings: Settings) -> Outcome:
    """Fails when f(1) - f(0) - f'(0) - f''(0)/2 is not the integral of (1-s)(f''(s) - f''(0)), or
    the same integral of the bound M s is not M/6."""
    s = sympy.Symbol("s")
    coefficients = sympy.symbols(f"a0:{DEGREE + 1}")
    f = sum(c * s**n for n, c in enumerate(coefficients))
    left = f.subs(s, 1) - sum(sympy.diff(f, s, n).subs(s, 0) / factorial(n) for n in range(3))
    change = sympy.diff(f, s, 2) - sympy.diff(f, s, 2).subs(s, 0)
    right = sympy.integrate(sympy.expand((1 - s) * change), (s, 0, 1))
    if sympy.expand(left - right) != 0:
        raise Failed(f"the remainder differs by {sympy.expand(left - right)}")
    if sympy.integrate((1 - s) * s, (s, 0, 1)) != sympy.Rational(1, 6):
        raise Failed("the integral of (1 - s) s is not 1/6")
    return Outcome(f"every polynomial of degree {DEGREE}")


@check("TS-2", "property", "losses in several dimensions")
def several_dimensions(settings: Settings) -> Outcome:
    """Fails when the error of a cubic form, or of a sum of ln cosh, exceeds M |move|^3/6."""
    source = random.Random(settings.stream("TS-2", "dimensions"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        cubic_form(source)
        with precision(BITS):  # enough for ln cosh 500, where e^-1000 matters
            ridge_functions(source)
    return Outcome(f"{count} cubic forms exactly, {count} sums of ln cosh in balls")


def draw(source: random.Random, size: int) -> list[Fraction]:
    """Small rationals, not all zero."""
    entries = [Fraction(source.randint(-9, 9), source.randint(1, 6)) for _ in range(size)]
    return entries if any(entries) else [Fraction(1)] * size


def cubic_form(source: random.Random) -> None:
    """L = T[x, x, x]/6, exactly. |T| in the Frobenius norm is a Lipschitz constant of H = T[x]."""
    size = source.randint(2, 3)
    indices = list(product(range(size), repeat=3))
    kinds = sorted({tuple(sorted(i)) for i in indices})
    values = dict(zip(kinds, draw(source, len(kinds)), strict=True))

    def form(*vectors: list[Fraction]) -> Fraction:
        u, v, w = vectors
        return sum((values[tuple(sorted(i))] * u[i[0]] * v[i[1]] * w[i[2]] for i in indices),
                   Fraction(0))  # fmt: skip

    x, delta = draw(source, size), draw(source, size)
    end = [a + b for a, b in zip(x, delta, strict=True)]
    change = (form(end, end, end) - form(x, x, x)) / 6
    model = form(x, x, delta) / 2 + form(x, delta, delta) / 2  # gradient T[x,x]/2, Hessian T[x]
    square = sum((values[tuple(sorted(i))] ** 2 for i in indices), Fraction(0))
    length = sum((d**2 for d in delta), Fraction(0))
    if 36 * (change - model) ** 2 > square * length**3:
        raise Failed(f"a cubic form at {x} breaks the bound for the move {delta}")


def ridge_functions(source: random.Random) -> None:
    """L = sum of ln cosh(a.x), in balls. |(ln cosh)'''| = |2 tanh (1 - tanh^2)| <= 4/27^(1/2)."""
    size, ridges = source.randint(1, 3), source.randint(1, 3)
    x, delta = draw(source, size), draw(source, size)
    error = constant = flint.arb(0)
    for _ in range(ridges):
        a = draw(source, size)
        at, by, norm = (
            _ball(sum((p * q for p, q in zip(a, v, strict=True)), Fraction(0)))
            for v in (x, delta, a)
        )
        slope = at.tanh()
        model = slope * by + (1 - slope**2) * by**2 / 2
        error += (at + by).cosh().log() - at.cosh().log() - model
        constant += 4 / flint.arb(27).sqrt() * norm.sqrt() ** 3
    length = _ball(sum((d**2 for d in delta), Fraction(0))).sqrt()
    bound = constant * length**3 / 6
    if not abs(error) < bound:
        raise Failed(f"a sum of ln cosh at {x} may break the bound for the move {delta}")


def _ball(x: Fraction) -> Any:
    return flint.arb(flint.fmpq(x.numerator, x.denominator))
