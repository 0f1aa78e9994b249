"""True and false statements for the certificate tests, in the words of the primary paper."""

from __future__ import annotations

from typing import Any

from obligation_builders import fixed, fold, linear, pair
from sympy import Eq, Symbol, symbols

D, B, p, q, eta, a, b = symbols("D B p q eta a b")
m1_D, m1_B, m2_D, m2_B, D_next, B_next = symbols("m1_D m1_B m2_D m2_B D_next B_next")
lambda_k, lambda_k1 = symbols("lambda_k lambda_k1")
n_D, n_B, s_D, s_B, delta, M, m, s, t, u, v = symbols("n_D n_B s_D s_B delta M m s t u v")
l_i, e_i, c_i, x_i, r_i, w_i = symbols("l_i e_i c_i x_i r_i w_i")  # lambda, energy, level, excess,
l_j, e_j, c_j, x_j, r_j, w_j = symbols("l_j e_j c_j x_j r_j w_j")  # rho, rho^t
rho = Symbol("rho")
X, Y, lam, mu = symbols("X Y lam mu")

GAP = {
    "dominant": l_i >= lambda_k,
    "bulk": l_j <= lambda_k1,
    "gap": lambda_k > lambda_k1,
    "e_i": e_i >= 0,
    "e_j": e_j >= 0,
}
SUMS = {"D": e_i, "m1_D": l_i * e_i, "m2_D": l_i**2 * e_i}
SUMS |= {"B": e_j, "m1_B": l_j * e_j, "m2_B": l_j**2 * e_j}
LISTS = ([l_i, e_i], [l_j, e_j])
ENERGY = {"D": D > 0, "B": B > 0}


def quadratic(weight: Any, first: Any, second: Any, at: Any) -> Any:
    """SA-4's Q, with G = 1."""
    return weight * at * (1 - at) + first * (1 - at) - second * at


SA3 = {"p": p > 0, "eta": eta > 0, **ENERGY, "D+": D_next >= 0, "B+": B_next >= 0}
SA3 |= {"G+": D_next + B_next > 0, "step": Eq(D_next * B - D * B_next, eta * (eta * q - 2 * p))}
ALIGNMENT, NEXT = D / (D + B), D_next / (D_next + B_next)

SA9 = {
    "c_i": c_i >= 0, "c_j": c_j >= 0, "x_i": x_i >= 0, "x_j": x_j >= 0, "w_i": w_i >= 0,
    "w_j": w_j >= 0, "r_i": r_i >= 0, "order i": rho > r_i, "order j": r_j >= rho, "r_j": r_j < 1,
}  # fmt: skip
SA9_TERM = (
    c_i * x_j * (1 - r_j) * (r_j - rho) * w_j
    + c_j * x_i * (1 - r_i) * (rho - r_i) * w_i
    + x_i * x_j * (r_j - r_i) * (rho - r_i * r_j) * w_i * w_j
)

Obligations = list[dict[str, Any]]


def sa9(hypotheses: dict[str, Any]) -> dict[str, Any]:
    """S_{t+1} - rho_{k+1} S_t >= 0, a double sum; every monomial gets a sum of its own."""
    sums: dict[str, Any] = {}
    names: dict[Any, str] = {}
    goal = 0
    for term in SA9_TERM.expand().as_ordered_terms():
        image = 1
        for side in ({c_i, x_i, r_i, w_i}, {c_j, x_j, r_j, w_j}):
            part = term.as_independent(*side, as_Add=False)[1]
            name = names.setdefault(part, f"S{len(names)}")
            sums[name] = part
            image *= Symbol(name)
        mine = {c_i, x_i, r_i, w_i, c_j, x_j, r_j, w_j}
        goal += term.as_independent(*mine, as_Add=False)[0] * image
    lists = ([c_i, x_i, r_i, w_i], [c_j, x_j, r_j, w_j])
    return pair(lists, sums, hypotheses, SA9_TERM, goal >= 0)


