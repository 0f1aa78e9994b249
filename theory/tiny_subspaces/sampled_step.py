"""One step of SGD in two dimensions: three samples, drawn with any probabilities.

The full gradient is a vector of its own, so that a biased draw can be said; the Hessian is any
symmetric matrix, and the dominant subspace is spanned by any unit vector, the same for all samples.
Two directions and three samples stand for any number: only inner products and means occur.
Source: arXiv 2405.16002, section 3.1; our formalisation.
"""

from __future__ import annotations

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, same, some
from theory.vocabulary import eta

m_1, m_2 = sympy.symbols("m_1 m_2", real=True)  # the gradient of the sample drawn: not words

full_1 = number("full_1", "G_1", "gradient of the full loss, first coordinate")
full_2 = number("full_2", "G_2", "gradient of the full loss, second coordinate")
weight_1 = number("weight_1", "w_1", "probability of drawing the first sample",
                  nonnegative=True)  # fmt: skip
weight_2 = number("weight_2", "w_2", "probability of drawing the second sample",
                  nonnegative=True)  # fmt: skip
SAMPLES = tuple(
    tuple(
        number(f"sample_{i}{j}", f"g_{{{i}{j}}}", f"gradient of sample {i}, coordinate {j}")
        for j in (1, 2)
    )
    for i in (1, 2, 3)
)
WEIGHTS = (weight_1, weight_2, 1 - weight_1 - weight_2)
hessian_11 = number("hessian_11", "H_{11}", "second derivative along the first coordinate")
hessian_12 = number("hessian_12", "H_{12}", "mixed second derivative")
hessian_22 = number("hessian_22", "H_{22}", "second derivative along the second coordinate")
cosine = number("cosine", "u_1", "dominant unit vector, first coordinate")
sine = number("sine", "u_2", "dominant unit vector, second coordinate")


def mean_of(values: tuple[sympy.Expr, ...]) -> sympy.Expr:
    """The expectation over the sample drawn of a number that each sample has."""
    return sympy.Add(*(w * x for w, x in zip(WEIGHTS, values, strict=True)))


mean_1 = defined("mean_1", "E g_1", "expectation of the sampled gradient, first coordinate",
                 mean_of(tuple(g[0] for g in SAMPLES)))  # fmt: skip
mean_2 = defined("mean_2", "E g_2", "expectation of the sampled gradient, second coordinate",
                 mean_of(tuple(g[1] for g in SAMPLES)))  # fmt: skip
full_square = defined(
    "full_square", r"\|G\|^2", "squared norm of the full gradient", full_1**2 + full_2**2,
    nonnegative=True,
)  # fmt: skip


def curvature_along(v_1: sympy.Expr, v_2: sympy.Expr) -> sympy.Expr:
    """v^T H v."""
    return hessian_11 * v_1**2 + 2 * hessian_12 * v_1 * v_2 + hessian_22 * v_2**2


drift = defined(
    "drift", "G^T H G", "curvature along the full gradient", curvature_along(full_1, full_2)
)
noise_curvature = defined(
    "noise_curvature",
    r"\mathrm{tr}(H\Sigma)",
    "mean curvature along the noise",
    mean_of(tuple(curvature_along(g[0] - mean_1, g[1] - mean_2) for g in SAMPLES)),
)
noise_trace = defined(
    "noise_trace",
    r"\mathrm{tr}\,\Sigma",
    "mean squared norm of the noise",
    mean_of(tuple((g[0] - mean_1) ** 2 + (g[1] - mean_2) ** 2 for g in SAMPLES)),
)
chi_square = defined(
    "chi_square",
    r"\chi_k(G)^2",
    "share of the full gradient that is dominant (squared)",
    (cosine * full_1 + sine * full_2) ** 2 / full_square,
)
expected_correlation = computed(
    "expected_correlation", r"E\langle G, -\eta g\rangle", "expected gradient correlation of SGD"
)
expected_second_order = computed(
    "expected_second_order",
    r"\tfrac12 E[\Delta^T H \Delta]",
    "expected second-order error of SGD",
)
expected_dom_correlation = computed(
    "expected_dom_correlation",
    r"E\langle G, -\eta P g\rangle",
    "expected gradient correlation of Dom-SGD",
)
expected_bulk_correlation = computed(
    "expected_bulk_correlation",
    r"E\langle G, -\eta (I - P) g\rangle",
    "expected gradient correlation of Bulk-SGD",
)
along = cosine * m_1 + sine * m_2  # the dominant component of the sampled gradient
UPDATE = Update(
    outcomes=tuple((w, {m_1: g[0], m_2: g[1]}) for w, g in zip(WEIGHTS, SAMPLES, strict=True)),
    moments={},
    after={
        expected_correlation: full_1 * (-eta * m_1) + full_2 * (-eta * m_2),
        expected_second_order: curvature_along(-eta * m_1, -eta * m_2) / 2,
        expected_dom_correlation: -eta * along * (full_1 * cosine + full_2 * sine),
        expected_bulk_correlation: -eta
        * (full_1 * (m_1 - along * cosine) + full_2 * (m_2 - along * sine)),
    },
)
tangent = same("real", 1)


def unbiased_third(coordinate: int) -> sympy.Expr:
    """The third sample's gradient that makes the draw unbiased."""
    full = (full_1, full_2)[coordinate]
    return (full - weight_1 * SAMPLES[0][coordinate] - weight_2 * SAMPLES[1][coordinate]) / (
        1 - weight_1 - weight_2
    )


SAMPLED_STEP = Setting(
    "one sampled step",
    {
        eta: some("positive"),
        full_1: some("real"),
        full_2: some("real"),
        weight_1: some("share"),
        weight_2: (1 - weight_1) * some("share"),
        **{g: some("real") for pair in SAMPLES[:2] for g in pair},
        SAMPLES[2][0]: unbiased_third(0),
        SAMPLES[2][1]: unbiased_third(1),
        hessian_11: some("real"),
        hessian_12: some("real"),
        hessian_22: some("real"),
        cosine: (1 - tangent**2) / (1 + tangent**2),
        sine: 2 * tangent / (1 + tangent**2),
    },
    UPDATE,
)
QUIET = {
    "setting": SAMPLED_STEP.name,
    "eta": "1/10",
    "full_1": "3",
    "full_2": "4",
    "weight_1": "1/2",
    "weight_2": "1/2",
    **{f"sample_{i}{j}": str(2 + j) for i in (1, 2, 3) for j in (1, 2)},
    "hessian_11": "2",
    "hessian_12": "0",
    "hessian_22": "1",
    "cosine": "1",
    "sine": "0",
}  # every sample has the full gradient (3, 4); H = diag(2, 1), k = 1
