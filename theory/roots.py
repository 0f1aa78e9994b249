"""Whether the roots and logarithms in a sentence exist: those of negative numbers are undefined.

What stands under them must be visibly nonnegative, by the signs that facts give to its factors.
That a logarithm is not taken of zero is seen to in `theory.definedness`. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property
from typing import Any

import sympy

from theory.definedness import elsewhere
from theory.language import VOCABULARY, With, unfold
from theory.vocabulary import t


def radicands(expression: Any) -> frozenset[Any]:
    """What stands under the roots and logarithms of an expression or sentence, words looked into.

    Definitions by cases are left out: their branches say themselves where they are used.
    """
    expression, changed = elsewhere(expression)
    found = {p.base for p in expression.atoms(sympy.Pow) if _is_root(p)}
    found |= {logarithm.args[0] for logarithm in expression.atoms(sympy.log)}
    found = {e.xreplace(changed) for e in found}
    for model in changed.values():
        found |= {With(r, *model.args[1:]) for r in radicands(model.args[0])}
    for symbol in expression.free_symbols:
        word = VOCABULARY.get(symbol.name)
        formula = word.formula if word is not None and word.kind == "defined" else None
        if formula is not None and not formula.has(sympy.Piecewise):
            found |= radicands(formula)
    return frozenset(found)


def _is_root(power: Any) -> bool:
    return not _is_whole(power.exp)


def _is_whole(exponent: Any) -> bool:
    """Whether an exponent is whole by its form: numbers, counts, the time; sums and products."""
    if exponent.is_Symbol:
        word = VOCABULARY.get(exponent.name)
        return exponent == t or (word is not None and word.whole)
    if exponent.is_Add or exponent.is_Mul:
        return all(map(_is_whole, exponent.args))
    return bool(exponent.is_Integer)


class Signs:
    """What facts say, by their form, about the signs of expressions."""

    def __init__(self, facts: Iterable[Any], nonnegative: Callable[[Any], bool]) -> None:
        self.word_is_nonnegative = nonnegative
        inequalities = [f for f in facts if isinstance(f, (sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le))]
        self.differences = [f.gts - f.lts for f in inequalities]

    @cached_property
    def known(self) -> set[Any]:
        """The differences in a normal form, which takes a while and is rarely asked for."""
        return {_up_to_a_factor(difference) for difference in self.differences}

    def is_nonnegative(self, expression: Any) -> bool:
        """Whether a fact says so, or sums, products, quotients and even powers of such show it."""
        if expression.is_Number:
            return bool(expression >= 0)
        if expression.is_Symbol and self.word_is_nonnegative(expression):
            return True
        if expression.is_Pow and expression.exp.is_Integer and expression.exp % 2 == 0:
            return True
        if self._is_said(expression):
            return True
        if expression.is_Symbol:
            word = VOCABULARY.get(expression.name)
            defined = word is not None and word.kind == "defined"
            return defined and self.is_nonnegative(word.formula)  # type: ignore[union-attr]
        if expression.is_Pow:
            return self.is_nonnegative(expression.base)
        if expression.is_Add or expression.is_Mul:
            return all(map(self.is_nonnegative, expression.args)) or self._is_multiple(expression)
        return False

    def _is_multiple(self, expression: Any) -> bool:
        """Whether the expression is a visibly nonnegative multiple of what a fact says to be so."""
        return any(
            all(map(self.is_nonnegative, sympy.Mul.make_args(quotient)))
            for difference in self.differences
            if expression.is_Mul and difference.is_Mul
            for quotient in [sympy.cancel(expression / difference)]
        )

    def _is_said(self, expression: Any) -> bool:
        return _up_to_a_factor(expression) in self.known


@cache
def _up_to_a_factor(expression: Any) -> Any:
    """The expression, words looked into, without its positive numerical factor."""
    return sympy.expand(unfold(expression)).as_content_primitive()[1]
