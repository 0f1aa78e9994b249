"""Sign-type updates in the eigenbasis, block by block: words for any number of directions.

The sign update moves every coordinate by eta against the sign of its gradient (Adam without
averaging and with eps = 0). Effective rates are as in TS-24, the coordinates being the
eigendirections. Source: arXiv 2405.16002, appendix C; our extension.
"""

from __future__ import annotations

from theory.language import BULK, DOMINANT, defined, mode_sum, mode_word

abs_g = mode_word("abs_g", "|g_l|", "absolute gradient of the mode", nonnegative=True)
sign_gain = mode_word(
    "sign_gain",
    r"-g_l\Delta_l",
    "minus the move of the sign update times the gradient of the mode",
)
norm1_D = mode_sum("norm1_D", r"\|g_D\|_1", "dominant sum of |g|", DOMINANT, abs_g)
norm1_B = mode_sum("norm1_B", r"\|g_B\|_1", "bulk sum of |g|", BULK, abs_g)
square_D = mode_sum("square_D", r"\|g_D\|_2^2", "dominant sum of |g|^2", DOMINANT, abs_g**2)
square_B = mode_sum("square_B", r"\|g_B\|_2^2", "bulk sum of |g|^2", BULK, abs_g**2)
gain_D = mode_sum(
    "gain_D", r"-\langle g_D,\Delta\rangle", "dominant gain of the sign update", DOMINANT, sign_gain
)
gain_B = mode_sum(
    "gain_B", r"-\langle g_B,\Delta\rangle", "bulk gain of the sign update", BULK, sign_gain
)
sign_rate_D = defined(
    "sign_rate_D",
    r"\eta^{\mathrm{dom}}_{\mathrm{sign}}",
    "dominant effective rate of the sign update",
    gain_D / square_D,
)
sign_rate_B = defined(
    "sign_rate_B",
    r"\eta^{\mathrm{bulk}}_{\mathrm{sign}}",
    "bulk effective rate of the sign update",
    gain_B / square_B,
)
share_D = defined(
    "share_D",
    r"\chi_k^2",
    "alignment (squared): share of the squared gradient that is dominant",
    square_D / (square_D + square_B),
)
