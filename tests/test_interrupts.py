"""Ctrl-C: one line that says what is finished, exit code 130, and what is finished is kept."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, gradalign

from theory import registry
from verify import interrupts, prove, refute, workers
from verify.checks import Check, Settings
from verify.evidence import Outcome
from verify.files import write_atomically

RUN = {
    "eigenvalues": [1, "1/2"],
    "k": 1,
    "initial_gradient": [2, 2],
    "noise_variance": [9, 4],
    "step_size": "1/2",
    "steps": 20,
}


def after(calls: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, interrupted by the user in the call after so many."""
    made = 0

    def called(*arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        if made > calls:
            raise KeyboardInterrupt
        return function(*arguments, **named)

    return called


def told(done: Done) -> str:
    """The one line that an interrupted command ends with."""
    assert done.returncode == 130, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert "interrupted" in line
    return line


def test_diagnose_reports_the_states_decided(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fails when the probes decided before Ctrl-C are lost, or not drawn."""
    from verify import diagnose

    monkeypatch.setattr(diagnose, "probe_state", after(3, diagnose.probe_state))
    figure = tmp_path / "run.png"
    done = gradalign("diagnose", "wine", "--steps", "30", "--json", "--plot", str(figure))
    assert "3 of 30 states are decided" in told(done)
    assert len(json.loads(done.stdout)["steps"]) == 3
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_diagnose_writes_nothing_before_the_first_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fails when an empty report or figure is written."""
    from verify import diagnose

    monkeypatch.setattr(diagnose, "probe_state", after(0, diagnose.probe_state))
    figure = tmp_path / "run.png"
    done = gradalign("diagnose", "wine", "--json", "--plot", str(figure))
    assert "0 of 40 states are decided" in told(done)
    assert not done.stdout
    assert not figure.exists()


def test_refute_reports_the_models_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when Ctrl-C hides how far the search came."""
    from verify import search

    monkeypatch.setattr(search, "decide", after(25, search.decide))
    done = gradalign("refute", "--claim", "SA-3", "--edit", "a_next <= 1", "--json")
    assert "26 models tried" in told(done)
    assert json.loads(done.stdout)["refuted"] is False


def test_refute_keeps_a_counterexample_that_it_was_simplifying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fails when a counterexample already found is thrown away."""
    from verify import search

    monkeypatch.setattr(search, "simplest", after(0, search.simplest))
    done = gradalign("refute", "--claim", "SA-3", "--edit", "a_next < a", "--json")
    told(done)
    assert json.loads(done.stdout)["counterexample"] is not None


def test_trajectory_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fails when half a figure or table is left."""
    from verify.trajectory import Course

    monkeypatch.setattr(Course, "limit", after(0, Course.limit))
    figure = tmp_path / "run.png"
    done = gradalign("trajectory", "-", "--plot", str(figure), stdin=json.dumps(RUN))
    assert "times examined" in told(done)
    assert not done.stdout
    assert not figure.exists()


def test_sweep_keeps_finished_chunks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fails when the message miscounts, or the sweep cannot go on from there."""
    from verify import sweep

    grid = tmp_path / "grid.toml"
    grid.write_text(
        'observables = ["regime"]\nchunk = 1\n[grid]\ncondition_number = [2, 3, 4]\n'
        "step_size = 0.5\nnoise_variance = 1\nd = 4\nk = 1\ninitial_gradient = 1\n"
    )
    folder = tmp_path / "data"
    arguments = ("sweep", str(grid), "--out", str(folder), "--json")
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "compute_chunk", after(2, sweep.compute_chunk))
        assert "2 of 3 chunks are kept" in told(gradalign(*arguments))
    assert json.loads(gradalign(*arguments).stdout)["chunks_computed"] == 1


def test_check_reports_the_claims_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when verdicts reached before Ctrl-C are lost."""
    from verify import runner

    monkeypatch.setattr(runner, "run_claim", after(1, runner.run_claim))
    done = gradalign("check", "SA-1", "SA-2", "--jobs", "1", "--json", "-")
    assert "1 of 2 claims are decided" in told(done)
    assert [claim["id"] for claim in json.loads(done.stdout)["claims"]] == ["SA-1"]


def test_explain_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when Ctrl-C is silent in a command that has nothing to keep."""
    monkeypatch.setattr(registry, "derivation", after(0, registry.derivation))
    assert "before it was finished" in told(gradalign("explain", "SA-3"))


@pytest.mark.parametrize(("tool", "work"), [(refute, "hunt"), (prove, "prove")])
def test_the_tools_of_authors_say_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tool: Any, work: str
) -> None:
    """Fails when Ctrl-C in a long search for models or certificates ends in a traceback."""
    monkeypatch.setattr(tool, work, after(0, getattr(tool, work)))
    assert tool.main(["SA-2", "--again"]) == 130
    assert "interrupted; what was stored before is kept" in capsys.readouterr().err


