"""A world whose one step is the step of a third-party optimiser.

The words of a claim keep their meaning; only "one step" changes: every outcome of the noise is
handed to the optimiser as a gradient, and where it moves the parameters is what happens. The
quadratic is sum lambda_l (x_l - x*_l)^2 / 2 in coordinates x that only the optimiser sees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import flint

from theory.language import BULK, DOMINANT
from verify.adapters.update_rule import Point, UpdateRule
from verify.balls import Irrational, OutOfScope, Undefined
from verify.meaning import ENCLOSURES, ModeView, World, exact_root, noise_atoms
from verify.models import Model

Exact = tuple[Fraction, ...]
Range = tuple[Fraction, Fraction]  # from, to

MOVED = frozenset(
    {
        "D_next",
        "B_next",
        "loss_D_next",
        "loss_B_next",
        "g2_next",
        "loss_after_dominant_step",
        "loss_after_bulk_step",
    }
)
"""The words that a step of the optimiser gives their value."""


SHORT = 40
"""Significant bits of a number that no rounding produced: a double has 53."""


@dataclass(frozen=True)
class Situation:
    """A model, and what only an optimiser sees: its position, and gradients it met before.

    `model` gives the quadratic, the squared gradient and the noise *now*; `origin` (d,) is where
    the optimiser was started, `earlier` the gradients it has been fed with since then.
    """

    model: Model
    origin: Exact
    earlier: tuple[Exact, ...] = ()


class Runs:
    """The paths of one optimiser, remembered; counts how often it really ran."""

    def __init__(self, rule: UpdateRule) -> None:
        self.rule = rule
        self.short = all(is_short(x) for x in _numbers(rule.options))
        self.known: dict[tuple[float, Point, tuple[Point, ...]], tuple[Point, ...]] = {}

    def path(
        self, start: Point, gradients: tuple[Point, ...], step_size: float
    ) -> tuple[Point, ...]:
        """Positions after each gradient. Raises Undefined if the optimiser leaves the numbers."""
        key = (step_size, start, gradients)
        if key not in self.known:
            rule = self.rule
            if step_size != rule.step_size:
                rule = rule.with_step_size(step_size)
            self.known[key] = rule.path(start, gradients) if gradients else ()
        found = self.known[key]
        if not all(math.isfinite(x) for point in found for x in point):
            raise Undefined("the optimiser's parameters are not finite")
        return found


@dataclass(frozen=True)
class Branch:
    """One outcome of all noise so far: its probability, the gradients fed, the positions since."""

    weight: Fraction
    fed: tuple[Point, ...]
    gradient: Exact  # the true gradient where the optimiser is now
    slack: Exact  # how far that may be off, per mode


class OptimiserWorld(World):
    """A situation at one time of its run. `ulps` is how much rounding is forgiven; 0 means none.

    With `ulps` > 0 every position is only known up to that many units in the last place, per step,
    of the largest number the coordinate met; what depends on it is enclosed in a ball.
    """

    def __init__(
        self,
        situation: Situation,
        runs: Runs,
        ulps: int = 0,
        *,
        branches: tuple[Branch, ...] | None = None,
        time: int = 0,
        start: World | None = None,
    ) -> None:
        super().__init__(situation.model, time, start)
        self.situation, self.runs, self.ulps = situation, runs, ulps
        self.branches = branches if branches is not None else (self._root(),)

    def word(self, name: str) -> Any:
        """The value of a word; Irrational where rounding leaves a range of values."""
        if self.ulps and name in MOVED:
            raise Irrational
        return super().word(name)

    def view(self, side: str) -> list[ModeView]:
        """The modes of one block, seen one at a time."""
        cut = len(self.model.dominant)
        indices = range(cut) if side == DOMINANT else range(cut, len(self.model.modes))
        return [RoundedView(self, i) for i in indices]

    @cached_property
    def later(self) -> tuple[Branch, ...]:
        """All branches one step on: every outcome of the noise, fed to the optimiser."""
        model, size = self.model, len(self.model.modes)
        noises = [noise_atoms(v) for v in self.variances]
        branches = []
        for branch in self.branches:
            for outcome in product(*noises):
                weight = math.prod((w for w, _ in outcome), start=branch.weight)
                if not weight:
                    continue
                drawn = tuple(branch.gradient[i] + outcome[i][1] for i in range(size))
                fed = (*branch.fed, tuple(map(float, drawn)))
                branches.append(self._moved(weight, fed, len(model.modes)))
        return tuple(branches)

    @cached_property
    def finite(self) -> bool:
        """Whether the optimiser's next parameters are numbers, in every outcome."""
        try:
            return bool(self.later)
        except Undefined:
            return False

    def rounds(self, steps: int) -> bool:
        """Whether rounding is forgiven anywhere in these next steps."""
        if any(any(branch.slack) for branch in self.later):
            return True
        following = self.next() if steps > 1 else None
        return (
            isinstance(following, OptimiserWorld)
            and following.finite
            and following.rounds(steps - 1)
        )

    @cached_property
    def ranges_next(self) -> tuple[Range, ...]:
        """E g_l^2 after the step, as a range; a single number when no rounding is forgiven."""
        return energies(self.later, len(self.model.modes))

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """E g_l^2 now."""
        return energies(self.branches, len(self.model.modes))

    @cached_property
    def energies_next(self) -> Exact:
        """E g_l^2 after one step of the optimiser, by enumeration of the outcomes."""
        if self.ulps:
            raise Irrational
        return tuple(low for low, _ in self.ranges_next)

    def outcomes(self, index: int) -> list[tuple[Fraction, Fraction]]:
        """Atoms (probability, gradient after the step) of one mode."""
        return [(b.weight, b.gradient[index]) for b in self.later]

    def next(self) -> World:
        """The world one step later: the same run, one step on."""
        if "next" not in self.values:
            middle = tuple((low + high) / 2 for low, high in self.ranges_next)
            situation = replace(self.situation, model=self.model.with_energies(middle))
            self.values["next"] = OptimiserWorld(
                situation,
                self.runs,
                self.ulps,
                branches=self.later,
                time=self.time + 1,
                start=self.start,
            )
        return self.values["next"]  # type: ignore[no-any-return]

    def changed(self, change: str, value: Fraction) -> World:
        """The world after a change; a changed step size is given to the optimiser."""
        found = super().changed(change, value)
        if isinstance(found, OptimiserWorld):
            return found
        if self.time:
            raise OutOfScope("only the first state of a run can be changed")
        if self.situation.earlier and found.model.step_size != self.model.step_size:
            raise OutOfScope("another step size would have led to another state")
        return OptimiserWorld(replace(self.situation, model=found.model), self.runs, self.ulps)

    def _root(self) -> Branch:
        """The state now; OutOfScope if its gradient is irrational."""
        roots = [exact_root(m.energy) for m in self.model.modes]
        if None in roots:
            raise OutOfScope("the gradient is irrational")
        known = tuple(r for r in roots if r is not None)
        zeros = (Fraction(0),) * len(known)
        fed = tuple(tuple(map(float, g)) for g in self.situation.earlier)
        return Branch(Fraction(1), fed, known, zeros)

    def _moved(self, weight: Fraction, fed: tuple[Point, ...], size: int) -> Branch:
        """Where the optimiser is after these gradients, and the true gradient there."""
        step = self.model.step_size
        if Fraction(float(step)) != step:
            raise OutOfScope("this step size is no double")
        origin = tuple(map(float, self.situation.origin))
        path = self.runs.path(origin, fed, float(step))
        known = len(self.situation.earlier)
        now = path[known - 1] if known else origin
        first = self.start._root() if isinstance(self.start, OptimiserWorld) else self._root()
        gradient, slack = [], []
        for i, mode in enumerate(self.model.modes):
            travelled = Fraction(path[-1][i]) - Fraction(now[i])
            gradient.append(first.gradient[i] + mode.eigenvalue * travelled)
            steps = len(fed) - known
            slack.append(abs(mode.eigenvalue) * self.ulps * steps * self._ulp(i, origin, path, fed))
        return Branch(weight, fed, tuple(gradient), tuple(slack))

    def _ulp(
        self, i: int, origin: Point, path: tuple[Point, ...], fed: tuple[Point, ...]
    ) -> Fraction:
        """The unit in the last place of the largest number that coordinate i met.

        That is a position, a move or a gradient times the step size. 0 where nothing was rounded:
        all options and positions are short, and rounding fills the last places.
        """
        step = float(self.model.step_size)
        places = [origin[i], *(point[i] for point in path)]
        if self.runs.short and all(map(is_short, (step, *places))):
            return Fraction(0)
        moves = [b - a for a, b in pairwise(places)]
        return Fraction(
            math.ulp(max(map(abs, (*places, *moves, *(step * gradient[i] for gradient in fed)))))
        )


