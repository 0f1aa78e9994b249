"""Worker processes that end when the process that started them ends, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.connection import wait

_following: list[threading.Thread] = []


def end_with_parent() -> None:
    """A worker process whose parent is killed must not outlive it."""
    parent = multiprocessing.parent_process()
    if parent is None or _following:
        return
    sentinel = parent.sentinel

    def follow() -> None:
        wait([sentinel])
        os._exit(1)

    _following.append(threading.Thread(target=follow, daemon=True))
    _following[0].start()
