"""An obligation of the kernel in mathematical words, for those who must prove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from theory.obligations import ORDERED
from theory.render import text

SPECTRUM = frozenset(map(str, ORDERED))  # what is known of eigenvalues, needed or not

LISTS = {
    "linear": "sums over one list of modes, of any length",
    "pair": "sums over two lists of modes, of any lengths",
    "fold": "every list of modes, by adding one mode at a time",
}


def told(obligation: Mapping[str, Any]) -> str:
    """What is to be shown, from what, one line each."""
    goals = [obligation["goal"]] if "goal" in obligation else obligation["invariants"]
    shown = ", and ".join(f"{expression(g['polynomial'])} {g['relation']} 0" for g in goals)
    about = LISTS.get(obligation["kind"])
    lines = [f"to show: {shown}" + (f"   ({about})" if about else "")]
    if obligation.get("term"):
        lines.append(f"each term: {expression(obligation['term'])}")
    names = _worth_telling(
        obligation["hypotheses"], [*goals, {"polynomial": obligation.get("term", [])}]
    )
    lines.append(f"from: {';  '.join(names) or 'nothing'}")
    return "\n".join(lines)


def _worth_telling(hypotheses: list[Any], goals: list[Any]) -> list[str]:
    """The names of the hypotheses; the order of eigenvalues only where eigenvalues occur."""
    said = [h for h in hypotheses if h["name"] not in SPECTRUM]
    used = {x for part in (*said, *goals) for _, monomial in part["polynomial"] for x in monomial}
    return [
        h["name"]
        for h in hypotheses
        if h in said or any(used & set(monomial) for _, monomial in h["polynomial"])
    ]


def expression(polynomial: list[Any]) -> str:
    """A polynomial of the kernel as one would write it."""
    terms = (
        sympy.Rational(coefficient) * sympy.prod(sympy.Symbol(x) ** e for x, e in monomial.items())
        for coefficient, monomial in polynomial
    )
    return text(sympy.Add(*terms))
