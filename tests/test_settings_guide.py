"""The guide to claims about small models keeps its word, and so does the template it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from command_line import gradalign, refused

from theory import registry
from theory.claim import Claim
from theory.language import VOCABULARY
from theory.proof import examine
from verify import checks, counterexamples, refute, search, template
from verify.meaning import MEANINGS
from verify.prove import certificates_of

GUIDE = (Path(__file__).parent.parent / "docs/settings.md").read_text(encoding="utf-8")


@pytest.fixture
def taught() -> Iterator[Claim]:
    """The claim of the guide, with the meaning of its word; both are forgotten afterwards."""
    names: dict[str, object] = {}
    with patch.dict(VOCABULARY), patch.dict(MEANINGS):
        for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
            exec(compile(code, "settings.md", "exec"), names)
        claim = names["claim"]
        assert isinstance(claim, Claim)
        yield claim


def test_the_claim_of_the_guide_is_proved(taught: Claim) -> None:
    """Fails when the guide teaches a derivation that does not close."""
    found, failures = certificates_of(taught)
    assert not failures
    outcomes, loose, _ = examine(taught, registry.LIBRARY, found)
    assert not loose
    assert all(outcome.problem is None for outcome in outcomes)


def test_the_words_of_the_guide_mean_what_the_claim_says(taught: Claim) -> None:
    """Fails when the function of the guide contradicts the claim, or lets a wrong version pass."""
    result = search.search(taught, examples=40, seed=1)
    assert (result.counterexample, result.spoke) == (None, 40)
    for key, altered in counterexamples.altered_claims(taught):
        found = search.search(
            altered, examples=300, seed=1, domain=altered.domain.wider(), simplify=False
        )
        assert found.counterexample is not None, key


def test_the_guide_shows_what_the_command_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fails when the template is another one than that of the guide, or overwrites a file."""
    for room in ("theory", "verify"):
        (tmp_path / room / "tiny_subspaces").mkdir(parents=True)
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "theory/registry.py"))
    monkeypatch.setattr(template, "__file__", str(tmp_path / "verify/template.py"))
    monkeypatch.setattr(registry, "files", cache(dict))
    written = template.write_claim("TS-40", "my_model", setting=True)
    assert [file.read_text("utf-8") for file in written] == re.findall(
        r"```python\n(.*?)```", GUIDE, re.DOTALL
    )
    assert [file.relative_to(tmp_path).as_posix() for file in written] == [
        "theory/tiny_subspaces/ts40_my_model.py",
        "verify/tiny_subspaces/ts40_my_model.py",
    ]
    written[0].unlink()
    assert "exists" in refused(gradalign("new", "TS-40", "my_model", "--setting"))
    assert not written[0].exists()
    loop = written[1].with_name("ts40_loop.py")
    loop.symlink_to(loop)
    assert "the links go round" in refused(gradalign("new", "TS-40", "loop", "--setting"))
    assert not written[0].with_name(loop.name).exists()
    assert "leave --in out" in refused(gradalign("new", "TS-40", "x", "--setting", "--in", "y"))


def test_a_word_without_a_meaning_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fails when somebody who forgot @means gets a traceback, or a claim that is silent."""
    checks.import_extra("TS-26")
    monkeypatch.delitem(MEANINGS, "constant_rate")
    monkeypatch.setattr(checks, "import_extra", checks.import_extra.__wrapped__)
    assert refute.main(["TS-26"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "TS-26: nothing says what its word 'constant_rate' means" in line
    assert "@means('constant_rate') in verify/tiny_subspaces/ts26_" in line
    monkeypatch.setattr("verify.edit.import_extra", checks.import_extra)
    refused(gradalign("refute", "--claim", "TS-26", "--edit", "drop momentum"))
