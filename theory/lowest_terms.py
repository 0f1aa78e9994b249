"""Rational expressions in lowest terms: what SymPy's `cancel(together(...))` gives, much faster.

Denominators stay products of powers to the end, where one greatest common divisor is divided out.
Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import sympy

Fraction = tuple[Any, dict[Any, int]]  # numerator; denominator as polynomial -> exponent


class NotRational(Exception):
    """The expression is not made of symbols, rationals, sums, products and whole powers alone."""


@cache
def lowest_terms(expression: Any) -> tuple[Any, Any]:
    """Numerator and denominator, expanded and without a common factor.

    Expressions with other parts (roots, logarithms, cases), and such as divide by zero, are left to
    SymPy.
    """
    try:
        numerator, denominator = Quotients(expression.free_symbols).reduced(expression)
    except NotRational:
        found: tuple[Any, Any] = sympy.fraction(sympy.cancel(sympy.together(expression)))
        return found
    quotient: tuple[Any, Any] = sympy.fraction(numerator.as_expr() / denominator.as_expr())
    return quotient


def is_rational(expression: Any) -> bool:
    """Whether an expression is made of symbols and rationals by +, *, / and whole powers alone."""
    if not expression.free_symbols:
        return bool(expression.is_Rational)
    try:
        Quotients(expression.free_symbols).of(expression)
    except NotRational:
        return False
    return True


class Quotients:
    """Quotients of polynomials with whole coefficients in some symbols."""

    def __init__(self, symbols: Iterable[Any]) -> None:
        total = sympy.Add(*symbols)
        if not total.free_symbols:
            raise NotRational
        gens = sympy.Poly(total).gens  # in SymPy's own order, which decides about signs
        self.ring = sympy.ring(gens, sympy.ZZ, sympy.lex)[0]
        self.known: dict[Any, Fraction] = {
            symbol: (polynomial, {})
            for symbol, polynomial in zip(gens, self.ring.gens, strict=True)
        }

    def reduced(self, expression: Any) -> tuple[Any, Any]:
        """Numerator and denominator, as polynomials, without a common factor."""
        numerator, denominator = self.of(expression)
        reduced: tuple[Any, Any] = numerator.cancel(self._product(denominator))
        return reduced

    def of(self, expression: Any) -> Fraction:
        """The expression as a quotient. Raises NotRational."""
        if expression not in self.known:
            self.known[expression] = self._compute(expression)
        return self.known[expression]

    def _compute(self, expression: Any) -> Fraction:
        if expression.is_Rational:
            return self.ring(int(expression.p)), self._powers(self.ring(int(expression.q)), 1)
        if expression.is_Add:
            return self._sum([self.of(term) for term in expression.args])
        if expression.is_Mul:
            numerator, denominator = self.ring.one, dict[Any, int]()
            for factor, below in map(self.of, expression.args):
                numerator *= factor
                for base, exponent in below.items():
                    denominator[base] = denominator.get(base, 0) + exponent
            return numerator, denominator
        if expression.is_Pow and expression.exp.is_Integer:
            return self._power(self.of(expression.base), int(expression.exp))
        raise NotRational

    def _sum(self, terms: list[Fraction]) -> Fraction:
        common: dict[Any, int] = {}
        for _, below in terms:
            for base, exponent in below.items():
                common[base] = max(exponent, common.get(base, 0))
        total = self.ring.zero
        for numerator, below in terms:
            missing = {base: e - below.get(base, 0) for base, e in common.items()}
            total += numerator * self._product(missing)
        return total, common

    def _power(self, base: Fraction, exponent: int) -> Fraction:
        numerator, below = base
        if exponent >= 0:
            return numerator**exponent, {b: e * exponent for b, e in below.items()}
        if numerator == 0:
            raise NotRational
        return self._product(below) ** -exponent, self._powers(numerator, -exponent)

    def _powers(self, base: Any, exponent: int) -> dict[Any, int]:
        return {} if base == 1 else {base: exponent}

    def _product(self, powers: dict[Any, int]) -> Any:
        result = self.ring.one
        for base, exponent in powers.items():
            result *= base**exponent
        return result
