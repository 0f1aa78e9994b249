"""Attempts to prove something false of a small setting: each is refused, or does not count.

Every attempt has an exact instance in which its statement is false or undefined, found by running
the setting literally, so that the attempt is known to deserve refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sympy
from sympy import Eq, log, sqrt

from theory import registry
from theory.averaging import OneStep, Update
from theory.claim import Claim
from theory.deterministic_run import CertifiedPowers, ClosedForm
from theory.language import VOCABULARY, Formula
from theory.proof import Fact, NotAccepted, Proof, Step, examine
from theory.random_steps import Iterated
from theory.setting import Setting
from theory.squares import ZeroSquare
from theory.steps import Algebra, Certified, Instantiate, not_shown_nonzero, unseen_divisors
from theory.tiny_subspaces import (
    ts17_valley,
    ts21_sam_edge,
    ts23_sam_cycle,
    ts25_bulk_amplification,
)
from theory.tiny_subspaces.momentum import (
    BLOCK,
    MODE,
    constant_rate,
    fast_root,
    g,
    m,
    slow_root,
    steps,
)
from theory.tiny_subspaces.one_update import UPDATE_SETTING, dom_lr
from theory.tiny_subspaces.toy import TOY, UPDATE, coupling, flat, run_length, sgd, sharp, x2
from theory.tiny_subspaces.toy_levels import asked, coupling_needed, noise_needed, ratio_needed
from theory.tiny_subspaces.toy_paths import mean_share_next
from theory.vocabulary import beta, eta
from verify.balls import Undefined
from verify.checks import import_extra
from verify.instances import Instance, InstanceWorld, instance
from verify.meaning import truth
from verify.prove import certificates_of
from verify.search import FALSE, decide, search


@dataclass(frozen=True)
class Attempt:
    """A false statement about a setting, the step said to prove it (after `first`), and where it
    fails.
    """

    claim: str  # a claim about the setting
    statement: Any
    step: Step
    counterexample: Instance
    assumptions: Mapping[str, Any] = field(default_factory=dict)
    first: tuple[Step, ...] = ()

    def as_claim(self) -> Claim:
        """The attempt as a claim of its own."""
        return replace(
            registry.get(self.claim),
            assumptions=self.assumptions,
            conclusion={"false": self.statement},
            derivation=(*self.first, self.step),
            checked_only={},
        )


def given(*names: str) -> dict[str, Any]:
    """The step arguments that every attempt has: what it names."""
    return {"given": names}


POWERS = (1 - beta ** (steps - 1) * (beta**2 + beta) + beta**steps) / (1 - beta)
SUM = (1 - beta ** (steps + 1)) / (1 - beta)
RATE = ts25_bulk_amplification
ROOT_GAP = slow_root - fast_root
NEEDED = {
    "step": eta > 0,
    "curved": flat > 0,
    "sharp": sharp > 0,
    "asked": asked > 0,
    "not all": asked < 1,
    "within reach": 1 - ratio_needed**2 > 0,
}
ROOT_SQUARED = Eq(
    coupling_needed**2 * eta, (sharp - flat) * (2 - eta * (sharp + flat)) * noise_needed
)
RADICAND = (sharp - flat) * (2 - eta * (sharp + flat)) * noise_needed
LOG_SQUARED = Eq((log(sharp) + 1) ** 2, log(sharp) ** 2 + 2 * log(sharp) + 1)
free = sympy.Symbol("free", real=True)
SQUARE_TIMES = (Certified("a square", x2 * free**2 >= 0, squares=(free,)),)
LARGE_STEP = instance(
    TOY.name,
    flat=1, sharp=2, coupling=1, eta=1, x2=1, y2=1, xy=0, run_length=1, asked="1/10",
    other_coupling=1, other_eta=1,
)  # fmt: skip
SQUARE = dom_lr**2 + 2 * dom_lr * eta >= -(eta**2)
BEHIND = instance(
    ts23_sam_cycle.SAM_PLANE.name,
    radius=1, curvature=1, eta=1, other_curvature=1, position=-1, other_position=0, plane_norm=1,
)  # fmt: skip
NO_NORM = BEHIND.with_number("position", BEHIND.number("curvature")).with_number(
    "plane_norm", 2 * BEHIND.number("curvature")
)
SAM = ts21_sam_edge
DOWNHILL = instance(SAM.SAM_EDGE.name, radius=1, gradient_norm=-1, eta=1, theta=1, curvature=1)
TILTED = instance(
    ts17_valley.VALLEY.name,
    wall=1, floor_curvature=2, eta=1, floor_slope=1, floor_height=0, wall_noise=0, wall_x2=1,
    theta=1,
)  # fmt: skip
ATTEMPTS = {
    "a power of 0 with exponent -1": Attempt(
        "TS-26",
        Eq(constant_rate, eta * POWERS),
        ClosedForm("sum", Eq(constant_rate, eta * POWERS), **given("below 1"), states={m: SUM}),
        instance(BLOCK.name, eta=1, beta=0, steps=0),
        {"below 1": beta < 1},
    ),
    "a run that divides by zero": Attempt(
        "TS-25",
        RATE.closed_form,
        ClosedForm(
            "solve",
            RATE.closed_form,
            **given("spread", "gradient"),
            states={m: RATE.gathered / ROOT_GAP, g: RATE.remaining / ROOT_GAP},
        ),
        instance(MODE.name, eta=0, slow_root="1/2", fast_root="1/4", steps=1),
        {"spread": slow_root > fast_root, "gradient": RATE.remaining > 0},
    ),
    "a kept word that divides by zero": Attempt(
        "TS-24",
        SQUARE,
        Certified("square", SQUARE, keep=(dom_lr,), squares=(dom_lr + eta,)),
        instance(
            UPDATE_SETTING.name,
            eta=1,
            theta=1,
            **{f"{word}_{i}": i // 5 for word in ("grad", "move") for i in (1, 2, 3, 4)},
        ),
    ),
    "the root of a negative number": Attempt(
        "TS-11",
        ROOT_SQUARED,
        Algebra("square", ROOT_SQUARED, **given(*NEEDED)),
        LARGE_STEP,
        NEEDED,
    ),
    "the square of the root of a negative number": Attempt(
        "TS-11",
        RADICAND >= 0,
        Certified(
            "not negative",
            RADICAND >= 0,
            **given("square", "step"),
            keep=(coupling_needed, noise_needed),
            squares=(coupling_needed,),
        ),
        LARGE_STEP,
        NEEDED,
        (Algebra("square", ROOT_SQUARED, **given(*NEEDED)),),
    ),
    "an imaginary value for a variable": Attempt(
        "TS-11",
        -x2 >= 0,
        Instantiate("put in", -x2 >= 0, **given("a square"), variable=free, value=sympy.I),
        LARGE_STEP,
        first=SQUARE_TIMES,
    ),
    "a root of a negative number for a variable": Attempt(
        "TS-11",
        -x2 * (1 + flat**2) >= 0,
        Instantiate(
            "put in",
            -x2 * (1 + flat**2) >= 0,
            **given("a square"),
            variable=free,
            value=sqrt(-1 - flat**2),
        ),
        LARGE_STEP,
        first=SQUARE_TIMES,
    ),
    "a word that is such a root for a variable": Attempt(
        "TS-11",
        RADICAND * x2 / eta >= 0,
        Instantiate(
            "put in",
            RADICAND * x2 / eta >= 0,
            **given("a square", *NEEDED),
            variable=free,
            value=coupling_needed,
        ),
        LARGE_STEP,
        NEEDED,
        SQUARE_TIMES,
    ),
    "the logarithm of a negative number": Attempt(
        "TS-11",
        LOG_SQUARED,
        Algebra("square", LOG_SQUARED),
        LARGE_STEP.with_number("sharp", -1),
    ),
    "the root of a negative number is 0": Attempt(
        "TS-26",
        Eq(sqrt(beta), 0),
        ZeroSquare("root", Eq(sqrt(beta), 0), **given("negative")),
        instance(BLOCK.name, eta=1, beta=-1, steps=0),
        {"negative": beta <= 0},
    ),
    "SAM from the other side": Attempt(
        "TS-23", ts23_sam_cycle.along, OneStep("step", ts23_sam_cycle.along), BEHIND
    ),
    "SAM with any number as the norm": Attempt(
        "TS-23",
        Eq(ts23_sam_cycle.dom_sam_x, ts23_sam_cycle.PLANE_X),
        OneStep("step", Eq(ts23_sam_cycle.dom_sam_x, ts23_sam_cycle.PLANE_X)),
        NO_NORM,
    ),
    "SAM downhill": Attempt("TS-21", SAM.after, OneStep("step", SAM.after), DOWNHILL),
    "a floor steeper than the walls": Attempt(
        "TS-17", ts17_valley.dom_frozen, OneStep("step", ts17_valley.dom_frozen), TILTED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_false_statement_is_not_proved(name: str) -> None:
    """Fails when a step proves what an exact instance refutes."""
    attempt = ATTEMPTS[name]
    import_extra(attempt.claim)
    claim = attempt.as_claim()
    assert decide(claim, attempt.counterexample) == FALSE
    found, _ = certificates_of(claim)
    outcomes, loose, _ = examine(claim, registry.LIBRARY, found)
    assert loose or any(outcome.problem for outcome in outcomes)


def test_a_root_of_a_negative_number_has_no_value() -> None:
    """Fails when such a root, or logarithm, counts as a number that is merely not known."""
    world = InstanceWorld(instance(BLOCK.name, eta=1, beta=-1, steps=0))
    irrational = sqrt(sympy.Integer(2))
    for sentence in (
        Eq(sqrt(beta), 0),
        sqrt(beta) > -1,
        beta ** sympy.Rational(1, 3) < 1,
        sqrt(beta + irrational - 1) < 1,
        log(beta) > 0,
        log(beta + 1) > 0,
        log(beta + irrational - 1) > 0,
    ):
        with pytest.raises(Undefined):
            truth(sentence)(world)


def refused(claim: Claim, step: Step, certificates: Mapping[str, list[Any]]) -> bool:
    """Whether the step is not accepted in the claim."""
    try:
        Proof(claim, registry.LIBRARY, certificates).establish(step)
    except NotAccepted:
        return True
    return False


def test_a_word_computed_from_the_state_is_no_constant_factor() -> None:
    """Fails when a word whose value changes from step to step may be a power's base."""
    claim = registry.get("TS-10")
    share = mean_share_next
    step = Iterated("power", Eq(x2, share**run_length * x2), quantity=x2, factor=share)
    with pytest.raises(NotAccepted, match="depends on the state"):
        Proof(claim, registry.LIBRARY, {}).establish(step)


