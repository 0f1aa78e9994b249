"""As printed, the SAM edge is a decreasing function of the gradient norm."""

from sympy import Or

from theory.claim import Claim
from theory.tiny_subspaces.sam import (
    SAM_EDGE,
    gradient_norm,
    printed_edge,
    printed_edge_larger,
    radius,
    sam_edge,
    sam_edge_larger,
)
from theory.vocabulary import eta, theta

claim = Claim(
    id="TS-22P",
    title="Dependence of the SAM edge on the gradient norm, as printed",
    source="appendix B.2, the sentence after (SAM-edge)",
    functional="none",
    assumptions={
        "step": eta > 0,
        "radius": radius > 0,
        "gradient": gradient_norm > 0,
        "factor": theta > 0,
    },
    conclusion={
        "decreasing, in the repaired or the printed form": Or(
            sam_edge_larger < sam_edge, printed_edge_larger < printed_edge
        )
    },
    mutants={},
    owes=("exact",),
    domain=SAM_EDGE,
    corrected_by="TS-22",
    notes=(
        "The paper says that the SAM edge decreases as the norm grows, and concludes that it tends "
        "to fall during training. The edge increases with the norm, in the printed form as in the "
        "repaired one. If it decreased, shrinking gradients would raise it: the premise and the "
        "conclusion of the sentence contradict each other. The conclusion holds for the opposite "
        "reason: the norm shrinks, and the edge with it.",
    ),
)
