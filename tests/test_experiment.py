"""The experiment's command: how its units are kept, interrupted and resumed, and what it writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_network import SGD, TINY

from verify import application
from verify.errors import InputError, Interrupted
from verify.tiny_subspaces.network.results import result
from verify.tiny_subspaces.network.settings import Rule, Task
from verify.tiny_subspaces.network.units import (
    BULK,
    DOMINANT,
    NONE,
    Branch,
    Rates,
    Unit,
    Watch,
)
from verify.tiny_subspaces.sizes import SIZES, Size
from verify.tiny_subspaces.ts36_effective_rates import OPTIMISERS

pytest.importorskip("torch", reason="needs PyTorch: the extra torch")

UNITS: dict[Unit, str] = {Watch(TINY, seed, SGD, (0, 2)): f"seed {seed}" for seed in range(4)}


def test_an_interrupted_experiment_goes_on_where_it_stopped(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a finished unit is lost or computed twice, or Ctrl-C says nothing."""
    from verify.tiny_subspaces.experiment import run as running

    real, computed = running.compute, []

    def counted(unit: Unit, last: int) -> Any:
        if len(computed) == last:
            raise KeyboardInterrupt
        computed.append(unit)
        return real(unit)

    monkeypatch.setattr(running, "compute", lambda unit: counted(unit, 2))
    with pytest.raises(Interrupted, match="2 of 4 units are kept"):
        running.run(UNITS, tmp_path, 1)
    kept = {file: file.read_bytes() for file in tmp_path.rglob("*.json")}
    assert len(kept) == 2
    monkeypatch.setattr(running, "compute", lambda unit: counted(unit, -1))
    events: list[bool] = []
    results = running.run(UNITS, tmp_path, 1, lambda unit, new: events.append(new))
    assert computed == list(UNITS)
    assert events == [False, False, True, True]
    assert all(file.read_bytes() == content for file, content in kept.items())
    damaged = next(iter(kept))
    damaged.write_bytes(damaged.read_bytes()[:50])  # as a crash of the machine may leave it
    assert running.run(UNITS, tmp_path, 1) == results
    assert len(computed) == 5


def test_the_cheapest_units_come_first() -> None:
    """Fails when Ctrl-C soon after the start finds only long units at work, and keeps nothing."""
    from verify.tiny_subspaces.experiment.plan import cost, plan

    for size in SIZES.values():
        costs = [cost(unit) for unit in plan(size, size.seeds)]
        assert costs == sorted(costs)
        early = sum(np.cumsum(costs) < sum(costs) / 3)
        assert early > 0.5 * len(costs)  # a third of the time finishes half of the units
        assert max(costs) < 0.2 * sum(costs)  # and no unit in work is a large loss


WITH_CTRL_C = """
import signal
from verify.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="sends the signal of Ctrl-C")
def test_ctrl_c_keeps_what_is_finished(torch: Any, tmp_path: Path) -> None:
    """Fails when a run that is stopped after its first unit keeps nothing, or keeps half a file."""
    command = [sys.executable, "-c", WITH_CTRL_C, "experiment", "tiny-subspaces"]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path), "--jobs", "2"], stderr=subprocess.PIPE, text=True
    ) as running:
        while running.poll() is None and not list(tmp_path.glob("units/*.json")):
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    kept = [json.loads(file.read_text()) for file in tmp_path.glob("units/*.json")]
    assert len(kept) >= 1
    assert f"interrupted: {len(kept)} of 18 units are kept" in told


def test_any_number_of_workers_finds_the_same_bits(torch: Any, tmp_path: Path) -> None:
    """Fails when a result depends on the process that computes it, or on what ran before it."""
    from verify.tiny_subspaces.experiment import run as running

    units: dict[Unit, str] = {
        **UNITS,
        Branch(TINY, 2, SGD, 3, 2, (NONE, DOMINANT, BULK)): "branch",
        Rates(TINY, 0, OPTIMISERS["adam"], 6, every=2): "rates",
    }
    alone = running.run(units, tmp_path / "one", 1)
    assert running.run(units, tmp_path / "two", 2) == alone


def test_bad_luck_is_told_with_the_name_of_its_unit(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when Lanczos gives up and the message does not say in which unit."""
    from verify.tiny_subspaces.experiment import run as running
    from verify.tiny_subspaces.network import spectrum

    def gives_up(*arguments: Any, **options: Any) -> None:
        raise InputError("Lanczos did not separate")

    monkeypatch.setattr(spectrum, "dominant_subspace", gives_up)
    with pytest.raises(InputError, match=r"^seed 0: Lanczos did not separate$"):
        running.run(UNITS, tmp_path, 1)


