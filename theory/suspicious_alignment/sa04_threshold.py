"""With block shapes, energy and noise given, q > 0 below one alignment a* and q < 0 above it."""

from sympy import And, Eq, Equivalent, Expr, Implies, Rational, sign
from sympy.logic.boolalg import Boolean

from theory.cases import ROOT
from theory.changes import AfterChange, elsewhere
from theory.claim import Claim, Domain, Example
from theory.language import Formula, With
from theory.proof import Step
from theory.sealed import OfThreshold, Sealed, c, contrast_at, seal, threshold_steps, u, v, y
from theory.squares import ZeroSquare
from theory.steps import Algebra
from theory.vocabulary import (
    B,
    D,
    Delta_s,
    G,
    a,
    a_next,
    a_star,
    a_star_bulk,
    a_star_contrast,
    a_star_dominant,
    additive,
    eta,
    lambda_d,
    lambda_k,
    lambda_k1,
    n_B,
    n_D,
    q,
    theta,
)

x = theta / (1 + theta)  # an arbitrary alignment between 0 and 1
more = 1 + theta  # an arbitrary factor above 1
N = n_D + n_B
noisy = And(n_D > 0, n_B > 0)
little = And(Eq(n_D, 0), n_B < Delta_s * G)
much = And(Eq(n_D, 0), n_B > Delta_s * G)
balanced = And(Eq(n_D, 0), Eq(n_B, Delta_s * G))
scaled = With(a_star, "scale", more)


SUMS: dict[Expr, tuple[Expr, Expr, Expr]] = {
    a_star: (Delta_s * G, n_D, n_B),
    scaled: (more * Delta_s * G, n_D, n_B),
    a_star_contrast: (more * Delta_s * G, n_D, n_B),
    a_star_dominant: (Delta_s * G, more * n_D, n_B),
    a_star_bulk: (Delta_s * G, n_D, more * n_B),
}
part: dict[str, Boolean] = {
    "quadratic": Eq(q / G**2, Delta_s * a * (1 - a) + n_D / G * (1 - a) - n_B / G * a),
    "quadratic at every alignment": Eq(
        With(q, "alignment", x) / G, contrast_at(x, Delta_s * G, n_D, n_B)
    ),
    "threshold": Implies(n_D > 0, Eq(sign(q), sign(a_star - a))),
    "only threshold": Implies(n_D > 0, Eq(sign(With(q, "alignment", x)), sign(a_star - x))),
    "inside": Implies(noisy, And(a_star > 0, a_star < 1)),
    "once low, low at every lower alignment": Implies(
        And(theta < 1, q >= 0), With(q, "alignment", theta * a) > 0
    ),
    "little bulk noise alone": Implies(
        little, And(Eq(a_star, 1 - n_B / (Delta_s * G)), Eq(sign(q), sign(a_star - a)))
    ),
    "much bulk noise alone": Implies(much, And(Eq(a_star, 0), q < 0)),
    "bulk noise alone, as much as the contrast": Implies(balanced, And(Eq(a_star, 0), q < 0)),
    "no bulk noise": Implies(Eq(n_B, 0), And(Eq(a_star, 1), q > 0)),
    "above the share of the noise": Implies(noisy, a_star > n_D / N),
    "not close to 1": Implies(noisy, 1 - a_star <= n_B / (Delta_s * G + n_D)),
    "limit of small energy": Implies(noisy, a_star - n_D / N <= Delta_s * G / (4 * N)),
    "limit of large energy": Implies(
        noisy,
        And(
            Delta_s * G * (1 - a_star) <= n_B,
            Delta_s * G * (1 - a_star) >= n_B - N * n_B / (Delta_s * G + n_D),
        ),
    ),
    "rises with the energy": Implies(noisy, scaled > a_star),
    "rises with the contrast": Implies(noisy, a_star_contrast > a_star),
    "rises with the dominant noise": Implies(noisy, a_star_dominant > a_star),
    "falls with the bulk noise": Implies(noisy, a_star_bulk < a_star),
}
SHARPER = "dominant modes are sharper in mean square"
ENERGY = "there is energy"
FORM = "q in block means"
BLOCKS = ("dominant", "bulk")
SOLVES, WITHIN = "a* solves its equation", "a* is in [0, 1]"
BETWEEN = "a* is strictly between 0 and 1 with both noises"
ALONE = "contrast and dominant noise add up"
TOTAL = "the contrast and the noise add up"
BUMP = "the contrast at a* comes from both blocks"
MORE = "a factor above 1 adds contrast"
SLOPE = "the contrast falls through a*"


