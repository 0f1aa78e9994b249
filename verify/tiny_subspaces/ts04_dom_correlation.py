"""TS-4: projected steps of enumerated minibatches in rotated bases."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

from verify.checks import Settings, check
from verify.evidence import Failed, Outcome
from verify.exact_matrices import (
    diagonal,
    dot,
    identity,
    projector,
    random_basis,
    random_vector,
    scaled,
    vector,
)
from verify.tiny_subspaces import words_sampled_step  # noqa: F401  # registers meanings
from verify.tiny_subspaces.ts03_gradient_correlation import mean

INSTANCES = {"fast": 10, "full": 150}
SAMPLES, BATCH, ETA = 5, 2, Fraction(1, 7)
PRINTED = (Fraction(1), Fraction(7, 2))  # full-loss projector, minibatch projector, over -eta


@check("TS-4", "exact", "projected minibatches in rotated bases")
def rotated_bases(settings: Settings) -> Outcome:
    """Fails when the mean over all minibatches is not -eta chi^2 |grad|^2."""
    source = random.Random(settings.stream("TS-4", "rotated"))
    count = INSTANCES.get(settings.tier, INSTANCES["full"])
    for _ in range(count):
        size = source.randint(2, 6)
        k = source.randint(1, size - 1)
        block = projector(random_basis(size, source), range(k))
        gradients = [random_vector(size, source) for _ in range(SAMPLES)]
        full = mean(gradients)
        shares = []
        for kept in (block, identity(size) - block):
            steps = [scaled(-ETA, kept * mean(b)) for b in combinations(gradients, BATCH)]
            found = sum((dot(full, step) for step in steps), Fraction(0)) / len(steps)
            part = kept * full
            shares.append(dot(part, part) / dot(full, full))
            if found != -ETA * shares[-1] * dot(full, full):
                raise Failed(f"{found} with chi^2 = {shares[-1]}, k = {k} of {size}")
        if sum(shares) != 1:
            raise Failed(f"the shares {shares} do not add up to 1")
    return Outcome(f"{count} losses with {SAMPLES} samples, batches of {BATCH}")


@check("TS-4", "mutant", "projector of the same minibatch")
def projector_of_the_minibatch(settings: Settings) -> Outcome:
    """Fails unless the minibatches' projectors give 7/2 where that of the full loss gives 1.

    H1 = diag(4, 1), H2 = diag(1, 2), g1 = (1, 1), g2 = (1, 3), k = 1, over -eta.
    """
    spectra = ([4, 1], [1, 2])
    gradients = [vector([1, 1]), vector([1, 3])]
    full, hessian = mean(gradients), scaled(Fraction(1, 2), diagonal([5, 3]))
    if hessian != scaled(Fraction(1, 2), diagonal(spectra[0]) + diagonal(spectra[1])):
        raise Failed("the full Hessian is not the mean")
    own = [projector(identity(2), [spectrum.index(max(spectrum))]) for spectrum in spectra]
    common = projector(identity(2), [0])
    fixed = mean(common * g for g in gradients)
    varying = mean(p * g for p, g in zip(own, gradients, strict=True))
    found = dot(full, fixed), dot(full, varying)
    if found != PRINTED:
        raise Failed(f"{found}, printed {PRINTED}")
    return Outcome(f"over -eta: {found[0]} with the full projector, {found[1]} with the batch's")
