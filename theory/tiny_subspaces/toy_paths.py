"""Single paths of the toy quadratic: words, update and setting. Source: our formalisation."""

from __future__ import annotations

import sympy

from theory.averaging import Update
from theory.language import computed, defined, number
from theory.setting import Setting, some
from theory.tiny_subspaces.toy import coupling, flat, loss, sharp, x, y
from theory.vocabulary import eta

path_x = number("path_x", "x", "position along the sharp direction")
path_y = number("path_y", "y", "position along the flat direction")
sample = number("sample", r"\varepsilon", "which sample is drawn: 1 or -1, the sign of its c x y")
path_x_next = computed("path_x_next", "x^+", "position along the sharp direction after the step")
path_y_next = computed("path_y_next", "y^+", "position along the flat direction after the step")
mean_share_next = computed(
    "mean_share_next",
    r"E\chi_1^2",
    "mean, after one step of SGD, of the dominant share of the squared gradient",
    nonnegative=True,
)
gradient_ratio = defined(
    "gradient_ratio",
    "q",
    "dominant over bulk component of the gradient",
    sharp * path_x / (flat * path_y),
)
gradient_ratio_next = defined(
    "gradient_ratio_next",
    "q^+",
    "dominant over bulk component of the gradient after the step",
    sharp * path_x_next / (flat * path_y_next),
)
path_share = defined(
    "path_share",
    r"\chi_1^2",
    "dominant share of the squared gradient",
    (sharp * path_x) ** 2 / ((sharp * path_x) ** 2 + (flat * path_y) ** 2),
)
path_share_next = defined(
    "path_share_next",
    r"(\chi_1^+)^2",
    "dominant share of the squared gradient after the step",
    (sharp * path_x_next) ** 2 / ((sharp * path_x_next) ** 2 + (flat * path_y_next) ** 2),
)

PATH = Setting(
    "path of the toy quadratic",
    {
        flat: some("positive"),
        sharp: flat + some("positive"),
        coupling: some("positive"),
        eta: some("share") * 2 / (sharp + flat),
        sample: some("sign"),
        path_x: some("real"),
        path_y: some("positive"),
    },
    Update(
        outcomes=((1, {s: s - eta * sympy.diff(loss(sample), s) for s in (x, y)}),),
        moments={x: path_x, y: path_y},
        after={path_x_next: x, path_y_next: y},
    ),
)
PAPER_PATH = {
    "setting": PATH.name,
    "sharp": "1000",
    "flat": "1",
    "eta": "1/10000",
    "coupling": "100",
}
