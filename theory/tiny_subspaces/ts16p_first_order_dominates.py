"""As suggested in print, where the loss falls the first order dominates the second-order error."""

from sympy import And, Eq, Implies

from theory.claim import Claim
from theory.tiny_subspaces.toy import (
    bend_x,
    bend_y,
    coupling,
    flat,
    sharp,
    slope_x,
    slope_y,
    toy_loss,
    toy_loss_next,
    x2,
    y2,
)
from theory.tiny_subspaces.toy_growth import STATIONARY, ratio_limit
from theory.vocabulary import eta

claim = Claim(
    id="TS-16P",
    title="The first order dominates, as printed",
    source="section 3.1, the sentence on nearly monotone losses",
    functional="ratio of expectations",
    assumptions={
        "sharper": sharp > flat,
        "curved": flat > 0,
        "coupled": coupling > 0,
        "step": eta > 0,
        "small step": eta < 2 / (sharp + flat),
        "settled": Eq(x2, ratio_limit * y2),
        "moving": y2 > 0,
    },
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
