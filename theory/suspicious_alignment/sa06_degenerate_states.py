"""Without a block, a gap or a gradient, noise alone decides, or alignment is undefined."""

from sympy import And, Eq, Implies, sign, symbols

from theory.claim import Claim, Domain, Example
from theory.language import Formula, With
from theory.steps import Certified, Summed
from theory.vocabulary import (
    B,
    B_next,
    D,
    D_next,
    G,
    G_next,
    a,
    a_next,
    eta,
    eta_star,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    m1_B,
    m1_D,
    m2_B,
    m2_D,
    n_B,
    n_D,
    p,
    q,
    theta,
)

lam_i, lam_j = symbols("lam_i lam_j", real=True)
next_energy = G_next > 0  # the named hypothesis of every part in which E G+ = 0 is possible
no_gradient = Eq(G, 0)
no_dominant = And(Eq(D, 0), B > 0)
no_bulk = And(Eq(B, 0), D > 0)
both = And(D > 0, B > 0)
defined = And(G > 0, next_energy)
after_no_gradient = Eq(a_next, n_D / (n_D + n_B))
stays_zero = And(Eq(a, 0), Eq(a_next, 0))
stays_one = And(Eq(a, 1), Eq(a_next, 1))
by_sign_of_q = Eq(sign(a_next - a), sign(q))
spread = m2_D * B - 2 * m1_D * m1_B + D * m2_B  # sum of (lambda_i - lambda_j)^2 g_i^2 g_j^2
kept_D = D - 2 * eta * m1_D + eta**2 * m2_D  # what a step without noise leaves
kept_B = B - 2 * eta * m1_B + eta**2 * m2_B
ENERGIES = ("SA-1/dominant energy", "SA-1/bulk energy")
EMPTY = ("without dominant gradient its sums vanish", "without bulk gradient its sums vanish")

part = {
    "no gradient": Implies(And(no_gradient, next_energy), after_no_gradient),
    "no gradient and no noise": Implies(And(no_gradient, Eq(n_D, 0), Eq(n_B, 0)), Eq(G_next, 0)),
    "no dominant gradient": Implies(no_dominant, And(Eq(p, 0), Eq(q, n_D * B))),
    "no dominant gradient, dominant noise: rises": Implies(
        And(no_dominant, n_D > 0), And(Eq(eta_star, 0), a_next > a)
    ),
    "no dominant gradient, no dominant noise: stays 0": Implies(
        And(no_dominant, Eq(n_D, 0), next_energy), stays_zero
    ),
    "no bulk gradient": Implies(no_bulk, And(Eq(p, 0), Eq(q, -D * n_B))),
    "no bulk gradient, bulk noise: falls": Implies(And(no_bulk, n_B > 0), a_next < a),
    "no bulk gradient, no bulk noise: stays 1": Implies(
        And(no_bulk, Eq(n_B, 0), next_energy), stays_one
    ),
    "p is never negative": p >= 0,
    "p = 0: the sign of q decides": Implies(And(Eq(p, 0), defined), by_sign_of_q),
    "with a gap and both blocks": Implies(And(lambda_k > lambda_k1, both), next_energy),
    "q <= 0: no step raises alignment": Implies(And(q <= 0, defined), a_next <= a),
    "no energy after the step": Formula(
        r"E\,G^+ = 0 \Rightarrow a^+ \text{ is undefined, never a number}", "undefined, never 0"
    ),
    "no critical step": Formula(
        r"q \le 0 \Rightarrow \text{no } \eta^*, \text{ never a negative one}", "no critical step"
    ),
    "one empty block": Formula(
        r"k = 0 \Rightarrow a \equiv 0, \quad k = d \Rightarrow a \equiv 1", "empty blocks"
    ),
    "flat directions": Formula(
        r"\lambda_d = 0,\ g_d = 0 \Rightarrow \text{direction } d \text{ does not matter}",
        "flat directions",
    ),
    "no gap: no unique subspace": Formula(
        r"\lambda_k = \lambda_{k+1} \Rightarrow a \text{ depends on the eigenbasis}",
        "tied eigenvalues",
    ),
}

