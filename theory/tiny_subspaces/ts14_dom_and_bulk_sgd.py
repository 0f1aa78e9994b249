"""In the toy quadratic Dom-SGD stops training; Bulk-SGD goes on at 2/3 of the speed, to a floor."""

from sympy import And, Eq, Equivalent, Implies, Integer, Rational, ceiling, log, sqrt

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.deterministic_run import CertifiedPowers
from theory.random_steps import Iterated
from theory.sealed import Sealed
from theory.steps import Algebra, Certified
from theory.tiny_subspaces.toy import (
    PAPER,
    SMALL_STEP,
    START,
    bulk_x2_after,
    bulk_x2_next,
    bulk_y2_after,
    bulk_y2_next,
    coupling,
    dom_x2_after,
    dom_x2_next,
    dom_y2_after,
    dom_y2_next,
    flat,
    keep_x,
    keep_y,
    mixing,
    run_length,
    sharp,
    toy_loss,
    toy_loss_next,
    x2,
    y2,
)
from theory.tiny_subspaces.toy_growth import STATIONARY, growth, growth_2, ratio_limit
from theory.tiny_subspaces.toy_switch import (
    bulk_fraction,
    bulk_loss_next,
    bulk_y2_limit,
    dom_fraction,
    dom_loss_next,
    dom_x2_limit,
)
from theory.vocabulary import eta

w = ratio_limit
settled = Eq(x2, w * y2)
dom_y_stays = Eq(dom_y2_after, y2)
bulk_x_stays = Eq(bulk_x2_after, x2)
dom_x_forgets = Eq(dom_x2_after - dom_x2_limit, keep_x**run_length * (x2 - dom_x2_limit))
bulk_y_forgets = Eq(bulk_y2_after - bulk_y2_limit, keep_y**run_length * (y2 - bulk_y2_limit))
forget = And(keep_x >= 0, keep_x < 1, keep_y >= 0, keep_y < 1)
additive_in_blocks = Eq(
    toy_loss_next - toy_loss, dom_loss_next - toy_loss + (bulk_loss_next - toy_loss)
)
dom_limit = Implies(settled, Eq((sharp * dom_x2_limit + flat * y2) / 2, dom_fraction * toy_loss))
bulk_limit = Implies(settled, Eq((sharp * x2 + flat * bulk_y2_limit) / 2, bulk_fraction * toy_loss))
speed = Implies(
    settled,
    Eq((sharp * w + flat) * (bulk_loss_next - toy_loss), flat * (toy_loss_next - toy_loss)),
)
both_fall = And(Equivalent(growth < 1, dom_fraction < 1), Equivalent(growth < 1, bulk_fraction < 1))
floor = bulk_fraction > sharp * w / (sharp * w + flat)
sealed_words = (w, keep_x, keep_y, mixing)
STEPS = ("Dom-SGD moves x", "Dom-SGD keeps y", "Bulk-SGD keeps x", "Bulk-SGD moves y")
STABLE = ("sharper", "curved", "step", "cleared step")
KEPT = ("x^2 is forgotten", "y^2 is forgotten")
dom_after_start = (sharp * dom_x2_limit + flat * y2) / 2

