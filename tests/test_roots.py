"""What stands under roots and logarithms, and which of it is visibly nonnegative."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from same_ids import in_order
from sympy import Ge, Gt, Integer, Le, Lt, log, sqrt

from theory.language import Next, With
from theory.roots import Signs, radicands
from theory.tiny_subspaces.momentum import mode_momentum, momentum_root, steps
from theory.tiny_subspaces.toy import keep_x, sharp, toy_loss
from theory.vocabulary import B, B_next, D, D_next, a_star, eta, t

x, y, z = sympy.symbols("x y z", real=True)
CHANGED = With(D - B, "scale", Integer(2))


@pytest.mark.parametrize(
    ("expression", "under_roots"),
    [
        (sqrt(x) > y, {x}),
        (log(x) + sqrt(y), {x, y}),
        (x**3 + 1 / y, set()),
        (x**steps, set()),
        (x ** (2 * steps + t), set()),
        (x ** (steps / 2), {x}),
        (x ** (steps + eta), {x}),
        (x**y, {x}),
        (Next(sqrt(D - B)), {D_next - B_next}),
        (With(sqrt(D - B), "scale", Integer(2)) + sqrt(x), {CHANGED, x}),
        (With(D, "step", x), set()),
        (sqrt(CHANGED), {CHANGED}),
        (momentum_root + sqrt(x), {mode_momentum, x}),
        (a_star > D, set()),  # its cases say themselves where they are used
    ],
    ids=in_order,
)
def test_what_stands_under_roots(expression: Any, under_roots: set[Any]) -> None:
    """Fails if a root is overlooked, in a changed model or a word too, or seen where none is."""
    assert radicands(expression) == under_roots


def nonnegative(expression: Any, *facts: Any) -> bool:
    """Whether the facts show it, where D and B are known not to be negative."""
    return Signs(facts, {D, B}.__contains__).is_nonnegative(expression)


@pytest.mark.parametrize(
    ("expression", "facts"),
    [
        (Integer(0), []),
        (D + B + 1, []),
        (2 * D / B, []),
        (sqrt(D) * D**3, []),
        ((x - 1) ** 2, []),
        (keep_x, []),  # (1 - eta sharp)^2
        (x, [y > 2, x > 0]),
        (x, [Le(0, x)]),
        (x - y, [Ge(x, y)]),
        (x - y, [Lt(y, x)]),
        (3 * x - 3 * y, [Gt(x, y)]),
        (D * (x - y), [Ge(x, y)]),
        ((1 - eta * sharp) ** 2 - y, [Ge(keep_x, y)]),
        (x * y / D, [Gt(x * y, 0)]),
        (x * y * z, [Gt(x * y, 0), Gt(z, 0)]),
    ],
    ids=str,
)
def test_what_is_visibly_nonnegative(expression: Any, facts: list[Any]) -> None:
    """Fails if a sign is not seen, so that a root counts as doubtful though it exists."""
    assert nonnegative(expression, *facts)


@pytest.mark.parametrize(
    ("expression", "facts"),
    [
        (Integer(-1), []),
        (x, []),
        (-D, []),
        (D - B, []),
        (x**3, []),
        (x * D, []),
        (x + D, []),
        (toy_loss, []),  # sharp and flat may be negative
        (x, [sympy.Ne(x, 0)]),
        (x, [Gt(x, -1)]),
        (x, [Lt(x, 0)]),
        (-x, [Gt(x, 0)]),
        (y - x, [Ge(x, y)]),
        (x + y, [Ge(x, y)]),
        (2 - D, [Lt(D, 3)]),
        (x * y, [Gt(x, 0)]),
        (x * y, [Lt(x * y, 0)]),
        (x * y * z, [Gt(x * y, 0)]),
        (D * x * y * z, [Gt(x * y, 0)]),
        (x * y, [Gt(x * y * z, 0)]),
        (-2 * x * y, [Gt(x * y, 0)]),
    ],
    ids=str,
)
def test_what_may_be_negative(expression: Any, facts: list[Any]) -> None:
    """Fails if a root counts as existing where the facts allow it not to exist."""
    assert not nonnegative(expression, *facts)
