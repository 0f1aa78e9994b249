"""For a larger stable step the order of the two phases is reversed: alignment rises, then falls."""

from sympy import And, Eq, Equivalent, Implies, Rational, sign

from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, OneStepLater, SummedInTime
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Next,
    NextHolds,
    With,
)
from theory.reasoning import Conclude, Follows, Onward, Suppose
from theory.steps import (
    Certified,
    Expectation,
    Induction,
    ModeByMode,
    Modewise,
    Preserved,
    Summed,
    Throughout,
)
from theory.vocabulary import (
    C_B,
    C_D,
    E_B,
    E_D,
    RE_B,
    RE_D,
    RRE_B,
    RRE_D,
    B,
    B_next,
    D,
    D_next,
    S,
    a,
    a_inf,
    a_next,
    additive,
    c,
    eta,
    excess,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    n_B,
    n_D,
    rho,
    rho_k,
    rho_k1,
)

above = ForAllModes(excess >= 0)
falls, rises = a_next <= a, a_next >= a
mirror = eta * (lambda_k + lambda_d) > 2
two_level = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d))
noisy = And(n_D > 0, n_B > 0)
small = eta * (lambda_k + lambda_k1) < 2
minimax = Eq(eta * (lambda_k + lambda_k1), 2)
large = eta * (lambda_k + lambda_k1) > 2
fall_then_rise = Always(Implies(rises, Always(rises)))
rise_then_fall = Always(Implies(falls, Always(falls)))


def at_two_levels(*premises):
    """The premises, in the two-level model with noise in both blocks."""
    return And(two_level, noisy, *premises)


def persists(regime, block, from_above, upwards):
    """Steps: a sign of one excess keeps the sign of S, and so allows one turn only, in a regime.

    `block` is the excess, `upwards` says that it is S >= 0 that lasts.
    """
    name = f"{regime}, {block} {'high' if from_above else 'low'}"
    sign_of_excess = block >= 0 if from_above else block <= 0
    sign_of_change = S >= 0 if upwards else S <= 0
    both = And(sign_of_change, sign_of_excess)
    turn = fall_then_rise if upwards else rise_then_fall
    return (
        CertifiedInTime(
            f"{name}: both signs last a step",
            Implies(both, NextHolds(both)),
            given=(
                "two-level identity",
                f"{block} a step later",
                f"{regime}: which block contracts more",
                *CONTRACTIONS,
                "bulk energy after a step",
            ),
            keep=(S, rho_k, rho_k1),
        ),
        Induction(
            f"{name}: both signs last",
            Always(Implies(both, Always(both))),
            given=(f"{name}: both signs last a step", "additive"),
        ),
        *stays(name, sign_of_excess),
        Follows(
            f"{name}: one turn",
            turn,
            given=(
                f"{name}: both signs last",
                f"{name}: always",
                "rising has a sign",
                "falling has a sign",
            ),
        ),
        Conclude(
            f"{name}: then one turn",
            Implies(sign_of_excess, turn),
            given=(f"{name}: now", f"{name}: one turn"),
        ),
        Conclude(
            f"{name}: there one turn",
            Implies(REGIMES[regime], Implies(sign_of_excess, turn)),
            given=(regime, f"{name}: then one turn"),
        ),
    )


def stays(name, sign_of_excess):
    """Steps: suppose the sign of an excess; it is the same at every time."""
    (block,) = sign_of_excess.free_symbols
    return (
        Suppose(f"{name}: now", sign_of_excess),
        CertifiedInTime(
            f"{name}: next",
            Implies(sign_of_excess, NextHolds(sign_of_excess)),
            given=(f"{block} a step later", *CONTRACTIONS),
            keep=(rho_k, rho_k1),
        ),
        Induction(
            f"{name}: and next",
            Always(Implies(sign_of_excess, Always(sign_of_excess))),
            given=(f"{name}: next", "additive"),
        ),
        Onward(
            f"{name}: always",
            Always(sign_of_excess),
            given=(f"{name}: now", f"{name}: and next"),
        ),
    )


