"""The pytest side of `gradalign`: options, markers, the verdict table, what random tests spend.

It collects nothing: the checks are ordinary parametrised tests in `tests/test_claims.py`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from verify import ledger

if TYPE_CHECKING:
    from verify.evidence import Evidence

KEY = "gradalign_evidence"
DECISIONS = pytest.StashKey[list[ledger.Spent]]()
SPENT = "gradalign_spent"
LARGEST_TOTAL = 1e-6  # probability that a fast run of correct code fails because of bad luck


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
    config.addinivalue_line(
        "markers",
        "false_alarm(probability, reason): that the test fails by bad luck although nothing is "
        "wrong; replaces the sum over its random decisions",
    )


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    with ledger.counting() as item.stash[DECISIONS]:
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        spent = _spent(item)
        properties = list(item.user_properties)
        report.user_properties = properties if spent is None else [*properties, (SPENT, spent)]
    return report


def _spent(item: pytest.Item) -> float | None:
    """How probably the test fails by bad luck; None if nothing in it is random."""
    marker = item.get_closest_marker("false_alarm")
    if marker is not None:
        return float(marker.args[0])
    decisions = item.stash[DECISIONS]
    return sum(d.alpha + d.miss for d in decisions) if decisions else None


def _all_spent(config: pytest.Config) -> tuple[int, float, float]:
    """Number of random tests, their seconds, and the probability that bad luck fails the run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    found = [
        (report.duration, value)
        for reports in (reporter.stats.values() if reporter else ())
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == SPENT and report.when == "call"
    ]
    return len(found), sum(s for s, _ in found), sum(p for _, p in found)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A fast run that may fail by bad luck more often than promised is a failed run."""
    total = _all_spent(session.config)[2]
    if session.config.getoption("--tier") == "fast" and total > LARGEST_TOTAL:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    count, seconds, total = _all_spent(config)
    if count:
        limit = LARGEST_TOTAL if config.getoption("--tier") == "fast" else math.inf
        said = "TOO MUCH: the limit is" if total > limit else "limit"
        allowed = f" ({said} {limit:.0e})" if limit < math.inf else ""
        workers = config.getoption("numprocesses", None)
        shared = f", shared by {workers} workers" if workers else ""
        terminalreporter.write_line(
            f"gradalign: {count} random tests took {seconds:.1f} s{shared}; if nothing is wrong, "
            f"one of them fails with probability at most {total:.1e}{allowed}"
        )
    _write_verdicts(terminalreporter, config)


def _write_verdicts(terminalreporter: Any, config: pytest.Config) -> None:
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
    selected = config.getoption("--claim") or config.getoption("keyword")
    if not selected and len(complete) == len(records):
        without = [n for n in registry.files() if not all_checks([n], tier)]
        verdicts += [verdict_on(n, (), tier, proved) for n in without]  # not run, and shown so
        order = list(registry.files())
        verdicts.sort(key=lambda verdict: order.index(verdict.claim.id))
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
        f"random tests of correct code fail with a probability that is summed up at the end, "
        f"limit {LARGEST_TOTAL:.0e} (fast tier)"
    )
