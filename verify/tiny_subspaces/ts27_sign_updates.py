"""Sign-type and preconditioned updates made literally, in the eigenbasis and in another one."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import sympy

from verify.balls import OutOfScope
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.meaning import ModeView, exact_root, means

INSTANCES = 60


@means("abs_g")
def _absolute_gradient(view: ModeView) -> Fraction:
    root = exact_root(view.mode.energy)
    if root is None:
        raise OutOfScope("|g_l| is a known number only where g_l^2 is the square of a rational")
    return root


@means("sign_gain")
def _sign_gain(view: ModeView) -> Fraction:
    """The update made on gradients of both signs, which must gain the same."""
    size: Fraction = _absolute_gradient(view)
    eta: Fraction = view.word("eta")
    gain, mirrored = (-g * _signed_move(g, eta) for g in (size, -size))
    if gain != mirrored:
        raise Failed(f"the sign update gains {gain} at g = {size}, and {mirrored} at g = {-size}")
    return gain


def _signed_move(gradient: Fraction, eta: Fraction) -> Fraction:
    """How far the sign update moves a coordinate."""
    return -eta if gradient > 0 else eta if gradient < 0 else Fraction(0)


def rates(gradient: list[Any], move: list[Any], k: int) -> tuple[Any, Any]:
    """Dominant and bulk effective rate of a move, coordinate by coordinate."""
    pairs = list(zip(gradient, move, strict=True))
    return _rate(pairs[:k]), _rate(pairs[k:])


def _rate(pairs: list[tuple[Any, Any]]) -> Any:
    return -sum(g * m for g, m in pairs) / sum(g * g for g, _ in pairs)


@check("TS-27", "exact", "literal sign steps")
def sign_steps(settings: Settings) -> Outcome:
    """Fails when literal sign steps do not have the rates that the words say, or the bound."""
    source = random.Random(settings.stream("TS-27", "sign steps"))
    for _ in range(INSTANCES):
        k, gradient = _gradient(source)
        eta = Fraction(source.randint(1, 9), 7)
        dominant, bulk = rates(gradient, [-eta * sympy.sign(g) for g in gradient], k)
        energy, rest = (sum(g * g for g in block) for block in (gradient[:k], gradient[k:]))
        if bulk**2 * k * rest < dominant**2 * energy:
            raise Failed(f"k = {k}, gradient {gradient}: the quotient is below its bound")
        if dominant * energy != eta * sum(map(abs, gradient[:k])):
            raise Failed(f"k = {k}, gradient {gradient}: another dominant rate")
    return Outcome(f"{INSTANCES} literal sign steps in up to 10 directions")


def _gradient(source: random.Random) -> tuple[int, list[Fraction]]:
    k, bulk = source.randint(1, 5), source.randint(1, 5)
    signs = [source.choice([-1, 1]) for _ in range(k + bulk)]
    return k, [s * Fraction(source.randint(1, 20), source.randint(1, 5)) for s in signs]


@check("TS-27", "exact", "frozen preconditioners")
def frozen(settings: Settings) -> Outcome:
    """Fails when dividing by a larger sqrt(v) in the dominant block does not favour the bulk."""
    source = random.Random(settings.stream("TS-27", "frozen"))
    for _ in range(INSTANCES):
        k, gradient = _gradient(source)
        roots = sorted((Fraction(source.randint(1, 30), 7) for _ in gradient), reverse=True)
        if roots[k - 1] == roots[k]:
            continue
        dominant, bulk = rates(gradient, [-g / v for g, v in zip(gradient, roots, strict=True)], k)
        if not dominant <= 1 / roots[k - 1] < 1 / roots[k] <= bulk:
            raise Failed(
                f"sqrt v = {roots}, gradient {gradient}, k = {k}: rates {dominant}, {bulk}"
            )
    return Outcome(f"{INSTANCES} preconditioned steps in up to 10 directions")


def rotated_rates(along: Any, across: Any, eta: Any) -> tuple[Any, Any]:
    """Rates of the sign update where the eigenvectors are (1, 1) and (1, -1), over sqrt 2."""
    root = sympy.sqrt(2)
    gradient = [(along + across) / root, (along - across) / root]
    move = [-eta * sympy.sign(g) for g in gradient]
    in_eigenbasis = [(move[0] + move[1]) / root, (move[0] - move[1]) / root]
    return rates([along, across], in_eigenbasis, 1)


@check("TS-27", "exact", "rotated by half a right angle")
def rotated(settings: Settings) -> Outcome:
    """Fails when the sign update is amplified in the bulk though the axes are not eigenvectors."""
    for along, across in ((2, 1), (5, 3), (sympy.Rational(7, 3), sympy.Rational(1, 9))):
        dominant, bulk = rotated_rates(
            sympy.sympify(along), sympy.sympify(across), sympy.Integer(1)
        )
        if bulk != 0 or sympy.simplify(dominant - sympy.sqrt(2) / along) != 0:
            raise Failed(f"alpha = {along}, gamma = {across}: rates {dominant}, {bulk}")
    return Outcome("bulk rate 0, dominant rate sqrt(2) eta/alpha")


@check("TS-27", "mutant", "in any basis")
def in_any_basis(settings: Settings) -> Outcome:
    """Fails when the bulk rate is larger even in a basis that the axes do not respect."""
    dominant, bulk = rotated_rates(sympy.Integer(2), sympy.Integer(1), sympy.Integer(1))
    if bulk > dominant:
        raise Failed(f"the bulk rate {bulk} exceeds the dominant rate {dominant}")
    return Outcome("alpha = 2, gamma = 1: squared alignment 4/5, bulk rate 0")


@check("TS-27", "mutant", "any preconditioner")
def any_preconditioner(settings: Settings) -> Outcome:
    """Fails when equal preconditioners favour the bulk."""
    gradient = [Fraction(4), Fraction(1)]
    dominant, bulk = rates(gradient, [-g / 3 for g in gradient], 1)
    if bulk > dominant:
        raise Failed(f"the bulk rate {bulk} exceeds the dominant rate {dominant}")
    return Outcome("v = (9, 9), g = (4, 1): both rates are eta/3")


@check("TS-27", "mutant", "however large eps")
def however_large_eps(settings: Settings) -> Outcome:
    """Fails when g/(|g| + eps) still favours the bulk twofold for eps = 100."""
    gradient, eps = [Fraction(4), Fraction(1)], Fraction(100)
    dominant, bulk = rates(gradient, [-g / (abs(g) + eps) for g in gradient], 1)
    if bulk >= 2 * dominant:
        raise Failed(f"eps = {eps}: the quotient of the rates is {bulk / dominant}")
    return Outcome(f"g = (4, 1), eps = 100: quotient {bulk / dominant}")
