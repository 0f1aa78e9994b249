"""Who decided something at random, and with which error probability: nothing can forget to tell.

The deciding functions report here themselves. What child processes decide is theirs to report.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_open: list[list[Spent]] = []


@dataclass(frozen=True)
class Spent:
    """One random decision: bounds on the probabilities of a wrong answer and of no right one."""

    alpha: float
    miss: float


def record(alpha: float, miss: float) -> None:
    """Report a random decision to everybody who is counting."""
    for decisions in _open:
        decisions.append(Spent(alpha, miss))


@contextmanager
def counting() -> Iterator[list[Spent]]:
    """The random decisions made in this process, in any of its threads, inside the block."""
    decisions: list[Spent] = []
    _open.append(decisions)
    try:
        yield decisions
    finally:
        _open[:] = [other for other in _open if other is not decisions]
