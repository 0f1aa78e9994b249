"""The steps about Gaussian least squares accept what follows, and nothing more."""

from __future__ import annotations

import pytest
from sympy import And, Eq, Implies, Integer

from theory import registry
from theory.claim import Claim
from theory.gaussian import GaussianNoise, SameLaw, StaysTrue, gaussian_moment
from theory.language import Always, ForAllModes, NextHolds
from theory.proof import Fact, NotAccepted, Proof
from theory.vocabulary import (
    B,
    D,
    S,
    batch_size,
    g2,
    h3_D,
    lam,
    lambda_k,
    least_squares,
    n_D,
    residual,
    s2,
)


def proof(**assumptions) -> Proof:
    """A proof that may use the least squares noise and these assumptions."""
    claim = Claim("SA-99", "", "", "none", {"noise": least_squares, **assumptions}, {}, {})
    return Proof(claim, registry.LIBRARY, {})


def test_the_variance_follows_from_gaussian_moments() -> None:
    """Fails when the stated variance is refused, or one that differs is accepted."""
    right = (g2 + lam * residual) / batch_size
    GaussianNoise("noise", ForAllModes(Eq(s2, right)), ("noise",)).accept(proof())
    for wrong in (lam * residual / batch_size, 2 * right, (2 * g2 + lam * residual) / batch_size):
        with pytest.raises(NotAccepted):
            GaussianNoise("noise", ForAllModes(Eq(s2, wrong)), ("noise",)).accept(proof())
    with pytest.raises(NotAccepted):
        GaussianNoise("noise", ForAllModes(Eq(s2, right))).accept(proof())


def test_pairings() -> None:
    """Fails when a Gaussian has other moments than 1, v, 3 v^2, 15 v^3."""
    assert [gaussian_moment(n, Integer(2)) for n in range(7)] == [1, 0, 2, 0, 12, 0, 120]


@pytest.mark.parametrize(
    ("name", "assumption"),
    [("start", D > 0), ("start", n_D > 0), ("start", S >= 0), ("start", And(lambda_k > 0, B > 0))],
)
def test_what_holds_at_the_start_only_does_not_last(name, assumption) -> None:
    """Fails when a sentence about the state is carried on as if it were a constant."""
    used = proof(start=assumption)
    with pytest.raises(NotAccepted):
        SameLaw("later", Always(assumption), ("noise", name)).accept(used)
    used.facts["kept"] = Fact(Implies(S >= 0, NextHolds(S >= 0)), frozenset(["noise", "start"]))
    with pytest.raises(NotAccepted):
        StaysTrue("for ever", Always(Implies(S >= 0, Always(S >= 0))), ("kept",)).accept(used)


def test_what_is_constant_lasts() -> None:
    """Fails when a sentence about eigenvalues alone is not carried on."""
    used = proof(start=And(lambda_k > 0, h3_D > 0))
    SameLaw("later", Always(lambda_k > 0), ("noise", "start")).accept(used)
    used.facts["kept"] = Fact(Implies(S >= 0, NextHolds(S >= 0)), frozenset(["noise", "start"]))
    StaysTrue("for ever", Always(Implies(S >= 0, Always(S >= 0))), ("kept",)).accept(used)


def test_the_law_must_be_named() -> None:
    """Fails when something lasts although nothing says that the noise law does."""
    with pytest.raises(NotAccepted):
        SameLaw("later", Always(lambda_k > 0), ("start",)).accept(proof(start=lambda_k > 0))
