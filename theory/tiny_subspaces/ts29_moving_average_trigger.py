"""An average of chi that starts at 0 fires at sample 29 at the earliest: for perfect samples."""

from sympy import And, Eq, Equivalent, Implies, Rational

from theory.claim import Claim, Example
from theory.deterministic_run import CertifiedPowers, ClosedForm, PowerOrder
from theory.language import Formula
from theory.reasoning import Conclude, Suppose
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.moving_average import (
    EMA,
    PAPER,
    averaged,
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
start_at_0 = And(paper, Eq(ema_start, 0))
early = Implies(And(start_at_0, Eq(ema_samples, 28)), ema_after <= THRESHOLD)
fired = Implies(And(start_at_0, Eq(ema_samples, 29)), ema_after > THRESHOLD)
fastest = Implies(
    And(ema_start <= 1 - left, ema_value <= 1), averaged(ema_start) <= 1 - ema_factor * left
)
BETWEEN = ("factor", "below one")
POWERS = ("a power is positive", "a power is at most 1")


def after_samples(count, sentence):
    """The steps to a sentence about the average after this many perfect samples, from 0."""
    premise = And(start_at_0, Eq(ema_samples, count))
    return (
        Suppose(f"the paper's numbers, {count} samples", premise),
        Algebra(
            f"the power after {count} samples",
            Eq(left, FACTOR**count),
            given=(f"the paper's numbers, {count} samples",),
        ),
        CertifiedPowers(
            f"put in {count} samples",
            sentence,
            given=(
                "sum the samples",
                f"the paper's numbers, {count} samples",
                f"the power after {count} samples",
            ),
        ),
        Conclude(
            f"after {count} samples",
            Implies(premise, sentence),
            given=(f"the paper's numbers, {count} samples", f"put in {count} samples"),
        ),
    )


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
        "sample 29": And(early, fired),
        "perfect samples are fastest": fastest,
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
        *after_samples(28, ema_after <= THRESHOLD),
        *after_samples(29, ema_after > THRESHOLD),
        CertifiedPowers("whatever the sample, the average stays behind", fastest, given=BETWEEN),
    ),
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
        "any sample may overtake": Implies(
            ema_start <= 1 - left, averaged(ema_start) <= 1 - ema_factor * left
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
        "The average of constant samples above the start rises, so that sample 29 is the first; "
        "perfect samples are fastest, so that no sequence fires earlier.",
        "Sample n is counted from 1. The experiments that use the trigger are TS-30 to TS-36.",
    ),
)
