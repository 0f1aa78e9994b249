"""What random tests spend is counted by the deciding functions, and limits a fast run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from verify import ledger
from verify.betting import sign_of_mean
from verify.checks import Check, Settings
from verify.decide import decide_difference, decide_equal, decide_proportion, decide_sign
from verify.evidence import Outcome
from verify.laws import Bounded
from verify.pytest_plugin import LARGEST_TOTAL
from verify.runner import run_check

LAW = Bounded(-1.0, 1.0, 0.5)
TESTS = Path(__file__).parent
UNSEEDED = re.compile(
    r"default_rng\(\)|Random\(\)|(?<!\.)\brandom\.[a-z]|np\.random\.(rand|normal|uniform|choice)"
)
SESSION = """
import numpy as np
import pytest
from verify.decide import decide_proportion

def decide(alpha):
    decide_proportion(lambda start, count: np.arange(start, start + count) % 2, 0.5, 0.1,
                      alpha=alpha)

@pytest.mark.parametrize("number", range(4))
def test_random(number):
    decide(ALPHA)

@pytest.mark.false_alarm(2e-9, reason="fixed numbers")
def test_marked():
    decide(0.05)

@pytest.fixture
def decided():
    decide(1e-9)

def test_decides_in_its_fixture(decided):
    pass

def test_nothing_random():
    pass
"""


def ones(start: int, count: int) -> np.ndarray:
    return np.ones(count)


@pytest.mark.false_alarm(0, reason="the draws are constants")
def test_every_deciding_function_reports_what_it_spends() -> None:
    """Fails when a decision could be made that nobody counts."""
    with ledger.counting() as made:
        decide_sign(ones, LAW, 0.5, alpha=0.01, miss=0.02)
        decide_equal(ones, 0.0, 0.5, LAW, alpha=0.01)
        decide_proportion(ones, 1.0, 0.1)
        decide_difference(ones, lambda start, count: 0.5 * ones(start, count), LAW, 0.5)
        sign_of_mean(
            lambda number: (ones(0, number), ones(0, number)),
            low=-1.0,
            high=1.0,
            error_probability=0.03,
            max_draws=10,
        )
    alphas = [0.01, 0.01, 1e-9, 1e-9, 0.03]
    assert [spent.alpha for spent in made] == alphas
    assert [spent.miss for spent in made] == [0.02, 0.01, 1e-9, 1e-9, 0.0]
    with ledger.counting() as nothing:
        pass
    assert nothing == []


@pytest.mark.false_alarm(0, reason="the draws are constants")
def test_a_check_that_forgets_its_error_probability_has_one() -> None:
    """Fails when the record of a check says less than its decisions spent."""

    def forgetful(settings: Settings) -> Outcome:
        decide_sign(ones, LAW, 0.5, alpha=0.01)
        decide_sign(ones, LAW, 0.5, alpha=0.01)
        return Outcome("forgot")

    found = run_check(Check("SA-3", "monte-carlo", "forgetful", forgetful), Settings())
    assert (found.detail, found.error_probability) == ("forgot", 0.02)


@pytest.mark.parametrize(
    ("workers", "alpha", "code"), [("0", "1e-9", 0), ("0", "2e-7", 1), ("2", "2e-7", 1)]
)
def test_a_run_that_spends_too_much_fails(
    tmp_path: Path, workers: str, alpha: str, code: int
) -> None:
    """Also when workers report to another process. Four decisions, two errors each, and 4e-9."""
    (tmp_path / "test_it.py").write_text(SESSION.replace("ALPHA", alpha), encoding="utf-8")
    (tmp_path / "empty.ini").touch()
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-c", "empty.ini", "--rootdir", ".", "test_it.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    total = 8 * float(alpha) + 4e-9
    assert "gradalign: 6 random tests took" in done.stdout, done.stdout + done.stderr
    assert ("s, shared by 2 workers; if" in done.stdout) == (workers == "2")
    assert f"probability at most {total:.1e}" in done.stdout
    assert ("TOO MUCH" in done.stdout) == (total > LARGEST_TOTAL)
    assert done.returncode == code


@pytest.mark.parametrize("file", sorted(TESTS.rglob("test_*.py")), ids=lambda f: f.stem)
def test_no_test_draws_what_cannot_be_drawn_again(file: Path) -> None:
    """Fails for numbers without a seed, or fresh seeds in a file that says its seeds are fixed."""
    text = file.read_text(encoding="utf-8")
    if file != Path(__file__):
        assert not UNSEEDED.search(text)
        assert not ("false_alarm(0" in text and "--claim-seed" in text)
