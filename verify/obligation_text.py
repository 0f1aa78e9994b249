"""An obligation of the kernel in mathematical words, for those who must prove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from theory.render import text

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
    names = [hypothesis["name"] for hypothesis in obligation["hypotheses"]]
    lines.append(f"from: {';  '.join(names) or 'nothing'}")
    return "\n".join(lines)


def expression(polynomial: list[Any]) -> str:
    """A polynomial of the kernel as one would write it."""
    terms = (
        sympy.Rational(coefficient) * sympy.prod(sympy.Symbol(x) ** e for x, e in monomial.items())
        for coefficient, monomial in polynomial
    )
    return text(sympy.Add(*terms))
