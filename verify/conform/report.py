"""Conformance as text and as JSON: verdicts, the simplest counterexamples, one plain paragraph."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from theory.language import words_of
from verify.adapters.update_rule import UpdateRule
from verify.balls import Irrational, Undefined
from verify.conform.decide import FAILS, HOLDS, NOT_APPLICABLE, Conformance, Part, Report
from verify.conform.world import OptimiserWorld, Situation
from verify.models import Mode, to_json

LONGEST = 9
"""Characters of a fraction that is printed as it is; longer ones become decimals."""

TOLD = ("a", "a_next", "q", "eta_star")
HIDDEN = {"eta", "theta", "beta"}


def label(rule: UpdateRule) -> str:
    """The optimiser with its options: `torch.optim:SGD, lr = 0.1, momentum = 0.9`."""
    options = [f"{key} = {value}" for key, value in rule.options.items()]
    return ", ".join([rule.name, f"lr = {rule.step_size!r}", *options])


def precision(found: Conformance, ulps: int) -> str:
    """How exactly the claim holds; empty if it does not."""
    if found.verdict != HOLDS:
        return ""
    return f"within {ulps} ulp" if found.rounded else "to the last bit"


def counterexample(found: Conformance) -> str:
    """The simplest counterexample of a failing claim, in a few lines."""
    part = found.first_failure
    if part is None or part.counterexample is None or part.world is None:
        return ""
    lines = [f"{found.claim.id} / {part.name} fails:", f"    {described(part.counterexample)}"]
    past = told_past(part.counterexample)
    if past:
        lines.append(f"    {past}")
    lines.append(f"    {_values(part, part.world)}")
    return "\n".join(lines)


def described(situation: Situation) -> str:
    """The model in the notation of the README; long fractions as decimals."""
    model = situation.model

    def row(name: str, values: Iterable[tuple[Mode, Fraction]]) -> str:
        cut, told = len(model.dominant), [number(x) for _, x in values]
        return f"{name} = {' '.join(told[:cut])} | {' '.join(told[cut:])}"

    parts = [
        row("lambda", ((m, m.eigenvalue) for m in model.modes)),
        row("g^2", ((m, m.energy) for m in model.modes)),
        row("sigma^2", ((m, m.variance) for m in model.modes)),
    ]
    if any(m.velocity for m in model.modes):
        parts.append(row("h", ((m, m.velocity) for m in model.modes)))
    parts.append(f"eta = {number(model.step_size)}")
    if model.momentum:
        parts.append(f"beta = {number(model.momentum)}")
    return "   ".join(parts)


def told_past(situation: Situation) -> str:
    """Where the optimiser stands and what it met before, if that is not the beginning at 0."""
    cut = len(situation.model.dominant)

    def pair(values: tuple[Fraction, ...]) -> str:
        told = [number(x) for x in values]
        return f"{' '.join(told[:cut])} | {' '.join(told[cut:])}"

    if situation.earlier:
        met = ", then ".join(pair(g) for g in situation.earlier)
        return f"after a step from x = {pair(situation.origin)} with gradient {met}"
    return f"in its first step, from x = {pair(situation.origin)}" if any(situation.origin) else ""


def number(x: Fraction) -> str:
    """A rational: as it is if short, as a decimal if it is a double of few digits, else rounded."""
    if len(str(x)) <= LONGEST:
        return str(x)
    if abs(x) < 2**1000 and Fraction(float(x)) == x and len(repr(float(x))) <= LONGEST:
        return repr(float(x))
    return f"~{float(x):.6g}"


def _values(part: Part, world: OptimiserWorld) -> str:
    names = dict.fromkeys((*words_of(part.sentence), *TOLD))
    told = []
    for name in names:
        if name in HIDDEN:
            continue
        try:
            told.append(f"{name} = {number(world.word(name))}")
        except Undefined:
            told.append(f"{name} undefined")
        except (KeyError, ArithmeticError, Irrational, TypeError, AttributeError):
            continue
    return ", ".join(told)


def summary(report: Report) -> str:
    """One paragraph: what is satisfied, what is not, and since when."""
    by_verdict = {
        verdict: [c for c in report.claims if c.verdict == verdict]
        for verdict in (HOLDS, FAILS, NOT_APPLICABLE)
    }
    held, failed = by_verdict[HOLDS], by_verdict[FAILS]
    asked = len(held) + len(failed)
    told = [f"{label(report.rule)}: {len(held)} of {asked} claims about the update hold"]
    told[0] += f" in {report.tried} situations, every outcome of the noise enumerated."
    exact = [c.claim.id for c in held if not c.rounded]
    close = [c.claim.id for c in held if c.rounded]
    if exact:
        told.append(f"To the last bit: {', '.join(exact)}.")
    if close:
        told.append(f"Up to {report.ulps} units in the last place per step: {', '.join(close)}.")
    if failed:
        told.append(f"Not satisfied: {', '.join(c.claim.id for c in failed)}; {_since(failed)}.")
    if by_verdict[NOT_APPLICABLE]:
        names = ", ".join(c.claim.id for c in by_verdict[NOT_APPLICABLE])
        told.append(f"No statement about the update: {names}.")
    return " ".join(told)


def _since(failed: list[Conformance]) -> str:
    """Whether the failures need a past, another place, or nothing."""
    firsts = [f.counterexample for c in failed if (f := c.first_failure) is not None]
    fresh = [s for s in firsts if s is not None and not s.earlier and s.model.horizon == 1]
    if any(not any(s.origin) for s in fresh):
        return "it is another rule from its first step on"
    if fresh:
        return "its first step depends on where it stands, not on the gradient alone"
    return "its first step is that of SGD, later ones depend on what it met before"


def as_data(report: Report) -> dict[str, Any]:
    """The JSON of `gradalign conform`."""
    rule = report.rule
    return {
        "schema": 1,
        "optimiser": rule.name,
        "step_size": rule.step_size,
        "options": {key: _plain(value) for key, value in rule.options.items()},
        "parameter": rule.arrangement,
        "situations": report.tried,
        "ulps": report.ulps,
        "summary": summary(report),
        "claims": [_claim(c, report.ulps) for c in report.claims],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _claim(found: Conformance, ulps: int) -> dict[str, Any]:
    return {
        "id": found.claim.id,
        "title": found.claim.title,
        "verdict": found.verdict,
        "precision": precision(found, ulps) or None,
        "cases": found.spoke,
        "rounded": found.rounded,
        "counterexample": counterexample(found) or None,
        "parts": [_part(p) for p in found.parts],
        "not_about_the_update": list(found.others),
    }


def _part(part: Part) -> dict[str, Any]:
    held = HOLDS if part.spoke else "never spoke"
    return {
        "name": part.name,
        "verdict": held if part.counterexample is None else FAILS,
        "cases": part.spoke,
        "rounded": part.rounded,
        "counterexample": None if part.counterexample is None else _situation(part.counterexample),
    }


def _situation(situation: Situation) -> dict[str, Any]:
    return {
        "model": to_json(situation.model),
        "origin": [str(x) for x in situation.origin],
        "earlier_gradients": [[str(x) for x in g] for g in situation.earlier],
    }
