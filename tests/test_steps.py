"""Attempts to prove something false: every one must be refused, or not count as proved.

Each attempt comes with an exact model in which its last statement is false, evaluated from the
definitions by `verify.meaning`, so that the attempt is known to deserve refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from sympy import And, Eq, Equivalent, Ge, Gt, Implies, Ne, Or, Rational, Symbol, log, symbols

import verify.suspicious_alignment.words_projection  # noqa: F401  # meanings of its words
from theory import registry
from theory.cases import ByCases
from theory.claim import Claim, Domain
from theory.in_time import OneStepLater, WithStep
from theory.language import VOCABULARY, Always, ForAllModes, Formula, Initially, Next, With
from theory.obligations import known_nonnegative
from theory.pathwise import Pathwise
from theory.proof import Fact, NotAccepted, Proof, Step, examine
from theory.reasoning import Follows
from theory.steps import (
    Algebra,
    Certified,
    Expectation,
    Instantiate,
    ModeByMode,
    Modewise,
    Preserved,
    Solve,
    Summed,
    Throughout,
)
from theory.vocabulary import (
    C_D,
    RRE_D,
    B,
    D,
    D_next,
    G,
    G_next,
    S,
    a,
    a_P,
    additive,
    c,
    eta,
    eta_star,
    excess,
    lam,
    lambda_1,
    lambda_d,
    loss,
    loss_after_bulk_step,
    loss_after_dominant_step,
    loss_D,
    loss_D_next,
    loss_next,
    m1_D,
    m2_D,
    n_D,
    p,
    q,
    s2,
    turn_time,
)
from verify import search
from verify.balls import Irrational, OutOfScope, Undefined
from verify.meaning import World
from verify.models import Mode, Model, quadratic
from verify.prove import certificates_for
from verify.strategies import models

x, lam_i, root = symbols("x lam_i root", real=True)
F = Fraction
ANY = Domain()


@dataclass(frozen=True)
class Attempt:
    """A derivation of something false, and a model in which it is false."""

    name: str
    steps: tuple[Step, ...]
    model: Model | None = None  # None: the last statement has no meaning in any model
    assumptions: Mapping[str, Any] = field(default_factory=dict)
    domain: Domain = ANY

    @property
    def claim(self) -> Claim:
        conclusion = {"part": self.steps[-1].statement}
        return Claim("SA-0", "", "", "none", self.assumptions, conclusion,
                     mutants={}, derivation=self.steps, domain=self.domain)  # fmt: skip


def not_proved(claim: Claim, library: Any = registry.LIBRARY) -> dict[str, str]:
    """The parts that do not count as proved, after searching all certificates; with the reasons."""
    proof = Proof(claim, library, {})
    found: dict[str, Any] = {}
    problems = {}
    for step in claim.derivation:
        try:
            proof.establish(step)
        except NotAccepted:
            try:
                found[step.reason] = certificates_for(step, proof)
                proof.certificates = found
                proof.establish(step)
            except NotAccepted as problem:
                problems[step.reason] = str(problem)
    _, loose, _ = examine(claim, library, found)
    return {part: f"{reason} {problems}" for part, reason in loose.items()}


usual = quadratic("1 1/2", 1, "1 1", "1 1", "1/2")
nothing = quadratic("1 1/2", 1, "0 0", "1 1", "1/2")
negative = quadratic("-1 -2", 1, "1 1", "1 1", "1/2")
large_step = replace(usual, step_size=F(1), theta=F(3))
least_squares = replace(usual, batch_size=2, label_noise=F(1))
moving = Model((Mode(F(1), F(1), F(0), F(1)),), (Mode(F(1, 2), F(1), F(0), F(1)),), F(1, 2),
               momentum=F(1, 2))  # fmt: skip
critical = quadratic("2 1", 1, "1 1", "1 1", "1", schedule="critical", horizon=4)
energy = Eq(D_next, D - 2 * eta * m1_D + eta**2 * (m2_D + n_D))
heavy, own_step = Domain(momentum=True), Domain(step="critical")
above = ForAllModes(excess >= 0)
spread = Summed("s", m2_D - 2 * x * m1_D + x**2 * D >= 0, squares=(lam_i - x,))
hidden_zero = m1_D * (D + B) - D**2 - D * B  # is zero where m1_D = D
step_is = {"step": Eq(eta, 1 / lambda_1)}

half_step = With(eta * D, "step", Rational(1, 2)), With(D / lambda_1, "step", Rational(1, 2))
level_cleared = ForAllModes(c * (2 - eta * lam) >= eta * lam * s2)
start_moves = Eq(Next(Initially(D)), Initially(D_next))

ATTEMPTS = (
    # --- another relation than the step is about
    Attempt("Expectation proves >", (Expectation("e", Gt(*energy.args)),), usual),
    Attempt("ModeByMode proves >", (ModeByMode("e", Gt(2 * D, D + D, evaluate=False)),), usual),
    Attempt("Solve proves >", (Solve("e", eta_star > 2 * p / q, equation=S,
            by=("SA-1/dominant energy", "SA-1/bulk energy")),),
            quadratic("2 1", 1, "1 1", "0 0", "1/2")),
    Attempt("Pathwise proves >",
            (Pathwise("e", loss_after_dominant_step - loss > loss_D_next - loss_D),), usual),
    Attempt(
        "OneStepLater proves >",
        (OneStepLater("e", Next(D) < D_next, given=("add",)),),
        usual,
        {"add": additive},
    ),
    Attempt(
        "WithStep proves >",
        (WithStep("e", With(m1_D, "step", 2) < m1_D, given=("add",)),),
        usual,
        {"add": additive},
    ),
    Attempt(
        "two steps of one size",
        (OneStepLater("e", Eq(Next(D_next), C_D + RRE_D), given=("add",)),),
        critical,
        {"add": additive},
        own_step,
    ),
    # --- words that may be negative
    Attempt("eigenvalues are not negative", (Modewise("e", ForAllModes(lam >= 0)),), negative),
    Attempt("the loss is not negative", (Certified("e", loss >= 0, keep=(loss,)),), negative),
    Attempt("nor is the next", (Certified("e", loss_next >= 0, keep=(loss_next,)),), negative),
    Attempt("nor its dominant part", (Certified("e", loss_D_next >= 0),), negative),
    Attempt("nor after half a step", (Certified("e", loss_after_bulk_step >= 0),), negative),
    Attempt("levels are not negative", (Modewise("e", ForAllModes(c >= 0), given=("p", "s")),),
            quadratic("1 1/2", 1, "1 1", "1 1", "3"), {"p": lambda_d > 0, "s": eta > 0}),
    # --- division by zero
    Attempt("Algebra divides by zero", (Algebra("e", Eq(1 - a, B / G)),), nothing),
    Attempt("Certified cancels", (Certified("e", a * G >= D),), nothing),
    Attempt("an undefined premise", (Certified("e", Implies(eta_star > 0, a * G >= D)),), nothing),
    Attempt("Modewise cancels", (Modewise("e", level_cleared),),
            quadratic("1 1/2", 1, "1 1", "1 1", "2")),
    Attempt("Summed cancels", (Summed("e", D * a >= 0),), nothing),
    Attempt("Instantiate divides by zero",
            (spread, Instantiate("i", m2_D >= m1_D**2 / D, given=("s",), variable=x,
                                 value=m1_D / D)), nothing),
    Attempt("what vanishes where the value is undefined",
            (Certified("s", Gt(1 + x**2, 0, evaluate=False), squares=(x,)),
             Certified("P", (x * D - 1) ** 2 + D**2 > 0, given=("s",),
                       squares=(x**2 * D - x + D,)),
             Instantiate("i", D**2 > 0, given=("P",), variable=x, value=1 / D)),
            nothing),
    Attempt("zero over a hidden zero",
            (Algebra("z", Eq(m2_D * (m1_D - D) / hidden_zero, 0), given=("r",)),
             Certified("m", Eq(m2_D, 0), given=("z", "g"))), usual,
            {"r": Eq(m1_D, D), "g": G > 0}),
    Attempt("a premise makes a denominator zero",
            (Certified("e", Implies(Eq(D, 0), B / D >= 0)),), nothing),
    Attempt("logic about what is undefined",
            (Certified("c", Implies(q > 0, And(eta_star > 0, p > 0)), given=("p",)),
             Follows("e", Implies(eta_star <= 0, q <= 0), given=("c",))),
            quadratic("2 1", 1, "1 1", "0 3", "1/2"), {"p": p > 0}),
    # --- time, and other models
    Attempt("levels last", (Algebra("e", Eq(Next(C_D), C_D)),), least_squares),
    Attempt("the start moves on", (Algebra("e", start_moves),), usual),
    Attempt("an assumption in a changed model",
            (Algebra("e", Eq(With(eta * D, "step", 2), With(D / lambda_1, "step", 2)),
                     given=("step",)),), large_step, step_is),
    Attempt("an assumption in a changed model, certified",
            (Certified("e", Ge(*half_step),
                       given=("step",)),), large_step, step_is),
    Attempt("a step size that changes",
            (Throughout("e", Always(eta >= Rational(1, 3)), given=("e0", "add")),), critical,
            {"e0": eta >= Rational(1, 3), "add": additive}, own_step),
    Attempt("what was assumed at the start",
            (Throughout("e", Always(D > B), given=("s", "add")),),
            quadratic("4 1/2", 1, "2 1", "0 0", "1/4", horizon=3), {"s": D > B, "add": additive}),
    Attempt("a turn counted from the start",
            (Throughout("e", Always(turn_time >= 0), given=("s", "add")),), None,
            {"s": turn_time >= 0, "add": additive}),
    Attempt("an opaque assumption lasts",
            (Throughout("e", Always(Formula("x", "y")), given=("f", "add")),), None,
            {"f": Formula("x", "y"), "add": additive}),
    # --- another update rule
    Attempt("plain SGD under momentum", (Expectation("e", energy),), moving, domain=heavy),
    Attempt("momentum under plain SGD",
            (Expectation("e", energy, update="heavy ball"),), None),
    Attempt("a citation from plain SGD", (Certified("e", D_next <= energy.rhs,
            by=("SA-1/dominant energy",)),), moving,
            {"energy": G > 0, "next energy": G_next > 0, "step": eta > 0}, heavy),
    Attempt("levels preserved under momentum",
            (Preserved("e", Always(above), given=("all", "add")),), None,
            {"all": above, "add": additive}, heavy),
    # --- names
    Attempt("a variable that is not free",
            (Instantiate("i", Ge(0, D, evaluate=False), given=("z",), variable=x, value=0),),
            None, {"z": x >= D}),
    Attempt("the name of the root",
            (ByCases("r", root >= 0, given=("s", "b", "p"), word=a_P),), None,
            {"s": D > 0, "b": B > 0, "p": lambda_d > 0}),
    Attempt("a positive symbol with the name of a word",
            (Algebra("e", Eq(sympy.Abs(Symbol("eta", positive=True)) * D + x, x + eta * D)),),
            None),
    # --- sentences of forms that certificates do not speak about
    *(Attempt(f"the form {form}", (Certified("e", form),)) for form in (
        Or(D > B, B > 1), Implies(D > 0, Or(D > B, B > 0)), sympy.Not(And(D > 0, B > 0)),
        Equivalent(D > B, D > 2 * B, D > 3 * B), Eq(sympy.sign(D), 1), sympy.true, Ne(D, B),
        Always(D >= 0), log(D) > 0, Eq(D, sympy.Float("0.5")))),
)  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_nothing_false_is_proved(attempt: Attempt) -> None:
    """Fails if the attempt counts as proved, or if its statement is true in the stored model."""
    if attempt.model is not None:
        assert search.decide(attempt.claim, attempt.model) == search.FALSE
    assert "part" in not_proved(attempt.claim)


def test_equations_that_rewrite_each_other_end() -> None:
    claim = Attempt("", (Certified("e", D >= 0, given=("a", "b")),), None,
                    {"a": Eq(D, m1_D + 1), "b": Eq(m1_D, D - 1)}).claim  # fmt: skip
    assert "circle" in not_proved(claim)["part"]


class OneClaim:
    """A library with a single claim, none of whose parts is proved."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim

    def get(self, claim_id: str) -> Claim:
        return self.claim

    def facts(self, claim_id: str) -> dict[str, Fact]:
        return examine(self.claim, self, {})[2]


