"""How the loops are compiled, and the operations on bits that the compiler has to be told about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., Any])
njit: Any = numba.njit  # the compiler's own types do not describe what it returns

# numba looks at the file of the function it compiled, not at the files of the functions called
SOURCES = tuple(
    (file.name, file.stat().st_mtime_ns, file.stat().st_size)
    for file in sorted(Path(__file__).parent.glob("*.py"))
)


def compiled(function: Function, **options: Any) -> Function:
    """Compile with a disk cache, or without one where no folder can be written."""
    options |= {"nogil": True, "error_model": "numpy"}
    try:
        cached: Any = njit(cache=True, **options)(function)
        cached._cache._cache_file._source_stamp = SOURCES
    except (RuntimeError, AttributeError):  # no writable folder, or another numba inside
        cached = njit(**options)(function)
    result: Function = cached
    return result


def reordered(function: Function) -> Function:
    """Compile with sums in the order that the machine's vectors prefer: the same on every run."""
    return compiled(function, fastmath={"reassoc"})


def inlined(function: Function) -> Function:
    """Compile into every caller, so that the caller's loop becomes one loop over vectors."""
    result: Function = njit(inline="always")(function)
    return result


def _bits_of(typing_context: Any, value: Any) -> Any:
    """The 64 bits of a double."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), generate


def _double_of(typing_context: Any, value: Any) -> Any:
    """The double with these 64 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), generate


def _fused(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a b + c, rounded once."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


bits_of: Any = intrinsic(_bits_of)
double_of: Any = intrinsic(_double_of)
fused: Any = intrinsic(_fused)
