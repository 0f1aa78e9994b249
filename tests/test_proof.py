"""Bookkeeping of a derivation: which facts a step may use, what they rest on, what is left loose.

The steps here are accepted without a look; only what happens around them is tested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import sympy
from same_ids import in_order
from sympy import And, Eq, Ge, Gt, Implies, sqrt

from theory import registry
from theory.claim import Claim, Domain
from theory.language import (
    Always,
    ForAllModes,
    ForDominantModes,
    Formula,
    Initially,
    Next,
    NextHolds,
    With,
    foreign_part,
)
from theory.proof import (
    Fact,
    NotAccepted,
    Proof,
    Step,
    check_setting,
    check_time,
    counts_from_the_start,
    examine,
    inherited_divisors,
    is_permanent,
    loose_ends,
    negative_radicands,
    sentences,
)
from theory.vocabulary import (
    C_D,
    B,
    D,
    D_next,
    additive,
    eta,
    g2,
    g2_next,
    lam,
    lambda_d,
    lambda_k,
    loss_B,
    loss_D,
    n_D,
    q,
    rho_max,
    s2,
    t,
    turn_time,
)

x, y, z = sympy.symbols("x y z", real=True)
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Given(Step):
    """A step that is accepted as it is."""

    def accept(self, proof: Proof) -> None:
        proof.named(self)

    def divides_by(self, proof: Proof) -> frozenset[Any]:
        return frozenset()


@dataclass(frozen=True)
class Wrong(Step):
    def accept(self, proof: Proof) -> None:
        raise NotAccepted("it is wrong")


def claim(name: str = "XX-1", **changes: Any) -> Claim:
    plain = Claim(
        id=name,
        title="",
        source="",
        functional="none",
        assumptions={"step": eta > 0, "gap": lambda_k > 0},
        conclusion={"low": q < 1, "energy": D > B},
        mutants={},
    )
    return replace(plain, **changes)


class Shelf:
    """A library with one other claim in it, whose facts are given."""

    def __init__(self, cited: Claim, **facts: Fact) -> None:
        self.cited, self.known = cited, facts

    def get(self, claim_id: str) -> Claim:
        return self.cited

    def facts(self, claim_id: str) -> dict[str, Fact]:
        return self.known


CITED = claim("XX-2", assumptions={"positive": eta > 0, "energy": D > 0})
ABOUT_LOW = Fact(q < 1, frozenset(["positive"]))


def proof(own: Claim | None = None, *, cited: Claim = CITED, **facts: Fact) -> Proof:
    return Proof(own or claim(), Shelf(cited, **facts), {})


def refused(call: Any, *arguments: Any) -> str:
    with pytest.raises(NotAccepted) as caught:
        call(*arguments)
    return str(caught.value)


# --- which facts a step may use


def test_assumptions_rest_on_themselves() -> None:
    assert proof().facts["step"] == Fact(eta > 0, frozenset(["step"]))


def test_a_step_rests_on_what_its_facts_rest_on() -> None:
    """Fails if an assumption is lost on the way: then a part would be proved without it."""
    derivation = proof()
    derivation.establish(Given("one", q < 1, given=("step",)))
    derivation.establish(Given("two", q < 2, given=("one", "gap")))
    assert derivation.facts["two"] == Fact(q < 2, frozenset(["step", "gap"]))


def test_names_are_unique_and_known() -> None:
    derivation = proof()
    assert refused(derivation.establish, Given("step", q < 1)) == (
        "'step' names an assumption or an earlier step"
    )
    assert refused(derivation.establish, Given("one", q < 1, given=("two",))) == (
        "no assumption or earlier step is called 'two'"
    )
    assert set(derivation.facts) == {"step", "gap"}


def test_a_step_that_crashes_is_not_accepted() -> None:
    @dataclass(frozen=True)
    class Broken(Given):
        def accept(self, proof: Proof) -> None:
            raise ZeroDivisionError("by zero")

    reason = refused(proof().establish, Broken("one", q < 1))
    assert reason == "cannot be read: ZeroDivisionError: by zero"


@pytest.mark.parametrize("symbol", [sympy.Symbol("q"), sympy.Symbol("q", positive=True)])
def test_other_symbols_cannot_have_the_name_of_a_word(symbol: Any) -> None:
    reason = refused(proof().establish, Given("one", symbol + D > 0))
    assert reason == "q is not the word of the vocabulary, only its name"


@pytest.mark.parametrize(
    ("part", "kind"), [(sympy.asin(D), "asin"), (sympy.pi * D, "Pi"), (sympy.Float(0.1), "Float")]
)
def test_only_what_has_a_meaning_is_derived(part: Any, kind: str) -> None:
    """Fails if a step may use what the exact world, or definedness, knows nothing of."""
    reason = refused(proof().establish, Given("one", Gt(part, q)))
    assert reason.endswith(f": {kind} is no part of the language")


def test_text_is_not_read_as_a_sentence() -> None:
    """Fails if SymPy evaluates a string where a sentence belongs."""
    with pytest.raises(sympy.SympifyError):
        foreign_part("q <= 0")


def test_free_variables_are_real_and_nothing_else() -> None:
    positive = sympy.Symbol("z", positive=True)
    assert "declared real, and nothing else" in refused(
        proof().establish, Given("one", Gt(positive, D))
    )
    proof().establish(Given("one", Gt(x, D)))


@dataclass(frozen=True)
class Plain(Step):
    """A step that is accepted as it is, and says itself what it divides by."""

    def accept(self, proof: Proof) -> None:
        proof.named(self)


def test_a_step_divides_by_what_its_facts_do_not_exclude() -> None:
    """Fails if a divisor is forgotten, or one that a fact excludes, or has, is held against it.

    A divisor of a fact is not zero, unless that fact's own list says that nobody knows.
    """
    derivation = proof()
    derivation.facts["positive"] = Fact(x > 0, NONE)
    derivation.facts["quotient"] = Fact(x < 1 / D, NONE, divides_by=frozenset([y]))
    statement = 1 / x + 1 / D + 1 / B > 0
    for given, divisors in (
        ((), {x, D, B}),
        (("positive",), {D, B}),
        (("quotient",), {x, B, y}),
        (("positive", "quotient"), {B, y}),
    ):
        assert Plain("one", statement, given=given).divides_by(derivation) == divisors
        derivation.establish(Plain(f"by {given}", statement, given=given))
        assert derivation.facts[f"by {given}"].divides_by == divisors


def test_what_is_doubtful_excludes_no_divisor() -> None:
    """Fails if a fact that may be undefined shows that what another divides by is never zero."""
    lasting = Fact(Always(D > 0), NONE)
    doubtful = Fact(D > B, NONE, divides_by=frozenset([D, B]))
    assert inherited_divisors([doubtful, lasting]) == {B}
    assert inherited_divisors([doubtful, Fact(D > 0, NONE)]) == {D, B}  # at the start only
    for circular in (
        replace(lasting, divides_by=frozenset([D])),
        replace(lasting, roots_of=frozenset([x])),
    ):
        assert inherited_divisors([doubtful, circular]) == {D, B}


# --- citations


def test_a_cited_part_rests_on_the_same_assumptions_here() -> None:
    """Fails if a cited part is used where what it rests on was not assumed."""
    derivation = proof(low=ABOUT_LOW)
    assert derivation.named(Given("one", q < 1, by=("XX-2/low",))) == [
        Fact(q < 1, frozenset(["step"]))
    ]


def test_what_a_cited_part_needs_must_be_established() -> None:
    derivation = proof(low=replace(ABOUT_LOW, rests_on=frozenset(["positive", "energy"])))
    step = Given("one", q < 1, by=("XX-2/low",))
    assert refused(derivation.named, step) == "XX-2 needs 'energy': D > 0, not established here"
    derivation.establish(Given("some energy", D > 0, given=("gap",)))
    assert derivation.named(step) == [Fact(q < 1, frozenset(["step", "gap"]))]


def test_a_part_that_is_not_proved_there_is_not_proved_here() -> None:
    """Fails if an unproved part, or what an assumption's own proof lacks, is forgotten."""
    own = claim(assumptions={"step": eta > 0, "energy": D > 0})
    step = Given("one", q < 1, by=("XX-2/low",))
    assert proof(own).named(step)[0].unproved == {"XX-2/low"}
    assert proof(own).named(step)[0].rests_on == {"step", "energy"}
    derivation = proof(own, low=replace(ABOUT_LOW, unproved=frozenset(["YY-1/a"])))
    derivation.facts["step"] = replace(derivation.facts["step"], unproved=frozenset(["ZZ-1/b"]))
    assert derivation.named(step)[0].unproved == {"YY-1/a", "ZZ-1/b"}
    derivation.establish(step)
    assert derivation.facts["one"].unproved == {"YY-1/a", "ZZ-1/b"}


