"""The two-level half of SA-11: one turn at most, and which way, by the signs of the excesses."""

from sympy import And, Eq, Equivalent, Implies, sign, symbols

from theory.in_time import CertifiedInTime, OneStepLater
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Next,
    NextHolds,
)
from theory.reasoning import Conclude, Follows, Onward, Suppose
from theory.steps import (
    Certified,
    Induction,
    Modewise,
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
    s2,
)

lam_i = symbols("lam_i", real=True)
above = ForAllModes(excess >= 0)
falls, rises = a_next <= a, a_next >= a
boundary = Eq(eta * (lambda_1 + lambda_k1), 2)
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


STABLE = ("gap", "positive", "step", "stable")


def opposite(name, dominant, bulk, sign_of_change, direction):
    """Steps: excesses of opposite signs fix the direction for ever, whatever the stable step."""
    one, other = f"{name}, dominant excess", f"{name}, bulk excess"
    return (
        *stays(one, dominant),
        *stays(other, bulk),
        Certified(
            f"{name}: the cross difference",
            sign_of_change,
            given=(
                f"{one}: now",
                f"{other}: now",
                "dominant energy moves by its excess",
                "bulk energy moves by its excess",
                *CONTRACTIONS,
            ),
            keep=(rho_k, rho_k1),
        ),
        Throughout(
            f"{name}: the cross difference, always",
            Always(sign_of_change),
            given=(
                f"{name}: the cross difference",
                f"{one}: always",
                f"{other}: always",
                "additive",
            ),
        ),
        Follows(
            f"{name} for ever",
            Always(direction),
            given=(
                f"{name}: the cross difference, always",
                "rising has a sign",
                "falling has a sign",
            ),
        ),
        Conclude(
            f"{name} for ever: bulk",
            Implies(bulk, Always(direction)),
            given=(f"{other}: now", f"{name} for ever"),
        ),
        Conclude(
            f"{name} for ever: both",
            Implies(dominant, Implies(bulk, Always(direction))),
            given=(f"{one}: now", f"{name} for ever: bulk"),
        ),
    )


def collected(part, derived, statement):
    """Steps: a part of the conclusion, from what was derived under its premises one by one."""
    with_noise, at_two = Implies(noisy, statement), Implies(two_level, Implies(noisy, statement))
    return (
        Conclude(f"{part}: with noise", with_noise, given=("noisy", derived)),
        Conclude(f"{part}: at two levels", at_two, given=("two levels", f"{part}: with noise")),
        Follows(part, PARTS[part], given=(f"{part}: at two levels",)),
    )


