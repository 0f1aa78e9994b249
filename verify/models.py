"""Concrete models: a quadratic, a state, a noise law and a step size, all in exact rationals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Mode:
    """One eigendirection: eigenvalue, squared gradient g^2 (or E g^2), noise variance, velocity.

    `velocity` is H times the last displacement; only momentum looks at it.
    """

    eigenvalue: Fraction
    energy: Fraction
    variance: Fraction
    velocity: Fraction = Fraction(0)


@dataclass(frozen=True)
class Model:
    """A quadratic in its eigenbasis with a state, a noise law and a step size.

    `batch_size` switches from constant variances to Gaussian least squares (SA-20), where the
    variance of a mode is (g^2 + lambda (sum g^2/lambda + label_noise)) / batch_size. `law` gives
    the noise as atoms (probability, xi per mode, dominant first) in place of independent two-point
    noise; it need not be centred. `schedule` is "constant" or "critical" (step = eta* of the
    state).
    Source: our formalisation.
    """

    dominant: tuple[Mode, ...]
    bulk: tuple[Mode, ...]
    step_size: Fraction
    horizon: int = 1
    theta: Fraction = Fraction(1)
    momentum: Fraction = Fraction(0)
    batch_size: int | None = None
    label_noise: Fraction = Fraction(0)
    law: tuple[tuple[Fraction, tuple[Fraction, ...]], ...] | None = None
    schedule: str = "constant"

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        """Dominant modes, then bulk modes."""
        return self.dominant + self.bulk

    def with_energies(self, energies: tuple[Fraction, ...]) -> Model:
        """The same model in the state with these squared gradients (dominant first)."""
        modes = [replace(m, energy=e) for m, e in zip(self.modes, energies, strict=True)]
        cut = len(self.dominant)
        return replace(self, dominant=tuple(modes[:cut]), bulk=tuple(modes[cut:]))

    def scaled(self, *, energy: Fraction = Fraction(1), variance: Fraction = Fraction(1)) -> Model:
        """The same model with all energies and all variances multiplied by a factor."""
        dominant, bulk = (
            tuple(
                replace(m, energy=m.energy * energy, variance=m.variance * variance) for m in side
            )
            for side in (self.dominant, self.bulk)
        )
        return replace(self, dominant=dominant, bulk=bulk, label_noise=self.label_noise * variance)


def quadratic(
    eigenvalues: str, k: int, energies: str, variances: str, step_size: str, **more: Any
) -> Model:
    """A model from space-separated exact numbers: `quadratic("1 1/2", 1, "4 4", "9 4", "1/2")`."""
    columns = [[Fraction(x) for x in text.split()] for text in (eigenvalues, energies, variances)]
    modes = [Mode(*row) for row in zip(*columns, strict=True)]
    return Model(tuple(modes[:k]), tuple(modes[k:]), Fraction(step_size), **more)


def to_json(model: Model) -> dict[str, Any]:
    """The model as plain JSON; numbers as exact strings, defaults left out."""
    out: dict[str, Any] = {}
    for field in fields(Model):
        value = getattr(model, field.name)
        if field.name in ("dominant", "bulk"):
            out[field.name] = [_mode_to_json(m) for m in value]
        elif field.name == "law" and value is not None:
            out["law"] = [[str(w), [str(x) for x in xi]] for w, xi in value]
        elif value != field.default:
            out[field.name] = str(value) if isinstance(value, Fraction) else value
    return out


def _mode_to_json(mode: Mode) -> list[str]:
    numbers = [str(mode.eigenvalue), str(mode.energy), str(mode.variance)]
    return numbers + ([str(mode.velocity)] if mode.velocity else [])


def from_json(data: Mapping[str, Any]) -> Model:
    """The model that `to_json` wrote."""
    rest = dict(data)
    sides = {
        side: tuple(Mode(*map(Fraction, row)) for row in rest.pop(side))
        for side in ("dominant", "bulk")
    }
    if "law" in rest:
        rest["law"] = tuple((Fraction(w), tuple(Fraction(x) for x in xi)) for w, xi in rest["law"])
    for name in ("step_size", "theta", "momentum", "label_noise"):
        if name in rest:
            rest[name] = Fraction(rest[name])
    return Model(dominant=sides["dominant"], bulk=sides["bulk"], **rest)


def describe(model: Model) -> str:
    """The model in one line: `lambda = 1 | 1/2   g^2 = 4 | 4   ...` (dominant | bulk)."""

    def row(name: str, attribute: str) -> str:
        sides = (
            " ".join(str(getattr(m, attribute)) for m in side)
            for side in (model.dominant, model.bulk)
        )
        return f"{name} = " + " | ".join(sides)

    parts = [row("lambda", "eigenvalue"), row("g^2", "energy"), row("sigma^2", "variance")]
    if any(m.velocity for m in model.modes):
        parts.append(row("h", "velocity"))
    if model.schedule == "constant":
        parts.append(f"eta = {model.step_size}")
    for name, symbol in (
        ("momentum", "beta"),
        ("batch_size", "b"),
        ("label_noise", "sigma_y^2"),
        ("theta", "theta"),
        ("schedule", "schedule"),
    ):
        value = getattr(model, name)
        if value != Model.__dataclass_fields__[name].default:
            parts.append(f"{symbol} = {value}")
    if model.law is not None:
        atoms = "; ".join(f"({', '.join(map(str, xi))}) w.p. {w}" for w, xi in model.law)
        parts.append(f"xi = {atoms}")
    return "   ".join(parts)
