"""Sweeps: the numbers against a plain recursion, resuming, refusals, and the figure."""

from __future__ import annotations

import errno
import itertools
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import Done, gradalign

from verify import sweep as driver
from verify.errors import InputError
from verify.sweep import Finished, Sweep, sweep
from verify.sweep_grid import OBSERVABLES, Grid, grid_from, read_grid
from verify.sweep_plot import plot
from verify.sweep_point import REGIMES, run_at

EXAMPLE = Path(__file__).parent.parent / "docs/sweep_example.toml"
STEPS = 40

SMALL = """
steps = 1000
chunk = 4
[grid]
condition_number = [2, 10]
step_size = { from = 0.2, to = 2.2, points = 6 }
noise_variance = 1
d = 5
k = 2
initial_gradient = 3
"""


def raw(**changes: Any) -> dict[str, Any]:
    """A small valid grid; a dotted key such as grid__k changes an entry, None removes it."""
    table: dict[str, Any] = {
        "steps": 1000,
        "chunk": 4,
        "grid": {
            "condition_number": [2, 10], "step_size": [0.2, 0.6, 1.0, 1.4, 1.8, 2.2],
            "noise_variance": 1, "d": 5, "k": 2, "initial_gradient": 3,
        },
    }  # fmt: skip
    for path, value in changes.items():
        *outer, key = path.split("__")
        place = table[outer[0]] if outer else table
        if value is None:
            del place[key]
        else:
            place[key] = value
    return table


def small() -> Grid:
    return grid_from(raw())


