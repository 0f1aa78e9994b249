"""Nonnegative combinations of polynomials that vanish: floating point suggests, rationals decide.

The optimum of the linear program only says which columns to use; their coefficients are then solved
for exactly. Source: our formalisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SUPPORT_THRESHOLDS = (1e-9, 1e-7, 1e-5)


@dataclass
class Program:
    """Find x with sum x_c column_c = 0, x >= 0 except for multipliers, sigma and strictness >= 1.

    Both normalisations may be demanded at once, because solutions can be scaled up.
    """

    columns: list[Any]
    terms: int
    multipliers: int
    is_strict: list[bool]
    strict: bool

    def __post_init__(self) -> None:
        first = self.terms + self.multipliers
        norms = [range(first, len(self.columns))]
        if self.strict:
            norms.append([i for i, s in enumerate(self.is_strict) if s])  # type: ignore[arg-type]
        self.norms = [frozenset(norm) for norm in norms]
        self.entries = [column.to_dict() for column in self.columns]
        self.rows = {m: r for r, m in enumerate(sorted({m for c in self.entries for m in c}))}

    def solve(self, costs: list[int]) -> list[Any] | None:
        """Exact coefficients, or None."""
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import coo_array

        width = len(self.columns)
        data = [
            (float(x), self.rows[m], c) for c, column in enumerate(self.entries)
            for m, x in column.items()
        ]  # fmt: skip
        values, rows, columns = zip(*data, strict=True)
        equal = coo_array((values, (rows, columns)), shape=(len(self.rows), width)).tocsr()
        norm = np.array([[float(c in n) for c in range(width)] for n in self.norms])
        cost = np.zeros(width)
        cost[: self.terms] = costs
        free = range(self.terms, self.terms + self.multipliers)
        bounds = [(None, None) if c in free else (0, None) for c in range(width)]
        result = linprog(
            cost, A_ub=-norm, b_ub=-np.ones(len(norm)), A_eq=equal, b_eq=np.zeros(len(self.rows)),
            bounds=bounds, method="highs-ds",
        )  # fmt: skip
        if result.x is None or result.status != 0:
            return None
        slack = norm @ result.x - 1
        for threshold in SUPPORT_THRESHOLDS:
            support = [c for c in range(width) if abs(result.x[c]) > threshold]
            tight = [n for n, s in zip(self.norms, slack, strict=True) if s <= threshold]
            exact = self._exactly(support, tight)
            if exact is not None:
                return exact
        return None

    def _exactly(self, support: list[int], tight: list[frozenset[int]]) -> list[Any] | None:
        import flint

        used = sorted({self.rows[m] for c in support for m in self.entries[c]})
        position = {r: i for i, r in enumerate(used)}
        table = [[flint.fmpq(0)] * (len(support) + 1) for _ in range(len(used) + len(tight))]
        for c, column in enumerate(support):
            for m, x in self.entries[column].items():
                table[position[self.rows[m]]][c] = x
        for r, norm in enumerate(tight, start=len(used)):
            for c, column in enumerate(support):
                table[r][c] = flint.fmpq(int(column in norm))
            table[r][len(support)] = flint.fmpq(1)
        reduced, rank = flint.fmpq_mat(table).rref()
        solution = [flint.fmpq(0)] * len(self.columns)
        for r in range(rank):
            lead = next(c for c in range(len(support) + 1) if reduced[r, c] != 0)
            if lead == len(support):
                return None
            solution[support[lead]] = reduced[r, len(support)]
        free = range(self.terms, self.terms + self.multipliers)
        if any(x < 0 for c, x in enumerate(solution) if c not in free):
            return None
        if any(sum(solution[c] for c in norm) <= 0 for norm in self.norms):
            return None
        return solution
