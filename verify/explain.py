"""A derivation told step by step, with the numbers of one model in every line if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from theory import registry
from theory.claim import Claim
from theory.language import (
    VOCABULARY,
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Formula,
    words_of,
)
from theory.proof import Step
from theory.render import text
from verify.balls import OutOfScope, Undecided, Undefined
from verify.checks import import_extra
from verify.explain_model import keys
from verify.kinds import AnyModel, AnyWorld, world_of
from verify.meaning import truth
from verify.readings import value

KINDS = {  # of steps, in plain words
    "AfterChange": "certificate, in a changed model",
    "Algebra": "algebra",
    "Averaged": "in the mean over the outcomes",
    "ByCases": "certificate for every case",
    "Certified": "certificate",
    "CertifiedInTime": "certificate",
    "CertifiedLater": "certificate",
    "CertifiedPowers": "certificate",
    "ClosedForm": "induction over the steps",
    "Conclude": "what was supposed becomes the premise",
    "Decay": "solving for the time",
    "Discriminant": "discriminant of a quadratic",
    "Elsewhere": "the same in a changed model",
    "Expectation": "expectation of the update",
    "ExpectationOfMode": "expectation of the update, mode by mode",
    "Extreme": "meaning of largest and smallest",
    "Follows": "logic",
    "ForEach": "the same for every mode",
    "FromNextOn": "from the next step on",
    "GaussianNoise": "moments of the Gaussian",
    "Geometric": "induction over time",
    "Indicator": "meaning of the sharpest and flattest modes",
    "Induction": "induction over time",
    "Instantiate": "special case",
    "Iterated": "the same at every step",
    "KeptUp": "kept by every step",
    "Logarithm": "solving for the time",
    "Member": "a sum is at least each of its terms",
    "ModeByMode": "mode by mode",
    "Modewise": "certificate for one mode",
    "OfThreshold": "certificate for every case",
    "OneStep": "expectation of one step",
    "OneStepLater": "expectation of the update",
    "Onward": "the same from then on",
    "Pathwise": "algebra, for every value of the noise",
    "Permanent": "what does not change",
    "PowerNotNegative": "powers keep the sign",
    "PowerOrder": "powers keep the order",
    "Preserved": "one step multiplies by a square",
    "ProjectedRun": "induction over time, block by block",
    "Reproduced": "induction over time",
    "SameLaw": "the same, for another model",
    "SameSign": "the same sign",
    "Sealed": "certificate",
    "Solve": "solving for the step",
    "SquareOfSum": "square of a sum",
    "Stays": "what does not change",
    "StaysTrue": "induction over time",
    "Summed": "certificate, term by term",
    "SummedInTime": "certificate, term by term",
    "Suppose": "supposed, for the sake of argument",
    "Throughout": "holds at every time",
    "Unchanged": "induction over time",
    "WithStep": "the same with another step size",
    "ZeroSquare": "a square that is not positive is zero",
}


@dataclass(frozen=True)
class Line:
    """One line of an explanation: name, sentence, why, its numbers, and what is wrong with it."""

    name: str
    statement: str
    why: str
    numbers: str
    problem: str | None = None


@dataclass(frozen=True)
class Explanation:
    """Everything `gradalign explain` shows, in order.

    `keys` are those of a file of numbers; `remark` says what the numbers make of the claim, if any.
    """

    assumptions: tuple[Line, ...]
    steps: tuple[Line, ...]
    conclusion: tuple[Line, ...]
    words: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    remark: str


def explain(claim_id: str, model: AnyModel | None = None) -> Explanation:
    """The assumptions, derivation and conclusion of a claim, evaluated in `model` if given."""
    claim = registry.get(claim_id)
    outcomes, loose, _ = registry.derivation(claim_id)
    import_extra(claim_id)  # the meanings of words that the claim brings along
    world = None if model is None else world_of(model)
    statements = [*claim.assumptions.values(), *claim.conclusion.values()]
    names = {n for s in statements for n in words_of(s)}
    return Explanation(
        tuple(Line(n, text(s), "", numbers(s, world)) for n, s in claim.assumptions.items()),
        tuple(
            Line(o.step.reason, text(o.step.statement), why(o.step),
                 numbers(o.step.statement, world), o.problem)
            for o in outcomes
        ),
        tuple(
            Line(n, text(s), reached(claim, loose.get(n)), numbers(s, world))
            for n, s in claim.conclusion.items()
        ),
        tuple((w.name, meaning(w.name)) for w in VOCABULARY.values() if w.name in names),
        keys(claim),
        "" if world is None else remark(claim, world),
    )  # fmt: skip


def reached(claim: Claim, problem: str | None) -> str:
    """What stands behind a part of the conclusion: the derivation, or why there is none."""
    if claim.corrected_by:
        return f"as printed; the corrected claim is {claim.corrected_by}"
    if claim.not_verifiable:
        return f"cannot be verified here: {claim.not_verifiable}"
    return "reached" if problem is None else f"checked, not proved: {problem}"


def remark(claim: Claim, world: AnyWorld) -> str:
    """Whether the claim speaks about this model, and whether its conclusion is true there."""
    assumed = {name: standing(s, world) for name, s in claim.assumptions.items()}
    found = {name: standing(s, world) for name, s in claim.conclusion.items()}
    broken = [name for name, holds in assumed.items() if holds not in ("holds", "open")]
    failing = [name for name, holds in found.items() if holds == "fails"]
    undefined = [name for name, holds in found.items() if holds == "undefined"]
    wrong = " and ".join(
        f"{_named(names)} {verb}"
        for names, verb in ((failing, "not true"), (undefined, "without a value"))
        if names
    )
    rest = " (parts without numbers are not looked at)" if "open" in found.values() else ""
    if broken:
        promise = f"The claim promises nothing here: {_named(broken)} does not hold."
        if wrong:
            return f"{promise} Of the conclusion, {wrong}{rest}."
        return f"{promise} Its conclusion holds here nevertheless{rest}."
    if not wrong:
        return f"Every assumption holds here, and so does the conclusion{rest}."
    return f"A counterexample: every assumption holds here; of the conclusion, {wrong}{rest}."


def _named(names: list[str]) -> str:
    """Names in quotation marks."""
    return ", ".join(f"“{name}”" for name in names)


def standing(sentence: Any, world: AnyWorld) -> str:
    """Whether a sentence holds, fails or is undefined in a model; open if numbers do not say."""
    if isinstance(sentence, Formula):
        return "open"
    try:
        return "holds" if truth(sentence)(world) else "fails"
    except Undefined:
        return "undefined"
    except (OutOfScope, Undecided, KeyError):
        return "open"


def why(step: Step) -> str:
    """How a step is justified: the kind of step, the facts it uses and the claims it cites."""
    reasons = [*(f"“{name}”" for name in step.given), *step.by]
    kind = KINDS[type(step).__name__]
    return f"{kind}, from {', '.join(reasons)}" if reasons else kind


def meaning(name: str) -> str:
    """A word's meaning and, if it has one, its definition."""
    word = VOCABULARY[name]
    definition = f" = {text(word.formula)}" if word.kind == "defined" else ""
    return f"{word.meaning}{definition}"


