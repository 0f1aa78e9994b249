"""An optimiser seen from outside: fed with gradients, it says where the parameters go.

rule = load("torch.optim:SGD", step_size="0.1", options={"momentum": "0.9"})
rule.path((0.0, 0.0), ((1.0, 2.0), (1.0, 0.5)))       # positions after each gradient
"""

from __future__ import annotations

import difflib
import importlib
import math
from collections.abc import Callable
from fractions import Fraction
from types import ModuleType
from typing import Any, Protocol, cast

from verify.errors import InputError

Point = tuple[float, ...]


class UpdateRule(Protocol):
    """A third-party optimiser with its options, started afresh for every path."""

    @property
    def name(self) -> str:
        """The address it was loaded from."""

    @property
    def step_size(self) -> float:
        """Its learning rate: what the claims call eta."""

    @property
    def options(self) -> dict[str, Any]:
        """The other options it was given."""

    @property
    def arrangement(self) -> str:
        """How the d parameters are handed over: as a vector (d,) or a column (d, 1)."""

    def path(self, start: Point, gradients: tuple[Point, ...]) -> tuple[Point, ...]:
        """Positions after each step of a new optimiser at `start`, fed with these gradients.

        Double precision throughout; the rule sees positions and gradients, nothing else.
        """

    def with_step_size(self, step_size: float) -> UpdateRule:
        """The same rule with another step size."""


def load(address: str, step_size: str, options: dict[str, str]) -> UpdateRule:
    """The optimiser at `module:name`, such as `torch.optim:SGD` or `optax:adam`.

    Raises InputError for an address, package, name or option that does not exist, an optimiser that
    needs more than gradients, and one that is not deterministic.
    """
    step = _step_size(step_size)
    module, name = _split(address)
    found = _named(_module(module), name)
    chosen = {key: value_of(key, text) for key, text in options.items()}
    rule = _adapted(address, found, step, chosen)
    _check(rule)
    return rule


def value_of(key: str, text: str) -> Any:
    """An option's value: a whole number, a decimal or fraction, true, false, none, or (a, b).

    Raises InputError for anything else; nothing is evaluated.
    """
    words = {"true": True, "false": False, "none": None}
    if text.strip().lower() in words:
        return words[text.strip().lower()]
    if "," in text:
        inner = text.strip().removeprefix("(").removesuffix(")")
        return tuple(value_of(key, part) for part in inner.split(",") if part.strip())
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(Fraction(text.strip()))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InputError(
            f"--set {key}={text}: give a number, true, false, none, or numbers with commas"
        ) from None


def _step_size(text: str) -> float:
    try:
        step = float(Fraction(text.strip()))
    except (ValueError, ZeroDivisionError, OverflowError):
        step = 0.0
    if not 1e-6 <= step <= 1e6:
        raise InputError(f"--lr {text}: give a number from 1e-6 to 1e6, such as 0.1 or 1/8")
    return step


def _split(address: str) -> tuple[str, str]:
    module, colon, name = address.partition(":")
    parts = [*module.split("."), name]
    if not colon or not all(part.isidentifier() for part in parts):
        raise InputError(f"{address!r} is no optimiser: give module:name, such as torch.optim:SGD")
    return module, name


def _module(name: str) -> ModuleType:
    package = name.split(".")[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        absent = (missing.name or package).split(".")[0]
        if missing.name is not None and absent == package and missing.name != package:
            raise InputError(f"{package} has no module {name!r}") from None
        hint = "install it, or, if it is a file of yours, set PYTHONPATH to its folder"
        if absent in ("torch", "optax"):
            hint = f'pip install -e ".[{absent}]"'
        raise InputError(f"{name}: {absent} is not installed: {hint}") from None
    except (Exception, SystemExit) as error:
        raise InputError(f"{name} cannot be imported: {_told(error)}") from None


def _told(error: BaseException) -> str:
    """The kind of an error and what it says."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _named(module: ModuleType, name: str) -> Callable[..., Any]:
    """What the module calls by this name."""
    found = getattr(module, name, None)
    if callable(found):
        return cast("Callable[..., Any]", found)
    names = {n.lower(): n for n in dir(module) if callable(getattr(module, n, None))}
    close = [names[n] for n in difflib.get_close_matches(name.lower(), names, n=1)]
    hint = f"did you mean {close[0]!r}?" if close else "see the names in its documentation"
    raise InputError(f"{module.__name__} has no optimiser {name!r}; {hint}")


def _adapted(address: str, found: Any, step: float, options: dict[str, Any]) -> UpdateRule:
    from verify.adapters.torch_optim import TorchRule, is_torch_optimizer

    if is_torch_optimizer(found):
        return TorchRule(address, step, options, found)
    from verify.adapters.optax import OptaxRule, optax_is_there

    if optax_is_there():
        return OptaxRule(address, step, options, found)
    raise InputError(
        f"{address} is no torch.optim.Optimizer, and optax is not installed; an optimiser of optax "
        'needs: pip install -e ".[optax]"'
    )


def _check(rule: UpdateRule) -> None:
    """Run the rule twice: it must work, stay finite, and give the same bits."""
    gradients = ((1.0, -2.0), (0.5, 3.0))
    try:
        first, second = (rule.path((1.0, 0.5), gradients) for _ in range(2))
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"{rule.name} fails in its first steps: {_told(error)}") from None
    if not all(math.isfinite(x) for point in first for x in point):
        raise InputError(f"{rule.name} leads to {first[-1]} in its first steps; try a smaller --lr")
    if first != second:
        raise InputError(f"{rule.name} is not deterministic: the same gradients lead elsewhere")
