"""Times measured side by side, so that a noisy machine disturbs both sides of a ratio alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[], Any]
SETTLE = 0.25  # seconds; OpenMP's threads spin for up to 0.2 s after the work


@dataclass
class Times:
    """Seconds of each round, of the clock and of all processors together, and paired ratios."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    processor_ratios: list[float] = field(default_factory=list)


def seconds(work: Work) -> tuple[float, float]:
    """Of the clock, and of the processors, for one call."""
    begin, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - used


def paired(
    reference: Work, peers: Mapping[str, Work], rounds: int
) -> tuple[Times, dict[str, Times]]:
    """Time every peer between two looks at the reference; its ratio is to the mean of the two.

    A look at the reference is the median of three calls, because it is short, after a pause and a
    call that is not timed: what the peer left running, and in the caches, must not count against
    the reference. A peer starts after a pause too, and is called once before the first round.
    """
    own, others = Times(), {name: Times() for name in peers}

    def look() -> tuple[float, float]:
        time.sleep(SETTLE)
        reference()
        clock, processor = zip(*(seconds(reference) for _ in range(3)), strict=True)
        found = statistics.median(clock), statistics.median(processor)
        own.clock.append(found[0])
        own.processor.append(found[1])
        return found

    for work in (reference, *peers.values()):
        work()
    for _ in range(rounds):
        before = look()
        for name, work in peers.items():
            time.sleep(SETTLE)
            clock, processor = seconds(work)
            after = look()
            times = others[name]
            times.clock.append(clock)
            times.processor.append(processor)
            times.ratios.append(2 * clock / (before[0] + after[0]))
            times.processor_ratios.append(2 * processor / (before[1] + after[1]))
            before = after
    return own, others


def spread(values: list[float]) -> str:
    """Median and range."""
    return f"{statistics.median(values):.1f}x ({min(values):.1f} ... {max(values):.1f})"


def milliseconds(values: list[float], factor: float = 1.0) -> str:
    """The median."""
    return f"{statistics.median(values) * factor * 1e3:.1f} ms"


def table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table."""
    print(f"\n{title}\n")
    for row in [header, ["---"] * len(header), *rows]:
        print("| " + " | ".join(row) + " |", flush=True)
