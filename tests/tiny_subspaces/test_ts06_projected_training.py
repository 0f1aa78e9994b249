"""TS-6 as prose: training inside the settled dominant subspace stops, outside it goes on."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Eq

from theory.language import Always, Initially, Next
from theory.projected_run import ProjectedRun, Reproduced, Unchanged
from theory.proof import NotAccepted, Proof
from theory.registry import get
from theory.tiny_subspaces.ts06_projected_training import bulk_run, dominant_run, stationary
from theory.vocabulary import loss_D

SPECTRUM = [Fraction(10), Fraction(4), Fraction(1, 2)]  # the first two are dominant
VARIANCES = [Fraction(3), Fraction(1), Fraction(2)]
ETA = Fraction(1, 8)


def loss(energies) -> Fraction:
    """The loss from the expected squared gradients."""
    return sum(e / (2 * c) for e, c in zip(energies, SPECTRUM, strict=True))


def stepped(energies, moving):
    """Expected squared gradients after x - eta (lambda x + xi) along the directions `moving`."""
    return [
        (1 - ETA * c) ** 2 * e + (ETA * c) ** 2 * v if i in moving else e
        for i, (e, c, v) in enumerate(zip(energies, SPECTRUM, VARIANCES, strict=True))
    ]


def losses(energies, moving, steps):
    """The losses along a run."""
    found = [loss(energies)]
    for _ in range(steps):
        energies = stepped(energies, moving)
        found.append(loss(energies))
    return found


SETTLED = [ETA * c * v / (2 - ETA * c) for c, v in zip(SPECTRUM, VARIANCES, strict=True)]
SWITCH = [*SETTLED[:2], Fraction(1, 100)]


def test_the_gradient_is_aligned_and_yet_dom_sgd_stops() -> None:
    """Fails when Dom-SGD changes the loss, or the gradient at the switch is not aligned."""
    assert sum(SWITCH[:2]) / sum(SWITCH) > Fraction(99, 100)
    assert len(set(losses(SWITCH, {0, 1}, 20))) == 1


def test_bulk_sgd_follows_sgd_exactly() -> None:
    """Fails when removing 99 % of the gradient changes the expected loss at any time."""
    assert losses(SWITCH, {2}, 20) == losses(SWITCH, {0, 1, 2}, 20)


@pytest.mark.parametrize(("factor", "sign"), [(4, -1), (Fraction(1, 4), 1)])
def test_off_the_level_dom_sgd_moves_towards_it(factor, sign) -> None:
    """Fails when Dom-SGD does not fall from four times the level and rise from a quarter."""
    away = [factor * SWITCH[0], factor * SWITCH[1], SWITCH[2]]
    before, after = losses(away, {0, 1}, 1)
    assert (after - before) * sign > 0


class Nothing:
    """A library without claims."""

    def get(self, claim_id):
        raise KeyError(claim_id)

    def facts(self, claim_id):
        return {}


@pytest.mark.parametrize(
    "step",
    [
        ProjectedRun("no additive noise", Always(dominant_run)),
        ProjectedRun("at the start only", dominant_run, given=("additive",)),
        ProjectedRun(
            "another loss", Always(Eq(bulk_run.lhs, bulk_run.rhs + 1)), given=("additive",)
        ),
        Reproduced("not assumed", Always(stationary), given=("additive",)),
        Reproduced("no additive noise", Always(stationary), given=("dominant block stationary",)),
        Unchanged("for no reason", Always(Eq(loss_D, Initially(loss_D)))),
        Unchanged("no equation", Always(loss_D <= Initially(loss_D))),
        Unchanged("of next", Always(Eq(Next(loss_D), Initially(loss_D)))),
    ],
    ids=lambda step: step.reason,
)
def test_steps_about_projected_runs_refuse_what_does_not_follow(step) -> None:
    """Fails when a step accepts a statement without what makes it sound."""
    with pytest.raises(NotAccepted):
        step.accept(Proof(get("TS-6"), Nothing(), {}))
