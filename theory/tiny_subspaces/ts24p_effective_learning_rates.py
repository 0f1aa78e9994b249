"""As printed, without a minus sign, gradient descent has the effective learning rates eta."""

from sympy import And, Eq, Implies

from theory.claim import Claim
from theory.tiny_subspaces.one_update import (
    UPDATE_SETTING,
    bulk_square,
    dom_square,
    printed_bulk_lr,
    printed_dom_lr,
)
from theory.tiny_subspaces.ts24_effective_learning_rates import steps
from theory.vocabulary import eta

claim = Claim(
    id="TS-24P",
    title="Effective learning rates, as printed",
    source="appendix C, Definition 4 and the first example after it, and the first row of Table 1",
    functional="none",
    assumptions={
        "dominant block": dom_square > 0,
        "bulk block": bulk_square > 0,
        "step": eta > 0,
    },
    conclusion={
        "gradient descent": Implies(
            steps(1, 2, 3, 4), And(Eq(printed_dom_lr, eta), Eq(printed_bulk_lr, eta))
        )
    },
    mutants={},
    owes=("exact",),
    domain=UPDATE_SETTING,
    corrected_by="TS-24",
    notes=(
        r"The paper prints $\eta^{\mathrm{dom}}_t:=\langle\theta_{t+1}-\theta_t,P_k\nabla L\rangle/"
        r"\|P_k\nabla L\|_2^2$ and says that gradient descent has $\eta^{\mathrm{dom}}_t=\eta$. "
        r"Since $\theta_{t+1}-\theta_t=-\eta\nabla L$ the printed quotient is $-\eta$; Table 1 "
        "prints +0.0100 in its first row, so the sign is missing in the definition, not in the "
        "table.",
    ),
)
