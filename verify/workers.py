"""Worker processes that leave Ctrl-C to the process that started them, and end when it ends."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from verify.interrupts import held

P = ParamSpec("P")
T = TypeVar("T")

_following: list[threading.Thread] = []


@contextmanager
def pool(jobs: int) -> Iterator[Executor | None]:
    """An executor with so many worker processes, None for one job.

    However the block is left, the workers end with it, whatever they are doing.
    """
    if jobs <= 1:
        yield None
        return
    workers: list[BaseProcess] = []
    executor = _Processes(jobs)
    try:
        with held(), _ctrl_c_blocked():
            for _ in range(jobs):
                workers.append(executor.started())  # noqa: PERF401  those started must be ended
        yield executor
    finally:
        with held():  # a worker left behind would keep the interpreter waiting for it
            executor.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.kill()
            executor.shutdown()
            for worker in workers:
                worker.join()


class _Processes(ThreadPoolExecutor):
    """Processes that are each asked by a thread, through a pipe of their own.

    (The pool of the standard library shares semaphores and a thread between its workers: ended
    early it prints tracebacks, and killed it leaves the semaphores behind.)
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self.idle: SimpleQueue[Connection] = SimpleQueue()

    def started(self) -> BaseProcess:
        """A new worker process, ready to be asked."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        worker = context.Process(target=serve, args=(theirs,), daemon=True)
        worker.start()
        theirs.close()
        self.idle.put(ours)
        return worker

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Let a worker call the function; a lost worker raises BrokenExecutor."""
        return super().submit(self._ask, function, args, kwargs)

    def _ask(self, *call: Any) -> Any:
        connection = self.idle.get()
        try:
            connection.send(call)
            succeeded, answer = connection.recv()
        except (EOFError, OSError):
            raise BrokenExecutor("a worker process was killed") from None
        finally:
            self.idle.put(connection)
        if not succeeded:
            raise answer
        return answer


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Processes started in the block never get Ctrl-C, not even before their first line runs."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # otherwise started in the block, and lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(connection: Connection) -> None:
    """Answer calls until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    while True:
        try:
            call = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(_answer(call))


def _answer(call: bytes) -> bytes:
    """What a call returns or raises, with the traceback: an answer, whatever goes wrong."""
    try:
        function, args, kwargs = pickle.loads(call)
        return pickle.dumps((True, function(*args, **kwargs)))
    except Exception as error:
        error.add_note(f"in a worker process:\n{traceback.format_exc()}")
        try:
            answer = pickle.dumps((False, error))
            pickle.loads(answer)
        except Exception:  # an error that cannot be sent is told by one that can
            told = RuntimeError(f"{type(error).__name__}: {error}")
            told.add_note(error.__notes__[-1])
            return pickle.dumps((False, told))
        return answer


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
