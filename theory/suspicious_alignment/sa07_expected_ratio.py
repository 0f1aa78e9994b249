"""The expected ratio E[D+/G+] is within half the variation of G+ of the ratio of expectations."""

from sympy import Abs, And, Eq, Implies, Max, Min, Rational, sign, symbols

from theory.claim import Claim, Domain, Example
from theory.language import Formula
from theory.outcomes import Averaged, B_plus, D_plus, Discriminant, R
from theory.steps import Algebra, Certified
from theory.vocabulary import (
    C_DB,
    C_RG,
    E_R,
    V_B,
    V_D,
    V_G,
    B_next,
    D_next,
    G,
    G_next,
    a,
    a_next,
    b_1,
    cv2,
    remainder,
)

s = symbols("s", real=True)
deviation = D_plus + B_plus - D_next - B_next
difference = Eq(E_R - a_next, -C_RG / G_next)
half_variation = 4 * (E_R - a_next) ** 2 <= cv2
expansion = Eq(E_R, a_next + b_1 + remainder)
bounds = And(remainder <= (1 - a_next) * cv2, -remainder <= a_next * cv2)
larger = Max(a_next, 1 - a_next)
within = And(remainder <= larger * cv2, -remainder <= larger * cv2)
by_cases = And(
    Implies(2 * a_next >= 1, And(remainder <= a_next * cv2, -remainder <= a_next * cv2)),
    Implies(
        2 * a_next <= 1, And(remainder <= (1 - a_next) * cv2, -remainder <= (1 - a_next) * cv2)
    ),
)
rises = Implies(And(G > 0, a_next - a > a_next * cv2 - b_1), a < E_R)
falls = Implies(And(G > 0, a - a_next > (1 - a_next) * cv2 + b_1), a > E_R)
same_sign = Eq(sign(E_R - a), sign(a_next - a))
transfer = Implies(And(G > 0, Abs(a_next - a) > Abs(b_1) + larger * cv2), same_sign)
swapped = (-a_next * V_B - (1 - a_next) * V_D + (2 * a_next - 1) * C_DB) / G_next**2
I1 = {"dominant": [["1", "4", "9"]], "bulk": [["1/2", "4", "4"]], "step_size": "1/2"}
MEAN = "R G+ = D+ in every outcome"
VARIANCE = "a variance is not negative"
UPPER, LOWER = "R is at most 1", "R is at least 0"

