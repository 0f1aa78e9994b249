"""TS-1: projectors of exact random matrices, two ways, and the fractions of vectors."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import sympy

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.exact_matrices import (
    Matrix,
    diagonal,
    dot,
    identity,
    matrix,
    projector,
    random_basis,
    random_vector,
    scaled,
    trace,
    vector,
    with_spectrum,
)

INSTANCES = {"fast": 25, "full": 300}
Spectrum = Sequence[Fraction]


def spectral_projector(hessian: Matrix, spectrum: Spectrum, k: int) -> Matrix:
    """P_k as a polynomial in H: it vanishes at the bulk eigenvalues and is 1 at dominant ones.

    No eigenvector is used, so it cannot depend on a choice among them. Needs a gap.
    """
    distinct = sorted(set(spectrum), reverse=True)
    total, one = hessian * 0, identity(hessian.nrows())
    for value in sorted(set(spectrum[:k]), reverse=True):
        term = one
        for other in distinct:
            if other != value:
                term = scaled(1 / (value - other), term * (hessian - scaled(other, one)))
        total += term
    return total


def fraction_squared(block: Matrix, v: Matrix) -> Fraction:
    """chi^2 of a vector: |Pv|^2 / |v|^2, and 0 for the zero vector, as Definition 2 says."""
    part, size = block * v, dot(v, v)
    return dot(part, part) / size if size else Fraction(0)


def random_spectrum(source: random.Random) -> tuple[list[Fraction], int]:
    """Descending eigenvalues of both signs, some repeated, with a gap after the first k."""
    size = source.randint(2, 6)
    k = source.randint(1, size - 1)
    bulk = [Fraction(source.randint(-4, 2), 2) for _ in range(size - k)]
    dominant = [max(bulk) + Fraction(source.randint(1, 3), 2) for _ in range(k)]
    return sorted(dominant, reverse=True) + sorted(bulk, reverse=True), k


def draws(settings: Settings, name: str) -> tuple[random.Random, int]:
    """The stream of a check, and how many instances it looks at."""
    source = random.Random(settings.stream("TS-1", name))
    return source, INSTANCES.get(settings.tier, INSTANCES["full"])


@check("TS-1", "exact", "projectors of random matrices")
def projectors(settings: Settings) -> Outcome:
    """Fails when the sum of u u^T breaks one of the identities, for some exact random matrix."""
    source, count = draws(settings, "projectors")
    for _ in range(count):
        spectrum, k = random_spectrum(source)
        basis = random_basis(len(spectrum), source)
        hessian, p = with_spectrum(spectrum, basis), projector(basis, range(k))
        rest, v = identity(len(spectrum)) - p, random_vector(len(spectrum), source)
        wrong = [
            name
            for name, holds in {
                "orthogonal basis": basis.transpose() * basis == identity(len(spectrum)),
                "P^T = P": p.transpose() == p,
                "P^2 = P": p * p == p,
                "tr P = k": trace(p) == k,
                "PH = HP": p * hessian == hessian * p,
                "P P^perp = 0": p * rest == p * 0,
                "decomposition": p * v + rest * v == v and dot(p * v, rest * v) == 0,
                "both fractions": fraction_squared(p, v) + fraction_squared(rest, v) == 1,
                "scale": fraction_squared(p, scaled(Fraction(-7, 3), v)) == fraction_squared(p, v),
                "1 in the subspace": fraction_squared(p, p * v) == int(p * v != v * 0),
            }.items()
            if not holds
        ]
        if wrong:
            raise Failed(f"{', '.join(wrong)}: eigenvalues {spectrum}, k = {k}")
    return Outcome(f"{count} random symmetric matrices in up to 6 dimensions, 10 identities each")


@check("TS-1", "exact", "every eigenbasis gives one projector")
def one_projector(settings: Settings) -> Outcome:
    """Fails when turning eigenvectors among equal eigenvalues changes the projector, or when it
    is not the polynomial in H."""
    source, count = draws(settings, "bases")
    repeated = 0
    for _ in range(count):
        spectrum, k = random_spectrum(source)
        basis = random_basis(len(spectrum), source)
        turned = basis * turn_among_equals(spectrum, source)
        hessian = with_spectrum(spectrum, basis)
        if with_spectrum(spectrum, turned) != hessian:
            raise Failed("not an eigenbasis of the same matrix")
        both = [projector(columns, range(k)) for columns in (basis, turned)]
        if both[0] != both[1] or both[0] != spectral_projector(hessian, spectrum, k):
            raise Failed(f"two bases, two projectors: eigenvalues {spectrum}, k = {k}")
        repeated += len(set(spectrum[:k])) < k
    if not repeated:
        raise Failed("no instance had equal eigenvalues inside the block")
    return Outcome(f"{count} matrices, {repeated} with equal eigenvalues inside the block")


def turn_among_equals(spectrum: Spectrum, source: random.Random) -> Matrix:
    """An orthogonal matrix that mixes coordinates with equal eigenvalues only."""
    size = len(spectrum)
    total = identity(size)
    for value in set(spectrum):
        indices = [i for i, x in enumerate(spectrum) if x == value]
        block = random_basis(len(indices), source)
        for i, row in enumerate(indices):
            for j, column in enumerate(indices):
                total[row, column] = block[i, j]
    return total


@check("TS-1", "exact", "chi grows with k")
def grows_with_k(settings: Settings) -> Outcome:
    """Fails when a larger k gives a vector a smaller fraction."""
    source, count = draws(settings, "k")
    for _ in range(count):
        size = source.randint(2, 6)
        basis, v = random_basis(size, source), random_vector(size, source)
        fractions = [fraction_squared(projector(basis, range(k)), v) for k in range(size + 1)]
        if fractions != sorted(fractions) or [*fractions[:1], *fractions[-1:]] != [0, 1]:
            raise Failed(f"fractions {fractions} for k = 0, 1, ...")
    return Outcome(f"{count} vectors, every k from 0 to p")


@check("TS-1", "exact", "chi jumps at zero")
def jumps_at_zero(settings: Settings) -> Outcome:
    """Fails when chi of ever smaller multiples of a vector tends to chi(0)."""
    block = projector(identity(2), [0])
    v = vector([3, 4])
    values = {fraction_squared(block, scaled(Fraction(1, 10**n), v)) for n in range(0, 40, 5)}
    at_zero = fraction_squared(block, vector([0, 0]))
    if values != {Fraction(9, 25)} or at_zero != 0:
        raise Failed(f"chi^2 is {values} near zero and {at_zero} at zero")
    return Outcome("chi = 3/5 at 10^-n (3, 4) for every n, and 0 at 0")


@check("TS-1", "symbolic", "every 2 x 2 and 3 x 3 matrix")
def small_matrices(settings: Settings) -> Outcome:
    """Fails when P^2 = P, tr P = k or PH = HP is not an identity in all entries of the basis.

    One of p = 3 directions is enough: P_2 of H is I - P_1 of -H.
    """
    for size, k in ((2, 1), (3, 1)):
        columns, length = general_basis(size)
        spectrum = sympy.symbols(f"lambda1:{size + 1}", real=True)
        squares = [u * u.T for u in columns]
        p = sum(squares[:k], sympy.zeros(size))  # times length^2
        parts = [x * s for x, s in zip(spectrum, squares, strict=True)]
        h = sum(parts, sympy.zeros(size))
        for name, residual in {
            "P^2 = P": p * p - length**2 * p,
            "PH = HP": p * h - h * p,
            "tr P = k": sympy.Matrix([p.trace() - k * length**2]),
            "HP has the dominant eigenvalues": h * p - length**2 * sum(parts[:k], p * 0),
        }.items():
            if any(sympy.expand(entry) != 0 for entry in residual):
                raise Failed(f"{name} fails for p = {size}, k = {k}")
    return Outcome("identities in the parameters of every rotation, p = 2 and 3")


def general_basis(size: int) -> tuple[list[sympy.Matrix], sympy.Expr]:
    """The columns of a general rotation times their common length, a polynomial, and that length.

    The rotation is the Cayley transform (I - A)(I + A)^-1 of a general skew matrix.
    """
    entries = iter(sympy.symbols("s1:4", real=True))
    skew = sympy.zeros(size)
    for i in range(size):
        for j in range(i):
            skew[i, j] = next(entries)
            skew[j, i] = -skew[i, j]
    plus = sympy.eye(size) + skew
    rotation = ((sympy.eye(size) - skew) * plus.adjugate()).applyfunc(sympy.expand)
    return [rotation[:, i] for i in range(size)], sympy.expand(plus.det())


@check("TS-1", "assumption", "gap")
def without_a_gap(settings: Settings) -> Outcome:
    """Fails unless two eigenbases of H = I give e_1 the fractions 1 and 0."""
    first = vector([1, 0])
    found = set()
    for columns in ([[1, 0], [0, 1]], [[0, 1], [1, 0]]):
        basis = matrix(columns)
        if with_spectrum([Fraction(1)] * 2, basis) != identity(2):
            raise Failed("not an eigenbasis of I")
        found.add(fraction_squared(projector(basis, [0]), first))
    if found != {Fraction(0), Fraction(1)}:
        raise Failed(f"the fractions are {found}")
    return Outcome("H = I, k = 1, v = e_1: chi = 1 or 0, by the choice of u_1")


@check("TS-1", "mutant", "ordered by absolute value")
def ordered_by_absolute_value(settings: Settings) -> Outcome:
    """Fails unless ordering by |lambda| makes S_1 of diag(1, -5) another subspace."""
    spectrum, hessian = [Fraction(1), Fraction(-5)], diagonal([1, -5])
    definition = spectral_projector(hessian, spectrum, 1)
    by_size = sorted(range(2), key=lambda i: -abs(spectrum[i]))
    other = projector(identity(2), by_size[:1])
    if definition != diagonal([1, 0]) or other != diagonal([0, 1]):
        raise Failed("both orders give the same subspace")
    return Outcome("diag(1, -5): S_1 is spanned by e_1, by absolute value it would be e_2")


@check("TS-1", "mutant", "chi is continuous")
def not_continuous(settings: Settings) -> Outcome:
    """Fails unless chi is 3/5 arbitrarily near 0, where it is 0."""
    return jumps_at_zero(settings)
