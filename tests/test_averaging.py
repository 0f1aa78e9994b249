"""The expectation of one step of a small model: its value, and what it divides by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy
from sympy import Eq, Rational

from theory.averaging import OneStep, Repeated, Update
from theory.claim import Claim
from theory.proof import Fact, NotAccepted, Proof
from theory.tiny_subspaces.toy import (
    TOY,
    UPDATE,
    along_x,
    flat,
    gd_x2_after,
    gd_x2_next,
    run_length,
    sgd,
    sharp,
    x2,
    x2_after,
    x2_next,
    xy_next,
    y2,
    y2_after,
    y2_next,
)
from theory.vocabulary import beta, eta

u, v = sympy.symbols("u v", real=True)
NONE: frozenset[str] = frozenset()


def noisy() -> Update:
    """One coordinate is moved by 1 to either side, both are divided by a number."""
    return Update(
        outcomes=tuple((Rational(1, 2), {u: u / flat + s, v: v / sharp}) for s in (1, -1)),
        moments={u: along_x, u**2: x2, v**2: y2},
        after={x2_next: u**2, y2_next: v**2, xy_next: u * v},
    )


def test_the_expectation_of_a_step() -> None:
    """Fails if what noise adds to a square is miscounted."""
    update = noisy()
    assert sympy.expand(update.expected(x2_next) - (x2 / flat**2 + 1)) == 0
    assert sympy.expand(update.expected(y2_next) - y2 / sharp**2) == 0


def test_outcomes_are_weighed_by_their_probabilities() -> None:
    """Fails if an outcome, or a moment of another order, has the wrong weight."""
    update = Update(
        ((beta, {u: u + 1}), (1 - beta, {u: 2 * u})), {u: along_x, u**2: x2}, {x2_next: u**2}
    )
    right = beta * (x2 + 2 * along_x + 1) + 4 * (1 - beta) * x2
    assert sympy.expand(update.expected(x2_next) - right) == 0


def test_probabilities_are_not_negative() -> None:
    """Fails when an expectation may weigh an outcome negatively."""
    with pytest.raises(ValueError, match="not negative"):
        Update(((2, sgd(1)), (-1, sgd(-1))), UPDATE.moments, UPDATE.after)


def test_probabilities_sum_to_one() -> None:
    """Fails when an expectation may leave outcomes out."""
    with pytest.raises(ValueError, match="sum to 1"):
        Update(((Rational(1, 4), sgd(1)),), UPDATE.moments, UPDATE.after)


def test_an_expectation_without_a_word_is_not_guessed() -> None:
    """Fails if a product of coordinates, or a word that is not told, gets some expectation."""
    with pytest.raises(NotAccepted, match=r"^the expectation of u\*v has no word$"):
        noisy().expected(xy_next)
    with pytest.raises(NotAccepted, match=r"^gd_x2_next is not a word about the next step"):
        noisy().expected(gd_x2_next)


def test_what_a_step_divides_by() -> None:
    """Fails if a divisor of the step or of a moment is lost, or another coordinate's is held."""
    assert noisy().divides_by(x2_next) == {flat}
    assert noisy().divides_by(y2_next) == {sharp}
    assert noisy().divides_by(xy_next) == {flat, sharp}
    scaled = replace(noisy(), moments={u**2: x2 / eta})
    assert scaled.divides_by(x2_next) == {flat, eta}


@pytest.mark.parametrize(
    "wrong",
    [
        Repeated({x2: x2_next, y2: y2_next}, {x2: x2_after}),
        Repeated({x2: x2_next}, {x2: x2_after, y2: y2_after}),
        Repeated({x2: y2_next}, {x2: y2_after}),
        Repeated({x2: gd_x2_next}, {x2: gd_x2_after}),
    ],
    ids=["no end", "no step", "another quantity", "another method's state"],
)
def test_runs_tell_one_quantity_per_word(wrong: Repeated) -> None:
    """Fails if what a run leads to may be another quantity, or runs are refused altogether."""
    right = Update(UPDATE.outcomes, UPDATE.moments, UPDATE.after, UPDATE.runs, run_length)
    assert right == UPDATE
    with pytest.raises(ValueError, match="are not values of the same quantity"):
        replace(UPDATE, runs=(wrong,))


class Shelf:
    """A library with one claim, which proves that a number is positive."""

    def get(self, claim_id: str) -> Claim:
        return claim(claim_id, conclusion={"flat": flat > 0})

    def facts(self, claim_id: str) -> dict[str, Fact]:
        return {"flat": Fact(flat > 0, NONE)}


def claim(name: str, **changes: Any) -> Claim:
    """A claim about the noisy model."""
    plain = Claim(name, "", "", "none", {}, {}, {}, domain=replace(TOY, update=noisy()))
    return replace(plain, **changes)


def test_a_step_divides_by_what_no_fact_excludes() -> None:
    """Fails if a divisor of the step or of the statement is lost, or held against a fact."""
    proof = Proof(claim("XX-1", assumptions={"flat": flat > 0}), Shelf(), {})
    proof.facts["doubtful"] = Fact(sharp > 0, NONE, divides_by=frozenset([sharp]))
    one = OneStep("one", Eq(x2_next, x2 / eta))
    for given, by, divisors in (
        ((), (), {flat, eta}),
        (("flat",), (), {eta}),
        ((), ("XX-2/flat",), {eta}),
        (("flat", "doubtful"), (), {eta, sharp}),
    ):
        assert replace(one, given=given, by=by).divides_by(proof) == divisors
    cancelled = OneStep("one", Eq(x2_next, x2 / flat**2 + 1))
    proof.establish(cancelled)
    assert proof.facts["one"].divides_by == {flat}
