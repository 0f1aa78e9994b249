"""Other people's optimisers: SGD conforms to the last bit, every planted fault is caught."""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import pytest

from verify.adapters.update_rule import Point, load, value_of
from verify.balls import OutOfScope
from verify.conform.decide import FAILS, HOLDS, NOT_APPLICABLE, Report, conform
from verify.conform.report import as_data, counterexample, precision, summary
from verify.conform.situations import exact_for_sgd, runs, situations
from verify.conform.world import OptimiserWorld, Runs, Situation, velocities
from verify.errors import InputError
from verify.meaning import World
from verify.models import quadratic

STEP = Fraction(1, 8)
FEW = 200
"""Situations for a stub: the simplest ones, fresh, elsewhere and with a past."""

needs_optax = pytest.mark.skipif(
    importlib.util.find_spec("optax") is None or importlib.util.find_spec("jax") is None,
    reason="needs optax and jax: pip install -e '.[optax]'",
)

Memory = tuple[float, ...]
Update = Callable[[float, float, float, float], tuple[float, float]]
"""(x, gradient, memory, step size) -> (x afterwards, memory afterwards), of one coordinate."""


@dataclass(frozen=True)
class Stub:
    """An optimiser written in a line: every coordinate by itself, with one number of memory."""

    update: Update
    step_size: float = float(STEP)
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "stub"
    arrangement: str = "vector"

    def path(self, start: Point, gradients: tuple[Point, ...]) -> tuple[Point, ...]:
        places, memory, found = start, (0.0,) * len(start), []
        for gradient in gradients:
            moved = [
                self.update(x, g, m, self.step_size)
                for x, g, m in zip(places, gradient, memory, strict=True)
            ]
            places, memory = tuple(x for x, _ in moved), tuple(m for _, m in moved)
            found.append(places)
        return tuple(found)

    def with_step_size(self, step_size: float) -> Stub:
        return replace(self, step_size=step_size)


def sgd(x: float, g: float, m: float, lr: float) -> tuple[float, float]:
    return x - lr * g, m


def momentum(x: float, g: float, m: float, lr: float) -> tuple[float, float]:
    return x - lr * (0.5 * m + g), 0.5 * m + g


FAULTS: dict[str, Update] = {
    "step size doubled": lambda x, g, m, lr: (x - 2 * lr * g, m),
    "step size one per cent larger": lambda x, g, m, lr: (x - 1.01 * lr * g, m),
    "sign flipped": lambda x, g, m, lr: (x + lr * g, m),
    "weight decay": lambda x, g, m, lr: (x - lr * (g + 0.01 * x), m),
    "momentum 0.9": lambda x, g, m, lr: (x - lr * (0.9 * m + g), 0.9 * m + g),
    "Nesterov": lambda x, g, m, lr: (x - lr * (g + 0.9 * (0.9 * m + g)), 0.9 * m + g),
    "sign only": lambda x, g, m, lr: (x - lr * math.copysign(1, g) * (g != 0), m),
    "gradients clipped at 2": lambda x, g, m, lr: (x - lr * max(-2.0, min(2.0, g)), m),
    "stale gradient": lambda x, g, m, lr: (x - lr * m, g),
    "never moves": lambda x, g, m, lr: (x, m),
    "leaves the numbers": lambda x, g, m, lr: (math.nan, m),
}


