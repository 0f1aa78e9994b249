"""Monte Carlo evidence: literal SGD in many dimensions, decided with stated error probabilities.

The predictions under test (eta*, the moments) enter only as the value that is tested and, for the
planning of sample sizes, as the size of the effect; the draws come from the simulator.
Source: our formalisation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from verify.decide import Decision
from verify.evidence import Failed, Outcome
from verify.laws import Array, GaussianForm
from verify.noise import AdditiveNoise
from verify.simulate import Observables, simulate

DIRECTIONS = {"fast": 2_000, "full": 100_000}


@dataclass(frozen=True)
class Problem:
    """A quadratic in `d` dimensions with Gaussian additive noise and a state, in doubles."""

    eigenvalues: Array
    k: int
    gradient: Array
    variance: Array
    step_size: float

    @property
    def energies(self) -> tuple[float, float]:
        """D and B of the state."""
        squares = self.gradient**2
        return float(squares[: self.k].sum()), float(squares[self.k :].sum())

    def with_step(self, step_size: float) -> Problem:
        """The same state with another step size."""
        return replace(self, step_size=step_size)

    def block_sums(self, power: int, noise: bool = False) -> tuple[float, float]:
        """Sums of lambda^power g^2 (or, with `noise`, lambda^power sigma^2) over both blocks."""
        terms = self.eigenvalues**power * (self.variance if noise else self.gradient**2)
        return float(terms[: self.k].sum()), float(terms[self.k :].sum())

    def critical_step_size(self) -> float:
        """eta* = 2 p / q as SA-3 claims it: the value under test."""
        (d, b), (m1_d, m1_b) = self.energies, self.block_sums(1)
        (m2_d, m2_b), (n_d, n_b) = self.block_sums(2), self.block_sums(2, noise=True)
        return 2 * (m1_d * b - d * m1_b) / ((m2_d + n_d) * b - d * (m2_b + n_b))

    def run(self, start: int, count: int, seed: int, steps: int = 1, **options: Any) -> Observables:
        """Replicas `start` to `start + count` of literal SGD from the state."""
        return simulate(
            self.eigenvalues,
            self.k,
            AdditiveNoise("gaussian", self.variance),
            step_size=self.step_size,
            steps=steps,
            replicas=count,
            first_replica=start,
            seed=seed,
            initial_gradient=self.gradient,
            **options,
        )


def low_alignment(d: int, alignment: float = 0.5) -> Problem:
    """A state with 1 % dominant directions, an ill-conditioned spectrum and noise that matters."""
    k = max(1, d // 100)
    eigenvalues = np.concatenate([np.linspace(2.0, 1.0, k), np.geomspace(0.5, 0.01, d - k)])
    energy = np.concatenate([np.full(k, alignment / k), np.full(d - k, (1 - alignment) / (d - k))])
    signs = np.where(np.arange(d) % 2 == 0, 1.0, -1.0)
    variance = np.concatenate([np.full(k, 1.0 / k), np.full(d - k, 1.0 / (d - k))])
    return Problem(eigenvalues, k, signs * np.sqrt(energy), variance, 0.5)


def cross_difference(
    problem: Problem, seed: int
) -> tuple[Callable[[int, int], Array], GaussianForm]:
    """Draws of (D+ B - D B+) / (D B) after one literal step, and their centred law."""
    dominant, bulk = problem.energies

    def draws(start: int, count: int) -> Array:
        seen = problem.run(start, count, seed, observe=[1], losses=False)
        return seen.dominant_energy[:, 0] / dominant - seen.bulk_energy[:, 0] / bulk

    weights = np.where(np.arange(len(problem.eigenvalues)) < problem.k, 1 / dominant, -1 / bulk)
    return draws, after_one_step(problem, weights)


def after_one_step(problem: Problem, weights: Array) -> GaussianForm:
    """The centred law of sum_l weights_l (g_l+)^2: g_l+ is normal around (1 - eta lambda_l) g_l."""
    contraction = 1 - problem.step_size * problem.eigenvalues
    spread = problem.step_size * problem.eigenvalues * np.sqrt(problem.variance)
    return GaussianForm.of(weights, contraction * problem.gradient, spread)


def demand(decision: Decision, answer: str, what: str) -> Outcome:
    """The decision as an outcome; raises Failed unless it is the expected answer."""
    if decision.answer != answer:
        raise Failed(f"{what}: {decision.answer} after {decision.draws} draws, expected {answer}")
    return Outcome(
        f"{what}: {decision.answer} after {decision.draws} draws "
        f"(wrong: at most {decision.alpha:.0e}, missed: at most {decision.miss:.0e})",
        decision.alpha,
    )


def together(*outcomes: Outcome) -> Outcome:
    """Several decisions as one outcome: details joined, error probabilities added."""
    return Outcome(
        "; ".join(o.detail for o in outcomes), sum(o.error_probability for o in outcomes)
    )