def test_a_result_is_found_for_its_own_settings_only(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when another setting, seed, version or code finds an old result."""
    from verify.tiny_subspaces.experiment import store as storing

    store = storing.Store.opened(tmp_path)
    unit = Watch(TINY, 0, SGD, (0,))
    store.write(unit, "a name", {"x": [1.5]})
    assert store.read(unit) == {"x": [1.5]}
    others: list[Unit] = [
        Watch(TINY, 1, SGD, (0,)),
        Watch(TINY, 0, Rule("SGD", 0.06), (0,)),
        Watch(TINY, 0, SGD, (0, 1)),
        Watch(Task(width=4, samples=40, batch_size=10, centred=True), 0, SGD, (0,)),
    ]
    assert [store.read(other) for other in others] == [None] * 4
    monkeypatch.setattr(storing, "versions", lambda: {"code": "another"})
    assert store.read(unit) is None


def test_every_unit_of_the_plan_can_be_made_without_pytorch() -> None:
    """Fails when a claim has a part, mutant or assumption that no check decides."""
    from theory import registry
    from verify.tiny_subspaces.experiment.plan import CLAIMS, cost, plan

    for size in SIZES.values():
        units = plan(size, 2)
        assert len(set(units.values())) == len(units)
        assert all(cost(unit) > 0 for unit in units)
    for entry in CLAIMS:
        stated = registry.get(entry.id)
        assert set(entry.parts) == set(stated.conclusion)
        assert set(entry.mutants) == set(stated.mutants)
        assert set(entry.dropped) == set(stated.assumptions)


WRONG = [
    (["tiny", "--out", "{}"], "no experiment 'tiny'; choose tiny-subspaces"),
    (["tiny-subspaces", "--out", "{}", "--tier", "slow"], "--tier is 'slow'"),
    (["tiny-subspaces", "--out", "{}", "--seeds", "0"], "--seeds is 0; choose 1 to 100"),
    (["tiny-subspaces", "--out", "{}", "--figures", "pdf"], "--figures is 'pdf'"),
    (["tiny-subspaces", "--out", "{}", "--json", "{}"], "it is a folder"),
    (["tiny-subspaces", "--out", "{}/file/inside"], "cannot write {}/file/inside: Not a directory"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_bad_input_ends_in_one_line(
    torch: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """Fails when bad input ends in a traceback, several lines, or another exit code than 2."""
    (tmp_path / "file").write_text("")
    filled = [a.replace("{}", str(tmp_path)) for a in arguments]
    assert application.run(["experiment", *filled]) == 2
    told = capsys.readouterr().err
    assert message.replace("{}", str(tmp_path)) in told
    assert told.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_without_pytorch_the_command_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a missing PyTorch ends in a traceback, or after work was begun."""
    monkeypatch.setattr("verify.adapters.importlib.util.find_spec", lambda name: None)
    assert application.run(["experiment", "tiny-subspaces", "--out", str(tmp_path / "out")]) == 2
    assert 'pip install -e ".[torch]"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="PyTorch"):
        result(Watch(TINY, 99, SGD, (0,)))


SMALLEST = Size(
    tier="quick",
    task=TINY,
    settled=64,
    switch=64,
    end=80,
    after=2,
    last=2,
    every=8,
    edge=Rule("GD", 0.1),
    edge_switch=50,
    sam_switch=50,
    after_full_batch=2,
    rate_steps=6,
    seeds=1,
)


def test_labels_are_near_their_curves_and_not_on_them() -> None:
    """Fails when a label of the figure lies on its curves, or far from them."""
    from matplotlib.figure import Figure

    from verify.tiny_subspaces.experiment.figure_alignment import name_curves

    figure = Figure()
    panel = figure.subplots()
    panel.set(xlim=(0, 40), ylim=(0, 1.02))
    falling = panel.plot([0, 2, 10, 20, 40], [1, 0.5, 0.2, 0.1, 0])
    high = panel.plot([0, 1, 15, 40], [0, 0.9, 0.8, 1]) + panel.plot([0, 1, 25, 40], [0, 1, 0.7, 1])
    name_curves(panel, "falling", falling, above=True)
    name_curves(panel, "high", high, above=False)
    figure.draw_without_rendering()
    for text, curves, height in zip(panel.texts, (falling, high), (0.1805, 0.7), strict=True):
        box = text.get_window_extent()
        paths = [panel.transData.transform_path(curve.get_path()) for curve in curves]
        assert not any(path.intersects_bbox(box, filled=False) for path in paths)
        assert abs(text.get_position()[1] - height) < 0.03


def test_a_whole_experiment_writes_figures_and_strict_json(
    torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fails when a figure or the results are missing, or a second run computes anything."""
    from verify.tiny_subspaces import sizes
    from verify.tiny_subspaces.experiment import run as running
    from verify.tiny_subspaces.experiment.figures import FIGURES
    from verify.tiny_subspaces.experiment.plan import plan
    from verify.tiny_subspaces.experiment.report import Report

    monkeypatch.setitem(sizes.SIZES, "quick", SMALLEST)
    where = ["experiment", "tiny-subspaces", "--out", str(tmp_path), "--jobs", "1"]
    assert application.run(where) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "The full tier decides" in told
    assert "Note: TS-31 before, seed 0: dominant subspace hardly determined" in told
    for name in FIGURES:
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "results.json").read_text())
    assert {part["claim"] for part in found["parts"]} == {f"TS-{n}" for n in range(30, 37)}
    assert all(len(part["seen"]) == 1 for part in found["parts"])
    assert 0 < found["least_gap"] < 1
    monkeypatch.setattr(running, "compute", None)  # must not be called
    again = running.run(plan(SMALLEST, 1), tmp_path, 1)
    assert json.loads(json.dumps(Report(SMALLEST, 1, again).to_json())) == found
