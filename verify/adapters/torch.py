"""A monitor for anybody's PyTorch training loop: gradient alignment, and what SA-3 says of it.

    monitor = AlignmentMonitor(model, loss, (inputs, targets), k=10, batch_size=32)
    for x, y in batches:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        with monitor.step(optimizer):
            optimizer.step()
    print(monitor)

Source: chi_k is Definition 2, Dom-LR and Bulk-LR are Definition 4 of Song, Ahn and Yun, with the
sign that gives gradient descent its own step size (TS-24); the critical step size is SA-3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from verify.adapters.hessian import Subspace, Vector, flatten
from verify.adapters.local_conditions import Data, LocalConditions, Loss, Probe
from verify.adapters.score import Score, Trial
from verify.errors import InputError

PRODUCTS = 16
"""Hessian-vector products spent on the bulk noise of a probe."""

RESOLUTION = 16
"""Changes of alignment below this many units of rounding of the parameters are no change."""


@dataclass(frozen=True)
class Report:
    """One probed step.

    `chi_gradient`, `chi_update`: ||P v||/||v||, *not* squared, P the dominant projection before the
    step. `dom_lr`, `bulk_lr`: the step size with which gradient descent would make the same
    progress along that block of the gradient (None if it vanishes). `critical_step_size`: of SA-3,
    with its interval, infinite if alignment falls at every step size. `predicted`, `seen`: sign of
    the change of the *squared* alignment from `alignment` to `alignment_next`, same P (None:
    undecided).
    """

    step: int
    loss: float
    step_size: float
    eigenvalues: tuple[float, ...]
    chi_gradient: float
    chi_update: float
    dom_lr: float | None
    bulk_lr: float | None
    critical_step_size: tuple[float, float, float] | None
    alignment: float | None
    alignment_next: float | None
    predicted: int | None
    seen: int | None

    def as_data(self) -> dict[str, Any]:
        """As JSON; a critical step size without upper bound is written as null."""
        data = dict(vars(self))
        data["eigenvalues"] = list(self.eigenvalues)
        if self.critical_step_size is not None:
            finite = [x if math.isfinite(x) else None for x in self.critical_step_size]
            data["critical_step_size"] = dict(zip(("value", "lower", "upper"), finite, strict=True))
        return data

    def __str__(self) -> str:
        k = len(self.eigenvalues) - 1
        return "\n".join(
            (
                f"step {self.step}: loss {self.loss:.4g}, step size {self.step_size:.4g}",
                f"  chi_{k} (not squared): gradient {self.chi_gradient:.4f}, "
                f"update {self.chi_update:.4f}; eigenvalues {self.eigenvalues[k - 1]:.3g} | "
                f"{self.eigenvalues[k]:.3g} at the gap",
                f"  effective step sizes: Dom-LR {_short(self.dom_lr)}, "
                f"Bulk-LR {_short(self.bulk_lr)}",
                f"  critical step size {self._critical()}: predicted to {_move(self.predicted)}; "
                f"squared alignment {_short(self.alignment)} -> {_short(self.alignment_next)}",
            )
        )

    def _critical(self) -> str:
        if self.critical_step_size is None:
            return "undefined"
        value, lower, upper = self.critical_step_size
        if not math.isfinite(lower):
            return "none (q <= 0)"
        return f"{value:.3g} ({lower:.3g} to {upper:.3g})"


class AlignmentMonitor:
    """Watches the steps of an optimiser on `model`.

    Args:
        model: the network; dropout and batch normalisation must not be in training mode.
        loss: `loss(outputs, targets)`, the mean over samples.
        data: (inputs, targets), N samples: the full loss, from which batches are drawn. For large
            data a fixed part of it, as long as that stands for the whole.
        k: number of dominant directions.
        batch_size, replacement: how the training batches are drawn from `data`.
        every: probe each step whose number is a multiple of it.
        step_size: SA-3's eta; by default the optimiser's learning rate at each step.
        products: Hessian-vector products for the bulk noise; N or more make it exact.
        threads: of PyTorch while it probes (afterwards its own setting again); linear algebra of
            NumPy uses one. More than one slows down a machine that is busy, and changes last bits.
        seed: of the random signs; the training's own random numbers are not touched.

    Raises InputError for arguments that do not fit the model or the data, at a probe for a loss
    that is random, not finite, or not the mean over samples.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        loss: Loss,
        data: Data,
        *,
        k: int,
        batch_size: int,
        replacement: bool = False,
        every: int = 1,
        step_size: float | None = None,
        products: int = PRODUCTS,
        threads: int = 1,
        seed: int = 0,
    ) -> None:
        for name, value in (("every", every), ("threads", threads)):
            if value < 1:
                raise InputError(f"{name} = {value}: choose 1 or more")
        self._probe = Probe(
            model,
            loss,
            data,
            k=k,
            batch_size=batch_size,
            replacement=replacement,
            products=products,
        )
        self.every, self.step_size, self.seed = every, step_size, seed
        self.threads = threads
        self.reports: list[Report] = []
        self.count = 0
        self._subspace: Subspace | None = None
        self._before: tuple[LocalConditions, Vector, float] | None = None

    @contextmanager
    def step(self, optimizer: torch.optim.Optimizer) -> Iterator[None]:
        """Around `optimizer.step()`: measures before and after it."""
        self.before_step(optimizer)
        try:
            yield
        except BaseException:
            self._before = None
            raise
        self.after_step()

    def before_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Measure the state before a step, if this step is to be probed."""
        if self.count % self.every:
            return
        step_size = self._step_size(optimizer)
        rng = np.random.default_rng([self.seed, self.count])
        with limited_to(self.threads):
            conditions = self._probe.measure(rng, self._subspace)
        self._subspace = conditions.subspace
        self._before = (conditions, flatten(self._probe.parameters).copy(), step_size)

    def after_step(self) -> Report | None:
        """Measure the step just made; its report, or None if it was not probed."""
        number, self.count = self.count, self.count + 1
        if self._before is None:
            return None
        (state, before, step_size), self._before = self._before, None
        with limited_to(self.threads):
            report = self._report(number, state, before, step_size)
        self.reports.append(report)
        return report

    def _report(
        self, number: int, state: LocalConditions, before: Vector, step_size: float
    ) -> Report:
        """What the step did, with the projection from before it."""
        top = state.subspace.leading(self._probe.k)
        update = flatten(self._probe.parameters) - before
        critical = state.critical_step_size
        afterwards = self._probe.gradient()
        later = top.alignment(afterwards) ** 2 if afterwards.any() else None
        return Report(
            step=number,
            loss=state.loss,
            step_size=step_size,
            eigenvalues=tuple(map(float, state.eigenvalues)),
            chi_gradient=top.alignment(state.gradient),
            chi_update=top.alignment(update),
            dom_lr=effective_step_size(update, top.dominant(state.gradient)),
            bulk_lr=effective_step_size(update, top.bulk(state.gradient)),
            critical_step_size=None
            if critical is None
            else (critical.value, critical.lower, critical.upper),
            alignment=state.alignment,
            alignment_next=later,
            predicted=state.direction(step_size),
            seen=self._seen(state.alignment, later),
        )

    @property
    def score(self) -> Score:
        """How often the predicted direction came true so far."""
        return Score(tuple(Trial(r.alignment, r.predicted, r.seen) for r in self.reports))

    def report(self) -> dict[str, Any]:
        """All probes and the score, as JSON."""
        return {
            "schema": 1,
            "k": self._probe.k,
            "samples": self._probe.samples,
            "probes": [r.as_data() for r in self.reports],
            "score": self.score.as_data(),
        }

    def __str__(self) -> str:
        latest = [str(self.reports[-1])] if self.reports else []
        return "\n".join([*latest, str(self.score)])

    def _step_size(self, optimizer: torch.optim.Optimizer) -> float:
        if self.step_size is not None:
            return self.step_size
        rates = {float(group["lr"]) for group in optimizer.param_groups}
        if len(rates) != 1:
            raise InputError(f"the optimiser uses {len(rates)} learning rates; give step_size=")
        return rates.pop()

    def _seen(self, before: float | None, after: float | None) -> int | None:
        """The sign of the change of the squared alignment; None if rounding could explain it."""
        if before is None or after is None:
            return None
        unit = torch.finfo(self._probe.parameters[0].dtype).eps
        change = after - before
        return None if abs(change) <= RESOLUTION * unit else int(np.sign(change))


@contextmanager
def limited_to(threads: int) -> Iterator[None]:
    """PyTorch on this many threads, the linear algebra of NumPy on one."""
    usual = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(limits=1, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(usual)


def effective_step_size(update: Vector, block: Vector) -> float | None:
    """-<update, block>/||block||^2: GD's own step size for GD; None for a vanishing block.

    `block` (p,) is the dominant or the bulk part of the gradient. Source: TS-24.
    """
    energy = float(block @ block)
    return -float(update @ block) / energy if energy else None


def _short(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4g}"


def _move(direction: int | None) -> str:
    return {1: "rise", -1: "fall", None: "do either, too close to tell"}[direction]
