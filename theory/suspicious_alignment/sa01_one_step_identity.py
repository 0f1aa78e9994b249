"""In one step the alignment changes by eta (eta q - 2 p) / (G E G+), whatever the spectrum."""

from sympy import Eq

from theory.claim import Claim, Domain
from theory.steps import Algebra, Expectation
from theory.vocabulary import (
    B,
    B_next,
    D,
    D_next,
    G,
    G_next,
    S,
    a,
    a_next,
    eta,
    m1_B,
    m1_D,
    m2_B,
    m2_D,
    n_B,
    n_D,
    p,
    q,
    t_B,
    t_D,
)

claim = Claim(
    id="SA-1",
    title="One-step identity",
    source="basis of the abstract's A1 and A2 (our formalisation)",
    functional="ratio of expectations",
    assumptions={"energy": G > 0, "next energy": G_next > 0, "step": eta > 0},
    conclusion={
        "dominant energy": Eq(D_next, D - 2 * eta * m1_D + eta**2 * (m2_D + n_D)),
        "bulk energy": Eq(B_next, B - 2 * eta * m1_B + eta**2 * (m2_B + n_B)),
        "cross difference": Eq(S, eta * (eta * q - 2 * p)),
        "identity": Eq(a_next - a, eta * (eta * q - 2 * p) / (G * G_next)),
    },
    derivation=(
        Expectation(
            "average the squared update over the noise (dominant)",
            Eq(D_next, D - 2 * eta * m1_D + eta**2 * (m2_D + n_D)),
        ),
        Expectation(
            "average the squared update over the noise (bulk)",
            Eq(B_next, B - 2 * eta * m1_B + eta**2 * (m2_B + n_B)),
        ),
        Algebra("one denominator", Eq(a_next - a, S / (G * G_next))),
        Algebra(
            "expand the cross difference",
            Eq(S, eta * (eta * q - 2 * p)),
            given=(
                "average the squared update over the noise (dominant)",
                "average the squared update over the noise (bulk)",
            ),
        ),
        Algebra(
            "collect",
            Eq(a_next - a, eta * (eta * q - 2 * p) / (G * G_next)),
            given=(
                "average the squared update over the noise (dominant)",
                "average the squared update over the noise (bulk)",
            ),
        ),
    ),
    mutants={
        "noise enters without the curvature": Eq(
            a_next - a,
            eta
            * (eta * ((m2_D + t_D) * B - D * (m2_B + t_B)) - 2 * p)
            / ((D + B) * (D + B - 2 * eta * (m1_D + m1_B) + eta**2 * (m2_D + m2_B + t_D + t_B))),
        ),
        "no noise term": Eq(S, eta * (eta * (m2_D * B - D * m2_B) - 2 * p)),
        "first-order term halved": Eq(S, eta * (eta * q - p)),
        "flipped sign": Eq(a_next - a, -eta * (eta * q - 2 * p) / (G * G_next)),
    },
    implied={"step": "the identity is polynomial in eta and holds for every real eta"},
    owes=("symbolic", "exact", "property", "monte-carlo"),
    domain=Domain(gap=None),
)
