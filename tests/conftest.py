"""Which tests run in the same worker.

Derivations cite each other, and every worker that examines one examines those it cites. So all
derivations of a paper go to one worker, and the other checks of a claim together to any.
pytest-xdist's own `loadgroup` silently groups nothing under pytest 9.2 (pytest-xdist issue 1386).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

CHECK = re.compile(
    r"tests/test_claims\.py::test_claim\[(?P<paper>[A-Z]+)-(?P<number>\w+)-(?P<kind>\w+)"
)
DERIVED = ("symbolic", "certified")


def scope_of(test: str) -> str:
    """What one worker does: the derivations of a paper, other checks of a claim, or one test."""
    found = CHECK.match(test)
    if found is None:
        return test
    paper, number, kind = found.groups()
    return f"derivations of {paper}" if kind in DERIVED else f"{paper}-{number}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """The scheduler for `--dist loadscope`, which is the default of this project."""
    from xdist.scheduler import LoadScopeScheduling

    class ByClaim(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return ByClaim(config, log) if config.getvalue("dist") == "loadscope" else None
