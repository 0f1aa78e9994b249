"""`gradalign conform`: bad input, what it writes, and what docs/conform.md shows of it."""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from command_line import Done, gradalign, refused

from verify.adapters.update_rule import load
from verify.conform.decide import FAILS, HOLDS
from verify.conform.world import OptimiserWorld, Runs, Situation
from verify.meaning import World
from verify.models import from_json

pytest.importorskip("torch", reason="needs PyTorch: the extra torch")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("torch.optim:Nope", "--lr", "0.1"), "no optimiser 'Nope'"),
        (("torch.nope:SGD", "--lr", "0.1"), "no module 'torch.nope'"),
        (("no_such_package:SGD", "--lr", "0.1"), "not installed"),
        (("torch.optim", "--lr", "0.1"), "give module:name"),
        (("torch.optim:SGD", "--lr", "nought"), "--lr nought"),
        (("torch.optim:SGD", "--lr", "0.1", "--set", "foo"), "KEY=VALUE"),
        (("torch.optim:SGD", "--lr", "0.1", "--set", "foo=1"), "foo"),
        (("torch.optim:SGD", "--lr", "0.1", "--set", "lr=1"), "--lr 1"),
        (("torch.optim:SGD", "--lr", "0.1", "--claims", "SA-7"), "choose from SA-1"),
        (("torch.optim:SGD", "--lr", "0.1", "--claims", "SA-99"), "no claim 'SA-99'; did you mean"),
        (("torch.optim:SGD", "--lr", "0.1", "--claims", ""), "names no claim"),
        (("torch.optim:SGD", "--lr", "0.1", "--claims", ", ,"), "names no claim"),
        (("torch.optim:SGD", "--lr", "0.1", "--ulps", "-1"), "--ulps"),
        (("torch.optim:SGD", "--lr", "0.1", "--momentum", "-1"), "momentum"),
        (("torch.optim:LBFGS", "--lr", "0.1"), "closure"),
    ],
)
def test_bad_input_gets_one_line(arguments: tuple[str, ...], told: str) -> None:
    """Fails when wrong input ends in a traceback, another exit code, or silence."""
    assert told in refused(gradalign("conform", *arguments))


THEIRS = """import torch

class Raises(torch.optim.SGD):
    def step(self, closure=None):
        raise ValueError("no\\nstep")

class Refuses(torch.optim.SGD):
    def __init__(self, params, lr):
        raise KeyError("x")

class Leaves(torch.optim.SGD):
    def step(self, closure=None):
        raise SystemExit(0)

class Diverges(torch.optim.SGD):
    def step(self, closure=None):
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.data.fill_(float("nan"))
"""
BROKEN = {
    "theirs:Raises": (THEIRS, "fails in its first steps: ValueError: no step"),
    "theirs:Refuses": (THEIRS, "does not accept these options"),
    "theirs:Leaves": (THEIRS, "fails in its first steps: SystemExit"),
    "theirs:Diverges": (THEIRS, "leads to (nan, nan)"),
    "theirs:raises": (THEIRS, "did you mean 'Raises'?"),
    "wants:X": ("import not_there_at_all", "not_there_at_all is not installed"),
    "unfinished:X": ("def f(:", "cannot be imported: SyntaxError"),
    "leaves:X": ("raise SystemExit(0)", "cannot be imported: SystemExit: 0"),
    "raises:X": ("raise RuntimeError('boom')", "cannot be imported: RuntimeError: boom"),
    "nowhere:X": ("", "set PYTHONPATH to its folder"),
}


@pytest.mark.parametrize("address", BROKEN)
def test_a_broken_optimiser_is_not_our_bug(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an error in somebody else's file ends in a traceback, our fault, or success."""
    text, told = BROKEN[address]
    name = address.partition(":")[0]
    if text:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, name, raising=False)
    assert told in refused(gradalign("conform", address, "--lr", "0.1", "--claims", "SA-1"))


def test_the_command_writes_what_it_prints(tmp_path: Path) -> None:
    """Fails when exit code, table and JSON disagree, or a counterexample cannot be replayed."""
    file = tmp_path / "conformance.json"
    done = gradalign(
        "conform", "torch.optim:Adam", "--lr", "1/8", "--claims", "sa-1,SA-2", "--json", str(file)
    )
    assert done.returncode == 1, done.stderr
    data = json.loads(file.read_text(encoding="utf-8"))
    assert [c["verdict"] for c in data["claims"]] == [FAILS, HOLDS]
    assert data["claims"][0]["counterexample"] in done.stdout
    part = next(p for p in data["claims"][0]["parts"] if p["verdict"] == FAILS)
    model = from_json(part["counterexample"]["model"])
    origin = tuple(Fraction(x) for x in part["counterexample"]["origin"])
    adam = Runs(load("torch.optim:Adam", "1/8", {}))
    assert OptimiserWorld(Situation(model, origin), adam).word("D_next") != World(model).word(
        "D_next"
    )


PAGE = (Path(__file__).parent.parent / "docs/conform.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"```text\n\$ gradalign conform ([^\n]*)\n(.*?)```", PAGE, re.DOTALL))


@pytest.mark.parametrize("shown", SHOWN)
def test_the_page_shows_what_the_command_prints(shown: str) -> None:
    """Fails when a row or a counterexample of docs/conform.md is not what one gets today.

    One claim of each table is decided again: the cheapest that tells the optimisers apart. Muon
    computes in bfloat16, whose last bits depend on the machine: only its verdict is compared.
    """
    done: Done = gradalign("conform", *shown.split(), "--claims", "SA-3")
    page = SHOWN[shown]
    rows = re.findall(r"^ (SA-\S+) .* (holds|fails) (.*\d)\s*$", done.stdout, re.MULTILINE)
    assert [row[0] for row in rows] == ["SA-3"]
    for claim, verdict, rest in rows:
        cells = r".*" if "Muon" in shown else r"\s+".join(map(re.escape, rest.split()))
        assert re.search(rf"^ {claim} .* {verdict}\s+{cells}\s*$", page, re.MULTILINE), claim
    for block in (
        []
        if "Muon" in shown
        else re.findall(r"^(SA-\S+ / .*? fails:\n(?:    .*\n)+)", done.stdout, re.MULTILINE)
    ):
        assert block in page
