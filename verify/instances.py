"""Instances of small settings: a few named exact numbers, and the world they make.

Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

from theory.language import VOCABULARY
from verify.balls import OutOfScope
from verify.meaning import MEANINGS, exact

OWN = ("number", "computed", "defined")  # kinds of words that instances can give a value


@dataclass(frozen=True)
class Instance:
    """One small model: the name of its setting, and its numbers by word."""

    setting: str
    values: tuple[tuple[str, Fraction], ...]

    def number(self, name: str) -> Fraction:
        """The number given for a word. Raises KeyError if there is none."""
        return dict(self.values)[name]

    def with_number(self, name: str, value: Fraction) -> Instance:
        """The same instance with one number changed."""
        values = tuple((n, value if n == name else x) for n, x in self.values)
        return replace(self, values=values)


def instance(setting: str, **numbers: str | int | Fraction) -> Instance:
    """An instance from exact numbers: `instance("toy", lam_x="1000", eta="1/10000")`."""
    return Instance(setting, tuple((name, Fraction(x)) for name, x in numbers.items()))


class InstanceWorld:
    """An instance as the place where sentences are true or false."""

    def __init__(self, model: Instance) -> None:
        self.model = model
        self.numbers: dict[str, Fraction] = dict(model.values)
        self.values: dict[str, Any] = dict(model.values)
        self.start = self

    def __getitem__(self, name: str) -> Fraction:
        """A number of the instance. Raises OutOfScope if this kind of model has no such number."""
        if name not in self.numbers:
            raise OutOfScope(f"{self.model.setting} has no number {name}")
        return self.numbers[name]

    def word(self, name: str) -> Any:
        """The value of a word here; OutOfScope for words about other kinds of models."""
        if name not in self.values:
            self.values[name] = self._value(name)
        return self.values[name]

    def _value(self, name: str) -> Any:
        word = VOCABULARY[name]
        if word.kind == "defined":
            return exact(word.formula)(self)
        if word.kind != "computed":
            raise OutOfScope(f"{name} is a word about other models than {self.model.setting}")
        return MEANINGS[name](self)

    def next(self) -> InstanceWorld:
        """Not for instances: their words name the time they speak about."""
        raise OutOfScope("sentences about small settings name their times")


def is_legitimate(model: Instance) -> bool:
    """Whether a claim may be asked about the instance: counts are whole, amounts not negative."""
    words = [(VOCABULARY[name], value) for name, value in model.values]
    whole = all(value.denominator == 1 for word, value in words if word.whole)
    return whole and all(value >= 0 for word, value in words if word.nonnegative)


def to_json(model: Instance) -> dict[str, Any]:
    """The instance as plain JSON, numbers as exact strings."""
    return {"setting": model.setting, **{name: str(value) for name, value in model.values}}


def from_json(data: Mapping[str, Any]) -> Instance:
    """The instance that `to_json` wrote."""
    rest = {name: value for name, value in data.items() if name != "setting"}
    return instance(data["setting"], **rest)


def describe(model: Instance) -> str:
    """The instance in one line: `lam_x = 1000   mu_y = 1   eta = 1/10000`."""
    return "   ".join(f"{name} = {value}" for name, value in model.values)


def weight(model: Instance, size: Any) -> tuple[int, int, int]:
    """How complicated an instance looks, by the size of its numbers."""
    return (0, 0, sum(size(value) for _, value in model.values))


def simpler(model: Instance, simpler_numbers: Any) -> Iterator[Instance]:
    """Instances with one number simpler."""
    for name, value in model.values:
        for candidate in simpler_numbers(value):
            yield model.with_number(name, candidate)


def together(model: Instance, simpler_numbers: Any) -> Iterator[Instance]:
    """Instances in which equal numbers change alike, or two numbers become equal to two others."""
    names = [name for name, _ in model.values]
    for value in sorted({x for _, x in model.values}):
        alike = [name for name, x in model.values if x == value]
        for candidate in simpler_numbers(value) if len(alike) > 1 else ():
            yield _with_numbers(model, dict.fromkeys(alike, candidate))
    copies = [(to, model.number(source)) for to, source in permutations(names, 2)]
    for one, other in combinations(copies, 2):
        if one[0] != other[0]:
            yield _with_numbers(model, dict([one, other]))


def _with_numbers(model: Instance, changed: Mapping[str, Fraction]) -> Instance:
    return replace(model, values=tuple((n, changed.get(n, x)) for n, x in model.values))


def pairs(model: Instance, simpler_numbers: Any) -> Iterator[Instance]:
    """Instances with two numbers simpler, or one number simpler twice."""
    for first in simpler(model, simpler_numbers):
        changed = next(
            n for (n, x), (_, y) in zip(model.values, first.values, strict=True) if x != y
        )
        for second in simpler(first, simpler_numbers):
            if second.number(changed) == first.number(changed):
                yield second