def test_a_fact_does_not_vouch_for_itself() -> None:
    """Fails when a fact that divides by x shows that x is not zero."""
    proof = Proof(registry.get("TS-26"), registry.LIBRARY, {})
    circular = Fact(beta > 0, frozenset(), divides_by=frozenset([beta]))
    proof.facts["circular"] = circular
    step = Algebra("divide", Eq(eta / beta + 1, (eta + beta) / beta), **given("circular"))
    assert not_shown_nonzero(proof, step) == {beta}
    assert unseen_divisors([circular], eta > 0, frozenset()) == {beta}
    proof.facts["sure"] = Fact(beta > 0, frozenset())
    assert not not_shown_nonzero(proof, replace(step, given=("circular", "sure")))


def test_a_variable_with_the_name_of_a_hidden_power_is_refused() -> None:
    """Fails when a free variable can be confused with the variable that stands for a power."""
    name = sympy.Symbol(f"[{beta}^{steps}]", real=True)
    claim = registry.get("TS-26")
    step = CertifiedPowers("equal", Eq(name, beta**steps))
    with pytest.raises(NotAccepted, match="such names"):
        Proof(claim, registry.LIBRARY, {}).establish(step)


def test_settings_with_one_name_and_two_updates_do_not_share_facts() -> None:
    """Fails when a fact about one update is cited where the setting has another."""
    claim = registry.get("TS-10")
    other = Update(((1, sgd(0)),), UPDATE.moments, {})
    changed = replace(claim, domain=replace(TOY, update=other))
    step = Algebra("cite", Eq(coupling, coupling, evaluate=False), by=("TS-9/sharp",))
    assert not refused(claim, step, {})
    assert refused(changed, step, {})


