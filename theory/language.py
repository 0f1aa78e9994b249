"""The language claims are written in: words, the operators of time and change, and unfolding.

A *word* is a SymPy symbol with a plain meaning. A word is a *parameter* of the model, a *sum* of a
summand over dominant or bulk modes, a *primitive* (its meaning is computed by `verify.meaning`,
for instance by running the update), or it is *defined* by an expression in other words. Words about
small models (`theory.setting`) are *numbers* of the instance, or *computed* from it.
Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanFunction, BooleanTrue

DOMINANT, BULK = "dominant", "bulk"
CHANGES = ("noise", "step", "scale", "alignment", "time")


@dataclass(frozen=True)
class Word:
    """One entry of the vocabulary: its name, how it is typeset, what it means in plain English."""

    name: str
    latex: str
    meaning: str
    kind: str  # parameter | sum | primitive | defined | mode | number | computed
    side: str | None = None  # for sums: over which modes
    formula: Any = None  # the summand of a sum, the definition of a defined word
    nonnegative: bool = False
    constant: bool = False  # does not change along a run
    whole: bool = False  # a count: 0, 1, 2, ...


VOCABULARY: dict[str, Word] = {}


def _enter(word: Word) -> sympy.Symbol:
    if word.name in VOCABULARY:
        raise ValueError(f"the word {word.name!r} is already in the vocabulary")
    if word.name in CHANGES:
        raise ValueError(f"{word.name!r} names a change, so it cannot be a word")
    VOCABULARY[word.name] = word
    return sympy.Symbol(word.name, real=True)


def parameter(name: str, latex: str, meaning: str, *, nonnegative: bool = False) -> sympy.Symbol:
    """A number of the model that stays the same along a run."""
    return _enter(Word(name, latex, meaning, "parameter", nonnegative=nonnegative, constant=True))


def primitive(name: str, latex: str, meaning: str, *, nonnegative: bool = False) -> sympy.Symbol:
    """A word whose value in a model is computed by `verify`, from its definition."""
    return _enter(Word(name, latex, meaning, "primitive", nonnegative=nonnegative))


def number(
    name: str, latex: str, meaning: str, *, nonnegative: bool = False, whole: bool = False
) -> sympy.Symbol:
    """A number that an instance of a setting gives; `whole` means 0, 1, 2, ..."""
    signs = nonnegative or whole
    return _enter(
        Word(name, latex, meaning, "number", nonnegative=signs, constant=True, whole=whole)
    )


def computed(name: str, latex: str, meaning: str, *, nonnegative: bool = False) -> sympy.Symbol:
    """A word about an instance of a setting, whose value `verify` computes by running it."""
    return _enter(Word(name, latex, meaning, "computed", nonnegative=nonnegative, constant=True))


def constant(name: str, latex: str, meaning: str, *, nonnegative: bool = False) -> sympy.Symbol:
    """A primitive that does not change along a run (a limit, a turning time)."""
    return _enter(Word(name, latex, meaning, "primitive", nonnegative=nonnegative, constant=True))


def mode_word(
    name: str, latex: str, meaning: str, formula: Any = None, *, nonnegative: bool = False
) -> sympy.Symbol:
    """A word about one mode, usable in summands and in `ForAllModes`."""
    return _enter(Word(name, latex, meaning, "mode", formula=formula, nonnegative=nonnegative))


def mode_sum(
    name: str, latex: str, meaning: str, side: str, summand: Any, *, constant: bool = False
) -> sympy.Symbol:
    """A sum of `summand` (an expression in mode words) over the dominant or the bulk modes."""
    nonnegative = (
        all(VOCABULARY[s.name].nonnegative for s in summand.free_symbols)
        and not sympy.sympify(summand).could_extract_minus_sign()
    )
    return _enter(
        Word(name, latex, meaning, "sum", side, summand, nonnegative=nonnegative, constant=constant)
    )


def defined(
    name: str, latex: str, meaning: str, definition: Any, *, nonnegative: bool = False
) -> sympy.Symbol:
    """A word that abbreviates an expression in other words."""
    constant = all(VOCABULARY[s.name].constant for s in definition.free_symbols)
    return _enter(
        Word(
            name,
            latex,
            meaning,
            "defined",
            formula=definition,
            nonnegative=nonnegative,
            constant=constant,
        )
    )


class Always(BooleanFunction):
    """`Always(phi)`: phi holds now and at every later time of the run."""

    nargs: ClassVar[int] = 1


class ForAllModes(BooleanFunction):
    """`ForAllModes(phi)`: phi, a sentence in mode words, holds for every dominant and bulk mode."""

    nargs: ClassVar[int] = 1


class ForDominantModes(BooleanFunction):
    """`ForDominantModes(phi)`: phi holds for every dominant mode."""

    nargs: ClassVar[int] = 1


class ForBulkModes(BooleanFunction):
    """`ForBulkModes(phi)`: phi holds for every bulk mode."""

    nargs: ClassVar[int] = 1


class Formula(BooleanFunction):
    r"""`Formula("latex", "check")`: a sentence that no word expresses; `verify` decides it by name.

    The first argument is typeset, the second names the check in `verify/<paper>/` that decides it.
    """

    nargs: ClassVar[int] = 2

    def __new__(cls, latex: str, check: str) -> Formula:
        return super().__new__(cls, sympy.Symbol(latex), sympy.Symbol(check))  # type: ignore[no-any-return]

    @property
    def latex(self) -> str:
        """The statement as LaTeX."""
        return str(self.args[0])

    @property
    def check(self) -> str:
        """The name of the check that decides it."""
        return str(self.args[1])


class Next(sympy.Function):
    """`Next(x)`: the value of x one step later, energies replaced by their expectations."""

    nargs: ClassVar[int] = 1
    is_real = True


class NextHolds(BooleanFunction):
    """`NextHolds(phi)`: phi holds one step later."""

    nargs: ClassVar[int] = 1


class Initially(sympy.Function):
    """`Initially(x)`: the value of x at the first time of the run."""

    nargs: ClassVar[int] = 1
    is_real = True


class With(sympy.Function):
    """`With(x, change, value)`: the value of x in the model after a change.

    Changes: `noise` (all variances times value), `step` (step size = value), `scale` (all energies
    times value), `alignment` (both block shapes and G kept, alignment = value), `time` (the state
    after `value` steps).
    """

    nargs: ClassVar[int] = 3
    is_real = True

    def __new__(cls, expression: Any, change: str | sympy.Symbol, value: Any) -> With:
        if str(change) not in CHANGES:
            raise ValueError(f"no change {str(change)!r}; there are {', '.join(CHANGES)}")
        return super().__new__(cls, expression, sympy.Symbol(str(change)), value)  # type: ignore[no-any-return]


PARTS = (  # of which sentences are made: whatever else SymPy knows has no meaning here
    *(sympy.Symbol, sympy.Rational, sympy.Add, sympy.Mul, sympy.Pow, sympy.Piecewise, ExprCondPair),
    *(sympy.sign, sympy.Abs, sympy.log, sympy.Min, sympy.Max, sympy.floor, sympy.ceiling),
    *(sympy.Eq, sympy.Ne, sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le),
    *(sympy.And, sympy.Or, sympy.Not, sympy.Implies, sympy.Equivalent, BooleanTrue, BooleanFalse),
    *(Always, Next, NextHolds, Initially, With, Formula),
    *(ForAllModes, ForDominantModes, ForBulkModes),
)


def foreign_part(sentence: Any) -> Any:
    """The first part of the sentence that the language has no meaning for, or None."""
    parts = sympy.preorder_traversal(sympy.sympify(sentence, strict=True))
    return next((part for part in parts if not isinstance(part, PARTS)), None)


AFTER: dict[sympy.Symbol, sympy.Symbol] = {}  # D -> D_next: filled by the vocabulary


def unfold(expression: Any) -> Any:
    """The expression with every defined word replaced by its definition, `Next` pushed inwards.

    `Next` of a constant is the constant; `Next` of D or B is D_next or B_next.
    """
    expression = sympy.sympify(expression)
    while True:
        definitions = {
            s: VOCABULARY[s.name].formula
            for s in expression.free_symbols
            if s.name in VOCABULARY and VOCABULARY[s.name].kind == "defined"
        }
        if not definitions:
            return expression.replace(lambda e: isinstance(e, Next), lambda e: _later(e.args[0]))
        expression = expression.xreplace(definitions)


def _later(inner: Any) -> Any:
    moving = [s for s in inner.free_symbols if not VOCABULARY[s.name].constant]
    return inner.xreplace({s: AFTER.get(s, sympy.Symbol(f"Next({s})", real=True)) for s in moving})


def basic_words(name: str) -> frozenset[str]:
    """The name, and those of all words that the meaning of this word is made of."""
    word = VOCABULARY.get(name)
    if word is None or word.formula is None:
        return frozenset([name])
    parts = (basic_words(s.name) for s in word.formula.free_symbols)
    return frozenset([name]).union(*parts)


def words_of(sentence: Boolean) -> Mapping[str, Word]:
    """Every word of the vocabulary that occurs in the sentence, by name."""
    return {
        s.name: VOCABULARY[s.name]
        for s in sorted(sentence.free_symbols, key=str)
        if s.name in VOCABULARY
    }