def test_what_rests_on_an_unproved_part_is_not_proved() -> None:
    """Fails if a part counts as proved although the part that it cites is only checked."""
    cited = Claim("SA-98", "", "", "none", {}, {"wrong": D > B}, mutants={},
                  checked_only={"wrong": "as a test"})  # fmt: skip
    citing = Attempt("", (Certified("e", D >= B, by=("SA-98/wrong",)),)).claim
    reason = not_proved(citing, OneClaim(cited))["part"]
    assert "SA-98/wrong" in reason
    assert reason.endswith("{}")  # accepted, and yet not proved


TRUE = (
    Attempt("alignment and its complement", (Algebra("e", Eq(1 - a, B / G)),), None, {"g": G > 0}),
    Attempt("Cauchy-Schwarz", (spread, Instantiate("i", m2_D >= m1_D**2 / D, given=("s",),
            variable=x, value=m1_D / D)), None, {"d": D > 0}),
    Attempt("levels last where noise is additive",
            (Algebra("e", Eq(Next(C_D), C_D), given=("add",)),), None, {"add": additive}),
    Attempt("losses, H semidefinite", (Certified("e", loss >= 0, given=("p",), keep=(loss,)),),
            None, {"p": lambda_d > 0}),
    Attempt("a guard before the quotient",
            (Certified("e", Implies(And(eta_star > 0, q > 0), p > 0)),)),
)  # fmt: skip


