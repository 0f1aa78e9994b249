"""How much noise an alignment needs in the toy quadratic: words about levels and thresholds.

Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from theory.language import defined, number
from theory.setting import some
from theory.tiny_subspaces.toy import TOY, coupling, flat, run_length, sharp, x2
from theory.tiny_subspaces.toy_growth import SETTLED
from theory.vocabulary import eta

asked = number("asked", r"\tau", "alignment (squared) that is asked for")
ratio_needed = defined(
    "ratio_needed",
    r"w_\tau",
    "ratio E x^2 / E y^2 at which the alignment is the one asked for",
    (flat / sharp) ** 2 * asked / (1 - asked),
)
noise_needed = defined(
    "noise_needed",
    "W",
    "mixing over kept gap at which that ratio is the limit",
    ratio_needed / (1 - ratio_needed**2),
)
coupling_needed = defined(
    "coupling_needed",
    "c^*",
    "coupling from which on the limit is the alignment asked for or more",
    sympy.sqrt((sharp - flat) * (2 - eta * (sharp + flat)) * noise_needed / eta),
)
step_needed = defined(
    "step_needed",
    r"\eta^*",
    "step size from which on the limit is the alignment asked for or more",
    2 * (sharp - flat) * noise_needed / (coupling**2 + (sharp**2 - flat**2) * noise_needed),
)

# a second toy with the same curvatures
other_coupling = number("other_coupling", "c'", "coupling of a second toy, same curvatures")
other_eta = number("other_eta", r"\eta'", "step size of the second toy")
other_gap = defined(
    "other_gap",
    r"\beta'-\alpha'",
    "how much better y^2 is kept in the second toy",
    (1 - other_eta * flat) ** 2 - (1 - other_eta * sharp) ** 2,
)
other_mixing = defined(
    "other_mixing", r"\kappa'", "mixing in the second toy", other_eta**2 * other_coupling**2
)
other_root = defined(
    "other_root",
    "S'",
    "distance of the two eigenvalues of the second moment matrix",
    sympy.sqrt(other_gap**2 + 4 * other_mixing**2),
)
other_ratio = defined(
    "other_ratio",
    "w'",
    "limit of E x^2 / E y^2 in the second toy",
    2 * other_mixing / (other_gap + other_root),
)
other_odds = defined(
    "other_odds",
    "R'",
    "limit of dominant over bulk gradient energy in the second toy",
    (sharp / flat) ** 2 * other_ratio,
)
other_limit = defined(
    "other_limit",
    r"a_\infty'",
    "limit of the mean-square alignment in the second toy",
    other_odds / (1 + other_odds),
)

SWITCHED = replace(
    TOY,
    draws={
        **TOY.draws,
        x2: some("switch") * some("positive") ** 2,
        asked: some("share"),
        run_length: some("count") - 1,
    },
)
_odds = (sharp / flat) ** 2 * some("share", 2)  # the ratio needed is a share: within reach
LEVELS = replace(
    SETTLED,
    draws={
        **SETTLED.draws,
        asked: some("switch") * some("share", 3) + (1 - some("switch")) * _odds / (1 + _odds),
        other_coupling: coupling + some("switch", 2) * some("positive", 2),
        other_eta: eta + some("switch", 3) * some("share", 4) * (2 / (sharp + flat) - eta),
    },
)