REGIMES = {"small": small, "large": large}
CONTRACTIONS = (
    "dominant contraction is not negative",
    "bulk contraction is not negative",
    "dominant contraction is below 1",
    "bulk contraction is below 1",
)
SPLIT = ("SA-9/levels and excesses",)
two_level_steps = (
    Suppose("two levels", two_level),
    Suppose("noisy", noisy),
    Modewise("one dominant level", ForDominantModes(Eq(lam, lambda_k)), given=("two levels",)),
    Modewise("one bulk level", ForBulkModes(Eq(lam, lambda_k1)), given=("two levels",)),
    Modewise(
        "one dominant contraction",
        ForDominantModes(Eq(rho, rho_k)),
        given=("one dominant level",),
    ),
    Modewise("one bulk contraction", ForBulkModes(Eq(rho, rho_k1)), given=("one bulk level",)),
    *(
        Summed(name, equation, given=(mode,), keep=(rho, excess, rho_k, rho_k1))
        for name, equation, mode in (
            ("dominant excess, once", Eq(RE_D, rho_k * E_D), "one dominant contraction"),
            ("dominant excess, twice", Eq(RRE_D, rho_k**2 * E_D), "one dominant contraction"),
            ("bulk excess, once", Eq(RE_B, rho_k1 * E_B), "one bulk contraction"),
            ("bulk excess, twice", Eq(RRE_B, rho_k1**2 * E_B), "one bulk contraction"),
        )
    ),
    CertifiedInTime(
        "two-level identity",
        Eq(Next(S), rho_k1 * S + E_D * (1 - rho_k) * (rho_k1 - rho_k) * B_next),
        given=(
            "two steps later (dominant)",
            "two steps later (bulk)",
            "dominant excess, once",
            "dominant excess, twice",
            "bulk excess, once",
            "bulk excess, twice",
        ),
        by=SPLIT,
        keep=(rho_k, rho_k1),
    ),
)

