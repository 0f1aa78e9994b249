"""The numbers that `gradalign explain --numbers` puts into a claim, read from a file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from theory import registry
from theory.claim import Claim
from theory.language import VOCABULARY, Formula
from theory.setting import Setting
from theory.vocabulary import least_squares
from verify.errors import InputError
from verify.exact_numbers import brief
from verify.instances import Instance
from verify.kinds import AnyModel
from verify.models import Mode, Model
from verify.state import State, state_from
from verify.state_files import read_mapping, source_name
from verify.state_values import number, whole_number

MOST_STEPS = 1000  # of an instance
STATE_KEYS = ("eigenvalues", "k", "gradient", "noise_variance", "step_size")
BATCH_KEYS = ("eigenvalues", "k", "gradient", "batch_size", "label_noise", "step_size")


def keys(claim: Claim) -> tuple[str, ...]:
    """The keys of a file of numbers for this claim; none if no sentence of it has numbers."""
    statements = [*claim.assumptions.values(), *claim.conclusion.values()]
    if all(isinstance(statement, Formula) for statement in statements):
        return ()
    if isinstance(claim.domain, Setting):
        return tuple(word.name for word in claim.domain.draws)
    return BATCH_KEYS if least_squares in claim.assumptions.values() else STATE_KEYS


def read_model(source: str, claim_id: str) -> AnyModel:
    """The model in a file: a state as `gradalign analyse` reads it, or the numbers of a setting.

    For a claim about least squares the state may have a batch size and label noise for its noise.
    Raises InputError, also for a claim that no file of numbers can illustrate.
    """
    claim = registry.get(claim_id)
    if not keys(claim):
        raise InputError(f"{claim_id} {without_numbers(claim)}; leave --numbers out")
    domain = claim.domain
    if isinstance(domain, Setting):
        return _instance(read_mapping(source, keys(claim)), source_name(source), domain)
    data = read_mapping(source)
    if keys(claim) == BATCH_KEYS and "batch_size" in data:
        return _least_squares(data, source_name(source))
    return model_of(_with_step(data, source_name(source)))


def _with_step(data: dict[str, Any], source: str) -> State:
    state = state_from(data)
    if state.step_size is None:
        raise InputError(f"{source}: explain needs a step_size to put numbers in; add the key")
    return state


def _least_squares(data: dict[str, Any], source: str) -> Model:
    """A state whose noise is that of fresh Gaussian minibatches (SA-20)."""
    for key in ("noise_variance", "noise_covariance"):
        if key in data:
            raise InputError(f"{source}: batch_size says what the noise is; leave {key} out")
    batch = whole_number(data.pop("batch_size"), f"{source}: batch_size")
    labels, _ = number(data.pop("label_noise", 0), f"{source}: label_noise")
    if batch < 1:
        raise InputError(f"{source}: batch_size is {batch}; a minibatch has at least one sample")
    if labels < 0:
        raise InputError(f"{source}: label_noise is {brief(labels)}; a variance is not negative")
    model = model_of(_with_step({**data, "noise_variance": 0}, source))
    return replace(model, batch_size=batch, label_noise=labels)


def without_numbers(claim: Claim) -> str:
    """Why there are no numbers to put into a claim."""
    if claim.not_verifiable:
        return "cannot be verified here"
    if claim.owes == ("experiment",):
        return "is about a trained network, not about numbers that one could give"
    return "is decided by checks of its own, not by the numbers of one state"


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
    for name, x in values:
        if VOCABULARY[name].whole and (x.denominator != 1 or x < 0):
            raise InputError(f"{source}: {name} is {brief(x)}; it counts, so give 0, 1, 2, ...")
        if VOCABULARY[name].nonnegative and x < 0:
            raise InputError(f"{source}: {name} is {brief(x)}; it must not be negative")
    return Instance(setting.name, values)


def model_of(state: State) -> Model:
    """A state as a model; directions without curvature have no gradient and are left out."""
    columns = (state.eigenvalues, state.gradient, state.noise_variance)
    rows = [[Fraction(x) for x in row] for row in zip(*columns, strict=True)]
    modes = [Mode(e, g * g, v) for e, g, v in rows if e]
    return Model(tuple(modes[: state.k]), tuple(modes[state.k :]), Fraction(state.step_size or 1))