def test_a_fact_that_rests_on_a_supposition_is_no_proof() -> None:
    supposed = replace(ABOUT_LOW, rests_on=frozenset(["supposed"]))
    own = claim(assumptions={"step": eta > 0, "energy": D > 0})
    assert proof(own, low=supposed).named(Given("one", q < 1, by=("XX-2/low",)))[0].unproved


def test_divisors_travel_with_the_fact() -> None:
    divided = replace(ABOUT_LOW, divides_by=frozenset([x]))
    assert proof(low=divided).named(Given("one", q < 1, by=("XX-2/low",)))[0].divides_by == {x}


def test_a_whole_claim_is_all_its_sentences() -> None:
    cited = replace(CITED, conclusion={"low": q < 1, "typeset": Formula("x", "y"), "b": B > 0})
    facts = {"low": ABOUT_LOW, "b": Fact(B > 0, NONE)}
    found = proof(cited=cited, **facts).named(Given("one", q < 1, by=("XX-2",)))
    assert [f.statement for f in found] == [q < 1, B > 0]


def test_given_facts_and_citations_are_used_together() -> None:
    step = Given("one", q < 1, given=("gap",), by=("XX-2/low",))
    assert [f.statement for f in proof(low=ABOUT_LOW).named(step)] == [lambda_k > 0, q < 1]


