"""Verdicts as data and as one closing sentence."""

from __future__ import annotations

from collections import Counter
from typing import Any

from verify.evidence import AS_PRINTED, CHECKED, NOT_RUN, PROVED, REFUTED, SUPPORTED, Verdict

BEST = {
    "symbolic": PROVED,
    "certified": PROVED,
    "exact": CHECKED,
    "property": CHECKED,
    "monte-carlo": SUPPORTED,
    "experiment": SUPPORTED,
}


def as_data(verdicts: list[Verdict], seed: int) -> dict[str, Any]:
    """The JSON of `gradalign check`: see the README for its keys."""
    return {
        "schema": 1,
        "seed": seed,
        "error_probability": sum(v.error_probability for v in verdicts),
        "claims": [_claim(v) for v in verdicts],
    }


def _claim(v: Verdict) -> dict[str, Any]:
    refuted, total = v.mutants
    return {
        "id": v.claim.id,
        "title": v.claim.title,
        "verdict": v.verdict,
        "solid": v.solid,
        "evidence": [_kind(v, kind) for kind in v.claim.owes],
        "mutants": {"total": total, "refuted": refuted},
        "missing": list(v.missing),
        "later": list(v.later),
        "failures": [{"kind": e.kind, "name": e.name, "detail": e.detail} for e in v.failures],
        "seconds": round(v.seconds, 3),
    }


def _kind(v: Verdict, kind: str) -> dict[str, Any]:
    records = [e for e in v.evidence if e.kind == kind]
    if not records:
        verdict = NOT_RUN
    elif all(e.passed for e in records):
        verdict = BEST[kind]
        if verdict == PROVED and v.verdict != PROVED:
            verdict = CHECKED
    else:
        verdict = REFUTED
    return {
        "kind": kind,
        "verdict": verdict,
        "error_probability": sum(e.error_probability for e in records),
        "seconds": round(sum(e.seconds for e in records), 3),
    }


def summary(verdicts: list[Verdict]) -> str:
    """One line: how many claims have which verdict, mutants refuted, total error probability."""
    counts = Counter(v.verdict for v in verdicts)
    order = (PROVED, CHECKED, SUPPORTED, AS_PRINTED, NOT_RUN, REFUTED)
    told = ", ".join(f"{counts[name]} {name}" for name in order if counts[name])
    refuted = sum(v.mutants[0] for v in verdicts)
    total = sum(v.mutants[1] for v in verdicts)
    error = sum(v.error_probability for v in verdicts)
    claims = "1 claim" if len(verdicts) == 1 else f"{len(verdicts)} claims"
    chance = f"{error:.1e}" if error else "0"
    return (
        f"{claims}: {told or 'none decided'}; {refuted} of {total} mutants refuted; "
        f"error probability of all random decisions together: {chance}"
    )
