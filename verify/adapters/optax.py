"""Optimisers of optax (JAX), and whatever has its `init` and `update`, as update rules."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from verify.adapters.update_rule import Point
from verify.errors import InputError


def optax_is_there() -> bool:
    """Whether optax and JAX are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("optax", "jax"))


@dataclass(frozen=True)
class OptaxRule:
    """A maker of optax transformations with its options, on one vector (d,) in double precision.

    JAX computes in single precision unless told otherwise, so making a rule switches
    `jax_enable_x64` on for the process. Raises InputError for options the maker does not know, and
    for something that makes no optax transformation.
    """

    name: str
    step_size: float
    options: dict[str, Any]
    maker: Any
    arrangement: str = field(default="vector", init=False)

    def __post_init__(self) -> None:
        """Make the transformation once, to see that it can be made."""
        import jax

        jax.config.update("jax_enable_x64", True)
        _ = self._step

    def path(self, start: Point, gradients: tuple[Point, ...]) -> tuple[Point, ...]:
        """Positions after each step of a new optimiser at `start`."""
        import numpy as np

        initial, step = self._step
        position: Any = np.array(start)
        state = initial(position)
        positions = []
        for gradient in gradients:
            try:
                position, state = step(position, state, np.array(gradient))
            except (TypeError, ValueError) as reason:
                told = str(reason).split("\n")[0]
                raise InputError(f"{self.name} cannot step on gradients alone: {told}") from None
            positions.append(tuple(np.asarray(position).tolist()))
        return tuple(positions)

    def with_step_size(self, step_size: float) -> OptaxRule:
        """The same rule with another step size."""
        return replace(self, step_size=step_size)

    @cached_property
    def _step(self) -> tuple[Any, Any]:
        """The initial state as a function of the position, and one compiled step."""
        import jax

        try:
            made = self.maker(learning_rate=self.step_size, **self.options)
            initial, update = made.init, made.update
        except (TypeError, ValueError, AttributeError) as reason:
            told = str(reason).split("\n")[0]
            raise InputError(f"{self.name} makes no optax optimiser: {told}") from None

        def step(position: Any, state: Any, gradient: Any) -> tuple[Any, Any]:
            moved, state = update(gradient, state, position)
            return position + moved, state

        return initial, jax.jit(step)