def numbers(sentence: Any, world: AnyWorld | None) -> str:
    """The sentence with its two sides evaluated, or its truth."""
    if world is None or isinstance(sentence, Formula):
        return ""
    try:
        if sentence.is_Relational:
            holds = "holds" if truth(sentence)(world) else "FAILS"
            sides = f"{value(sentence.lhs, world)} {sentence.rel_op} {value(sentence.rhs, world)}"
            return f"{sides}: {holds}"
        return _verdict(sentence, world) + _inside(sentence, world)
    except (OutOfScope, Undefined) as reason:
        return f"no value here: {reason}"
    except (Undecided, KeyError):
        return "about every value of its free variables"


def _verdict(sentence: Any, world: AnyWorld) -> str:
    if not truth(sentence)(world):
        return "FAILS"
    if isinstance(sentence, sympy.Implies) and not truth(sentence.args[0])(world):
        return "says nothing here: its premise is false"
    return "holds"


def _inside(sentence: Any, world: AnyWorld) -> str:
    relations = sorted(sentence.atoms(sympy.core.relational.Relational), key=str)
    if sentence.has(Always, ForAllModes, ForDominantModes, ForBulkModes):
        return ""
    told = []
    for r in relations:
        try:
            holds = str(truth(r)(world)).lower()
            told.append(
                f"{text(r)}: {value(r.lhs, world)} {r.rel_op} {value(r.rhs, world)}, {holds}"
            )
        except (ArithmeticError, KeyError):
            continue
    return f" ({'; '.join(told)})" if told else ""
