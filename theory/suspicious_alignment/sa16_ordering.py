"""Self-correcting states have no projection interval; with two levels eta* lies below it."""

from sympy import And, Eq, Equivalent, Expr, Implies, Rational, symbols

from theory.cases import ByCases, thresholds
from theory.claim import Claim, Domain, Example
from theory.steps import Certified, Instantiate, Summed
from theory.vocabulary import (
    B,
    D,
    Delta_r,
    Delta_s,
    G,
    X,
    Y,
    a,
    a_next,
    a_P,
    a_star,
    eta,
    eta_bulk,
    eta_dom,
    eta_opt,
    eta_star,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    loss_B,
    loss_B_next,
    loss_D,
    loss_D_next,
    m1_B,
    m1_D,
    m2_B,
    m2_D,
    n_B,
    n_D,
    q,
    s_B,
    s_D,
    t_B,
    t_D,
)

x, lam_i = symbols("x lam_i", real=True)
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
noisy = And(n_D > 0, n_B > 0)
quiet = And(Eq(t_D, 0), Eq(t_B, 0))
gap_size = lambda_k * X - lambda_k1 * Y
line_search = And(two_level, quiet, Eq(eta, eta_opt))
STATE = ("gap", "positive", "dominant", "bulk")
TWO_LEVELS = (
    "with two levels the dominant sums are multiples",
    "with two levels the bulk sums are multiples",
    "curvatures are positive",
    *STATE,
)


def raised_at(x: Expr) -> Expr:
    """q / G at alignment x, with the same shapes, G and noise."""
    return Delta_s * G * x * (1 - x) + n_D * (1 - x) - n_B * x


