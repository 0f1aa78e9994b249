"""After SGD -> GD alignment decays logistically; one step of enough noise brings it back."""

from sympy import And, Eq, Equivalent, Implies, Rational, log, sqrt

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.deterministic_run import CertifiedPowers, PowerOrder
from theory.random_steps import Iterated
from theory.reasoning import Follows, Logarithm
from theory.steps import Certified
from theory.tiny_subspaces.toy import (
    PAPER,
    coupling,
    flat,
    gd_x2_after,
    gd_x2_next,
    gd_y2_after,
    gd_y2_next,
    keep_x,
    keep_y,
    run_length,
    sharp,
    x2,
    y2,
)
from theory.tiny_subspaces.toy_growth import odds_limit, toy_a_after
from theory.tiny_subspaces.toy_levels import SWITCHED, asked
from theory.tiny_subspaces.toy_switch import gd_a_after, gd_forgetting, toy_a_next
from theory.vocabulary import eta

T = run_length
x_kept, y_kept = Eq(gd_x2_after, keep_x**T * x2), Eq(gd_y2_after, keep_y**T * y2)
dominant, bulk = sharp**2 * x2 * keep_x**T, flat**2 * y2 * keep_y**T
logistic = Eq(gd_a_after * (dominant + bulk), dominant)
low, high = asked * flat**2 * y2, (1 - asked) * sharp**2 * x2
time = run_length >= log(high / low) / log(keep_y / keep_x)
comparable = And(low > 0, high > 0, keep_x > 0, keep_y > keep_x)
forgotten = low * keep_y**T >= high * keep_x**T
inside = And(asked > 0, asked < 1, x2 > 0, keep_x > 0)
time_to_forget = Implies(inside, Equivalent(time, gd_a_after <= asked))
realigned = Implies(
    Eq(x2, 0),
    Eq(
        toy_a_next,
        (eta * sharp * coupling) ** 2
        / ((eta * sharp * coupling) ** 2 + flat**2 * (1 - eta * flat) ** 2),
    ),
)
enough = Implies(
    And(Eq(x2, 0), asked > 0, asked < 1),
    Equivalent(
        (1 - asked) * (eta * sharp * coupling) ** 2 >= asked * flat**2 * (1 - eta * flat) ** 2,
        toy_a_next >= asked,
    ),
)
odds_after = odds_limit * gd_forgetting**T
VALLEY = {**PAPER, "x2": "0", "y2": "1", "xy": "0"}


def alignment_after(steps: str, printed: str) -> Example:
    """What GD leaves of the limit alignment after these steps, with the paper's numbers."""
    return Example({**PAPER, "run_length": steps}, {odds_after / (1 + odds_after): printed})


def from_the_valley(steps: str, printed: str) -> Example:
    """The alignment of SGD after these steps from the bottom of the valley."""
    return Example({**VALLEY, "run_length": steps}, {toy_a_after: printed})


