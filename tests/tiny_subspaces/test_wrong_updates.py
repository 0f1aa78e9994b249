"""Derivations about quadratics start from the update: with another one they no longer close."""

from __future__ import annotations

import pytest

from theory import expectation
from theory.proof import examine
from theory.registry import certificates, get
from theory.vocabulary import eta, lam

WRONG = {
    "no noise": lambda position, noise: position - eta * lam * position,
    "uphill": lambda position, noise: position + eta * (lam * position + noise),
    "half the step": lambda position, noise: position - eta / 2 * (lam * position + noise),
}
PARTS = {
    "TS-5": "Dom-SGD keeps the dominant terms",
    "TS-6": "Dom-SGD stops",
    "TS-7": "the loss falls in both",
}


class Library:
    """None of these derivations uses another claim."""

    get = staticmethod(get)
    facts = staticmethod(lambda _: {})


def not_reached(name: str) -> set[str]:
    """The parts of the claim that its derivation does not reach."""
    return set(examine(get(name), Library(), certificates(name))[1])


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", PARTS)
def test_a_wrong_update_stops_the_derivation(name, wrong, monkeypatch) -> None:
    """Fails when a statement about SGD is derived from another update, or not from SGD's."""
    assert PARTS[name] not in not_reached(name)
    monkeypatch.setitem(expectation.UPDATES, "sgd", WRONG[wrong])
    assert PARTS[name] in not_reached(name)
