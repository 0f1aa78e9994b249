"""Momentum and Adam raise the learning rate that the bulk sees; its order is that of speed."""

from theory.claim import Claim
from theory.language import Formula
from theory.tiny_subspaces.digits_network import FUNCTIONAL, OWES, SETTING, experimental

conclusion = {
    "GD has its step size": Formula(
        r"|\eta^{dom}_t - \eta|, |\eta^{bulk}_t - \eta| \le 10^{-10} \text{ for GD}",
        "GD has its step size",
    ),
    "momentum amplifies the bulk rate": Formula(
        r"0.085 \le \overline{\eta^{bulk}} \le 0.13 \text{ for GD with momentum}",
        "momentum amplifies the bulk rate",
    ),
    "the bulk rate orders the speed": Formula(
        r"\overline{\eta^{bulk}}, -L_{1000} \text{ rise: GD, momentum, Adam, Adam with momentum}",
        "the bulk rate orders the speed",
    ),
    "Adam amplifies the bulk rate": Formula(
        r"\overline{\eta^{bulk}} \in [0.103, 0.411] \text{ for Adam without momentum, }"
        r" [0.261, 1.043] \text{ with}",
        "Adam amplifies the bulk rate",
    ),
}

claim = Claim(
    id="TS-36",
    title="Effective learning rates of optimisers",
    source=f"Appendix C and H, Tables 1 to 3, Figures 11, 23, 24 ({SETTING})",
    functional=FUNCTIONAL,
    assumptions={"momentum": Formula(r"\beta = 0.9", "momentum")},
    conclusion=conclusion,
    mutants={
        "momentum as a mean": Formula(
            r"\overline{\eta^{bulk}} \ge 0.085 \text{ for } m_t = \beta m_{t-1} + (1 - \beta) g_t",
            "momentum as a mean",
        ),
        "momentum 0.5": Formula(
            r"\overline{\eta^{bulk}} \ge 0.085 \text{ with } \beta = 0.5", "momentum 0.5"
        ),
        "the dominant rate orders the speed": Formula(
            r"\overline{\eta^{dom}}, -L_{1000} \text{ rise in the same order}",
            "the dominant rate orders the speed",
        ),
    },
    owes=OWES,
    checked_only=experimental(conclusion),
    notes=(
        "Seen for seeds 0, 1, 2, in the order of the conclusion: Bulk-LR .0100; .101, .101, .101;"
        " .185, .222, .216; .566, .471, .556. The Dom-LR of momentum is slightly negative.",
        "The gradient of Adam stays aligned without momentum (.97, .93, .96) and is not with it"
        " (.08).",
    ),
)