claim = Claim(
    id="SA-11",
    title="The mirror regime and the two-level classification",
    source="limits of the abstract's A4 (our formalisation)",
    functional="ratio of expectations",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "stable": eta * lambda_1 < 2,
        "additive": additive,
        "dominant": D > 0,
    },
    conclusion={
        "mirror certificate": Implies(And(mirror, above), Next(S) <= rho_k * S),
        "rise, then fall": Implies(And(mirror, above), rise_then_fall),
        "two levels, small step, from above": Implies(
            at_two_levels(small, E_D >= 0, E_B >= 0), fall_then_rise
        ),
        "two levels, small step, from below": Implies(
            at_two_levels(small, E_D <= 0, E_B <= 0), rise_then_fall
        ),
        "two levels, large step, from above": Implies(
            at_two_levels(large, E_D >= 0, E_B >= 0), rise_then_fall
        ),
        "two levels, large step, from below": Implies(
            at_two_levels(large, E_D <= 0, E_B <= 0), fall_then_rise
        ),
        "two levels, dominant low, bulk high": Implies(
            at_two_levels(E_D <= 0, E_B >= 0), Always(rises)
        ),
        "two levels, dominant high, bulk low": Implies(
            at_two_levels(E_D >= 0, E_B <= 0), Always(falls)
        ),
        "two levels, minimax step": Implies(
            at_two_levels(minimax), Always(Eq(sign(a_next - a), sign(a_inf - a)))
        ),
    },
    derivation=(
        Modewise(
            "every mode is stable",
            ForAllModes(eta * lam < 2),
            given=("gap", "positive", "step", "stable"),
        ),
        Suppose("mirror", mirror),
        Suppose("all above", above, given=("every mode is stable",)),
        ModeByMode("split the energies (dominant)", Eq(D, C_D + E_D)),
        ModeByMode("split the energies (bulk)", Eq(B, C_B + E_B)),
        Expectation("a step later (dominant)", Eq(D_next, C_D + RE_D)),
        Expectation("a step later (bulk)", Eq(B_next, C_B + RE_B)),
        OneStepLater(
            "two steps later (dominant)", Eq(Next(D_next), C_D + RRE_D), given=("additive",)
        ),
        OneStepLater("two steps later (bulk)", Eq(Next(B_next), C_B + RRE_B), given=("additive",)),
        Modewise(
            "stationary levels are not negative",
            ForAllModes(c >= 0),
            given=("every mode is stable", "positive", "step"),
        ),
        Modewise("contractions are not negative", ForAllModes(rho >= 0), squares=(1 - eta * lam,)),
        Modewise(
            "contractions are at most 1",
            ForAllModes(rho <= 1),
            given=("every mode is stable", "positive", "step"),
        ),
        Certified(
            "the flattest dominant mode overshoots",
            eta * lambda_k > 1,
            given=("gap", "positive", "step", "mirror"),
        ),
        Modewise(
            "the flattest dominant mode contracts most of all dominant ones",
            ForDominantModes(rho >= rho_k),
            given=("the flattest dominant mode overshoots", "step", "gap", "positive"),
        ),
        Modewise(
            "every bulk mode contracts more",
            ForBulkModes(rho <= rho_k),
            given=("the flattest dominant mode overshoots", "mirror", "step", "gap", "positive"),
        ),
        SummedInTime(
            "once falling, falling: the certificate",
            Next(S) <= rho_k * S,
            given=(
                "split the energies (dominant)",
                "split the energies (bulk)",
                "a step later (dominant)",
                "a step later (bulk)",
                "two steps later (dominant)",
                "two steps later (bulk)",
                "all above",
                "stationary levels are not negative",
                "contractions are not negative",
                "contractions are at most 1",
                "the flattest dominant mode contracts most of all dominant ones",
                "every bulk mode contracts more",
            ),
            keep=(rho, c, excess, rho_k),
        ),
        Conclude(
            "if all start above",
            Implies(above, Next(S) <= rho_k * S),
            given=("all above", "once falling, falling: the certificate", "every mode is stable"),
        ),
        Conclude(
            "in the mirror regime",
            Implies(mirror, Implies(above, Next(S) <= rho_k * S)),
            given=("mirror", "if all start above", "every mode is stable"),
        ),
        Follows(
            "mirror certificate",
            Implies(And(mirror, above), Next(S) <= rho_k * S),
            given=("in the mirror regime", "every mode is stable"),
        ),
        Preserved(
            "above for ever", Always(above), given=("additive", "all above", "every mode is stable")
        ),
        Certified(
            "the flattest dominant mode does not vanish",
            rho_k > 0,
            given=("the flattest dominant mode overshoots",),
        ),
        Summed(
            "dominant energy forgets slowly",
            D_next >= rho_k * D,
            given=("the flattest dominant mode overshoots", "step", "gap", "positive"),
            by=("SA-1/dominant energy",),
        ),
        CertifiedInTime(
            "dominant energy stays positive for a step",
            Implies(D > 0, NextHolds(D > 0)),
            given=("dominant energy forgets slowly", "the flattest dominant mode does not vanish"),
            keep=(rho_k,),
        ),
        Induction(
            "and so for ever",
            Always(Implies(D > 0, Always(D > 0))),
            given=("dominant energy stays positive for a step", "additive"),
        ),
        Onward("dominant for ever", Always(D > 0), given=("dominant", "and so for ever")),
        CertifiedInTime(
            "dominant energy a step later",
            D_next > 0,
            given=(
                "dominant",
                "dominant energy forgets slowly",
                "the flattest dominant mode does not vanish",
            ),
            keep=(rho_k,),
        ),
        CertifiedInTime(
            "falling stays falling for a step",
            Implies(S <= 0, NextHolds(S <= 0)),
            given=(
                "once falling, falling: the certificate",
                "the flattest dominant mode does not vanish",
            ),
            keep=(S, rho_k),
        ),
        Induction(
            "one turn of the cross difference",
            Always(Implies(S <= 0, Always(S <= 0))),
            given=("falling stays falling for a step", "additive", "above for ever"),
        ),
        Certified(
            "S has the sign of the change",
            Equivalent(falls, S <= 0),
            given=("dominant", "dominant energy a step later"),
        ),
        Throughout(
            "it has at every time",
            Always(Equivalent(falls, S <= 0)),
            given=("S has the sign of the change", "dominant for ever", "additive"),
        ),
        Follows(
            "one turn",
            rise_then_fall,
            given=("one turn of the cross difference", "it has at every time"),
        ),
        Conclude(
            "one turn from above",
            Implies(above, rise_then_fall),
            given=("all above", "one turn", "every mode is stable"),
        ),
        Conclude(
            "one turn in the mirror regime",
            Implies(mirror, Implies(above, rise_then_fall)),
            given=("mirror", "one turn from above", "every mode is stable"),
        ),
        Follows(
            "rise, then fall",
            Implies(And(mirror, above), rise_then_fall),
            given=("one turn in the mirror regime", "every mode is stable"),
        ),
        *two_level_steps,
    ),
    implied={
        "step": "for eta <= 0 no level is positive, so every direction starts above it, and what "
        "is claimed from above holds",
        "gap": "the contractions of the two blocks are ordered, weakly, without it; so are the "
        "directions claimed",
    },
    examples={
        "rises, then falls": Example(
            {
                "dominant": [["1", "10000", "1"]],
                "bulk": [["1/2", "1000", "1"]] * 10,
                "step_size": "15/8",
                "horizon": 4,
            },
            {a: "0.5", With(a, "time", 2): "0.99847", a_inf: "0.62963"},
        ),
        "monotone at the minimax step": Example(
            {
                "dominant": [["1", "100", "1"]],
                "bulk": [["1/2", "100", "1"]],
                "step_size": "4/3",
            },
            {a: "1/2", a_inf: "4/5"},
        ),
    },
    checked_only=dict.fromkeys(
        (
            "two levels, small step, from above",
            "two levels, small step, from below",
            "two levels, large step, from above",
            "two levels, large step, from below",
            "two levels, dominant low, bulk high",
            "two levels, dominant high, bulk low",
            "two levels, minimax step",
        ),
        "the two one-step identities behind it are in the notes; their induction over time "
        "is checked along exact runs",
    ),
    notes=(
        "Two-level identities (n >= 0): S_{t+1} - rho_B S_t = E_D (1-rho_D)(rho_B-rho_D) B_{t+1} "
        "and S_{t+1} - rho_D S_t = E_B (1-rho_B)(rho_B-rho_D) D_{t+1}. Counting sign changes of "
        "the exponential sum, as the specification does, is not enough when one excess or both "
        "are negative.",
        "Part (a) needs D > 0: without it D and B may both vanish and alignment is undefined.",
        "Directions are meant weakly: with both excesses zero alignment is constant.",
        "Between 2/(lambda_1+lambda_{k+1}) and 2/(lambda_k+lambda_d) either order and more turns "
        "occur.",
    ),
    mutants={
        "two phases for every stable step": Implies(And(above, noisy), fall_then_rise),
        "two phases at the minimax step": Implies(
            at_two_levels(minimax, above), Always(a_next <= a)
        ),
        "rise, then fall at 0.995 of the limit": Implies(
            And(above, eta * (lambda_k + lambda_d) > Rational(199, 100)), rise_then_fall
        ),
        "from below as from above": Implies(
            at_two_levels(small, E_D <= 0, E_B <= 0), fall_then_rise
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(horizon=5, two_level=None, above=None, step="stable"),
)
