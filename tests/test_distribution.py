"""Tests are distributed so that no derivation is examined twice."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import test_house
from conftest import RENDERED, scope_of

CLAIM = "tests/test_claims.py::test_claim[{}]"


def test_the_derivations_of_a_paper_go_together() -> None:
    """Fails if claims that cite each other are examined in several workers."""
    steps = ("SA-1-symbolic-dominant energy", "SA-16-symbolic-closes", "SA-2-certified-x")
    assert {scope_of(CLAIM.format(s)) for s in steps} == {"derivations of SA"}
    assert scope_of(CLAIM.format("TS-24P-symbolic-closes")) == "derivations of TS"
    assert scope_of("tests/test_house.py::" + RENDERED) == "derivations of SA"
    assert hasattr(test_house, RENDERED)


def test_the_other_checks_of_a_claim_go_together() -> None:
    """Fails if a vocabulary is imported for each check anew."""
    checks = ("SA-16-property-no counterexample", "SA-16-mutant-a", "SA-16-exact-b")
    assert {scope_of(CLAIM.format(c)) for c in checks} == {"SA-16"}
    assert scope_of(CLAIM.format("SA-1-exact-symbolic-thing")) == "SA-1"


def test_simulations_go_together() -> None:
    """Fails if both workers compile the simulator at the same time."""
    checks = ("SA-1-monte-carlo-b", "TS-13-monte-carlo-mean", "SA-6-exact-undefined, never 0")
    assert {scope_of(CLAIM.format(c)) for c in checks} == {"simulations"}


def test_other_tests_go_anywhere() -> None:
    """Fails if a long file becomes one piece of work."""
    test = "tests/test_decide.py::test_a[SA-1-symbolic-x]"
    assert scope_of(test) == test


@pytest.mark.full
def test_the_scheduler_is_used() -> None:
    """Fails if workers share the derivations of a claim, as under `loadgroup` with pytest 9.2."""
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--claim", "SA-2"]
    run = subprocess.run(
        [*command, "tests/test_claims.py"], cwd=root, capture_output=True, text=True, check=True
    )
    workers = re.findall(r"\[(gw\d)\].*SA-2-(?:symbolic|certified)", run.stdout)
    assert len(workers) > 10
    assert len(set(workers)) == 1