claim = Claim(
    id="SA-6",
    title="Degenerate states",
    source="edge cases of the abstract's A1 and A2 (our formalisation)",
    functional="ratio of expectations",
    assumptions={"step": eta > 0},
    conclusion=part,
    derivation=(
        Summed("dominant curvatures at most lambda_1", lambda_1 * D >= m1_D),
        Summed("dominant curvatures at least lambda_k", m1_D >= lambda_k * D),
        Summed(
            "dominant curvatures between the two",
            (lambda_1 + lambda_k) * m1_D - lambda_1 * lambda_k * D >= m2_D,
        ),
        Summed("bulk curvatures at most lambda_{k+1}", lambda_k1 * B >= m1_B),
        Summed("bulk curvatures at least lambda_d", m1_B >= lambda_d * B),
        Summed(
            "bulk curvatures between the two",
            (lambda_k1 + lambda_d) * m1_B - lambda_k1 * lambda_d * B >= m2_B,
        ),
        Certified(
            "no dominant curvature",
            Implies(Eq(D, 0), Eq(m1_D, 0)),
            given=("dominant curvatures at most lambda_1", "dominant curvatures at least lambda_k"),
        ),
        Certified(
            "no bulk curvature",
            Implies(Eq(B, 0), Eq(m1_B, 0)),
            given=("bulk curvatures at most lambda_{k+1}", "bulk curvatures at least lambda_d"),
        ),
        Certified(
            EMPTY[0],
            Implies(Eq(D, 0), And(Eq(m1_D, 0), Eq(m2_D, 0))),
            given=("dominant curvatures between the two", "no dominant curvature"),
        ),
        Certified(
            EMPTY[1],
            Implies(Eq(B, 0), And(Eq(m1_B, 0), Eq(m2_B, 0))),
            given=("bulk curvatures between the two", "no bulk curvature"),
        ),
        Certified(
            "without gradient one block is as empty as the other",
            Implies(no_gradient, And(Eq(D, 0), Eq(B, 0))),
        ),
        Certified(
            "only noise is left of the next gradient",
            Implies(no_gradient, And(Eq(D_next, eta**2 * n_D), Eq(B_next, eta**2 * n_B))),
            given=("without gradient one block is as empty as the other", *EMPTY),
            by=ENERGIES,
        ),
        Certified(
            "no noise, no next gradient",
            part["no gradient and no noise"],
            given=("only noise is left of the next gradient",),
        ),
        Certified(
            "a next gradient needs noise",
            Implies(And(no_gradient, next_energy), n_D + n_B > 0),
            given=("only noise is left of the next gradient", "step"),
        ),
        Certified(
            "the step size cancels",
            part["no gradient"],
            given=(
                "only noise is left of the next gradient",
                "a next gradient needs noise",
            ),
        ),
        Summed("dominant energy left without noise", kept_D >= 0, squares=(1 - eta * lam_i,)),
        Summed("bulk energy left without noise", kept_B >= 0, squares=(1 - eta * lam_j,)),
        Certified("no dominant sums", part["no dominant gradient"], given=EMPTY),
        Certified("no bulk sums", part["no bulk gradient"], given=EMPTY),
        Certified(
            "noise makes dominant gradient",
            part["no dominant gradient, dominant noise: rises"],
            given=(*EMPTY, "step", "bulk energy left without noise"),
            by=ENERGIES,
        ),
        Certified(
            "nothing makes dominant gradient",
            part["no dominant gradient, no dominant noise: stays 0"],
            given=EMPTY,
            by=ENERGIES,
        ),
        Certified(
            "noise makes bulk gradient",
            part["no bulk gradient, bulk noise: falls"],
            given=(*EMPTY, "step", "dominant energy left without noise"),
            by=ENERGIES,
        ),
        Certified(
            "nothing makes bulk gradient",
            part["no bulk gradient, no bulk noise: stays 1"],
            given=EMPTY,
            by=ENERGIES,
        ),
        Certified("dominant modes are at least as sharp", p >= 0, by=("SA-2/contrast",)),
        Certified(
            "only q is left",
            part["p = 0: the sign of q decides"],
            given=("step",),
            by=("SA-1/cross difference",),
            keep=(p, q),
        ),
        Certified(
            "both terms lower alignment",
            part["q <= 0: no step raises alignment"],
            given=("step", "dominant modes are at least as sharp"),
            by=ENERGIES,
        ),
        Summed(
            "two curvatures cannot both be 1/eta",
            2 * B * kept_D + 2 * D * kept_B >= eta**2 * spread,
            squares=(2 - eta * lam_i - eta * lam_j,),
        ),
        Summed("the gap separates every pair", spread >= (lambda_k - lambda_k1) ** 2 * D * B),
        Certified(
            "so curvatures differ",
            Implies(And(lambda_k > lambda_k1, both), spread > 0),
            given=("the gap separates every pair",),
        ),
        Certified(
            "so what is kept is positive",
            Implies(And(lambda_k > lambda_k1, both), B * kept_D + D * kept_B > 0),
            given=("two curvatures cannot both be 1/eta", "so curvatures differ", "step"),
        ),
        Certified(
            "so some gradient is left",
            part["with a gap and both blocks"],
            given=(
                "so what is kept is positive",
                "dominant energy left without noise",
                "bulk energy left without noise",
                "step",
            ),
            by=ENERGIES,
        ),
    ),
    checked_only={
        "no energy after the step": "says what the code returns where no value exists",
        "no critical step": "says what the code returns where no value exists",
        "one empty block": "the vocabulary speaks of spectra with both blocks",
        "flat directions": "compares models of different dimension",
        "no gap: no unique subspace": "compares two eigenbases of one Hessian",
    },
    mutants={
        "without dominant gradient alignment stays 0": Implies(
            And(no_dominant, next_energy), Eq(a_next, 0)
        ),
        "without bulk gradient alignment stays 1": Implies(
            And(no_bulk, next_energy), Eq(a_next, 1)
        ),
        "without gradient the step matters": Implies(
            And(no_gradient, next_energy),
            With(a_next, "step", (1 + theta) * eta) > a_next,
        ),
        "stays 0 even if nothing is left": Implies(And(no_dominant, Eq(n_D, 0)), Eq(a_next, 0)),
        "stays 1 even if nothing is left": Implies(And(no_bulk, Eq(n_B, 0)), Eq(a_next, 1)),
        "no gradient gives a value even without noise": Implies(no_gradient, after_no_gradient),
        "nothing left counts as 0": Implies(Eq(G_next, 0), Eq(a_next, 0)),
        "something is left even without a gap": Implies(both, next_energy),
        "something is left even without a block": Implies(
            And(lambda_k > lambda_k1, G > 0), next_energy
        ),
        "without a gap p is still positive": Implies(both, p > 0),
        "without a gap q works against alignment": Implies(
            And(Eq(p, 0), defined), Eq(sign(a_next - a), -sign(q))
        ),
        "q <= 0: always strictly down": Implies(And(q <= 0, defined), a_next < a),
        "q <= 0: eta* is still not negative": Implies(And(q < 0, both), eta_star >= 0),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(gap=None, indefinite=None, quiet=None),
    examples={
        "dominant noise alone": Example(
            {"dominant": [["2", "0", "1"]], "bulk": [["1", "1", "1"]], "step_size": "1/2"},
            {a: "0", p: "0", q: "4", a_next: "2/3"},
        ),
        "bulk noise alone": Example(
            {"dominant": [["2", "1", "1"]], "bulk": [["1", "0", "1"]], "step_size": "1/2"},
            {a: "1", p: "0", q: "-1", a_next: "4/5"},
        ),
        "noise alone": Example(
            {"dominant": [["2", "0", "1"]], "bulk": [["1", "0", "1"]], "step_size": "1/2"},
            {a_next: "4/5", With(a_next, "step", 7): "4/5"},
        ),
        "no gap": Example(
            {"dominant": [["1", "1", "1"]], "bulk": [["1", "1", "0"]], "step_size": "1/2"},
            {a: "1/2", p: "0", q: "1", a_next: "2/3"},
        ),
    },
    notes=(
        "The specification says that alignment stays 0 (1) when D = 0 (B = 0) and that block "
        "has no noise; both need E G+ > 0, a premise of those parts here (two mutants drop it).",
        "Rising from D = 0 needs B > 0, or alignment is undefined before the step.",
    ),
)
