"""The four kinds of obligations, built by hand from SymPy relations for the certificate tests.

    fixed({"gap": x > y, "y": y >= 0}, x**2 > y**2)      # a list of obligations: all are needed
    pair([{l_i, e_i}, {l_j, e_j}], {"D": e_i, "m1_D": l_i * e_i, "B": e_j, "m1_B": l_j * e_j},
         {"dominant": l_i >= top, "bulk": l_j <= next, ...}, term, m1_D * B - D * m1_B >= 0)
    fold({l, e}, {"D": e, "m": l * e}, {"above": l >= top, "energy": e >= 0}, [m - top * D >= 0])

Hypotheses are used exactly as given: assumptions attached to SymPy symbols (positive=True) are
never used. The obligations are proved by `verify.certify.find` and checked by `theory.kernel`.
Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy

from theory.polynomials import to_polynomial

Obligation = dict[str, Any]
FLIPPED = {"<": ">", "<=": ">=", ">": ">", ">=": ">=", "==": "=", "!=": "!="}


def from_polynomial(data: Sequence[Any]) -> Any:
    """The SymPy expression of the kernel's data, with real symbols."""
    return sympy.Add(
        *(
            sympy.Rational(c) * sympy.prod(sympy.Symbol(v, real=True) ** e for v, e in m.items())
            for c, m in data
        )
    )


def statement(relation: Any) -> dict[str, Any]:
    """A polynomial relation as `{"polynomial", "relation"}`. Raises ValueError for denominators."""
    value, sign = _compared(relation)
    if sign == "!=":
        return _square(value)
    return {"polynomial": to_polynomial(value), "relation": sign}


def fixed(hypotheses: Mapping[str, Any], goal: Any) -> list[Obligation]:
    """The goal under the hypotheses, denominators cleared; all obligations returned are needed.

    The last one is the goal. With goal N/Den it says N * Den > 0 (>= 0), or N = 0; for >=, = and
    != every factor of Den gives an obligation before it: its square is positive. A hypothesis with
    a denominator Den also says that Den is not zero, under the name "<name>: denominator".
    """
    assumed = []
    for name, relation in hypotheses.items():
        cleared, denominators = _cleared(relation)
        assumed.append({"name": name, **cleared})
        assumed += [
            {"name": f"{name}: denominator {i}", **_square(d)} for i, d in enumerate(denominators)
        ]
    target, denominators = _cleared(goal)
    goals = [*(_square(d) for d in denominators), target]
    symbols = _symbols([*hypotheses.values(), goal])
    return [
        {"kind": "fixed", "variables": symbols, "hypotheses": list(assumed), "goal": one}
        for one in goals
    ]


def linear(
    variables: Iterable[Any],
    sums: Mapping[str, Any],
    hypotheses: Mapping[str, Any],
    term: Any,
    goal: Any,
    *,
    nonempty: bool = False,
) -> Obligation:
    """`goal`, about the named sums over one list of modes, because of the sign of `term`."""
    return _summed("linear", [variables], sums, hypotheses, term, goal, nonempty)


def pair(
    lists: Sequence[Iterable[Any]],
    sums: Mapping[str, Any],
    hypotheses: Mapping[str, Any],
    term: Any,
    goal: Any,
    *,
    nonempty: bool = False,
) -> Obligation:
    """`goal`, about the named sums over two lists, because of the sign of `term` on all pairs.

    A sum belongs to the list whose variables occur in it; write `(0, 1)` or `(1, 1)` for the number
    of modes in the first or second list. For the sharper `F >= c U V` subtract c u(i) v(j) from the
    term and c U V from F.
    """
    return _summed("pair", lists, sums, hypotheses, term, goal, nonempty)


def fold(
    variables: Iterable[Any],
    accumulators: Mapping[str, Any],
    hypotheses: Mapping[str, Any],
    invariants: Sequence[Any],
    *,
    base: str = "empty",
) -> Obligation:
    """Invariants of running sums, by induction over the list. `base`: "empty" or "first"."""
    mode = sorted(s.name for s in variables)
    used = set(_symbols([*hypotheses.values(), *invariants, *accumulators.values()]))
    return {
        "kind": "fold",
        "variables": mode,
        "parameters": sorted(used - set(mode) - set(accumulators)),
        "hypotheses": [{"name": n, **statement(r)} for n, r in hypotheses.items()],
        "accumulators": {n: to_polynomial(c) for n, c in accumulators.items()},
        "base": base,
        "invariants": [statement(one) for one in invariants],
    }


