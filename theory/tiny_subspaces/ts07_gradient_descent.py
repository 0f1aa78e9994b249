"""Gradient descent loses all alignment below eta = 2/(lambda_1 + lambda_d), and gains it above."""

from sympy import And, Eq, Equivalent, Ge, Implies, Le, Rational, sqrt

from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, Geometric, OneStepLater
from theory.language import (
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Formula,
    Initially,
    Next,
    NextHolds,
    With,
)
from theory.projected_run import Unchanged
from theory.reasoning import Conclude, Follows, Onward, Suppose
from theory.steps import Certified, Expectation, Induction, Modewise, Summed, Throughout
from theory.tiny_subspaces.extreme_modes import (
    MEANING,
    Indicator,
    bottom,
    bottom_later,
    ends,
    fall_rate,
    flattest,
    rho_1,
    rise_rate,
    sharpest,
    top,
    top_later,
    two_level_rate,
)
from theory.vocabulary import (
    E_B,
    E_D,
    RE_B,
    RE_D,
    B,
    D,
    a,
    a_next,
    additive,
    eta,
    excess,
    g2,
    lam,
    lambda_1,
    lambda_d,
    lambda_k,
    lambda_k1,
    loss,
    loss_B,
    loss_B_next,
    loss_D,
    loss_D_next,
    loss_next,
    m1_B,
    m1_D,
    rho,
    rho_d,
    rho_k,
    rho_k1,
    s2,
    s_B,
    s_D,
    t,
)

quiet = ForAllModes(Eq(s2, 0))
small, large = ends <= 2, ends >= 2
falls = Le(D / B, Initially(E_D / bottom) * fall_rate**t)
rises = Le(B / D, Initially(E_B / top) * rise_rate**t)
balance = Always(Eq(top / bottom, Initially(top / bottom)))
fall_rates = Implies(small, And(fall_rate >= 0, Equivalent(fall_rate < 1, ends < 2)))
rise_rates = Implies(large, And(rise_rate >= 0, Equivalent(rise_rate < 1, ends > 2)))
two_level_premise = And(Eq(lambda_1, lambda_k), Eq(lambda_k1, lambda_d), ends <= 2)
SPECTRUM = ("gap", "positive", "step")
STABLE = (*SPECTRUM, "cleared step")
TOY = {"dominant": [["1000", "1000000", "0"]], "bulk": [["1", "1", "0"]], "step_size": "1/10000"}
toy = And(Eq(lambda_1, 1000), Eq(lambda_d, 1), Eq(eta, Rational(1, 10000)))
WINDOW = {"dominant": [["1000", "1", "0"]], "bulk": [["1", "1", "0"]]}
LATE = {
    "dominant": [["10", "1", "0"]],
    "bulk": [["7", "1", "0"], ["1", "1/10000", "0"]],
    "step_size": "1/7",
}


def faster(bound, rate):
    """The bound with one per cent less of its rate per step."""
    return bound.subs(rate, Rational(99, 100) * rate)


def lasting(reason, sentence, *given):
    """The sentence at every time, since all that it rests on lasts."""
    return Throughout(reason, Always(sentence), given=(*given, "additive"))