def solved(word: Expr, names: tuple[str, str]) -> tuple[Step, Step]:
    """That a threshold solves its equation, and lies in [0, 1]."""
    return threshold_steps(
        word,
        SUMS[word],
        names,
        (c > 0, u >= 0, v >= 0, c + u + v > 0),
        given=(SHARPER, ENERGY, TOTAL, "factor"),
        keep=(Delta_s, G),
    )


def alone(
    reason: str, premise: Boolean, general: Boolean, signs: tuple[Boolean, ...], square: Expr
) -> Step:
    """What a* is where one of the two noise sums vanishes."""
    put = dict(zip((c, u, v, y), (*SUMS[a_star], a_star), strict=True))
    return OfThreshold(
        reason,
        Implies(premise, general.xreplace(put)),
        given=(SHARPER, ENERGY, ALONE),
        word=a_star,
        arguments=SUMS[a_star],
        general=general,
        signs=(c > 0, *signs),
        strict=True,
        keep=(Delta_s, G),
        squares=(square,),
    )


def compared(word: Expr, name: str, solves: str, within: str) -> tuple[Step, Step, Step]:
    """On which side of a* another threshold lies, from the sign of its equation at a*."""
    energy, dominant, _ = SUMS[word]
    there = contrast_at(a_star, *SUMS[word])
    falls = part[name].args[1] == (word < a_star)
    at, slope = f"{name}: the other contrast at a*", f"{name}: it falls through its threshold"
    kept = (word,) if word.is_Symbol else ()
    hints = {"keep": (a_star, *kept, Delta_s, G)}
    return (
        AfterChange(
            at,
            Implies(noisy, there < 0 if falls else there > 0),
            given=(SOLVES, BETWEEN, BUMP, MORE, "factor", "constant noise"),
            **hints,
        ),
        AfterChange(
            slope,
            Implies(noisy, energy * a_star * word + dominant > 0),
            given=(BETWEEN, within, SHARPER, ENERGY, "factor", "constant noise"),
            **hints,
        ),
        AfterChange(
            f"{name}: so it lies on that side",
            part[name],
            given=(solves, within, BETWEEN, at, slope, "constant noise"),
            **hints,
        ),
    )


def word_compared(word: Expr, name: str) -> tuple[Step, ...]:
    """The side of a threshold that is a word of its own."""
    names = (f"{word} solves its equation", f"{word} is in [0, 1]")
    return (*solved(word, names), *compared(word, name, *names))


a_star_solved = solved(a_star, (SOLVES, WITHIN))

