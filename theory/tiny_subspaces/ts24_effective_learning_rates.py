"""With a minus sign, gradient descent has both effective rates eta; projected steps have one."""

from sympy import Abs, And, Eq, Implies

from theory.claim import Claim, Example
from theory.language import Formula
from theory.steps import Certified
from theory.tiny_subspaces.one_update import (
    GRADIENT,
    MOVE,
    TABLE_1,
    UPDATE_SETTING,
    bulk_lr,
    bulk_square,
    correlation_bulk,
    correlation_dom,
    dom_lr,
    dom_square,
    grad_1,
    grad_2,
    grad_3,
    grad_4,
    move_1,
    move_2,
    move_3,
    move_4,
    rate_1,
    rate_2,
    rate_3,
    rate_4,
)
from theory.vocabulary import eta, theta


def steps(*directions: int) -> And:
    """Plain gradient descent along these directions, and no motion along the others."""
    pairs = enumerate(zip(MOVE, GRADIENT, strict=True), 1)
    return And(*(Eq(move, -eta * grad if i in directions else 0) for i, (move, grad) in pairs))


gradient_descent = Implies(steps(1, 2, 3, 4), And(Eq(dom_lr, eta), Eq(bulk_lr, eta)))
dominant_only = Implies(steps(1, 2), And(Eq(dom_lr, eta), Eq(bulk_lr, 0)))
bulk_only = Implies(steps(3, 4), And(Eq(dom_lr, 0), Eq(bulk_lr, eta)))
progress = And(
    Eq(correlation_dom, -dom_lr * dom_square), Eq(correlation_bulk, -bulk_lr * bulk_square)
)
turned_dom = -((move_1 - theta * grad_2) * grad_1 + (move_2 + theta * grad_1) * grad_2)
turned_bulk = -((move_3 - theta * grad_4) * grad_3 + (move_4 + theta * grad_3) * grad_4)
orthogonal = And(Eq(dom_lr, turned_dom / dom_square), Eq(bulk_lr, turned_bulk / bulk_square))
excited = And(*(grad**2 > 0 for grad in GRADIENT))
dom_mean = Eq(dom_lr, (rate_1 * grad_1**2 + rate_2 * grad_2**2) / dom_square)
bulk_mean = Eq(bulk_lr, (rate_3 * grad_3**2 + rate_4 * grad_4**2) / bulk_square)
mean = Implies(excited, And(dom_mean, bulk_mean))
blocks = ("dominant block", "bulk block")

claim = Claim(
    id="TS-24",
    title="Effective learning rates",
    source="appendix C, Definition 4 and the three examples after it, with the sign repaired",
    functional="none",
    assumptions={"dominant block": dom_square > 0, "bulk block": bulk_square > 0},
    conclusion={
        "gradient descent": gradient_descent,
        "dominant steps": dominant_only,
        "bulk steps": bulk_only,
        "same progress": progress,
        "orthogonal motion does not count": orthogonal,
        "weighted mean": mean,
    },
    derivation=(
        Certified("put in gradient descent", gradient_descent, given=blocks),
        Certified("put in dominant steps", dominant_only, given=blocks),
        Certified("put in bulk steps", bulk_only, given=blocks),
        Certified("compare the progress", progress, given=blocks),
        Certified("turn the gradient by a right angle", orthogonal, given=blocks),
        Certified("average over the directions", mean, given=blocks),
    ),
    mutants={
        "divided by the whole gradient": Implies(
            steps(1, 2, 3, 4), Eq(-correlation_dom / (dom_square + bulk_square), eta)
        ),
        "weighted by absolute values": Implies(
            excited,
            Eq(
                dom_lr,
                (rate_1 * Abs(grad_1) + rate_2 * Abs(grad_2)) / (Abs(grad_1) + Abs(grad_2)),
            ),
        ),
        "bulk rates weighted alike": Implies(excited, Eq(bulk_lr, (rate_3 + rate_4) / 2)),
        "all of the bulk motion counts": Eq(bulk_lr**2 * bulk_square, move_3**2 + move_4**2),
        "one per cent more": Implies(steps(1, 2, 3, 4), Eq(dom_lr, eta + eta / 100)),
        "projector at the next parameters": Formula(
            r"\text{with } P \text{ at } \theta_{t+1}: \text{dominant steps have the rates } "
            r"(\eta, 0)",
            "projector at the next parameters",
        ),
        "a vanishing block has the rate 0": Formula(
            r"\text{with } 0/0 := 0: \text{gradient descent has the rates } (\eta, \eta)",
            "a vanishing block has the rate 0",
        ),
        "a vanishing block has the rate eta": Formula(
            r"\text{with } 0/0 := \eta: \text{dominant steps have the rates } (\eta, 0)",
            "a vanishing block has the rate eta",
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=UPDATE_SETTING,
    examples={
        "first row of Table 1": Example(TABLE_1, {dom_lr: "1/100", bulk_lr: "1/100"}),
        "a third of the way": Example(
            {**TABLE_1, "move_1": "-1/100", "move_2": "0"}, {dom_lr: "3/2500"}
        ),
    },
    notes=(
        "Where a block of the gradient vanishes its rate is 0/0; the definition is silent there, "
        "and so is this claim. Dominant steps need no bulk gradient for their dominant rate. No "
        "value would do: nearby gradients have the rate eta under gradient descent, and 0 under "
        "steps in the other block.",
        "P is the projector at theta_t. With that at theta_{t+1}, on a loss whose sharp direction "
        "changes in the step, a dominant step has the rates (0, eta).",
        "Two directions per block stand for any number: a rate depends on a block only through "
        "inner products. Blocks of up to five directions in rotated bases are checked exactly.",
    ),
)