def regime(premise, side, moving, kept, rate, power, bound, rates):
    """The steps to `bound`: one block loses against the extreme modes of the other.

    `side`: on which side of 1/eta the extreme eigenvalue lies; `rates`: what to say of the rate.
    `moving`: energy of the losing block, the same a step later, its quantifier, its name; `kept`:
    energy of the extreme modes, a step later, of their whole block, their quantifier, indicator,
    name and what they are.
    """
    loser, loser_later, for_loser, loser_name = moving
    extreme, extreme_later, whole, for_kept, indicator, name = kept
    ratio, top_rate = loser / extreme, rate * power
    tag = f"{name}: "
    within, where = (m for m in MEANING if m.has(indicator))
    return (
        Suppose(f"{tag}step", premise),
        Indicator(f"{tag}share of a mode", within),
        Indicator(f"{tag}which modes", where),
        Certified(f"{tag}side", side, given=(*STABLE, f"{tag}step")),
        Certified(f"{tag}they stay", power > 0, given=(f"{tag}side",)),
        Certified(
            f"{tag}rate",
            rates.args[1],
            given=(*STABLE, f"{tag}step", f"{tag}side"),
            squares=(1 - eta * lambda_k, 1 - eta * lambda_k1),
        ),
        Follows(f"{tag}rate is not negative", rate >= 0, given=(f"{tag}rate",)),
        Conclude(f"{tag}rates", rates, given=(f"{tag}step", f"{tag}rate")),
        Modewise(
            f"{tag}how much they contract",
            for_kept(Eq(indicator * rho, indicator * power)),
            given=(f"{tag}which modes",),
        ),
        Modewise(
            f"{tag}how much the {loser_name} modes contract",
            for_loser(rho <= top_rate),
            given=(*STABLE, f"{tag}step", f"{tag}side"),
        ),
        Summed(
            f"{tag}energy of the extreme modes a step later",
            Eq(extreme_later, power * extreme),
            given=(f"{tag}how much they contract", "no energy is negative"),
            keep=(rho, excess, indicator, power),
        ),
        Summed(
            f"{tag}{loser_name} energy a step later",
            loser_later <= top_rate * loser,
            given=(f"{tag}how much the {loser_name} modes contract", "no energy is negative"),
            keep=(rho, excess, rate, power),
        ),
        Summed(
            f"{tag}part of their block",
            whole >= extreme,
            given=(f"{tag}share of a mode", "no energy is negative"),
            keep=(excess, indicator),
        ),
        OneStepLater(
            f"{tag}extreme modes, next", Eq(Next(extreme), extreme_later), given=("additive",)
        ),
        OneStepLater(
            f"{tag}{loser_name} block, next", Eq(Next(loser), loser_later), given=("additive",)
        ),
        CertifiedInTime(
            f"{tag}excited and next",
            Implies(extreme > 0, NextHolds(extreme > 0)),
            given=(
                f"{tag}extreme modes, next",
                f"{tag}energy of the extreme modes a step later",
                f"{tag}they stay",
            ),
            keep=(power,),
        ),
        Induction(
            f"{tag}excited and later",
            Always(Implies(extreme > 0, Always(extreme > 0))),
            given=(f"{tag}excited and next", "additive"),
        ),
        Onward(
            f"{tag}excited for ever",
            Always(extreme > 0),
            given=(f"{name} excited", f"{tag}excited and later"),
        ),
        CertifiedInTime(
            f"{tag}ratio a step later",
            Next(ratio) <= rate * ratio,
            given=(
                f"{tag}extreme modes, next",
                f"{tag}{loser_name} block, next",
                f"{tag}energy of the extreme modes a step later",
                f"{tag}{loser_name} energy a step later",
                f"{name} excited",
                f"{tag}they stay",
            ),
            keep=(rate, power),
        ),
        lasting(
            f"{tag}ratio",
            Next(ratio) <= rate * ratio,
            f"{tag}ratio a step later",
            f"{tag}excited for ever",
        ),
        Geometric(
            f"{tag}geometrically",
            Always(ratio <= Initially(ratio) * rate**t),
            given=(f"{tag}ratio", f"{tag}rate is not negative"),
        ),
        CertifiedInTime(
            f"{tag}bound now",
            bound,
            given=(
                f"{tag}geometrically",
                f"{name} excited",
                f"{tag}part of their block",
                f"no {loser_name} energy is negative",
                "dominant energy without noise",
                "bulk energy without noise",
            ),
            keep=(rate,),
        ),
        lasting(f"{tag}bound", bound, f"{tag}bound now", f"{tag}excited for ever"),
        Conclude(
            f"{tag}conclusion", Implies(premise, Always(bound)), given=(f"{tag}step", f"{tag}bound")
        ),
    )


def two_level_steps():
    """The steps to the two-mode law, which hold both ways where bounds hold one way."""
    ratio, rate = E_D / E_B, two_level_rate
    found = [
        Suppose("levels: premise", two_level_premise),
        Certified("levels: side", eta * lambda_k1 < 1, given=(*STABLE, "levels: premise")),
        Certified("levels: bulk stays", rho_k1 > 0, given=("levels: side",)),
        Certified("levels: rate", rate >= 0, given=("levels: side",),
                  squares=(1 - eta * lambda_k,)),
        Modewise(
            "levels: one dominant contraction",
            ForDominantModes(Eq(rho, rho_k)),
            given=("levels: premise", *STABLE),
        ),
        Modewise(
            "levels: one bulk contraction",
            ForBulkModes(Eq(rho, rho_k1)),
            given=("levels: premise", *STABLE),
        ),
        Summed(
            "levels: dominant energy a step later",
            Eq(RE_D, rho_k * E_D),
            given=("levels: one dominant contraction",),
            keep=(rho, excess, rho_k),
        ),
        Summed(
            "levels: bulk energy a step later",
            Eq(RE_B, rho_k1 * E_B),
            given=("levels: one bulk contraction",),
            keep=(rho, excess, rho_k1),
        ),
        Certified(
            "levels: bulk energy",
            E_B > 0,
            given=("flattest: part of their block", "flattest excited"),
        ),
        lasting("levels: bulk energy for ever", E_B > 0, "levels: bulk energy",
                "flattest: excited for ever", "levels: premise"),
    ]  # fmt: skip
    names = []
    for where, relation in (("above", Le), ("below", Ge)):
        step = relation(Next(ratio), rate * ratio)
        found += [
            CertifiedInTime(
                f"levels: ratio now, from {where}",
                step,
                given=(
                    "flattest: dominant block, next",
                    "sharpest: bulk block, next",
                    "levels: dominant energy a step later",
                    "levels: bulk energy a step later",
                    "levels: bulk stays",
                    "levels: bulk energy",
                ),
                keep=(rho_k, rho_k1),
            ),
            lasting(f"levels: ratio, from {where}", step, f"levels: ratio now, from {where}",
                    "flattest: excited for ever"),
            Geometric(
                f"levels: powers, from {where}",
                Always(relation(ratio, Initially(ratio) * rate**t)),
                given=(f"levels: ratio, from {where}", "levels: rate"),
            ),
        ]  # fmt: skip
        names.append(f"levels: powers, from {where}")
    law = Always(Eq(ratio, Initially(ratio) * rate**t))
    return (
        *found,
        Follows("levels: law", law, given=tuple(names)),
        Conclude(
            "levels: below",
            Implies(small, law),
            given=("flattest: step", "levels: law"),
        ),
        Conclude(
            "levels: two, and below",
            Implies(two_level_premise, Implies(small, law)),
            given=("levels: premise", "levels: below"),
        ),
        Follows("two levels", Implies(two_level_premise, law), given=("levels: two, and below",)),
    )


