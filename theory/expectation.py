"""The expectation of one SGD step: a linear operator on polynomials in the noise.

The update rule is a function from (gradient, eigenvalue, noise, step size, beta, h) to the next
gradient of a mode, obtained from x+ = x - eta (Hx + xi) + beta v by multiplying with H.
Source: our formalisation of the set-up of arXiv 2601.11789.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from theory.vocabulary import beta, eta, g2, h, lam, s2

x, v, xi, g = sympy.symbols("x v xi g", real=True)

Update = Callable[..., Any]


def sgd(position: Any, noise: Any) -> Any:
    """x+ = x - eta (lambda x + xi), for one eigendirection."""
    return position - eta * (lam * position + noise)


def heavy_ball(position: Any, noise: Any) -> Any:
    """x+ = x - eta (lambda x + xi) + beta v, where v is the last displacement."""
    return sgd(position, noise) + beta * v


UPDATES: Mapping[str, Update] = {"sgd": sgd, "heavy ball": heavy_ball}
CENTRED: Mapping[int, Any] = {0: sympy.Integer(1), 1: sympy.Integer(0), 2: s2}


def expect(polynomial: Any, moments: Mapping[int, Any] = CENTRED) -> Any:
    """The expectation of a polynomial in xi, given the moments E xi^n.

    Raises ValueError if a power of xi has no moment given.
    """
    total: Any = sympy.Integer(0)
    for (power,), coefficient in sympy.Poly(sympy.expand(polynomial), xi).terms():
        if power not in moments:
            raise ValueError(f"no moment of order {power} is given")
        total += coefficient * moments[power]
    return sympy.expand(total)


def expected_square(update: Update = sgd, moments: Mapping[int, Any] = CENTRED) -> Any:
    """E (g+)^2 of one mode in mode words, from the update of its position x = g / lambda."""
    next_gradient = sympy.expand(lam * update(x, xi))
    square = expect(next_gradient**2, moments)
    in_gradients = sympy.expand(square).subs({x: g / lam, v: h / lam})
    return sympy.expand(sympy.expand(in_gradients).subs(g**2, g2))
