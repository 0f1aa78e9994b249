"""Finds every claim: one per file `<prefix><number>_<slug>.py` in a package under `theory`."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theory.claim import Claim
    from theory.proof import Fact, Outcome

FILE = re.compile(r"([a-z]{2})(\d+)(p?)_[a-z0-9_]+")  # a p: as printed, and refuted
PREFIXES = {  # prefix of the ids -> package of the paper
    "SA": "suspicious_alignment",
    "TS": "tiny_subspaces",
}


class UnknownClaim(KeyError):
    """No claim has this id; the message names the closest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


class BadClaim(ValueError):
    """A claim's file does not hold the claim that its name promises; the message says what."""


@cache
def files() -> dict[str, tuple[str, Path]]:
    """Claim id -> (module name, file), in the order of paper and number, without importing any."""
    found: dict[str, tuple[str, Path]] = {}
    for package in PREFIXES.values():
        folder = Path(__file__).parent / package
        modules = [m.name for m in pkgutil.iter_modules([str(folder)]) if FILE.fullmatch(m.name)]
        for module in sorted(modules):
            prefix, number, printed = FILE.fullmatch(module).groups()  # type: ignore[union-attr]
            name = f"{prefix.upper()}-{int(number)}{printed.upper()}"
            if name in found:
                raise ValueError(f"two files for {name}: {found[name][1].name} and {module}.py")
            found[name] = (f"theory.{package}.{module}", folder / f"{module}.py")
    return found


def headline(claim_id: str) -> tuple[str, str]:
    """Title and one-sentence statement of a claim, read from its file without importing SymPy."""
    file = files()[claim_id][1]
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"), file.name)
    except SyntaxError as error:
        raise BadClaim(unreadable(file, error)) from None
    sentence = (ast.get_docstring(tree) or "").splitlines()[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "title":
            return str(ast.literal_eval(node.value)), sentence
    raise ValueError(f"{file.name} has no title")


def unreadable(file: Path, error: Exception) -> str:
    """Why a claim's file cannot be imported, in one line, with the nearest word if one is unknown.

    The line is that of the file itself if the error came from there.
    """
    import difflib
    import traceback

    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    line = error.lineno if isinstance(error, SyntaxError) else next(iter(lines), None)
    where = f"{file.name}, line {line}" if line else file.name
    told = error.msg if isinstance(error, SyntaxError) else str(error).partition(" (")[0]
    message = f"{type(error).__name__}: {told}"
    wanted = re.search(r"'(\w+)'", message)
    words = vars(importlib.import_module("theory.vocabulary"))
    close = difflib.get_close_matches(wanted[1], words, n=1) if wanted else []
    return f"{where}: {message}" + (f"; did you mean {close[0]}?" if close else "")


@cache
def get(claim_id: str) -> Claim:
    """The claim with this id. Raises UnknownClaim, which suggests the closest ids."""
    if claim_id not in files():
        raise UnknownClaim(_suggestion(claim_id))
    module, file = files()[claim_id]
    try:
        imported = importlib.import_module(module)
    except Exception as error:
        raise BadClaim(unreadable(file, error)) from None
    claim: Claim | None = getattr(imported, "claim", None)
    if claim is None:
        raise BadClaim(f"{file.name} defines no `claim`; start from `gradalign new`")
    if claim.id != claim_id:
        raise BadClaim(f"{file.name} holds {claim.id}, but its name says {claim_id}")
    return replace(claim, sentence=(imported.__doc__ or "").split("\n")[0])


def _suggestion(claim_id: str) -> str:
    import difflib

    close = difflib.get_close_matches(claim_id.upper(), files(), n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(close)}?" if close else "`gradalign list` shows all ids"
    return f"no claim {claim_id!r}; {hint}"


def claims(ids: Iterable[str] | None = None) -> tuple[Claim, ...]:
    """All claims, or those with the given ids, in order."""
    return tuple(get(name) for name in (files() if ids is None else ids))


def import_word(name: str) -> None:
    """Import the modules of the papers that name this word: one of them may define it."""
    for package in PREFIXES.values():
        for file in sorted((Path(__file__).parent / package).glob("*.py")):
            if f'"{name}"' in file.read_text(encoding="utf-8"):
                importlib.import_module(f"theory.{package}.{file.stem}")


@cache
def certificates(claim_id: str) -> dict[str, list[Any]]:
    """The stored certificates of a claim: reason of the step -> certificates."""
    package = files()[claim_id][0].rsplit(".", 1)[0]
    file = resources.files(package) / "certificates" / f"{claim_id}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


@cache
def derivation(claim_id: str) -> tuple[list[Outcome], dict[str, str], dict[str, Fact]]:
    """The examined derivation: outcome per step, parts not reached, facts established."""
    from theory.proof import examine

    return examine(get(claim_id), LIBRARY, certificates(claim_id))


def check_citations() -> None:
    """Raise ValueError if claims cite each other in a circle."""
    from graphlib import CycleError, TopologicalSorter

    try:
        list(TopologicalSorter({c.id: c.cites for c in claims()}).static_order())
    except CycleError as circle:
        raise ValueError(f"claims cite each other in a circle: {circle.args[1]}") from None


class _Library:
    """What a derivation may look up: other claims and the facts they established."""

    def get(self, claim_id: str) -> Claim:
        return get(claim_id)

    def facts(self, claim_id: str) -> dict[str, Fact]:
        return derivation(claim_id)[2]


LIBRARY = _Library()
