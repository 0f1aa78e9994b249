"""As printed, the sharp coordinate quickly converges to 0 under SGD as it does under GD."""

from theory.claim import Claim
from theory.tiny_subspaces.toy import keep_x, x2, x2_next
from theory.tiny_subspaces.toy_growth import ON_THE_SETTLED_PATH, STATIONARY

claim = Claim(
    id="TS-10P",
    title="The sharp coordinate, as printed",
    source="appendix A.2, the sentence on both trajectories",
    functional="ratio of expectations",
    assumptions=ON_THE_SETTLED_PATH,
    conclusion={"shrinks as under GD": x2_next <= keep_x * x2},
    mutants={},
    owes=("exact",),
    domain=STATIONARY,
    corrected_by="TS-10",
    notes=(
        r"The paper says that in both trajectories $x_t$ quickly converges to 0 because "
        r"$\lambda_1\gg\lambda_2$. Under GD $x^2$ shrinks by $(1-\eta\lambda)^2$ in every step. "
        r"Under SGD the flat coordinate feeds it: $E x^2$ settles at a fixed multiple of $E y^2$ "
        r"and then shrinks as slowly as that. We read: even where that ratio has settled, a step "
        r"shrinks $E x^2$ at least as much as under GD. With the paper's numbers GD keeps 81 %, "
        r"SGD 99.98 %.",
    ),
)
