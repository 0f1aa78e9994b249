"""Small models given by a few named numbers: the toy quadratic, one mode with momentum, a valley.

A *setting* says which numbers an instance has and how a search draws them. Words about it are
*numbers* (given), *computed* (found by running the instance, in `verify`) or defined.
Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from theory.averaging import Update
from theory.deterministic_run import Run
from theory.language import VOCABULARY

DRAWS = ("positive", "share", "real", "count", "sign", "switch")


def some(kind: str, number: int = 1) -> Any:
    """A number to be drawn: positive, a share in (0, 1), real, a count from 1 on, a sign, 0 or 1.

    Different numbers in one expression are drawn independently, and so are different words.
    """
    return _draw("some", kind, number)


def same(kind: str, number: int = 1) -> Any:
    """The same, drawn once for the whole instance: words that use it change together."""
    return _draw("same", kind, number)


def _draw(how: str, kind: str, number: int) -> Any:
    if kind not in DRAWS:
        raise ValueError(f"no kind of draw {kind!r}; there are {', '.join(DRAWS)}")
    return sympy.Symbol(f"{how} {kind} {number}", real=True)


@dataclass(frozen=True)
class Setting:
    """A kind of small model, and how the search builds instances of it.

    `draws` maps each number word to an expression in earlier number words and in `some(...)`, so
    that instances satisfy the assumptions by construction: {mu: some("positive"),
    lam: mu + some("positive")}.
    """

    name: str
    draws: Mapping[Any, Any]
    update: Update | None = None  # one random step of the model, for derivations
    runs: tuple[Run, ...] = ()  # what runs without chance compute, for derivations

    momentum = False  # settings bring their own update rule
    step = "any"

    def __post_init__(self) -> None:
        known: set[Any] = set()
        for word, expression in self.draws.items():
            unknown = {
                s for s in sympy.sympify(expression).free_symbols - known if kind_of(s) is None
            }
            if unknown:
                raise ValueError(f"{word} is drawn from {unknown}, which is not known yet")
            known.add(word)

    def wider(self) -> Setting:
        """The same kind of model with every number drawn freely: where dropped assumptions fail."""
        free = {
            word: some("count") - 1 if VOCABULARY[word.name].whole else some("real")
            for word in self.draws
        }
        return replace(self, draws=free)

    def drawing(self, **draws: Any) -> Setting:
        """The same setting with some words drawn differently, in the order of the setting."""
        unknown = set(draws) - {word.name for word in self.draws}
        if unknown:
            raise ValueError(f"{self.name} has no number {sorted(unknown)}")
        changed = {word: draws.get(word.name, old) for word, old in self.draws.items()}
        return replace(self, draws=changed)


def kind_of(symbol: Any) -> str | None:
    """The kind of draw a symbol of `some` or `same` stands for; None for any other symbol."""
    parts = symbol.name.split(" ")
    known = len(parts) == 3 and parts[0] in ("some", "same") and parts[1] in DRAWS
    return parts[1] if known else None


def is_shared(symbol: Any) -> bool:
    """Whether a symbol to be drawn is drawn once for the whole instance."""
    return str(symbol.name).startswith("same ")
