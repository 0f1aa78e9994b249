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
from fractions import Fraction
from itertools import combinations
from typing import Any

from theory import kernel
from verify.elimination import Certificate, Problem, variables_of
from verify.handelman import Proof, Setting, multiply, search

DEFAULT_DEGREE = 4
LARGEST_SIGMA = 2
MOST_REAL_VARIABLES = 4  # of unknown sign, for which squares are tried


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
        if certificate is None:
            certificate = _equalities_as_pairs(obligation, limit, squares)
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


def _equalities_as_pairs(
    obligation: Mapping[str, Any], degree: int, squares: Sequence[list[Any]]
) -> Certificate | None:
    """Offer every equality e = 0 as e >= 0 and -e >= 0, then collect its multiples again."""
    halves: dict[str, tuple[str, int]] = {}
    hypotheses = []
    for hypothesis in obligation["hypotheses"]:
        if hypothesis["relation"] != "=":
            hypotheses.append(hypothesis)
            continue
        e = kernel.read(hypothesis["polynomial"], obligation["variables"])
        for sign in (1, -1):
            name = f"{hypothesis['name']} times {sign}"
            halves[name] = (hypothesis["name"], sign)
            half = kernel.write({m: sign * c for m, c in e.items()})
            hypotheses.append({"name": name, "polynomial": half, "relation": ">="})
    if not halves:
        return None
    found = _find_fixed({**obligation, "hypotheses": hypotheses}, degree, squares)
    return None if found is None else _collected(found, halves, hypotheses, obligation)


def _collected(
    found: Certificate,
    halves: Mapping[str, tuple[str, int]],
    hypotheses: Sequence[Mapping[str, Any]],
    obligation: Mapping[str, Any],
) -> Certificate:
    """Terms with a half of an equality become multiples of that equality."""
    variables = obligation["variables"]
    factors = {h["name"]: kernel.read(h["polynomial"], variables) for h in hypotheses}
    for name, root in found["squares"].items():
        factors[name] = kernel.power(kernel.read(root, variables), 2)
    multipliers: dict[str, kernel.Polynomial] = {}
    terms = []
    for term in found["terms"]:
        half = next((n for n in term["powers"] if n in halves), None)
        if half is None:
            terms.append(term)
            continue
        equality, sign = halves[half]
        rest = {**term["powers"], half: term["powers"][half] - 1}
        product: kernel.Polynomial = {(): sign * Fraction(term["coefficient"])}
        for name, exponent in rest.items():
            product = kernel.times(product, kernel.power(factors[name], exponent))
        multipliers[equality] = kernel.plus(multipliers.get(equality, {}), product)
    written = {name: kernel.write(m) for name, m in multipliers.items()}
    return {**found, "terms": terms, "multipliers": {**found["multipliers"], **written}}


def _find_fixed(
    obligation: Mapping[str, Any], degree: int, squares: Sequence[list[Any]]
) -> Certificate | None:
    problem = Problem(obligation, squares)
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
    in_goal = variables_of(goal)
    relevant = [i for i in everything if variables_of(setting.factors[i].polynomial) <= in_goal]
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


def _add_squares(setting: Setting, goal: Any) -> bool:
    """Offer the squares of u, u + v and u - v for variables u, v of unknown sign."""
    signed = {
        v
        for f in setting.factors
        for v in variables_of(f.polynomial)
        if f.polynomial.total_degree() == 1 and len(f.polynomial) == 1
    }
    real = [v for v, d in enumerate(goal.degrees()) if d >= 2 and v not in signed]
    if not 1 <= len(real) <= MOST_REAL_VARIABLES:
        return False
    gens = [setting.context.gen(v) for v in real]
    for root in [*gens, *(u + s * v for u, v in combinations(gens, 2) for s in (1, -1))]:
        setting.square(root)
    return True