claim = Claim(
    id="SA-7",
    title="Expectation of the ratio",
    source="extension (our formalisation)",
    functional="expectation of the ratio",
    assumptions={"next energy": G_next > 0},
    conclusion={
        "difference": difference,
        "half the variation": half_variation,
        "expansion": expansion,
        "remainder, one side at a time": bounds,
        "remainder, by cases": by_cases,
        "remainder": within,
        "rises if a+ is far enough above a": rises,
        "falls if a+ is far enough below a": falls,
        "sign transfer": transfer,
        "Gaussian second moments": Formula(
            r"V_D = 2\,\mathrm{tr}K_{DD}^2 + 4 m_D^T K_{DD} m_D,\quad "
            r"C_{DB} = 2\|K_{DB}\|_F^2 + 4 m_D^T K_{DB} m_B,\quad "
            r"\mathrm{Var}\,G^+ = 2\,\mathrm{tr}K^2 + 4 m^T K m",
            "Gaussian second moments",
        ),
        "effective dimension": Formula(
            r"\mathrm{cv}^2 \le 4\|K\|/E\,G^+ \text{ for Gaussian noise}", "effective dimension"
        ),
        "effective dimension, independent blocks": Formula(
            r"K \text{ block-diagonal} \Rightarrow |b_1| \le 4\|K\|a^+(1-a^+)/E\,G^+,\ "
            r"|E R - a^+| \le 4\|K\|/E\,G^+",
            "independent blocks",
        ),
        "one-dimensional integral": Formula(
            r"E R = \int_0^\infty E[D^+ e^{-u G^+}]\,du \quad (R := 0 \text{ where } G^+ = 0)",
            "one-dimensional integral",
        ),
        "two directions, zero mean": Formula(
            r"d = 2,\ m = 0 \Rightarrow E R = \sqrt{c_1}/(\sqrt{c_1}+\sqrt{c_2})",
            "two directions, zero mean",
        ),
    },
    derivation=(
        Averaged(MEAN, Eq(C_RG, D_next - E_R * G_next), over=(C_RG,)),
        Algebra("divide by E G+", difference, given=(MEAN, "next energy")),
        Averaged(
            "a square, and R between 0 and 1",
            s**2 * V_G + 4 * s * C_RG + 1 >= 0,
            over=(V_G, C_RG),
            centred=2 * s * (2 * E_R - 1) * deviation,
            squares=(s * deviation + 2 * R - 1,),
        ),
        Discriminant(
            "for every s",
            4 * C_RG**2 <= V_G,
            given=("a square, and R between 0 and 1",),
            variable=s,
        ),
        Certified(
            "so the difference is small",
            half_variation,
            given=("for every s", MEAN, "next energy"),
        ),
        Averaged(
            "expand G+ about its mean",
            expansion,
            given=("next energy",),
            over=(V_D, V_B, C_DB, remainder),
        ),
        Averaged(
            UPPER,
            remainder <= (1 - a_next) * cv2,
            given=("next energy",),
            over=(remainder, V_G),
            squares=(deviation,),
        ),
        Averaged(
            LOWER,
            -remainder <= a_next * cv2,
            given=("next energy",),
            over=(remainder, V_G),
            squares=(deviation,),
        ),
        Averaged(VARIANCE, V_G >= 0, over=(V_G,), squares=(deviation,)),
        Certified("so is its square root", cv2 >= 0, given=(VARIANCE, "next energy")),
        Certified(
            "the larger side bounds both",
            by_cases,
            given=(UPPER, LOWER, "so is its square root", "next energy"),
            keep=(a_next, cv2),
        ),
        Certified(
            "the remainder cannot undo a rise",
            rises,
            given=("expand G+ about its mean", LOWER, "next energy"),
            keep=(a_next, b_1, cv2, a),
        ),
        Certified(
            "the remainder cannot undo a fall",
            falls,
            given=("expand G+ about its mean", UPPER, "next energy"),
            keep=(a_next, b_1, cv2, a),
        ),
    ),
    checked_only={
        "remainder": "the part before, said with a maximum, which certificates do not speak about",
        "sign transfer": "weaker than the two parts before, said with absolute values",
        "Gaussian second moments": "fourth moments: decided exactly on instances",
        "effective dimension": "decided exactly on instances",
        "effective dimension, independent blocks": "decided by enclosures on instances",
        "one-dimensional integral": "decided by enclosures on instances",
        "two directions, zero mean": "decided by enclosures on instances",
    },
    mutants={
        "same sign always": Implies(G > 0, same_sign),
        "the two functionals agree": Eq(E_R, a_next),
        "E R is never larger": a_next >= E_R,
        "off-diagonal noise is irrelevant": Formula(
            r"E R \text{ depends on the diagonal of } \Sigma \text{ only}",
            "off-diagonal noise is irrelevant",
        ),
        "many directions suffice": Formula(
            r"E R - a^+ \to 0 \text{ as } d \to \infty", "many directions suffice"
        ),
        "order 1 over root m": Formula(
            r"|E R - a^+| \text{ is of order } 1/\sqrt m \text{ for } m \text{ copies}",
            "order 1 over root m",
        ),
        "Gaussian noise keeps the sign": Formula(
            r"\mathrm{sign}(E R - a) = \mathrm{sign}(a^+ - a) \text{ for Gaussian noise}",
            "Gaussian noise keeps the sign",
        ),
        "correlated blocks obey the bound on b_1": Formula(
            r"|b_1| \le 4\|K\|a^+(1-a^+)/E\,G^+ \text{ for every } K",
            "correlated blocks obey the bound on b_1",
        ),
        "half the variation, 1 per cent less": 4 * (E_R - a_next) ** 2
        <= Rational(99, 100) ** 2 * cv2,
        "flipped covariance": Eq(E_R - a_next, C_RG / G_next),
        "bulk variance lowers E R": Eq(E_R, a_next + swapped + remainder),
        "remainder bounded by the smaller share": Abs(remainder) <= Min(a_next, 1 - a_next) * cv2,
        "remainder, 1 per cent less": Abs(remainder) <= Rational(99, 100) * larger * cv2,
        "the expansion has no remainder": Eq(E_R, a_next + b_1),
    },
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(gap=None, indefinite=None, quiet=None, square=True, most_modes=2),
    examples={
        "I1, independent signs": Example(I1, {a: "1/2", a_next: "13/23", E_R: "43727/101065"}),
        "I1, equal signs": Example(
            {**I1, "law": [["1/2", ["3", "2"]], ["1/2", ["-3", "-2"]]]},
            {a_next: "13/23", E_R: "83/205"},
        ),
        "I1, opposite signs": Example(
            {**I1, "law": [["1/2", ["3", "-2"]], ["1/2", ["-3", "2"]]]},
            {a_next: "13/23", E_R: "227/493"},
        ),
        "half the variation is attained": Example(
            {
                "dominant": [["1", "4", "0"]],
                "bulk": [["1/2", "4/9", "0"]],
                "step_size": "1/2",
                "law": [["1/2", ["2", "-2"]], ["1/2", ["-2", "2"]]],
            },
            {a_next: "4/5", E_R: "1/2", cv2: "9/25", b_1: "-24/125", remainder: "-27/250"},
        ),
    },
    notes=(
        "Parts (b) and (c) need E (G+)^2 < infinity, that is finite fourth moments of the noise, "
        "which the specification does not say; the laws of the models are finite.",
        "The bound on b_1 in (c) needs K block-diagonal: K = (3,1)(3,1)'/1000, m = (1,2) violates "
        "it. For any K, |b_1| <= 4 ||K|| sqrt(a+ (1-a+)) / E G+.",
        "The noise need not be centred in (a), (b) and (e).",
    ),
)
