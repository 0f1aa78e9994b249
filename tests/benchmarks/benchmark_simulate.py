"""How fast the simulator is, and how many draws the decisions need, against the usual tools.

    python tests/benchmarks/benchmark_simulate.py

All peers do the same work, one after the other in this process: literal SGD with R = 64 replicas,
d = 4096, T = 200 steps, float64, the alignment of every replica recorded at every step; `peers.py`
says how each is written. Everybody may use all processors this process may use. Each peer is timed
between two runs of the simulator and its ratio is to those two; the tables show the median over
`ROUNDS` rounds and the range, so a busy machine widens the range and hardly moves the median. The
last column compares processor time, summed over threads. Takes about two minutes.
"""

from __future__ import annotations

import importlib.util
import statistics
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numba
import numpy as np
import peers
from decision_draws import decisions
from measure import Work, milliseconds, paired, seconds, spread, table
from peers import (
    DENSE_STEPS,
    DIMENSION,
    DOMINANT,
    EIGENVALUES,
    ETA,
    REPLICAS,
    SCALE,
    STEPS,
    squares,
)

from verify.kernels.compilation import fused
from verify.noise import AdditiveNoise, LeastSquares
from verify.simulate import available_threads, simulate, simulate_sums

ROUNDS = 7
HEADER = ["program", "time", "time / ours: median (range)", "processor time / ours"]


def ours(family: str, threads: int | None = None) -> Any:
    return simulate(
        EIGENVALUES,
        DOMINANT,
        AdditiveNoise(family, SCALE**2),
        step_size=ETA,
        steps=STEPS,
        replicas=REPLICAS,
        start=np.ones(DIMENSION),
        seed=1,
        losses=False,
        threads=threads,
    ).alignment


def programs() -> dict[str, Any]:
    """The peers that can run here."""
    found: dict[str, Any] = {
        "this simulator, one thread": partial(ours, threads=1),
        "NumPy": peers.numpy_plain,
        "NumPy, tuned": peers.numpy_tuned,
        "NumPy, tuned, replicas split over threads": peers.numpy_split,
        "NumPy, dense Hessian": peers.numpy_dense,
    }
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(available_threads())
        found |= {"PyTorch CPU": peers.torch_plain, "PyTorch CPU, tuned": peers.torch_tuned}
    else:
        print("PyTorch CPU: not run (torch is not installed).")
    return found


def compare(title: str, reference: Work, others: dict[str, Work]) -> float:
    """Print one table; returns the reference's median time in seconds."""
    own, times = paired(reference, others, ROUNDS)
    rows = [["this simulator", milliseconds(own.clock), "1.0x", "1.0x"]]
    for name, found in times.items():
        factor = STEPS / DENSE_STEPS if "dense" in name else 1.0
        rows.append(
            [
                name,
                milliseconds(found.clock, factor),
                spread([factor * ratio for ratio in found.ratios]),
                f"{factor * statistics.median(found.processor_ratios):.1f}x",
            ]
        )
    table(title, HEADER, rows)
    return statistics.median(own.clock)


@numba.njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def multiply_add(x: Any, rounds: int) -> None:
    """Fused multiply-adds on numbers that stay in registers and first-level cache."""
    for _ in range(rounds):
        for i in range(x.size):
            v = x[i]
            for _ in range(16):
                v = fused(v, 0.999, 1e-3)
            x[i] = v


def limits() -> tuple[float, float]:
    """Measured multiplications and bytes per second of all threads together."""
    threads, size, rounds = available_threads(), 1024, 10_000
    arrays = [np.ones(size) for _ in range(threads)]
    multiply_add(arrays[0], 1)
    with ThreadPoolExecutor(threads) as pool:
        best = min(
            seconds(lambda: list(pool.map(multiply_add, arrays, [rounds] * threads)))[0]
            for _ in range(ROUNDS)
        )
    source, target = np.ones(2**25), np.zeros(2**25)
    copy = min(seconds(lambda: np.copyto(target, source))[0] for _ in range(ROUNDS))
    return threads * size * rounds * 16 / best, 2 * source.nbytes / copy


