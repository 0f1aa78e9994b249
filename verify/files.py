"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from verify.errors import InputError
from verify.interrupts import held

FIGURES = (".png", ".svg")


def check_writable(path: Path) -> Path:
    """The path behind links, of a file that can be written: asked before any work is done.

    Devices and pipes are themselves. Raises InputError for a folder, a missing folder, or one that
    nothing can be written to.
    """
    try:
        if path.is_dir():
            raise InputError(f"cannot write {path}: it is a folder; name a file")
        if path.exists() and not path.is_file():
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, "permission denied")
            return path
        real = path.resolve()
        if not real.parent.is_dir():
            raise InputError(f"cannot write {path}: no folder {path.parent}; create it first")
        with tempfile.TemporaryFile(dir=real.parent):
            return real
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot write {path}: it is not a file name") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: links that point at each other
        why = getattr(error, "strerror", None) or "the links go round in circles"
        raise InputError(f"cannot write {path}: {why}; choose another place") from None


def check_figure(path: Path) -> str:
    """The kind of a figure, "png" or "svg", by the end of its name. Raises InputError.

    The place must be writable, too, so that no long computation is lost.
    """
    if path.suffix.lower() not in FIGURES:
        raise InputError(f"--plot {path}: the name of a figure must end in .png or .svg")
    try:
        check_writable(path)
    except InputError as error:
        raise InputError(f"--plot: {error}") from None
    return path.suffix.lower()[1:]


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a whole file or nothing; links are followed, devices and pipes written through.

    Raises InputError when the place cannot be written.
    """
    payload = content.encode("utf-8") if isinstance(content, str) else content
    path = check_writable(path)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(payload)
            return
        with held():
            _replace(path, payload)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place") from None


def _replace(path: Path, payload: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:200]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(payload)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
