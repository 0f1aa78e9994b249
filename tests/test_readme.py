"""The README keeps its word: its example is a theorem, its commands and outputs are current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from theory import registry
from theory.claim import Claim
from theory.proof import examine
from verify import counterexamples, search
from verify.application import COMMANDS
from verify.edit import refute
from verify.prove import certificates_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def example() -> Claim:
    """The claim that the README shows as an example."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    claim = names["claim"]
    assert isinstance(claim, Claim)
    return claim


def test_the_example_is_proved() -> None:
    """Fails when the README teaches a derivation that does not close."""
    claim = example()
    found, failures = certificates_of(claim)
    assert not failures
    outcomes, loose, _ = examine(claim, registry.LIBRARY, found)
    assert not loose
    assert all(outcome.problem is None for outcome in outcomes)


def test_the_wrong_versions_of_the_example_are_refuted() -> None:
    """Fails when the README teaches a mutant that survives or an assumption nobody needs."""
    claim = example()
    wide = claim.domain.wider()
    for key, altered in counterexamples.altered_claims(claim):
        found = search.search(altered, examples=400, seed=1, domain=wide, simplify=False)
        assert found.counterexample is not None, key


def test_every_command_is_introduced() -> None:
    """Fails when a command is missing from the README, or the README names one that is gone."""
    introduced = set(re.findall(r"^\| `([a-z]+)` \|", README, re.MULTILINE))
    assert introduced == set(COMMANDS)


def test_ci_runs_the_commands_of_the_readme() -> None:
    """Fails when the README's set-up commands are not the ones that CI runs."""
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for command in ("pip install -e .", "gradalign check", 'pip install -e ".[test]"', "pytest"):
        assert command in README
        assert command.replace("install", "install --quiet") in script


def block(name: str) -> str:
    """The part of the README between the comments that carry this name."""
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert match is not None
    return match.group(1)


@pytest.mark.parametrize(("prefix", "table"), [("SA", "verdicts"), ("TS", "second")])
def test_the_verdict_tables_list_every_claim(prefix: str, table: str) -> None:
    """Fails when one of the README's tables misses a claim or a mutant."""
    rows = dict(re.findall(r"^ ([A-Z]{2}-\d+P?) (.*)$", block(table), re.MULTILINE))
    assert list(rows) == [name for name in registry.files() if name.startswith(f"{prefix}-")]
    for name, row in rows.items():
        total = len(registry.get(name).mutants)
        if registry.get(name).owes != ("experiment",):
            assert not total or f" {total}/{total} " in row, name


def test_the_refutation_is_what_the_command_prints() -> None:
    """Fails when the README shows another counterexample than the command finds."""
    (edit,) = re.findall(r'gradalign refute --claim SA-3 --edit "(.*)"', README)
    shown = " ".join(block("refute").split())
    assert " ".join(refute("SA-3", edit).story.split()) in shown


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(link: str) -> None:
    """Fails when the README links to a file that is not there."""
    assert (ROOT / link).exists()
