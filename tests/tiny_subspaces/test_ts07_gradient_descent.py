"""TS-7 as prose: without noise alignment goes where the slowest directions are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Eq

from theory.language import ForBulkModes, ForDominantModes
from theory.proof import NotAccepted, Proof
from theory.registry import get
from theory.tiny_subspaces.extreme_modes import MEANING, Indicator, flattest, sharpest
from theory.vocabulary import lam, lambda_1, lambda_d


def alignments(eigenvalues, gradient, k, step_size, steps):
    """Alignment (squared) before the first and after every step of gradient descent."""
    found = []
    for _ in range(steps + 1):
        squares = [g**2 for g in gradient]
        found.append(sum(squares[:k]) / sum(squares))
        gradient = [g - step_size * x * g for g, x in zip(gradient, eigenvalues, strict=True)]
    return found


def test_in_the_toy_the_gradient_leaves_the_dominant_direction_after_95_steps() -> None:
    """Fails when chi_1 is below 1/20 before step 95, or not from there on."""
    toy = [Fraction(1000), Fraction(1)], [Fraction(1000), Fraction(1)], 1, Fraction(1, 10000)
    below = [alignment < Fraction(1, 400) for alignment in alignments(*toy, 120)]
    assert below == [step >= 95 for step in range(121)]


@pytest.mark.parametrize("step_size", ["1/2", "9/10", "99/100"])
def test_below_the_critical_step_alignment_vanishes(step_size) -> None:
    """Fails when alignment does not end below a billionth at steps below 2/(3/2 + 1/2)."""
    start = [Fraction(3, 2), Fraction(1), Fraction(1, 2)], [Fraction(1)] * 3, 1
    assert alignments(*start, Fraction(step_size), 1200)[-1] < Fraction(1, 10**9)


def test_at_the_critical_step_it_stays_between() -> None:
    """Fails when alignment at 2/(3/2 + 1/2) leaves [1/3, 2/3], or moves after the first step."""
    start = [Fraction(3, 2), Fraction(1), Fraction(1, 2)], [Fraction(1)] * 3, 1
    found = alignments(*start, Fraction(1), 50)
    assert all(Fraction(1, 3) <= alignment <= Fraction(2, 3) for alignment in found)
    assert len(set(found[1:])) == 1


def test_in_the_window_the_loss_falls_and_alignment_becomes_full() -> None:
    """Fails when steps between 1 and 4/3 do not align the gradient, or raise the loss."""
    eigenvalues, gradient = [Fraction(3, 2), Fraction(1), Fraction(1, 2)], [Fraction(1)] * 3
    step_size = Fraction(13, 10)
    assert alignments(eigenvalues, gradient, 1, step_size, 120)[-1] > 1 - Fraction(1, 10**9)
    assert all(abs(1 - step_size * x) < 1 for x in eigenvalues)


@pytest.mark.parametrize(
    "statement",
    [
        ForDominantModes(Eq(sharpest, 1)),
        ForDominantModes(Eq(sharpest * (lam - lambda_d), 0)),
        ForBulkModes(Eq(flattest * (lam - lambda_1), 0)),
        ForDominantModes(MEANING[3].args[0]),
    ],
)
def test_the_meaning_of_sharpest_and_flattest_is_nothing_more(statement) -> None:
    """Fails when the step accepts a sentence that is not part of the definition."""

    class Nothing:
        get = staticmethod(get)
        facts = staticmethod(lambda _: {})

    with pytest.raises(NotAccepted):
        Indicator("wrong", statement).accept(Proof(get("TS-7"), Nothing(), {}))