def few(momentum_factor: Fraction = Fraction(0)) -> tuple[Sequence[Situation], Sequence[Situation]]:
    """Every kind of situation, in small numbers: enough for a stub."""
    found = situations(STEP, momentum_factor)
    return found[:: max(1, len(found) // FEW)], runs(STEP, momentum_factor)[:12]


def verdicts(report: Report) -> dict[str, str]:
    return {c.claim.id: c.verdict for c in report.claims}


def test_sgd_satisfies_every_claim_to_the_last_bit() -> None:
    """Fails when x - eta g, in doubles, is said to break a claim, or to need any rounding."""
    report = conform(Stub(sgd), families=few())
    assert set(verdicts(report).values()) == {HOLDS, NOT_APPLICABLE}
    assert [c.claim.id for c in report.claims if c.verdict == NOT_APPLICABLE] == ["SA-4"]
    assert all(c.rounded == 0 for c in report.claims)
    assert all(c.spoke >= 10 for c in report.claims if c.verdict == HOLDS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault: str) -> None:
    """Fails when a wrong optimiser passes as SGD, or its counterexample cannot be told."""
    report = conform(Stub(FAULTS[fault]), ("SA-1", "SA-3"), families=few())
    identity, _ = report.claims
    assert identity.verdict == FAILS
    told = counterexample(identity)
    assert re.search(r"lambda = .* \| .*g\^2 = .* \| .*sigma\^2 = .*eta = 1/8", told)
    assert as_data(report)["claims"][0]["counterexample"] == told


def test_scaled_noise_is_caught() -> None:
    """Fails when an optimiser that doubles the noise (it knows the gradient is 1) passes."""
    model = quadratic("4 2", 1, "1 1", "1 0", str(STEP))
    family = ([Situation(model, (Fraction(0), Fraction(0)))], [])
    loud = Stub(lambda x, g, m, lr: (x - lr * (1 + 2 * (g - 1)), m))
    assert verdicts(conform(loud, ("SA-1",), families=family)) == {"SA-1": FAILS}
    assert verdicts(conform(Stub(sgd), ("SA-1",), families=family)) == {"SA-1": HOLDS}


def test_momentum_satisfies_the_claim_about_momentum_only() -> None:
    """Fails when heavy ball breaks SA-19, or passes as SGD once it has a past."""
    rule = Stub(momentum, options={"momentum": 0.5})
    report = conform(rule, ("SA-1", "SA-3", "SA-19"), families=few(Fraction(1, 2)))
    assert verdicts(report) == {"SA-1": FAILS, "SA-3": FAILS, "SA-19": HOLDS}
    assert all(p.counterexample.earlier for c in report.claims for p in c.parts if p.counterexample)
    assert "later ones depend on what it met before" in summary(report)
    heavy_ball = report.claims[-1]
    assert precision(heavy_ball, report.ulps) == "to the last bit"


def test_momentum_can_lose_all_energy_at_once() -> None:
    """Fails when an exact zero counts as rounding: SA-2 says that energy is left after a step."""
    model = quadratic("8 4", 1, "1 1/4", "0 0", str(STEP), momentum=Fraction(1, 2))
    rest = Situation(model, (Fraction(0), Fraction(0)), ((Fraction(0), Fraction(1)),))
    (found,) = conform(
        Stub(momentum, options={"momentum": 0.5}), ("SA-2",), families=([rest], [])
    ).claims
    assert found.verdict == FAILS
    assert "G_next = 0" in counterexample(found)


def test_the_moved_worlds_are_those_of_the_model() -> None:
    """Fails when running SGD or momentum gives other energies than the model's own update."""
    for factor, update in ((Fraction(0), sgd), (Fraction(1, 2), momentum)):
        memory = Runs(Stub(update))
        for situation in few(factor)[0]:
            model = situation.model
            speeds = velocities(situation, memory)
            modes = [replace(m, velocity=h) for m, h in zip(model.modes, speeds, strict=True)]
            cut = len(model.dominant)
            moving = replace(model, dominant=tuple(modes[:cut]), bulk=tuple(modes[cut:]))
            assert OptimiserWorld(situation, memory).energies_next == World(moving).energies_next


def test_a_run_is_that_of_the_model() -> None:
    """Fails when the energies along a run of SGD differ from the model's recursion."""
    memory = Runs(Stub(sgd))
    for situation in runs(STEP)[:30]:
        ours, theirs = OptimiserWorld(situation, memory), World(situation.model)
        for _ in range(3):
            ours, theirs = ours.next(), theirs.next()
            assert [m.energy for m in ours.model.modes] == [m.energy for m in theirs.model.modes]


def test_a_changed_step_size_reaches_the_optimiser() -> None:
    """Fails when "with another step" leaves the optimiser at the old one, or reaches its past."""
    memory, changed = Runs(Stub(sgd)), 0
    for situation in few()[0]:
        ours = OptimiserWorld(situation, memory)
        if situation.earlier:
            with pytest.raises(OutOfScope):
                ours.changed("step", 2 * STEP)
            continue
        theirs = World(situation.model).changed("step", 2 * STEP)
        assert ours.changed("step", 2 * STEP).energies_next == theirs.energies_next
        changed += theirs.energies_next != World(situation.model).energies_next
    assert changed


def test_rounding_is_forgiven_only_so_far() -> None:
    """Fails when one unit in the last place is refused, or single precision is accepted."""
    import numpy as np

    def last_bit(x: float, g: float, m: float, lr: float) -> tuple[float, float]:
        return math.nextafter(x - lr * g, math.inf) if g else x, m

    def single(x: float, g: float, m: float, lr: float) -> tuple[float, float]:
        return float(np.float32(x - np.float32(lr) * np.float32(g))), m

    (nearly,) = conform(Stub(last_bit), ("SA-1",), families=few()).claims
    assert nearly.verdict == HOLDS
    assert nearly.rounded > 0
    (strictly,) = conform(Stub(last_bit), ("SA-1",), ulps=0, families=few()).claims
    assert strictly.verdict == FAILS
    step = Fraction(0.1)
    family = (situations(step)[::10], [])
    (coarse,) = conform(Stub(single, step_size=0.1), ("SA-1",), families=family).claims
    assert coarse.verdict == FAILS


def test_the_situations_do_not_make_sgd_round() -> None:
    """Fails when a situation is offered on which x - eta g is not exact in doubles."""
    for step in (0.1, 1 / 3):
        found = situations(Fraction(step))
        assert all(map(exact_for_sgd, found))
        assert any(s.earlier for s in found)
        assert any(any(s.origin) for s in found)
        assert any(m.variance for s in found for m in s.model.modes)


def test_options_are_numbers_and_words_only() -> None:
    """Fails when an option is evaluated, or a plain number is misread."""
    assert value_of("betas", "0.9,0.999") == (0.9, 0.999)
    assert [value_of("x", t) for t in ("1/4", "2", "true", "None")] == [0.25, 2, True, None]
    for wrong in ("__import__('os')", "1+1", "nan", "[]", "1/0", ""):
        with pytest.raises(InputError, match="--set x="):
            value_of("x", wrong)


@needs_optax
def test_optax_sgd_conforms_and_adam_does_not() -> None:
    """Fails when optax's SGD rounds more than it must, or its Adam passes as SGD."""
    report = conform(load("optax:sgd", "1/8", {}), families=few())
    assert set(verdicts(report).values()) == {HOLDS, NOT_APPLICABLE}
    assert all(c.rounded == 0 for c in report.claims)
    adam = conform(load("optax:adam", "1/8", {}), ("SA-1", "SA-3"), families=few())
    assert verdicts(adam) == {"SA-1": FAILS, "SA-3": FAILS}
