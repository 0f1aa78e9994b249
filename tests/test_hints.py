"""What is said when a step has no certificate, or a wrong version survives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from theory import registry
from theory.proof import NotAccepted, Proof
from theory.steps import Certified
from theory.vocabulary import B, D, a, a_next, beta, eta, lambda_1, lambda_k
from verify import prove
from verify.edit import refute, remark
from verify.prove import certificates_for
from verify.refute import advice


def hint(claim_id: str, step: Certified) -> str:
    """What somebody is told whose step in this claim has no certificate."""
    proof = Proof(registry.get(claim_id), registry.LIBRARY, {})
    with pytest.raises(NotAccepted) as caught:
        certificates_for(step, proof)
    return str(caught.value)


def test_eigenvalues_are_mentioned_only_where_there_are_any() -> None:
    """Fails if a claim about a small model without a spectrum is told facts about eigenvalues."""
    plain = hint("TS-26", Certified("no", beta > eta, given=("momentum",)))
    assert "from: beta > 0" in plain.splitlines()
    assert "lambda" not in plain
    assert "lambda" not in hint("SA-3", Certified("no", D > B, given=("dominant",)))
    assert "lambda_k" in hint("SA-3", Certified("no", lambda_1 > lambda_k))


def test_a_divisor_without_a_sign_is_thought_of() -> None:
    """Fails if nobody learns that the sign of a divisor must be named."""
    told = hint("TS-26", Certified("no", 1 / eta > 0))
    assert "the sign of what is divided by (eta > 0 for 1/eta)" in told


def test_what_cannot_be_proved_may_be_false(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if an author goes on looking for the proof of something false, or doubts what holds."""
    monkeypatch.setattr(prove, "MODELS", 20)
    claim = registry.get("SA-3")
    false = claim.concluding({"rises": a_next >= a})
    assert prove.false_or_open(false).startswith("no wonder: SA-3 / rises fails")
    assert prove.false_or_open(claim) == (
        "whether it is true is open: no counterexample in 100 models"
    )


def test_what_survives_comes_with_advice() -> None:
    """Fails if an author is told that an assumption survives, and not what that asks for."""
    assert "implied={'gap': \"why\"}" in advice("without gap")
    assert "or delete the assumption" in advice("without gap")
    assert "assume that instead" in advice("relaxed gap")
    assert "sharpen the claim" in advice("half the step")


def test_a_dropped_assumption_that_is_not_missed_comes_with_advice() -> None:
    """Fails if `refute` knows why an assumption is implied, or what to write, and keeps it."""
    reason = registry.get("SA-1").implied["step"]
    assert f"SA-1 says why: {reason}" in refute("SA-1", "drop step", 1).story
    silent = replace(registry.get("TS-26"), implied={})
    assert "implied={'momentum'" in remark(silent, " drop momentum ", None)
    assert remark(silent, "eta < 1", None) == ""
    named = registry.get("SA-9")
    assert "additive" in named.assumptions
    assert remark(named, "additive", None) == ""  # a sentence: nothing was dropped
