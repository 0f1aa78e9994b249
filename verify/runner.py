"""Plan the checks, run them on any executor, and turn what they found into verdicts."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, as_completed
from pathlib import Path

from theory import registry
from verify import interrupts, ledger
from verify.checks import Check, Settings, all_checks, checks_of
from verify.evidence import PROVED, Evidence, Failed, Verdict, judge


def run_check(check: Check, settings: Settings) -> Evidence:
    """Run one check and record what happened; a check that crashes decides nothing."""
    passed, crashed, error = True, False, 0.0
    loose: tuple[str, ...] = ()
    started = time.perf_counter()
    try:
        with ledger.counting() as made:
            outcome = check.run(settings)
        detail, loose = outcome.detail, outcome.loose
        error = max(outcome.error_probability, math.fsum(spent.alpha for spent in made))
    except Failed as problem:
        passed, detail = False, str(problem)
    except Exception as bug:  # one broken check must not stop the others
        place = traceback.extract_tb(bug.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        passed, crashed, detail = False, True, f"crashed at {where}: {type(bug).__name__}: {bug}"
    seconds = time.perf_counter() - started
    return Evidence(
        check.claim, check.kind, check.name, passed, detail, error, seconds, crashed, loose
    )


def run_claim(claim_id: str, settings: Settings) -> list[Evidence]:
    """Run all checks of one claim that belong to the tier."""
    evidence = []
    for check in all_checks([claim_id], settings.tier):
        evidence.append(run_check(check, settings))
        interrupts.check()  # or a check that Ctrl-C broke would count as crashed
    return evidence


def run(
    ids: Iterable[str],
    settings: Settings,
    executor: Executor | None = None,
    finished: Callable[[str], None] = lambda claim_id: None,
) -> Iterator[Verdict]:
    """Decide claims and yield their verdicts in the order given, each as soon as it is known.

    `finished` is called with the id of each claim when its checks are done, in any order.
    """
    names = list(ids)
    proved: dict[str, bool] = {}
    if executor is None:
        for name in names:
            evidence = run_claim(name, settings)
            finished(name)
            yield verdict_on(name, evidence, settings.tier, proved)
        return
    futures = {executor.submit(run_claim, name, settings): name for name in names}
    done: dict[str, list[Evidence]] = {}
    waiting = list(names)
    for future in as_completed(futures):
        done[futures[future]] = future.result()
        finished(futures[future])
        while waiting and waiting[0] in done:
            yield verdict_on(waiting[0], done[waiting[0]], settings.tier, proved)
            waiting.pop(0)


def verdict_on(
    claim_id: str,
    evidence: Iterable[Evidence],
    tier: str,
    proved: dict[str, bool] | None = None,
) -> Verdict:
    """The verdict on one claim from the records of its checks in a tier.

    `proved` remembers, for the claims decided so far, whether they are; it grows by this one.
    """
    records = list(evidence)
    known = {} if proved is None else proved
    closing = next((e for e in records if e.kind == "symbolic" and e.name == "closes"), None)
    loose = closing.loose if closing is not None and closing.passed else ("everything",)
    solid = all(known[c] if c in known else is_proved(c) for c in sorted(cited(claim_id)))
    verdict = judge(registry.get(claim_id), records, loose, solid, later_kinds(claim_id, tier))
    known[claim_id] = verdict.verdict == PROVED
    return verdict


def later_kinds(claim_id: str, tier: str) -> list[str]:
    """The kinds of evidence of which a claim has checks that only a later tier runs."""
    now = {check.id for check in all_checks([claim_id], tier)}
    return sorted({check.kind for check in checks_of(claim_id) if check.id not in now})


def cited(claim_id: str) -> set[str]:
    """All claims that a claim rests on, directly or not."""
    direct = set(registry.get(claim_id).cites)
    return direct.union(*(cited(c) for c in direct))


def is_proved(claim_id: str) -> bool:
    """Whether the derivation of a claim is accepted in full and reaches every part."""
    outcomes, loose, _ = registry.derivation(claim_id)
    return bool(outcomes) and not loose and all(o.problem is None for o in outcomes)
