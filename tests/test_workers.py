"""Worker processes: what they answer, what they ignore, and that none is left."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, Future
from multiprocessing import active_children
from pickle import PicklingError

import pytest

from verify import workers
from verify.errors import InputError
from verify.workers import pool

SECONDS = 60


def refuse() -> None:
    raise InputError("not this")


class Unreadable(Exception):
    """An error that can be sent, and not received."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


class Locked(Exception):
    """An error that cannot be sent."""

    def __init__(self, *told: str) -> None:
        super().__init__(*told)
        self.lock = threading.Lock()


class Broken:
    """An argument that can be sent, and not received."""

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return int, ("x",)


def fail(kind: type[Exception], *told: str) -> None:
    raise kind(*told)


@pytest.mark.parametrize("jobs", [1, 0, -1])
def test_one_job_needs_no_pool(jobs: int) -> None:
    with pool(jobs) as executor:
        assert executor is None


def test_workers_answer_and_are_deaf_to_ctrl_c() -> None:
    """Fails if a worker could die of Ctrl-C, loses an error, or is lost by one."""
    with pool(2) as executor:
        assert executor is not None
        asked = [executor.submit(signal.raise_signal, signal.SIGINT) for _ in range(4)]
        assert [future.result(SECONDS) for future in asked] == [None] * 4
        assert executor.submit(signal.getsignal, signal.SIGINT).result(SECONDS) is signal.SIG_IGN
        with pytest.raises(InputError, match="not this") as caught:
            executor.submit(refuse).result(SECONDS)
        assert "in refuse" in caught.value.__notes__[0]
        with pytest.raises(TypeError, match="pickle"):
            executor.submit(threading.Lock).result(SECONDS)
        if hasattr(signal, "pthread_sigmask"):  # what it was born with
            mask = executor.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result(SECONDS)
            assert signal.SIGINT in mask
        assert executor.submit(os.getpid).result(SECONDS) != os.getpid()
    if hasattr(signal, "pthread_sigmask"):
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert not active_children()


def test_a_pool_left_early_waits_for_nobody() -> None:
    """Fails if an interrupted pool waits for what its workers do, or leaves one of them."""
    started = time.monotonic()
    futures: list[Future[None]] = []

    def interrupted() -> None:
        with pool(2) as executor:
            assert executor is not None
            futures.extend(executor.submit(time.sleep, SECONDS) for _ in range(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - started < SECONDS / 2
    assert all(future.done() for future in futures)
    assert not active_children()


def test_a_killed_worker_is_noticed() -> None:
    """Fails if the answer of a dead worker is waited for."""
    with pool(2) as executor:
        assert executor is not None
        lost = executor.submit(os._exit, 1)
        with pytest.raises(BrokenExecutor):
            lost.result(SECONDS)
    assert not active_children()


def test_errors_that_cannot_be_sent_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    """Fails if an error, or what a worker is asked, ends the worker or hides what went wrong."""
    with pool(2) as executor:
        assert executor is not None
        with pytest.raises(RuntimeError, match="Unreadable: this and that") as caught:
            executor.submit(fail, Unreadable, "this", "that").result(SECONDS)
        assert "in fail" in caught.value.__notes__[0]
        with pytest.raises(RuntimeError, match="Locked: in"):
            executor.submit(fail, Locked, "in").result(SECONDS)
        with pytest.raises(ValueError, match="invalid literal"):
            executor.submit(print, Broken()).result(SECONDS)
        with pytest.raises((AttributeError, PicklingError)):
            executor.submit(lambda: 1).result(SECONDS)
        assert all(executor.map(abs, [-1, 1, 2, 3]))  # both workers are still there
    assert capfd.readouterr().err == ""


def test_a_worker_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails if a worker does not look after the process that started it."""
    followed: list[bool] = []
    monkeypatch.setattr(workers, "end_with_parent", lambda: followed.append(True))
    kept = signal.getsignal(signal.SIGINT)
    ours, theirs = workers.multiprocessing.Pipe()
    ours.close()
    try:
        workers.serve(theirs)
    finally:
        signal.signal(signal.SIGINT, kept)
    assert followed == [True]
