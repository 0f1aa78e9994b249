"""Where the chunks of a sweep are computed: here, in a pool of processes, or on a dask cluster."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from verify.errors import InputError

CONNECT_SECONDS = 10
ADDRESS = re.compile(r"dask://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/@?#]+):(?P<port>\d{1,5})")


@contextmanager
def executor_at(address: str | None, jobs: int) -> Iterator[Executor | None]:
    """The executor of `dask://HOST:PORT`, else a pool of `jobs` processes, else None for one job.

    Raises InputError when the address is malformed, dask is missing, or no scheduler answers.
    """
    if address is None:
        from verify.workers import pool

        with pool(jobs) as executor:
            yield executor
        return
    match = ADDRESS.fullmatch(address)
    if match is None or int(match["port"]) > 65535:
        raise InputError(f"--executor {address[:60]!r}: write it as dask://HOST:PORT")
    try:
        from distributed import Client as Cluster
    except ImportError:
        raise InputError(
            '--executor needs dask, which is not installed: pip install -e ".[cluster]"'
        ) from None
    connect: Any = Cluster
    with _quiet():
        try:
            client = connect(f"tcp://{match['host']}:{match['port']}", timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError):
            raise InputError(
                f"no dask scheduler answers at {address}; start one with: dask scheduler"
            ) from None
        with client:
            yield client.get_executor()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the log of the connection, tracebacks included: what fails is said in one line."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
