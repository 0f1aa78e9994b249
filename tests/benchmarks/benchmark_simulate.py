"""How fast the simulator is, and how many draws the decisions need, against the usual tools.

    python tests/benchmarks/benchmark_simulate.py

All peers do the same work, one after the other in this process: literal SGD with R = 64 replicas,
d = 4096, T = 200 steps, float64, the alignment of every replica recorded at every step. Times are
the best of `ROUNDS` interleaved rounds, ratios are to the simulator. Takes about a minute.
"""

from __future__ import annotations

import importlib.util
import math
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
import scipy.stats

from verify.decide import decide_sign, design_sign
from verify.laws import Bounded, GaussianForm, RademacherForm
from verify.noise import AdditiveNoise, LeastSquares
from verify.simulate import available_threads, simulate, simulate_sums

REPLICAS, DIMENSION, STEPS, DOMINANT, ROUNDS = 64, 4096, 200, 100, 5
EIGENVALUES = np.linspace(1.0, 0.01, DIMENSION)
SCALE = np.linspace(0.5, 1.5, DIMENSION)
ETA = 0.5
DENSE_STEPS = 4  # the dense loop is timed over fewer steps and scaled


def ours(family: str) -> Any:
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
    ).alignment


def numpy_noise(rng: np.random.Generator, family: str, shape: tuple[int, int]) -> Any:
    if family == "gaussian":
        return rng.standard_normal(shape)
    return 2.0 * rng.integers(0, 2, shape, dtype=np.int8) - 1.0


def numpy_loop(family: str) -> Any:
    rng = np.random.default_rng(1)
    x = np.ones((REPLICAS, DIMENSION))
    record = np.empty((REPLICAS, STEPS + 1))
    for t in range(STEPS + 1):
        g = EIGENVALUES * x
        dominant, bulk = (g[:, :DOMINANT] ** 2).sum(axis=1), (g[:, DOMINANT:] ** 2).sum(axis=1)
        record[:, t] = dominant / (dominant + bulk)
        if t < STEPS:
            x -= ETA * (g + SCALE * numpy_noise(rng, family, x.shape))
    return record


def dense_loop(family: str) -> Any:
    rng = np.random.default_rng(1)
    hessian = np.diag(EIGENVALUES)
    x = np.ones((REPLICAS, DIMENSION))
    for _ in range(DENSE_STEPS):
        g = x @ hessian
        (g[:, :DOMINANT] ** 2).sum(axis=1) / (g**2).sum(axis=1)
        x -= ETA * (g + SCALE * numpy_noise(rng, family, x.shape))
    return x


def torch_loop(family: str) -> Any:
    import torch

    shape = (REPLICAS, DIMENSION)
    eigenvalues, scale = torch.from_numpy(EIGENVALUES), torch.from_numpy(SCALE)
    x = torch.ones(shape, dtype=torch.float64)
    record = torch.empty((REPLICAS, STEPS + 1), dtype=torch.float64)
    generator = torch.Generator().manual_seed(1)
    for t in range(STEPS + 1):
        g = eigenvalues * x
        dominant, bulk = (g[:, :DOMINANT] ** 2).sum(1), (g[:, DOMINANT:] ** 2).sum(1)
        record[:, t] = dominant / (dominant + bulk)
        if family == "gaussian":
            noise = torch.randn(shape, dtype=torch.float64, generator=generator)
        else:
            bits = torch.randint(0, 2, shape, dtype=torch.float64, generator=generator)
            noise = 2.0 * bits - 1.0
        x -= ETA * (g + scale * noise)
    return record


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def table(title: str, header: list[str], rows: list[list[str]]) -> None:
    print(f"\n{title}\n")
    for row in [header, ["---"] * len(header), *rows]:
        print("| " + " | ".join(row) + " |")


@numba.njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def multiply_add(x: Any, rounds: int) -> None:
    """Multiplications and additions on numbers that stay in registers and first-level cache."""
    for _ in range(rounds):
        for i in range(x.size):
            v = x[i]
            for _ in range(16):
                v = v * 0.999 + 1e-3
            x[i] = v


def limits() -> tuple[float, float]:
    """Measured double operations per second and bytes per second of all threads together."""
    threads, size, rounds = available_threads(), 1024, 10_000
    arrays = [np.ones(size) for _ in range(threads)]
    multiply_add(arrays[0], 1)
    with ThreadPoolExecutor(threads) as pool:
        best = min(
            seconds(lambda: list(pool.map(multiply_add, arrays, [rounds] * threads)))
            for _ in range(ROUNDS)
        )
    operations = threads * size * rounds * 32 / best
    source, target = np.ones(2**25), np.zeros(2**25)
    copy = min(seconds(lambda: np.copyto(target, source)) for _ in range(ROUNDS))
    return operations, 2 * source.nbytes / copy