def true_statements() -> dict[str, Obligations]:
    """Name -> obligations that must all be certified."""
    contrast = (l_i - l_j) * e_i * e_j
    q_p, q_s = (l_i - lambda_k) * l_i, (lambda_k - l_j) * l_j
    between = {"a": a > 0, "a < b": a < b, "b": b < 1}
    noise = {"n_D": n_D > 0, "n_B": n_B > 0, "delta": delta > 0}
    two_level = {"lam": lam > mu, "mu": mu > 0, "Y": Y > 0, "X": X > Y}
    eta_star, eta_dom, eta_bulk = 2 * (lam - mu) / (lam * X - mu * Y), 2 / X, 2 / Y
    return {
        "SA-2 p": [
            pair(LISTS, SUMS, GAP, contrast - (lambda_k - lambda_k1) * e_i * e_j,
                 m1_D * B - D * m1_B >= (lambda_k - lambda_k1) * D * B)
        ],
        "SA-2 p is positive": fixed(
            ENERGY | {"gap": lambda_k > lambda_k1, "p": p >= (lambda_k - lambda_k1) * D * B}, p > 0
        ),
        "SA-2 second sum": [
            pair(LISTS, SUMS, GAP | {"l_j": l_j > 0}, (l_i**2 - l_j**2) * e_i * e_j,
                 m2_D * B - D * m2_B >= 0)
        ],
        "SA-2 second sum, strict": [
            pair(LISTS, SUMS, GAP | {"l_j": l_j > 0, "e_i": e_i > 0, "e_j": e_j > 0},
                 (l_i**2 - l_j**2) * e_i * e_j, m2_D * B - D * m2_B > 0, nonempty=True)
        ],
        "block mean, by induction": [
            fold([l_i, e_i], {"D": e_i, "m": l_i * e_i},
                 {"above": l_i >= lambda_k, "e": e_i >= 0}, [m >= lambda_k * D])
        ],
        "block mean, mirrored": [
            fold([l_j, e_j], {"B": e_j, "m": l_j * e_j},
                 {"below": l_j <= lambda_k1, "e": e_j >= 0}, [m <= lambda_k1 * B])
        ],
        "block mean, summed": [
            linear([l_i, e_i], {"D": e_i, "m": l_i * e_i},
                   {"above": l_i >= lambda_k, "e": e_i >= 0}, (l_i - lambda_k) * e_i,
                   m >= lambda_k * D)
        ],
        "energy is positive, non-empty list": [
            fold([e_i], {"D": e_i}, {"e": e_i > 0}, [D > 0], base="first")
        ],
        "SA-3 falls below": fixed(SA3 | {"q": q > 0, "low": eta * q < 2 * p}, NEXT < ALIGNMENT),
        "SA-3 rises above": fixed(SA3 | {"q": q > 0, "high": eta * q > 2 * p}, NEXT > ALIGNMENT),
        "SA-3 equal": fixed(SA3 | {"q": q > 0, "at": Eq(eta * q, 2 * p)}, Eq(NEXT, ALIGNMENT)),
        "SA-3 self-correction": fixed(SA3 | {"q": q <= 0}, NEXT < ALIGNMENT),
        "SA-4 threshold": fixed(
            between | noise | {"Q": quadratic(delta, n_D, n_B, b) >= 0},
            quadratic(delta, n_D, n_B, a) > 0,
        ),
        "SA-4 threshold, concave or not": fixed(
            between | {"n_D": n_D > 0, "n_B": n_B > 0, "Q": quadratic(delta, n_D, n_B, b) >= 0},
            quadratic(delta, n_D, n_B, a) > 0,
        ),
        "SA-9": [sa9(SA9)],
        "SA-14 order of the steps": fixed(
            {"Y": Y > 0, "X": X > Y, "a": a > 0, "a < 1": a < 1}, 2 / (a * X + (1 - a) * Y) > 2 / X
        ),
        "SA-14 order, second half": fixed(
            {"Y": Y > 0, "X": X > Y, "a": a > 0, "a < 1": a < 1}, 2 / (a * X + (1 - a) * Y) < 2 / Y
        ),
        "SA-16 Q - lambda_k Q_P": [
            pair(LISTS, {"D": e_i, "m1_D": l_i * e_i, "m2_D": l_i**2 * e_i, "B": e_j,
                         "m1_B": l_j * e_j, "m2_B": l_j**2 * e_j},
                 GAP | {"l_j": l_j >= 0, "l_k": lambda_k > 0}, (q_p + q_s) * e_i * e_j,
                 (m2_D - lambda_k * m1_D) * B + (lambda_k * m1_B - m2_B) * D >= 0)
        ],
        "SA-16 two-level, eta* < eta_dom": fixed(two_level, eta_star < eta_dom),
        "SA-16 two-level, eta_dom < eta_bulk": fixed(two_level, eta_dom < eta_bulk),
        "Cauchy-Schwarz": [
            fold([u, v], {"s": v, "m": v * u, "M": v * u**2}, {"v": v >= 0},
                 [t**2 * s - 2 * t * m + M >= 0])
        ],
        "Cauchy-Schwarz, over pairs of one list": [
            pair(([u, v], [t, w_j]), {"s": v, "m": v * u, "M": v * u**2, "s'": w_j, "m'": w_j * t,
                                      "M'": w_j * t**2},
                 {"v": v >= 0, "w": w_j >= 0}, v * w_j * (u - t)**2,
                 M * Symbol("s'") + s * Symbol("M'") - 2 * m * Symbol("m'") >= 0)
        ],
        "one step, as an identity": [
            linear([l_i, e_i, c_i, x_i], {"D": e_i, "D_next": x_i, "m1": l_i * e_i,
                                          "m2": l_i**2 * e_i, "n": l_i**2 * c_i},
                   {"update": Eq(x_i, (1 - eta * l_i)**2 * e_i + eta**2 * l_i**2 * c_i)},
                   x_i - e_i + 2 * eta * l_i * e_i - eta**2 * l_i**2 * (e_i + c_i),
                   Eq(D_next - D, -2 * eta * Symbol("m1")
                      + eta**2 * (Symbol("m2") + Symbol("n"))))
        ],
        "between two bounds": fixed({"low": p >= q, "high": p <= q}, Eq(p, q)),
    }  # fmt: skip


