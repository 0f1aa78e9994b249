"""Bad input, command by command: one clear line, exit code 2, nothing printed, nothing written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import gradalign, refused

STATE: dict[str, Any] = {
    "eigenvalues": [1, "1/2"],
    "k": 1,
    "gradient": [2, 2],
    "noise_variance": [9, 4],
    "step_size": "1/2",
}
GRID = """observables = ["regime"]
[grid]
condition_number = [2, 3]
step_size = 0.5
noise_variance = 1
d = 4
k = 1
initial_gradient = 1
"""
TABLE = "a,b,y\n" + "\n".join(f"{i},{i * 7 % 11},{i * 5 % 13}" for i in range(40))

USAGE = {
    "unknown command": (["chek"], "Did you mean 'check'?"),
    "unknown option": (["check", "--teir", "full"], "did you mean --tier?"),
    "missing argument": (["explain"], "see gradalign explain --help"),
    "missing option": (["refute", "--claim", "SA-3"], "--edit"),
    "missing value": (["check", "--json"], "see gradalign check --help"),
    "extra argument": (["analyse", "a", "b"], "unexpected"),
    "not a number": (["check", "--jobs", "two"], "--jobs"),
    "number of 5000 digits": (["check", "--seed", "9" * 5000], "--seed"),
    "out of range": (["sweep", "x.toml", "--jobs", "0"], "--jobs"),
    "hostile name": (["\x1b[31m\n"], "No such command"),
    "unknown claim": (["check", "SA-99"], "did you mean"),
    "claims with commas": (["check", "SA-3,SA-4"], "separate claims by spaces"),
    "not a claim": (["explain", "nonsense"], "no claim"),
    "very long claim": (["explain", "x" * 10**5], "no claim"),
    "unknown tier": (["check", "SA-3", "--tier", "fastest"], "choose one of"),
    "negative seed": (["check", "SA-3", "--seed", "-1"], "must not be negative"),
    "bad id": (["new", "sa21", "slug"], "not an id"),
    "taken id": (["new", "SA-3", "slug"], "exists"),
    "bad slug": (["new", "SA-98", "../slug"], "not a slug"),
    "no folder": (["new", "SA-98", "slug", "--in", "no/such/place"], "create it first"),
    "unknown paper": (["new", "ZZ-1", "slug"], "no paper has the prefix"),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(name: str) -> None:
    """Fails on a box, a traceback, another exit code, or a message without the hint."""
    arguments, hint = USAGE[name]
    assert hint in refused(gradalign(*arguments))


EDITS = {
    "a <": "does not parse",
    "a_next = a": "for equality write ==",
    "q > 0 => a < 1": "write implies",
    "forall t: a < 1": "write always(...)",
    "a <= 1 & q > 0": "joined by `and` and `or`",
    "(" * 1900: "never closed",
    "not " * 400 + "a < 1": "nested too deeply",
    "a" * 3000: "at most 2000",
    "a < 9**9**9": "exponent",
    "a < ((((2^20)^20)^20)^20)^20": "powers of powers",
    "a < ((((a+1)^20+1)^20+1)^20+1)^20": "powers of powers",
    "a < 1e999": "not a number",
    "a < " + "9" * 61: "at most 60 digits",
    "__import__('os').system('x')": "not a sentence",
    "a.__class__ < 1": "not a number",
    "().__class__.__bases__": "not a sentence",
    "[x for x in a]": "not a sentence",
    "print(a) < 1": "no function",
    "a < True": "not a number",
    "a": "compare two expressions",
    "a < 1/(2 - 2)": "division by zero",
    "sqrt(-1) < a": "no real value",
    "log(0) < a": "no real value",
    "g2 < 1": "write for_all_modes",
    "etastar > 0": "did you mean eta_star",
    "drop gpa": "did you mean 'gap'",
    "é < 1": "printable ASCII",
    "": "nothing is written",
    "a < 1 implies": "stands between two sentences",
    "iff iff": "stands between two sentences",
    "drop": "it has 'gap', 'dominant'",
}


@pytest.mark.parametrize("edit", EDITS)
def test_hostile_edits(edit: str) -> None:
    """Fails when an edit is evaluated, hangs, or is answered with anything but one line."""
    line = refused(gradalign("refute", "--claim", "SA-3", "--edit", edit))
    assert EDITS[edit] in line
    assert "--edit" in line


STATES: dict[str, tuple[dict[str, Any], str]] = {
    "not symmetric": ({"eigenvalues": None, "hessian": [[1, 2], [0, 1]]}, "not symmetric"),
    "not square": ({"eigenvalues": None, "hessian": [[1, 2], [0]]}, "not square"),
    "indefinite": ({"eigenvalues": None, "hessian": [[1, 0], [0, -1]]}, "no negative eigenvalue"),
    "unsorted": ({"eigenvalues": ["1/2", 1]}, "sort descending"),
    "negative": ({"eigenvalues": [1, -1]}, "no negative eigenvalue"),
    "k = 0": ({"k": 0}, "between 1 and 1"),
    "k = d": ({"k": 2}, "between 1 and 1"),
    "k of 400 digits": ({"k": 10**400}, "between 1 and 1"),
    "k beyond all digits": ({"k": "1e9999"}, "between 1 and 1"),
    "k true": ({"k": True}, "must be a number"),
    "no gap": ({"eigenvalues": [1, 1]}, "choose another k"),
    "negative variance": ({"noise_variance": [-1, 1]}, "at least 0"),
    "not PSD": (
        {"noise_variance": None, "noise_covariance": [[1, 2], [2, 1]]},
        "positive semidefinite",
    ),
    "wrong length": ({"noise_variance": [1, 2, 3]}, "3 entries"),
    "nan": ({"noise_variance": "nan"}, "not a number"),
    "step 0": ({"step_size": 0}, "must be positive"),
    "step below all doubles": ({"step_size": "-1e9999"}, "must be positive"),
    "1/0": ({"step_size": "1/0"}, "divides by zero"),
    "huge exponent": ({"step_size": "1e999999999"}, "the most is"),
    "long number": ({"step_size": "1" * 2000}, "at most 1000"),
    "object": ({"noise_variance": {"a": 1}}, "must be a list"),
    "unknown key": ({"gradiant": [1, 2]}, "unknown key"),
    "control characters": ({"\x1b[31m\n": 1}, "unknown key"),
    "surrogate": ({"\ud800": 1}, "unknown key"),
    "missing": ({"k": None}, "k is missing"),
}


def written(command: str, changes: dict[str, Any]) -> str:
    """The state with changes, as the command wants it."""
    state = STATE | changes
    if command == "trajectory":
        state = {"initial_gradient": state.pop("gradient"), "steps": 5} | state
    return json.dumps({key: value for key, value in state.items() if value is not None})


def reading(command: str, file: str) -> list[str]:
    """The arguments with which a command reads a state from a file."""
    return ["explain", "SA-1", "--numbers", file] if command == "explain" else [command, file]


READERS = ("analyse", "trajectory", "explain")


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("name", STATES)
def test_states(command: str, name: str) -> None:
    """Fails when a wrong state is computed with, or answered with anything but one line."""
    changes, hint = STATES[name]
    assert hint in refused(gradalign(*reading(command, "-"), stdin=written(command, changes)))


TEXTS = {
    "empty": "",
    "half": '{"k":',
    "list": "[]",
    "deep list": "[" * 10**5,
    "deep object": '{"a":' * 10**5,
    "long integer": '{"k": ' + "1" * 10**6 + "}",
    "NaN": '{"k": NaN}',
    "twice": '{"k": 1, "k": 2}',
}


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("name", TEXTS)
def test_malformed_json(command: str, name: str) -> None:
    """Fails when malformed or huge JSON ends in a traceback."""
    assert "standard input" in refused(gradalign(*reading(command, "-"), stdin=TEXTS[name]))


@pytest.fixture
def bad_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files that no command should accept, as the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "utf16").write_bytes(json.dumps(STATE).encode("utf-16"))
    (tmp_path / "latin").write_bytes('{"é": 1}'.encode("latin-1"))
    np.savez(tmp_path / "objects.npz", eigenvalues=np.array([1, None], dtype=object))
    np.savez(tmp_path / "whole.npz", eigenvalues=np.array([1.0, 0.5]))
    whole = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "truncated.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "folder").mkdir()
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "ok.toml").write_text(GRID)
    return tmp_path


FILES = ("binary", "empty", "utf16", "latin", "objects.npz", "truncated.npz", "folder", "missing")


@pytest.mark.parametrize("command", [*READERS, "sweep", "diagnose"])
@pytest.mark.parametrize("file", FILES)
def test_unreadable_files(command: str, file: str, bad_files: Path) -> None:
    """Fails when a damaged, missing or foreign file ends in a traceback, or a file is left."""
    before = sorted(os.listdir(bad_files))
    refused(gradalign(*reading(command, file)))
    assert sorted(os.listdir(bad_files)) == before


CSV = {
    "text": ("a,y\n1,x\n2,3\n", "not a number"),
    "no target": ("a,b\n1,2\n", "no target column 'y'"),
    "header only": ("a,y\n", "no rows"),
    "ragged": ("a,y\n1,2\n1\n", "has 1 cells"),
    "nan": ("a,y\nnan,2\n1,3\n", "finite"),
    "blank": ("a,y\n,2\n1,3\n", "empty"),
    "twice": ("a,a,y\n1,2,3\n4,5,7\n", "two columns are called 'a'"),
    "constant": ("a,b,y\n1,1,1\n1,1,2\n1,1,3\n", "vary"),
}


@pytest.mark.parametrize("name", CSV)
def test_tables(name: str, tmp_path: Path) -> None:
    """Fails when a table that is not numbers with a target is computed with."""
    text, hint = CSV[name]
    file = tmp_path / "table.csv"
    file.write_text(text)
    assert hint in refused(gradalign("diagnose", str(file), "--target", "y"))


RUNS = {
    "--k": ("0", "it must lie in"),
    "--batch": ("0", "at least 1"),
    "--step-size": ("-1", "positive"),
    "--steps": ("9" * 20, "the most is"),
    "--probes": ("0", "at least one"),
    "--seed": ("-1", "negative"),
    "--target": ("z", "no target column"),
}


@pytest.mark.parametrize("option", RUNS)
def test_settings_of_a_run(option: str, bad_files: Path) -> None:
    """Fails when `diagnose` starts with a setting that makes no sense."""
    value, hint = RUNS[option]
    arguments = {"--target": "y", option: value}
    assert hint in refused(gradalign("diagnose", "table.csv", *sum(arguments.items(), ())))


GRIDS = {
    "nan": ("0.5", "nan", "choose between"),
    "zero": ("0.5", "0", "choose between"),
    "text": ("0.5", '"x"', "must be a number"),
    "integer of 400 digits": ("0.5", "1" + "0" * 400, "choose between"),
    "integer of 5000 digits": ("0.5", "9" * 5000, "not TOML"),
    "k = d": ("k = 1", "k = 4", "below d"),
    "unsorted": ("[2, 3]", "[3, 2]", "rising order"),
    "unknown observable": ('"regime"', '"regimes"', "did you mean 'regime'"),
    "too many points": ("[2, 3]", "{from = 2, to = 3, points = 9999999}", "choose between"),
    "deep": ("[2, 3]", "[" * 5000 + "]" * 5000, "nested too deeply"),
}


@pytest.mark.parametrize("name", GRIDS)
def test_grids(name: str, bad_files: Path) -> None:
    """Fails when a sweep starts on a grid that makes no sense, or leaves a folder behind."""
    old, new, hint = GRIDS[name]
    (bad_files / "grid.toml").write_text(GRID.replace(old, new))
    assert hint in refused(gradalign("sweep", "grid.toml"))
    assert not (bad_files / "grid.sweep").exists()


def test_a_folder_of_something_else_is_left_alone(bad_files: Path) -> None:
    """Fails when a sweep leaves even its lock in a folder that it refuses."""
    before = sorted(os.listdir(bad_files))
    assert "holds other files" in refused(gradalign("sweep", "ok.toml", "--out", "."))
    assert sorted(os.listdir(bad_files)) == before


PLACES = {
    "folder": "it is a folder",
    "no/such/folder/x.png": "create it first",
    "table.csv/x.png": "create it first",
    "/proc/x.png": "choose another place",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("option", ["trajectory", "diagnose", "sweep", "check"])
def test_output_is_checked_first(option: str, place: str, bad_files: Path) -> None:
    """Fails when commands differ in what they do about an impossible file, or compute before."""
    name = "folder.png" if place == "folder" and option != "check" else place
    (bad_files / "folder.png").mkdir()
    (bad_files / "run.json").write_text(written("trajectory", {}))
    arguments = {
        "trajectory": ["trajectory", "run.json", "--plot", name],
        "diagnose": ["diagnose", "table.csv", "--target", "y", "--plot", name],
        "sweep": ["sweep", "ok.toml", "--plot", name],
        "check": ["check", "SA-3", "--json", name],
    }[option]
    assert PLACES[place] in refused(gradalign(*arguments))
    assert not (bad_files / "ok.sweep").exists()
