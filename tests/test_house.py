"""The rules of the house: who may import whom, where tolerances live, what must be up to date."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from theory import registry
from theory.proof import Step
from verify import paper_claims

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "theory").rglob("*.py")) + sorted((ROOT / "verify").rglob("*.py"))
FORBIDDEN = {
    "theory": {
        "numpy",
        "scipy",
        "mpmath",
        "hypothesis",
        "pytest",
        "flint",
        "numba",
        "verify",
        "tests",
    },
    "verify": {"tests"},
}
TOLERANT = re.compile(
    r"\b(rtol|atol|rel|abs_tol|rel_tol|decimal|places)\s*=|approx\(|allclose|isclose"
)
FOREIGN = re.compile(
    r"/work/|/root/|/tmp/|/opt/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian"
)


def imported(file: Path) -> set[str]:
    """Top-level names of everything a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_imports_go_one_way(file: Path) -> None:
    """Fails when theory imports numerics, or the product imports its tests."""
    room = file.relative_to(ROOT).parts[0]
    allowed = {"pytest"} if file.name == "pytest_plugin.py" else set()
    assert not imported(file) & (FORBIDDEN[room] - allowed)


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(ROOT)))
def test_every_file_says_what_it_is(file: Path) -> None:
    """Fails when a module has no docstring, or leaves a placeholder behind."""
    text = file.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), file
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), file


def test_the_kernel_uses_the_standard_library_only() -> None:
    """Fails when the trusted checker starts to trust somebody else."""
    assert imported(ROOT / "theory/kernel.py") <= {
        "__future__",
        "collections",
        "dataclasses",
        "fractions",
        "re",
        "typing",
    }


def test_claims_are_decided_without_tolerances() -> None:
    """Fails when a claim, its extra checks or the semantics compare up to a tolerance."""
    deciding = ["meaning", "search", "examples", "balls", "models", "exact_simulation", "checks"]
    files = [ROOT / f"verify/{name}.py" for name in deciding]
    for package in registry.PREFIXES.values():
        files += sorted((ROOT / f"verify/{package}").glob("*.py"))
    files += sorted((ROOT / "theory").rglob("*.py"))
    tolerant = [f.name for f in files if TOLERANT.search(f.read_text(encoding="utf-8"))]
    assert not tolerant


def test_files_speak_of_the_project_alone() -> None:
    """Fails when a machine's path or a package index is named in a tracked text."""
    folders = ("theory", "verify", "tests", "docs", ".ci")
    texts = [
        f for d in folders for f in (ROOT / d).rglob("*") if f.suffix in (".py", ".md", ".json")
    ]
    texts += [ROOT / "README.md", ROOT / "paper_claims.md", ROOT / "pyproject.toml"]
    named = [
        f for f in texts if f.name != Path(__file__).name and FOREIGN.search(f.read_text("utf-8"))
    ]
    assert not named


def test_paper_claims_is_what_the_registry_renders() -> None:
    """Fails when paper_claims.md is out of date: run python -m verify.paper_claims."""
    assert (ROOT / "paper_claims.md").read_text(encoding="utf-8") == paper_claims.render()


def test_claims_do_not_cite_each_other_in_a_circle() -> None:
    """Fails when a claim rests on itself."""
    registry.check_citations()


@pytest.mark.parametrize("name", list(registry.files()))
def test_a_claim_keeps_its_own_rules(name: str) -> None:
    """Fails for a claim with fewer than three mutants, or an implied assumption it never makes.

    A statement that is false as printed, or cannot be decided here, has none.
    """
    claim = registry.get(name)
    undecided = claim.corrected_by or claim.not_verifiable
    assert len(claim.mutants) >= 3 or (undecided and not claim.mutants)
    assert bool(claim.corrected_by) == name.endswith("P")
    assert set(claim.implied) <= set(claim.assumptions)
    assert set(claim.weaker) <= set(claim.assumptions)
    assert set(claim.checked_only) <= set(claim.conclusion)
    assert claim.sentence.endswith(".")
    assert len(claim.sentence) <= 120
    assert claim.owes


def test_every_stored_certificate_belongs_to_a_step() -> None:
    """Fails when a certificate is left over: run python -m verify.prove --again for its claim."""
    stored = sorted((ROOT / "theory").rglob("certificates/*"))
    assert {file.suffix for file in stored} == {".json"}
    assert {file.stem for file in stored} <= set(registry.files())
    for name in (file.stem for file in stored):
        steps = {step.reason: step for step in registry.get(name).derivation}
        asking = {n for n, s in steps.items() if type(s).obligations is not Step.obligations}
        unused = set(registry.certificates(name)) - asking
        assert not unused, f"{name}: no step uses the certificates of {sorted(unused)}"


@pytest.mark.parametrize(("prefix", "count"), [("SA", 20), ("TS", 37)])
def test_the_ids_are_complete(prefix: str, count: int) -> None:
    """Fails when a claim of a paper is missing."""
    claims = [n for n in registry.files() if n.startswith(f"{prefix}-") and not n.endswith("P")]
    assert claims == [f"{prefix}-{i}" for i in range(1, count + 1)]
