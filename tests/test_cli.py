"""The command line, as a user meets it: answers, exit codes, and one clear line for bad input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from theory import registry
from verify.cli import main


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def gradalign(*arguments: str, stdin: str = "") -> Done:
    """Run the command in this process, exactly as the entry point does."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["gradalign", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        patch.setenv("COLUMNS", "100")
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


STATE = (
    '{"eigenvalues": [1, "1/2"], "k": 1, "gradient": [2, 2], "noise_variance": [9, 4],'
    ' "step_size": "1/2"}'
)


def test_list_names_every_claim() -> None:
    """Fails when a claim is missing from the list."""
    shown = json.loads(gradalign("list", "--json").stdout)
    assert [row["id"] for row in shown] == list(registry.files())
    assert all(row["title"] and row["sentence"] for row in shown)


def test_list_imports_no_sympy() -> None:
    """Fails when listing pays for SymPy."""
    code = (
        "import sys; sys.argv = ['gradalign', 'list']\n"
        "from verify.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert 'sympy' not in sys.modules and 'numpy' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_check_writes_the_documented_json(tmp_path: Path) -> None:
    """Fails when a key is missing or a proved claim is not reported so."""
    file = tmp_path / "verdicts.json"
    done = gradalign("check", "sa-2", "--jobs", "1", "--json", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["schema"] == 1
    (claim,) = data["claims"]
    assert claim["id"] == "SA-2"
    assert claim["verdict"] == "proved"
    assert claim["mutants"]["refuted"] == claim["mutants"]["total"] >= 3
    for evidence in claim["evidence"]:
        assert set(evidence) == {"kind", "verdict", "error_probability", "seconds"}


def without_times(text: str) -> object:
    """The JSON with all timings removed."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items() if k != "seconds"}
        return [strip(v) for v in value] if isinstance(value, list) else value

    return strip(json.loads(text))


@pytest.mark.full
def test_the_number_of_jobs_changes_nothing() -> None:
    """Fails when a result depends on how the work was divided."""
    one = gradalign("check", "SA-2", "SA-3", "--jobs", "1", "--seed", "5", "--json", "-")
    two = gradalign("check", "SA-2", "SA-3", "--jobs", "2", "--seed", "5", "--json", "-")
    assert without_times(one.stdout) == without_times(two.stdout)


def test_explain_puts_numbers_in_every_line() -> None:
    """Fails when the numbers of the instance are missing from the derivation."""
    done = gradalign("explain", "SA-3", "--numbers", "-", stdin=STATE)
    assert done.returncode == 0, done.stderr
    assert "4/11" in done.stdout
    assert "FAILS" not in done.stdout
    data = json.loads(gradalign("explain", "SA-3", "--numbers", "-", "--json", stdin=STATE).stdout)
    assert all(line["numbers"] for line in data["steps"])


def test_refute_finds_a_small_counterexample_or_says_none() -> None:
    """Fails when a wrong conclusion survives or a right one is refuted."""
    wrong = "q > 0 implies sign(a_next - a) == sign(eta - eta_star/2)"
    found = json.loads(gradalign("refute", "--claim", "SA-3", "--edit", wrong, "--json").stdout)
    assert found["counterexample"] is not None
    right = "q > 0 implies sign(a_next - a) == sign(eta - eta_star)"
    done = gradalign("refute", "--claim", "SA-3", "--edit", right, "--models", "100")
    assert "none found in" in done.stdout


BAD = {
    "unknown claim": (["check", "SA-99"], "did you mean"),
    "not a claim": (["explain", "nonsense"], "no claim"),
    "unknown tier": (["check", "SA-3", "--tier", "fastest"], "choose one of"),
    "negative seed": (["check", "SA-3", "--seed", "-1"], "must not be negative"),
    "hostile edit": (["refute", "--claim", "SA-3", "--edit", "__import__('os')"], "not a sentence"),
    "huge power": (["refute", "--claim", "SA-3", "--edit", "a < 2**9999"], "exponent"),
    "unknown word": (["refute", "--claim", "SA-3", "--edit", "etastar > 0"], "did you mean"),
    "unknown assumption": (["refute", "--claim", "SA-3", "--edit", "drop gpa"], "did you mean"),
    "bad id": (["new", "sa21", "slug"], "not an id"),
    "taken id": (["new", "SA-3", "slug"], "exists"),
    "bad slug": (["new", "SA-98", "../slug"], "not a slug"),
    "missing file": (["explain", "SA-3", "--numbers", "no-such-file.json"], "no-such-file.json"),
    "unwritable": (["check", "SA-2", "--json", "/proc/nowhere/x.json"], "cannot write"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_in_one_line_and_exit_code_2(name: str) -> None:
    """Fails on a traceback, a ramble, another exit code, or a message without the hint."""
    arguments, hint = BAD[name]
    done = gradalign(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    message = done.stderr.strip().splitlines()
    assert len(message) == 1
    assert hint in message[0]


def test_usage_errors_exit_with_2() -> None:
    """Fails when an unknown option is not a usage error."""
    assert gradalign("check", "--no-such-option").returncode == 2
    assert gradalign("no-such-command").returncode == 2


def test_doctor_is_content() -> None:
    """Fails when a package of ours is shadowed or a library is missing."""
    done = gradalign("doctor", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["problems"] == []


def test_a_new_claim_passes_once_its_evidence_is_stored(tmp_path: Path) -> None:
    """Fails when the template is not written, or would overwrite."""
    first = gradalign("new", "SA-98", "my_bound", "--in", str(tmp_path))
    assert first.returncode == 0
    file = tmp_path / "sa98_my_bound.py"
    assert 'id="SA-98"' in file.read_text(encoding="utf-8")
    again = gradalign("new", "SA-98", "my_bound", "--in", str(tmp_path))
    assert again.returncode == 2
    assert "exists" in again.stderr
