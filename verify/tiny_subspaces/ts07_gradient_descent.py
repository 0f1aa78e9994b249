"""TS-7: literal gradient descent from starts that leave modes out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

from theory import registry
from verify import search
from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.models import Mode, Model
from verify.tiny_subspaces import words_extreme_modes  # noqa: F401  # registers meanings

NEAR = (Fraction(1), Fraction(999, 1000), Fraction(1001, 1000), Fraction(11, 10))
INSTANCES = {"fast": 60, "full": 600}
STEPS = 1500
MARGIN = 0.97  # of the smaller over the larger contraction: nearer ones need longer runs
LOST = 1e-9  # share of the gradient energy that counts as lost after so many steps


@dataclass(frozen=True)
class Start:
    """Eigenvalues, the gradient, how many directions are dominant, and the step size."""

    eigenvalues: list[float]
    gradient: list[float]
    k: int
    step_size: float

    def slowest(self, dominant: bool) -> float:
        """The largest |1 - eta lambda| among the excited modes of a block."""
        pairs = list(zip(self.eigenvalues, self.gradient, strict=True))
        block = pairs[: self.k] if dominant else pairs[self.k :]
        return max(abs(1 - self.step_size * x) for x, g in block if g)

    def final_alignment(self) -> float:
        """Alignment after many literal steps; the scale is taken out, which no ratio notices."""
        position = [g / x for g, x in zip(self.gradient, self.eigenvalues, strict=True)]
        for _ in range(STEPS):
            position = [
                p - self.step_size * (x * p)
                for p, x in zip(position, self.eigenvalues, strict=True)
            ]
            largest = max(map(abs, position))
            position = [p / largest for p in position]
        squares = [(x * p) ** 2 for x, p in zip(self.eigenvalues, position, strict=True)]
        return sum(squares[: self.k]) / sum(squares)


def random_start(source: random.Random) -> Start:
    """A start in which some modes have no gradient, one of each block has, and one side loses."""
    while True:
        size = source.randint(2, 6)
        k = source.randint(1, size - 1)
        eigenvalues = sorted((source.uniform(0.05, 2) for _ in range(size)), reverse=True)
        gradient = [source.choice((0.0, 0.01, 1.0, -3.0)) for _ in range(size)]
        gradient[source.randrange(k)] = 1.0
        gradient[source.randrange(k, size)] = 1.0
        start = Start(eigenvalues, gradient, k, source.uniform(0.3, 1.99) / eigenvalues[0])
        low, high = sorted((start.slowest(True), start.slowest(False)))
        if low < MARGIN * high:
            return start


@check("TS-7", "property", "every mixture of modes")
def every_mixture(settings: Settings) -> Outcome:
    """Fails when the block whose slowest excited mode contracts more does not lose everything."""
    source = random.Random(settings.stream("TS-7", "mixtures"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    vanished = 0
    for _ in range(count):
        start = random_start(source)
        falls = start.slowest(True) < start.slowest(False)
        final = start.final_alignment()
        if (final if falls else 1 - final) > LOST:
            raise Failed(f"alignment ends at {final} from {start}")
        vanished += falls
    if not 0 < vanished < count:
        raise Failed("all runs ended alike: the check cannot tell the two ends apart")
    return Outcome(f"{count} runs of {STEPS} steps: {vanished} end at 0, the others at 1")


@check("TS-7", "exact", "at and around the critical step")
def around_the_critical_step(settings: Settings) -> Outcome:
    """Fails when a part of the claim is false at 2/(lambda_1 + lambda_d), or right beside it.

    Random step sizes never hit it; the claim must speak about every one of these models.
    """
    source = random.Random(settings.stream("TS-7", "critical"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"]) // 6
    claim = registry.get("TS-7")
    for _ in range(count):
        size = source.randint(2, 4)
        k = source.randint(1, size - 1)
        eigenvalues = sorted(source.sample(range(1, 12), size), reverse=True)
        modes = [
            Mode(Fraction(x), Fraction(source.randint(1, 9)), Fraction(0)) for x in eigenvalues
        ]
        for factor in NEAR:
            step_size = factor * 2 / (modes[0].eigenvalue + modes[-1].eigenvalue)
            if step_size * modes[0].eigenvalue >= 2:
                continue
            model = Model(tuple(modes[:k]), tuple(modes[k:]), step_size, horizon=4)
            found = search.decide(claim, model)
            if found != search.TRUE:
                raise Failed(f"the claim is {found} with lambda = {eigenvalues}, eta = {step_size}")
    return Outcome(f"{count} spectra, at the critical step and at most {len(NEAR) - 1} beside it")
