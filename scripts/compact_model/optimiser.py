"""Two optimisers in one: Muon for the weight matrices of the layers, AdamW for everything else.

Muon (momentum, then the nearest orthogonal matrix by a few Newton-Schulz steps) learns more from
each token than AdamW does, and a short training on two cores is short of tokens above all.

The parameters come in units that are updated independently, so that several threads can share a
step; Muon's units are stacks of matrices of one shape, orthogonalised together.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_MOMENTUM = 0.95
_STACK = 12


def orthogonalised(stack: Tensor, steps: int = 5) -> Tensor:
    """Each matrix of ``stack`` (n, rows, columns; rows <= columns) with singular values near 1."""
    a, b, c = _COEFFICIENTS
    x = stack.to(torch.bfloat16)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class MuonUnit:
    """Matrices of one shape under Muon."""

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.parameters = parameters
        self.memory = torch.zeros_like(torch.stack([p.detach() for p in parameters]))

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move the matrices along their gradients at learning rate ``rate``, and drop these."""
        gradient = torch.stack([p.grad for p in self.parameters])  # type: ignore[misc]
        self.memory.lerp_(gradient, 1 - _MOMENTUM)
        direction = gradient.lerp_(self.memory, _MOMENTUM)
        rows, columns = direction.shape[1:]
        tall = rows > columns
        update = orthogonalised(direction.mT if tall else direction)
        # Scaled to the size of AdamW's updates, so that one learning rate serves both.
        update = (update.mT if tall else update).float() * (-0.2 * max(rows, columns) ** 0.5 * rate)
        for parameter, change in zip(self.parameters, update.unbind(), strict=True):
            parameter.add_(change)
            parameter.grad = None

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs to go on from here."""
        return {"memory": self.memory}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that ``state`` gave."""
        self.memory.copy_(state["memory"])


class AdamUnit:
    """Embeddings, biases and layer norms under AdamW."""

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.parameters = parameters
        self.adam = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0, fused=True)

    def step(self, rate: float) -> None:
        """Move the parameters along their gradients at learning rate ``rate``, and drop these."""
        self.adam.param_groups[0]["lr"] = rate
        self.adam.step()
        self.adam.zero_grad()

    def state(self) -> dict[str, Any]:
        """What ``restore`` needs to go on from here."""
        return self.adam.state_dict()

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that ``state`` gave."""
        self.adam.load_state_dict(state)


def units(model: nn.Module) -> list[MuonUnit | AdamUnit]:
    """The trainable parameters of ``model`` in units, each once, in an order that never changes."""
    shapes: dict[tuple[int, ...], list[nn.Parameter]] = {}
    rest: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if parameter.ndim == 2 and "shared" not in name:
            shapes.setdefault(tuple(parameter.shape), []).append(parameter)
        else:
            rest.append(parameter)
    stacks = [group[start : start + _STACK] for group in shapes.values() for start in range(0, len(group), _STACK)]
    return [AdamUnit(rest), *map(MuonUnit, stacks)]