def stored(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a data set but its lock."""
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.name != ".lock"}


def stops_after(count: int, error: BaseException) -> Callable[..., Iterable[Finished]]:
    """A progress that lets `count` chunks be written and then fails."""

    def progress(chunks: Iterable[Finished], _done: int, _total: int) -> Iterable[Finished]:
        for i, chunk in enumerate(chunks):
            if i == count:
                raise error
            yield chunk

    return progress


def brute_force(grid: Grid, parameters: dict[str, float]) -> dict[str, Any]:
    """The observables from the definition of SGD on a quadratic, step by step in rationals."""
    run = run_at(grid.question, parameters)
    lam = [Fraction(x) for x in run.start.eigenvalues]
    noise = [Fraction(x) for x in run.start.noise_variance]
    v = [Fraction(x) ** 2 for x in run.start.gradient]
    k, eta = run.start.k, run.step_size
    shares = []
    for _ in range(STEPS + 1):
        shares.append(sum(v[:k]) / sum(v))
        v = [
            x - 2 * eta * a * x + (eta * a) ** 2 * (x + s)
            for x, a, s in zip(v, lam, noise, strict=True)
        ]
    signs = [(b > a) - (b < a) for a, b in itertools.pairwise(shares)]
    turns = [t for t in range(1, STEPS) if signs[t - 1] * signs[t] < 0]
    return {
        "alignment": [float(shares[t]) for t in grid.question.times],
        "alignment_start": float(shares[0]),
        "alignment_end": float(shares[STEPS]),
        "alignment_turn": float(shares[turns[0]]) if turns else math.nan,
        "turning_time": turns[0] if turns else math.nan,
        "turns": len(turns),
        "direction_first": signs[0],
        "stable": float(eta < 2),
    }


@pytest.mark.parametrize(
    ("spectrum", "start"),
    [
        ("two-level", "initial_gradient"),
        ("geometric", "initial_position"),
        ("power-law", "initial_gradient"),
    ],
)
def test_numbers_are_those_of_a_plain_recursion(spectrum: str, start: str, tmp_path: Path) -> None:
    """Fails when an observable is not what SGD does step by step, at any point of the grid."""
    table = raw(
        spectrum=spectrum, steps=STEPS, times=[0, 1, 7], observables=list(OBSERVABLES),
        grid__step_size=[0.3, 1.2, 1.9], grid__batch=[1, 4], grid__initial_gradient=None,
        grid__condition_number=6, grid__d=4,
    )  # fmt: skip
    table["grid"][start] = 3
    grid = grid_from(table)
    columns = sweep(grid, tmp_path / "data").columns
    rows = [row for chunk in range(grid.chunks) for row in grid.rows(chunk)]
    for place, row in zip(np.ndindex(grid.shape), rows, strict=True):
        for name, expected in brute_force(grid, row).items():
            found = columns[name][place]
            assert np.round(found - expected, 14).tolist() in (0, [0, 0, 0]) or (
                np.isnan(found) and np.isnan(expected)
            ), (name, row)
    assert not columns["unsure"].any()


def test_the_critical_step_divides_falling_from_rising(tmp_path: Path) -> None:
    """Fails when eta*, a* and the observed first direction contradict SA-3 and SA-4."""
    table = raw(
        observables=["direction_first", "low_alignment"],
        grid__initial_alignment={"from": 0.05, "to": 0.95, "points": 10},
        grid__noise_variance=[0.5, 9],
        grid__d=30,
        grid__k=1,
        grid__initial_gradient=1,
    )
    found = sweep(grid_from(table), tmp_path / "data").columns
    critical = np.nan_to_num(found["critical_step_size"], nan=np.inf)
    low = found["alignment_start"] < found["alignment_threshold"]
    assert (found["direction_first"] == np.sign(found["step"] - critical)).all()
    assert (low == (found["low_alignment"] == 1)).all()
    assert low.any()
    assert not low.all()


def test_units_of_the_step() -> None:
    """Fails when a relative step is not relative to what it says."""
    row = {"d": 4, "k": 1, "condition_number": 4, "step_size": 0.5, "noise_variance": 6,
           "batch": 3, "initial_gradient": 1}  # fmt: skip
    steps = {}
    for unit in ("absolute", "2/lambda_1", "2/(lambda_1+lambda_{k+1})"):
        run = run_at(grid_from(raw(step_unit=unit)).question, row)
        steps[unit] = run.step_size
        assert run.start.noise_variance == (2, 2, 2, 2)
    assert list(steps.values()) == [Fraction(1, 2), 1, Fraction(4, 5)]


def test_thousands_of_different_eigenvalues(tmp_path: Path) -> None:
    """Fails when the float64 engine, used there, is not reached or loses digits silently."""
    table = raw(
        spectrum="geometric", grid__d=3000, grid__k=10, grid__condition_number=50,
        grid__step_size=[0.5, 1.0], observables=["alignment_end", "turning_time"], steps=300,
    )  # fmt: skip
    grid = grid_from(table)
    found = sweep(grid, tmp_path / "data").columns
    lam = np.array(run_at(grid.question, grid.rows(0)[0]).start.eigenvalues)
    for i, step in enumerate((0.5, 1.0)):
        v = np.full(3000, 9.0)
        for _ in range(300):
            v = (1 - step * lam) ** 2 * v + (step * lam) ** 2
        assert round(found["alignment_end"][i] - v[:10].sum() / v.sum(), 12) == 0
    assert not found["unsure"].any()


def test_an_executor_gives_the_same_bits(tmp_path: Path) -> None:
    """Fails when the data depend on who computes them, or on the order chunks finish in."""
    sweep(small(), tmp_path / "alone")
    with ThreadPoolExecutor(3) as threads:
        sweep(small(), tmp_path / "together", executor=threads)
    assert stored(tmp_path / "alone") == stored(tmp_path / "together")


def test_no_more_workers_than_chunks(
    grid_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when hundreds of processes are started for a few chunks."""
    started: list[int] = []

    @contextmanager
    def pool(jobs: int) -> Iterator[None]:
        started.append(jobs)
        yield

    monkeypatch.setattr("verify.workers.pool", pool)
    done = gradalign("sweep", grid_file, "--out", str(tmp_path / "map"), "--jobs", "512", "--json")
    assert started == [json.loads(done.stdout)["chunks"]]


def test_resuming_computes_what_is_missing_and_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a finished chunk is computed again or an unfinished one is forgotten."""
    whole = sweep(small(), tmp_path / "whole")
    folder = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        sweep(small(), folder, progress=stops_after(1, KeyboardInterrupt()))
    assert sorted(p.name for p in folder.glob("chunk-*")) == ["chunk-000000.npz"]
    (folder / ".chunk-000001.npz.torn").write_bytes(b"PK half of a chunk")
    computed = []
    compute = driver.compute_chunk
    monkeypatch.setattr(
        driver, "compute_chunk", lambda q, rows: computed.append(rows) or compute(q, rows)
    )
    answer = sweep(small(), folder)
    assert computed == [small().rows(1), small().rows(2)]
    assert (whole.computed, answer.computed) == (3, 2)
    assert stored(folder) == stored(tmp_path / "whole")
    assert sweep(small(), folder).computed == 0


def test_a_damaged_chunk_is_computed_again(tmp_path: Path) -> None:
    """Fails when half a file, or one of another shape, counts as finished."""
    sweep(small(), tmp_path)
    before = stored(tmp_path)
    for damage in (b"", before["chunk-000001.npz"][:-40], b"not a zip file"):
        (tmp_path / "chunk-000001.npz").write_bytes(damage)
        assert sweep(small(), tmp_path).computed == 1
    np.savez(tmp_path / "chunk-000002.npz", regime=np.zeros(4))
    assert sweep(small(), tmp_path).computed == 1
    assert stored(tmp_path) == before


def test_another_grid_is_refused(tmp_path: Path) -> None:
    """Fails when results of two grids can be mixed; a new figure or title is no new grid."""
    sweep(small(), tmp_path)
    sweep(grid_from(raw(title="other words", plot={"color": "turning_time"})), tmp_path)
    changes: tuple[tuple[dict[str, Any], str], ...] = (
        ({"grid__k": 1}, "k is another"),
        ({"grid__step_size": [0.2]}, "step_size is another"),
        ({"steps": 999}, "steps is another"),
        ({"chunk": 5}, "chunk size"),
    )
    for change, words in changes:
        with pytest.raises(InputError, match=f"different grid .*{words}"):
            sweep(grid_from(raw(**change)), tmp_path)


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    """Fails when a sweep writes among files that are not its own."""
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(InputError, match="holds other files"):
        sweep(small(), tmp_path)
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(InputError, match="not the manifest"):
        sweep(small(), tmp_path)


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    """Fails when two sweeps can compute the same chunks into one folder."""
    pytest.importorskip("fcntl", reason="locks need POSIX")

    def again(chunks: Iterable[Finished], _done: int, _total: int) -> Iterable[Finished]:
        with pytest.raises(InputError, match="another sweep is writing"):
            sweep(small(), tmp_path)
        return chunks

    assert sweep(small(), tmp_path, progress=again).computed == 3


def one_line(done: Done) -> str:
    """The single line of a refusal, which goes with exit code 2 and nothing on stdout."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("gradalign: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def grid_file(tmp_path: Path) -> str:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return str(path)


def test_a_full_disk_is_one_line_and_keeps_what_is_finished(
    grid_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when running out of space is a traceback or costs finished chunks."""
    folder, replace = tmp_path / "data", os.replace

    def full(source: str, target: Path) -> None:
        if Path(target).name == "chunk-000002.npz":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        said = one_line(gradalign("sweep", grid_file, "--out", str(folder)))
    assert "No space left" in said
    assert "2 of 3 chunks are kept" in said
    assert not list(folder.glob(".chunk*"))
    done = gradalign("sweep", grid_file, "--out", str(folder), "--json")
    assert json.loads(done.stdout)["chunks_computed"] == 1


def test_an_unwritable_folder_is_one_line(grid_file: str, tmp_path: Path) -> None:
    """Fails when a place that cannot be written is a traceback."""
    for place in (f"{grid_file}/data", grid_file):
        assert "cannot write" in one_line(gradalign("sweep", grid_file, "--out", place))


def test_ctrl_c_says_how_to_go_on(
    grid_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an interruption is a traceback, or not told from success."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(driver, "compute_chunk", interrupted)
    done = gradalign("sweep", grid_file, "--out", str(tmp_path / "data"))
    assert done.returncode == 130
    assert "run it again to go on" in done.stderr


def test_the_summary(grid_file: str, tmp_path: Path) -> None:
    """Fails when the summary does not describe the data, or the table is silent."""
    folder = str(tmp_path / "data")
    shown = json.loads(gradalign("sweep", grid_file, "--out", folder, "--json").stdout)
    assert (shown["points"], shown["chunks"], shown["unsure_points"]) == (12, 3, 0)
    assert sum(shown["regimes"].values()) == 12
    assert set(shown["regimes"]) <= set(REGIMES)
    assert shown["regimes"]["unstable"] == 2
    assert 0 < shown["columns"]["alignment_limit"]["min"] < 1
    counted = [shown["fixed"]["k"], shown["fixed"]["d"], shown["columns"]["regime"]["max"]]
    assert all(isinstance(number, int) for number in counted)
    table = gradalign("sweep", grid_file, "--out", folder).stdout
    assert "0 of 3 chunks computed now" in table
    assert "turning_time" in table
    assert "course of the alignment   share of the points\n" in table
    assert " %\n\nobservable" in table


@pytest.mark.parametrize(
    ("address", "words"),
    [("dask:/x", "dask://HOST:PORT"), ("dask://h:99999", "HOST:PORT"), ("tcp://h:1", "HOST:PORT")],
)
def test_addresses_that_are_not(address: str, words: str, grid_file: str, tmp_path: Path) -> None:
    """Fails when a malformed address is tried, or is a traceback."""
    arguments = ("--out", str(tmp_path / "data"), "--executor", address)
    assert words in one_line(gradalign("sweep", grid_file, *arguments))


def test_without_dask_the_extra_is_named(
    grid_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a missing extra is a traceback."""
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    arguments = ("--out", str(tmp_path / "data"), "--executor", "dask://127.0.0.1:1")
    assert 'pip install -e ".[cluster]"' in one_line(gradalign("sweep", grid_file, *arguments))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"grid__step_sise": 1}, "did you mean 'step_size'"),
    ({"observable": ["regime"]}, "did you mean 'observables'"),
    ({"observables": ["turning_times"]}, "did you mean 'turning_time'"),
    ({"spectrum": "two level"}, "did you mean 'two-level'"),
    ({"step_unit": "2/lambda1"}, "did you mean '2/lambda_1'"),
    ({"grid__k": 5}, "keep it below d"),
    ({"grid__k": 1.5}, "k must be a whole number"),
    ({"grid__d": True}, "d must be a whole number"),
    ({"grid__k": None}, "k is missing"),
    ({"grid__initial_position": 1}, "exactly one of"),
    ({"grid__initial_gradient": None}, "exactly one of"),
    ({"grid__condition_number": 1}, "condition_number is 1"),
    ({"grid__step_size": math.nan}, "step_size is nan"),
    ({"grid__step_size": []}, "has 0 values"),
    ({"grid__step_size": [1, 1]}, "repeats"),
    ({"grid__step_size": [2, 1]}, "rising"),
    ({"grid__step_size": "1"}, "must be a number"),
    ({"grid__step_size": {"from": 1, "to": 2}}, "'points' is missing"),
    ({"grid__step_size": {"from": 1, "to": 2, "points": 3, "scala": "log"}}, "'scale'"),
    ({"grid__step_size": {"from": 2, "to": 1, "points": 3}}, "must be below"),
    ({"grid__step_size": {"from": 1, "to": 2, "points": 10**7}}, "points is 10000000"),
    (
        {
            "grid__step_size": {"from": 1, "to": 2, "points": 3000},
            "grid__noise_variance": {"from": 1, "to": 2, "points": 3000},
        },
        "at most 5000000",
    ),
    ({"grid__step_size": {"from": 1, "to": 2, "points": 30000}, "grid__d": 10**6}, "too many"),
    (
        {"grid__noise_variance": {"from": 0, "to": 2, "points": 3, "scale": "log"}},
        "starts above 0",
    ),
    ({"grid__noise_variance": 0, "grid__initial_gradient": 0}, "nothing moves"),
    ({"grid__condition_number": 2, "grid__step_size": 1}, "nothing varies"),
    ({"times": [1]}, "give both or neither"),
    ({"observables": ["alignment"]}, "give both or neither"),
    ({"steps": 0}, "steps is 0"),
    ({"chunk": 0}, "chunk is 0"),
    ({"title": 3}, "title must be"),
    ({"plot": {"x": "steps_size"}}, "did you mean 'step_size'"),
    ({"plot": {"x": "step_size", "y": "step_size"}}, "plot.y"),
    ({"plot": {"color": "turns"}}, "plot.color"),
    ({"plot": 3}, "must be a table"),
    ({"grid": 3}, r"\[grid\] is missing"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_a_wrong_grid_is_one_clear_line(change: dict[str, Any], words: str) -> None:
    """Fails when a mistake in the grid passes, or its message does not help."""
    with pytest.raises(InputError, match=words) as refusal:
        grid_from(raw(**change))
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_no_grid(tmp_path: Path) -> None:
    """Fails when an unreadable, binary or malformed file is a traceback."""
    path = tmp_path / "grid.toml"
    with pytest.raises(InputError, match="cannot read"):
        read_grid(path)
    for content, words in ((b"\xff\xfe", "not TOML"), (b"[grid\n", "not TOML"), (b"", "missing")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=words):
            read_grid(path)


def test_the_example_is_a_grid() -> None:
    """Fails when the documented example stops being valid."""
    grid = read_grid(EXAMPLE)
    assert grid.plot[:2] == ("step_size", "initial_alignment")
    assert grid.points <= 20_000


def phase_diagram(folder: Path) -> Sweep:
    table = raw(
        plot={"x": "step_size", "y": "initial_alignment", "color": "regime"},
        grid__initial_alignment=[0.05, 0.5, 0.95],
        grid__d=30,
        grid__k=1,
        grid__initial_gradient=1,
    )
    return sweep(grid_from(table), folder)


def test_the_figure_has_the_lines_of_the_theory(tmp_path: Path) -> None:
    """Fails when the figure loses a line of the theory, or warns (warnings are errors)."""
    from verify.sweep_plot import _figure

    texts = {t.get_text() for t in _figure(phase_diagram(tmp_path / "data")).legends[0].get_texts()}
    assert {t.split("$")[1] for t in texts} == {
        r"2/\lambda_1", r"2/(\lambda_1+\lambda_{k+1})", r"\eta^*", "a_0 = a^*"
    }  # fmt: skip


def test_the_figure_is_checked_before_the_work(grid_file: str, tmp_path: Path) -> None:
    """Fails when hours of computing end in a figure that cannot be written."""
    folder = tmp_path / "data"
    for name in ("figure.pdf", "missing/figure.png"):
        arguments = ("--out", str(folder), "--plot", str(tmp_path / name))
        assert "--plot" in one_line(gradalign("sweep", grid_file, *arguments))
    assert not folder.exists()


@pytest.mark.full
@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_figure_is_the_same_every_time(ending: str, tmp_path: Path) -> None:
    """Fails when two figures of the same data differ in a byte."""
    answer = phase_diagram(tmp_path / "data")
    files = [tmp_path / f"{i}.{ending}" for i in range(2)]
    for file in files:
        plot(answer, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(files[0].read_bytes()) > 10_000


@pytest.mark.full
def test_figures_of_other_shapes(tmp_path: Path) -> None:
    """Fails when one axis, four axes, or an axis of one value cannot be drawn."""
    shapes: tuple[dict[str, Any], ...] = (
        {"grid__condition_number": 4},
        {"grid__noise_variance": [1, 2], "grid__batch": [1, 2]},
        {"grid__condition_number": [4], "observables": ["alignment", "stable"], "times": [3]},
        {"grid__step_size": 0.5, "grid__noise_variance": [0.1, 10, 1000]},
    )
    for i, change in enumerate(shapes):
        plot(sweep(grid_from(raw(**change)), tmp_path / f"{i}"), tmp_path / f"{i}.svg")
        assert (tmp_path / f"{i}.svg").stat().st_size > 5000