class RoundedView(ModeView):
    """A mode of such a world; its energy is a range once the optimiser has moved."""

    world: OptimiserWorld

    def word(self, name: str) -> Any:
        """The value of a word for this mode."""
        if self.world.ulps and (name == "g2_next" or (name == "g2" and self.world.time)):
            raise Irrational
        return super().word(name)


def is_short(x: float) -> bool:
    """Whether the binary expansion of x ends well before the last place of a double."""
    return Fraction(x).numerator.bit_length() <= SHORT


def _numbers(options: Any) -> Iterator[float]:
    """All numbers among the options."""
    for value in options.values() if isinstance(options, dict) else options:
        if isinstance(value, tuple):
            yield from _numbers(value)
        elif isinstance(value, (int, float)):
            yield float(value)


def velocities(situation: Situation, runs: Runs) -> Exact:
    """H times the last displacement of the optimiser, per mode; zeros before it moved."""
    modes, earlier = situation.model.modes, situation.earlier
    if not earlier:
        return (Fraction(0),) * len(modes)
    origin = tuple(map(float, situation.origin))
    fed = tuple(tuple(map(float, g)) for g in earlier)
    path = (origin, *runs.path(origin, fed, float(situation.model.step_size)))
    return tuple(
        mode.eigenvalue * (Fraction(path[-1][i]) - Fraction(path[-2][i]))
        for i, mode in enumerate(modes)
    )