def test_what_cannot_be_cited() -> None:
    step = Given("one", q < 1, by=("XX-2/high",))
    assert refused(proof().named, step) == "XX-2 has no part 'high'; it has ['low', 'energy']"
    own = Given("one", q < 1, by=("XX-1/low",))
    assert refused(proof(cited=claim()).named, own) == "a claim cannot cite itself"


# --- settings, update rules, schedules, time

CRITICAL, HEAVY = (claim(domain=Domain(**d)) for d in ({"step": "critical"}, {"momentum": True}))


@pytest.mark.parametrize("sentence", [D_next > 0, g2_next > 0, Always(D > 0), turn_time > 3])
def test_steps_by_another_update_rule_are_not_cited(sentence: Any) -> None:
    for pair in ((claim(), HEAVY), (HEAVY, claim())):
        assert "another update rule" in refused(check_setting, sentence, *pair)
    check_setting(sentence, HEAVY, HEAVY)


@pytest.mark.parametrize(
    "sentence",
    [Always(D > 0), Gt(Next(D), D), NextHolds(D > 0), turn_time > 3, Gt(Initially(D), 0),
     Gt(With(D, "step", x), 0)],
    ids=str,
)  # fmt: skip
def test_runs_with_another_schedule_are_not_cited(sentence: Any) -> None:
    for pair in ((claim(), CRITICAL), (CRITICAL, claim())):
        assert "another schedule of step sizes" in refused(check_setting, sentence, *pair)
    check_setting(sentence, CRITICAL, CRITICAL)


def test_what_does_not_depend_on_the_steps_is_cited() -> None:
    """Fails if a rule refuses more than it must."""
    for other in (CRITICAL, HEAVY):
        check_setting(D > B, other, claim())
    check_setting(D_next > 0, CRITICAL, claim())


def test_settings_are_not_mixed() -> None:
    small = registry.get("TS-9")
    assert refused(check_setting, D > 0, claim(), small) == (
        "XX-1 is about another setting: a quadratic"
    )
    name = small.domain.name  # type: ignore[union-attr]
    assert refused(check_setting, D > 0, small, claim()) == (
        f"{small.id} is about another setting: {name}"
    )
    check_setting(D > 0, small, small)


def test_the_next_step_needs_a_constant_step_size_and_additive_noise() -> None:
    with_rate, with_noise = NextHolds(rho_max < 1), NextHolds(Gt(C_D, D))
    assert "the step size changes" in refused(
        check_time, NextHolds(Gt(eta, D)), proof(CRITICAL), NONE, []
    )
    check_time(NextHolds(Gt(eta, D)), proof(), NONE, [])
    assert "may change" in refused(check_time, with_noise, proof(), NONE, [])
    assert "may change" in refused(check_time, with_noise, proof(), NONE, [Fact(D > 0, NONE)])
    fact = [Fact(additive, NONE)]
    check_time(with_rate, proof(), NONE, fact)
    check_time(with_noise, proof(), NONE, fact)
    assert "no next step" in refused(
        check_time, NextHolds(Gt(Initially(D), 0)), proof(), NONE, fact
    )
    assert "no next step" in refused(check_time, q < 1, proof(), NONE, [
        Fact(Gt(Next(With(D, "step", x)), 0), NONE)])  # fmt: skip


def test_words_that_count_from_the_start() -> None:
    assert counts_from_the_start("turn_time")
    for name in ("rho_max", "rho_min", "D", "D_next", "eta", "no word"):
        assert not counts_from_the_start(name)


