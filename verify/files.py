"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from verify.errors import InputError


def check_writable(path: Path) -> Path:
    """The real path behind links. Raises InputError for a folder, before any work is done."""
    real = path.resolve()
    if real.is_dir():
        raise InputError(f"cannot write {path}: it is a folder; name a file")
    if any(parent.exists() and not parent.is_dir() for parent in real.parents):
        raise InputError(f"cannot write {path}: a parent is no folder; choose another place")
    return real


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a whole file or nothing; links are followed, devices and pipes written through.

    Raises InputError when the place cannot be written.
    """
    payload = content.encode("utf-8") if isinstance(content, str) else content
    temporary = ""
    path = check_writable(path)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(payload)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(payload)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place") from None
