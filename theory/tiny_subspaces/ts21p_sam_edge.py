"""As printed, without the radius under the root, the SAM edge is where a step turns back."""

from sympy import Eq, sign

from theory.claim import Claim
from theory.tiny_subspaces.one_mode import curvature
from theory.tiny_subspaces.sam import (
    SAM_EDGE,
    gradient_norm,
    printed_edge,
    radius,
    sam_gradient,
)
from theory.vocabulary import eta, theta

claim = Claim(
    id="TS-21P",
    title="The SAM edge, as printed",
    source="appendix B.2, display (SAM-edge)",
    functional="none",
    assumptions={
        "step": eta > 0,
        "radius": radius > 0,
        "gradient": gradient_norm > 0,
        "curvature": curvature > 0,
        "unit": theta > 0,
    },
    conclusion={
        "threshold": Eq(sign(sam_gradient + gradient_norm), sign(printed_edge - curvature))
    },
    mutants={},
    owes=("exact",),
    domain=SAM_EDGE,
    corrected_by="TS-21",
    notes=(
        r"The paper prints $\frac{\|\nabla L\|_2}{2\rho}\left(\sqrt{1+\frac{8}{\eta\|\nabla L\|_2}}"
        r"-1\right)$. The quotient under the root should be $8\rho/(\eta\|\nabla L\|_2)$: the "
        r"printed one has a unit (1 over a length), so that the value depends on the unit of "
        r"length; as $\rho\to0$ the printed value tends to infinity instead of $2/\eta$; it can "
        r"exceed $2/\eta$; and on SAM's exact cycles it differs from the curvature unless "
        r"$\rho=1$. Checks of TS-21 show each of the four.",
    ),
)
