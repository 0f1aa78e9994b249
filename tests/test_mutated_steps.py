"""Whatever a step accepts is true in every model of what it rests on: changed steps are tried."""

from __future__ import annotations

import random

import pytest
from mutated_steps import mutations, refutation

from theory import registry
from verify.models import describe


def check(claim_id: str, sample: int | None, degree: int | None, examples: int) -> None:
    every = list(mutations(claim_id))
    chosen = every if sample is None else random.Random(1).sample(every, min(sample, len(every)))
    accepted = 0
    for number, mutation in enumerate(chosen):
        fact = mutation.accepted(degree)
        if fact is not None:
            accepted += 1
            model = refutation(mutation, fact, examples, number)
            assert model is None, (
                f"{claim_id}, step {mutation.step.reason!r}, {mutation.change}: accepted\n"
                f"  {fact.statement}\n  resting on {sorted(fact.rests_on)}; false where\n"
                f"  {describe(model)}"
            )
    print(f"{claim_id}: {len(chosen)} versions, {accepted} accepted, none refuted")


@pytest.mark.parametrize("claim_id", ["SA-1", "SA-2", "SA-3"])
def test_a_sample_of_changed_steps(claim_id: str) -> None:
    """Fails if a changed step is accepted although a random exact model refutes it."""
    check(claim_id, sample=10, degree=2, examples=20)


@pytest.mark.full
@pytest.mark.parametrize("claim_id", list(registry.files()))
def test_every_changed_step(claim_id: str) -> None:
    """Fails if any changed step is accepted although a random exact model refutes it."""
    check(claim_id, sample=None, degree=3, examples=60)
