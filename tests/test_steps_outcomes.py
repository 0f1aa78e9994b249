"""Steps about expectations over outcomes: wrong uses are rejected."""

from __future__ import annotations

import pytest
from sympy import Eq, Le, symbols

from theory import registry
from theory.outcomes import Averaged, Discriminant, R
from theory.proof import Fact, NotAccepted, Proof, Step
from theory.vocabulary import C_DB, C_RG, E_R, V_B, V_D, V_G, B, D_next, G_next, a_next, cv2
from theory.vocabulary import remainder as rem
from verify.prove import certificates_for

s, u = symbols("s u", real=True)


def accept(*steps: Step) -> None:
    """Establish the steps under the assumptions of SA-7, with certificates found on the spot."""
    proof = Proof(registry.get("SA-7"), registry.LIBRARY, {})
    for step in steps:
        proof.certificates = {step.reason: certificates_for(step, proof)}
        proof.establish(step)


def test_the_variance_of_a_sum() -> None:
    """Fails when a true identity between second moments is turned down."""
    accept(Averaged("sum", Eq(V_G, V_D + V_B + 2 * C_DB), over=(V_G, V_D, V_B, C_DB)))


@pytest.mark.parametrize(
    "step",
    [
        Averaged("wrong factor", Eq(V_G, V_D + V_B + C_DB), over=(V_G, V_D, V_B, C_DB)),
        Averaged("wrong mean", Eq(C_RG, D_next + E_R * G_next), over=(C_RG,)),
        Averaged("not affine", Eq(V_D * V_B, C_DB**2), over=(V_D, V_B, C_DB)),
        Averaged("divides", Eq(1 / V_D, 1 / V_B), over=(V_D, V_B)),
        Averaged("no expectation", Eq(B, V_D), over=(B, V_D)),
        Averaged("not in every outcome", C_RG >= 0, over=(C_RG,)),
        Averaged("strict", V_G > 0, over=(V_G,)),
        Averaged("not centred", V_G >= 1, over=(V_G,), centred=1),
        Averaged("an outcome by name", Eq(R, E_R), over=(E_R,)),
        Averaged("too small", rem <= (1 - a_next) * cv2 / 2, ("next energy",), over=(rem, V_G)),
    ],
    ids=lambda step: step.reason,
)
def test_a_wrong_average_is_rejected(step: Step) -> None:
    """Fails when a false or unreadable relation between expectations is accepted."""
    with pytest.raises(NotAccepted):
        accept(step)


QUADRATIC = Averaged("quadratic", s**2 * V_D + V_D >= 0, over=(V_D,))


@pytest.mark.parametrize(
    "step",
    [
        Discriminant("larger", V_D**2 <= 0, ("quadratic",), variable=s),
        Discriminant("another variable", -(V_D**2) <= 0, ("quadratic",), variable=u),
        Discriminant("a word", -(V_D**2) <= 0, ("quadratic",), variable=V_D),
        Discriminant("no fact", C_RG**2 <= V_D * V_B, variable=s),
    ],
    ids=lambda step: step.reason,
)
def test_a_wrong_discriminant_is_rejected(step: Step) -> None:
    """Fails when b^2 <= a c is accepted without a quadratic that says so."""
    with pytest.raises(NotAccepted):
        accept(QUADRATIC, step)


@pytest.mark.parametrize(("cubic", "follows"), [(0, True), (1, False)])
def test_a_cubic_has_no_discriminant(cubic: int, follows: bool) -> None:
    """Fails when the coefficients of x^2 and 1 are read from a polynomial of higher degree."""
    proof = Proof(registry.get("SA-7"), registry.LIBRARY, {})
    proof.facts["all"] = Fact(cubic * s**3 + V_D * s**2 + V_B >= 0, frozenset())
    step = Discriminant("so", Le(0, V_D * V_B, evaluate=False), ("all",), variable=s)
    if follows:
        step.accept(proof)
    else:
        with pytest.raises(NotAccepted, match="no named fact is a quadratic"):
            step.accept(proof)