claim = Claim(
    id="TS-7",
    title="Gradient descent and alignment",
    source="appendices A.1 and G.1, Remark 3 (sharpened)",
    functional="none",
    assumptions={
        "gap": lambda_k > lambda_k1,
        "positive": lambda_d > 0,
        "step": eta > 0,
        "stable": eta < 2 / lambda_1,
        "additive": additive,
        "no noise": quiet,
        "sharpest excited": top > 0,
        "flattest excited": bottom > 0,
    },
    conclusion={
        "below: alignment vanishes": Implies(small, Always(falls)),
        "below: at this rate": fall_rates,
        "above: alignment becomes full": Implies(large, Always(rises)),
        "above: at this rate": rise_rates,
        "between: both ends keep their ratio": Implies(And(small, large), balance),
        "the loss falls in both": Always(loss_next <= loss),
        "two levels": Implies(
            two_level_premise, Always(Eq(E_D / E_B, Initially(E_D / E_B) * two_level_rate**t))
        ),
        "every mixture of modes": Formula(
            r"a_t \to 0 \Leftrightarrow \max_{i \le k, g_i \ne 0} |1 - \eta\lambda_i| < "
            r"\max_{j > k, g_j \ne 0} |1 - \eta\lambda_j| \text{, also if the sharpest or the "
            r"flattest modes start without gradient}",
            "every mixture of modes",
        ),
    },
    derivation=(
        Certified("the sharpest mode is curved", lambda_1 > 0, given=("gap", "positive")),
        Certified(
            "cleared step",
            eta * lambda_1 < 2,
            given=("stable", "the sharpest mode is curved"),
        ),
        Modewise("every mode is stable", ForAllModes(eta * lam < 2), given=STABLE),
        Modewise(
            "without noise all is excess",
            ForAllModes(Eq(excess, g2)),
            given=("no noise", "every mode is stable"),
        ),
        Modewise(
            "no energy is negative",
            ForAllModes(excess >= 0),
            given=("without noise all is excess",),
            keep=(excess,),
        ),
        *(
            step
            for block, energy, above in (("dominant", D, E_D), ("bulk", B, E_B))
            for step in (
                Summed(
                    f"{block} energy without noise",
                    Eq(energy, above),
                    given=("without noise all is excess",),
                    keep=(excess,),
                ),
                Summed(
                    f"no {block} energy is negative",
                    above >= 0,
                    given=("no energy is negative",),
                    keep=(excess,),
                ),
            )
        ),
        *regime(
            small,
            eta * lambda_d < 1,
            (E_D, RE_D, ForDominantModes, "dominant"),
            (bottom, bottom_later, E_B, ForBulkModes, flattest, "flattest"),
            fall_rate,
            rho_d,
            falls,
            fall_rates,
        ),
        *regime(
            large,
            eta * lambda_1 > 1,
            (E_B, RE_B, ForBulkModes, "bulk"),
            (top, top_later, E_D, ForDominantModes, sharpest, "sharpest"),
            rise_rate,
            rho_1,
            rises,
            rise_rates,
        ),
        # --- the loss
        Summed("dominant curvature is at most lambda_1", m1_D <= lambda_1 * D),
        Summed("bulk curvature too", m1_B <= lambda_1 * B),
        Summed("no dominant noise", Eq(s_D, 0), given=("no noise",)),
        Summed("no bulk noise", Eq(s_B, 0), given=("no noise",)),
        Expectation(
            "a step and the dominant loss",
            Eq(loss_D_next, loss_D - eta * D + eta**2 * (m1_D + s_D) / 2),
        ),
        Expectation(
            "a step and the bulk loss",
            Eq(loss_B_next, loss_B - eta * B + eta**2 * (m1_B + s_B) / 2),
        ),
        Certified(
            "the loss falls now",
            loss_next <= loss,
            given=(
                "dominant curvature is at most lambda_1",
                "bulk curvature too",
                "no dominant noise",
                "no bulk noise",
                "a step and the dominant loss",
                "a step and the bulk loss",
                "step",
                "cleared step",
            ),
        ),
        lasting("the loss falls", loss_next <= loss, "the loss falls now"),
        # --- at the critical step
        Certified(
            "critical: one contraction",
            Eq(rho_1, rho_d),
            given=("flattest: step", "sharpest: step"),
        ),
        CertifiedInTime(
            "critical: both ends contract alike",
            Eq(Next(top / bottom), top / bottom),
            given=(
                "flattest: extreme modes, next",
                "sharpest: extreme modes, next",
                "flattest: energy of the extreme modes a step later",
                "sharpest: energy of the extreme modes a step later",
                "critical: one contraction",
                "flattest: they stay",
                "flattest excited",
            ),
            keep=(rho_1, rho_d),
        ),
        lasting(
            "critical: at every step",
            Eq(Next(top / bottom), top / bottom),
            "critical: both ends contract alike",
            "flattest: excited for ever",
        ),
        Unchanged("critical: for ever", balance, given=("critical: at every step",)),
        Conclude(
            "critical: not above",
            Implies(small, balance),
            given=("flattest: step", "critical: for ever"),
        ),
        Conclude(
            "critical: nor below",
            Implies(large, Implies(small, balance)),
            given=("sharpest: step", "critical: not above"),
        ),
        Follows("critical", Implies(And(small, large), balance), given=("critical: nor below",)),
        # --- two levels
        *two_level_steps(),
    ),
    implied={
        "positive": "with negative curvature the flattest modes grow, and alignment vanishes all "
        "the same; the step sizes above the critical one are then unstable",
        "additive": "noise that depends on the state is absent only where nothing moves",
    },
    checked_only={
        "every mixture of modes": "speaks about the modes that start with a gradient: literal runs "
        "of random instances are followed until one side has lost",
    },
    mutants={
        "alignment vanishes at every stable step": Always(falls),
        "alignment falls at every step": Implies(ends < 2, Always(a_next < a)),
        "twice as fast": Implies(
            small, Always(Le(D / B, Initially(E_D / bottom) * fall_rate ** (2 * t)))
        ),
        "one per cent faster below": Implies(small, Always(faster(falls, fall_rate))),
        "one per cent faster above": Implies(large, Always(faster(rises, rise_rate))),
        "alignment becomes full below": Implies(small, Always(rises)),
        "the loss rises above": Implies(ends > 2, loss_next > loss),
        "alignment cannot rise": Implies(ends > 2, a_next <= a),
        "constant at the critical step": Implies(And(small, large), Always(Eq(a_next, a))),
        "90 steps are enough in the toy": Implies(toy, With(a, "time", 90) < Rational(1, 400)),
    },
    examples={
        "the toy quadratic": Example(
            {**TOY, "horizon": 100},
            {
                With(sqrt(a), "time", 90): "0.07664",
                With(sqrt(a), "time", 94): "0.05039",
                With(sqrt(a), "time", 95): "0.0453645975817057",
                With(sqrt(a), "time", 99): "0.0298",
            },
        ),
        "the toy quadratic inside the window": Example(
            {**WINDOW, "step_size": "1999/1000000"},
            {a: "1/2", rise_rate: "0.9980010", With(a, "time", 300): "0.6457"},
        ),
        "a rise before the fall": Example(
            LATE,
            {a: "10000/20001", a_next: "0.9996", With(a, "time", 20): "9.09e-9"},
        ),
    },
    notes=(
        "The specification's window lies between 2/(lambda_1 + lambda_d) and 2/lambda_1: there the "
        "loss falls at every step, and the gradient aligns without any noise.",
        "At eta = 2/(lambda_1 + lambda_d) both bounds hold with rate 1, and the sharpest and the "
        "flattest modes keep their ratio while all others vanish: alignment tends to the share of "
        "the sharpest among the two.",
        "Without noise the energies above stationary, in which the bounds are written, are the "
        "energies themselves. If the sharpest or the flattest modes have no gradient, the next "
        "excited ones take their place (last part).",
        "Remark 3 calls step sizes small if the loss falls monotonically. That is not enough for "
        "alignment to vanish: in the window it falls monotonically too.",
    ),
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(horizon=5, step="stable", quiet=True, two_level=None),
)