@pytest.mark.parametrize(
    ("sentence", "lasts"),
    [
        (eta > 0, True),
        (sympy.true, True),
        (Always(D > 0), True),
        (D > 0, False),
        (n_D > 0, True),
        (loss_D > 0, False),
        (ForAllModes(s2 > 0), True),
        (ForAllModes(g2 > 0), False),
        (ForAllModes(lam > lambda_d), True),
        (Gt(Initially(D), eta), True),
        (Gt(Initially(D), D), False),
        (Formula("x", "y"), False),
        (t > 3, False),
    ],
    ids=str,
)
def test_what_lasts(sentence: Any, lasts: bool) -> None:
    """Fails if something about the state counts as true for ever."""
    assert is_permanent(sentence) is lasts


def test_conjuncts() -> None:
    assert set(sentences(And(D > 0, B > 0))) == {D > 0, B > 0}
    assert sentences(D > 0) == (D > 0,)


# --- what is left


def loose(conclusion: Any, *facts: Fact, **changes: Any) -> str | None:
    return loose_ends(claim(conclusion={"part": conclusion}, **changes), facts).get("part")


def test_a_part_is_reached_whole_or_in_pieces() -> None:
    both = And(D > 0, B > 0)
    one, other = Fact(D > 0, NONE), Fact(B > 0, NONE)
    assert loose(both, Fact(both, NONE)) is None
    assert loose(both, one, other) is None
    assert loose(D > 0, Fact(both, NONE)) is None
    assert loose(both, one) == "no step of the derivation reaches it"
    assert loose(both) == "no step of the derivation reaches it"


def test_declared_reasons_come_first() -> None:
    assert loose(D > 0, checked_only={"part": "no proof known"}) == "no proof known"
    assert loose(D > 0, Fact(D > 0, NONE), checked_only={"part": "no proof known"}) is None


def test_one_good_proof_is_enough() -> None:
    """Fails if a worse proof of the same sentence hides a better one, or the other way round."""
    poor = Fact(D > 0, NONE, frozenset(["YY-2/b", "YY-1/a"]))
    assert loose(D > 0, poor) == "rests on YY-1/a, YY-2/b, which no derivation proves"
    for facts in ((poor, Fact(D > 0, NONE)), (Fact(D > 0, NONE), poor)):
        assert loose(D > 0, *facts) is None


def test_divisors_must_be_excluded() -> None:
    divided = Fact(Eq(D / x, 1), NONE, divides_by=frozenset([x]))
    assert loose(Eq(D / x, 1), divided) == "divides by x, which may be zero"
    assert loose(Eq(D / x, 1), divided, Fact(x > 0, NONE)) is None
    several = replace(divided, divides_by=frozenset([y, x, y - 1]))
    assert loose(Eq(D / x, 1), several) == "divides by x, which may be zero"
    sums = replace(divided, divides_by=frozenset([D + B + 1]))
    assert loose(Eq(D / x, 1), sums) is None


def test_a_divisor_in_time_must_be_excluded_for_ever() -> None:
    """Fails if what is not zero at the start counts as never zero."""
    for later in (Always(Eq(B / D, 1)), NextHolds(Eq(B / D, 1)), Eq(Next(B / D), 1)):
        divided = Fact(later, NONE, divides_by=frozenset([D]))
        assert loose(later, divided, Fact(D > 0, NONE)) == "divides by D, which may be zero"
        assert loose(later, divided, Fact(Always(D > 0), NONE)) is None


def test_sums_must_be_defined() -> None:
    """Fails if a sum with a summand that divides by zero may count as proved."""
    undefined = "its sums divide by lam, which may be zero"
    fact = Fact(loss_B > D, NONE)
    assert loose(loss_B > D, fact) == undefined
    assert loose(loss_B > D, fact, Fact(lambda_d > 0, NONE)) is None
    assert loose(loss_B > D, fact, Fact(ForAllModes(lam > 0), NONE)) is None
    assert loose(loss_B > D, fact, Fact(ForDominantModes(lam > 0), NONE)) == undefined
    premised = Implies(x > 0, loss_B > D)
    assert loose(premised, Fact(premised, NONE)) == undefined
    excluded = Implies(lambda_d > 0, loss_B > D)
    assert loose(excluded, Fact(excluded, NONE)) is None


def test_roots_must_exist() -> None:
    """Fails if a part may count as proved where it takes, or rests on, an undefined root."""
    rooted = Fact(D > B, NONE, roots_of=frozenset([x]))
    assert loose(D > B, rooted) == "takes the root of x, which may be negative"
    assert loose(D > B, rooted, Fact(x > 0, NONE)) is None
    assert loose(D > B, replace(rooted, roots_of=frozenset([D]))) is None
    assert loose(D > B, replace(rooted, roots_of=frozenset([y, x]))) == (
        "takes the root of x, which may be negative"
    )
    circular = Fact(x >= 0, NONE, roots_of=frozenset([x]))
    assert loose(x >= 0, circular) == "takes the root of x, which may be negative"


