"""Hypothesis strategies that build models of a domain, small and simple ones first."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import sympy
from hypothesis import strategies as st

from theory.claim import Domain
from theory.language import VOCABULARY
from theory.setting import Setting, is_shared, kind_of
from verify.instances import Instance, InstanceWorld
from verify.meaning import World, exact
from verify.models import Mode, Model

Draw = Any

POSITIVE = st.builds(Fraction, st.integers(1, 12), st.integers(1, 10))
EXTREME = st.sampled_from([Fraction(1, 10**6), Fraction(1, 1000), Fraction(1000), Fraction(10**6)])
ROOTS = st.builds(Fraction, st.integers(1, 6), st.integers(1, 4))
EXCESSES = st.one_of(st.just(Fraction(0)), POSITIVE, EXTREME)
FACTORS = st.sampled_from(
    [Fraction(n, 100) for n in (1, 50, 90, 99, 100, 101, 110, 150, 190, 199, 200, 201, 400)]
)


SQUARES = ROOTS.map(lambda x: x * x)
AMOUNTS = st.one_of(POSITIVE, POSITIVE, EXTREME)
ZERO_TOO = {  # energies and variances, square or not, where they may be zero
    True: st.one_of(SQUARES, SQUARES, st.just(Fraction(0))),
    False: st.one_of(AMOUNTS, AMOUNTS, st.just(Fraction(0))),
}
SMALLEST_EIGENVALUE = st.one_of(POSITIVE, EXTREME.filter(lambda x: x < 1))
NONNEGATIVE = st.one_of(POSITIVE, st.just(Fraction(0)))
MOMENTA = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(9, 10)])
LABEL_NOISES = st.one_of(st.just(Fraction(0)), POSITIVE)
SHARE = st.builds(lambda n, m: Fraction(n, n + m), st.integers(1, 20), st.integers(1, 20))
SIGN = st.sampled_from([Fraction(1), Fraction(-1)])
# As many choices as a small fraction: fewer would look simpler to the shrinker.
FAR = st.builds(lambda x, _: x, EXTREME, st.booleans())
DRAWN = {  # what `theory.setting.some` stands for
    "positive": st.one_of(POSITIVE, POSITIVE, FAR),
    "share": SHARE,
    "real": st.builds(
        lambda x, sign: x * sign, st.one_of(POSITIVE, FAR, st.just(Fraction(0))), SIGN
    ),
    "count": st.builds(Fraction, st.integers(1, 8)),
    "sign": SIGN,
    "switch": st.sampled_from([Fraction(0), Fraction(1)]),
}


@st.composite
def instances(draw: Draw, setting: Setting) -> Instance:
    """An instance of a small setting, number by number in the order of the setting."""
    model = Instance(setting.name, ())
    shared: dict[str, Fraction] = {}
    for word, expression in setting.draws.items():
        hint = sympy.sympify(expression)
        symbols = sorted(hint.free_symbols, key=str)
        drawn = {s: kind for s in symbols if (kind := kind_of(s)) is not None}
        values = {
            s.name: shared[s.name] if s.name in shared else draw(DRAWN[kind])
            for s, kind in drawn.items()
        }
        shared.update({s.name: values[s.name] for s in drawn if is_shared(s)})
        scope = replace(model, values=(*model.values, *values.items()))
        try:
            value = exact(hint)(InstanceWorld(scope))
        except ArithmeticError:  # an earlier number made this hint meaningless
            value = Fraction(VOCABULARY[word.name].whole)
        model = replace(model, values=(*model.values, (word.name, value)))
    return model


def models(domain: Domain | Setting) -> st.SearchStrategy[Any]:
    """Models of a claim's domain: quadratics, or instances of a small setting."""
    return instances(domain) if isinstance(domain, Setting) else quadratics(domain)


@st.composite
def quadratics(draw: Draw, domain: Domain) -> Model:
    """A model of the domain; flags that are None are decided at random, model by model."""
    settled = {
        f.name: draw(st.booleans()) for f in fields(Domain) if getattr(domain, f.name) is None
    }
    chosen = replace(domain, **settled)
    model = _state(draw, chosen)
    model = replace(model, step_size=_step_size(draw, chosen, model), horizon=chosen.horizon)
    if chosen.step == "critical":
        model = replace(model, schedule="critical")
    if chosen.stationary:
        return _raise_above(draw, model, st.just(Fraction(0)))
    if chosen.settled:
        lowest = _raise_above(draw, model, st.just(Fraction(0)))
        return replace(lowest, bulk=model.bulk)
    return _raise_above(draw, model, EXCESSES) if chosen.above else model


