"""Reading a state from JSON or NPZ into plain lists and arrays, without trusting the file."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from verify.errors import InputError

LARGEST_JSON = 64 * 2**20
LARGEST_NPZ = 2**30

JSON_NAMES = {list: "list", str: "string", int: "number", float: "number", bool: "truth value",
              type(None): "null"}  # fmt: skip

_ZIP = b"PK\x03\x04"


def read_mapping(source: str | Path, keys: Sequence[str] = ("eigenvalues",)) -> dict[str, Any]:
    """The keys and raw values of a JSON or NPZ file; "-" is standard input.

    The kind is told by the content, not by the name. JSON numbers with a point or an exponent
    become floats, integers stay integers. Raises InputError for anything unreadable, truncated,
    malformed, larger than 64 MiB of JSON or 1 GiB of unpacked NPZ, or with pickled objects; `keys`
    are some that the file should have, for what the error suggests.
    """
    name = source_name(source)
    content = _read_bytes(source, name)
    if content.startswith(_ZIP):
        return _from_npz(content, name)
    if content.startswith(b"\x93NUMPY"):
        raise InputError(f"{name} is a single NPY array; save the named arrays with numpy.savez")
    return _from_json(content, name, keys)


def source_name(source: str | Path) -> str:
    """A file or standard input ("-"), as messages call it."""
    return "standard input" if str(source) == "-" else str(source)


def _read_bytes(source: str | Path, name: str) -> bytes:
    try:
        if str(source) == "-":
            return sys.stdin.buffer.read(LARGEST_NPZ + 1)
        with open(source, "rb") as file:
            return file.read(LARGEST_NPZ + 1)
    except OSError as error:
        raise InputError(
            f"cannot read {name}: {error.strerror}; give a JSON or NPZ file, or - for stdin"
        ) from None
    except ValueError:
        raise InputError("the file name contains a null character; give another name") from None


def _from_json(content: bytes, name: str, keys: Sequence[str]) -> dict[str, Any]:
    if len(content) > LARGEST_JSON:
        raise InputError(
            f"{name} is larger than {LARGEST_JSON // 2**20} MiB of JSON; give the arrays as NPZ"
        )
    try:
        parsed = json.loads(
            content.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_repeats,
        )
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is neither JSON nor NPZ (byte {error.start} is not UTF-8)"
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise InputError(f"{name} is nested too deeply; a state is one flat object") from None
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except ValueError:
        raise InputError(
            f"{name} has an integer of thousands of digits; write it shorter"
        ) from None
    if not isinstance(parsed, dict):
        kind = JSON_NAMES[type(parsed)]
        raise InputError(
            f"{name} holds a JSON {kind}; write an object "
            + "{"
            + ", ".join(f'"{key}": ...' for key in keys)
            + "}"
        )
    return parsed


def _refuse_constant(text: str) -> NoReturn:
    raise InputError(f"{text} is not a finite number; every number must be finite")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the key {key!r} appears twice; keep one")
        found[key] = value
    return found


def _from_npz(content: bytes, name: str) -> dict[str, Any]:
    import numpy as np

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > LARGEST_NPZ:
            raise InputError(f"{name} unpacks to more than {LARGEST_NPZ // 2**30} GiB; reduce it")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}
    except InputError:
        raise
    except ValueError as error:
        if "pickle" in str(error):
            raise InputError(f"{name} holds Python objects; save plain number arrays") from None
        raise InputError(f"{name} is a damaged NPZ file; save it again") from None
    except Exception:  # zipfile, zlib and struct each raise their own errors on damaged bytes
        raise InputError(f"{name} is a truncated or damaged NPZ file; save it again") from None
