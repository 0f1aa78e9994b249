"""Sentences typed by people: a small grammar over the vocabulary, read with `ast`, never evaluated.

    q > 0 implies sign(a_next - a) == sign(eta - eta_star)
    always(a_next >= a implies always(a_next >= a))

Words are the vocabulary's; numbers are exact; `^` and `**` are powers with whole exponents; `and`,
`or`, `not`, `implies`, `iff` join sentences. Source: our formalisation.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from theory.language import (
    CHANGES,
    VOCABULARY,
    Always,
    ForAllModes,
    ForBulkModes,
    ForDominantModes,
    Initially,
    Next,
    NextHolds,
    With,
)

LONGEST, DEEPEST, LARGEST_EXPONENT, LARGEST_DEGREE, MOST_DIGITS = 2000, 40, 20, 1000, 60
JOINERS = ("iff", "implies")
PREDICATES = ("additive", "least_squares")  # words that are sentences
TIME = sympy.Symbol("t", real=True)
SLIPS = {  # what people type who know other languages
    r"[^=<>!]=[^=>]": "; for equality write ==",
    r"\bfor ?all\b": "; for every later time write always(...), for every mode for_all_modes(...)",
    r"=>|->": "; write implies",
}


class NotASentence(ValueError):
    """The text is not a sentence of the vocabulary; the message says what is wrong."""


class UnknownWord(NotASentence):
    """A name in it is no word of the vocabulary, as far as that is loaded: claims bring words."""

    def __init__(self, word: str, hint: str) -> None:
        super().__init__(f"no word {word!r}; {hint}")
        self.word = word


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "sign": (1, sympy.sign),
    "abs": (1, sympy.Abs),
    "sqrt": (1, sympy.sqrt),
    "ceiling": (1, sympy.ceiling),
    "log": (1, sympy.log),
    "next": (1, Next),
    "initially": (1, Initially),
    "always": (1, Always),
    "next_holds": (1, NextHolds),
    "for_all_modes": (1, ForAllModes),
    "for_dominant_modes": (1, ForDominantModes),
    "for_bulk_modes": (1, ForBulkModes),
    "min": (2, sympy.Min),
    "max": (2, sympy.Max),
    "implies": (2, sympy.Implies),
    "iff": (2, sympy.Equivalent),
    **{f"with_{change}": (2, lambda x, value, c=change: With(x, c, value)) for change in CHANGES},
}
SENTENCES = {"always", "next_holds", "implies", "iff", "for_all_modes", "for_dominant_modes",
             "for_bulk_modes"}  # fmt: skip
COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
}
ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: lambda x, y: x / y,
}


def parse(text: str) -> Boolean:
    """The sentence that the text says. Raises NotASentence with one line on what is wrong."""
    if len(text) > LONGEST:
        raise NotASentence(f"{len(text)} characters; at most {LONGEST} are read")
    if not text.strip():
        raise NotASentence("nothing is written; give a sentence such as a_next < a")
    if not text.isascii() or not text.isprintable():
        raise NotASentence("only printable ASCII characters are read")
    try:
        source = infix(text.replace("^", "**")).strip()
        sentence = _sentence(ast.parse(source, mode="eval").body, source, 0)
    except (SyntaxError, RecursionError, MemoryError) as error:
        problem = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
        hint = next((h for slip, h in SLIPS.items() if re.search(slip, text)), "")
        raise NotASentence(f"{text[:60]!r} does not parse: {problem}{hint}") from None
    _refuse_loose_modes(sentence)
    return sentence


def _refuse_loose_modes(sentence: Any) -> None:
    """A word about one mode says nothing until it is said which modes are meant."""
    if isinstance(sentence, (ForAllModes, ForDominantModes, ForBulkModes)):
        return
    word = VOCABULARY.get(sentence.name) if sentence.is_Symbol else None
    if word is not None and word.kind == "mode":
        raise NotASentence(f"{word.name!r} is about one mode; write for_all_modes(...)")
    for part in sentence.args:
        _refuse_loose_modes(part)


def infix(text: str) -> str:
    """`x implies y` as `implies(x, y)`, and `iff` likewise, inside every pair of brackets."""
    for joiner in JOINERS:
        cut = _top_level(text, joiner)
        if cut is not None:
            left, right = text[: cut.start()], text[cut.end() :]
            if not left.strip() or not right.strip():
                raise NotASentence(f"{joiner!r} stands between two sentences; one is missing")
            return f"{joiner}(({infix(left)}),({infix(right)}))"
    opening = text.find("(")
    if opening < 0:
        return text
    closing = _closing(text, opening)
    inner = ",".join(infix(part) for part in _arguments(text[opening + 1 : closing]))
    return f"{text[:opening]}({inner}){infix(text[closing + 1 :])}"


def _top_level(text: str, joiner: str) -> re.Match[str] | None:
    """The first occurrence of the joiner outside brackets, used between two sentences."""
    depth = 0
    for match in re.finditer(rf"[()]|\b{joiner}\b(?!\s*\()", text):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == joiner and depth == 0:
            return match
    for match in re.finditer(rf"[()]|(?<=[^\s(,])\s+{joiner}\b(?=\s*\()", text):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if joiner in match.group() and depth == 0:
            return match
    return None


def _closing(text: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise NotASentence(f"a bracket is never closed: {text[opening : opening + 30]!r}")


def _arguments(text: str) -> list[str]:
    """Split at the commas outside brackets."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _sentence(node: ast.expr, text: str, depth: int) -> Any:
    """A node that must be true or false."""
    if depth > DEEPEST:
        raise NotASentence("nested too deeply")
    match node:
        case ast.BoolOp(op=op, values=values):
            join = sympy.And if isinstance(op, ast.And) else sympy.Or
            return join(*(_sentence(v, text, depth + 1) for v in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return sympy.Not(_sentence(operand, text, depth + 1))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            return _comparison([left, *rest], ops, text, depth)
        case ast.Call(func=ast.Name(id=name)) if name in SENTENCES:
            return _call(node, text, depth)
        case ast.Name(id=name) if name in PREDICATES:
            return sympy.Symbol(name, real=True)
        case _:
            raise NotASentence(f"{_source(node)!r} is not a sentence: compare two expressions")


def _comparison(sides: list[ast.expr], ops: list[ast.cmpop], text: str, depth: int) -> Any:
    values = [_number(side, text, depth + 1) for side in sides]
    parts = []
    for left, op, right in zip(values, ops, values[1:], strict=False):
        if type(op) not in COMPARISONS:
            raise NotASentence(f"{type(op).__name__} is no comparison: use < <= == != >= >")
        parts.append(COMPARISONS[type(op)](left, right))
    return sympy.And(*parts)


def _number(node: ast.expr, text: str, depth: int) -> Any:
    """A node that must be a number."""
    if depth > DEEPEST:
        raise NotASentence("nested too deeply")
    match node:
        case ast.Constant(value=bool() | str() | bytes() | None):
            raise NotASentence(f"{_source(node)!r} is not a number")
        case ast.Constant():
            return _literal(ast.get_source_segment(text, node) or "")
        case ast.Name(id=name):
            return _word(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, text, depth + 1)
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return _power(_number(base, text, depth + 1), _number(exponent, text, depth + 1))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            x, y = _number(left, text, depth + 1), _number(right, text, depth + 1)
            if isinstance(op, ast.Div) and y == 0:
                raise NotASentence(f"division by zero in {_source(node)!r}")
            return ARITHMETIC[type(op)](x, y)
        case ast.Call(func=ast.Name(id=name)) if name not in SENTENCES:
            return _call(node, text, depth)
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            raise NotASentence(f"{_source(node)!r}: sentences are joined by `and` and `or`")
        case _:
            raise NotASentence(f"{_source(node)!r} is not a number in this grammar")


def _call(node: ast.Call, text: str, depth: int) -> Any:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        raise NotASentence(f"no function {name!r}; there are {', '.join(FUNCTIONS)}")
    count, function = FUNCTIONS[name]
    if len(node.args) != count or node.keywords:
        raise NotASentence(f"{name} takes {count} argument{'s' if count > 1 else ''}")
    read = _sentence if name in SENTENCES else _number
    value = function(*(read(argument, text, depth + 1) for argument in node.args))
    if value.has(sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        raise NotASentence(f"{_source(node)!r} has no real value")
    return value


def _literal(source: str) -> Any:
    if not re.fullmatch(r"\d+(\.\d*)?(e-?\d{1,2})?", source) or len(source) > MOST_DIGITS:
        raise NotASentence(f"{source[:30]!r} is not a number of at most {MOST_DIGITS} digits")
    return sympy.Rational(source)


def _power(base: Any, exponent: Any) -> Any:
    if exponent == TIME or _is_count(exponent):
        return base**exponent
    if not (exponent.is_Integer and abs(int(exponent)) <= LARGEST_EXPONENT):
        raise NotASentence(f"an exponent must be a whole number up to {LARGEST_EXPONENT}")
    if base == 0 and exponent < 0:
        raise NotASentence("division by zero")
    if _degree(base) * abs(int(exponent)) > LARGEST_DEGREE:
        raise NotASentence(f"powers of powers: their exponents multiply to over {LARGEST_DEGREE}")
    return base ** int(exponent)


def _degree(expression: Any) -> int:
    """How many factors it takes to write the expression out, and digits to write its numbers."""
    if expression.is_Rational:
        return int(abs(expression.p).bit_length() + expression.q.bit_length()) // 8
    if expression.is_Pow and expression.exp.is_Integer:
        return _degree(expression.base) * abs(int(expression.exp))
    inside = [_degree(part) for part in expression.args]
    return max(1, sum(inside) if expression.is_Mul else max(inside, default=1))


def _is_count(exponent: Any) -> bool:
    """Whether an exponent is a word for 0, 1, 2, ..., perhaps plus a small whole number."""
    more, count = exponent.as_independent(sympy.Symbol, as_Add=True)
    word = VOCABULARY.get(count.name) if count.is_Symbol else None
    small = more.is_Integer and 0 <= more <= LARGEST_EXPONENT
    return word is not None and word.whole and bool(small)


def _word(name: str) -> Any:
    if name not in VOCABULARY:
        close = difflib.get_close_matches(name, VOCABULARY, n=3)
        hint = (
            f"did you mean {', '.join(close)}?" if close else "`gradalign list --words` shows all"
        )
        raise UnknownWord(name, hint)
    return sympy.Symbol(name, real=True)


def _source(node: ast.expr) -> str:
    return ast.unparse(node)[:60]
