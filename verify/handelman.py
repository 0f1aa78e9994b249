"""Which products of hypotheses add up to the goal? Untrusted: the kernel decides.

Products that cannot occur in an identity are left out first (by their weights), the rest is a
linear program. Source: Handelman (1988); our formalisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement, islice, product
from math import comb
from typing import Any

from verify.linear_program import Program

Powers = tuple[int, ...]  # indices of factors, sorted, repeated according to their exponent
LARGEST_COUNT = 40_000  # products enumerated in one search
LARGEST_PROGRAM = 3_000  # columns of one linear program


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
    program = Program(columns, len(terms), len(multipliers), is_strict, relation == ">")
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
