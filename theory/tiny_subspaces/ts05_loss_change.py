"""A step of SGD changes a quadratic by what its dominant part does plus what its bulk part does."""

from sympy import And, Eq, Rational, sign

from theory.claim import Claim, Domain, Example
from theory.language import Formula
from theory.pathwise import Pathwise
from theory.steps import Certified, Expectation, Summed
from theory.vocabulary import (
    B,
    D,
    eta,
    eta_bulk,
    eta_dom,
    lambda_1,
    lambda_d,
    lambda_k,
    loss,
    loss_after_bulk_step,
    loss_after_dominant_step,
    loss_B,
    loss_B_next,
    loss_D,
    loss_D_next,
    loss_next,
    m1_B,
    m1_D,
    s_B,
    s_D,
)

sgd_change = loss_next - loss
dominant_change = loss_after_dominant_step - loss
bulk_change = loss_after_bulk_step - loss
dominant_terms = -eta * D + eta**2 * (m1_D + s_D) / 2
bulk_terms = -eta * B + eta**2 * (m1_B + s_B) / 2
additive_in_blocks = Eq(sgd_change, dominant_change + bulk_change)
dominant_limit = Eq(sign(dominant_change), sign(eta - eta_dom))
bulk_limit = Eq(sign(bulk_change), sign(eta - eta_bulk))
POSITIVE = ("positive", "dominant", "bulk", "step", "m1_D is positive", "m1_B is positive")
ONE_BLOCK = ("moving the dominant block changes its loss only", "average the dominant loss")
OTHER_BLOCK = ("moving the bulk changes its loss only", "average the bulk loss")
# E y^2 = 1 and lambda^2 E x^2 = R of TS-10; the variances are c^2 E y^2 and c^2 E x^2 (TS-9).
TOY = {
    "dominant": [["1000", "52687021586973343/100000000000000", "10000"]],
    "bulk": [["1", "1", "52687021586973343/10000000000000000"]],
    "step_size": "1/10000",
}

claim = Claim(
    id="TS-5",
    title="Loss change of SGD, Dom-SGD and Bulk-SGD",
    source="extension of section 3.1 (our formalisation)",
    functional="none",
    assumptions={
        "positive": lambda_d > 0,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
    },
    conclusion={
        "SGD": Eq(sgd_change, dominant_terms + bulk_terms),
        "Dom-SGD keeps the dominant terms": Eq(dominant_change, dominant_terms),
        "Bulk-SGD keeps the bulk terms": Eq(bulk_change, bulk_terms),
        "the changes add up": additive_in_blocks,
        "where Dom-SGD starts to hurt": dominant_limit,
        "where Bulk-SGD starts to hurt": bulk_limit,
    },
    derivation=(
        Pathwise("on every path the changes add up", additive_in_blocks),
        Pathwise(ONE_BLOCK[0], Eq(dominant_change, loss_D_next - loss_D)),
        Pathwise(OTHER_BLOCK[0], Eq(bulk_change, loss_B_next - loss_B)),
        Expectation(ONE_BLOCK[1], Eq(loss_D_next, loss_D + dominant_terms)),
        Expectation(OTHER_BLOCK[1], Eq(loss_B_next, loss_B + bulk_terms)),
        Certified("so the dominant terms", Eq(dominant_change, dominant_terms), given=ONE_BLOCK),
        Certified("so the bulk terms", Eq(bulk_change, bulk_terms), given=OTHER_BLOCK),
        Certified(
            "so all terms",
            Eq(sgd_change, dominant_terms + bulk_terms),
            given=(ONE_BLOCK[1], OTHER_BLOCK[1]),
        ),
        Summed("dominant curvature is at least lambda_k", m1_D >= lambda_k * D),
        Summed("bulk curvature is at least lambda_d", m1_B >= lambda_d * B),
        Certified(
            "m1_D is positive",
            m1_D > 0,
            given=("dominant curvature is at least lambda_k", "dominant", "positive"),
        ),
        Certified(
            "m1_B is positive",
            m1_B > 0,
            given=("bulk curvature is at least lambda_d", "bulk", "positive"),
        ),
        Certified(
            "compare with eta_dom", dominant_limit, given=("so the dominant terms", *POSITIVE)
        ),
        Certified("compare with eta_bulk", bulk_limit, given=("so the bulk terms", *POSITIVE)),
    ),
    mutants={
        "blocks that do not commute with the Hessian": Formula(
            r"E\,\Delta L = E\,\Delta L_P + E\,\Delta L_{I-P} \text{ for every projector } P",
            "blocks that do not commute with the Hessian",
        ),
        "losses that are not quadratic": Formula(
            r"E\,\Delta L = E\,\Delta L_{\mathrm{Dom}} + E\,\Delta L_{\mathrm{Bulk}} "
            r"\text{ for every } L",
            "losses that are not quadratic",
        ),
        "the limit is 2/lambda_1 whatever the noise": Eq(
            sign(dominant_change), sign(eta - 2 / lambda_1)
        ),
        "the second order without its half": Eq(dominant_change, -eta * D + eta**2 * (m1_D + s_D)),
        "limits exchanged": And(
            Eq(sign(dominant_change), sign(eta - eta_bulk)),
            Eq(sign(bulk_change), sign(eta - eta_dom)),
        ),
        "one per cent above eta_dom": Eq(
            sign(dominant_change), sign(eta - Rational(101, 100) * eta_dom)
        ),
    },
    owes=("symbolic", "certified", "exact", "property"),
    domain=Domain(gap=None),
    examples={
        "the toy quadratic at its stationary ratio": Example(TOY, {eta_dom / eta: "1.0010007"}),
    },
    notes=(
        "The parts about each block are those of SA-14; additivity is new. It holds on every path, "
        "for every noise law, and needs neither a gap nor a sign of the eigenvalues.",
        "In the toy quadratic at its stationary ratio the step is within 0.1 % of Dom-SGD's limit: "
        "the dominant block gains nothing.",
    ),
)
