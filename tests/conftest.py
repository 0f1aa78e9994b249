"""Which tests run in the same worker, what Hypothesis may do, and PyTorch with one thread.

Derivations cite each other, and every worker that examines one examines those it cites. So all
derivations of a paper go to one worker. The simulator has to be compiled once, so everything that
runs it goes to one worker. The other checks of a claim go together to any.
pytest-xdist's own `loadgroup` silently groups nothing under pytest 9.2 (pytest-xdist issue 1386).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

CHECK = re.compile(
    r"tests/test_claims\.py::test_claim\[(?P<paper>[A-Z]+)-(?P<number>\w+)-(?P<kind>[a-z]+(-carlo)?)"
)
DERIVED = ("symbolic", "certified")
SIMULATED = ("SA-6-exact",)  # and all checks of kind monte-carlo
RENDERED = "test_paper_claims_is_what_the_registry_renders"  # reads every derivation


# A slow machine is no failure, and the fast tier draws the same examples in every run.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", UNHURRIED, derandomize=True)
settings.register_profile("full", UNHURRIED, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("fast" if config.getoption("--tier") == "fast" else "full")


def scope_of(test: str) -> str:
    """What one worker does: the derivations of a paper, other checks of a claim, or one test."""
    found = CHECK.match(test)
    if test.endswith(RENDERED):
        return "derivations of SA"
    if found is None:
        return test
    paper, number, kind = found["paper"], found["number"], found["kind"]
    if kind in DERIVED:
        return f"derivations of {paper}"
    if kind == "monte-carlo" or f"{paper}-{number}-{kind}" in SIMULATED:
        return "simulations"
    return f"{paper}-{number}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """The scheduler for `--dist loadscope`, which is the default of this project."""
    from xdist.scheduler import LoadScopeScheduling

    class ByClaim(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return ByClaim(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture
def torch() -> Iterator[Any]:
    """PyTorch with one thread, as the experiment uses it; or a skipped test."""
    module: Any = pytest.importorskip("torch", reason="needs PyTorch: the extra torch")
    threads = module.get_num_threads()
    module.set_num_threads(1)
    with threadpool_limits(1):
        yield module
    module.set_num_threads(threads)