claim = Claim(
    id="TS-8",
    title="Switching between SGD and GD in the toy quadratic",
    source="phenomenon 3, appendix A.1, figures 4 and 5 (our exact model)",
    functional="ratio of expectations",
    assumptions={
        "sharper": sharp > flat,
        "curved": flat > 0,
        "step": eta > 0,
        "small step": eta < 2 / (sharp + flat),
        "moving": y2 > 0,
    },
    conclusion={
        "GD keeps alpha^T": x_kept,
        "GD keeps beta^T": y_kept,
        "logistic decay": logistic,
        "time to forget": time_to_forget,
        "one step brings it back": realigned,
        "when one step is enough": enough,
    },
    derivation=(
        Certified(
            "cleared step", eta * (sharp + flat) < 2, given=("sharper", "curved", "small step")
        ),
        Certified(
            "y is not forgotten at once", eta * flat < 1, given=("sharper", "step", "cleared step")
        ),
        Certified("some y^2 is kept", keep_y > 0, given=("y is not forgotten at once",)),
        Certified("more y^2 is kept", keep_y > keep_x, given=("sharper", "step", "cleared step")),
        OneStep("one step along x", Eq(gd_x2_next, keep_x * x2)),
        OneStep("one step along y", Eq(gd_y2_next, keep_y * y2)),
        Iterated("x^2 shrinks", x_kept, given=("one step along x",), quantity=x2, factor=keep_x),
        Iterated("y^2 shrinks", y_kept, given=("one step along y",), quantity=y2, factor=keep_y),
        PowerOrder("a power of a positive number", keep_y**T > 0, given=("some y^2 is kept",)),
        CertifiedPowers(
            "some y^2 is left",
            gd_y2_after > 0,
            given=("y^2 shrinks", "a power of a positive number", "moving"),
            keep=(keep_x, keep_y),
        ),
        Certified(
            "some gradient is left",
            sharp**2 * gd_x2_after + flat**2 * gd_y2_after > 0,
            given=("some y^2 is left", "curved"),
        ),
        CertifiedPowers(
            "the share of x",
            logistic,
            given=("some gradient is left", "x^2 shrinks", "y^2 shrinks"),
            keep=(keep_x, keep_y),
        ),
        Logarithm("solve for the time", Implies(comparable, Equivalent(time, forgotten))),
        Certified(
            "there is something to compare",
            Implies(inside, And(low > 0, high > 0)),
            given=("moving", "curved", "sharper"),
        ),
        CertifiedPowers(
            "below the level",
            Equivalent(forgotten, gd_a_after <= asked),
            given=("some gradient is left", "x^2 shrinks", "y^2 shrinks"),
            keep=(keep_x, keep_y),
        ),
        Follows(
            "the time",
            time_to_forget,
            given=(
                "solve for the time",
                "there is something to compare",
                "below the level",
                "more y^2 is kept",
            ),
        ),
        Certified(
            "what is kept of the bulk",
            flat**2 * (1 - eta * flat) ** 2 > 0,
            given=("curved", "y is not forgotten at once"),
        ),
        Certified(
            "gradient after one step",
            (eta * sharp * coupling) ** 2 + flat**2 * (1 - eta * flat) ** 2 > 0,
            given=("what is kept of the bulk",),
            squares=(eta * sharp * coupling,),
        ),
        Certified(
            "only noise moves x",
            realigned,
            given=("moving", "gradient after one step"),
            by=("TS-9/sharp", "TS-9/flat"),
        ),
        Certified(
            "how much of it",
            enough,
            given=("moving", "gradient after one step", "only noise moves x"),
            by=("TS-9/sharp", "TS-9/flat"),
        ),
    ),
    mutants={
        "forgotten within ten steps": Implies(T >= 10, gd_a_after <= Rational(1, 20)),
        "forgotten at once": Implies(T >= 1, Eq(gd_x2_after, 0)),
        "weak noise brings it back as well": Implies(Eq(x2, 0), toy_a_next >= Rational(9, 10)),
        "half the noise is enough": Implies(
            And(Eq(x2, 0), asked > 0, asked < 1),
            Equivalent(
                (1 - asked) * (eta * sharp * coupling) ** 2
                >= asked / 2 * flat**2 * (1 - eta * flat) ** 2,
                toy_a_next >= asked,
            ),
        ),
        "the flat direction does not shrink": Eq(gd_a_after * (dominant + flat**2 * y2), dominant),
        "alignment falls by the factor of the odds": Eq(
            gd_a_after * (sharp**2 * x2 + flat**2 * y2) * keep_y**T, dominant
        ),
    },
    weaker={"moving": y2 >= 0},
    owes=("symbolic", "certified", "exact", "property"),
    domain=SWITCHED,
    examples={
        "at the switch to GD": alignment_after("0", "0.9981"),
        "10 steps of GD": alignment_after("10", "0.9847"),
        "20 steps of GD": alignment_after("20", "0.8866"),
        "30 steps of GD": alignment_after("30", "0.4878"),
        "40 steps of GD": alignment_after("40", "0.1040"),
        "60 steps of GD": alignment_after("60", "0.0017"),
        "one step of SGD from the valley": from_the_valley("1", "0.99010"),
        "5 steps of SGD from the valley": from_the_valley("5", "0.99709"),
        "30 steps of SGD from the valley": from_the_valley("30", "0.99810"),
        "chi after one step": Example(VALLEY, {sqrt(toy_a_next): "0.9950381753"}),
        "chi after one step, coupling 0.1": Example(
            {**VALLEY, "coupling": "1/10"}, {sqrt(toy_a_next): "0.0100005"}
        ),
    },
    notes=(
        "The paper says that alignment disappears as soon as SGD is switched to GD. In the toy it "
        "takes some 30 steps to fall to one half: the unit of time is 1/(eta lambda).",
        "The specification prints 0.9846 after ten steps; the value is 0.98466.",
        "The other direction takes one step, if the coupling is not small (last part).",
    ),
)
