"""Ctrl-C: heard once, also where Python loses exceptions; a second one ends the process at once."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import time
from functools import partial

TYPE_CHECKING = False  # importing it from typing would take long: until `listen`, Ctrl-C is rough
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

EXIT_CODE = 130
ECHO_SECONDS = 1.0
"""A second Ctrl-C this soon is the first one again: programs that start this one pass it on."""
RETRY_SECONDS = 0.01
SHOW_CURSOR = b"\x1b[?25h"


class _State:
    def __init__(self) -> None:
        self.asked: float | None = None  # when Ctrl-C was pressed first
        self.holding = False
        self.waiting = False


_state = _State()


def listen() -> None:
    """From now on Ctrl-C raises one KeyboardInterrupt in the main thread; again, and it is over.

    What the exception passes through can therefore tidy up undisturbed. A process that was started
    with Ctrl-C ignored goes on ignoring it.
    """
    global _state
    _state = _State()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _raise)
    sys.unraisablehook = _say_it_again
    signal.signal(signal.SIGINT, _asked)


def end_at_once(message: str = "") -> None:
    """From now on Ctrl-C ends the process where it stands: for when there is nothing to keep.

    The last moments of the interpreter, which would have it die of the signal, pass undisturbed.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, partial(_end, message))
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def asked() -> bool:
    """Whether Ctrl-C was pressed since `listen`."""
    return _state.asked is not None


def check() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed: a loop asks, in case something caught it."""
    if asked():
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        raise KeyboardInterrupt


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let Ctrl-C wait for the end of a short block that must happen as a whole."""
    _state.holding = True
    try:
        yield
    finally:
        _state.holding = False
        if _state.waiting:
            _state.waiting = False
            raise KeyboardInterrupt


def _asked(number: int, frame: FrameType | None) -> None:
    now = time.monotonic()
    if _state.asked is None:
        _state.asked = now
        _raise(number, frame)
    elif now - _state.asked > ECHO_SECONDS:
        _end("interrupted twice; what was not yet kept or printed is lost", number, frame)


def _raise(number: int, frame: FrameType | None) -> None:
    if _state.holding:
        _state.waiting = True
    else:
        raise KeyboardInterrupt


def _say_it_again(lost: Any) -> None:
    """Python drops what is raised in a finalizer or callback: raise it once more, outside of it."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
    elif hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, RETRY_SECONDS)


def _end(message: str, number: int, frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        if os.isatty(2):
            os.write(2, SHOW_CURSOR)
        if message:
            os.write(2, f"gradalign: {message}\n".encode())
    os._exit(EXIT_CODE)
