"""Linear programming for certificates: which products of hypotheses add up to the goal?

Untrusted. The floating-point optimum only suggests which products to use; their coefficients are
then solved for exactly. Source: Handelman (1988); our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, islice, product
from math import comb
from typing import Any

Powers = tuple[int, ...]  # indices of factors, sorted, repeated according to their exponent
LARGEST_COUNT = 40_000  # products enumerated in one search
LARGEST_PROGRAM = 3_000  # columns of one linear program
SUPPORT_THRESHOLDS = (1e-9, 1e-7, 1e-5)


@dataclass(frozen=True)
class Factor:
    """A hypothesis > 0 or >= 0, or the square of `root`."""

    name: str
    polynomial: Any
    strict: bool
    root: Any = None


@dataclass(frozen=True)
class Proof:
    """sigma * goal = sum of terms + sum of multipliers * equalities (by their indices)."""

    sigma: dict[Powers, Any]
    terms: dict[Powers, Any]
    multipliers: dict[int, Any] = field(default_factory=dict)


@dataclass
class Setting:
    """Everything known about the variables; `expanded` remembers products already multiplied."""

    context: Any
    factors: list[Factor]
    equalities: list[Any]
    expanded: dict[Powers, Any] = field(default_factory=dict)

    def expand(self, powers: Powers) -> Any:
        """The product of the factors as one polynomial."""
        if not powers:
            return self.context.constant(1)
        if powers not in self.expanded:
            last = self.factors[powers[-1]].polynomial
            self.expanded[powers] = self.expand(powers[:-1]) * last
        return self.expanded[powers]

    def total(self, combination: dict[Powers, Any]) -> Any:
        """The sum of multiples of products."""
        result = self.context.constant(0)
        for powers, coefficient in combination.items():
            result += self.expand(powers) * coefficient
        return result

    def square(self, root: Any) -> int:
        """Allow the square of a polynomial; the index of the new factor."""
        for index, factor in enumerate(self.factors):
            if factor.root == root:
                return index
        self.factors.append(Factor("", root * root, strict=False, root=root))
        return len(self.factors) - 1

    def strict(self, powers: Powers) -> bool:
        """Whether every factor is positive."""
        return all(self.factors[i].strict for i in powers)


@dataclass(frozen=True)
class Weights:
    """Weights of the variables under which every hypothesis is homogeneous, and free variables.

    An identity holds in each weight separately, so only products with a weight of the goal matter.
    A variable v whose only hypothesis is v > 0 (or >= 0) is *free*: its exponents are known.
    """

    vectors: list[tuple[int, ...]]
    free: dict[int, int]  # variable -> its factor

    def of(self, exponents: Sequence[int]) -> tuple[int, ...]:
        """The weights of a monomial, free variables left out."""
        return tuple(sum(w * e for w, e in zip(v, exponents, strict=True)) for v in self.vectors)

    def free_part(self, exponents: Sequence[int]) -> Powers:
        """The factors that a monomial's free variables stand for."""
        return tuple(sorted(f for v, f in self.free.items() for _ in range(exponents[v])))


def weights_of(setting: Setting, active: Iterable[int]) -> Weights:
    """Find the weights that all active factors and all equalities respect."""
    import flint

    everything = {i: setting.factors[i].polynomial for i in active}
    polynomials = [*everything.values(), *setting.equalities]
    variables = range(setting.context.nvars())
    users = {v: [p for p in polynomials if p.degrees()[v] > 0] for v in variables}
    free = {
        v: i
        for i, p in everything.items()
        for v in variables
        if len(users[v]) == 1 and p == setting.context.gen(v) and setting.factors[i].root is None
    }
    rows = [
        [0 if v in free else a - b for v, (a, b) in enumerate(zip(first, other, strict=True))]
        for p in polynomials
        for first, *others in [p.monoms()]
        for other in others
    ]
    rows += [[int(u == v) for u in variables] for v in free]
    unique = [list(r) for r in dict.fromkeys(map(tuple, rows))] or [[0] * len(variables)]
    basis, rank = flint.fmpz_mat(unique).nullspace()
    columns = [[int(basis[r, c]) for r in variables] for c in range(rank)]
    return Weights([tuple(c) for c in columns], free)