claim = Claim(
    id="SA-16",
    title="Ordering of thresholds and steps",
    source="links the abstract's A1, A2 and A3 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
    },
    conclusion={
        "pointwise": Implies(X >= Y, q > 0),
        "thresholds": Implies(noisy, a_P < a_star),
        "thresholds without bulk noise": Implies(Eq(n_B, 0), And(Eq(a_P, 1), Eq(a_star, 1))),
        "two levels: critical step": Implies(
            And(two_level, q > 0), Eq(eta_star, 2 * (lambda_k - lambda_k1) / gap_size)
        ),
        "two levels: distances": Implies(
            And(two_level, q > 0),
            And(
                Eq(eta_dom - eta_star, 2 * lambda_k1 * (X - Y) / (X * gap_size)),
                Eq(eta_bulk - eta_star, 2 * lambda_k * (X - Y) / (Y * gap_size)),
            ),
        ),
        "two levels: order": Implies(
            And(two_level, X > Y), And(eta_star < eta_dom, eta_dom < eta_bulk)
        ),
        "two levels: other order": Implies(
            And(two_level, X < Y, q > 0), And(eta_bulk < eta_dom, eta_dom < eta_star)
        ),
        "two levels: steps in the interval raise alignment": Implies(
            And(two_level, eta_dom < eta, eta < eta_bulk), a_next > a
        ),
        "no noise": Implies(quiet, And(eta_star < eta_dom, eta_dom < eta_bulk)),
        "exact line search": Implies(line_search, Eq(a_next, 1 - a)),
        "exact line search, direction": Implies(
            line_search, Equivalent(a_next > a, a < Rational(1, 2))
        ),
    },
    derivation=(
        Summed("dominant m2 from below", m2_D >= lambda_k * m1_D, given=("positive", "gap")),
        Summed("dominant n from below", n_D >= lambda_k * s_D, given=("positive", "gap")),
        Summed("bulk m2 from above", m2_B <= lambda_k1 * m1_B, given=("positive", "gap")),
        Summed("bulk n from above", n_B <= lambda_k1 * s_B, given=("positive", "gap")),
        Summed("bulk n from below", n_B >= lambda_d * s_B, given=("positive", "gap")),
        Summed("dominant n from above", n_D <= lambda_1 * s_D, given=("positive", "gap")),
        Summed("dominant m1 from below", m1_D >= lambda_k * D),
        Summed("bulk m1 from below", m1_B >= lambda_d * B),
        Summed("bulk m1 from above", m1_B <= lambda_k1 * B),
        Certified(
            "curvatures are positive",
            And(m1_D > 0, m1_B > 0),
            given=("dominant m1 from below", "bulk m1 from below", *STATE),
        ),
        Summed(
            "q against lambda_k times the contrast of noisy curvatures",
            q
            >= lambda_k * ((m1_D + s_D) * B - D * (m1_B + s_B)) + (lambda_k - lambda_k1) * D * m1_B,
            given=("gap", "positive"),
        ),
        Certified(
            "no interval needed to fall short",
            Implies(X >= Y, q > 0),
            given=(
                "q against lambda_k times the contrast of noisy curvatures",
                "curvatures are positive",
                *STATE,
            ),
            keep=(q,),
        ),
        Certified(
            "contrast of squared curvature against lambda_k times the contrast of curvature",
            And(Delta_s > lambda_k * Delta_r, Delta_r > 0),
            given=(
                "dominant m2 from below",
                "bulk m2 from above",
                "dominant m1 from below",
                "bulk m1 from above",
                "curvatures are positive",
                *STATE,
            ),
        ),
        Certified(
            "the larger contrast is positive",
            Delta_s > 0,
            given=(
                "contrast of squared curvature against lambda_k times the contrast of curvature",
                *STATE,
            ),
            keep=(Delta_r, Delta_s),
        ),
        Certified(
            "the largest eigenvalues are positive",
            And(lambda_1 > 0, lambda_k1 > 0),
            given=STATE,
        ),
        Certified(
            "noise in both blocks",
            Implies(noisy, And(s_D > 0, s_B > 0)),
            given=(
                "dominant n from above",
                "bulk n from above",
                "the largest eigenvalues are positive",
                *STATE,
            ),
        ),
        *thresholds(a_star, Delta_s, n_D, n_B, noisy, ("the larger contrast is positive", *STATE)),
        *thresholds(
            a_P,
            Delta_r,
            s_D,
            s_B,
            And(s_D > 0, s_B > 0),
            (
                "contrast of squared curvature against lambda_k times the contrast of curvature",
                *STATE,
            ),
        ),
        Certified(
            "at a_P some step still raises alignment",
            Implies(noisy, raised_at(a_P) > 0),
            given=(
                "contrast of squared curvature against lambda_k times the contrast of curvature",
                "noise in both blocks",
                "a_P solves its equation",
                "a_P is inside",
                "dominant n from below",
                "bulk n from above",
                *STATE,
            ),
            keep=(a_P, Delta_r, Delta_s),
        ),
        Certified(
            "the contrast crosses zero with a slope",
            Implies(noisy, Delta_s * G * a_P * a_star + n_D > 0),
            given=(
                "the larger contrast is positive",
                "noise in both blocks",
                "a_star is inside",
                "a_P is inside",
                *STATE,
            ),
            keep=(a_P, a_star, Delta_s),
        ),
        Certified(
            "so a_P is below a*",
            Implies(noisy, a_P < a_star),
            given=(
                "at a_P some step still raises alignment",
                "the contrast crosses zero with a slope",
                "noise in both blocks",
                "a_star solves its equation",
                "a_star is inside",
                "a_P is inside",
                *STATE,
            ),
            keep=(a_P, a_star, Delta_s),
        ),
        Certified(
            "a bulk without noise",
            Implies(Eq(n_B, 0), Eq(s_B, 0)),
            given=("bulk n from below", *STATE),
        ),
        *(
            step
            for word, contrast, noise, bulk_noise in (
                (a_star, Delta_s, n_D, n_B),
                (a_P, Delta_r, s_D, s_B),
            )
            for step in (
                Certified(
                    f"{word} without bulk noise: a positive sum",
                    contrast * (D + B) + noise > 0,
                    given=(
                        "contrast of squared curvature against lambda_k times "
                        "the contrast of curvature",
                        "the larger contrast is positive",
                        *STATE,
                    ),
                    keep=(Delta_r, Delta_s),
                ),
                ByCases(
                    f"{word} without bulk noise",
                    Implies(Eq(bulk_noise, 0), Eq(word, 1)),
                    given=(
                        "contrast of squared curvature against lambda_k times "
                        "the contrast of curvature",
                        "the larger contrast is positive",
                        f"{word} without bulk noise: a positive sum",
                        *STATE,
                    ),
                    word=word,
                    strict=True,
                    keep=(Delta_r, Delta_s),
                    squares=(contrast * (D + B) + noise,),
                ),
            )
        ),
        Certified(
            "both thresholds without bulk noise",
            Implies(Eq(n_B, 0), And(Eq(a_P, 1), Eq(a_star, 1))),
            given=(
                "a bulk without noise",
                "a_star without bulk noise",
                "a_P without bulk noise",
            ),
            keep=(a_P, a_star),
        ),
        Summed("dominant m1 from above", m1_D <= lambda_1 * D),
        Summed("dominant m2 from above", m2_D <= lambda_1 * m1_D, given=("positive", "gap")),
        Summed("dominant s from below", s_D >= lambda_k * t_D),
        Summed("dominant s from above", s_D <= lambda_1 * t_D),
        Summed("bulk m2 from below", m2_B >= lambda_d * m1_B, given=("positive", "gap")),
        Summed("bulk s from below", s_B >= lambda_d * t_B),
        Summed("bulk s from above", s_B <= lambda_k1 * t_B),
        Certified(
            "with two levels the dominant sums are multiples",
            Implies(
                two_level,
                And(
                    Eq(m1_D, lambda_k * D),
                    Eq(m2_D, lambda_k * m1_D),
                    Eq(s_D, lambda_k * t_D),
                    Eq(n_D, lambda_k * s_D),
                ),
            ),
            given=(
                *(
                    f"dominant {name} from {side}"
                    for name in ("m1", "m2", "s", "n")
                    for side in ("below", "above")
                ),
                *STATE,
            ),
        ),
        Certified(
            "with two levels the bulk sums are multiples",
            Implies(
                two_level,
                And(
                    Eq(m1_B, lambda_k1 * B),
                    Eq(m2_B, lambda_k1 * m1_B),
                    Eq(s_B, lambda_k1 * t_B),
                    Eq(n_B, lambda_k1 * s_B),
                ),
            ),
            given=(
                *(
                    f"bulk {name} from {side}"
                    for name in ("m1", "m2", "s", "n")
                    for side in ("below", "above")
                ),
                *STATE,
            ),
        ),
        Certified(
            "the critical step of two levels",
            Implies(And(two_level, q > 0), Eq(eta_star, 2 * (lambda_k - lambda_k1) / gap_size)),
            given=TWO_LEVELS,
        ),
        Certified(
            "the distances of two levels",
            Implies(
                And(two_level, q > 0),
                And(
                    Eq(eta_dom - eta_star, 2 * lambda_k1 * (X - Y) / (X * gap_size)),
                    Eq(eta_bulk - eta_star, 2 * lambda_k * (X - Y) / (Y * gap_size)),
                ),
            ),
            given=TWO_LEVELS,
        ),
        Certified(
            "an interval needs a low state",
            Implies(X > Y, q > 0),
            given=(
                "q against lambda_k times the contrast of noisy curvatures",
                "curvatures are positive",
                *STATE,
            ),
            keep=(q,),
        ),
        Certified(
            "the order of two levels",
            Implies(And(two_level, X > Y), And(eta_star < eta_dom, eta_dom < eta_bulk)),
            given=("an interval needs a low state", *TWO_LEVELS),
        ),
        Certified(
            "the other order of two levels",
            Implies(And(two_level, X < Y, q > 0), And(eta_bulk < eta_dom, eta_dom < eta_star)),
            given=TWO_LEVELS,
        ),
        Certified(
            "an interval needs X > Y",
            Implies(eta_dom < eta_bulk, X > Y),
            given=("curvatures are positive", *STATE),
        ),
        Certified(
            "steps in the interval exceed the critical step",
            Implies(
                And(two_level, eta_dom < eta, eta < eta_bulk),
                And(X > Y, eta_dom < eta_bulk),
            ),
            given=("curvatures are positive", *STATE),
        ),
        Certified(
            "two levels: the interval raises alignment",
            Implies(And(two_level, eta_dom < eta, eta < eta_bulk), a_next > a),
            given=(
                "steps in the interval exceed the critical step",
                "an interval needs a low state",
                "the order of two levels",
                "step",
                *TWO_LEVELS,
            ),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/next energy"),
        ),
        Certified(
            "no noise at all",
            Implies(quiet, And(Eq(s_D, 0), Eq(n_D, 0), Eq(s_B, 0), Eq(n_B, 0))),
            given=(
                "dominant s from above",
                "dominant n from above",
                "bulk s from above",
                "bulk n from above",
                *STATE,
            ),
        ),
        Summed(
            "dominant spread about x", m2_D - 2 * x * m1_D + x**2 * D >= 0, squares=(lam_i - x,)
        ),
        Instantiate(
            "dominant Cauchy-Schwarz",
            m2_D >= m1_D**2 / D,
            given=("dominant spread about x",),
            variable=x,
            value=m1_D / D,
        ),
        Certified(
            "without noise the critical step comes first",
            Implies(quiet, And(eta_star < eta_dom, eta_dom < eta_bulk)),
            given=(
                "no noise at all",
                "dominant Cauchy-Schwarz",
                "bulk m2 from above",
                "dominant m1 from below",
                "bulk m1 from above",
                "an interval needs a low state",
                "curvatures are positive",
                *STATE,
            ),
        ),
        Certified(
            "line search mirrors the alignment",
            Implies(line_search, Eq(a_next, 1 - a)),
            given=("no noise at all", *TWO_LEVELS),
            by=("SA-1/dominant energy", "SA-1/bulk energy"),
        ),
        Certified(
            "so it raises alignment below one half",
            Implies(line_search, Equivalent(a_next > a, a < Rational(1, 2))),
            given=("line search mirrors the alignment", "curvatures are positive", *STATE),
            keep=(a_next,),
        ),
    ),
    mutants={
        "order without two levels": Implies(X > Y, eta_star < eta_dom),
        "line search mirrors for all spectra": Implies(
            And(quiet, Eq(eta, eta_opt)), Eq(a_next, 1 - a)
        ),
        "the converse": Implies(q > 0, X >= Y),
        "the thresholds agree": Implies(noisy, Eq(a_P, a_star)),
        "the interval comes first": Implies(And(two_level, X > Y), eta_dom < eta_star),
    },
    implied={"step": "eta enters only where it is compared with positive steps"},
    examples={
        "three levels: a paradoxical step that lowers alignment": Example(
            {
                "dominant": [["10", "1", "0"], ["1", "0", "64"]],
                "bulk": [["1/10", "1", "1"]],
                "step_size": "1/10",
            },
            {
                eta_dom: "1/37",
                eta_star: "110/911",
                eta_bulk: "10",
                loss_D: "1/20",
                loss_D_next: "8/25",
                loss_B: "5",
                loss_B_next: "4.901",
                a: "1/2",
                a_next: "3200/8101",
            },
        ),
        "three levels: line search": Example(
            {
                "dominant": [["3", "1", "0"]],
                "bulk": [["2", "1", "0"], ["1", "1", "0"]],
                "step_size": "1/2",
            },
            {eta_opt: "1/2", a: "1/3", a_next: "1/2", 1 - a: "2/3"},
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(two_level=None, quiet=None),
)
