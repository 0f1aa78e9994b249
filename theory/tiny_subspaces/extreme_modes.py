"""The sharpest dominant and the flattest bulk modes of a quadratic: words, and what they mean.

Source: arXiv 2405.16002, appendices A.1 and G.1; our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.language import (
    BULK,
    DOMINANT,
    ForBulkModes,
    ForDominantModes,
    defined,
    mode_sum,
    mode_word,
)
from theory.proof import NotAccepted, Proof, Step
from theory.vocabulary import (
    eta,
    excess,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    rho,
    rho_d,
    rho_k,
    rho_k1,
)

sharpest = mode_word(
    "sharpest", r"1_{\lambda_l = \lambda_1}", "1 if no eigenvalue is larger, else 0",
    nonnegative=True,
)  # fmt: skip
flattest = mode_word(
    "flattest", r"1_{\lambda_l = \lambda_d}", "1 if no eigenvalue is smaller, else 0",
    nonnegative=True,
)  # fmt: skip
top = mode_sum("top", "T", "energy of the sharpest modes above stationary", DOMINANT,
               sharpest * excess)  # fmt: skip
top_later = mode_sum("top_later", "T'", "the same a step later", DOMINANT, sharpest * rho * excess)
bottom = mode_sum("bottom", "F", "energy of the flattest modes above stationary", BULK,
                  flattest * excess)  # fmt: skip
bottom_later = mode_sum(
    "bottom_later", "F'", "the same a step later", BULK, flattest * rho * excess
)
rho_1 = defined("rho_1", r"\rho_1", "contraction of the sharpest mode", (1 - eta * lambda_1) ** 2)
ends = eta * (lambda_1 + lambda_d)  # 2 where both ends of the spectrum contract alike
fall_rate = defined(
    "fall_rate",
    "r_0",
    "bound on the contraction of D/B by gradient descent, below the critical step",
    (rho_d - eta * (lambda_k - lambda_d) * (2 - ends)) / rho_d,
)
rise_rate = defined(
    "rise_rate",
    "r_1",
    "bound on the contraction of B/D by gradient descent, above the critical step",
    (rho_1 - eta * (lambda_1 - lambda_k1) * (ends - 2)) / rho_1,
)
two_level_rate = defined(
    "two_level_rate",
    r"\rho_k/\rho_{k+1}",
    "contraction of D/B by gradient descent on two levels",
    rho_k / rho_k1,
)
MEANING = (
    ForDominantModes(sympy.And(sharpest >= 0, sharpest <= 1)),
    ForDominantModes(sympy.Eq(sharpest * (lam - lambda_1), 0)),
    ForBulkModes(sympy.And(flattest >= 0, flattest <= 1)),
    ForBulkModes(sympy.Eq(flattest * (lam - lambda_d), 0)),
)


@dataclass(frozen=True)
class Indicator(Step):
    """What "1 for the sharpest (flattest) modes, else 0" means: within [0, 1], and 0 elsewhere."""

    def accept(self, proof: Proof) -> None:
        if self.statement not in MEANING:
            raise NotAccepted(f"this kind of step establishes {', '.join(map(str, MEANING))} only")