PARTS = {
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
}
RESULTS = {
    "two levels, small step, from above": (
        "small, E_D high: there one turn",
        Implies(small, Implies(E_D >= 0, fall_then_rise)),
    ),
    "two levels, small step, from below": (
        "small, E_D low: there one turn",
        Implies(small, Implies(E_D <= 0, rise_then_fall)),
    ),
    "two levels, large step, from above": (
        "large, E_D high: there one turn",
        Implies(large, Implies(E_D >= 0, rise_then_fall)),
    ),
    "two levels, large step, from below": (
        "large, E_D low: there one turn",
        Implies(large, Implies(E_D <= 0, fall_then_rise)),
    ),
    "two levels, dominant low, bulk high": (
        "rises for ever: both",
        Implies(E_D <= 0, Implies(E_B >= 0, Always(rises))),
    ),
    "two levels, dominant high, bulk low": (
        "falls for ever: both",
        Implies(E_D >= 0, Implies(E_B <= 0, Always(falls))),
    ),
    "two levels, minimax step": (
        "minimax: towards the limit",
        Implies(minimax, Always(Eq(sign(a_next - a), sign(a_inf - a)))),
    ),
}
REGIMES = {"small": small, "large": large}
CONTRACTIONS = (
    "dominant contraction is not negative",
    "bulk contraction is not negative",
    "dominant contraction is below 1",
    "bulk contraction is below 1",
)
SPLIT = ("SA-9/levels and excesses",)
TWO_LEVEL_STEPS = (
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
    OneStepLater("the dominant excess moves on", Eq(Next(E_D), RE_D), given=("additive",)),
    OneStepLater("the bulk excess moves on", Eq(Next(E_B), RE_B), given=("additive",)),
    CertifiedInTime(
        "E_D a step later",
        Eq(Next(E_D), rho_k * E_D),
        given=("the dominant excess moves on", "dominant excess, once"),
        keep=(rho_k,),
    ),
    CertifiedInTime(
        "E_B a step later",
        Eq(Next(E_B), rho_k1 * E_B),
        given=("the bulk excess moves on", "bulk excess, once"),
        keep=(rho_k1,),
    ),
    Certified("curved", lambda_1 > 0, given=("gap", "positive")),
    Certified(CONTRACTIONS[0], rho_k >= 0, squares=(1 - eta * lambda_k,)),
    Certified(CONTRACTIONS[1], rho_k1 >= 0, squares=(1 - eta * lambda_k1,)),
    Certified(CONTRACTIONS[2], rho_k < 1, given=STABLE),
    Certified(CONTRACTIONS[3], rho_k1 < 1, given=STABLE),
    # --- the sign of the change, at every time
    Summed(
        "noise feeds the dominant block",
        D_next >= eta**2 * n_D,
        by=("SA-1/dominant energy",),
        squares=(1 - eta * lam_i,),
    ),
    Certified(
        "dominant energy from the first step on",
        D_next > 0,
        given=("noise feeds the dominant block", "noisy", "step"),
    ),
    CertifiedInTime(
        "and later",
        Implies(D > 0, NextHolds(D > 0)),
        given=("dominant energy from the first step on",),
    ),
    Induction(
        "and later still", Always(Implies(D > 0, Always(D > 0))), given=("and later", "additive")
    ),
    Onward("dominant energy for ever", Always(D > 0), given=("dominant", "and later still")),
    *(
        step
        for name, sentence in {
            "rising has a sign": Equivalent(rises, S >= 0),
            "falling has a sign": Equivalent(falls, S <= 0),
        }.items()
        for step in (
            Certified(
                f"{name} now",
                sentence,
                given=("dominant", "dominant energy from the first step on"),
            ),
            Throughout(
                name,
                Always(sentence),
                given=(f"{name} now", "dominant energy for ever", "additive"),
            ),
        )
    ),
    # --- both excesses of one sign
    Suppose("small", small),
    Certified(
        "small: which block contracts more", rho_k1 - rho_k > 0, given=("gap", "step", "small")
    ),
    Suppose("large", large),
    Certified(
        "large: which block contracts more", rho_k1 - rho_k < 0, given=("gap", "step", "large")
    ),
    *persists("small", E_D, from_above=True, upwards=True),
    *persists("small", E_D, from_above=False, upwards=False),
    *persists("large", E_D, from_above=True, upwards=False),
    *persists("large", E_D, from_above=False, upwards=True),
    # --- excesses of opposite signs
    *(
        CertifiedInTime(
            f"{name} energy moves by its excess",
            Eq(after, before - (1 - contraction) * block),
            given=(f"{name} excess, once",),
            by=SPLIT,
            keep=(contraction,),
        )
        for name, after, before, contraction, block in (
            ("dominant", D_next, D, rho_k, E_D),
            ("bulk", B_next, B, rho_k1, E_B),
        )
    ),
    *opposite("rises", E_D <= 0, E_B >= 0, S >= 0, rises),
    *opposite("falls", E_D >= 0, E_B <= 0, S <= 0, falls),
    # --- the minimax step
    Suppose("minimax", minimax),
    Certified("both blocks contract alike", Eq(rho_k1, rho_k), given=("minimax", "step")),
    Modewise(
        "what a level is",
        ForAllModes(Eq(c * (2 - eta * lam), eta * lam * s2)),
        given=("every mode is stable",),
    ),
    *(
        step
        for name, level, noise in (("dominant", C_D, n_D), ("bulk", C_B, n_B))
        for step in (
            Summed(
                f"noise makes levels ({name})",
                2 * lambda_1 * level >= eta * noise,
                given=(
                    "what a level is",
                    "stationary levels are not negative",
                    "gap",
                    "positive",
                    "step",
                ),
                keep=(c,),
            ),
            Certified(
                f"{name} level",
                level > 0,
                given=(f"noise makes levels ({name})", "noisy", "step", "curved"),
            ),
        )
    ),
    Certified("bulk energy", B >= 0),
    Certified("bulk energy after a step", B_next >= 0),
    Certified(
        "towards the limit now",
        Eq(sign(a_next - a), sign(a_inf - a)),
        given=(
            "dominant excess, once",
            "bulk excess, once",
            "both blocks contract alike",
            "dominant level",
            "bulk level",
            "dominant",
            "dominant energy from the first step on",
            "bulk energy",
            "bulk energy after a step",
            CONTRACTIONS[2],
        ),
        by=SPLIT,
        keep=(rho_k, rho_k1),
    ),
    Throughout(
        "towards the limit",
        Always(Eq(sign(a_next - a), sign(a_inf - a))),
        given=("towards the limit now", "dominant energy for ever", "additive"),
    ),
    Conclude(
        "minimax: towards the limit",
        Implies(minimax, Always(Eq(sign(a_next - a), sign(a_inf - a)))),
        given=("minimax", "towards the limit"),
    ),
    # --- put the premises together
    *(step for name, result in RESULTS.items() for step in collected(name, *result)),
)