@pytest.mark.parametrize("attempt", TRUE, ids=lambda attempt: attempt.name)
def test_the_repaired_statement_is_proved(attempt: Attempt) -> None:
    """Fails if a rule refuses more than it must: these differ from a false attempt by a premise."""
    assert not_proved(attempt.claim) == {}


@pytest.mark.parametrize("semidefinite", [False, True])
def test_words_called_nonnegative_are_not_negative(semidefinite: bool) -> None:
    """Fails if certificates may use that a word is not negative in a model where it is."""
    facts = [lambda_d > 0] if semidefinite else []
    words = [w for w in VOCABULARY.values()
             if known_nonnegative(Symbol(w.name, real=True), facts)]  # fmt: skip
    assert {"D", "B", "n_D", "D_next"} <= {w.name for w in words}

    @seeded(1)
    @settings(max_examples=40, database=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(models(Domain(indefinite=not semidefinite, gap=None, step="real", above=False)))
    def check(model: Model) -> None:
        assert search.is_legitimate(model)
        world = World(model)
        views = [*world.view("dominant"), *world.view("bulk")]
        for word in words:
            for place in views if word.kind == "mode" else [world]:
                try:
                    assert place.word(word.name) >= 0, word.name
                except (Undefined, Irrational, OutOfScope, KeyError, TypeError):
                    continue

    check()
