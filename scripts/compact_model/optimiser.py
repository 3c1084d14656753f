"""Two optimisers in one: Muon for the weight matrices of the layers, AdamW for everything else.

Muon (momentum, then the nearest orthogonal matrix by a few Newton-Schulz steps) learns more from
each token than AdamW does, and a short training on two cores is short of tokens above all. Matrices
of one shape are orthogonalised together.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalised(stack: Tensor, steps: int = 5) -> Tensor:
    """Each matrix of ``stack`` (n, rows, columns; rows <= columns) with singular values near 1."""
    a, b, c = _COEFFICIENTS
    x = stack.to(torch.bfloat16)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class Optimiser:
    """Muon and AdamW over the trainable parameters of a model, at one learning rate."""

    def __init__(
        self, model: nn.Module, *, muon: bool, momentum: float = 0.95, decay: float = 0.0
    ) -> None:
        self.momentum = momentum
        self.decay = decay
        self.shapes: dict[tuple[int, int], list[nn.Parameter]] = {}
        rest: list[nn.Parameter] = []
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:
                continue
            if muon and parameter.ndim == 2 and "shared" not in name:
                self.shapes.setdefault(tuple(parameter.shape), []).append(parameter)
            else:
                rest.append(parameter)
        self.momenta = {
            shape: torch.zeros(len(group), *shape, device=group[0].device)
            for shape, group in self.shapes.items()
        }
        self.adam = torch.optim.AdamW(rest, lr=1e-3, betas=(0.9, 0.98), weight_decay=0, fused=True)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move the parameters along their gradients at learning rate ``rate``, and drop these."""
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.adam.zero_grad()
        for shape, group in self.shapes.items():
            gradient = torch.stack([parameter.grad for parameter in group])  # type: ignore[misc]
            memory = self.momenta[shape]
            memory.lerp_(gradient, 1 - self.momentum)
            direction = gradient.lerp_(memory, self.momentum)
            tall = shape[0] > shape[1]
            update = orthogonalised(direction.mT if tall else direction)
            update = (update.mT if tall else update).float()
            # Scaled to the size of AdamW's updates, so that one learning rate serves both.
            scale = 0.2 * max(shape) ** 0.5 * rate
            for parameter, change in zip(group, update.unbind(), strict=True):
                parameter.mul_(1 - rate * self.decay).add_(change, alpha=-scale)
                parameter.grad = None

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs to go on from here."""
        return {
            "adam": self.adam.state_dict(),
            "momenta": {str(shape): memory for shape, memory in self.momenta.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that ``state`` gave."""
        self.adam.load_state_dict(state["adam"])
        for shape, memory in self.momenta.items():
            memory.copy_(state["momenta"][str(shape)])
