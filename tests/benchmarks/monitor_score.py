"""How often SA-3's direction comes true on the digits: `python -m tests.benchmarks.monitor_score`.

Prints the table of docs/monitor.md; takes about two minutes of one core.
"""

from __future__ import annotations

from typing import Any

import torch
from sklearn.datasets import load_digits

from verify.adapters.torch import AlignmentMonitor

SAMPLES, WIDTH, STEPS, EVERY = 1000, 32, 1000, 5
RUNS: tuple[tuple[str, dict[str, float], int], ...] = (
    ("SGD", {"lr": 0.5}, 8),
    ("SGD", {"lr": 0.2}, 8),
    ("SGD", {"lr": 0.2}, 32),
    ("SGD", {"lr": 0.05, "momentum": 0.9}, 8),
    ("Adam", {"lr": 0.01}, 32),
)


def score(kind: str, options: dict[str, float], batch_size: int) -> dict[str, Any]:
    """The score of one training run, seed 0."""
    pixels, digits = load_digits(return_X_y=True)
    inputs = torch.tensor(pixels[:SAMPLES] / 16, dtype=torch.float32)
    targets = torch.nn.functional.one_hot(torch.tensor(digits[:SAMPLES]), 10).float()
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(64, WIDTH),
        torch.nn.Tanh(),
        torch.nn.Linear(WIDTH, WIDTH),
        torch.nn.Tanh(),
        torch.nn.Linear(WIDTH, 10),
    )
    loss = torch.nn.MSELoss()
    optimizer = getattr(torch.optim, kind)(model.parameters(), **options)
    monitor = AlignmentMonitor(
        model, loss, (inputs, targets), k=10, batch_size=batch_size, every=EVERY
    )
    for _ in range(STEPS):
        batch = torch.randperm(SAMPLES)[:batch_size]
        optimizer.zero_grad()
        loss(model(inputs[batch]), targets[batch]).backward()
        with monitor.step(optimizer):
            optimizer.step()
    return monitor.score.as_data()


def told(found: dict[str, Any]) -> str:
    """`136 (63% to 76%)`."""
    low, high = found["interval"]
    return f"{found['came_true']} ({low:.0%} to {high:.0%})"


def main() -> None:
    """Print one row per run."""
    torch.set_num_threads(1)
    print("| optimiser | decided | came true | naive |\n|---|---|---|---|")
    for kind, options, batch_size in RUNS:
        found = score(kind, options, batch_size)
        naive = max(found["rivals"].values(), key=lambda rival: rival["came_true"])
        named = ", ".join(f"{key} {value}" for key, value in options.items())
        name = f"{kind}, {named}, batches of {batch_size}".replace("lr", "step size")
        print(f"| {name} | {found['decided']} | {told(found)} | {told(naive)} |", flush=True)


if __name__ == "__main__":
    main()
