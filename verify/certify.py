"""The untrusted certificate finder: `find(obligation)` returns a certificate the kernel accepts.

    obligation = {"kind": "fixed", "variables": ["x", "y"],
                  "hypotheses": [{"name": "gap", "polynomial": [["1", {"x": 1}], ["-1", {"y": 1}]],
                                  "relation": ">"},
                                 {"name": "y", "polynomial": [["1", {"y": 1}]], "relation": ">="}],
                  "goal": {"polynomial": [["1", {"x": 2}], ["-1", {"y": 2}]], "relation": ">"}}
    certificate = find(obligation)   # None: none found (which does not mean that it is false)

For the forms of obligations and certificates see `theory.kernel`. The search is deterministic:
equalities are used to eliminate variables, a goal is split into factors, and products of growing
degree are offered to a linear program. Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from theory import kernel
from verify.handelman import Factor, Proof, Setting, multiply, search

DEFAULT_DEGREE = 4
LARGEST_SIGMA = 2
MOST_REAL_VARIABLES = 4  # of unknown sign, for which squares are tried

Certificate = dict[str, Any]


def find(
    obligation: Mapping[str, Any],
    degree: int | None = None,
    squares: Sequence[list[Any]] = (),
) -> Certificate | None:
    """Search for a certificate; whatever is returned has been accepted by the kernel.

    `degree` bounds the number of hypotheses multiplied together (default: adaptive, at most 4, free
    variables not counted); `squares` are polynomials whose squares may be used. Raises
    `theory.kernel.Rejected` if the obligation is malformed. None means that nothing was found.
    """
    goals = kernel.reduce(obligation)
    limit = DEFAULT_DEGREE if degree is None else degree
    if obligation["kind"] != "fixed":
        proofs = {}
        for name, goal in goals.items():
            certificate = _find_fixed(goal, limit, squares)
            if certificate is None:
                return None
            proofs[name] = certificate
        certificate = {"proofs": proofs}
    else:
        certificate = _find_fixed(obligation, limit, squares)
        if certificate is None and obligation["goal"]["relation"] == "=":
            certificate = _both_signs(obligation, limit, squares)
    if certificate is not None:
        kernel.check(obligation, certificate)
    return certificate


def _both_signs(
    obligation: Mapping[str, Any], degree: int, squares: Sequence[list[Any]]
) -> Certificate | None:
    proofs = {}
    for name, sign in (("not negative", 1), ("not positive", -1)):
        goal = kernel.read(obligation["goal"]["polynomial"], obligation["variables"])
        polynomial = kernel.write({m: sign * c for m, c in goal.items()})
        part = {**obligation, "goal": {"polynomial": polynomial, "relation": ">="}}
        found = _find_fixed(part, degree, squares)
        if found is None:
            return None
        proofs[name] = found
    return {"proofs": proofs}


def _find_fixed(
    obligation: Mapping[str, Any], degree: int, squares: Sequence[list[Any]]
) -> Certificate | None:
    problem = _Problem(obligation, squares)
    relation = obligation["goal"]["relation"]
    if problem.equalities:
        setting = Setting(problem.context, list(problem.factors), [])
        proof = _prove(setting, problem.goal, relation, min(degree, 2))
        if proof is not None:
            return problem.certificate(proof, setting)
    setting, goal = problem.eliminated()
    proof = _prove(setting, goal, relation, degree)
    if proof is None and relation != "=" and _add_squares(setting, goal):
        proof = _prove(setting, goal, relation, min(degree, 3))
    return None if proof is None else problem.certificate(proof, setting)


def _prove(setting: Setting, goal: Any, relation: str, limit: int) -> Proof | None:
    """Try products of growing degree, on the goal's factors and on the goal itself."""
    if goal == 0:
        return None if relation == ">" else Proof({(): 1}, {})
    known: dict[str, tuple[int, Proof]] = {}
    for degree in range(1, limit + 1):
        proof = _by_factors(setting, goal, relation, degree, known)
        proof = proof or _directly(setting, goal, relation, degree)
        if proof is not None:
            return proof
    return None