def speed() -> None:
    peers: dict[str, Callable[[str], Any]] = {
        "this simulator": ours,
        "NumPy, vectorised over replicas": numpy_loop,
        "NumPy, dense Hessian": dense_loop,
    }
    reason = ""
    if importlib.util.find_spec("torch"):
        peers["PyTorch CPU"] = torch_loop
    else:
        reason = "PyTorch CPU: not run (torch is not installed)."
    rows, fastest = [], {}
    for family in ("rademacher", "gaussian"):
        ours(family)  # compiled before the clock starts
        times: dict[str, list[float]] = {name: [] for name in peers}
        for _ in range(ROUNDS):
            for name, peer in peers.items():
                times[name].append(seconds(lambda peer=peer, family=family: peer(family)))  # type: ignore[misc]
        best = {name: min(values) for name, values in times.items()}
        best["NumPy, dense Hessian"] *= STEPS / DENSE_STEPS
        fastest[family] = best["this simulator"]
        for name, value in best.items():
            ratio = value / best["this simulator"]
            rows.append([family, name, f"{value * 1e3:.1f} ms", f"{ratio:.1f}x"])
    title = f"Speed: R={REPLICAS}, d={DIMENSION}, T={STEPS}, float64, {available_threads()} threads"
    table(title, ["noise", "program", "time", "time / ours"], rows)
    print(reason)
    operations, bandwidth = limits()
    work = REPLICAS * DIMENSION * STEPS
    # lambda x, square, add, add noise, times eta, subtract
    used = 6 * work / fastest["rademacher"]
    print(f"Arithmetic (Rademacher): {used / 1e9:.1f} of {operations / 1e9:.1f} Gflop/s measured")
    print(f"= {100 * used / operations:.0f} % (6 operations per coordinate and step).")
    streamed = 16 * work / fastest["rademacher"]
    print(f"A loop that reads and writes x once per step would need {streamed / 1e9:.0f} GB/s;")
    print(
        f"copying reaches {bandwidth / 1e9:.0f} GB/s: {streamed / bandwidth:.1f}x the memory limit."
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

        times.append(min(seconds(run) for _ in range(ROUNDS if d < 10**7 else 1)))
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

    compiled()
    mine, theirs = (min(seconds(work) for _ in range(ROUNDS)) for work in (compiled, loop))
    table(
        f"Minibatch least squares: n={rows_count}, d={d}, b={batch}, R={replicas}, T={steps}",
        ["program", "time", "time / ours"],
        [
            ["this simulator", f"{mine * 1e3:.1f} ms", "1.0x"],
            ["NumPy loop", f"{theirs * 1e3:.1f} ms", f"{theirs / mine:.1f}x"],
        ],
    )


def decisions() -> None:
    """Median draws over 31 runs at alpha = miss = 1e-9, mean = `smallest`."""
    w, b, s = np.array([[1.0, -1.0, 0.5], [1.0, 0.5, 0.0], [0.5, 1.0, 0.3]])
    centre = float(np.sum(w * (b**2 + s**2)))
    ends = np.sum(np.abs(2 * w * b * s))

    def draw(kind: str, mean: float, seed: int) -> Callable[[int, int], Any]:
        rng = np.random.default_rng(seed)

        def draws(start: int, count: int) -> Any:
            shape = (count, 3)
            z = rng.standard_normal(shape) if kind == "gaussian" else rng.choice([-1, 1], shape)
            return ((b + s * z) ** 2) @ w - centre + mean

        return draws

    rows = []
    for fraction in (0.5, 0.2, 0.1, 0.05):
        for kind in ("gaussian", "rademacher", "bounded"):
            law: Any = GaussianForm.of(w, b, s)
            width = math.inf
            if kind != "gaussian":
                law = RademacherForm.of(w, b, s)
                mean = fraction * law.deviation
                width = 2 * ends
            if kind == "bounded":
                law = Bounded(mean - ends - 1e-9, mean + ends + 1e-9, law.deviation)
                law = Bounded(-abs(law.high), abs(law.high), law.deviation)
            mean = fraction * law.deviation
            used = [decide_sign(draw(kind, mean, i), law, mean).draws for i in range(31)]
            z_test = (2 * scipy.stats.norm.isf(0.5e-9) * law.deviation / mean) ** 2
            dkwm = (width * (math.log(2e9) ** 0.5 * 2) / (2**0.5 * mean)) ** 2
            rows.append(
                [
                    kind,
                    f"{fraction}",
                    f"{np.median(used):.0f}",
                    f"{design_sign(law, mean).draws}",
                    f"{z_test:.0f}",
                    "none (unbounded)" if math.isinf(width) else f"{dkwm:.0f}",
                ]
            )
    header = ["law", "mean / deviation", "median draws", "predicted", "fixed-N z-test*", "DKWM"]
    table("Decisions on the sign of a mean, both errors 1e-9", header, rows)
    print("* not valid at this level for non-Gaussian draws, nor if looked at twice.")


if __name__ == "__main__":
    speed()
    scaling()
    minibatch()
    decisions()
