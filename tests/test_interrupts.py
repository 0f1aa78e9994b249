"""Ctrl-C: one line that says what is finished, exit code 130, and what is finished is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, gradalign

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
    from theory import registry

    monkeypatch.setattr(registry, "derivation", after(0, registry.derivation))
    assert "nothing was finished" in told(gradalign("explain", "SA-3"))
