"""What the words of a sentence are worth in a model, as people read it.

Source: our formalisation.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from theory.language import BULK, DOMINANT, VOCABULARY, Always, words_of
from verify.balls import Irrational, OutOfScope, Undecided, Undefined, enclosure
from verify.exact_numbers import brief, short_fraction
from verify.meaning import exact, truth

UNDEFINED, UNKNOWN = "undefined", "unknown"


def readings(sentence: Any, world: Any) -> dict[str, str]:
    """Every word of the sentence with its value in the world: exact, rounded, or `undefined`.

    A word about one mode is read for every mode, dominant | bulk.
    """
    return {name: _reading(name, world) for name in words_of(sentence)}


def _reading(name: str, world: Any) -> str:
    if VOCABULARY[name].kind != "mode":
        return _read(name, world)
    sides = (" ".join(_read(name, v) for v in world.view(side)) for side in (DOMINANT, BULK))
    return " | ".join(sides)


def _read(name: str, place: Any) -> str:
    try:
        return value(sympy.Symbol(name, real=True), place)
    except Undefined:
        return UNDEFINED
    except (OutOfScope, Undecided):
        return UNKNOWN


def is_defined(sentence: Any, world: Any) -> bool:
    """Whether the sentence is true or false where it is decided, and all its words have values."""
    place = turning_point(sentence, world)
    return without_truth(sentence, world) is None and not any(
        UNDEFINED in reading.split() for reading in readings(sentence, place).values()
    )


def without_truth(sentence: Any, world: Any) -> str | None:
    """Why the sentence is neither true nor false in the world; None if it is one of them."""
    try:
        truth(sentence)(world)
    except Undefined as reason:
        return str(reason)
    except (OutOfScope, Undecided):
        return None
    return None


def turning_point(sentence: Any, world: Any) -> Any:
    """The world in which to read a sentence: for `always(...)`, the first where it is not true."""
    if not isinstance(sentence, Always):
        return world
    for later in world.run():
        try:
            if not truth(sentence.args[0])(later):
                return later
        except ArithmeticError:
            return later
    return world


def value(expression: Any, world: Any) -> str:
    """The value of an expression: exact if short, else rounded to ten digits, behind an ≈.

    Raises Undefined or OutOfScope where it has none.
    """
    try:
        return shown(exact(expression)(world))
    except Irrational:
        return f"≈ {enclosure(expression, world, 64).str(10, radius=False)}"


def shown(x: Fraction | bool) -> str:
    """A rational, exactly if that is short; the truth of a predicate."""
    if isinstance(x, bool):
        return str(x).lower()
    return short_fraction(x) or f"≈ {brief(x, 10)}"
