"""Words about single paths of the toy quadratic. Source: our formalisation."""

from __future__ import annotations

from theory.language import computed

mean_share_next = computed(
    "mean_share_next",
    r"E\chi_1^2",
    "mean, after one step of SGD, of the dominant share of the squared gradient",
    nonnegative=True,
)
