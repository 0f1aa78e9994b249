"""Formulas written in LaTeX, as far as a terminal can show them."""

from __future__ import annotations

import re

REPLACEMENTS = (  # in this order
    (r"\\(?:text|mathrm|operatorname)\{([^{}]*)\}", r"\1"),
    (r"\\t?frac(\w)(\w)", r"\1/\2"),
    (r"\\(?:Rightarrow|implies)\b", " implies "),
    (r"\\(?:Leftrightarrow|iff)\b", " iff "),
    (r"\\(?:le|leq)\b", "<="),
    (r"\\(?:ge|geq)\b", ">="),
    (r"\\(?:ne|neq)\b", "!="),
    (r"\\to\b", "->"),
    (r"\\pm(?![a-z])", "+-"),
    (r"\\sim\b", "~"),
    (r"\\equiv\b", "=="),
    (r"\\c?dots\b", "..."),
    (r"\\langle\b", "<"),
    (r"\\rangle\b", ">"),
    (r"\\(?:big|Big|left|right)(?![a-z])", ""),
    (r"\\(?:[,;: ]|q?quad\b)", " "),
    (r"\\\|", "||"),
    (r"\\([%#{}])", r"\1"),
    (r"(?<=[A-Za-z])\\([A-Za-z]+)(?![A-Za-z{])", r" \1"),
    (r"\\([A-Za-z]+)(?![A-Za-z{])", r"\1"),
    (r" +", " "),
)


def readable(latex: str) -> str:
    """The formula with words for its commands; a command with an argument stays as it is."""
    for pattern, replacement in REPLACEMENTS:
        latex = re.sub(pattern, replacement, latex)
    return latex.strip()
