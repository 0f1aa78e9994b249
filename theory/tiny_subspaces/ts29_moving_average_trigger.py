"""An average of chi that starts at 0 fires at sample 29 at the earliest; from chi_0, at once."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.claim import Claim, Example
from theory.iteration import CertifiedPowers, ClosedForm, PowerOrder
from theory.language import Formula
from theory.steps import Certified
from theory.tiny_subspaces.moving_average import (
    EMA,
    PAPER,
    ema,
    ema_after,
    ema_factor,
    ema_later,
    ema_samples,
    ema_start,
    ema_threshold,
    ema_value,
)

left = ema_factor**ema_samples
closed = Eq(ema_after, ema_start * left + ema_value * (1 - left))
later = Eq(ema_later, ema_start * ema_factor * left + ema_value * (1 - ema_factor * left))
rises = Implies(ema_value >= ema_start, And(ema_later >= ema_after, ema_after <= ema_value))
never = Implies(ema_value <= ema_threshold, ema_after <= ema_threshold)
remaining = Implies(
    Eq(ema_start, 0),
    Equivalent(ema_after > ema_threshold, ema_value * left < ema_value - ema_threshold),
)
FACTOR, THRESHOLD = Rational(9, 10), Rational(19, 20)
paper = And(Eq(ema_factor, FACTOR), Eq(ema_threshold, THRESHOLD), Eq(ema_value, 1))
BETWEEN = ("factor", "below one")
POWERS = ("a power is positive", "a power is at most 1")

claim = Claim(
    id="TS-29",
    title="The trigger by a moving average",
    source="section 3.2 (our exact model)",
    functional="none",
    assumptions={
        "factor": ema_factor > 0,
        "below one": ema_factor < 1,
        "starts low": ema_start <= ema_threshold,
    },
    conclusion={
        "closed form": closed,
        "rises to the value": rises,
        "fires only above the threshold": never,
        "when it fires": remaining,
        "sample 29": Formula(
            r"f = .9,\ \tau = .95,\ m_0 = 0,\ \chi = 1 \Rightarrow "
            r"m_n > \tau \text{ exactly for } n \ge 29",
            "sample 29",
        ),
        "no earlier with any chi": Formula(
            r"m_0 = 0,\ \chi_t \le 1 \Rightarrow m_n \le 1 - f^n \le \tau \text{ for } n \le 28",
            "no earlier with any chi",
        ),
    },
    derivation=(
        ClosedForm(
            "sum the samples",
            closed,
            states={ema: ema_start * left + ema_value * (1 - left)},
        ),
        ClosedForm(
            "and one sample more",
            later,
            states={ema: ema_start * left + ema_value * (1 - left)},
        ),
        PowerOrder("a power is positive", left > 0, given=("factor",)),
        Certified("the factor", And(ema_factor >= -1, ema_factor <= 1), given=BETWEEN),
        PowerOrder("a power is at most 1", left <= 1, given=("the factor",)),
        CertifiedPowers(
            "nearer with every sample",
            rises,
            given=("sum the samples", "and one sample more", *BETWEEN, *POWERS),
        ),
        CertifiedPowers(
            "a mean of two numbers that are not above it",
            never,
            given=("sum the samples", "starts low", *POWERS),
        ),
        CertifiedPowers("compare", remaining, given=("sum the samples",)),
    ),
    checked_only={
        "sample 29": "one number: computed exactly, sample by sample",
        "no earlier with any chi": "a bound for every sequence of samples: exact on random ones, "
        "which the average of the largest possible samples dominates",
    },
    mutants={
        "sample 28": Implies(
            And(paper, Eq(ema_start, 0), Eq(ema_samples, 28)), ema_after > ema_threshold
        ),
        "the factor weighs the new value": Eq(
            ema_after,
            ema_start * (1 - ema_factor) ** ema_samples
            + ema_value * (1 - (1 - ema_factor) ** ema_samples),
        ),
        "a constant .95 fires in the end": Implies(
            And(Eq(ema_value, ema_threshold), ema_samples > 5), ema_after > ema_threshold
        ),
        "it fires wherever it starts only after a warm-up": Implies(
            Eq(ema_samples, 0), ema_after < ema_threshold
        ),
        "trigger on chi squared": Formula(
            r"\text{a constant } \chi \text{ fires iff } \chi^2 \text{ does}",
            "trigger on chi squared",
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=EMA,
    examples={
        "28 samples": Example({**PAPER, "ema_samples": "28"}, {ema_after: "0.94767"}),
        "29 samples": Example({**PAPER, "ema_samples": "29"}, {ema_after: "0.95290"}),
        "started at chi_0 = .959": Example(
            {**PAPER, "ema_start": "959/1000", "ema_samples": "0"},
            {ema_after: "959/1000", ema_after - ema_threshold: "9/1000"},
        ),
    },
    notes=(
        "The paper does not say how the average starts. Started at the first chi it can fire at "
        "once, before any training: the experiment is then another one. Start at 0, and wait for a "
        "minimum number of steps.",
        "Sample n is counted from 1. The experiments that use the trigger are TS-30 to TS-36.",
    ),
)