def speed() -> None:
    found = programs()
    size = f"R={REPLICAS}, d={DIMENSION}, T={STEPS}, float64, {available_threads()} threads"
    times = {}
    for family in ("rademacher", "gaussian"):
        others = {name: partial(work, family) for name, work in found.items()}
        title = f"Speed with {family.capitalize()} noise: {size}"
        times[family] = compare(title, partial(ours, family), others)
    multiplications, bandwidth = limits()
    work = REPLICAS * DIMENSION * STEPS / times["rademacher"]
    print(
        f"\nArithmetic limit (Rademacher): {3 * work / 1e9:.1f} of {multiplications / 1e9:.1f} "
        f"thousand million multiplications per second\n(fused with an addition or not; lambda x, "
        f"its square, the step size): {100 * 3 * work / multiplications:.0f} %."
    )
    print(
        f"A loop that reads and writes x once per step would need {16 * work / 1e9:.0f} GB/s;\n"
        f"copying reaches {bandwidth / 1e9:.0f} GB/s: "
        f"{16 * work / bandwidth:.1f}x the memory limit."
    )


def scaling() -> None:
    sizes, rows, times = [10**p for p in range(3, 8)], [], []
    for d in sizes:
        eigenvalues, start = np.linspace(1.0, 0.01, d), np.ones(d)
        noise = AdditiveNoise("rademacher", 1.0)

        def run(
            eigenvalues: Any = eigenvalues, start: Any = start, noise: Any = noise, d: int = d
        ) -> None:
            simulate(
                eigenvalues,
                d // 100,
                noise,
                step_size=ETA,
                steps=50,
                replicas=8,
                start=start,
                seed=1,
                losses=False,
            )

        run()
        times.append(min(seconds(run)[0] for _ in range(ROUNDS if d < 10**7 else 2)))
        rows.append(
            [f"{d:.0e}", f"{times[-1] * 1e3:.2f} ms", f"{times[-1] / d / 400 * 1e9:.2f} ns"]
        )
    slope = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    table("Dimension: R=8, T=50", ["d", "time", "per coordinate and step"], rows)
    print(f"log-log slope {slope:.3f} (target: at most 1.1)")
    peaks = []
    for replicas in (512, 8192):
        tracemalloc.start()
        simulate_sums(
            np.linspace(1, 0.01, 256),
            10,
            AdditiveNoise("rademacher", 1.0),
            step_size=ETA,
            steps=20,
            replicas=replicas,
            chunk_size=256,
            start=np.ones(256),
            seed=1,
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    print(f"Peak memory with 512 and 8192 replicas: {peaks[0] >> 10} and {peaks[1] >> 10} KiB")


def minibatch() -> None:
    rng = np.random.default_rng(0)
    rows_count, d, batch, replicas, steps, eta = 2000, 256, 32, 16, 200, 0.05
    noise = LeastSquares.of(
        rng.normal(size=(rows_count, d)), rng.normal(size=rows_count), batch, replacement=True
    )
    eigenvalues, features, residuals = noise.eigenvalues, noise.features, noise.residuals

    def compiled() -> None:
        simulate(
            eigenvalues,
            10,
            noise,
            step_size=eta,
            steps=steps,
            replicas=replicas,
            start=np.ones(d),
            seed=1,
            losses=False,
        )

    def loop() -> None:
        for _ in range(replicas):
            x = np.ones(d)
            for _ in range(steps):
                g = eigenvalues * x
                _ = (g[:10] ** 2).sum() / (g**2).sum()
                chosen = rng.integers(0, rows_count, batch)
                z = features[chosen]
                x = x - eta * (z.T @ (z @ x - residuals[chosen])) / batch

    def together() -> None:
        x = np.ones((replicas, d))
        for _ in range(steps):
            g = eigenvalues * x
            _ = squares(g[:, :10]) / squares(g)
            chosen = rng.integers(0, rows_count, (replicas, batch))
            z = features[chosen]
            errors = np.matmul(z, x[:, :, None])[:, :, 0] - residuals[chosen]
            x -= (eta / batch) * np.matmul(errors[:, None, :], z)[:, 0]

    compare(
        f"Minibatch least squares: n={rows_count}, d={d}, b={batch}, R={replicas}, T={steps}",
        compiled,
        {"NumPy, one replica after the other": loop, "NumPy, all replicas at once": together},
    )


if __name__ == "__main__":
    speed()
    scaling()
    minibatch()
    decisions()