def test_a_root_in_time_must_exist_for_ever() -> None:
    """Fails if what is not negative at the start counts as never negative."""
    later = Always(D > B)
    rooted = Fact(later, NONE, roots_of=frozenset([D - B]))
    assert loose(later, rooted, Fact(D - B > 0, NONE))
    assert loose(later, rooted, Fact(Always(D - B > 0), NONE)) is None


ROOTED = Ge(sqrt(x), B)
LOGARITHM = Ge(sympy.log(x), B)


@pytest.mark.parametrize(
    ("statement", "facts", "negative"),
    [
        (ROOTED, [], {x}),
        (LOGARITHM, [], {x}),
        (Ge(x**D, B), [], {x}),
        (Ge(x ** (t / 2), B), [], {x}),
        (Ge(x ** (2 * t + 1), B), [], set()),
        (Ge(sqrt(y) + sqrt(x), B), [Fact(y > 0, NONE)], {x}),
        (ROOTED, [Fact(Always(x > 0), NONE)], set()),
        (And(ROOTED, Ge(sqrt(y), B), Ge(sqrt(z), B)), [], {x, y, z}),
        (additive, [], set()),
        (Implies(x > 0, ROOTED), [], set()),
        (sympy.Equivalent(x > 0, ROOTED), [], {x}),
        (D > B, [Fact(ROOTED, NONE, roots_of=frozenset([x]))], {x}),
        (D > B, [Fact(ROOTED, NONE, roots_of=frozenset([x])), Fact(x > 0, NONE)], set()),
        (D > B, [Fact(x > 0, NONE, roots_of=frozenset([x]))], {x}),
        (Ge(sqrt(x), D), [Fact(ROOTED, NONE)], set()),
        (Ge(sqrt(x), D), [Fact(Implies(x > 0, ROOTED), NONE)], {x}),
        (Always(Ge(sqrt(D), B)), [Fact(D - B > 0, NONE)], set()),
        (Always(Ge(sqrt(D - B), B)), [Fact(D - B > 0, NONE)], {D - B}),
        (Implies(x * y > 0, Ge(sqrt(x * y / z), B)), [Fact(z > 0, NONE)], set()),
        (Implies(x * y > 0, Ge(sqrt(x * y / z), B)), [], {x * y / z}),
    ],
    ids=in_order,
)
def test_which_roots_may_not_exist(statement: Any, facts: list[Fact], negative: set[Any]) -> None:
    """Fails if a root, or logarithm, is taken to exist without a reason that is visible."""
    assert negative_radicands(statement, facts) == negative


def test_examining_reports_every_step() -> None:
    """Fails if a step that is refused is passed over, or its sentence is used all the same."""
    steps = (
        Given("low", q < 1, given=("step",)),
        Wrong("energy", D > B, given=("gap",)),
        Given("more", D > 2 * B, given=("energy",)),
    )
    outcomes, left, facts = examine(claim(derivation=steps), Shelf(CITED), {})
    assert [o.step for o in outcomes] == list(steps)
    assert [o.problem for o in outcomes] == [
        None, "it is wrong", "no assumption or earlier step is called 'energy'"]  # fmt: skip
    assert left == {"energy": "no step of the derivation reaches it"}
    assert set(facts) == {"step", "gap", "low"}


def test_steps_see_the_certificates() -> None:
    @dataclass(frozen=True)
    class Certified(Given):
        def accept(self, proof: Proof) -> None:
            assert proof.certificates == {"low": ["stored"]}

    steps = (Certified("low", q < 1),)
    outcomes, _, _ = examine(claim(derivation=steps), Shelf(CITED), {"low": ["stored"]})
    assert outcomes[0].problem is None


def test_a_part_may_rest_on_every_assumption() -> None:
    steps = (Given("both", And(q < 1, D > B), given=("step", "gap")),)
    assert examine(claim(derivation=steps), Shelf(CITED), {})[1] == {}


def test_what_rests_on_a_supposition_reaches_nothing() -> None:
    @dataclass(frozen=True)
    class Supposed(Given):
        def rests_on(self, proof: Proof) -> frozenset[str]:
            return frozenset([self.reason])

    steps = (Supposed("low", q < 1), Given("energy", D > B))
    _, left, facts = examine(claim(derivation=steps), Shelf(CITED), {})
    assert set(left) == {"low"}
    assert facts["low"].rests_on == {"low"}
