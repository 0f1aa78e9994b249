"""The derivations start from the update and the noise: change either, and they no longer close."""

from __future__ import annotations

import pytest
from sympy import Integer

from theory import expectation, registry, steps
from theory.proof import examine
from theory.vocabulary import eta, lam, s2


class Afresh:
    """What a derivation may look up, with every cited derivation examined again."""

    def __init__(self) -> None:
        self.known: dict[str, tuple] = {}

    def get(self, claim_id: str):
        return registry.get(claim_id)

    def facts(self, claim_id: str):
        return self.examined(claim_id)[2]

    def examined(self, claim_id: str):
        if claim_id not in self.known:
            found = examine(registry.get(claim_id), self, registry.certificates(claim_id))
            self.known[claim_id] = found
        return self.known[claim_id]


def not_reached(claim_id: str) -> set[str]:
    """The parts of a claim that its derivation does not reach now."""
    return set(Afresh().examined(claim_id)[1])


def proved_parts(claim_id: str) -> set[str]:
    """The parts that the derivation reaches when nothing is changed."""
    claim = registry.get(claim_id)
    return set(claim.conclusion) - set(claim.checked_only)


WRONG_UPDATES = {
    "uphill": lambda position, noise: position + eta * (lam * position + noise),
    "noise outside the step": lambda position, noise: position - eta * lam * position - noise,
    "no noise": lambda position, noise: position - eta * lam * position,
    "twice the noise": lambda position, noise: position - eta * (lam * position + 2 * noise),
    "half the step": lambda position, noise: position - eta / 2 * (lam * position + noise),
    "the square of the eigenvalue": lambda position, noise: (
        position - eta * (lam**2 * position + noise)
    ),
}
WRONG_MOMENTS = {
    "biased noise": {0: Integer(1), 1: Integer(1), 2: s2},
    "second moment with the curvature": {0: Integer(1), 1: Integer(0), 2: lam * s2},
    "twice the variance": {0: Integer(1), 1: Integer(0), 2: 2 * s2},
}


@pytest.mark.parametrize("name", ["SA-1", "SA-2", "SA-3", "SA-4", "SA-5"])
def test_the_derivation_closes_as_it_stands(name: str) -> None:
    """Fails when the tests below would pass for the wrong reason."""
    assert not not_reached(name) & proved_parts(name)


@pytest.mark.parametrize("wrong", WRONG_UPDATES)
@pytest.mark.parametrize(("name", "part"), [("SA-1", "identity"), ("SA-3", "low alignment")])
def test_a_wrong_update_stops_the_derivation(name, part, wrong, monkeypatch) -> None:
    """Fails when a statement about SGD is derived from another update."""
    monkeypatch.setitem(expectation.UPDATES, "sgd", WRONG_UPDATES[wrong])
    assert part in not_reached(name)


@pytest.mark.parametrize("wrong", WRONG_MOMENTS)
@pytest.mark.parametrize(("name", "part"), [("SA-1", "identity"), ("SA-3", "low alignment")])
def test_wrong_noise_stops_the_derivation(name, part, wrong, monkeypatch) -> None:
    """Fails when a statement about centred noise is derived from another law."""
    monkeypatch.setattr(steps, "CENTRED", WRONG_MOMENTS[wrong])
    assert part in not_reached(name)


@pytest.mark.parametrize(
    ("name", "survivor", "victims"),
    [
        ("SA-1", None, {"dominant energy", "bulk energy", "cross difference", "identity"}),
        ("SA-2", "p", {"next energy"}),
        ("SA-4", "threshold", set()),
        ("SA-5", "inside", {"fixed step", "fixed step, every alignment"}),
    ],
)
def test_exactly_what_depends_on_the_update_is_lost(name, survivor, victims, monkeypatch) -> None:
    """Fails when a part about the state alone is lost, or one about the step is kept."""
    monkeypatch.setitem(expectation.UPDATES, "sgd", WRONG_UPDATES["twice the noise"])
    lost = not_reached(name) & proved_parts(name)
    assert victims <= lost
    assert survivor not in lost
    assert victims or not lost


def test_a_moment_that_is_not_given_is_not_guessed() -> None:
    """Fails when the expectation of a power of the noise is taken without knowing its moment."""
    with pytest.raises(ValueError, match="order 3"):
        expectation.expect(expectation.xi**3)