def search(
    setting: Setting, goal: Any, relation: str, degree: int, sigma_degree: int, active: list[int]
) -> Proof | None:
    """Look for a proof whose terms are products of at most `degree` active factors."""
    weights = weights_of(setting, active)
    bound = [i for i in active if i not in weights.free.values()]
    strict = [i for i in bound if setting.factors[i].strict]
    if comb(len(bound) + degree, degree) > LARGEST_COUNT:
        return None
    sigmas = list(_products(strict, sigma_degree))
    classes: dict[Any, list[Powers]] = {}
    homogeneous = len({weights.of(m) for m in goal.monoms()}) <= 1
    for powers in sigmas:
        key = weights.of(setting.expand(powers).monoms()[0]) if homogeneous else ()
        classes.setdefault(key, []).append(powers)
    weigh = {i: weights.of(setting.factors[i].polynomial.monoms()[0]) for i in bound}
    candidates: dict[tuple[int, ...], list[Powers]] = {}
    if relation != "=":
        zero = (0,) * len(weights.vectors)
        for powers in _products(bound, degree):
            total = tuple(map(sum, zip(zero, *(weigh[i] for i in powers), strict=True)))
            candidates.setdefault(total, []).append(powers)
    for group in classes.values():
        proof = _solve(setting, goal, relation, group, candidates, weights, degree)
        if proof is not None:
            return proof
    return None


def _products(indices: list[int], degree: int) -> Iterator[Powers]:
    for size in range(degree + 1):
        yield from combinations_with_replacement(indices, size)


def _solve(
    setting: Setting,
    goal: Any,
    relation: str,
    sigmas: list[Powers],
    candidates: dict[tuple[int, ...], list[Powers]],
    weights: Weights,
    degree: int,
) -> Proof | None:
    targets = {powers: setting.expand(powers) * goal for powers in sigmas}
    wanted: dict[tuple[int, ...], set[Powers]] = {}
    for target in targets.values():
        for exponents in target.monoms():
            wanted.setdefault(weights.of(exponents), set()).add(weights.free_part(exponents))
    terms = [
        tuple(sorted(powers + free))
        for key, free_parts in sorted(wanted.items())
        for powers in candidates.get(key, ())
        for free in sorted(free_parts)
    ]
    multipliers = list(_multipliers(setting, targets, weights, degree, wanted))
    if len(terms) + len(multipliers) + len(sigmas) > LARGEST_PROGRAM:
        return None
    columns = [setting.expand(powers) for powers in terms]
    columns += [setting.equalities[e] * monomial for e, monomial in multipliers]
    columns += [-target for target in targets.values()]
    is_strict = [setting.strict(powers) for powers in terms]
    if relation == ">" and not any(is_strict):
        return None
    program = _Program(columns, len(terms), len(multipliers), is_strict, relation == ">")
    solution = program.solve([1 + len(powers) for powers in terms])
    if solution is None:
        return None
    found = {name: c for name, c in zip(terms, solution, strict=False) if c}
    by_equality: dict[int, Any] = {}
    for (e, monomial), c in zip(multipliers, solution[len(terms) :], strict=False):
        if c:
            by_equality[e] = by_equality.get(e, 0 * monomial) + monomial * c
    last = solution[len(terms) + len(multipliers) :]
    return Proof({p: c for p, c in zip(sigmas, last, strict=True) if c}, found, by_equality)


def _multipliers(
    setting: Setting, targets: dict[Powers, Any], weights: Weights, degree: int, wanted: Any
) -> Iterator[tuple[int, Any]]:
    """Monomials by which equalities may be multiplied, of suitable degree and weight."""
    largest = max((t.total_degree() for t in targets.values()), default=0)
    used = {v for t in targets.values() for v, d in enumerate(t.degrees()) if d}
    for index, equality in enumerate(setting.equalities):
        room = max(largest - equality.total_degree(), 0) + (1 if degree > 2 else 0)
        names = sorted(used | {v for v, d in enumerate(equality.degrees()) if d})
        first = equality.monoms()[0]
        monomials = (
            tuple(chosen.count(v) for v in range(setting.context.nvars()))
            for size in range(room + 1)
            for chosen in combinations_with_replacement(names, size)
        )
        for exponents in islice(monomials, LARGEST_PROGRAM):
            total = [a + b for a, b in zip(first, exponents, strict=True)]
            if weights.of(total) in wanted:
                yield index, setting.context.from_dict({exponents: 1})


@dataclass
class _Program:
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


def multiply(setting: Setting, a: Proof, goal_a: Any, b: Proof, goal_b: Any) -> Proof:
    """A proof of the product of two goals, each with its proof."""
    of_b = setting.total(b.sigma) * goal_b
    terms_of_a = setting.total(a.terms)
    multipliers = {e: m * of_b for e, m in a.multipliers.items()}
    for e, m in b.multipliers.items():
        multipliers[e] = multipliers.get(e, 0 * m) + m * terms_of_a
    return Proof(_times(a.sigma, b.sigma), _times(a.terms, b.terms), multipliers)


def _times(a: dict[Powers, Any], b: dict[Powers, Any]) -> dict[Powers, Any]:
    result: dict[Powers, Any] = {}
    for (p, c), (q, d) in product(a.items(), b.items()):
        powers = tuple(sorted(p + q))
        result[powers] = result.get(powers, 0) + c * d
    return result
