"""The toy quadratic from a fixed start: means, and distances between SGD and GD.

Beside the toy runs one direction with additive noise: a step adds -eta (lambda x +- s), and
`noisy` is its distance from GD. Source: arXiv 2405.16002, appendix G.2 (our exact model).
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from theory.averaging import Repeated
from theory.language import computed, defined, number
from theory.setting import some
from theory.tiny_subspaces.toy import (
    TOY,
    UPDATE,
    gd_x,
    gd_y,
    sharp,
    x,
    x2,
    x2_after,
    xy,
    y,
    y2,
    y2_after,
)
from theory.vocabulary import eta

noisy = sympy.Symbol("noisy", real=True)  # state of the direction with additive noise

mean_x = number("mean_x", "E x", "mean position along the sharp direction")
mean_y = number("mean_y", "E y", "mean position along the flat direction")
noise_size = number("noise_size", "s", "size of additive noise in one direction, of either sign")
apart = number("apart", "d", "mean squared distance from GD in that direction", nonnegative=True)
mean_apart = number("mean_apart", "E e", "mean displacement from GD in that direction")

_NAMES = {"x": "the sharp direction", "y": "the flat direction"}


def _mean(name: str, when: str, method: str, text: str) -> sympy.Symbol:
    prefix, latex = ("gd_", "GD") if method == "GD" else ("", "")
    index = f"^{{{latex}+}}" if when == "next" else f"{f'^{{{latex}}}' if latex else ''}_T"
    return computed(
        f"{prefix}mean_{name}_{when}",
        f"E {name}{index}",
        f"mean position along {_NAMES[name]} after {text} of {method}",
    )


mean_x_next, mean_y_next = (_mean(n, "next", "SGD", "one step") for n in "xy")
mean_x_after, mean_y_after = (_mean(n, "after", "SGD", "all steps") for n in "xy")
gd_mean_x_next, gd_mean_y_next = (_mean(n, "next", "GD", "one step") for n in "xy")
gd_mean_x_after, gd_mean_y_after = (_mean(n, "after", "GD", "all steps") for n in "xy")
apart_next = computed(
    "apart_next", "d^+", "mean squared distance from GD after one step", nonnegative=True
)
apart_after = computed(
    "apart_after", "d_T", "mean squared distance from GD after all steps", nonnegative=True
)

distance_to_gd = defined(
    "distance_to_gd",
    r"E\|\theta^{SGD}_T-\theta^{GD}_T\|^2",
    "mean squared distance of SGD from GD after all steps, multiplied out",
    x2_after
    + y2_after
    - 2 * (gd_mean_x_after * mean_x_after + gd_mean_y_after * mean_y_after)
    + gd_mean_x_after**2
    + gd_mean_y_after**2,
)
gd_travel = defined(
    "gd_travel",
    r"\|\theta^{GD}_T-\theta_0\|^2",
    "squared distance of GD from its start after all steps",
    (gd_mean_x_after - mean_x) ** 2 + (gd_mean_y_after - mean_y) ** 2,
)
apart_limit = defined(
    "apart_limit",
    r"d_\infty",
    "limit of the mean squared distance from GD with additive noise",
    eta * noise_size**2 / (sharp * (2 - eta * sharp)),
)


def _with_noise(sign: int) -> sympy.Expr:
    return noisy - eta * (sharp * noisy + sign * noise_size)


_outcomes = tuple(
    (probability, {**new, noisy: _with_noise(sign)})
    for (probability, new), sign in zip(UPDATE.outcomes, (1, -1), strict=True)
)
MEANS_UPDATE = replace(
    UPDATE,
    outcomes=_outcomes,
    moments={**UPDATE.moments, x: mean_x, y: mean_y, noisy**2: apart, noisy: mean_apart},
    after={
        **UPDATE.after,
        mean_x_next: x,
        mean_y_next: y,
        gd_mean_x_next: gd_x,
        gd_mean_y_next: gd_y,
        apart_next: noisy**2,
    },
    runs=(
        *UPDATE.runs,
        Repeated({mean_x: mean_x_next, mean_y: mean_y_next},
                 {mean_x: mean_x_after, mean_y: mean_y_after}),
        Repeated({mean_x: gd_mean_x_next, mean_y: gd_mean_y_next},
                 {mean_x: gd_mean_x_after, mean_y: gd_mean_y_after}, {gd_x: x, gd_y: y}),
        Repeated({apart: apart_next}, {apart: apart_after}),
    ),
)  # fmt: skip
FIXED_START = replace(
    TOY,
    draws={
        mean_x: some("real"),
        mean_y: some("real"),
        **TOY.draws,
        x2: mean_x**2,
        y2: mean_y**2,
        xy: mean_x * mean_y,
        noise_size: some("positive"),
        apart: some("switch") * some("positive"),
    },
    update=MEANS_UPDATE,
)