def _directly(setting: Setting, goal: Any, relation: str, degree: int) -> Proof | None:
    everything = [i for i, factor in enumerate(setting.factors) if factor.polynomial != 0]
    in_goal = _variables(goal)
    relevant = [i for i in everything if _variables(setting.factors[i].polynomial) <= in_goal]
    for sigma_degree in sorted({min(s, degree - 1) for s in range(LARGEST_SIGMA + 1)}):
        for active in [relevant] if relevant == everything else [relevant, everything]:
            proof = search(setting, goal, relation, degree, sigma_degree, active)
            if proof is not None:
                return proof
    return None


def _by_factors(
    setting: Setting, goal: Any, relation: str, degree: int, known: dict[str, tuple[int, Proof]]
) -> Proof | None:
    """Prove the sign of each irreducible factor and multiply the proofs."""
    constant, powers = goal.factor()
    if relation == "=" or (len(powers) == 1 and powers[0][1] == 1):
        return None
    parts: list[tuple[Proof, Any]] = []
    for factor, exponent in powers:
        if relation == ">=" and exponent > 1:
            half = setting.square(factor)
            parts += [(Proof({(): 1}, {(half,): 1}), factor**2)] * (exponent // 2)
        if relation == ">" or exponent % 2:
            if str(factor) not in known:
                for sign in (1, -1):
                    proof = _directly(setting, sign * factor, relation, degree)
                    if proof is not None:
                        known[str(factor)] = (sign, proof)
                        break
            if str(factor) not in known:
                return None
            sign, proof = known[str(factor)]
            constant *= sign**exponent
            parts += [(proof, sign * factor)] * (exponent if relation == ">" else 1)
    if constant < 0:
        return None
    whole, product = Proof({(): 1}, {(): constant}), setting.context.constant(constant)
    for proof, part in parts:
        whole, product = multiply(setting, whole, product, proof, part), product * part
    return whole


def _variables(polynomial: Any) -> set[int]:
    return {v for v, d in enumerate(polynomial.degrees()) if d > 0}


def _add_squares(setting: Setting, goal: Any) -> bool:
    """Offer the squares of u, u + v and u - v for variables u, v of unknown sign."""
    signed = {
        v
        for f in setting.factors
        for v in _variables(f.polynomial)
        if f.polynomial.total_degree() == 1 and len(f.polynomial) == 1
    }
    real = [v for v, d in enumerate(goal.degrees()) if d >= 2 and v not in signed]
    if not 1 <= len(real) <= MOST_REAL_VARIABLES:
        return False
    gens = [setting.context.gen(v) for v in real]
    for root in [*gens, *(u + s * v for u, v in combinations(gens, 2) for s in (1, -1))]:
        setting.square(root)
    return True


@dataclass(frozen=True)
class _Equality:
    """An equality after earlier eliminations: `polynomial` is the combination of the given ones."""

    polynomial: Any
    combination: dict[str, Any]


class _Problem:
    """One fixed obligation, translated to fast polynomials and back."""

    def __init__(self, obligation: Mapping[str, Any], squares: Sequence[list[Any]]) -> None:
        import flint

        self.names = list(obligation["variables"])
        symbols = [f"x{i}" for i in range(max(len(self.names), 1))]
        self.context = flint.fmpq_mpoly_ctx.get(symbols, flint.Ordering.lex)
        self.goal = self.polynomial(obligation["goal"]["polynomial"])
        self.factors: list[Factor] = []
        self.equalities: dict[str, Any] = {}
        self.eliminations: list[tuple[int, Any, _Equality]] = []
        self.remaining: list[_Equality] = []
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
            equality = self._reduced(_Equality(polynomial, combination))
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

    def _reduced(self, equality: _Equality) -> _Equality:
        for variable, value, known in self.eliminations:
            reduced = self._replace(equality.polynomial, variable, value)
            quotient, _ = divmod(equality.polynomial - reduced, known.polynomial)
            combination = dict(equality.combination)
            for name, factor in known.combination.items():
                combination[name] = combination.get(name, 0 * factor) - quotient * factor
            equality = _Equality(reduced, combination)
        return equality

    def _solvable(self, polynomial: Any) -> int | None:
        """The variable to eliminate: the one that fewest hypotheses mention."""
        good = [
            v
            for v in sorted(_variables(polynomial))
            if polynomial.degrees()[v] == 1 and polynomial.derivative(v).total_degree() == 0
        ]
        mentions = {v: sum(v in _variables(f.polynomial) for f in self.factors) for v in good}
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

        def add(quotient: Any, equality: _Equality) -> None:
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
