"""One update of any optimiser, seen in its two blocks: words and setting.

Two dominant directions (1, 2) and two bulk directions (3, 4); `grad_1` is the gradient and `move_1`
the displacement theta_{t+1} - theta_t along the first. A block rate is the step size with which
plain gradient descent would make the same progress along that block of the gradient.
Source: arXiv 2405.16002, Definition 4; the sign and the setting are our formalisation.
"""

from __future__ import annotations

from theory.language import defined, number
from theory.setting import Setting, same, some
from theory.vocabulary import eta, theta

DIRECTIONS = (1, 2, 3, 4)
grad_1, grad_2, grad_3, grad_4 = (
    number(f"grad_{i}", f"g_{i}", f"gradient along direction {i} (1, 2 dominant; 3, 4 bulk)")
    for i in DIRECTIONS
)
move_1, move_2, move_3, move_4 = (
    number(f"move_{i}", rf"\delta_{i}", f"displacement along direction {i}") for i in DIRECTIONS
)
GRADIENT = (grad_1, grad_2, grad_3, grad_4)
MOVE = (move_1, move_2, move_3, move_4)

dom_square = defined(
    "dom_square",
    r"\|P\nabla L\|^2",
    "squared length of the dominant part of the gradient",
    grad_1**2 + grad_2**2,
)
bulk_square = defined(
    "bulk_square",
    r"\|P^\perp\nabla L\|^2",
    "squared length of the bulk part of the gradient",
    grad_3**2 + grad_4**2,
)
dom_lr = defined(
    "dom_lr",
    r"\eta^{\mathrm{dom}}",
    "dominant effective learning rate: gradient descent with this step makes the same progress",
    -(move_1 * grad_1 + move_2 * grad_2) / dom_square,
)
bulk_lr = defined(
    "bulk_lr",
    r"\eta^{\mathrm{bulk}}",
    "bulk effective learning rate",
    -(move_3 * grad_3 + move_4 * grad_4) / bulk_square,
)
printed_dom_lr = defined(
    "printed_dom_lr",
    r"\eta^{\mathrm{dom}}_{\mathrm{printed}}",
    "dominant effective learning rate as printed, without the minus sign",
    (move_1 * grad_1 + move_2 * grad_2) / dom_square,
)
printed_bulk_lr = defined(
    "printed_bulk_lr",
    r"\eta^{\mathrm{bulk}}_{\mathrm{printed}}",
    "bulk effective learning rate as printed, without the minus sign",
    (move_3 * grad_3 + move_4 * grad_4) / bulk_square,
)
rate_1, rate_2, rate_3, rate_4 = (
    defined(f"rate_{i}", f"e_{i}", f"effective learning rate of direction {i} alone", -move / grad)
    for i, move, grad in zip(DIRECTIONS, MOVE, GRADIENT, strict=True)
)
correlation_dom = defined(
    "correlation_dom",
    r"\langle P\nabla L,\theta_{t+1}-\theta_t\rangle",
    "gradient correlation of the dominant block",
    move_1 * grad_1 + move_2 * grad_2,
)
correlation_bulk = defined(
    "correlation_bulk",
    r"\langle P^\perp\nabla L,\theta_{t+1}-\theta_t\rangle",
    "gradient correlation of the bulk block",
    move_3 * grad_3 + move_4 * grad_4,
)

UPDATE_SETTING = Setting(
    "one update in two blocks",
    {
        eta: some("positive"),
        theta: some("positive"),
        **{word: some("positive") * some("sign") for word in GRADIENT},
        **{  # gradient descent along one block or both, or any motion
            move: same("switch", 3) * some("real")
            - (1 - same("switch", 3)) * same("switch", block) * eta * grad
            for move, grad, block in zip(MOVE, GRADIENT, (1, 1, 2, 2), strict=True)
        },
    },
)
TABLE_1 = {  # gradient descent with the step size of the paper's Table 1
    "setting": UPDATE_SETTING.name,
    "eta": "1/100",
    "theta": "1",
    **{f"grad_{i}": str(i + 2) for i in DIRECTIONS},
    **{f"move_{i}": f"-{i + 2}/100" for i in DIRECTIONS},
}
