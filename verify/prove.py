"""Finds the certificates that the derivations need and stores them: `python -m verify.prove SA-3`.

The finder is not trusted: what it stores counts only because `theory.kernel` accepts it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from theory import registry
from theory.claim import Claim
from theory.proof import NotAccepted, Proof, Step
from verify.arguments import claim_ids, told_in_one_line
from verify.certify import find
from verify.checks import import_extra
from verify.console import ProgressLine
from verify.counterexamples import story
from verify.files import write_atomically
from verify.obligation_text import told
from verify.refute import hunt

ADVICE = (
    "try: name the facts that it needs in given= or by=, such as the sign of what is divided by "
    "(eta > 0 for 1/eta);\nsplit the step in two; or suggest squares="
)
MODELS = 300  # in each family, for a counterexample to what could not be proved


def prove(claim_id: str, again: bool = False) -> dict[str, str]:
    """Find and store the missing certificates of a claim (all, with `again`); step -> why not."""
    import_extra(claim_id)  # the meanings of words that the claim brings along
    stored = {} if again else registry.certificates(claim_id)
    found, failures = certificates_of(registry.get(claim_id), stored)
    store(claim_id, found)
    return failures


def certificates_of(
    claim: Claim, stored: Mapping[str, list[Any]] = MappingProxyType({})
) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Certificates for every step of a derivation, and the steps that remain: step -> why.

    `stored` ones are kept where they are accepted.
    """
    proof = Proof(claim, registry.LIBRARY, dict(stored))
    known: dict[str, list[Any]] = {}
    failures: dict[str, str] = {}
    for step in claim.derivation:
        try:
            try:
                proof.establish(step)
            except NotAccepted:
                proof.certificates = {step.reason: certificates_for(step, proof)}
                proof.establish(step)
            if proof.certificates.get(step.reason):
                known[step.reason] = proof.certificates[step.reason]
        except NotAccepted as problem:
            failures[step.reason] = str(problem)
        proof.certificates = stored
    return known, failures


def certificates_for(step: Step, proof: Proof) -> list[Any]:
    """One certificate per obligation. Raises NotAccepted for an obligation nobody could prove."""
    found: list[Any] = []
    obligations = step.obligations(proof)
    for number, obligation in enumerate(obligations, 1):
        certificate = find(obligation, squares=expressible(squares_of(step), obligation))
        if certificate is None:
            part = f"part {number} of {len(obligations)}"
            raise NotAccepted(f"no certificate found for {part}\n{told(obligation)}\n{ADVICE}")
        found.append(certificate)
    return found


def squares_of(step: Step) -> list[Any]:
    """The squares a step suggests, as the kernel's polynomials."""
    from theory.obligations import data

    return [data(square) for square in getattr(step, "squares", ())]


def expressible(squares: list[Any], obligation: dict[str, Any]) -> list[Any]:
    """The squares that mention variables of the obligation only."""
    names = {*obligation.get("variables", ()), *obligation.get("parameters", ())}
    names.update(name for one in obligation.get("lists", ()) for name in one["variables"])
    return [s for s in squares if all(names.issuperset(monomial) for _, monomial in s)]


def store(claim_id: str, certificates: dict[str, list[Any]]) -> None:
    """Write a claim's certificates beside it."""
    file = registry.files()[claim_id][1].parent / "certificates" / f"{claim_id}.json"
    if certificates:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, json.dumps(certificates, indent=None, separators=(",", ":")) + "\n")
    else:
        file.unlink(missing_ok=True)
    registry.certificates.cache_clear()
    registry.derivation.cache_clear()


def false_or_open(claim: Claim) -> str:
    """Whether a claim that could not be proved is false in some model that a search finds."""
    with ProgressLine(f"{claim.id} may be false: searching") as progress:
        found = hunt(claim, MODELS, tell=progress)
    if found.counterexample is None:
        return f"whether it is true is open: no counterexample in {found.tried} models"
    return f"no wonder: {story(claim, found.counterexample)}"


def main(arguments: list[str]) -> int:
    """Prove the named claims, or all; print what is missing."""
    return told_in_one_line("verify.prove", _prove_all, arguments)


def _prove_all(arguments: list[str]) -> int:
    again = "--again" in arguments
    names = claim_ids([a for a in arguments if a != "--again"])
    missing = 0
    for name in names:
        started = time.perf_counter()
        failures = prove(name, again)
        _, loose, _ = registry.derivation(name)
        accepted = len(registry.get(name).derivation) - len(failures)
        kept = sum(map(len, registry.certificates(name).values()))
        took = time.perf_counter() - started
        print(f"{name}: {accepted} steps accepted, {kept} certificates stored, {took:.1f} s")
        for reason, problem in failures.items():
            print(f"  step {reason!r} is not accepted: " + problem.replace("\n", "\n      "))
        for part, why in loose.items():
            print(f"  not reached: {part}: {why}")
        if failures:
            print(f"  {false_or_open(registry.get(name))}")
        missing += len(failures)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
