"""Sweeps with real processes: pools, a dask cluster, and kills at the worst moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from verify.sweep import sweep
from verify.sweep_grid import read_grid

pytestmark = pytest.mark.full

Child = subprocess.Popen[str]

SECONDS = 90
MAIN = "from verify.cli import main; main()"
GRID = """
spectrum = "geometric"
steps = 100000
chunk = 2
observables = ["regime", "alignment_limit", "turning_time", "alignment_end"]
[grid]
condition_number = [20, 40, 80, 160]
step_size = { from = 0.2, to = 1.9, points = 15 }
noise_variance = 1
d = 80
k = 3
initial_gradient = 5
"""


@pytest.fixture
def grid_file(tmp_path: Path) -> Path:
    path = tmp_path / "grid.toml"
    path.write_text(GRID)
    return path


@pytest.fixture
def expected(grid_file: Path, tmp_path: Path) -> dict[str, bytes]:
    """The data set computed here, in one process."""
    sweep(read_grid(grid_file), tmp_path / "serial")
    return stored(tmp_path / "serial")


def stored(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name != ".lock"}


def chunks(folder: Path) -> dict[str, tuple[int, int]]:
    """Finished chunks: a file that is written again gets another inode or time."""
    return {
        f.name: (f.stat().st_ino, f.stat().st_mtime_ns) for f in sorted(folder.glob("chunk-*.npz"))
    }


@contextmanager
def process(*arguments: str) -> Iterator[Child]:
    """A process in a group of its own, of which nothing is left afterwards."""
    child = subprocess.Popen(
        [sys.executable, *arguments], start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def until(happened: Callable[[], object], what: str) -> None:
    """Wait for something; fail when it does not happen."""
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.02)


def group_is_empty(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_pool_gives_the_same_bits(
    grid_file: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    """Fails when two processes compute something else than one."""
    folder = tmp_path / "pool"
    with process("-c", MAIN, "sweep", str(grid_file), "--out", str(folder), "--jobs", "2") as run:
        _, said = run.communicate(timeout=SECONDS)
    assert (run.returncode, said) == (0, "")
    assert stored(folder) == expected


@pytest.mark.parametrize("jobs", [1, 2])
def test_kill_9_of_the_driver_loses_nothing(
    jobs: int, grid_file: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    """Fails when a killed sweep leaves workers or torn files, or repeats a finished chunk."""
    folder = tmp_path / "killed"
    command = ("-c", MAIN, "sweep", str(grid_file), "--out", str(folder), "--jobs", str(jobs))
    kept: dict[str, tuple[int, int]] = {}
    for _ in range(3):  # several kills in a row, each after some progress
        with process(*command, "--json") as run:
            until(lambda: chunks(folder).keys() > kept.keys(), "a chunk")  # noqa: B023
            run.kill()
            run.wait()
            until(partial(group_is_empty, run.pid), "the workers to end")
        found = chunks(folder)
        assert kept.items() <= found.items()
        kept = found
    assert len(kept) < len(expected) - 1
    with process(*command, "--json") as run:
        shown, _ = run.communicate(timeout=SECONDS)
    assert json.loads(shown)["chunks_computed"] == len(expected) - 1 - len(kept)
    assert kept.items() <= chunks(folder).items()
    assert stored(folder) == expected


def test_ctrl_c_keeps_what_is_finished(grid_file: Path, tmp_path: Path) -> None:
    """Fails when an interruption is a traceback, hangs, or leaves workers behind."""
    folder = tmp_path / "interrupted"
    command = ("-c", MAIN, "sweep", str(grid_file), "--out", str(folder), "--jobs", "2")
    with process(*command) as run:
        until(lambda: len(chunks(folder)) >= 2, "two chunks")
        os.killpg(run.pid, signal.SIGINT)
        _, said = run.communicate(timeout=SECONDS)
        until(lambda: group_is_empty(run.pid), "the workers to end")
    assert run.returncode == 130
    assert said.startswith("gradalign: interrupted: ")
    assert "Traceback" not in said
    assert len(chunks(folder)) >= 2


def test_a_disk_that_is_really_full(grid_file: Path, tmp_path: Path) -> None:
    """Fails when a real full disk is a traceback, or costs finished chunks."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip(
            "mounting a small disk needs root; the same path is tested with a planted error"
        )
    try:
        folder = disk / "data"
        with process("-c", MAIN, "sweep", str(grid_file), "--out", str(folder)) as run:
            _, said = run.communicate(timeout=SECONDS)
        assert run.returncode == 2
        assert "No space left" in said
        assert said.count("\n") == 1
        kept = len(chunks(folder))
        assert kept > 0
        assert f"{kept} of 30 chunks are kept" in said
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[Child], Child]]:
    """A dask scheduler and two workers: the address for --executor, the workers, the scheduler."""
    pytest.importorskip("distributed", reason='needs dask: pip install -e ".[cluster]"')
    file = folder / "scheduler.json"
    shared = ("--scheduler-file", str(file), "--no-dashboard")
    with ExitStack() as stack:
        where = ("--host", "127.0.0.1", "--port", "0")
        command = ("-m", "distributed.cli.dask_scheduler", *where, *shared)
        scheduler = stack.enter_context(process(*command))
        until(lambda: file.exists() and file.read_text().endswith("}"), "the scheduler")
        single = ("--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
        worker = ("-m", "distributed.cli.dask_worker", *single, *shared)
        workers = [stack.enter_context(process(*worker)) for _ in range(2)]
        address = json.loads(file.read_text())["address"]
        yield address.replace("tcp://", "dask://"), workers, scheduler


def test_a_cluster_gives_the_same_bits_when_a_worker_dies(
    grid_file: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    """Fails when a killed worker stops the sweep, loses chunks or changes a bit."""
    from distributed import Client

    folder = tmp_path / "cluster"
    with cluster(tmp_path) as (address, workers, _):
        with Client(address.replace("dask://", "tcp://")) as client:
            client.wait_for_workers(2, timeout=SECONDS)
        command = ("sweep", str(grid_file), "--out", str(folder), "--executor", address, "--json")
        with process("-c", MAIN, *command) as run:
            until(lambda: len(chunks(folder)) >= 4, "four chunks")
            workers[0].kill()
            at_kill = len(chunks(folder))
            shown, said = run.communicate(timeout=SECONDS)
        assert workers[1].poll() is None
    assert at_kill < len(expected) - 1
    assert run.returncode == 0, said
    assert json.loads(shown)["chunks_computed"] == len(expected) - 1
    assert stored(folder) == expected


def test_a_cluster_that_vanishes_keeps_what_is_finished(grid_file: Path, tmp_path: Path) -> None:
    """Fails when losing the scheduler is a wait without end, a traceback, or costs chunks."""
    folder = tmp_path / "lost"
    with cluster(tmp_path) as (address, _, scheduler):
        command = ("sweep", str(grid_file), "--out", str(folder), "--executor", address)
        with process("-c", MAIN, *command) as run:
            until(lambda: len(chunks(folder)) >= 2, "two chunks")
            scheduler.kill()
            _, said = run.communicate(timeout=SECONDS)
    assert run.returncode == 2, said
    assert said.startswith("gradalign: the executor lost its workers")
    assert said.count("\n") == 1
    assert len(chunks(folder)) >= 2


def test_a_cluster_that_is_not_there_is_one_line(grid_file: Path, tmp_path: Path) -> None:
    """Fails when a scheduler that nobody answers for is a traceback or a wait without end."""
    pytest.importorskip("distributed", reason='needs dask: pip install -e ".[cluster]"')
    arguments = ("--out", str(tmp_path / "none"), "--executor", "dask://127.0.0.1:9")
    with process("-c", MAIN, "sweep", str(grid_file), *arguments) as run:
        _, said = run.communicate(timeout=SECONDS)
    assert run.returncode == 2
    assert said.startswith("gradalign: no dask scheduler answers")
    assert said.count("\n") == 1