def test_a_claim_that_cannot_be_read_is_one_line_of_the_prover(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fails when a mistake in the file of a claim is a traceback of the prover."""

    def bad(name: str, again: bool) -> None:
        raise registry.BadClaim("sa02_positivity.py: not this")

    monkeypatch.setattr(prove, "prove", bad)
    assert prove.main(["SA-2"]) == 2
    assert capsys.readouterr().err == "verify.prove: sa02_positivity.py: not this\n"


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_search_ends_although_ctrl_c_was_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when an exception that somebody catches is all that ends a search."""
    from verify import search

    models = 0
    decide = search.decide

    def swallowing(*arguments: Any) -> str:
        nonlocal models
        models += 1
        if models == 25:
            with pytest.raises(KeyboardInterrupt):
                ctrl_c()
        return decide(*arguments)

    monkeypatch.setattr(search, "decide", swallowing)
    few = ("--models", "50", "--json")  # so that it ends at all if Ctrl-C is lost
    done = gradalign("refute", "--claim", "SA-3", "--edit", "a_next <= 1", *few)
    assert "25 models tried" in told(done)
    assert json.loads(done.stdout)["models"] == 25


class Finalized:
    """Python drops what is raised when the last reference goes; so it is with callbacks."""

    def __del__(self) -> None:
        ctrl_c()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs the timers of POSIX")
def test_ctrl_c_in_a_finalizer_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when Ctrl-C in a finalizer is ignored, or told by a traceback."""

    def derivation(name: str) -> None:
        Finalized()
        time.sleep(10)
        raise AssertionError("not interrupted")

    monkeypatch.setattr(registry, "derivation", derivation)
    told(gradalign("explain", "SA-3"))


def test_an_import_that_ctrl_c_breaks_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when an extension module that turns Ctrl-C into another error is reported as ours."""

    def derivation(name: str) -> None:
        try:
            ctrl_c()
        except KeyboardInterrupt:
            raise ImportError("multiarray failed to import") from None

    monkeypatch.setattr(registry, "derivation", derivation)
    told(gradalign("explain", "SA-3"))


def test_a_check_that_ctrl_c_breaks_is_not_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a claim is called undecided because its check was interrupted."""
    from verify import runner

    def broken(settings: Settings) -> Outcome:
        try:
            ctrl_c()
        except KeyboardInterrupt:
            raise ImportError("multiarray failed to import") from None
        raise AssertionError

    planned = [Check("SA-2", "exact", "it", broken)]
    monkeypatch.setattr(runner, "all_checks", lambda ids, tier: planned)
    done = gradalign("check", "SA-2", "--jobs", "1", "--json", "-")
    assert "0 of 1 claims are decided" in told(done)
    assert json.loads(done.stdout)["claims"] == []


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ctrl-C as the command line hears it."""
    kept = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts.listen()
    yield
    signal.signal(signal.SIGINT, kept)


def test_a_second_ctrl_c_forces(
    listening: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Fails when tidying up is disturbed by an echo of Ctrl-C, or cannot be cut short."""
    ended: list[int] = []
    monkeypatch.setattr(interrupts.os, "_exit", ended.append)
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()
    ctrl_c()
    assert not ended
    later = time.monotonic() + 2 * interrupts.ECHO_SECONDS
    monkeypatch.setattr(interrupts.time, "monotonic", lambda: later)
    ctrl_c()
    assert ended == [130]
    lost = "gradalign: interrupted twice; what was not yet kept or printed is lost\n"
    assert capfd.readouterr().err == lost


def test_a_file_being_written_is_finished_first(
    listening: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fails when Ctrl-C leaves a temporary file, or half of one."""
    from verify import files

    made = files.tempfile.mkstemp

    def interrupted(**named: Any) -> Any:
        handle = made(**named)
        ctrl_c()
        return handle

    monkeypatch.setattr(files.tempfile, "mkstemp", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "kept.txt", "all")
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]
    assert (tmp_path / "kept.txt").read_text() == "all"


def test_workers_that_are_being_ended_are_ended_first(
    listening: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when Ctrl-C at the end of a pool leaves workers for which the interpreter waits."""
    shutdown = workers._Processes.shutdown

    def interrupted(self: Executor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            ctrl_c()
        shutdown(self, wait, cancel_futures=cancel_futures)

    monkeypatch.setattr(workers._Processes, "shutdown", interrupted)
    asked: list[Future[None]] = []

    def work() -> None:
        with workers.pool(2) as executor:
            assert executor is not None
            asked.append(executor.submit(time.sleep, 60))

    with pytest.raises(KeyboardInterrupt):
        work()
    assert asked[0].done()


def test_ctrl_c_that_is_ignored_stays_so() -> None:
    """Fails when a command in the background of a script reacts to Ctrl-C in the foreground."""
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        interrupts.end_at_once()
        interrupts.listen()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, kept)


WHILE_IMPORTING = """
import builtins, signal
from verify.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
real = builtins.__import__
def importing(name, *rest, **named):
    if name == "typer":
        signal.raise_signal(signal.SIGINT)
    return real(name, *rest, **named)
builtins.__import__ = importing
main()
"""


def test_ctrl_c_during_the_imports_is_one_line() -> None:
    """Fails when an impatient user sees a traceback."""
    done = subprocess.run(
        [sys.executable, "-c", WHILE_IMPORTING], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "gradalign: interrupted before it was finished\n"


AT_THE_VERY_END = """
import os, signal, sys
from verify.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
class Last:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.SIGINT):
        kill(pid, number)
last = Last()
sys.argv = ["gradalign", "--version"]
main()
"""


def test_ctrl_c_at_the_very_end_changes_nothing() -> None:
    """Fails when a command that has told everything still dies of Ctrl-C."""
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_VERY_END], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("gradalign ")
