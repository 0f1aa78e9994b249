"""As suggested in print, where the loss falls the first order dominates the second-order error."""

from sympy import And, Implies

from theory.claim import Claim
from theory.tiny_subspaces.toy import (
    bend_x,
    bend_y,
    slope_x,
    slope_y,
    toy_loss,
    toy_loss_next,
)
from theory.tiny_subspaces.toy_growth import ON_THE_SETTLED_PATH, STATIONARY

claim = Claim(
    id="TS-16P",
    title="The first order dominates, as printed",
    source="section 3.1, the sentence on nearly monotone losses",
    functional="ratio of expectations",
    assumptions=ON_THE_SETTLED_PATH,
    conclusion={
        "twice as large": Implies(
            toy_loss_next < toy_loss, And(2 * (bend_x + bend_y) <= -(slope_x + slope_y))
        )
    },
    mutants={},
    owes=("exact",),
    domain=STATIONARY,
    corrected_by="TS-16",
    notes=(
        "The paper suggests that a loss which decreases nearly monotonically shows that the "
        "gradient correlation dominates the second-order error. We read dominates as: is at least "
        "twice as large. In the paper's own toy quadratic the loss decreases while the second "
        "order is 99.7 % of the first (TS-16). What is refuted is this inference; the networks of "
        "the paper may behave otherwise.",
    ),
)
