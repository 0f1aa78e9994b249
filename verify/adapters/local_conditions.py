"""The critical step size of SA-3 at one point of any PyTorch loss, without the full spectrum.

Gradient energies and curvatures per block come from the dominant eigenvectors and one exact
Hessian-vector product. The dominant noise is exact. The bulk noise is a trace, estimated from
products with random signs, or exact if as many products as samples are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy import stats

from verify.adapters.hessian import LocalLoss, Subspace, Vector, dominant_subspace, flatten
from verify.errors import InputError
from verify.least_squares import sampling_factor

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Data = tuple[torch.Tensor, torch.Tensor]

CONFIDENCE = 0.99
"""Of the interval for the critical step size (Student's t over the random products)."""


@dataclass(frozen=True)
class Estimate:
    """A number with an interval; both ends equal it when it is exact."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class LocalConditions:
    """SA-3's sums at a point, split into the dominant and the bulk block.

    `energy` D, B = ||P g||^2; `first` m1 = Pg.H Pg; `second` m2 = ||H P g||^2; `noise`
    n = E||P H xi||^2 of the minibatch noise xi. `eigenvalues` (k+1,): the k dominant ones and the
    largest of the bulk.
    """

    loss: float
    gradient: Vector
    subspace: Subspace
    eigenvalues: Vector
    energy: tuple[float, float]
    first: tuple[float, float]
    second: tuple[float, float]
    noise: tuple[float, Estimate]

    @property
    def alignment(self) -> float | None:
        """a = D/(D+B) = chi^2 of the gradient (squared); None where the gradient vanishes."""
        total = sum(self.energy)
        return self.energy[0] / total if total else None

    @property
    def critical_step_size(self) -> Estimate | None:
        """eta* = 2p/q with its interval; infinite where q <= 0: alignment falls at every step size.

        None if a block has no gradient. Source: SA-3.
        """
        if 0 in self.energy:
            return None
        noise = self.noise[1]
        steps = [self._critical(n) for n in (noise.value, noise.lower, noise.upper)]
        return Estimate(*steps)

    def direction(self, step_size: float) -> int | None:
        """The predicted sign of the expected change of the squared alignment.

        None: the step size lies in the interval of the critical one, or a block has no gradient.
        """
        critical = self.critical_step_size
        if critical is None or critical.lower <= step_size <= critical.upper:
            return None
        return -1 if step_size < critical.lower else 1

    def _critical(self, bulk_noise: float) -> float:
        """2p/q, both divided by D B; infinite unless q > 0."""
        (d, b), (m_d, m_b), (s_d, s_b) = self.energy, self.first, self.second
        contrast = m_d / d - m_b / b
        growth = (s_d + self.noise[0]) / d - (s_b + bulk_noise) / b
        return 2 * contrast / growth if growth > 0 else float("inf")


class Probe:
    """Measures a model's loss on fixed data. Raises InputError if that cannot be done.

    `loss(outputs, targets)` is the mean over samples; `data` = (inputs, targets), N samples each,
    from which the training batches are drawn. `products` bounds the Hessian-vector products spent
    on the bulk noise; N or more make it exact.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        loss: Loss,
        data: Data,
        *,
        k: int,
        batch_size: int,
        replacement: bool,
        products: int,
    ) -> None:
        self.model, self.loss, self.data = model, loss, data
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.k, self.products = k, products
        inputs, targets = data
        self.samples = len(targets)
        size = sum(p.numel() for p in self.parameters)
        if not 1 <= k <= size - 2:
            raise InputError(
                f"k = {k}: choose 1 <= k <= {size - 2}; the model has {size} parameters"
            )
        if self.samples != len(inputs) or self.samples < 2:
            raise InputError(f"{len(inputs)} inputs, {self.samples} targets: give 2 pairs or more")
        if not 1 <= batch_size <= self.samples:
            raise InputError(f"batch_size = {batch_size}: choose 1 to {self.samples} samples")
        if products < 2:
            raise InputError(f"products = {products}: at least 2 are needed")
        self.factor = sampling_factor(self.samples, batch_size, replacement)

    def point(self) -> LocalLoss:
        """Loss, gradient and Hessian at the present parameters."""
        self.require_deterministic()
        return LocalLoss.at(self._mean_loss, self.parameters)

    def gradient(self) -> Vector:
        """The full gradient at the present parameters. Raises InputError if it is not finite."""
        found = flatten(
            torch.autograd.grad(self._mean_loss(), self.parameters, materialize_grads=True)
        )
        if not np.isfinite(found).all():
            raise InputError("the gradient is not finite; lower the step size")
        return found

    def measure(self, rng: np.random.Generator, start: Subspace | None) -> LocalConditions:
        """All sums of SA-3 here; `start`, the last subspace (k+1 vectors), saves products."""
        local = self.point()
        wider = dominant_subspace(
            local.hessian_times, local.size, self.k + 1, start=start, measure_residual=False
        )
        top, g = wider.leading(self.k), local.gradient
        shares = top.vectors.T @ g
        bulk = top.bulk(g)
        curved = top.bulk(local.hessian_times(bulk))
        return LocalConditions(
            loss=local.value,
            gradient=g,
            subspace=wider,
            eigenvalues=wider.eigenvalues,
            energy=(float(shares @ shares), float(bulk @ bulk)),
            first=(float(top.eigenvalues @ shares**2), float(bulk @ curved)),
            second=(float(top.eigenvalues**2 @ shares**2), float(curved @ curved)),
            noise=self._noise(local, top, rng),
        )

    def require_deterministic(self) -> None:
        """Raise InputError if the loss is random, or couples the samples of a batch."""
        for name, module in self.model.named_modules():
            kind = type(module).__name__
            random = isinstance(module, torch.nn.modules.dropout._DropoutNd) and module.p > 0
            coupled = isinstance(module, torch.nn.modules.batchnorm._BatchNorm)
            if module.training and (random or coupled):
                effect = "makes the loss random" if random else "couples the samples of a batch"
                raise InputError(
                    f"{name} ({kind}) is in training mode, which {effect}; call "
                    "model.eval() around monitor.before_step(), or leave the layer out"
                )
        with torch.no_grad():
            first, second = (float(self._mean_loss()) for _ in range(2))
        if first != second and np.isfinite([first, second]).all():
            raise InputError(
                f"the loss is random: {first} and {second} at the same parameters; switch off what "
                "draws random numbers"
            )

    def _mean_loss(self) -> torch.Tensor:
        inputs, targets = self.data
        return self.loss(self.model(inputs), targets)

    def _sample_losses(self) -> torch.Tensor:
        """The loss of every sample (N,). Raises InputError if their mean is not the loss."""
        inputs, targets = self.data

        def single(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            return self.loss(output[None], target[None])

        outputs = self.model(inputs)
        try:
            losses = torch.vmap(single)(outputs, targets)
        except RuntimeError as reason:
            told = str(reason).split("\n")[0]
            raise InputError(f"the loss cannot be taken sample by sample: {told}") from None
        if losses.shape != (self.samples,):
            raise InputError("the loss must be one number; use reduction='mean'")
        fixed = losses.detach()
        total, mean = float(self.loss(outputs.detach(), targets)), float(fixed.mean())
        if abs(total - mean) > torch.finfo(fixed.dtype).eps ** 0.5 * float(fixed.abs().mean()):
            raise InputError(
                f"the loss, {total:.6g}, is not the mean of the losses of the samples, {mean:.6g}; "
                "use reduction='mean', without terms that do not depend on the samples"
            )
        return losses

    def _noise(
        self, local: LocalLoss, top: Subspace, rng: np.random.Generator
    ) -> tuple[float, Estimate]:
        """n = E||P H xi||^2 of both blocks, for the noise of one minibatch."""
        losses = self._sample_losses()
        dominant = self._projections(losses, top).var(axis=0) @ top.eigenvalues**2
        squares = []
        for signs in self._signs(rng):
            weights = torch.as_tensor(signs - signs.mean(), dtype=losses.dtype)
            mixed = torch.autograd.grad(
                (weights.to(losses.device) * losses).sum(),
                self.parameters,
                retain_graph=True,
                materialize_grads=True,
            )
            curved = top.bulk(local.hessian_times(top.bulk(flatten(mixed))))
            squares.append(float(curved @ curved))
        return self.factor * float(dominant), self._scaled(_mean(squares, self.exact))

    @property
    def exact(self) -> bool:
        """Whether the bulk noise is computed without random signs."""
        return self.products >= self.samples

    def _signs(self, rng: np.random.Generator) -> Vector:
        """Weights (products, N) with E s s' = 1/N: random signs, or every sample by itself."""
        if self.exact:
            return np.eye(self.samples)
        signs = rng.choice([-1.0, 1.0], (self.products, self.samples))
        return np.asarray(signs / np.sqrt(self.samples))

    def _scaled(self, found: Estimate) -> Estimate:
        return Estimate(*(self.factor * x for x in (found.value, found.lower, found.upper)))

    def _projections(self, losses: torch.Tensor, top: Subspace) -> Vector:
        """u_l . g_i for every sample i and dominant direction l, (N, k), without the g_i.

        The gradient of sum_i w_i loss_i is linear in w, and its slopes are the g_i.
        """
        weights = torch.ones_like(losses, requires_grad=True)
        slopes = torch.autograd.grad(
            (weights * losses).sum(), self.parameters, create_graph=True, materialize_grads=True
        )
        flat = torch.cat([s.reshape(-1) for s in slopes])
        columns = []
        for direction in top.vectors.T:
            u = torch.as_tensor(np.ascontiguousarray(direction), dtype=flat.dtype)
            (column,) = torch.autograd.grad(
                flat @ u.to(flat.device), weights, retain_graph=True, materialize_grads=True
            )
            columns.append(flatten([column]))
        return np.stack(columns, axis=1)


def _mean(values: list[float], exact: bool) -> Estimate:
    """The mean; its interval is Student's, cut off at 0, which a mean of squares respects."""
    mean = float(np.mean(values))
    if exact:
        return Estimate(mean, mean, mean)
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * error
    return Estimate(mean, max(0.0, mean - reach), mean + reach)
