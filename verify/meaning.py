"""What each word means in a model, computed from its definition, and the truth of a sentence.

The next state is found by *running the update on every outcome*: x+ = x - eta (Hx + xi) + beta v,
with a gradient and a noise of finitely many atoms that have the prescribed second moments. No
formula of any theorem is used here. Source: our formalisation.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache, cached_property, reduce
from math import isqrt
from typing import Any

import sympy
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from theory.language import (
    BULK,
    DOMINANT,
    VOCABULARY,
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Initially,
    Next,
    NextHolds,
    With,
)
from verify import balls
from verify.balls import Irrational, OutOfScope, Undefined
from verify.models import Mode, Model

MEANINGS: dict[str, Callable[[Any], Any]] = {}  # word -> Fraction
ENCLOSURES: dict[str, Callable[[Any], Any]] = {}  # word -> Arb ball, where irrational


def means(*names: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Register what a primitive word means: a function of a `World` (or of a `ModeView`)."""

    def register(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        for name in names:
            MEANINGS[name] = function
        return function

    return register


def exact_root(x: Fraction) -> Fraction | None:
    """The square root of a rational, if it is rational."""
    if x < 0:
        return None
    top, bottom = isqrt(x.numerator), isqrt(x.denominator)
    if top * top == x.numerator and bottom * bottom == x.denominator:
        return Fraction(top, bottom)
    return None


def gradient_atoms(energy: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    """Atoms (probability, value) of a gradient with this second moment; one atom if rational."""
    root = exact_root(energy)
    if root is not None:
        return ((Fraction(1), root),)
    top = isqrt(int(energy)) + 1
    return ((energy / top**2, Fraction(top)), (1 - energy / top**2, Fraction(0)))


def noise_atoms(variance: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    """Two atoms (probability, value) with mean 0 and this variance, rational for every variance."""
    return ((variance / (1 + variance), Fraction(1)), (1 / (1 + variance), -variance))


class World:
    """A model at one time of its run: the place where sentences are true or false."""

    def __init__(self, model: Model, time: int = 0, start: World | None = None) -> None:
        self.model, self.time = model, time
        self.start: World = start or self
        self.values: dict[str, Any] = {}

    def word(self, name: str) -> Any:
        """The value of a word here (a Fraction); Undefined or Irrational if it has none."""
        if name not in self.values:
            self.values[name] = _value(self, name)
        return self.values[name]

    @cached_property
    def variances(self) -> tuple[Fraction, ...]:
        """Noise variance of every mode in this state."""
        model = self.model
        if model.law is not None:
            return tuple(_variance(model.law, i) for i in range(len(model.modes)))
        if model.batch_size is None:
            return tuple(m.variance for m in model.modes)
        spread = sum((m.energy / m.eigenvalue for m in model.modes), model.label_noise)
        return tuple((m.energy + m.eigenvalue * spread) / model.batch_size for m in model.modes)

    @cached_property
    def step_size(self) -> Fraction:
        """The step size used from this state on."""
        if self.model.schedule == "critical":
            if self.word("q") <= 0:
                raise Undefined("no critical step size in this state")
            return Fraction(2 * self.word("p") / self.word("q"))
        return self.model.step_size

    @cached_property
    def energies_next(self) -> tuple[Fraction, ...]:
        """E g_l^2 after one literal step, by enumeration of the outcomes."""
        return tuple(
            sum((w * value**2 for w, value in self.outcomes(i)), Fraction(0))
            for i in range(len(self.model.modes))
        )

    def outcomes(self, index: int) -> list[tuple[Fraction, Fraction]]:
        """Atoms (probability, gradient after the step) of one mode."""
        mode, model = self.model.modes[index], self.model
        if model.law is not None:
            noise: Any = [(w, xi[index]) for w, xi in model.law]
        else:
            noise = noise_atoms(self.variances[index])
        return [
            (w * u, gradient_after(mode, g, xi, self.step_size, model.momentum))
            for w, g in gradient_atoms(mode.energy)
            for u, xi in noise
        ]

    def next(self) -> World:
        """The world one step later, energies replaced by their expectations.

        With momentum the expected energies do not determine the next step: OutOfScope.
        """
        if self.model.momentum:
            raise OutOfScope("expected energies do not determine a run with momentum")
        if "next" not in self.values:
            moved = self.model.with_energies(self.energies_next)
            self.values["next"] = World(moved, self.time + 1, self.start)
        return self.values["next"]  # type: ignore[no-any-return]

    def run(self) -> list[World]:
        """This world and all later ones, up to the one before the horizon."""
        worlds = [self]
        while worlds[-1].time + 1 < self.model.horizon:
            worlds.append(worlds[-1].next())
        return worlds

    def view(self, side: str) -> list[ModeView]:
        """The modes of one block, seen one at a time."""
        cut = len(self.model.dominant)
        indices = range(cut) if side == DOMINANT else range(cut, len(self.model.modes))
        return [ModeView(self, i) for i in indices]

    def changed(self, change: str, value: Fraction) -> World:
        """The world after a change named as in `theory.language.With`."""
        return CHANGES[change](self, value)


class ModeView:
    """A world seen from one mode: mode words have a value here."""

    def __init__(self, world: World, index: int) -> None:
        self.world, self.index = world, index
        self.mode = world.model.modes[index]

    def word(self, name: str) -> Any:
        """The value of a mode word for this mode, of any other word for the world."""
        if VOCABULARY[name].kind != "mode":
            return self.world.word(name)
        if VOCABULARY[name].formula is not None:
            return exact(VOCABULARY[name].formula)(self)
        return MEANINGS[name](self)


def gradient_after(
    mode: Mode, gradient: Fraction, noise: Fraction, step_size: Fraction, momentum: Fraction
) -> Fraction:
    """The gradient of one mode after x+ = x - eta (Hx + xi) + beta v."""
    displacement = -step_size * (gradient + noise)
    return gradient + mode.eigenvalue * displacement + momentum * mode.velocity


def _variance(law: Any, index: int) -> Fraction:
    mean = sum((w * xi[index] for w, xi in law), Fraction(0))
    return sum((w * (xi[index] - mean) ** 2 for w, xi in law), Fraction(0))


def _value(world: World, name: str) -> Any:
    word = VOCABULARY[name]
    if word.kind == "sum":
        summand = exact(word.formula)
        return sum((summand(view) for view in world.view(str(word.side))), Fraction(0))
    if word.kind == "defined":
        return exact(word.formula)(world)
    if word.kind in ("number", "computed"):
        raise OutOfScope(f"{name} is a word about instances of a setting")
    return MEANINGS[name](world)


def _next_sum(side: str, weight: Callable[[Mode], Fraction]) -> Callable[[World], Fraction]:
    def value(world: World) -> Fraction:
        cut = len(world.model.dominant)
        chosen = slice(None, cut) if side == DOMINANT else slice(cut, None)
        pairs = zip(world.model.modes[chosen], world.energies_next[chosen], strict=True)
        return sum((weight(m) * e for m, e in pairs), Fraction(0))

    return value


def _half_inverse(mode: Mode) -> Fraction:
    return 1 / (2 * mode.eigenvalue)


def _extreme(pick: Callable[..., Any], modes: Callable[[Model], Any]) -> Callable[[World], Any]:
    def value(world: World) -> Fraction:
        eigenvalues = [m.eigenvalue for m in modes(world.model)]
        if not eigenvalues:
            raise Undefined("an empty block has no eigenvalue")
        return Fraction(pick(eigenvalues))

    return value


MEANINGS.update(
    {
        "eta": lambda world: world.step_size,
        "k": lambda world: Fraction(len(world.model.dominant)),
        "M": lambda world: Fraction(len(world.model.bulk)),
        "theta": lambda world: world.model.theta,
        "beta": lambda world: world.model.momentum,
        "batch_size": lambda world: Fraction(world.model.batch_size or 0),
        "label_noise": lambda world: world.model.label_noise,
        "additive": lambda world: world.model.batch_size is None,
        "t": lambda world: Fraction(world.time),
        "lambda_1": _extreme(max, lambda model: model.dominant and model.modes),
        "lambda_k": _extreme(min, lambda model: model.dominant),
        "lambda_k1": _extreme(max, lambda model: model.bulk),
        "lambda_d": _extreme(min, lambda model: model.bulk),
        "D_next": _next_sum(DOMINANT, lambda mode: Fraction(1)),
        "B_next": _next_sum(BULK, lambda mode: Fraction(1)),
        "loss_D_next": _next_sum(DOMINANT, _half_inverse),
        "loss_B_next": _next_sum(BULK, _half_inverse),
        "lam": lambda view: view.mode.eigenvalue,
        "g2": lambda view: view.mode.energy,
        "h": lambda view: view.mode.velocity,
        "s2": lambda view: view.world.variances[view.index],
        "g2_next": lambda view: view.world.energies_next[view.index],
    }
)


@means("g")
def _gradient(view: ModeView) -> Fraction:
    root = exact_root(view.mode.energy)
    if root is None:
        raise OutOfScope("g_l is a known number only where g_l^2 is the square of a rational")
    return root


@means("turn_time")
def _turn_time(world: World) -> Fraction:
    for later in world.start.run():
        if later.word("a_next") >= later.word("a"):
            return Fraction(later.time)
    raise OutOfScope("alignment falls up to the horizon: nobody looked further")


def _with_alignment(world: World, value: Fraction) -> World:
    old, total = world.word("a"), world.word("G")
    if not 0 < old < 1:
        raise Undefined("a block without energy has no shape")
    cut = len(world.model.dominant)
    factors = [value / old] * cut + [(1 - value) / (1 - old)] * len(world.model.bulk)
    energies = tuple(m.energy * f for m, f in zip(world.model.modes, factors, strict=True))
    changed = World(world.model.with_energies(energies))
    if changed.word("G") != total:
        raise AssertionError("changing the alignment must keep the gradient energy")
    return changed


def _at_time(world: World, value: Fraction) -> World:
    if value.denominator != 1 or value < 0:
        raise Undefined("a time is a whole number")
    later = world.start
    for _ in range(int(value)):
        later = later.next()
    return later


CHANGES: dict[str, Callable[[World, Fraction], World]] = {
    "noise": lambda world, value: World(world.model.scaled(variance=value)),
    "scale": lambda world, value: World(world.model.scaled(energy=value)),
    "step": lambda world, value: World(replace(world.model, step_size=value)),
    "alignment": _with_alignment,
    "time": _at_time,
}


# --- compiling: an expression becomes a function of a world

Numeric = Callable[[Any], Fraction]


@cache
def exact(expression: Any) -> Numeric:
    """The expression as a function from a world (or mode view) to an exact rational."""
    if expression.is_Rational:
        number = Fraction(int(expression.p), int(expression.q))
        return lambda world: number
    if expression.is_Symbol:
        name = expression.name
        return lambda world: world.word(name)
    if isinstance(expression, Next):
        inner = exact(expression.args[0])
        return lambda world: inner(world.next())
    if isinstance(expression, Initially):
        inner = exact(expression.args[0])
        return lambda world: inner(world.start)
    if isinstance(expression, With):
        changed: Numeric = _compile_with(expression, exact)
        return changed
    if isinstance(expression, sympy.Piecewise):
        by_cases: Numeric = _compile_piecewise(expression, exact)
        return by_cases
    if isinstance(expression, sympy.Pow):
        return _compile_power(expression)
    if isinstance(expression, sympy.sign):
        return _compile_sign(expression.args[0])
    arguments = tuple(exact(x) for x in expression.args)
    combine = COMBINE.get(type(expression))
    if combine is None:
        return _irrational
    return lambda world: combine([f(world) for f in arguments])


def _irrational(world: Any) -> Fraction:
    raise Irrational


COMBINE: dict[type, Callable[[list[Fraction]], Fraction]] = {
    sympy.Add: lambda xs: sum(xs[1:], xs[0]),
    sympy.Mul: lambda xs: reduce(operator.mul, xs),
    sympy.Abs: lambda xs: abs(xs[0]),
    sympy.Min: min,
    sympy.Max: max,
    sympy.floor: lambda xs: Fraction(xs[0].numerator // xs[0].denominator),
    sympy.ceiling: lambda xs: Fraction(-(-xs[0].numerator // xs[0].denominator)),
}


def _compile_with(expression: With, compile_: Callable[[Any], Any]) -> Any:
    inner, change = compile_(expression.args[0]), expression.args[1].name
    value = exact(expression.args[2])
    return lambda world, *more: inner(world.changed(change, value(world)), *more)


def _compile_piecewise(expression: sympy.Piecewise, compile_: Callable[[Any], Any]) -> Any:
    branches = [(compile_(value), truth(condition)) for value, condition in expression.args]

    def value(world: Any, *more: Any) -> Any:
        for branch, condition in branches:
            if condition(world):
                return branch(world, *more)
        raise Undefined("no case of the definition applies")

    return value


def _compile_sign(inner: Any) -> Numeric:
    value = exact(inner)

    def sign(world: Any) -> Fraction:
        try:
            x = value(world)
        except Irrational:
            return Fraction(balls.sign_of_difference(inner, sympy.Integer(0), world))
        return Fraction((x > 0) - (x < 0))

    return sign


def _compile_power(expression: sympy.Pow) -> Numeric:
    base, exponent = exact(expression.base), exact(expression.exp)

    def value(world: Any) -> Fraction:
        x, n = base(world), exponent(world)
        if n.denominator == 2:
            if x < 0:
                raise Undefined("square root of a negative number")
            root = exact_root(x)
            if root is None:
                raise Irrational
            x, n = root, n * 2
        if n.denominator != 1:
            if x < 0:
                raise Undefined("root of a negative number")
            raise Irrational
        if x == 0 and n < 0:
            raise Undefined("division by zero")
        return x ** int(n)

    return value


# --- truth

Truth = Callable[[Any], bool]
COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    sympy.Equality: operator.eq,
    sympy.Unequality: operator.ne,
    sympy.StrictGreaterThan: operator.gt,
    sympy.GreaterThan: operator.ge,
    sympy.StrictLessThan: operator.lt,
    sympy.LessThan: operator.le,
}


@cache
def truth(sentence: Any) -> Truth:
    """The sentence as a function from a world to its truth; Undefined where it has none."""
    if isinstance(sentence, (BooleanTrue, BooleanFalse, bool)):
        constant = bool(sentence)
        return lambda world: constant
    if type(sentence) in COMPARE:
        return _compile_relation(sentence)
    if isinstance(sentence, sympy.Not):
        inner = truth(sentence.args[0])
        return lambda world: not inner(world)
    if isinstance(sentence, Always):
        inner = truth(sentence.args[0])
        return lambda world: all(inner(later) for later in world.run())
    if isinstance(sentence, NextHolds):
        inner = truth(sentence.args[0])
        return lambda world: inner(world.next())
    if type(sentence) in SIDES:
        inner, sides = truth(sentence.args[0]), SIDES[type(sentence)]
        return lambda world: all(inner(view) for side in sides for view in world.view(side))
    if sentence.is_Symbol:
        return exact(sentence)  # type: ignore[return-value]  # a predicate word
    parts = tuple(truth(x) for x in sentence.args)
    if isinstance(sentence, sympy.And):
        return lambda world: _both(parts, world, False)
    if isinstance(sentence, sympy.Or):
        return lambda world: _both(parts, world, True)
    if isinstance(sentence, sympy.Implies):
        return lambda world: not parts[0](world) or parts[1](world)
    if isinstance(sentence, sympy.Equivalent):
        return lambda world: len({f(world) for f in parts}) == 1
    raise TypeError(f"no meaning for {type(sentence).__name__} in {sentence}")


SIDES: dict[type, tuple[str, ...]] = {
    ForAllModes: (DOMINANT, BULK),
    ForDominantModes: (DOMINANT,),
    ForBulkModes: (BULK,),
}


def _both(parts: tuple[Truth, ...], world: Any, decisive: bool) -> bool:
    """And (decisive False) or Or (decisive True): a decisive part wins over an undefined one."""
    undefined: Undefined | None = None
    for part in parts:
        try:
            if part(world) is decisive:
                return decisive
        except Undefined as reason:
            undefined = reason
    if undefined is not None:
        raise undefined
    return not decisive


def _compile_relation(sentence: Any) -> Truth:
    left, right = exact(sentence.lhs), exact(sentence.rhs)
    compare = COMPARE[type(sentence)]

    def value(world: Any) -> bool:
        try:
            return compare(left(world), right(world))
        except Irrational:
            return compare(balls.sign_of_difference(sentence.lhs, sentence.rhs, world), 0)

    return value
