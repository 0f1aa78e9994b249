"""Every claim, decided: one test per check, whose id starts with the id of the claim."""

from __future__ import annotations

import pytest

from theory import registry
from verify.checks import TIERS, Check, Settings, all_checks
from verify.pytest_plugin import KEY
from verify.runner import run_check


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    tier = metafunc.config.getoption("--tier")
    ids = metafunc.config.getoption("--claim") or list(registry.files())
    known = [name for name in ids if name in registry.files()]
    metafunc.parametrize(
        "check",
        [
            pytest.param(c, id=c.id, marks=pytest.mark.claim(c.claim))
            for c in all_checks(known, tier)
        ],
    )


def test_claim(check: Check, request: pytest.FixtureRequest) -> None:
    config = request.config
    settings = Settings(config.getoption("--tier"), config.getoption("--claim-seed"))
    assert check.tier in TIERS
    found = run_check(check, settings)
    request.node.user_properties.append((KEY, tuple(vars(found).values())))
    if not found.passed:
        pytest.fail(found.detail, pytrace=False)
