"""Finds, simplifies and stores counterexamples: `python -m verify.refute SA-3 [--again]`.

What is stored counts only because it is replayed in exact arithmetic by every run of the checks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from theory import registry
from theory.claim import Claim, Domain
from theory.language import Formula
from theory.setting import Setting
from verify import checks, counterexamples, interrupts, search
from verify.arguments import claim_ids, told_in_one_line
from verify.console import ProgressLine
from verify.errors import Stopped
from verify.files import write_atomically
from verify.kinds import AnyModel, describe, to_json
from verify.search import SearchResult

EXAMPLES = 1000
FOLDER = Path(__file__).parent / "witnesses"


def domains(domain: Domain | Setting) -> Iterator[Domain | Setting]:
    """Where to look, most promising first: the claim's own domain, then wider and smaller ones.

    Last come noise laws that depend on the state; a claim about additive noise is silent there.
    """
    yield domain
    if isinstance(domain, Setting):
        yield domain.wider()
        return
    yield replace(domain, most_modes=1)
    wide = domain.wider()
    yield wide
    yield replace(wide, most_modes=1)
    if domain.noise == "additive":
        yield replace(domain, noise="least squares", above=None, quiet=False)


def hunt(
    altered: Claim,
    examples: int = EXAMPLES,
    seed: int = 0,
    tell: Callable[[str], object] = lambda state: None,
) -> SearchResult:
    """Search one family of models after the other for a simple one that refutes the claim.

    A model in which some word of the conclusion has no value, or the conclusion no truth, counts
    only if there is no other; it is `undefined`, too. `tell` is called with how far the search is.
    Ctrl-C raises `Stopped` with the result so far.
    """
    so_far = SearchResult(0, 0, None)
    for number, domain in enumerate(domains(altered.domain)):
        try:
            result = search.search(
                altered,
                examples=examples,
                seed=seed + number,
                domain=domain,
                refutes=search.is_plainly_false,
                watch=partial(_watch, tell, so_far.tried),
            )
        except Stopped as early:
            found = _added(so_far, early.finished)
            raise Stopped(_settled(found, found.undefined)) from None
        so_far = _added(so_far, result)
        if so_far.counterexample is not None:
            return so_far
    if so_far.undefined is None:
        return so_far

    def keeps(model: AnyModel) -> bool:
        interrupts.check()
        return search.is_false(altered, model)

    try:
        simple = search.simplest(so_far.undefined, keeps)
    except KeyboardInterrupt:
        raise Stopped(_settled(so_far, so_far.undefined)) from None
    return _settled(so_far, simple)


def _watch(tell: Callable[[str], object], before: int, tried: int, found: bool) -> None:
    simplifying = "; a counterexample is found and made simple" if found else ""
    tell(f"{before + tried} models tried{simplifying}")


def _added(one: SearchResult, other: SearchResult) -> SearchResult:
    """Both results; the first model without a value stays aside."""
    return SearchResult(
        one.tried + other.tried,
        one.spoke + other.spoke,
        other.counterexample,
        one.undefined or other.undefined,
    )


def _settled(found: SearchResult, undefined: AnyModel | None) -> SearchResult:
    """The result with this model, in which something has no value, for want of another one."""
    if found.counterexample is not None:
        return found
    return replace(found, counterexample=undefined, undefined=undefined)


def unneeded(name: str) -> str:
    """What to do about an assumption that no search finds needed."""
    return (
        f'If the claim holds without {name!r}, write implied={{{name!r}: "why"}}, or delete the '
        "assumption;\nif it does not, the search is blind to the reason: store a model with "
        "verify.refute.record"
    )


def record(claim_id: str, key: str, model: AnyModel, simplify: bool = True) -> AnyModel:
    """Store a counterexample of `claim/key` after checking and simplifying it.

    Raises ValueError if the model does not refute that altered claim.
    """
    checks.import_extra(claim_id)
    altered = dict(counterexamples.altered_claims(registry.get(claim_id)))[key]
    if search.decide(altered, model) != search.FALSE:
        verdict = search.decide(altered, model)
        raise ValueError(f"{claim_id}/{key} is {verdict} in {describe(model)}")
    if simplify:
        plain = search.is_plainly_false(altered, model)
        refutes = search.is_plainly_false if plain else search.is_false
        model = search.simplest(model, lambda m: refutes(altered, m))
    file = FOLDER / f"{claim_id}.json"
    data = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    data[f"{claim_id}/{key}"] = to_json(model)
    lines = ",\n".join(f"  {json.dumps(k)}: {json.dumps(data[k])}" for k in sorted(data))
    write_atomically(file, "{\n" + lines + "\n}\n")
    counterexamples._all.cache_clear()
    return model


def advice(key: str) -> str:
    """What to do about a wrong statement that survives."""
    kind, _, name = key.partition(" ")
    if kind == "without":
        return unneeded(name)
    if kind == "relaxed":
        return f"If the claim holds with the weaker {name!r}, assume that instead, or drop it"
    return "If it is true, sharpen the claim; if not, store a model with verify.refute.record"


def refute(claim_id: str, again: bool = False) -> list[str]:
    """Find what is missing for one claim; the keys of the wrong statements that survive."""
    checks.import_extra(claim_id)
    claim = registry.get(claim_id)
    survivors = []
    for key, altered in counterexamples.altered_claims(claim):
        model = counterexamples.stored(f"{claim_id}/{key}")
        if model is not None and search.decide(altered, model) == search.FALSE and not again:
            continue
        if all(isinstance(sentence, Formula) for sentence in altered.conclusion.values()):
            continue  # a check of its own decides it
        with ProgressLine(f"{claim_id}/{key}") as progress:
            found = hunt(altered, tell=progress).counterexample
        if found is None:
            survivors.append(key)
            print(f"  survives: {claim_id}/{key}\n    " + advice(key).replace("\n", "\n    "))
        elif altered is not claim and search.decide(claim, found) == search.FALSE:
            survivors.append(key)
            print(f"  {key}: nothing is stored, since the claim itself is false in the same model")
            print(f"    {counterexamples.story(claim, found)}")
        else:
            print(f"  {claim_id}/{key}: {describe(record(claim_id, key, found))}")
    return survivors


def main(arguments: list[str]) -> int:
    """Refute the mutants of the named claims, or of all."""
    return told_in_one_line("verify.refute", _refute_all, arguments)


def _refute_all(arguments: list[str]) -> int:
    names = claim_ids([a for a in arguments if a != "--again"])
    surviving = [key for name in names for key in refute(name, "--again" in arguments)]
    print(f"{len(surviving)} survive")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
