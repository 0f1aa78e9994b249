"""How large the roots of z^2 - T z + d are: the growth of a linear recursion of order two.

Source: our formalisation of the Jury conditions.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from theory.cases import ROOT, ByCases
from theory.proof import Step
from theory.steps import Certified


def largest_root(trace: Any, determinant: Any) -> sympy.Piecewise:
    """Modulus of the largest root of z^2 - trace z + determinant, real or complex."""
    discriminant = trace**2 - 4 * determinant
    return sympy.Piecewise(
        (sympy.sqrt(determinant), discriminant < 0),
        ((trace + sympy.sqrt(discriminant)) / 2, trace >= 0),
        ((-trace + sympy.sqrt(discriminant)) / 2, True),
    )


def converging(trace: Any, determinant: Any) -> Boolean:
    """The Jury conditions: both roots lie inside the unit circle; and so |trace| < 2."""
    jury = (determinant < 1, 1 - trace + determinant > 0, 1 + trace + determinant > 0)
    return sympy.And(*jury, trace < 2, trace > -2)


def growth_steps(
    reason: str,
    sentence: Any,
    condition: Boolean,
    growth: Any,
    kept: tuple[Any, ...],
    given: tuple[str, ...],
) -> tuple[Step, Step]:
    """Two steps to `premise implies growth < 1` (= 1, > 1 or >= 1): the condition, then the roots.

    `condition` is about trace and determinant: `converging(...)`, one Jury condition that fails
    together with determinant < 1, or determinant >= 1 with 0 <= trace < 2. `growth` is defined as
    largest_root(trace, determinant); `kept` names these two as far as they are words, trace first.
    """
    premise, claimed = sentence.args
    first, trace = f"{reason}: the Jury conditions", kept[0]
    return (
        Certified(first, sympy.Implies(premise, condition), given=given),
        ByCases(
            reason,
            sentence,
            given=(first, *given),
            keep=kept,
            word=growth,
            strict=claimed in (growth >= 1, growth > 1),
            squares=(
                trace,
                trace + 2,
                trace - 2,
                ROOT - 1,
                ROOT + trace - 2,
                ROOT - trace - 2,
            ),
        ),
    )
