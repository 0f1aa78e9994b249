"""A fixed obligation in fast polynomials, with variables eliminated by its equalities; and back.

An equality that is linear in a variable, with a constant coefficient, replaces that variable
everywhere. The certificate needs multipliers for it: they are quotients, found by division when a
proof is known. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from theory import kernel
from verify.handelman import Factor, Proof, Setting

Certificate = dict[str, Any]


@dataclass(frozen=True)
class Equality:
    """An equality after earlier eliminations: `polynomial` is the combination of the given ones."""

    polynomial: Any
    combination: dict[str, Any]


class Problem:
    """One fixed obligation, translated to fast polynomials and back."""

    def __init__(self, obligation: Mapping[str, Any], squares: Sequence[list[Any]]) -> None:
        import flint

        self.names = list(obligation["variables"])
        symbols = [f"x{i}" for i in range(max(len(self.names), 1))]
        self.context = flint.fmpq_mpoly_ctx.get(symbols, flint.Ordering.lex)
        self.goal = self.polynomial(obligation["goal"]["polynomial"])
        self.factors: list[Factor] = []
        self.equalities: dict[str, Any] = {}
        self.eliminations: list[tuple[int, Any, Equality]] = []
        self.remaining: list[Equality] = []
        for one in obligation["hypotheses"]:
            polynomial = self.polynomial(one["polynomial"])
            if one["relation"] == "=":
                self.equalities[one["name"]] = polynomial
            else:
                self.factors.append(Factor(one["name"], polynomial, one["relation"] == ">"))
        self.originals = {f.name: f.polynomial for f in self.factors}
        for root in map(self.polynomial, squares):
            self.factors.append(Factor("", root**2, strict=False, root=root))

    def polynomial(self, data: list[Any]) -> Any:
        """From the kernel's form."""
        import flint

        terms = {
            tuple(dict(monomial).get(n, 0) for n in self.names) or (0,): flint.fmpq(
                c.numerator, c.denominator
            )
            for monomial, c in kernel.read(data, self.names).items()
        }
        return self.context.from_dict(terms)

    def written(self, polynomial: Any) -> list[Any]:
        """To the kernel's form."""
        return [
            [str(c), {n: int(e) for n, e in zip(self.names, exponents, strict=False) if e}]
            for exponents, c in polynomial.to_dict().items()
        ]

    def eliminated(self) -> tuple[Setting, Any]:
        """Replace a variable by each equality that is linear in it with a constant coefficient."""
        self.eliminations, self.remaining = [], []
        for name, polynomial in self.equalities.items():
            combination = {name: self.context.constant(1)}
            equality = self._reduced(Equality(polynomial, combination))
            variable = self._solvable(equality.polynomial)
            if variable is None:
                self.remaining.append(equality)
            else:
                gen = self.context.gen(variable)
                slope = equality.polynomial.derivative(variable)
                value = gen - equality.polynomial / slope
                self.eliminations.append((variable, value, equality))
        self.remaining = [self._reduced(e) for e in self.remaining]
        self.remaining = [e for e in self.remaining if e.polynomial != 0]
        factors = [
            Factor(f.name, self._put(f.polynomial), f.strict, f.root and self._put(f.root))
            for f in self.factors
        ]
        rest = [e.polynomial for e in self.remaining]
        return Setting(self.context, factors, rest), self._put(self.goal)

    def _put(self, polynomial: Any) -> Any:
        for variable, value, _ in self.eliminations:
            polynomial = self._replace(polynomial, variable, value)
        return polynomial

    def _replace(self, polynomial: Any, variable: int, value: Any) -> Any:
        gens = list(self.context.gens())
        gens[variable] = value
        return polynomial.compose(*gens, ctx=self.context)

    def _reduced(self, equality: Equality) -> Equality:
        for variable, value, known in self.eliminations:
            reduced = self._replace(equality.polynomial, variable, value)
            quotient, _ = divmod(equality.polynomial - reduced, known.polynomial)
            combination = dict(equality.combination)
            for name, factor in known.combination.items():
                combination[name] = combination.get(name, 0 * factor) - quotient * factor
            equality = Equality(reduced, combination)
        return equality

    def _solvable(self, polynomial: Any) -> int | None:
        """The variable to eliminate: the one that fewest hypotheses mention."""
        good = [
            v
            for v in sorted(variables_of(polynomial))
            if polynomial.degrees()[v] == 1 and polynomial.derivative(v).total_degree() == 0
        ]
        mentions = {v: sum(v in variables_of(f.polynomial) for f in self.factors) for v in good}
        return min(good, key=lambda v: (mentions[v], v), default=None)

    def certificate(self, proof: Proof, setting: Setting) -> Certificate:
        """The proof as the kernel's data, with multipliers for the eliminated variables."""
        used = {i for powers in proof.terms for i in powers}
        names: dict[int, str] = {}
        squares: dict[str, Any] = {}
        for i, factor in enumerate(setting.factors):
            if factor.root is None:
                names[i] = factor.name
            elif i in used:
                names[i] = _fresh(f"square {len(squares) + 1}", self.originals, self.equalities)
                squares[names[i]] = self.written(factor.root)
        multipliers = self._multipliers(proof, setting)
        return {
            "sigma": _products(proof.sigma, names),
            "terms": _products(proof.terms, names),
            "multipliers": {n: self.written(m) for n, m in multipliers.items() if m != 0},
            "squares": squares,
        }

    def _multipliers(self, proof: Proof, setting: Setting) -> dict[str, Any]:
        given = [
            Factor(f.name, self.originals.get(f.name, f.polynomial), f.strict, f.root)
            if f.root is None
            else f
            for f in setting.factors
        ]
        original = Setting(self.context, given, [])
        residual = original.total(proof.sigma) * self.goal - original.total(proof.terms)
        multipliers: dict[str, Any] = {}

        def add(quotient: Any, equality: Equality) -> None:
            for name, factor in equality.combination.items():
                multipliers[name] = multipliers.get(name, 0 * factor) + quotient * factor

        for index, multiplier in proof.multipliers.items():
            residual -= multiplier * self.remaining[index].polynomial
            add(multiplier, self.remaining[index])
        for variable, value, equality in self.eliminations:
            reduced = self._replace(residual, variable, value)
            quotient, _ = divmod(residual - reduced, equality.polynomial)
            add(quotient, equality)
            residual = reduced
        return multipliers


def _products(entries: Mapping[tuple[int, ...], Any], names: Mapping[int, str]) -> list[Any]:
    return [
        {"coefficient": str(c), "powers": {names[i]: powers.count(i) for i in sorted(set(powers))}}
        for powers, c in sorted(entries.items())
        if c != 0
    ]


def _fresh(name: str, *taken: Mapping[str, Any]) -> str:
    while any(name in names for names in taken):
        name += "'"
    return name


def variables_of(polynomial: Any) -> set[int]:
    """The indices of the variables that occur."""
    return {v for v, d in enumerate(polynomial.degrees()) if d > 0}
