"""Finds, simplifies and stores counterexamples: `python -m verify.refute SA-3 [--again]`.

What is stored counts only because it is replayed in exact arithmetic by every run of the checks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from theory import registry
from theory.claim import Claim, Domain
from theory.language import Formula
from theory.setting import Setting
from verify import checks, counterexamples, search
from verify.arguments import claim_ids
from verify.errors import InputError
from verify.files import write_atomically
from verify.kinds import AnyModel, describe, to_json

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


def find(altered: Claim, seed: int = 0, examples: int = EXAMPLES) -> AnyModel | None:
    """A simple model that refutes the claim, or None."""
    for number, domain in enumerate(domains(altered.domain)):
        result = search.search(altered, examples=examples, seed=seed + number, domain=domain)
        if result.counterexample is not None:
            return result.counterexample
    return None


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
        model = search.simplest(model, lambda m: search.decide(altered, m) == search.FALSE)
    file = FOLDER / f"{claim_id}.json"
    data = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    data[f"{claim_id}/{key}"] = to_json(model)
    lines = ",\n".join(f"  {json.dumps(k)}: {json.dumps(data[k])}" for k in sorted(data))
    write_atomically(file, "{\n" + lines + "\n}\n")
    counterexamples._all.cache_clear()
    return model


def refute(claim_id: str, again: bool = False) -> list[str]:
    """Find what is missing for one claim; the keys of the wrong statements that survive."""
    checks.import_extra(claim_id)
    survivors = []
    for key, altered in counterexamples.altered_claims(registry.get(claim_id)):
        model = counterexamples.stored(f"{claim_id}/{key}")
        if model is not None and search.decide(altered, model) == search.FALSE and not again:
            continue
        if all(isinstance(sentence, Formula) for sentence in altered.conclusion.values()):
            continue  # a check of its own decides it
        found = find(altered)
        if found is None:
            survivors.append(key)
            print(f"  survives: {claim_id}/{key}")
        else:
            print(f"  {claim_id}/{key}: {describe(record(claim_id, key, found))}")
    return survivors


def main(arguments: list[str]) -> int:
    """Refute the mutants of the named claims, or of all."""
    try:
        names = claim_ids([a for a in arguments if a != "--again"])
    except InputError as error:
        print(f"verify.refute: {error}", file=sys.stderr)
        return 2
    surviving = [key for name in names for key in refute(name, "--again" in arguments)]
    print(f"{len(surviving)} survive")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
