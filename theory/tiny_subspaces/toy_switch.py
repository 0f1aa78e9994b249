"""What the toy quadratic tends to after a switch from SGD to Dom-SGD, Bulk-SGD or GD: words.

Source: our formalisation.
"""

from __future__ import annotations

from theory.language import defined
from theory.tiny_subspaces.toy import (
    bulk_x2_next,
    bulk_y2_next,
    dom_x2_next,
    dom_y2_next,
    flat,
    gd_x2_after,
    gd_y2_after,
    keep_x,
    keep_y,
    mixing,
    sharp,
    x2,
    x2_next,
    y2,
    y2_next,
)
from theory.tiny_subspaces.toy_growth import ratio_limit

dom_x2_limit = defined(
    "dom_x2_limit", r"u^D_\infty", "limit of E x^2 under Dom-SGD", mixing * y2 / (1 - keep_x)
)
bulk_y2_limit = defined(
    "bulk_y2_limit", r"v^B_\infty", "limit of E y^2 under Bulk-SGD", mixing * x2 / (1 - keep_y)
)
dom_loss_next = defined(
    "dom_loss_next",
    "E L^{D+}",
    "mean loss after one step of Dom-SGD",
    (sharp * dom_x2_next + flat * dom_y2_next) / 2,
)
bulk_loss_next = defined(
    "bulk_loss_next",
    "E L^{B+}",
    "mean loss after one step of Bulk-SGD",
    (sharp * bulk_x2_next + flat * bulk_y2_next) / 2,
)
dom_fraction = defined(
    "dom_fraction",
    r"E L^D_\infty / E L",
    "what Dom-SGD leaves of the mean loss if it starts at the stationary ratio",
    (sharp * mixing / (1 - keep_x) + flat) / (sharp * ratio_limit + flat),
)
bulk_fraction = defined(
    "bulk_fraction",
    r"E L^B_\infty / E L",
    "what Bulk-SGD leaves of the mean loss if it starts at the stationary ratio",
    ratio_limit * (sharp + flat * mixing / (1 - keep_y)) / (sharp * ratio_limit + flat),
)
gd_a_after = defined(
    "gd_a_after",
    "a^{GD}_T",
    "mean-square alignment after all steps of GD",
    sharp**2 * gd_x2_after / (sharp**2 * gd_x2_after + flat**2 * gd_y2_after),
)
gd_forgetting = defined(
    "gd_forgetting", "r", "what a step of GD leaves of the odds of alignment", keep_x / keep_y
)
toy_a_next = defined(
    "toy_a_next",
    "a^+",
    "mean-square alignment after one step of SGD",
    sharp**2 * x2_next / (sharp**2 * x2_next + flat**2 * y2_next),
)
