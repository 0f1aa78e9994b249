"""Steps about many random steps: what they accept, and what they must refuse."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import Eq, Implies

from theory import registry
from theory.averaging import Repeated, Update
from theory.proof import NotAccepted, Proof, Step
from theory.random_steps import Iterated, KeptUp
from theory.reasoning import Suppose
from theory.tiny_subspaces.toy import (
    UPDATE,
    dom_x2_next,
    dom_y2_after,
    dom_y2_next,
    gd_x2_after,
    gd_x2_next,
    keep_x,
    keep_y,
    run_length,
    x2,
    x2_after,
    x2_next,
    xy,
    xy_next,
    y2,
    y2_after,
    y2_next,
)
from theory.vocabulary import eta

T = run_length


def accepted(*steps: Step) -> bool:
    """Whether all steps are accepted under the assumptions of TS-10."""
    proof = Proof(registry.get("TS-10"), registry.LIBRARY, {})
    try:
        for step in steps:
            proof.establish(step)
    except NotAccepted:
        return False
    return True


class Granted(Step):
    """A sentence without a proof: what a step would do with it is the question here."""

    def accept(self, proof: Proof) -> None:
        """Anything."""


SHRINKS = Granted("one step", Eq(x2_next, keep_x * x2))


@pytest.mark.parametrize(
    ("statement", "quantity", "factor"),
    [
        (Eq(x2_after, keep_y**T * x2), x2, keep_x),  # another factor
        (Eq(x2_after, keep_y**T * x2), x2, keep_y),  # a factor that no fact names
        (Eq(x2_after, keep_x * x2), x2, keep_x),  # one step for many
        (Eq(x2_next, keep_x**T * x2), x2, keep_x),  # not the end of the run
        (Eq(y2_after, keep_x**T * y2), y2, keep_x),  # not the named quantity
        (Eq(x2_after, (x2_next / x2) ** T * x2), x2, x2_next / x2),  # a factor that changes
        (Eq(dom_y2_after, keep_x**T * x2), x2, keep_x),  # another method
    ],
)
def test_a_wrong_power_is_refused(statement: Any, quantity: Any, factor: Any) -> None:
    """Fails when many steps are not the power of the named step, or the factor may change."""
    right = Iterated("run", Eq(x2_after, keep_x**T * x2), ("one step",), quantity=x2, factor=keep_x)
    wrong = Iterated("run", statement, ("one step",), quantity=quantity, factor=factor)
    assert accepted(SHRINKS, right)
    assert not accepted(SHRINKS, wrong)


def test_a_fact_about_one_state_is_not_repeated() -> None:
    """Fails when what rests on the present state is used at later ones."""
    supposed = Suppose("one step", Eq(x2_next, keep_x * x2))
    run = Iterated("run", Eq(x2_after, keep_x**T * x2), ("one step",), quantity=x2, factor=keep_x)
    assert not accepted(supposed, run)


def test_a_number_that_moves_is_not_constant() -> None:
    """Fails when Dom-SGD's fixed y is used in a run of SGD, or a computed word hides the state."""
    mixed = Granted("one step", Eq(x2_next - y2, keep_x * (x2 - y2)))
    run = Iterated(
        "run", Eq(x2_after - y2, keep_x**T * (x2 - y2)), ("one step",), quantity=x2 - y2,
        factor=keep_x,
    )  # fmt: skip
    assert not accepted(mixed, run)
    hidden = x2 - xy_next
    granted = Granted("one step", Eq(x2_next - xy_next, keep_x * hidden))
    run = Iterated(
        "run", Eq(x2_after - xy_next, keep_x**T * hidden), ("one step",), quantity=hidden,
        factor=keep_x,
    )  # fmt: skip
    assert not accepted(granted, run)


def test_another_run_may_not_move_the_words() -> None:
    """Fails when E xy, which runs of GD say nothing about, counts as unchanged along them."""
    now = Granted("now", x2 > xy)
    kept = Granted("kept", Implies(x2 > xy, gd_x2_next > xy))
    assert not accepted(now, kept, KeptUp("later", gd_x2_after > xy, ("now", "kept")))


def test_a_fact_with_divisors_of_the_state_is_not_repeated() -> None:
    """Fails when what divides by the state is used in states where that may be zero."""
    ratio, later = y2 / x2, y2_next / x2_next
    step = Granted("one step", Eq(later, keep_y * ratio))
    run = Iterated(
        "run", Eq(y2_after / x2_after, keep_y**T * ratio), ("one step",), quantity=ratio,
        factor=keep_y,
    )  # fmt: skip
    assert not accepted(step, run)


def test_what_every_step_keeps_stays_true() -> None:
    """Fails when an invariant is refused, or accepted without its start or its step."""
    now = Granted("now", y2 > 0)
    kept = Granted("kept", Implies(y2 > 0, y2_next > 0))
    assert accepted(now, kept, KeptUp("later", y2_after > 0, ("now", "kept")))
    assert not accepted(now, kept, KeptUp("later", x2_after > 0, ("now", "kept")))
    assert not accepted(now, kept, KeptUp("later", dom_y2_after > 0, ("now", "kept")))
    assert not accepted(now, KeptUp("later", y2_after > 0, ("now",)))
    supposed = Suppose("kept", Implies(y2 > 0, y2_next > 0))
    assert not accepted(now, supposed, KeptUp("later", y2_after > 0, ("now", "kept")))


def test_words_of_a_run_must_be_the_same_quantity() -> None:
    """Fails when a run may read another quantity later than now."""
    x_squared = {s: s for s in sympy.symbols("dom_x dom_y x y", real=True)}
    wrong = Repeated({x2: dom_x2_next, y2: dom_y2_next}, {x2: x2_after, y2: y2_after}, x_squared)
    with pytest.raises(ValueError, match="same quantity"):
        Update(UPDATE.outcomes, UPDATE.moments, UPDATE.after, (wrong,), run_length)
    assert eta not in UPDATE.moving
