"""TS-3 and TS-4 as prose: what a step gains at first order, whole and projected."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq

from theory import registry
from theory.averaging import OneStep, Update
from theory.proof import NotAccepted, Proof
from theory.tiny_subspaces.sampled_step import (
    SAMPLED_STEP,
    UPDATE,
    expected_correlation,
    m_1,
    m_2,
)

NUMBERS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
GRADIENTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=5)
ETA = Fraction(1, 10)


def mean(vectors):
    """Coordinatewise mean."""
    columns = zip(*vectors, strict=True)
    return tuple(sum(column, Fraction(0)) / len(vectors) for column in columns)


@settings(max_examples=60)
@given(gradients=GRADIENTS, data=st.data())
def test_a_minibatch_step_goes_downhill_on_average(gradients, data) -> None:
    """Fails when the mean correlation over all minibatches is not -eta times the squared norm."""
    b = data.draw(st.integers(1, len(gradients)))
    full = mean(gradients)
    steps = [mean(batch) for batch in combinations(gradients, b)]
    found = [-ETA * (full[0] * g[0] + full[1] * g[1]) for g in steps]
    assert sum(found) / len(found) == -ETA * (full[0] ** 2 + full[1] ** 2)


def test_a_single_step_may_go_uphill() -> None:
    """Fails when the statement would be true of every sample, not only on average."""
    first, second = (Fraction(3), Fraction(0)), (Fraction(-1), Fraction(0))
    full = mean([first, second])
    assert -ETA * full[0] * second[0] > 0


@settings(max_examples=60)
@given(gradients=GRADIENTS, tangent=NUMBERS)
def test_projecting_costs_the_square_of_the_fraction(gradients, tangent) -> None:
    """Fails when the mean correlation of projected steps is not chi^2 times that of full steps."""
    u = ((1 - tangent**2) / (1 + tangent**2), 2 * tangent / (1 + tangent**2))
    full = mean(gradients)
    component = full[0] * u[0] + full[1] * u[1]
    projected = [tuple((g[0] * u[0] + g[1] * u[1]) * x for x in u) for g in gradients]
    found = sum(-ETA * (full[0] * g[0] + full[1] * g[1]) for g in projected) / len(projected)
    norm, whole = component**2, full[0] ** 2 + full[1] ** 2  # |P full|^2 and |full|^2
    assert found * whole == norm * -ETA * whole


class Library:
    """No other claims are needed."""

    get = staticmethod(registry.get)
    facts = staticmethod(lambda _: {})


@pytest.mark.parametrize(
    "outcomes",
    [
        tuple((w, {m_1: 2 * s[m_1], m_2: s[m_2]}) for w, s in UPDATE.outcomes),
        UPDATE.outcomes[1:2] * 2,
    ],
    ids=["a gradient twice as long", "one sample drawn always"],
)
def test_a_wrong_draw_stops_the_derivation(outcomes) -> None:
    """Fails when the correlation is derived from another law of the sampled gradient."""
    claim = registry.get("TS-3")
    whole = tuple((w / sum(p for p, _ in outcomes), s) for w, s in outcomes)
    update = Update(whole, {}, UPDATE.after)
    step = OneStep("average", claim.conclusion["correlation"], given=tuple(claim.assumptions)[2:])
    step.accept(Proof(claim, Library(), {}))
    wrong = replace(claim, domain=replace(SAMPLED_STEP, update=update))
    with pytest.raises(NotAccepted):
        step.accept(Proof(wrong, Library(), {}))
    with pytest.raises(NotAccepted):
        OneStep("half", Eq(expected_correlation, 0)).accept(Proof(claim, Library(), {}))
