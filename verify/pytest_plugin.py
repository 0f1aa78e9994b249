"""The pytest side of `gradalign`: options, the marker `full`, and the verdict table.

It collects nothing: the checks are ordinary parametrised tests in `tests/test_claims.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from verify.evidence import Evidence

KEY = "gradalign_evidence"
ALPHA = 1e-9  # as `verify.decide.ALPHA`, which is not imported for a header


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gradalign", "theorems about gradient alignment")
    group.addoption(
        "--tier",
        choices=("fast", "full", "experiment"),
        default="fast",
        help="how hard to try: fast (default), full (rediscovery, long searches), experiment",
    )
    group.addoption(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="only the checks of this claim, for instance --claim SA-3 (may be repeated)",
    )
    group.addoption(
        "--claim-seed", type=int, default=0, help="the seed of every random stream (default 0)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full: runs only with --tier full (or experiment)")
    config.addinivalue_line("markers", "claim(id): belongs to the claim with this id")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = set(config.getoption("--claim"))
    if wanted:
        _check_ids(wanted)
    fast = config.getoption("--tier") == "fast"
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        marker = item.get_closest_marker("claim")
        other = wanted and (marker is None or marker.args[0] not in wanted)
        too_slow = fast and item.get_closest_marker("full") is not None
        (dropped if other or too_slow else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def _check_ids(wanted: set[str]) -> None:
    from theory import registry

    for name in sorted(wanted):
        try:
            registry.get(name)
        except registry.UnknownClaim as error:
            raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        report.user_properties = list(item.user_properties)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    records = _records(terminalreporter)
    if not records:
        return
    from theory import registry
    from verify.checks import all_checks
    from verify.reporting import summary
    from verify.runner import verdict_on
    from verify.tables import verdict_table

    tier = config.getoption("--tier")
    complete = [n for n in records if len(records[n]) == len(all_checks([n], tier))]
    names = [name for name in registry.files() if name in complete]
    proved: dict[str, bool] = {}
    verdicts = [verdict_on(name, records[name], tier, proved) for name in names]
    terminalreporter.section("verdicts")
    if len(complete) < len(records):
        partly = len(records) - len(complete)
        terminalreporter.write_line(f"{partly} claims with only some checks selected: no verdict")
    if not names:
        return
    terminalreporter.write_line(verdict_table(verdicts))
    terminalreporter.write_line(summary(verdicts))


def _records(terminalreporter: Any) -> dict[str, list[Evidence]]:
    from verify.evidence import Evidence

    records: dict[str, list[Evidence]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for key, value in getattr(report, "user_properties", ()):
                if key == KEY:
                    record = Evidence(*value)
                    records.setdefault(record.claim, []).append(record)
    return records


def pytest_report_header(config: pytest.Config) -> str:
    from verify.doctor import foreign_packages

    foreign = foreign_packages()
    if foreign:
        return f"gradalign: WARNING, not ours: {', '.join(foreign)} (see `gradalign doctor`)"
    return (
        f"gradalign: tier {config.getoption('--tier')}, seed {config.getoption('--claim-seed')}; "
        f"a random decision errs with probability at most {ALPHA:.0e}, all of a run below 1e-06"
    )