def _state(draw: Draw, domain: Domain) -> Model:
    sizes = st.integers(1, domain.most_modes)
    shift = draw(POSITIVE) * 2 if domain.indefinite else Fraction(0)
    bulk = [x - shift for x in _eigenvalues(draw, domain, draw(sizes), None)]
    lowest = None
    if domain.ordered:
        lowest = max(bulk) + (draw(POSITIVE) if domain.gap else Fraction(0))
    dominant = _eigenvalues(draw, domain, draw(sizes), lowest)
    bulk, dominant = ([x or Fraction(-1) for x in bulk], [x or Fraction(1) for x in dominant])
    positive = SQUARES if domain.square else AMOUNTS
    amounts = positive if domain.positive else ZERO_TOO[domain.square]
    common = draw(amounts)

    def mode(eigenvalue: Fraction) -> Mode:
        energy = draw(amounts)
        variance = common if domain.isotropic else draw(amounts)
        velocity = draw(st.integers(-2, 2)) if domain.momentum else 0
        return Mode(
            eigenvalue, energy, Fraction(0) if domain.quiet else variance, Fraction(velocity)
        )

    return Model(
        dominant=tuple(mode(x) for x in dominant),
        bulk=tuple(mode(x) for x in bulk),
        step_size=Fraction(1),
        theta=draw(POSITIVE),
        momentum=draw(MOMENTA) if domain.momentum else Fraction(0),
        batch_size=draw(st.integers(1, 8)) if domain.noise == "least squares" else None,
        label_noise=draw(LABEL_NOISES) if domain.noise == "least squares" else Fraction(0),
    )


def _eigenvalues(draw: Draw, domain: Domain, count: int, lowest: Fraction | None) -> list[Fraction]:
    """`count` eigenvalues, descending, the smallest equal to `lowest` if that is given."""
    base = lowest if lowest is not None else draw(SMALLEST_EIGENVALUE)
    if domain.two_level:
        return [base] * count
    return sorted([base] + [base + draw(NONNEGATIVE) for _ in range(count - 1)], reverse=True)


def _step_size(draw: Draw, domain: Domain, model: Model) -> Fraction:
    if domain.step == "real":
        signs = st.sampled_from([1, 1, 1, 1, 0, -1])
        return Fraction(_positive_step(draw, model) * draw(signs))
    top, last = model.dominant[0].eigenvalue, model.dominant[-1].eigenvalue
    first, smallest = model.bulk[0].eigenvalue, model.bulk[-1].eigenvalue
    if top + first <= 0 or top <= 0:
        return Fraction(1)
    if domain.step == "minimax":
        return Fraction(2 / (top + first) * draw(SHARE))
    if domain.step == "stable":
        return Fraction(2 / top * draw(SHARE))
    if domain.step == "mirror":
        low, high = 2 / (last + smallest), 2 / top
        return Fraction(low + (high - low) * draw(SHARE)) if low < high else 2 / top
    return _positive_step(draw, model)


def _positive_step(draw: Draw, model: Model) -> Fraction:
    """A small rational, or near one of the places where something changes."""
    if not draw(st.booleans()):
        return Fraction(draw(POSITIVE))
    steps = _telling_steps(model)
    return Fraction(steps[draw(st.integers(0, len(steps) - 1))] * draw(FACTORS))


def _telling_steps(model: Model) -> list[Fraction]:
    """Step sizes at the places where something changes; those of the claims twice."""
    top, first = model.dominant[0].eigenvalue, model.bulk[0].eigenvalue
    sums = (top, top + first, *(2 * m.eigenvalue for m in model.modes))
    steps = [2 / x for x in sums if x > 0]
    world = World(model)
    for name in ("eta_star", "eta_dom", "eta_bulk", "eta_full"):
        try:
            value = world.word(name)
        except ArithmeticError:
            continue
        if value > 0:
            steps += [value, value]
    return steps or [Fraction(1)]


def _raise_above(draw: Draw, model: Model, excess: st.SearchStrategy[Fraction]) -> Model:
    """Start every mode at its stationary level plus an excess."""
    step = model.step_size
    energies = []
    for m in model.modes:
        room = 2 - step * m.eigenvalue
        if room <= 0:
            return model
        energies.append(step * m.eigenvalue * m.variance / room + draw(excess))
    return model.with_energies(tuple(energies))
