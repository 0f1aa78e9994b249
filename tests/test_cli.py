"""The command line, as a user meets it: answers, exit codes, and one clear line for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from importlib import metadata
from pathlib import Path

import pytest
from command_line import gradalign, refused

from theory import registry
from verify import runner
from verify.application import COMMANDS, flowing
from verify.commands.list import GROUPS, _print_words
from verify.doctor import OPTIONAL
from verify.evidence import Verdict

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


def test_a_killed_worker_is_no_bug_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when memory that runs out is told as an internal error, or costs what is decided."""

    def run_out(*arguments: object) -> Iterator[Verdict]:
        yield runner.verdict_on("SA-2", [], "fast")
        raise BrokenExecutor("a worker process was killed")

    monkeypatch.setattr(runner, "run", run_out)
    done = gradalign("check", "SA-2", "SA-3", "--jobs", "1", "--json", "-")
    assert done.returncode == 2
    assert "1 of 2 claims are decided; run the same command again" in done.stderr
    assert [claim["id"] for claim in json.loads(done.stdout)["claims"]] == ["SA-2"]


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


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str) -> None:
    """Fails when a command does not say its exit codes or its JSON keys, or has no example."""
    shown = gradalign(command, "--help").stdout
    assert "Exit code" in shown
    assert "Example" in shown
    assert ("JSON:" in shown) == ("--json" in shown)


def test_help_fills_the_terminal() -> None:
    """Fails when the line ends of a docstring break the lines of a narrower terminal, too."""
    assert flowing("One\n    two\n\n      code\n      more\n\n    three\n    four") == (
        "One two\n\n  code\n  more\n\nthree four"
    )
    assert "is refuted; 2:\n bad input; 3:" in "\n".join(
        line.rstrip() for line in gradalign("check", "--help", columns=80).stdout.splitlines()
    )


def test_help_shows_the_grid_file_in_full() -> None:
    """Fails when square brackets are taken for markup."""
    assert "[grid]" in gradalign("sweep", "--help").stdout


def test_no_command_shows_the_help() -> None:
    """Fails when a newcomer who types the name alone is scolded."""
    assert gradalign().returncode == 0
    assert "Commands" in gradalign().stdout


def test_the_usual_short_questions_are_answered() -> None:
    """Fails when -h or --version, which everybody tries, is a wrong option."""
    assert gradalign("-h").stdout == gradalign("--help").stdout
    assert gradalign("check", "-h").returncode == 0
    assert gradalign("--version").stdout.startswith("gradalign ")


def test_a_search_leaves_nothing_behind(tmp_path: Path) -> None:
    """Fails when a command that writes no file leaves a folder where it was called."""
    command = [sys.executable, "-c", "from verify.cli import main; main()", "refute"]
    command += ["--claim", "SA-3", "--edit", "a_next <= 1", "--models", "30"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("columns", [80, 120])
def test_words_are_grouped_and_fit_the_terminal(columns: int) -> None:
    """Fails when a line is too long, a word is missing, or the groups are gone."""
    import theory.vocabulary  # noqa: F401  (fills the vocabulary)
    from theory.language import VOCABULARY

    lines = gradalign("list", "--words", columns=columns).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    listed = {word for line in lines for word in line.replace(" | ", " ").split()}
    assert listed >= set(VOCABULARY)
    assert [line[:5] for line in lines].count("") > 4
    assert [line for line in lines if line in GROUPS.values()] == list(GROUPS.values())


def test_no_definition_is_left_out_without_a_mark(capsys: pytest.CaptureFixture[str]) -> None:
    """Fails when a definition that does not fit into its line vanishes silently."""
    long = {"word": "x", "meaning": "m", "kind": "defined", "definition": "y + " * 60 + "z"}
    _print_words([long, long | {"word": "xx", "definition": "z"}], in_full=False)
    lines = capsys.readouterr().out.splitlines()
    assert "x   m  (...)" in map(str.rstrip, lines)
    assert "xx  m  = z" in map(str.rstrip, lines)
    assert "gradalign list --words TEXT" in lines[-1]
    assert "(...)" not in gradalign("list", "--words").stdout.replace("for_all_modes(...)", "")


def test_list_can_be_searched() -> None:
    """Fails when the filter lets others through, or a word found has no definition."""
    found = json.loads(gradalign("list", "momentum", "--json").stdout)
    assert "SA-19" in [claim["id"] for claim in found]
    assert all("momentum" in f"{claim['title']} {claim['sentence']}".lower() for claim in found)
    shown = gradalign("list", "--words", "critical step size").stdout
    assert "2*p/q" in shown
    assert "label_noise" not in shown
    assert "no claim contains" in refused(gradalign("list", "no such claim"))


def test_refute_tells_by_its_exit_code() -> None:
    """Fails when a script cannot tell a refuted edit from one that survives."""
    wrong = gradalign("refute", "--claim", "SA-3", "--edit", "a_next < a", "--json")
    assert (wrong.returncode, json.loads(wrong.stdout)["refuted"]) == (1, True)
    right = gradalign(
        "refute", "--claim", "SA-3", "--edit", "a_next <= 1", "--json", "--models", "50"
    )
    assert (right.returncode, json.loads(right.stdout)["refuted"]) == (0, False)


def test_a_closed_pipe_is_no_verdict() -> None:
    """Fails when `gradalign check | head` says 1 (refuted), or prints a traceback."""
    code = "import sys; sys.argv = ['gradalign', 'list']; from verify.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate()
    assert process.returncode == 141
    assert not errors


def test_a_bug_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when an unexpected error ends in a traceback, or looks like bad input."""

    def fail(*_: object) -> None:
        raise RuntimeError("broken\ntwice")

    monkeypatch.setattr("verify.doctor.report", fail)
    done = gradalign("doctor")
    assert done.returncode == 70
    assert done.stderr.count("\n") == 1
    assert "internal error at test_cli.py" in done.stderr


def test_doctor_is_content() -> None:
    """Fails when a package of ours is shadowed or a library is missing."""
    done = gradalign("doctor", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["problems"] == []


def test_doctor_lists_what_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a package that only some commands need is not listed, or not how to get it."""
    table = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
    extras = table["project"]["optional-dependencies"]
    for name, extra in OPTIONAL.items():
        assert any(wanted.startswith(name) for wanted in extras[extra])

    def nothing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", nothing)
    done = gradalign("doctor")
    assert "optax          not installed (optional: pip install -e '.[optax]')" in done.stdout
    assert "dask           not installed (optional: pip install -e '.[cluster]')" in done.stdout
    assert "PROBLEM: sympy is not installed" in done.stdout
    assert "PROBLEM: optax" not in done.stdout


def test_a_new_claim_passes_once_its_evidence_is_stored(tmp_path: Path) -> None:
    """Fails when the template is not written, or would overwrite."""
    first = gradalign("new", "SA-98", "my_bound", "--in", str(tmp_path))
    assert first.returncode == 0
    file = tmp_path / "sa98_my_bound.py"
    assert 'id="SA-98"' in file.read_text(encoding="utf-8")
    again = gradalign("new", "SA-98", "my_bound", "--in", str(tmp_path))
    assert again.returncode == 2
    assert "exists" in again.stderr
