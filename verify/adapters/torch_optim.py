"""Optimisers of PyTorch, and any subclass of `torch.optim.Optimizer`, as update rules."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field, replace
from typing import Any

from verify.adapters.update_rule import Point
from verify.errors import InputError

VECTOR, COLUMN = "vector", "column"


def is_torch_optimizer(found: Any) -> bool:
    """Whether this is a class of PyTorch optimisers."""
    if importlib.util.find_spec("torch") is None or not isinstance(found, type):
        return False
    import torch

    return issubclass(found, torch.optim.Optimizer)


@dataclass(frozen=True)
class TorchRule:
    """One class of PyTorch optimisers with its options, on one parameter in double precision.

    The parameter is a vector (d,); a class that refuses vectors, such as `torch.optim.Muon`, gets
    a column (d, 1). Raises InputError for options the class does not know.
    """

    name: str
    step_size: float
    options: dict[str, Any]
    kind: Any
    arrangement: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Find out which arrangement the class accepts."""
        reasons = []
        for arrangement in (VECTOR, COLUMN):
            try:
                self._made(self._parameter((0.0, 0.0), arrangement))
            except (Exception, SystemExit) as reason:
                reasons.append(reason)
                continue
            object.__setattr__(self, "arrangement", arrangement)
            return
        told = str(reasons[0]).replace("\n", " ")
        raise InputError(f"{self.name} does not accept these options: {told}")

    def path(self, start: Point, gradients: tuple[Point, ...]) -> tuple[Point, ...]:
        """Positions after each step. Raises InputError if it wants more than gradients."""
        import torch

        parameter = self._parameter(start, self.arrangement)
        optimizer = self._made(parameter)
        positions = []
        for gradient in gradients:
            parameter.grad = torch.tensor(gradient, dtype=torch.float64).reshape(parameter.shape)
            try:
                optimizer.step()
            except (TypeError, RuntimeError) as reason:
                told = str(reason).replace("\n", " ")
                raise InputError(f"{self.name} cannot step on gradients alone: {told}") from None
            positions.append(tuple(parameter.detach().reshape(-1).tolist()))
        return tuple(positions)

    def with_step_size(self, step_size: float) -> TorchRule:
        """The same rule with another step size."""
        return replace(self, step_size=step_size)

    def _made(self, parameter: Any) -> Any:
        return self.kind([parameter], lr=self.step_size, **self.options)

    def _parameter(self, start: Point, arrangement: str) -> Any:
        import torch

        shape = (len(start),) if arrangement == VECTOR else (len(start), 1)
        values = torch.tensor(start, dtype=torch.float64).reshape(shape)
        return torch.nn.Parameter(values)
