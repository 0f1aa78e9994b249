"""How often decisions are wrong, measured.

python -m tests.benchmarks.calibration               the tables of docs/calibration.md (minutes)
python -m tests.benchmarks.calibration --seeds 200   the random tests, 200 fresh seeds (an hour)
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np
import pytest

from tests.test_decide import ALPHA, LAWS, most, runs, source
from tests.test_power import BUGS, decide
from verify.decide import decide_equal, decide_sign, design_sign
from verify.pytest_plugin import SPENT

NULL_RUNS, PLANTED_RUNS, MEDIAN_RUNS = 2000, 500, 300
EFFECT = 0.4
SEEDED = ("tests/test_simulate.py", "tests/test_power.py", "tests/test_claims.py")
QUIET = ("-o", "addopts=", "--assert=plain", "-p", "no:terminal", "-p", "no:cacheprovider")


def false_decisions(name: str, law: Any) -> tuple[int, int, int]:
    """Wrong signs, wrong "different" and wrong "equal", each at its null boundary."""
    signs = runs(NULL_RUNS, lambda i: decide_sign(source(name, [1, i]), law, EFFECT, alpha=ALPHA))
    same = runs(NULL_RUNS, lambda i: decide_equal(source(name, [2, i]), 0.0, 0.5, law, alpha=ALPHA))
    off = runs(
        NULL_RUNS, lambda i: decide_equal(source(name, [3, i], 0.5), 0.0, 0.5, law, alpha=ALPHA)
    )
    return (
        sum(run.decided for run in signs),
        sum(run.answer == "different" for run in same),
        sum(run.answer == "equal" for run in off),
    )


def median_draws(name: str, law: Any) -> float:
    """The measured median of the draws for the sign of a mean."""
    used = runs(MEDIAN_RUNS, lambda i: decide_sign(source(name, [4, i], EFFECT), law, EFFECT))
    return float(np.median([run.draws for run in used]))


class Watch:
    """Which tests of a run were random, and which failed."""

    def __init__(self) -> None:
        self.random: list[str] = []
        self.failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
        if report.when == "call" and dict(report.user_properties).get(SPENT):
            self.random.append(report.nodeid)


def fresh_seeds(count: int, first: int) -> int:
    """Run every random test of the fast tier with `count` seeds; returns how many runs failed."""
    watch = Watch()
    pytest.main([*QUIET, *SEEDED], plugins=[watch])
    tests, decided, failures = watch.random, 0, 0
    if not tests:
        sys.exit("no random test was found: run this from the folder that holds tests/")
    print(f"{len(tests)} random tests, seeds {first} ... {first + count - 1}", flush=True)
    for seed in range(first, first + count):
        watch = Watch()
        code = pytest.main([*QUIET, f"--claim-seed={seed}", *tests], plugins=[watch])
        whole = code == pytest.ExitCode.OK and len(watch.random) == len(tests)
        decided, failures = decided + len(watch.random), failures + (not whole)
        if not whole:
            print(f"seed {seed}: {len(watch.random)} tests ran, failed: {watch.failed}")
        done = seed - first + 1
        print(f"{done} runs, {decided} tests, {failures} runs with a failure", flush=True)
    return failures


def main() -> None:
    """The tables, or the runs with fresh seeds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="run the random tests N times")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first seed (1)")
    options = parser.parse_args()
    if options.seeds is not None:
        sys.exit(fresh_seeds(options.seeds, options.first) > 0)
    tables()


def tables() -> None:
    """Print the tables of docs/calibration.md."""
    print("# Calibration of the random decisions\n")
    print(
        "Printed by `python -m tests.benchmarks.calibration`. Laws as in `tests/test_decide.py`.\n"
        "The last section is the end of `python -m tests.benchmarks.calibration --seeds 200`.\n"
    )
    print(f"## False decisions at the null boundary, alpha = {ALPHA}, {NULL_RUNS} runs each\n")
    print(
        "| law | wrong signs | wrong `different` | wrong `equal` | allowed |\n|---|---|---|---|---|"
    )
    for name, law in LAWS.items():
        counts = " | ".join(map(str, false_decisions(name, law)))
        print(f"| {name} | {counts} | {most(NULL_RUNS, ALPHA)} |")
    print(
        "\n*Allowed*: the largest count that a true rate of 0.05 explains with probability 1e-9.\n"
    )
    print(f"## Planted faults, both errors 1e-9, {PLANTED_RUNS} runs each\n")
    print("| fault | missed | undecided |\n|---|---|---|")
    for bug in BUGS:
        answers = [decide("rademacher", [7, i], bug).answer for i in range(PLANTED_RUNS)]
        print(f"| {bug} | {answers.count('equal')} | {answers.count('undecided')} |")
    print(f"\n## Draws for the sign of a mean of {EFFECT}, both errors 1e-9, {MEDIAN_RUNS} runs\n")
    print("| law | predicted | measured median |\n|---|---|---|")
    for name, law in LAWS.items():
        predicted = design_sign(law, EFFECT).draws
        print(f"| {name} | {predicted} | {median_draws(name, law):.0f} |")


if __name__ == "__main__":
    main()
