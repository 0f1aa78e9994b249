"""The same work in NumPy and PyTorch: literal SGD, all replicas at once, alignment at each step.

`numpy_plain` and `torch_plain` are written as one writes them: new arrays, signs from the
generator's own call for random integers. `numpy_tuned` and `torch_tuned` are what a user with time
to spare makes of them: work in place, sums of squares without a temporary array, precomputed
products, and 8 signs from each random byte. `numpy_split` runs the tuned loop in one thread per
processor, each with its share of the replicas; NumPy's own loops use one thread. PyTorch uses all
threads it is given; gradients are switched off.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from verify.simulate import available_threads

REPLICAS, DIMENSION, STEPS, DOMINANT = 64, 4096, 200, 100
EIGENVALUES = np.linspace(1.0, 0.01, DIMENSION)
SCALE = np.linspace(0.5, 1.5, DIMENSION)
ETA = 0.5
DENSE_STEPS = 4  # the dense loop is timed over fewer steps and scaled


def numpy_noise(rng: np.random.Generator, family: str, shape: tuple[int, int]) -> Any:
    if family == "gaussian":
        return rng.standard_normal(shape)
    return 2.0 * rng.integers(0, 2, shape, dtype=np.int8) - 1.0


def numpy_plain(family: str) -> Any:
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


def squares(g: Any) -> Any:
    return np.einsum("ij,ij->i", g, g)


def numpy_tuned(family: str, replicas: int = REPLICAS, seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    x = np.ones((replicas, DIMENSION))
    g, noise = np.empty_like(x), np.empty_like(x)
    record = np.empty((replicas, STEPS + 1))
    for t in range(STEPS + 1):
        np.multiply(EIGENVALUES, x, out=g)
        dominant, bulk = squares(g[:, :DOMINANT]), squares(g[:, DOMINANT:])
        record[:, t] = dominant / (dominant + bulk)
        if t == STEPS:
            break
        if family == "gaussian":
            rng.standard_normal(out=noise)
            noise *= SCALE
            g += noise
        else:
            random_bytes = np.frombuffer(rng.bytes(x.size // 8), np.uint8)
            np.multiply(np.unpackbits(random_bytes).reshape(x.shape), 2 * SCALE, out=noise)
            noise -= SCALE
            g += noise
        g *= ETA
        x -= g
    return record


def numpy_split(family: str) -> Any:
    threads = available_threads()
    shares = [len(part) for part in np.array_split(range(REPLICAS), threads)]
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(numpy_tuned, [family] * threads, shares, shares)))


def numpy_dense(family: str) -> Any:
    rng = np.random.default_rng(1)
    hessian = np.diag(EIGENVALUES)
    x = np.ones((REPLICAS, DIMENSION))
    for _ in range(DENSE_STEPS):
        g = x @ hessian
        (g[:, :DOMINANT] ** 2).sum(axis=1) / (g**2).sum(axis=1)
        x -= ETA * (g + SCALE * numpy_noise(rng, family, x.shape))
    return x


def torch_plain(family: str) -> Any:
    import torch

    shape = (REPLICAS, DIMENSION)
    eigenvalues, scale = torch.from_numpy(EIGENVALUES), torch.from_numpy(SCALE)
    generator = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        x = torch.ones(shape, dtype=torch.float64)
        record = torch.empty((REPLICAS, STEPS + 1), dtype=torch.float64)
        for t in range(STEPS + 1):
            g = eigenvalues * x
            dominant, bulk = (g[:, :DOMINANT] ** 2).sum(1), (g[:, DOMINANT:] ** 2).sum(1)
            record[:, t] = dominant / (dominant + bulk)
            if t == STEPS:
                break
            if family == "gaussian":
                noise = torch.randn(shape, dtype=torch.float64, generator=generator)
            else:
                bits = torch.randint(0, 2, shape, dtype=torch.float64, generator=generator)
                noise = 2.0 * bits - 1.0
            x -= ETA * (g + scale * noise)
    return record


def torch_tuned(family: str) -> Any:
    import torch

    shape = (REPLICAS, DIMENSION)
    eigenvalues, scale = torch.from_numpy(EIGENVALUES), torch.from_numpy(SCALE)
    generator = torch.Generator().manual_seed(1)
    shifts = torch.arange(8, dtype=torch.uint8)
    with torch.inference_mode():
        x = torch.ones(shape, dtype=torch.float64)
        g, noise = torch.empty_like(x), torch.empty_like(x)
        record = torch.empty((REPLICAS, STEPS + 1), dtype=torch.float64)
        for t in range(STEPS + 1):
            torch.mul(eigenvalues, x, out=g)
            torch.mul(g, g, out=noise)
            dominant, bulk = noise[:, :DOMINANT].sum(1), noise[:, DOMINANT:].sum(1)
            record[:, t] = dominant / (dominant + bulk)
            if t == STEPS:
                break
            if family == "gaussian":
                noise.normal_(generator=generator).mul_(scale)
            else:
                words = torch.randint(
                    -(2**63), 2**63 - 1, (REPLICAS, DIMENSION // 64), generator=generator
                )
                random_bytes = words.view(torch.uint8).view(REPLICAS, DIMENSION // 8, 1)
                bits = ((random_bytes >> shifts) & 1).view(shape)
                torch.mul(bits, 2 * scale, out=noise)
                noise.sub_(scale)
            x.sub_(g.add_(noise), alpha=ETA)
    return record
