"""The quadratic Taylor approximation is exact for quadratics, and else at most M |move|^3/6 off."""

from sympy import And, Eq, Implies, Rational

from theory.averaging import OneStep
from theory.claim import Claim, Example
from theory.language import Formula
from theory.steps import Certified
from theory.tiny_subspaces.line_loss import (
    CUBIC,
    LINE,
    PARABOLA,
    line_3,
    line_4,
    lipschitz,
    loss_here,
    loss_moved,
    move,
    quadratic_model,
    second_here,
    slope_here,
    taylor_error,
    third_here,
    third_mean,
    third_moved,
)

is_quadratic = And(Eq(line_3, 0), Eq(line_4, 0))
expansion = Eq(loss_moved, loss_here + quadratic_model + move**3 * third_mean / 6)
error = Eq(taylor_error, move**3 * third_mean / 6)
bound = 36 * taylor_error**2 <= lipschitz**2 * move**6
sharp = Implies(
    And(Eq(line_4, 0), Eq(lipschitz, line_3)), Eq(6 * taylor_error, lipschitz * move**3)
)
mean_bound = And(third_mean <= lipschitz, third_mean >= -lipschitz)
ENDS = ("Lipschitz at the start", "Lipschitz at the end")

claim = Claim(
    id="TS-2",
    title="Quadratic Taylor expansion",
    source="section 3.1, (1)",
    functional="none",
    assumptions={
        ENDS[0]: And(third_here <= lipschitz, third_here >= -lipschitz),
        ENDS[1]: And(third_moved <= lipschitz, third_moved >= -lipschitz),
    },
    conclusion={
        "quadratics": Implies(is_quadratic, Eq(taylor_error, 0)),
        "error": error,
        "bound": bound,
        "sharp for cubics": sharp,
        "every loss": Formula(
            r"|L(\theta+\Delta) - L(\theta) - \langle\nabla L,\Delta\rangle - \tfrac12 \Delta^T H "
            r"\Delta| \le M\|\Delta\|^3/6 \text{ if } H \text{ is } M\text{-Lipschitz}",
            "losses in several dimensions",
        ),
    },
    derivation=(
        OneStep("put in the move", expansion),
        Certified("what the model leaves", error, given=("put in the move",)),
        Certified(
            "nothing, without third derivatives",
            Implies(is_quadratic, Eq(taylor_error, 0)),
            given=("put in the move",),
        ),
        Certified("a mean is bounded as its terms", mean_bound, given=ENDS),
        Certified(
            "square the error",
            bound,
            given=("what the model leaves", "a mean is bounded as its terms"),
            keep=(third_mean, taylor_error),
            squares=(move**3,),
        ),
        Certified("cubics have one third derivative", sharp, given=("put in the move",)),
    ),
    checked_only={
        "every loss": "by the remainder in integral form along the segment, which reduces it to "
        "one dimension; checked exactly and in balls on random losses",
    },
    mutants={
        "without the half": Implies(
            is_quadratic, Eq(loss_moved - loss_here, slope_here * move + second_here * move**2)
        ),
        "exact for every loss": Eq(taylor_error, 0),
        "half the bound": 144 * taylor_error**2 <= lipschitz**2 * move**6,
        "bound one per cent less": 36 * taylor_error**2
        <= Rational(99, 100) ** 2 * lipschitz**2 * move**6,
        "an upper bound of the loss": loss_moved <= loss_here + quadratic_model,
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=LINE,
    examples={
        "a parabola": Example(
            PARABOLA,
            {
                loss_moved - loss_here: "-1/2",
                quadratic_model: "-1/2",
                slope_here * move + second_here * move**2: "0",
            },
        ),
        "a cubic": Example(
            CUBIC,
            {
                loss_moved - loss_here: "7/6",
                quadratic_model: "1",
                taylor_error: "1/6",
                lipschitz * move**3 / 6: "1/6",
            },
        ),
    },
    notes=(
        "The first four parts are about losses that are polynomials of degree four along the move, "
        "whose Lipschitz constant is the larger third derivative at an end.",
        "The print has an approximate sign and no error term; the descent lemma that it names has "
        "an upper bound by the largest curvature instead.",
    ),
)
