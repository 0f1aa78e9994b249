"""Simplifications that change several numbers of a model at once.

One number at a time gets stuck: two equal eigenvalues must change together, and so must an energy
and a variance whose ratio matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

from verify.models import Model

Cell = tuple[
    str, int, str
]  # side, position and attribute of a mode; or ("", 0, field of the model)
Numbers = Callable[[Fraction], Iterable[Fraction]]

COLUMNS = ("eigenvalue", "energy", "variance", "velocity")
FIELDS = ("step_size", "theta", "momentum", "label_noise")
AMOUNTS = ("energy", "variance", "label_noise")


def cells(model: Model) -> dict[Cell, Fraction]:
    """Every number of a model, by its place."""
    found: dict[Cell, Fraction] = {}
    for side in ("dominant", "bulk"):
        for i, mode in enumerate(getattr(model, side)):
            found.update({(side, i, name): getattr(mode, name) for name in COLUMNS})
    return found | {("", 0, name): getattr(model, name) for name in FIELDS}


def changed(model: Model, values: Mapping[Cell, Fraction]) -> Model:
    """The model with other numbers in some places."""
    for (side, i, name), value in values.items():
        if not side:
            model = replace(model, **{name: value})  # type: ignore[arg-type]
            continue
        modes = list(getattr(model, side))
        modes[i] = replace(modes[i], **{name: value})
        model = replace(model, **{side: tuple(modes)})  # type: ignore[arg-type]
    return model


def together(model: Model, numbers: Numbers) -> Iterator[Model]:
    """Candidates in which equal numbers change alike, or all numbers of a kind are rescaled."""
    for places in _alike(model):
        for value in numbers(cells(model)[places[0]]):
            yield changed(model, dict.fromkeys(places, value))
    for factors in _scalings(model):
        old = cells(model)
        yield changed(model, {c: old[c] * factors[c[2]] for c in old if c[2] in factors})


def pairs(model: Model, numbers: Numbers) -> Iterator[Model]:
    """Candidates in which two numbers change independently."""
    options = {c: list(numbers(x)) for c, x in cells(model).items()}
    for one, other in combinations([c for c in options if options[c]], 2):
        for x, y in product(options[one], options[other]):
            yield changed(model, {one: x, other: y})


def _alike(model: Model) -> Iterator[list[Cell]]:
    """Places with equal numbers: in the model, in a column, among energies and variances."""
    values = cells(model)
    groups = [set(COLUMNS + FIELDS), *({name} for name in COLUMNS), set(AMOUNTS)]
    for value in sorted(set(values.values()) - {Fraction(0)}):
        for group in groups:
            places = [c for c, x in values.items() if x == value and c[2] in group]
            if len(places) > 1:
                yield places


def _scalings(model: Model) -> Iterator[dict[str, Fraction]]:
    """Factors per column that turn one of its numbers into 1; a step size scales inversely."""
    values = cells(model)
    for name in ("eigenvalue", "energy", "variance"):
        for value in {x for c, x in values.items() if c[2] == name and x > 0}:
            if name == "eigenvalue":
                yield {"eigenvalue": 1 / value, "step_size": value}
            else:
                yield dict.fromkeys(AMOUNTS, 1 / value)
