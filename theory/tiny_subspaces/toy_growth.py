"""Growth of the mean squares in the toy quadratic, and the ratio at which they settle.

The moment matrix [[alpha, kappa], [kappa, beta]] is symmetric: its eigenvectors are (w, 1) and
(1, -w). Source: our formalisation.
"""

from __future__ import annotations

import sympy

from theory.language import defined
from theory.setting import same, some
from theory.tiny_subspaces.toy import (
    SMALL_STEP,
    TOY,
    coupling,
    flat,
    keep_x,
    keep_y,
    mixing,
    sharp,
    x2,
    x2_after,
    y2,
    y2_after,
)

kept_gap = defined("kept_gap", r"\beta-\alpha", "how much better y^2 is kept", keep_y - keep_x)
moment_root = defined(
    "moment_root",
    "S",
    "distance of the two eigenvalues of the moment matrix",
    sympy.sqrt(kept_gap**2 + 4 * mixing**2),
)
growth = defined(
    "growth",
    r"\Lambda",
    "larger eigenvalue of the moment matrix: growth of mean squares per step",
    (keep_x + keep_y + moment_root) / 2,
)
growth_2 = defined(
    "growth_2",
    r"\Lambda_2",
    "smaller eigenvalue of the moment matrix",
    (keep_x + keep_y - moment_root) / 2,
)
ratio_limit = defined(
    "ratio_limit", "w", "limit of E x^2 / E y^2", 2 * mixing / (kept_gap + moment_root)
)
odds_limit = defined(
    "odds_limit",
    "R",
    "limit of dominant over bulk gradient energy",
    (sharp / flat) ** 2 * ratio_limit,
)
toy_a_inf = defined(
    "toy_a_inf", r"a_\infty", "limit of the mean-square alignment", odds_limit / (1 + odds_limit)
)
toy_a = defined(
    "toy_a",
    "a",
    "mean-square alignment: dominant share of the mean squared gradient",
    sharp**2 * x2 / (sharp**2 * x2 + flat**2 * y2),
)
toy_a_after = defined(
    "toy_a_after",
    "a_T",
    "mean-square alignment after all steps of SGD",
    sharp**2 * x2_after / (sharp**2 * x2_after + flat**2 * y2_after),
)


def step_with_limit(ratio: sympy.Expr) -> sympy.Expr:
    """The step size with which E x^2 / E y^2 tends to this ratio, so that the root is rational."""
    noise = ratio / (1 - ratio**2)
    return 2 * (sharp - flat) * noise / (coupling**2 + (sharp**2 - flat**2) * noise)


_square = same("share") ** 2  # the search needs points with these moments
SETTLED = TOY.drawing(eta=step_with_limit(some("share")))  # toys whose limits are rational
STATIONARY = TOY.drawing(
    eta=step_with_limit(_square),
    x2=_square * some("positive") ** 2,
    y2=some("positive") ** 2,
)  # and started there
ON_THE_SETTLED_PATH = {**SMALL_STEP, "settled": sympy.Eq(x2, ratio_limit * y2), "moving": y2 > 0}
