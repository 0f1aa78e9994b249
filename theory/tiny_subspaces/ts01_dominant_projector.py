"""With a gap the dominant projector is unique; chi_k^2 is the share of a vector in its image."""

from sympy import And, Eq, Equivalent, Implies, sqrt

from theory.claim import Claim, Domain, Example
from theory.language import Formula
from theory.steps import Certified
from theory.vocabulary import B, D, G, a, lambda_k, lambda_k1, theta

chi, chi_bulk = sqrt(a), sqrt(1 - a)
no_scale = Implies(theta > 0, Eq(theta**2 * D / (theta**2 * D + theta**2 * B), a))
ONE_STATE = {"step_size": "1", "dominant": [["2", "9", "0"]], "bulk": [["1", "16", "0"]]}
MATRICES = "matrices of every size: decided exactly on random instances, from the definition"

claim = Claim(
    id="TS-1",
    title="Dominant projector and chi_k",
    source="Definitions 1 and 2",
    functional="none",
    assumptions={"gap": lambda_k > lambda_k1, "vector": G > 0},
    conclusion={
        "between 0 and 1": And(a >= 0, a <= 1),
        "both fractions": Eq(B / G, 1 - a),
        "no scale": no_scale,
        "1 exactly in the dominant subspace": Equivalent(Eq(a, 1), Eq(B, 0)),
        "0 exactly in the bulk subspace": Equivalent(Eq(a, 0), Eq(D, 0)),
        "projector": Formula(
            r"P^T = P = P^2,\ \mathrm{tr} P = k,\ PH = HP,\ P P^\perp = 0,\ v = Pv + P^\perp v",
            "projectors of random matrices",
        ),
        "independent of the basis": Formula(
            r"P = \sum_{i \le k} u_i u_i^T \text{ for every orthonormal basis of eigenvectors}",
            "every eigenbasis gives one projector",
        ),
        "grows with k": Formula(r"\chi_k(v) \le \chi_{k+1}(v)", "chi grows with k"),
        "jumps at zero": Formula(
            r"\chi_k(\epsilon v) = \chi_k(v) \not\to \chi_k(0) = 0 \text{ as } \epsilon \to 0 "
            r"\text{ unless } Pv = 0",
            "chi jumps at zero",
        ),
        "uniform vectors": Formula(
            r"v \text{ uniform on the sphere} \Rightarrow "
            r"\chi_k^2 \sim \mathrm{Beta}(k/2, (p-k)/2),\ E \chi_k^2 = k/p",
            "moments of the Beta law",
        ),
    },
    derivation=(
        Certified("shares of a sum", And(a >= 0, a <= 1), given=("vector",)),
        Certified("add the two shares", Eq(B / G, 1 - a), given=("vector",)),
        Certified("cancel the scale", no_scale, given=("vector",)),
        Certified("nothing is left in the bulk", Equivalent(Eq(a, 1), Eq(B, 0)), given=("vector",)),
        Certified(
            "nothing is left in the dominant block",
            Equivalent(Eq(a, 0), Eq(D, 0)),
            given=("vector",),
        ),
    ),
    mutants={
        "the fractions add up to 1": Eq(chi + chi_bulk, 1),
        "the fraction is that of the squared norms": Eq(chi, D / G),
        "1 if anything is dominant": Implies(D > 0, Eq(a, 1)),
        "ordered by absolute value": Formula(
            r"S_k \text{ belongs to the } k \text{ largest } |\lambda_i|",
            "ordered by absolute value",
        ),
        "chi is continuous": Formula(r"\chi_k \text{ is continuous at } 0", "chi is continuous"),
        "Beta law with k for k/2": Formula(
            r"\chi_k^2 \sim \mathrm{Beta}(k, p-k)", "Beta law with k for k/2"
        ),
        "mean fraction is the root of k/p": Formula(
            r"E \chi_k = \sqrt{k/p}", "mean fraction is the root of k/p"
        ),
    },
    checked_only={
        "projector": MATRICES,
        "independent of the basis": MATRICES,
        "grows with k": MATRICES,
        "jumps at zero": MATRICES,
        "uniform vectors": "a law of integrals: eight moments for every k < p <= 8 exactly, its "
        "distribution function by Monte Carlo",
    },
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(indefinite=None),
    examples={
        "(3, 4) with H = diag(2, 1)": Example(
            ONE_STATE, {chi: "3/5", chi_bulk: "4/5", chi + chi_bulk: "7/5", a: "9/25"}
        ),
    },
    notes=(
        "The paper does not assume lambda_k > lambda_{k+1}; without it the top-k eigenvectors, and "
        "with them S_k and chi_k, are not unique. Equal eigenvalues inside a block do no harm.",
        "The first five parts are about squared norms D = |Pv|^2, B = |P^perp v|^2 of a vector v "
        "whose coordinates in the eigenbasis are the gradient's; a = chi_k^2.",
        "With the convention chi_k(0) = 0 the fraction jumps at 0: a monitor of chi_k must treat "
        "vanishing gradients apart.",
    ),
)