def false_statements() -> dict[str, Obligations]:
    """Name -> obligations of which the last is false: no certificate can exist."""
    no_gap = {n: h for n, h in GAP.items() if n != "gap"}
    between = {"a": a > 0, "a < b": a < b, "b": b < 1, "n_D": n_D > 0, "n_B": n_B > 0}
    return {
        "SA-2 without a gap": [
            pair(LISTS, SUMS, no_gap, (l_i - l_j) * e_i * e_j, m1_D * B - D * m1_B >= 0)
        ],
        "SA-2 with 1.01 times the gap": [
            pair(LISTS, SUMS, GAP, (l_i - l_j) * e_i * e_j
                 - (lambda_k - lambda_k1) * e_i * e_j * 101 / 100,
                 m1_D * B - D * m1_B >= (lambda_k - lambda_k1) * D * B * 101 / 100)
        ],
        "SA-2 strict although energies may vanish": [
            pair(LISTS, SUMS, GAP, (l_i - l_j) * e_i * e_j, m1_D * B - D * m1_B > 0, nonempty=True)
        ],
        "SA-2 indefinite": [
            pair(LISTS, SUMS, GAP, (l_i**2 - l_j**2) * e_i * e_j, m2_D * B - D * m2_B >= 0)
        ],
        "block mean above twice the bound": [
            fold([l_i, e_i], {"D": e_i, "m": l_i * e_i},
                 {"above": l_i >= lambda_k, "e": e_i >= 0}, [m >= 2 * lambda_k * D])
        ],
        "energy is positive, empty list": [fold([e_i], {"D": e_i}, {"e": e_i > 0}, [D > 0])],
        "SA-3 half the step": fixed(SA3 | {"q": q > 0, "high": eta * q > p}, NEXT > ALIGNMENT),
        "SA-3 always falls": fixed(SA3, NEXT < ALIGNMENT),
        "SA-3 rises at the step": fixed(
            SA3 | {"q": q > 0, "at": eta * q >= 2 * p}, NEXT > ALIGNMENT
        ),
        "SA-4 other side": fixed(
            between | {"delta": delta > 0, "Q": quadratic(delta, n_D, n_B, a) >= 0},
            quadratic(delta, n_D, n_B, b) > 0,
        ),
        "SA-9 below the stationary level": [sa9({n: h for n, h in SA9.items() if n != "x_j"})],
        "SA-9 step too large": [sa9({n: h for n, h in SA9.items() if n != "order i"})],
        "SA-14 reversed": fixed(
            {"Y": Y > 0, "X": X > 0, "a": a > 0, "a < 1": a < 1},
            2 / (a * X + (1 - a) * Y) > 2 / X,
        ),
        "not an equality": fixed({"low": p >= q}, Eq(p, q)),
        "denominator may vanish": fixed({"x": Eq(p, 0)}, p / q >= 0)[:1],
    }  # fmt: skip