claim = Claim(
    id="TS-14",
    title="Dom-SGD and Bulk-SGD in the toy quadratic",
    source="appendix A.2, last sentences; phenomenon 2 (our formalisation)",
    functional="ratio of expectations",
    assumptions=SMALL_STEP,
    conclusion={
        "squares are forgotten": forget,
        "Dom-SGD never moves y": dom_y_stays,
        "Dom-SGD forgets x": dom_x_forgets,
        "Bulk-SGD never moves x": bulk_x_stays,
        "Bulk-SGD forgets y": bulk_y_forgets,
        "the changes add up": additive_in_blocks,
        "what Dom-SGD leaves": dom_limit,
        "what Bulk-SGD leaves": bulk_limit,
        "speed of Bulk-SGD at the switch": speed,
        "both lower the loss": both_fall,
        "floor of Bulk-SGD": floor,
    },
    derivation=(
        Certified(
            "cleared step", eta * sharp < 2, given=("sharper", "curved", "step", "small step")
        ),
        Certified("cleared step (y)", eta * flat < 2, given=STABLE),
        Certified("mixing is positive", mixing > 0, given=("coupled", "step")),
        Certified("kept amounts (x)", keep_x >= 0, squares=(1 - eta * sharp,)),
        Certified("kept amounts (y)", keep_y >= 0, squares=(1 - eta * flat,)),
        Certified(KEPT[0], keep_x < 1, given=STABLE),
        Certified(KEPT[1], keep_y < 1, given=STABLE),
        OneStep(STEPS[0], Eq(dom_x2_next, keep_x * x2 + mixing * y2)),
        OneStep(STEPS[1], Eq(dom_y2_next, y2)),
        OneStep(STEPS[2], Eq(bulk_x2_next, x2)),
        OneStep(STEPS[3], Eq(bulk_y2_next, keep_y * y2 + mixing * x2)),
        Iterated("y for ever", dom_y_stays, given=STEPS[1:2], quantity=y2, factor=Integer(1)),
        Iterated("x for ever", bulk_x_stays, given=STEPS[2:3], quantity=x2, factor=Integer(1)),
        Sealed(
            "distance from the limit (x)",
            Eq(
                dom_x2_next - mixing * dom_y2_next / (1 - keep_x),
                keep_x * (x2 - mixing * y2 / (1 - keep_x)),
            ),
            given=(*STEPS[:2], KEPT[0]),
            keep=(keep_x, mixing),
        ),
        Sealed(
            "distance from the limit (y)",
            Eq(
                bulk_y2_next - mixing * bulk_x2_next / (1 - keep_y),
                keep_y * (y2 - mixing * x2 / (1 - keep_y)),
            ),
            given=(*STEPS[2:], KEPT[1]),
            keep=(keep_y, mixing),
        ),
        Iterated(
            "distance after many steps (x)",
            Eq(
                dom_x2_after - mixing * dom_y2_after / (1 - keep_x),
                keep_x**run_length * (x2 - mixing * y2 / (1 - keep_x)),
            ),
            given=("distance from the limit (x)",),
            quantity=x2 - mixing * y2 / (1 - keep_x),
            factor=keep_x,
        ),
        Iterated(
            "distance after many steps (y)",
            Eq(
                bulk_y2_after - mixing * bulk_x2_after / (1 - keep_y),
                keep_y**run_length * (y2 - mixing * x2 / (1 - keep_y)),
            ),
            given=("distance from the limit (y)",),
            quantity=y2 - mixing * x2 / (1 - keep_y),
            factor=keep_y,
        ),
        CertifiedPowers(
            "the limit does not move (x)",
            dom_x_forgets,
            given=("distance after many steps (x)", "y for ever", *STABLE),
        ),
        CertifiedPowers(
            "the limit does not move (y)",
            bulk_y_forgets,
            given=("distance after many steps (y)", "x for ever", "cleared step (y)", *STABLE),
        ),
        Algebra(
            "no step moves both blocks twice",
            additive_in_blocks,
            given=STEPS,
            by=("TS-9/sharp", "TS-9/flat"),
        ),
        Sealed(
            "put in the ratio (Dom-SGD)",
            dom_limit,
            given=(KEPT[0], "sharper", "curved"),
            by=("TS-10/limit ratio",),
            keep=sealed_words,
        ),
        Sealed(
            "put in the ratio (Bulk-SGD)",
            bulk_limit,
            given=(KEPT[1], "sharper", "curved"),
            by=("TS-10/limit ratio",),
            keep=sealed_words,
        ),
        Sealed(
            "the whole loss shrinks by Lambda",
            Implies(settled, Eq(toy_loss_next, growth * toy_loss)),
            by=("TS-9/sharp", "TS-9/flat", "TS-10/eigenvectors"),
            keep=(*sealed_words, growth, growth_2),
        ),
        Sealed(
            "y^2 shrinks by Lambda",
            Implies(settled, Eq(bulk_y2_next, growth * y2)),
            given=STEPS[3:],
            by=("TS-10/eigenvectors",),
            keep=(*sealed_words, growth, growth_2),
        ),
        Sealed(
            "compare the decreases",
            speed,
            given=("the whole loss shrinks by Lambda", "y^2 shrinks by Lambda", STEPS[2]),
            keep=(w, growth),
        ),
        Sealed(
            "lower limits",
            both_fall,
            given=(*KEPT, "mixing is positive", "sharper", "curved"),
            by=("TS-10/eigenvectors", "TS-10/limit ratio"),
            keep=(*sealed_words, growth, growth_2),
        ),
        Sealed(
            "the noise of the frozen x",
            floor,
            given=(KEPT[1], "mixing is positive", "sharper", "curved"),
            by=("TS-10/limit ratio",),
            keep=sealed_words,
        ),
    ),
    mutants={
        "Bulk-SGD trains to zero": Eq(bulk_y2_after, keep_y**run_length * y2),
        "Dom-SGD gains one per cent": Implies(growth < 1, dom_fraction <= Rational(99, 100)),
        "Dom-SGD gains nothing": Implies(growth < 1, dom_fraction >= 1),
        "the floor does not depend on where x was frozen": Eq(
            bulk_y2_after - dom_x2_limit, keep_y**run_length * (y2 - dom_x2_limit)
        ),
        "Dom-SGD stops wherever it starts": 2 * dom_after_start >= toy_loss,
        "Bulk-SGD is as fast as SGD": Implies(
            settled, Eq(bulk_loss_next - toy_loss, toy_loss_next - toy_loss)
        ),
        "Bulk-SGD ends where SGD ends": bulk_fraction <= 0,
    },
    weaker={"coupled": coupling >= 0},
    owes=("symbolic", "certified", "exact", "property"),
    domain=STATIONARY,
    examples={
        "the paper's values": Example(
            PAPER,
            {
                dom_fraction: "0.999636887018761",
                bulk_fraction: "0.345238029186271",
                flat / (sharp * w + flat): "0.654934512",
                ceiling(log(bulk_fraction) / log(growth)): "5319",
                sqrt(w): "0.02295",
            },
        ),
        "switch at the start (1, 1)": Example(START, {toy_loss / dom_after_start: "655.8"}),
    },
    notes=(
        "The paper says that the toy recovers both halves of phenomenon 2. It recovers the half "
        "about Dom-SGD; Bulk-SGD is 0.65 times as fast as SGD at the switch and ends at a floor of "
        "0.345 of the loss, which SGD passes after 5319 steps with the paper's numbers.",
        "That x quickly converges to 0 holds for GD; for SGD E x^2 tends to w E y^2 (a root mean "
        "square of 0.02295 times that of y).",
        "With additive noise Bulk-SGD follows SGD exactly: see TS-6.",
    ),
)
