"""A derivation told step by step, with the numbers of one model in every line if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import sympy

from theory import registry
from theory.language import VOCABULARY, Always, Formula, words_of
from theory.proof import Step
from theory.render import text
from theory.setting import Setting
from verify.balls import Irrational, Undecided, Undefined, enclosure
from verify.checks import import_extra
from verify.errors import InputError
from verify.exact_numbers import brief
from verify.instances import Instance, is_legitimate
from verify.kinds import AnyModel, AnyWorld, world_of
from verify.meaning import exact, truth
from verify.models import Mode, Model
from verify.state import State, read_state
from verify.state_files import read_mapping
from verify.state_values import number

MOST_STEPS = 1000  # of an instance
LONGEST_EXACT = 24  # characters of an exact number before it is shown as a decimal
KINDS = {
    "Expectation": "expectation of the update",
    "OneStep": "expectation of one step",
    "ClosedForm": "induction over the steps",
    "Iterated": "the same at every step",
    "KeptUp": "kept by every step",
    "CertifiedPowers": "certificate",
    "PowerOrder": "powers keep the order",
    "ModeByMode": "mode by mode",
    "Algebra": "algebra",
    "Solve": "solving for the step",
    "Certified": "certificate",
    "Modewise": "certificate for one mode",
    "Summed": "certificate, term by term",
    "Instantiate": "special case",
    "Preserved": "one step multiplies by a square",
    "Throughout": "holds at every time",
    "Induction": "induction over time",
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
    """Everything `gradalign explain` shows, in order."""

    assumptions: tuple[Line, ...]
    steps: tuple[Line, ...]
    conclusion: tuple[Line, ...]
    words: tuple[tuple[str, str], ...]


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
            Line(n, text(s), f"checked, not proved: {loose[n]}" if n in loose else "reached",
                 numbers(s, world))
            for n, s in claim.conclusion.items()
        ),
        tuple((w.name, meaning(w.name)) for w in VOCABULARY.values() if w.name in names),
    )  # fmt: skip


def why(step: Step) -> str:
    """How a step is justified: the kind of step, the facts it uses and the claims it cites."""
    reasons = [*(f"“{name}”" for name in step.given), *step.by]
    kind = KINDS.get(type(step).__name__, type(step).__name__)
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
    except Undefined as reason:
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
    if isinstance(sentence, Always) or sentence.atoms(Always):
        return ""
    told = []
    for r in relations:
        try:
            told.append(f"{text(r)} is {value(r.lhs, world)} {r.rel_op} {value(r.rhs, world)}")
        except (ArithmeticError, KeyError):
            continue
    return f" ({'; '.join(told)})" if told else ""


def value(expression: Any, world: AnyWorld) -> str:
    """The value of an expression, exact if short, else to ten digits."""
    try:
        return shown(exact(expression)(world))
    except Irrational:
        return str(enclosure(expression, world, 64).str(10, radius=False))


def shown(x: Fraction) -> str:
    """A rational, exactly if that is short."""
    bits = x.numerator.bit_length() + x.denominator.bit_length()
    short = bits < 4 * LONGEST_EXACT and len(str(x)) <= LONGEST_EXACT
    return str(x) if short else brief(x, 10)


def read_model(source: str, claim_id: str) -> AnyModel:
    """The model in a file: a state as `gradalign analyse` reads it, or the numbers of a setting.

    Raises InputError.
    """
    domain = registry.get(claim_id).domain
    if isinstance(domain, Setting):
        return _instance(read_mapping(source), source, domain)
    state = read_state(source if source == "-" else Path(source))
    if state.step_size is None:
        raise InputError(f"{source}: explain needs a step_size to put numbers in; add the key")
    return model_of(state)


def _instance(data: dict[str, Any], source: str, setting: Setting) -> Instance:
    """The instance of a setting with these numbers; strings are exact."""
    names = [word.name for word in setting.draws]
    odd = [name for name in data if name not in names] + [n for n in names if n not in data]
    if odd:
        problem = "unknown" if odd[0] in data else "missing"
        listed = ", ".join(names)
        raise InputError(f"{source}: {problem} key {odd[0]!r}; the numbers are: {listed}")
    values = tuple((name, number(data[name], f"{source}: {name}")[0]) for name in names)
    long = [n for n, x in values if VOCABULARY[n].whole and x > MOST_STEPS]
    if long:
        raise InputError(f"{source}: {long[0]} is at most {MOST_STEPS} here: exact powers grow")
    instance = Instance(setting.name, values)
    if not is_legitimate(instance):
        raise InputError(f"{source}: counts must be whole, and amounts must not be negative")
    return instance


def model_of(state: State) -> Model:
    """A state as a model; directions without curvature have no gradient and are left out."""
    columns = (state.eigenvalues, state.gradient, state.noise_variance)
    rows = [[Fraction(x) for x in row] for row in zip(*columns, strict=True)]
    modes = [Mode(e, g * g, v) for e, g, v in rows if e]
    return Model(tuple(modes[: state.k]), tuple(modes[state.k :]), Fraction(state.step_size or 1))
