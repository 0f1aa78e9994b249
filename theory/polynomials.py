"""From a SymPy polynomial to the data that the kernel reads. Source: our formalisation."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy


@cache
def to_polynomial(expression: Any) -> list[Any]:
    """A polynomial with rational coefficients as the kernel's data, in sorted order.

    The list is shared between calls: do not change it.

    Raises ValueError for anything else (denominators, roots, floating-point numbers) and for two
    different symbols of the same name.
    """
    expression = sympy.sympify(expression)
    variables = sorted(expression.free_symbols, key=str)
    if len({s.name for s in variables}) < len(variables):
        raise ValueError(f"two different symbols have the same name in {expression}")
    try:
        terms = sympy.Poly(expression, *variables, domain="QQ").terms() if variables else None
        if terms is None:
            terms = [((), sympy.Rational(expression))] if expression.is_Rational else None
    except (sympy.PolynomialError, sympy.CoercionFailed):
        terms = None
    if terms is None or expression.has(sympy.Float):
        raise ValueError(f"not a polynomial with rational coefficients: {expression}")
    return [
        [str(c), {s.name: int(e) for s, e in zip(variables, powers, strict=True) if e}]
        for powers, c in sorted(terms)
        if c != 0
    ]
