"""Expressions with irrational values, as Arb balls refined until a comparison is decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import flint
import sympy

from theory.language import Initially, Next, With

MOST_BITS = 4096


class Undefined(ArithmeticError):
    """The word has no value in this world (division by zero, an empty block, no critical step)."""


class OutOfScope(ArithmeticError):
    """The word is about another kind of model than this one, which therefore decides nothing."""


class Irrational(ArithmeticError):
    """The value is not a rational number: use balls."""


class Undecided(ArithmeticError):
    """Two values agree to MOST_BITS bits: no comparison can be made."""


def sign_of_difference(left: Any, right: Any, world: Any) -> int:
    """Sign of left - right in the world, decided by enclosures; never 0.

    Raises Undecided when the enclosures still overlap at MOST_BITS bits (equality, in practice).
    """
    bits = 64
    while bits <= MOST_BITS:
        difference = enclosure(left - right, world, bits)
        if difference > 0:
            return 1
        if difference < 0:
            return -1
        bits *= 2
    raise Undecided(f"{left} and {right} agree to {MOST_BITS} bits")


def enclosure(expression: Any, world: Any, bits: int) -> Any:
    """An Arb ball that contains the value of the expression, computed with this many bits."""
    previous = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        return ball(expression)(world)
    finally:
        flint.ctx.prec = previous


@cache
def ball(expression: Any) -> Callable[[Any], Any]:
    """The expression as a function from a world to a ball, at the current Arb precision."""
    from verify import meaning

    if isinstance(expression, Next):
        inner = ball(expression.args[0])
        return lambda world: inner(world.next())
    if isinstance(expression, Initially):
        inner = ball(expression.args[0])
        return lambda world: inner(world.start)
    if isinstance(expression, With):
        return meaning._compile_with(expression, ball)  # type: ignore[no-any-return]
    if isinstance(expression, sympy.Piecewise):
        return meaning._compile_piecewise(expression, ball)  # type: ignore[no-any-return]
    if expression.is_Symbol or expression.is_Rational:
        return _atom(expression)
    if expression is sympy.pi:
        return lambda world: flint.arb.pi()
    if expression is sympy.E:
        return lambda world: flint.arb(1).exp()
    arguments = tuple(ball(x) for x in expression.args)
    combine = FUNCTIONS.get(type(expression))
    if combine is None:
        raise TypeError(f"no enclosure for {type(expression).__name__} in {expression}")
    return lambda world: combine([f(world) for f in arguments])


def _atom(expression: Any) -> Callable[[Any], Any]:
    from theory.language import VOCABULARY
    from verify import meaning

    value = meaning.exact(expression)

    def enclose(world: Any) -> Any:
        try:
            x = value(world)
        except Irrational:
            word = VOCABULARY[expression.name]
            if word.formula is None:
                return meaning.ENCLOSURES[expression.name](world)
            if word.kind == "sum":
                summand = ball(word.formula)
                return sum((summand(view) for view in world.view(word.side)), flint.arb(0))
            return ball(word.formula)(world)
        return flint.arb(flint.fmpq(x.numerator, x.denominator))

    return enclose


def _add(xs: list[Any]) -> Any:
    return sum(xs[1:], xs[0])


def _multiply(xs: list[Any]) -> Any:
    product = xs[0]
    for x in xs[1:]:
        product = product * x
    return product


def _power(xs: list[Any]) -> Any:
    base, exponent = xs
    if exponent.is_integer():
        return base ** exponent.unique_fmpz()
    if base < 0:
        raise Undefined("root of a negative number")
    return base.sqrt() if exponent == flint.arb(0.5) else base**exponent


def _log(xs: list[Any]) -> Any:
    if xs[0] <= 0:
        raise Undefined("logarithm of a number that is not positive")
    return xs[0].log()


FUNCTIONS: dict[type, Callable[[list[Any]], Any]] = {
    sympy.Add: _add,
    sympy.Mul: _multiply,
    sympy.Pow: _power,
    sympy.log: _log,
    sympy.exp: lambda xs: xs[0].exp(),
    sympy.Abs: lambda xs: abs(xs[0]),
    sympy.ceiling: lambda xs: xs[0].ceil(),
    sympy.floor: lambda xs: xs[0].floor(),
    sympy.Max: lambda xs: _extreme(xs, 1),
    sympy.Min: lambda xs: _extreme(xs, -1),
}


def _extreme(xs: list[Any], sign: int) -> Any:
    best = xs[0]
    for x in xs[1:]:
        best = best.max(x) if sign > 0 else best.min(x)
    return best
