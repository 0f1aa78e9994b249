"""Sentences as LaTeX and as plain text, always made from the claim itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from theory.language import VOCABULARY, Formula, NextHolds, words_of
from theory.readable import readable

QUANTIFIED = {
    "ForAllModes": r"\forall l",
    "ForDominantModes": r"\forall l \le k",
    "ForBulkModes": r"\forall l > k",
}
TIMES = (r"\forall t", r"\forall t' \ge t", r"\forall t'' \ge t'")
EXPECTATION = re.compile(r"E(?:\\,| )([^E]+)")


PLAIN = (Formula, NextHolds, sympy.Not)  # sentences that need no brackets inside others
CALLS = {  # how the functions of the language are typed
    "Always": "always",
    "NextHolds": "next_holds",
    "Next": "next",
    "Initially": "initially",
    "ForAllModes": "for_all_modes",
    "ForDominantModes": "for_dominant_modes",
    "ForBulkModes": "for_bulk_modes",
    "Max": "max",
    "Min": "min",
    "Abs": "abs",
    "ceiling": "ceiling",
}


def is_compound(expression: Any) -> bool:
    """Whether it is a word that is typeset as a sum or quotient, to be bracketed in products."""
    word = VOCABULARY.get(expression.name) if expression.is_Symbol else None
    depth, before = 0, ""
    typeset = word.latex if word else ""
    for sign in typeset.replace(r"\langle", "(").replace(r"\rangle", ")"):
        depth += (sign in "({[") - (sign in ")}]")
        if depth == 0 and sign in "+-/" and before not in ("", "^", "_"):
            return True
        before = sign
    return False


class _PositiveFirst:
    """Sums begin with a term that has no minus sign, if there is one: a^+ - a, not -a + a^+."""

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        terms = super()._as_ordered_terms(expr, order)  # type: ignore[misc]
        return sorted(terms, key=lambda term: bool(term.could_extract_minus_sign()))


class _Latex(_PositiveFirst, LatexPrinter):
    """Words are typeset as the vocabulary says; parts of a compound sentence are bracketed."""

    times = 0  # how many times are quantified around the sentence being printed

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        word = VOCABULARY.get(expr.name)
        if word is None:
            return str(super()._print_Symbol(expr, style))
        expectation = EXPECTATION.fullmatch(word.latex)
        return f"E[{expectation.group(1)}]" if expectation else word.latex

    def _needs_mul_brackets(self, expr: Any, first: bool = False, last: bool = False) -> bool:
        return is_compound(expr) or bool(super()._needs_mul_brackets(expr, first, last))

    def parenthesize(self, item: Any, *arguments: Any, **options: Any) -> str:
        """An operand of a power: in brackets if it needs them."""
        if is_compound(item):
            return rf"\left({self._print(item)}\right)"
        return str(super().parenthesize(item, *arguments, **options))

    def _print_Relational(self, expr: Any) -> str:
        return str(super()._print_Relational(expr))

    def _print_Implies(self, e: Any, altchar: str | None = None) -> str:
        return r" \;\Rightarrow\; ".join(self._side(x) for x in e.args)

    def _print_Equivalent(self, e: Any, altchar: str | None = None) -> str:
        return r" \;\Leftrightarrow\; ".join(self._side(x) for x in e.args)

    def _side(self, sentence: Any) -> str:
        """One side of an arrow: a conjunction needs no brackets there."""
        return str(self._print(sentence)) if sentence.func is sympy.And else self._part(sentence)

    def _part(self, sentence: Any) -> str:
        """A sentence inside another one."""
        inner = str(self._print(sentence))
        plain = sentence.is_Symbol or sentence.is_Relational or isinstance(sentence, PLAIN)
        return inner if plain else rf"\left({inner}\right)"

    def _print_And(self, e: Any) -> str:
        return r" \;\wedge\; ".join(self._part(x) for x in in_order(e))

    def _print_Or(self, e: Any) -> str:
        return r" \;\vee\; ".join(self._part(x) for x in in_order(e))

    def _print_Not(self, e: Any) -> str:
        return rf"\neg {self._part(e.args[0])}"

    def _print_Always(self, e: Any) -> str:
        self.times += 1
        inner = self._part(e.args[0])
        self.times -= 1
        return rf"{TIMES[self.times]}:\ {inner}"

    def _print_NextHolds(self, e: Any) -> str:
        return rf"\left[{self._print(e.args[0])}\right]_{{t+1}}"

    def _quantified(self, e: Any) -> str:
        return rf"{QUANTIFIED[type(e).__name__]}:\ {self._part(e.args[0])}"

    _print_ForAllModes = _print_ForDominantModes = _print_ForBulkModes = _quantified

    def _print_Formula(self, e: Any) -> str:
        return str(e.latex)

    def _print_Next(self, e: Any, exp: Any = None) -> str:
        return self._raised(rf"\left[{self._print(e.args[0])}\right]_{{t+1}}", exp)

    def _print_Initially(self, e: Any, exp: Any = None) -> str:
        return self._raised(rf"\left[{self._print(e.args[0])}\right]_{{t=0}}", exp)

    def _print_With(self, e: Any, exp: Any = None) -> str:
        inner, change, value = e.args
        name = {"noise": r"\Sigma \to ", "scale": r"g^2 \to ", "step": r"\eta = ",
                "alignment": "a = ", "time": "t = "}[change.name]  # fmt: skip
        tail = {"noise": r"\,\Sigma", "scale": r"\,g^2"}.get(change.name, "")
        return self._raised(
            rf"\left.{self._print(inner)}\right|_{{{name}{self._print(value)}{tail}}}", exp
        )

    @staticmethod
    def _raised(text: str, exponent: Any) -> str:
        return text if exponent is None else rf"{{{text}}}^{{{exponent}}}"


class _Text(_PositiveFirst, StrPrinter):
    """The notation that `gradalign refute --edit` reads."""

    def _print_Implies(self, e: Any) -> str:
        return f"{self._bracketed(e.args[0])} implies {self._bracketed(e.args[1])}"

    def _print_Equivalent(self, e: Any) -> str:
        return " iff ".join(self._bracketed(x) for x in e.args)

    def _print_And(self, e: Any) -> str:
        return " and ".join(self._bracketed(x) for x in in_order(e))

    def _print_Or(self, e: Any) -> str:
        return " or ".join(self._bracketed(x) for x in in_order(e))

    def _bracketed(self, sentence: Any) -> str:
        inner = str(self._print(sentence))
        atomic = sentence.is_Symbol or len(sentence.args) == 1 or sentence.is_Relational
        return inner if atomic else f"({inner})"

    def _print_Equality(self, e: Any) -> str:
        return f"{self._print(e.lhs)} == {self._print(e.rhs)}"

    def _print_With(self, e: Any) -> str:
        inner, change, value = e.args
        return f"with_{change.name}({self._print(inner)}, {self._print(value)})"

    def _print_Not(self, e: Any) -> str:
        return f"not ({self._print(e.args[0])})"

    def _called(self, e: Any) -> str:
        return f"{CALLS[type(e).__name__]}({', '.join(map(self._print, e.args))})"

    _print_Always = _print_NextHolds = _print_Next = _print_Initially = _called
    _print_ForAllModes = _print_ForDominantModes = _print_ForBulkModes = _called
    _print_Max = _print_Min = _print_Abs = _print_ceiling = _called

    def _print_Formula(self, e: Any) -> str:
        return readable(e.latex)


def in_order(sentence: Any) -> list[Any]:
    """The parts of a conjunction or disjunction: those in few words first, then the longer ones."""
    return sorted(sentence.args, key=lambda x: (len(words_of(x)), sympy.default_sort_key(x)))


def latex_of_parts(sentences: Iterable[Boolean]) -> str:
    """Several sentences that all hold, as LaTeX."""
    printer = _Latex({"fold_short_frac": False, "ln_notation": False})
    parts = list(sentences)
    if len(parts) == 1:
        return latex(parts[0])
    return r" \;\wedge\; ".join(printer._part(s) for s in parts)


def latex(sentence: Boolean) -> str:
    """The sentence as LaTeX."""
    return str(_Latex({"fold_short_frac": False, "ln_notation": False}).doprint(sentence))


def text(sentence: Boolean) -> str:
    """The sentence in plain text, in the notation that people type."""
    return str(_Text().doprint(sentence)).replace("**", "^")