def _summed(
    kind: str,
    lists: Sequence[Iterable[Any]],
    sums: Mapping[str, Any],
    hypotheses: Mapping[str, Any],
    term: Any,
    goal: Any,
    nonempty: bool,
) -> Obligation:
    modes = [sorted(s.name for s in one) for one in lists]
    tables: list[dict[str, Any]] = [{} for _ in modes]
    for name, summand in sums.items():
        index, monomial = _summand(name, summand, modes)
        tables[index][name] = monomial
    mine = {variable for one in modes for variable in one}
    used = set(_symbols([*hypotheses.values(), sympy.sympify(term), goal]))
    return {
        "kind": kind,
        "lists": [{"variables": v, "sums": s} for v, s in zip(modes, tables, strict=True)],
        "parameters": sorted(used - mine - set(sums)),
        "hypotheses": [{"name": n, **statement(r)} for n, r in hypotheses.items()],
        "nonempty": nonempty,
        "term": to_polynomial(term),
        "goal": statement(goal),
    }


def _summand(name: str, summand: Any, modes: list[list[str]]) -> tuple[int, dict[str, int]]:
    if isinstance(summand, tuple):
        return summand[0], {}
    data = to_polynomial(summand)
    if len(data) != 1 or data[0][0] != "1":
        raise ValueError(f"{name}: a sum is over a monomial, not over {summand}")
    for index, variables in enumerate(modes):
        if set(data[0][1]) <= set(variables):
            return index, data[0][1]
    raise ValueError(f"{name}: {summand} mixes the variables of different lists")


def _symbols(expressions: Iterable[Any]) -> list[str]:
    symbols = {s for e in expressions for s in sympy.sympify(e).free_symbols}
    if len({s.name for s in symbols}) < len(symbols):
        raise ValueError("two different symbols have the same name")
    return sorted(s.name for s in symbols)


def _compared(relation: Any) -> tuple[Any, str]:
    """Left minus right (or right minus left), and how it compares with zero."""
    if not isinstance(relation, sympy.core.relational.Relational):
        raise ValueError(f"not a relation between expressions: {relation}")
    left, right = relation.lhs, relation.rhs
    if relation.rel_op in ("<", "<="):
        left, right = right, left
    return left - right, FLIPPED[relation.rel_op]


def _cleared(relation: Any) -> tuple[dict[str, Any], list[Any]]:
    """The relation without denominators, and the polynomials that must not be zero.

    N/Den > 0 means N * Den > 0, which already says that Den is not zero; N/Den >= 0 and N/Den = 0
    need that said. Even powers in Den are dropped from the product, since they are positive.
    """
    value, sign = _compared(relation)
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(value)))
    constant, powers = sympy.factor_list(denominator)
    odd = [f for f, exponent in powers if exponent % 2]
    product = numerator * sympy.sign(constant) * sympy.prod(odd)
    implied = odd if sign == ">" else []
    nonzero = [f for f in _divisors(relation) if f not in implied]
    if sign == "!=":
        return _square(numerator), nonzero
    polynomial = numerator if sign == "=" else product
    return {"polynomial": to_polynomial(sympy.expand(polynomial)), "relation": sign}, nonzero


def _divisors(relation: Any) -> list[Any]:
    """Irreducible factors of everything that the relation, as written, divides by."""
    bases = {p.base for p in relation.atoms(sympy.Pow) if p.exp.is_negative}
    factors = [
        factor
        for base in sorted(bases, key=str)
        for factor, _ in sympy.factor_list(sympy.fraction(sympy.together(base))[0])[1]
    ]
    return list(dict.fromkeys(factors))


def _square(expression: Any) -> dict[str, Any]:
    return {"polynomial": to_polynomial(sympy.expand(expression**2)), "relation": ">"}