claim = Claim(
    id="SA-4",
    title="The threshold a*",
    source="abstract, A2 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "dominant": D > 0,
        "bulk": B > 0,
        "constant noise": additive,
        "factor": theta > 0,
    },
    conclusion=part,
    derivation=(
        Algebra("divide by G^2", part["quadratic"]),
        Algebra(FORM, Eq(q, Delta_s * D * B + n_D * B - n_B * D)),
        Sealed(SHARPER, Delta_s > 0, given=BLOCKS, by=("SA-2/noise-free q",)),
        Sealed(ENERGY, G > 0, given=BLOCKS),
        Sealed(
            ALONE,
            Delta_s * G + n_D > 0,
            given=(SHARPER, *BLOCKS),
            keep=(Delta_s,),
        ),
        Sealed(TOTAL, Delta_s * G + n_D + n_B > 0, given=(SHARPER, *BLOCKS), keep=(Delta_s,)),
        AfterChange(
            "the same at every alignment",
            part["quadratic at every alignment"],
            given=(FORM, "constant noise", "factor", *BLOCKS),
            keep=(q, Delta_s),
        ),
        *a_star_solved,
        Sealed("there is noise", Implies(n_D > 0, N > 0)),
        Sealed(
            "a* > 0 with dominant noise",
            Implies(n_D > 0, a_star > 0),
            given=(SOLVES, WITHIN, SHARPER, ENERGY, "there is noise"),
            keep=(a_star, Delta_s, G),
        ),
        Sealed(
            "a* < 1 with bulk noise",
            Implies(n_B > 0, a_star < 1),
            given=(SOLVES, WITHIN, TOTAL, SHARPER, ENERGY),
            keep=(a_star, Delta_s, G),
        ),
        Sealed(
            BETWEEN,
            part["inside"],
            given=("a* > 0 with dominant noise", "a* < 1 with bulk noise"),
            keep=(a_star,),
        ),
        Sealed(
            BUMP,
            Implies(noisy, a_star * (1 - a_star) > 0),
            given=(BETWEEN,),
            keep=(a_star,),
        ),
        Sealed(
            MORE,
            Delta_s * G * theta > 0,
            given=(SHARPER, ENERGY, TOTAL, "factor"),
            keep=(Delta_s, G),
        ),
        Sealed(
            SLOPE,
            Implies(n_D > 0, Delta_s * D * a_star + n_D > 0),
            given=("a* > 0 with dominant noise", SHARPER, "dominant"),
            keep=(a_star, Delta_s),
        ),
        Sealed(
            "compare with the root",
            part["threshold"],
            given=(SOLVES, "a* > 0 with dominant noise", SLOPE, FORM, *BLOCKS),
            keep=(a_star, Delta_s, q),
        ),
        Sealed(
            "the contrast at every alignment falls through a*",
            Implies(n_D > 0, Delta_s * G * theta * a_star + n_D * (1 + theta) > 0),
            given=("a* > 0 with dominant noise", SHARPER, ENERGY, "factor"),
            keep=(a_star, Delta_s, G),
        ),
        AfterChange(
            "compare every alignment with the root",
            part["only threshold"],
            given=(
                SOLVES,
                "a* > 0 with dominant noise",
                "the contrast at every alignment falls through a*",
                FORM,
                ENERGY,
                "factor",
                "constant noise",
                *BLOCKS,
            ),
            keep=(a_star, Delta_s, q),
        ),
        Sealed(
            "the contrast is concave",
            Delta_s * theta * D**2 > 0,
            given=(SHARPER, "factor", "dominant"),
            keep=(Delta_s,),
        ),
        AfterChange(
            "a concave contrast that is not negative was positive before",
            part["once low, low at every lower alignment"],
            given=(FORM, SHARPER, "the contrast is concave", "factor", "constant noise", *BLOCKS),
            keep=(Delta_s, q),
        ),
        alone(
            "the root without dominant noise, and little bulk noise",
            little,
            Eq(y, 1 - v / c),
            (Eq(u, 0), c > v),
            ROOT - c + v,
        ),
        Sealed(
            "the sign of what is left",
            part["little bulk noise alone"],
            given=(
                "the root without dominant noise, and little bulk noise",
                FORM,
                SHARPER,
                *BLOCKS,
            ),
            keep=(a_star, Delta_s, q),
        ),
        alone(
            "the root without dominant noise, and much bulk noise",
            much,
            Eq(y, 0),
            (Eq(u, 0), v > c),
            ROOT - c + v,
        ),
        Sealed(
            "bulk noise outweighs the contrast",
            part["much bulk noise alone"],
            given=("the root without dominant noise, and much bulk noise", FORM, SHARPER, *BLOCKS),
            keep=(a_star, Delta_s, q),
        ),
        Sealed(
            "the square of the root when contrast and bulk noise balance",
            Implies(balanced, a_star**2 <= 0),
            given=(SOLVES, SHARPER, ENERGY),
            keep=(a_star, Delta_s, G),
        ),
        ZeroSquare(
            "the root when contrast and bulk noise balance",
            Implies(balanced, Eq(a_star, 0)),
            given=("the square of the root when contrast and bulk noise balance",),
        ),
        Sealed(
            "bulk noise still outweighs the contrast",
            part["bulk noise alone, as much as the contrast"],
            given=("the root when contrast and bulk noise balance", FORM, SHARPER, *BLOCKS),
            keep=(a_star, Delta_s, q),
        ),
        alone(
            "the root without bulk noise",
            Eq(n_B, 0),
            Eq(y, 1),
            (u >= 0, Eq(v, 0), c + u > 0),
            ROOT - c - u,
        ),
        Sealed(
            "nothing outweighs the contrast",
            part["no bulk noise"],
            given=("the root without bulk noise", FORM, SHARPER, *BLOCKS),
            keep=(a_star, Delta_s, q),
        ),
        Sealed(
            "the contrast is positive at the share of the noise",
            part["above the share of the noise"],
            given=(SOLVES, BETWEEN, SHARPER, ENERGY, "there is noise"),
            keep=(a_star, Delta_s, G),
        ),
        Sealed(
            "bound 1 - a*",
            part["not close to 1"],
            given=(SOLVES, BETWEEN, ALONE, SHARPER, ENERGY),
            keep=(a_star, Delta_s, G),
        ),
        Sealed(
            "a*(1 - a*) is at most 1/4",
            part["limit of small energy"],
            given=(SOLVES, SHARPER, ENERGY, "there is noise"),
            keep=(a_star, Delta_s, G),
            squares=(2 * seal(a_star) - 1,),
        ),
        Sealed(
            "what is missing from n_B",
            part["limit of large energy"],
            given=(
                SOLVES,
                BETWEEN,
                "the contrast is positive at the share of the noise",
                "bound 1 - a*",
                ALONE,
                SHARPER,
                ENERGY,
                "there is noise",
            ),
            keep=(a_star, Delta_s, G),
        ),
        elsewhere(
            "the scaled a* solves its equation",
            a_star_solved[0],
            "scale",
            more,
            (*BLOCKS, "gap", "positive", "factor", "constant noise"),
        ),
        elsewhere(
            "the scaled a* is in [0, 1]",
            a_star_solved[1],
            "scale",
            more,
            (*BLOCKS, "gap", "positive", "factor", "constant noise"),
        ),
        *compared(
            scaled,
            "rises with the energy",
            "the scaled a* solves its equation",
            "the scaled a* is in [0, 1]",
        ),
        *word_compared(a_star_contrast, "rises with the contrast"),
        *word_compared(a_star_dominant, "rises with the dominant noise"),
        *word_compared(a_star_bulk, "falls with the bulk noise"),
    ),
    mutants={
        "the threshold does not depend on the energy": Implies(noisy, Eq(scaled, a_star)),
        "the threshold is the share of the noise": Implies(noisy, Eq(sign(q), sign(n_D / N - a))),
        "a quiet bulk corrects itself too": Implies(
            And(Eq(n_B, 0), n_D > 0, a > Rational(99, 100)), q <= 0
        ),
        "threshold one per cent higher": Implies(
            noisy, Eq(sign(q), sign(Rational(101, 100) * a_star - a))
        ),
        "wrong side": Implies(noisy, Equivalent(q > 0, a > a_star)),
        "one per cent closer to 1": Implies(
            noisy, 1 - a_star <= Rational(99, 100) * n_B / (Delta_s * G + n_D)
        ),
        "rises with the noise": Implies(noisy, With(a_star, "noise", more) >= a_star),
        "one threshold for noise that depends on the state": Formula(
            r"\text{for every }\Sigma(x)\text{: }q\text{ changes sign at most once in }a",
            "one threshold for noise that depends on the state",
        ),
    },
    examples={
        "energy 1": Example(
            {"dominant": [["1", "9/10", "1"]], "bulk": [["1/2", "1/10", "1"]], "step_size": "1"},
            {a_star: "0.868517", q: "-23/400", n_D / N: "4/5"},
        ),
        "energy 8": Example(
            {"dominant": [["1", "36/5", "1"]], "bulk": [["1/2", "4/5", "1"]], "step_size": "1"},
            {a_star: "0.964473", q: "83/25", n_D / N: "4/5"},
        ),
        "a quiet bulk": Example(
            {
                "dominant": [["1", "999999", "1"]],
                "bulk": [["1/2", "1", "0"]],
                "step_size": "199/100",
            },
            {q: "3000001/4", a_star: "1", sign(a_next - a): "1", eta: "1.99"},
        ),
    },
    implied={"factor": "theta stands for an arbitrary positive number in every model"},
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(),
    notes=(
        "The limits G -> 0 and G -> infinity are stated as bounds that hold for every G.",
        "Without dominant noise a* = max(0, 1 - n_B/(Delta_s G)), stated case by case.",
    ),
)