def energies(branches: tuple[Branch, ...], size: int) -> tuple[Range, ...]:
    """E g_l^2 over the branches, as ranges."""
    return tuple(
        (
            sum((b.weight * _least(b.gradient[i], b.slack[i]) for b in branches), Fraction(0)),
            sum((b.weight * (abs(b.gradient[i]) + b.slack[i]) ** 2 for b in branches), Fraction(0)),
        )
        for i in range(size)
    )


def _least(gradient: Fraction, slack: Fraction) -> Fraction:
    return max(Fraction(0), abs(gradient) - slack) ** 2


# --- what the moved words are enclosed in


def _ball(rational: Fraction) -> Any:
    return flint.arb(flint.fmpq(rational.numerator, rational.denominator))


def _between(span: Range) -> Any:
    return _ball(span[0]).union(_ball(span[1]))


def _indices(world: OptimiserWorld, side: str) -> Iterator[int]:
    cut = len(world.model.dominant)
    return iter(range(cut) if side == DOMINANT else range(cut, len(world.model.modes)))


def _energy_ball(world: OptimiserWorld, side: str) -> Any:
    return sum((_between(world.ranges_next[i]) for i in _indices(world, side)), flint.arb(0))


def _loss_ball(world: OptimiserWorld, side: str, moves: bool = True) -> Any:
    total, ranges = flint.arb(0), world.ranges_next if moves else world.ranges
    for i in _indices(world, side):
        total += _between(ranges[i]) / (2 * _ball(world.model.modes[i].eigenvalue))
    return total


ENCLOSURES.update(
    {
        "g2": lambda view: _between(view.world.ranges[view.index]),
        "g2_next": lambda view: _between(view.world.ranges_next[view.index]),
        "D_next": lambda world: _energy_ball(world, DOMINANT),
        "B_next": lambda world: _energy_ball(world, BULK),
        "loss_D_next": lambda world: _loss_ball(world, DOMINANT),
        "loss_B_next": lambda world: _loss_ball(world, BULK),
        "loss_after_dominant_step": lambda world: (
            _loss_ball(world, DOMINANT) + _loss_ball(world, BULK, moves=False)
        ),
        "loss_after_bulk_step": lambda world: (
            _loss_ball(world, DOMINANT, moves=False) + _loss_ball(world, BULK)
        ),
    }
)