def settings_claims() -> list[str]:
    """The claims about small settings, apart from statements as printed."""
    names = [n for n in registry.files() if isinstance(registry.get(n).domain, Setting)]
    return [n for n in names if not registry.get(n).corrected_by]


@pytest.mark.parametrize("name", settings_claims())
def test_state_variables_are_not_words(name: str) -> None:
    """Fails when a state variable could be mistaken for a word of the vocabulary."""
    domain: Any = registry.get(name).domain
    state = [s for run in domain.runs for s in run.start]
    state += domain.update.state if domain.update else ()
    assert not {s.name for s in state} & set(VOCABULARY)


EXAMPLES = 40


@pytest.mark.full
@pytest.mark.parametrize("name", settings_claims())
def test_facts_hold_under_what_they_rest_on(name: str) -> None:
    """Fails when an established fact has a counterexample under the assumptions it rests on.

    Stronger than the claim itself: the other assumptions are dropped, so that a step which needs
    one of them without naming it is found.
    """
    import_extra(name)
    claim = registry.get(name)
    domain: Any = claim.domain
    for reason, fact in registry.LIBRARY.facts(name).items():
        free = [s for s in fact.statement.free_symbols if s.name not in VOCABULARY]
        if free or fact.statement.has(Formula) or not fact.rests_on <= set(claim.assumptions):
            continue
        rests_on = {n: claim.assumptions[n] for n in sorted(fact.rests_on)}
        divisors = {f"divisor {i}": sympy.Ne(d, 0) for i, d in enumerate(fact.divides_by)}
        alone = replace(
            claim, assumptions={**rests_on, **divisors}, conclusion={reason: fact.statement}
        )
        for instances in (domain.wider(), domain):
            found = search(alone, examples=EXAMPLES, seed=1, domain=instances, simplify=False)
            assert found.counterexample is None, (reason, found.counterexample)
