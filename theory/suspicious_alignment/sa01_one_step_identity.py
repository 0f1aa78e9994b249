"""In one step the alignment changes by eta (eta q - 2 p) / (G E G+), whatever the spectrum."""

from sympy import Eq, Expr

from theory.claim import Claim, Domain, Example
from theory.language import Formula
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

kept_D = D - 2 * eta * m1_D + eta**2 * m2_D  # what a step without noise leaves
kept_B = B - 2 * eta * m1_B + eta**2 * m2_B
unweighted_D, unweighted_B = kept_D + eta**2 * t_D, kept_B + eta**2 * t_B  # a wrong noise term


def share(dominant: Expr, bulk: Expr) -> Expr:
    """The alignment of two block energies."""
    return dominant / (dominant + bulk)


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
        "noise enters without the curvature": Eq(a_next, share(unweighted_D, unweighted_B)),
        "no noise term": Eq(S, eta * (eta * (m2_D * B - D * m2_B) - 2 * p)),
        "first-order term halved": Eq(S, eta * (eta * q - p)),
        "flipped sign": Eq(a_next - a, -eta * (eta * q - 2 * p) / (G * G_next)),
        "noise may be biased": Formula(
            r"a^+ - a = \eta(\eta q - 2p)/(G\,E\,G^+) \text{ for noise of any mean}",
            "noise may be biased",
        ),
        "correlated noise enters": Formula(
            r"q \text{ contains } 2\sum_{ij}\lambda_i\lambda_j\Sigma_{ij}",
            "correlated noise enters",
        ),
        "the identity gives the expectation of the ratio": Formula(
            r"E[D^+/G^+] - a = \eta(\eta q - 2p)/(G\,E\,G^+)",
            "the identity gives the expectation of the ratio",
        ),
    },
    examples={
        "noise in both directions": Example(
            {"dominant": [["2", "1", "1"]], "bulk": [["1", "1", "1"]], "step_size": "1/2"},
            {a_next: "2/3", share(unweighted_D, unweighted_B): "1/3"},
        ),
        "biased noise": Example(
            {
                "dominant": [["1", "1", "0"]],
                "bulk": [["1/2", "1", "0"]],
                "step_size": "1",
                "law": [["1", ["-1", "0"]]],
            },
            {a_next: "4/5", share(kept_D, kept_B): "0"},
        ),
        "perfectly correlated noise": Example(
            {
                "dominant": [["1", "4", "9"]],
                "bulk": [["1/2", "4", "4"]],
                "step_size": "1/2",
                "law": [["1/2", ["3", "2"]], ["1/2", ["-3", "-2"]]],
            },
            {a_next: "13/23", n_D: "9", n_B: "1"},
        ),
    },
    implied={"step": "the identity is polynomial in eta and holds for every real eta"},
    owes=("symbolic", "exact", "property", "monte-carlo"),
    domain=Domain(gap=None, indefinite=None),
)
